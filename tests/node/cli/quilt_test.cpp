// SPDX-License-Identifier: Apache-2.0
// `wal blob` on quilts, against a real chain and its storage servers.
#include <unistd.h>
#include <catch2/catch.hpp>

#include "tests/node/cli/blob_rig.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string text(const boost::json::value& object, const char* key) {
  return std::string(object.at(key).as_string());
}

}  // namespace

TEST_CASE("wal blob: a quilt is stored, listed and read by identifier, tag and patch id",
          "[cli][rule:K-27]") {
  BlobRig s;
  const base::Bytes first = random_bytes(2, 4'000), second = random_bytes(3, 17);
  s.file("b.txt", second);
  const Ran stored = s.wal->run(
      {"blob", "store-quilt", s.file("a.bin", first), "--part",
       R"({"path":")" + s.wal->path("b.txt") + R"(","identifier":"docs/b","tags":{"kind":"x"}})",
       "--part", R"({"path":")" + s.wal->path("b.txt") + R"(","identifier":"../up"})", "--epochs",
       "2", "--max-cost", "10WAL", "--from", "ann", "--yes", "--json"});
  INFO(stored.err);
  REQUIRE(stored.code == 0);
  const auto data = stored.json().at("data");
  const std::string id = "--blob-id=" + text(data, "blobId");
  REQUIRE(data.at("patches").as_array().size() == 3);

  const Ran listed = s.wal->run({"blob", "list-patches", id, "--json"});
  INFO(listed.err);
  REQUIRE(listed.code == 0);
  const auto rows = listed.json().at("data").at("patches");
  REQUIRE(text(rows.at(0), "identifier") == "../up");
  REQUIRE(text(rows.at(2), "identifier") == "docs/b");
  REQUIRE(text(rows.at(2).at("tags"), "kind") == "x");

  const std::string dir = s.wal->path("folder");
  const auto read = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"blob", "read-quilt", "-o", dir, "--json"});
    return s.wal->run(more);
  };
  REQUIRE(read({id, "--tag", "kind=x"}).json().at("data").at("files").as_array().size() == 1);
  REQUIRE(os::read_file(dir + "/docs/b", 100).value() == second);
  REQUIRE_FALSE(os::exists(dir + "/a.bin"));
  REQUIRE(read({id, "--tag", "kind=y"}).code == 3);
  REQUIRE(read({id, "--identifier", "c"}).code == 3);
  // An identifier that leads out of the folder is refused, the others are written.
  const Ran all = read({id});
  REQUIRE(all.code == 9);
  REQUIRE(all.json().at("data").at("files").as_array().size() == 2);
  REQUIRE(os::read_file(dir + "/a.bin", 5'000).value() == first);
  REQUIRE_FALSE(os::exists(s.wal->path("up")));
  REQUIRE(read({id, "--identifier", "../up"}).code == 10);

  // With a node down the whole quilt is decoded instead.
  os::remove_tree(dir).value();
  s.nodes[0]->stop();
  const Ran patch = read({"--patch=" + text(rows.at(1), "patchId")});
  INFO(patch.err);
  REQUIRE(patch.code == 0);
  REQUIRE(os::read_file(dir + "/a.bin", 5'000).value() == first);
  REQUIRE(read({"--patch=abc"}).code == 2);
  REQUIRE(read({"--patch=" + text(rows.at(1), "patchId"), "--tag", "k"}).code == 2);
}

TEST_CASE("wal blob: a quilt larger than the memory allowed goes through scratch files",
          "[cli][rule:K-27][rule:K-29]") {
  BlobRig s;
  const base::Bytes large = random_bytes(5, 1'100'000), small = random_bytes(6, 9);
  const std::string scratch = s.wal->path("scratch"), dir = s.wal->path("folder");
  os::make_dirs(scratch).value();
  const std::vector<std::string> little{"--memory", "12400KiB",  "--threads",
                                        "1",        "--scratch", scratch};
  const auto run = [&](std::vector<std::string> args, bool in_little) {
    args.emplace_back("--json");
    if (in_little) args.insert(args.end(), little.begin(), little.end());
    return s.wal->run(args);
  };
  std::vector<std::string> store{"blob",
                                 "store-quilt",
                                 s.file("large", large),
                                 s.file("small", small),
                                 "--epochs",
                                 "1",
                                 "--max-cost",
                                 "10WAL",
                                 "--from",
                                 "ann",
                                 "--yes"};
  // Identifiers that make a long index.
  for (const char* letter : {"w", "x", "y", "z"}) {
    store.emplace_back("--part");
    store.push_back(R"({"path":")" + s.wal->path("small") + R"(","identifier":")" +
                    std::string(60'000, *letter) + R"("})");
  }
  const Ran tiles = run(store, true);
  INFO(tiles.err);
  REQUIRE(tiles.code == 0);
  const std::string id = text(tiles.json().at("data"), "blobId");
  // The same quilt as in memory.
  const Ran again = run(store, false);
  REQUIRE(again.code == 0);
  REQUIRE(text(again.json().at("data"), "blobId") == id);
  REQUIRE(again.json().at("data").at("alreadyCertified") == true);

  const std::vector<std::string> list{"blob", "list-patches", "--blob-id=" + id};
  REQUIRE(run(list, false).json().at("data").at("patches").as_array().size() == 6);
  const Ran refused = run(list, true);  // the index alone could take 15 MB
  REQUIRE(refused.code == 2);
  REQUIRE(refused.err.find("MemoryBudget") != std::string::npos);

  const auto patch = [&](std::size_t i) {
    return "--patch=" + text(again.json().at("data").at("patches").at(i), "patchId");
  };
  const std::vector<std::string> read{"blob", "read-quilt", "-o", dir, patch(0), patch(1)};
  for (const bool down : {false, true}) {  // then the whole quilt is decoded into scratch space
    if (down) s.nodes[0]->stop();
    const Ran done = run(read, true);
    INFO(done.err);
    REQUIRE(done.code == 0);
    REQUIRE(text(done.json().at("data").at("files").at(0), "size") == "1100000");
    REQUIRE(os::read_file(dir + "/large", 2'000'000).value() == large);
    REQUIRE(os::read_file(dir + "/small", 100).value() == small);
    os::remove_tree(dir).value();
  }
  REQUIRE(os::list_dir(scratch).value().empty());
  os::remove_tree(scratch).value();
  REQUIRE(run(read, true).code != 0);
  REQUIRE_FALSE(os::exists(dir + "/large"));
}

TEST_CASE("wal blob: what cannot be a quilt is refused, and so is a blob that is none",
          "[cli][rule:K-27]") {
  BlobRig s;
  const auto store = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"blob", "store-quilt", "--epochs", "1", "--max-cost", "10WAL",
                               "--from", "ann", "--yes"});
    return s.wal->run(more);
  };
  const std::string in = s.file("in", {1, 2, 3});
  CHECK(store({}).code == 2);
  CHECK(store({in, in}).code == 2);  // the same identifier twice
  CHECK(store({"--part", "{}"}).code == 2);
  CHECK(store({"--part", "nonsense"}).code == 2);
  CHECK(store({"--part", R"({"path":")" + in + R"(","identifier":""})"}).code == 2);
  CHECK(store({"--part", R"({"path":")" + in + R"(","identifier":"a "})"}).code == 2);
  CHECK(store({s.wal->path("absent")}).code == 3);
  // Longer than any blob over twelve shards, which has 54 symbols: sparse, and never read.
  const std::string large = s.file("large", {});
  REQUIRE(::truncate(large.c_str(), 54 * 65'534 + 1) == 0);
  for (const Ran& ran : {store({large}), s.store({large})}) {
    CHECK(ran.code == 2);
    CHECK(ran.err.find("3538836") != std::string::npos);
  }
  const Ran stored = s.store({in});
  REQUIRE(stored.code == 0);
  const std::string id = "--blob-id=" + text(stored.json().at("data"), "blobId");
  CHECK(s.wal->run({"blob", "list-patches", id}).code == 10);
  CHECK(s.wal->run({"blob", "read-quilt", id, "-o", s.wal->path("x")}).code == 10);
  CHECK_FALSE(os::exists(s.wal->path("x")));
}
