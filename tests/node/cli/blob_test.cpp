// SPDX-License-Identifier: Apache-2.0
// `wal blob` against a real chain whose genesis has nodes, and their storage servers.
#include <catch2/catch.hpp>
#include <sstream>

#include "node/os/clock.h"
#include "node/reflect/units.h"
#include "tests/node/cli/blob_rig.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string text(const boost::json::value& object, const char* key) {
  return std::string(object.at(key).as_string());
}

}  // namespace

TEST_CASE("wal blob: what is stored is certified, listed, has a status and reads back equal",
          "[cli][rule:SN-7]") {
  BlobRig s;
  const base::Bytes bytes = random_bytes(1, 30'000);
  const std::string in = s.file("in", bytes);
  const Ran stored = s.store({in});
  INFO(stored.err);
  REQUIRE(stored.code == 0);
  const auto data = stored.json().at("data");
  REQUIRE(data.at("confirmedShards") == 12);
  REQUIRE(data.at("alreadyCertified") == false);
  const std::string id = text(data, "blobId");
  REQUIRE(stored.err.find("registered") != std::string::npos);
  REQUIRE(stored.err.find("certified") != std::string::npos);

  const Ran read =
      s.wal->run({"blob", "read", "-o", s.wal->path("out"), "--json", "--blob-id=" + id});
  INFO(read.err);
  REQUIRE(read.code == 0);
  REQUIRE(os::read_file(s.wal->path("out"), 1u << 20).value() == bytes);
  REQUIRE(text(s.wal->run({"blob", "id", in, "--json"}).json().at("data"), "blobId") == id);

  const Ran status = s.wal->run({"blob", "status", "--json", "--blob-id=" + id});
  REQUIRE(status.code == 0);
  REQUIRE(status.json().at("data").at("status").at("deletable").at("initialCertifiedEpoch") == 1);
  const Ran listed = s.wal->run({"blob", "list", "--from", "ann", "--output", "jsonl"});
  REQUIRE(listed.out.find(id) != std::string::npos);

  const Ran again = s.store({in});
  REQUIRE(again.code == 0);
  REQUIRE(again.json().at("data").at("alreadyCertified") == true);
}

TEST_CASE("wal storage: a stored blob gets attributes and a fund, is prolonged from it and deleted",
          "[cli][rule:L-10][rule:L-11]") {
  BlobRig s;
  const Ran stored = s.store({s.file("in", random_bytes(1, 3'000))});
  INFO(stored.err);
  REQUIRE(stored.code == 0);
  const auto object = [&] {
    const Ran listed = s.wal->run({"blob", "list", "--from", "ann", "--output", "jsonl"});
    return listed.out.empty() ? boost::json::value() : boost::json::parse(listed.out);
  };
  const std::string id = text(object(), "id");
  const auto code = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "storage");
    arguments.insert(arguments.end(), {"--from", "ann", "--yes"});
    return s.wal->run(arguments).code;
  };
  REQUIRE(code({"attribute", "set", id, "type=text/plain", "a=b=c"}) == 0);
  const auto blob = s.chain->get("/v1/blob-objects/" + id).json.at("data");
  const auto& pairs = blob.at("attributes").as_array();
  REQUIRE(pairs.size() == 2);
  REQUIRE(text(pairs.at(0), "key") == "a");
  REQUIRE(text(pairs.at(0), "value") == "b=c");
  REQUIRE(code({"attribute", "remove", id, "a"}) == 0);
  REQUIRE(code({"attribute", "remove", id, "--all"}) == 0);
  REQUIRE(code({"fund", id, "1WAL"}) == 4);
  REQUIRE(code({"share", id, "--price-limit", "1WAL"}) == 0);
  REQUIRE(code({"fund", id, "1WAL"}) == 0);
  const std::string end = boost::json::serialize(object().at("end"));
  REQUIRE(code({"extend", id, "--epochs", "1", "--max-cost", "1WAL", "--from-fund"}) == 0);
  const auto after = s.chain->get("/v1/blob-objects/" + id).json.at("data");
  REQUIRE(boost::json::serialize(after.at("end")) != end);
  REQUIRE(text(after.at("fund"), "priceLimit") == std::to_string(kWal));
  REQUIRE(text(after.at("fund"), "amount") != std::to_string(kWal));
  REQUIRE(code({"delete", id}) == 0);
  REQUIRE(object().is_null());
}

TEST_CASE("wal blob: with a node down it stores several files; with two it says how to go on",
          "[cli][rule:SN-7]") {
  BlobRig s;
  s.nodes[0]->stop();
  const Ran both = s.store({s.file("empty", {}), s.file("one", {7})});
  INFO(both.err);
  REQUIRE(both.code == 0);
  REQUIRE(both.json().at("data").as_array().size() == 2);
  REQUIRE(both.json().at("data").at(0).at("failedNodes").as_array().size() == 1);
  s.nodes[1]->stop();
  const std::string third = s.file("third", {1, 2, 3});
  const Ran failed = s.store({third});
  REQUIRE(failed.code == 6);
  REQUIRE(failed.err.find("INSUFFICIENT_CONFIRMATIONS") != std::string::npos);
  REQUIRE(failed.err.find("resumes") != std::string::npos);
  s.nodes[1]->start();
  const Ran resumed = s.store({third});
  REQUIRE(resumed.code == 0);
  REQUIRE(resumed.json().at("data").at("resumed") == true);
  const Ran part = s.store({third, s.wal->path("absent")});
  REQUIRE(part.code == 9);
  // Too few slivers are no blob: nothing is written, and it is worth trying again.
  for (const std::size_t i : {1u, 2u, 3u}) s.nodes[i]->stop();
  s.nodes[0]->start();
  const Ran few = s.wal->run({"blob", "read", "-o", s.wal->path("few"), "--json", "--timeout", "5s",
                              "--blob-id=" + text(resumed.json().at("data"), "blobId")});
  INFO(few.err);
  REQUIRE(few.code == 6);
  REQUIRE(few.err.find("\"retryable\":true") != std::string::npos);
  REQUIRE_FALSE(os::exists(s.wal->path("few")));
}

TEST_CASE("wal blob: bad ids, unknown blobs, low limits and missing keys have their exits",
          "[cli][rule:SN-8]") {
  BlobRig s;
  const std::string out = s.wal->path("out");
  CHECK(s.wal->run({"blob", "read", "abc", "-o", out}).code == 2);
  CHECK(s.wal->run({"blob", "read", "-o", out}).code == 2);
  const std::string unknown = "--blob-id=" + base::to_base64url(base::Bytes(32, 1));
  CHECK(s.wal->run({"blob", "read", unknown, "-o", out}).code == 3);
  CHECK(s.wal->run({"blob", "status", unknown}).code == 3);
  CHECK_FALSE(os::exists(out));
  const std::string in = s.file("in", {1});
  CHECK(s.wal
            ->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1FROST", "--from", "ann",
                   "--yes"})
            .code == 2);
  CHECK(
      s.wal
          ->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1", "--from", "ann", "--yes"})
          .code == 2);
  CHECK(s.wal->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1WAL", "--yes"}).code ==
        2);
  CHECK(s.wal->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1WAL", "--from", "ann"})
            .code == 2);
  CHECK(s.wal
            ->run({"blob", "store", s.wal->path("absent"), "--epochs", "1", "--max-cost", "1WAL",
                   "--from", "ann", "--yes"})
            .code == 3);
}

TEST_CASE("wal blob store --until: as many epochs as the day asks for, by today's timetable",
          "[cli][rule:SN-8]") {
  // The genesis starts now, since a day that is over on the clock of this machine is refused.
  const std::uint64_t now = os::wall_time().value();
  BlobRig s([&](spec::Genesis& document) { document.set_start_ms(now); });
  const auto epoch = s.chain->get("/v1/epoch").json.at("data");
  const std::uint64_t ends = reflect::parse_time(text(epoch, "endsAt")).value();
  REQUIRE(ends > now);
  const auto store = [&](const std::string& file, const std::string& until) {
    return s.wal->run({"blob", "store", file, "--until", until, "--max-cost", "10WAL", "--from",
                       "ann", "--yes", "--json"});
  };
  std::uint64_t number = 0;
  // Epochs of 30 s: the running one, and one for each that has begun after its end.
  for (const auto& [ms, epochs] :
       std::map<std::uint64_t, std::uint64_t>{{ends, 1}, {ends + 1, 2}, {ends + 60'000, 3}}) {
    ++number;
    const std::string in = s.file("in" + std::to_string(number), random_bytes(number, 100));
    const Ran stored = store(in, reflect::format_time(ms));
    INFO(stored.err);
    REQUIRE(stored.code == 0);
    REQUIRE(stored.err.find("until then it is " + std::to_string(epochs) + " epochs") !=
            std::string::npos);
    REQUIRE(stored.json().at("data").at("endEpoch").to_number<std::uint64_t>() ==
            epoch.at("epoch").to_number<std::uint64_t>() + epochs);
  }
  const std::string in = s.file("in", {1});
  for (const auto& [until, words] : std::map<std::string, std::string>{
           {"2020-01-01", "that is over"},
           {reflect::format_time(ends + 30'000ull * 10'001), "too far ahead"},
           {"tomorrow", "2026-12-31"},
           {"2026-13-01", "2026-12-31"}}) {
    const Ran refused = store(in, until);
    INFO(until << ": " << refused.err);
    CHECK(refused.code == 2);
    CHECK(refused.err.find(words) != std::string::npos);
    CHECK(refused.out.empty());
  }
  const Ran both = s.wal->run({"blob", "store", in, "--epochs", "1", "--until", "2030-01-01",
                               "--max-cost", "1WAL", "--from", "ann", "--yes"});
  CHECK(both.code == 2);
  CHECK(both.err.find("either --epochs, --until or --bucket") != std::string::npos);
}

TEST_CASE("wal blob store --progress json: each line on stderr is one object, in the order of work",
          "[cli][rule:IF-11]") {
  BlobRig s;
  const std::string in = s.file("in", random_bytes(1, 30'000));
  const auto store = [&](const std::string& form) {
    return s.wal->run({"blob", "store", in, "--epochs", "2", "--max-cost", "10WAL", "--from", "ann",
                       "--yes", "--json", "--quiet", "--progress", form});
  };
  const Ran stored = store("json");
  INFO(stored.err);
  REQUIRE(stored.code == 0);
  REQUIRE(stored.json().at("data").at("confirmedShards") == 12);
  std::vector<std::string> steps;
  std::map<std::string, std::uint64_t> done;
  std::istringstream lines(stored.err);
  for (std::string line; std::getline(lines, line);) {
    const auto object = boost::json::parse(line);
    REQUIRE(text(object, "file") == in);
    const std::string step = text(object, "step");
    if (steps.empty() || steps.back() != step) steps.push_back(step);
    const auto now = object.at("done").to_number<std::uint64_t>();
    REQUIRE(now >= done[step]);
    REQUIRE(now <= object.at("total").to_number<std::uint64_t>());
    done[step] = now;
    if (step == "shards confirmed") REQUIRE(object.at("quorum").to_number<int>() == 9);
  }
  REQUIRE(steps.size() >= 5);
  REQUIRE(std::vector<std::string>(steps.begin(), steps.begin() + 3) ==
          std::vector<std::string>{"encoded", "registered", "slivers sent"});
  REQUIRE(steps.back() == "certified");
  REQUIRE(done.at("slivers sent") == 24);
  REQUIRE(done.at("shards confirmed") == 12);
  REQUIRE(store("none").err.empty());
  const Ran other = store("bar");
  REQUIRE(other.code == 2);
  REQUIRE(other.err.find("auto, json or none is due") != std::string::npos);
}
