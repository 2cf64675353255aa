// SPDX-License-Identifier: Apache-2.0
// `wal codec` when something goes wrong in the middle of its work: an interrupt, an input that
// changes, names that are taken. Whatever it was, nothing is left behind.
#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

#include "codec/base/prng.h"
#include "node/os/files.h"
#include "tests/node/cli/wal_program.h"

using namespace wald;
using namespace wald::tests;

namespace {

// A blob that keeps one thread busy for a while, in many steps.
struct Large {
  WalProgram wal;
  std::string in = wal.path("in"), dir = wal.path("dir"), out = wal.path("out");
  Large() { os::write_file_atomic(in, base::Prng(9).bytes(32u << 20)).value(); }

  std::vector<std::string> slow(std::vector<std::string> args) const {
    args.insert(args.end(), {"--threads", "1", "--memory", "20MiB", "--progress", "none"});
    return args;
  }
  // An encoding that has written parts of slivers.
  Running encoding() {
    Running now =
        wal.start(slow({"codec", "encode", in, "--shards", "1000", "-o", wal.path("dir/of/it")}));
    REQUIRE(appears(wal.path("dir/of/it"), ".wal-", "primary-00999"));
    return now;
  }
  // A name that begins so in the folder, and `inside` it, if that is asked for.
  static bool appears(const std::string& folder, const std::string& start,
                      const std::string& inside = "") {
    for (int i = 0; i < 10'000; ++i) {
      const auto names = os::list_dir(folder);
      if (names.ok())
        for (const std::string& name : *names) {
          std::string path = folder;
          path.append("/").append(name);
          if (!inside.empty()) path.append("/").append(inside);
          if (name.starts_with(start) && os::exists(path)) return true;
        }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
};

}  // namespace

TEST_CASE("wal codec: Ctrl-C in the middle of encoding or decoding leaves nothing",
          "[cli][rule:K-29][rule:IF-10]") {
  Large f;
  const auto before = f.wal.files();
  Running encoding = f.encoding();
  encoding.interrupt();
  const Ran stopped = encoding.end();
  INFO(stopped.err);
  REQUIRE(stopped.code == 130);
  REQUIRE(stopped.reason() == "INTERRUPTED");
  REQUIRE(f.wal.files() == before);

  const Ran encoded = f.wal.run({"codec", "encode", f.in, "--shards", "1000", "-o", f.dir});
  REQUIRE(encoded.code == 0);
  const auto slivers = f.wal.files();
  Running decoding =
      f.wal.start(f.slow({"codec", "decode", f.dir, "-o", f.out, "--check", "strict"}));
  REQUIRE(Large::appears(f.wal.path(""), "out.wal-"));
  decoding.interrupt();
  const Ran half = decoding.end();
  INFO(half.err);
  REQUIRE(half.code == 130);
  REQUIRE(f.wal.files() == slivers);
}

TEST_CASE("wal codec: a file that grows or shrinks while it is encoded is refused, nothing is left",
          "[cli][rule:K-29]") {
  Large f;
  const auto before = f.wal.files();
  auto file = os::File::open(f.in, os::Open::kReadWrite).value();
  const std::uint64_t size = file.size().value();
  Running grows = f.encoding();
  file.write_at(size, base::Bytes(1)).value();
  const Ran grown = grows.end();
  INFO(grown.err);
  CHECK(grown.code == 1);
  CHECK(grown.reason() == "IO");
  CHECK(grown.err.find("changed while it was read") != std::string::npos);
  CHECK(f.wal.files() == before);
  Running shrinks = f.encoding();
  file.truncate(size / 2).value();
  const Ran shrunk = shrinks.end();
  INFO(shrunk.err);
  CHECK(shrunk.code == 1);
  CHECK(shrunk.reason() == "IO");
  CHECK(f.wal.files() == before);
}

TEST_CASE("wal codec: a name that is taken, or a pipe nobody writes to, leaves nothing new",
          "[cli][rule:K-29]") {
  WalProgram wal;
  wal.write("in", "some text");
  const std::string dir = wal.path("dir"), pipe = wal.path("pipe");
  const std::vector<std::string> encode = {"codec", "encode", wal.path("in"), "--shards", "7",
                                           "-o",    dir};
  os::make_dirs(dir + "/secondary-00003/full").value();
  const auto before = wal.files();
  const Ran taken = wal.run(encode);
  CHECK(taken.code == 1);
  CHECK(taken.reason() == "IO");
  CHECK(taken.err.find("secondary-00003") != std::string::npos);
  CHECK(wal.files() == before);
  os::remove_tree(dir + "/secondary-00003").value();
  REQUIRE(wal.run(encode).code == 0);

  // No writer ever opens it; the sliver that is one does not hold up the others.
  REQUIRE(wal.run_in_shell("mkfifo " + pipe + "; rm " + dir + "/primary-00002; mkfifo " + dir +
                               "/primary-00002;",
                           {"codec", "verify", dir})
              .code == 10);
  const Ran judged = wal.run({"codec", "verify", dir});
  CHECK(judged.json().at("data").at("good") == 13);
  CHECK(judged.json().at("data").at("bad").at(0).at("file") == "primary-00002");
  CHECK(judged.json().at("data").at("bad").at(0).at("reason") == "Io");
  CHECK(wal.run({"codec", "decode", dir, "-o", wal.path("out")}).code == 0);
  const auto after = wal.files();
  Running waits = wal.start({"codec", "id", pipe, "--shards", "7"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  waits.interrupt();
  const Ran stopped = waits.end();
  CHECK(stopped.code == 130);
  CHECK(wal.files() == after);
}

TEST_CASE("wal codec: input without an announced length is read to its end", "[cli][rule:K-29]") {
  WalProgram wal;
  wal.write("in", "0123456789");
  wal.write("rest", "3456789");
  const auto id_of = [](const Ran& ran) {
    return std::string(ran.json().at("data").at("blobId").as_string());
  };
  const auto id = [&](const std::string& file) {
    return std::vector<std::string>{"codec", "id", file, "--shards", "7"};
  };
  // Standard input in the middle of a file.
  const Ran middle =
      wal.run_in_shell("exec <" + wal.path("in") + "; dd bs=1 count=3 of=/dev/null 2>/dev/null;",
                       id("-"), "2>\"$ERR\"");
  REQUIRE(middle.code == 0);
  CHECK(middle.json().at("data").at("unencodedLength") == "7");
  CHECK(id_of(middle) == id_of(wal.run(id(wal.path("rest")))));
  // Files of the kernel say 0.
  const Ran version = wal.run(id("/proc/version"));
  REQUIRE(version.code == 0);
  CHECK(version.json().at("data").at("unencodedLength") != "0");
}

TEST_CASE("wal codec: work over two seconds shows how far it is, and stops at its next step",
          "[cli][rule:IF-11]") {
  WalProgram wal;
  wal.write("in", std::string(1'000'000, 'x'));
  const auto before = wal.files();
  for (const std::string mode : {"json", "auto"}) {
    Running now = wal.start({"codec", "id", wal.path("in"), "--shards", "15000", "--threads", "1",
                             "--memory", "60MiB", "--progress", mode});
    REQUIRE(now.shows(mode == "json" ? R"({"step":"hashing","done":)" : "hashing "));
    now.interrupt();
    const Ran stopped = now.end();
    INFO(stopped.err);
    CHECK(stopped.code == 130);
    for (const char* part : {R"("total":)", R"("bytesPerSecond":")"})
      CHECK((stopped.err.find(part) != std::string::npos) == (mode == "json"));
    for (const char* part : {" % of 977 KiB, ", "iB/s, ", " s left"})
      CHECK((stopped.err.find(part) != std::string::npos) == (mode == "auto"));
    CHECK(wal.files() == before);
  }
}
