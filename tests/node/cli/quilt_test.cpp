// SPDX-License-Identifier: Apache-2.0
// `wal blob` on quilts, against a real chain and its storage servers.
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
  const Ran stored = s.store({in});
  REQUIRE(stored.code == 0);
  const std::string id = "--blob-id=" + text(stored.json().at("data"), "blobId");
  CHECK(s.wal->run({"blob", "list-patches", id}).code == 10);
  CHECK(s.wal->run({"blob", "read-quilt", id, "-o", s.wal->path("x")}).code == 10);
  CHECK_FALSE(os::exists(s.wal->path("x")));
}
