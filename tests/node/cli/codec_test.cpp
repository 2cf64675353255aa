// SPDX-License-Identifier: Apache-2.0
// `wal codec`: the erasure code on files.
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "node/os/files.h"
#include "tests/node/cli/wal_program.h"

using namespace wald;
using namespace wald::tests;

namespace {

struct Folder {
  WalProgram wal;
  base::Bytes bytes = base::Prng(5).bytes(20'000);
  std::string in = wal.path("in");
  std::string dir = wal.path("dir");
  Folder() { wal.write("in", std::string(base::as_text(bytes))); }

  Ran encode(const std::string& format = "stored") {
    return wal.run({"codec", "encode", in, "--shards", "7", "-o", dir, "--format", format});
  }
  Ran decode(const std::vector<std::string>& more = {}) {
    std::vector<std::string> args{"codec", "decode", dir, "-o", wal.path("out")};
    args.insert(args.end(), more.begin(), more.end());
    return wal.run(args);
  }
  bool equal() const { return os::read_file(wal.path("out"), 1u << 20).value() == bytes; }
  void remove(const std::string& file) const { os::remove_file(dir + "/" + file).value(); }
};

std::string reason(const Ran& ran) {
  const auto error = boost::json::parse(ran.err).at("error");
  return std::string(error.at("details").at(0).at("reason").as_string());
}

}  // namespace

TEST_CASE("wal codec: lengths and ids are those of the code", "[cli][rule:K-2]") {
  WalProgram wal;
  const Ran info = wal.run({"codec", "info", "--size", "1", "--shards", "1000"});
  REQUIRE(info.code == 0);
  const auto data = info.json().at("data");
  CHECK(data.at("f") == 333);
  CHECK(data.at("primarySourceSymbols") == 334);
  CHECK(data.at("symbolSize") == 2);
  CHECK(data.at("encodedLength") == "66034000");
  CHECK(data.at("maxBlobSize") == "14599533452");
  CHECK(wal.run({"codec", "info", "--size", "5MiB", "--shards", "100"})
            .json()
            .at("data")
            .at("unencodedLength") == "5242880");
  wal.write("text", "walrus blob id v1 regression test");
  const Ran id = wal.run({"codec", "id", wal.path("text"), "--shards", "10"});
  REQUIRE(id.code == 0);
  CHECK(id.json().at("data").at("blobId") == "RcU82Mwf-CFkv1LaI_2qcpANwpGUuG3TMwnVzZxD2kY");
}

TEST_CASE("wal codec: wrong arguments are 2, missing input 3, with the error object",
          "[cli][rule:SN-10]") {
  Folder f;
  const Ran shards = f.wal.run({"codec", "info", "--size", "1", "--shards", "3"});
  CHECK(shards.code == 2);
  CHECK(reason(shards) == "ShardCount");
  CHECK(shards.out.empty());
  const Ran large = f.wal.run({"codec", "info", "--size", "393205", "--shards", "4"});
  CHECK(large.code == 2);
  CHECK(reason(large) == "BlobTooLarge");
  const Ran budget = f.wal.run({"codec", "id", f.in, "--shards", "7", "--memory", "1KiB"});
  CHECK(budget.code == 2);
  CHECK(reason(budget) == "MemoryBudget");
  CHECK(f.wal.run({"codec", "info", "--size", "x", "--shards", "7"}).code == 2);
  CHECK(f.wal.run({"codec", "id", f.in, "--shards", "7", "--codec-tier", "abacus"}).code == 2);
  CHECK(f.wal.run({"codec", "id", f.wal.path("absent"), "--shards", "7"}).code == 3);
  CHECK(f.wal.run({"codec", "decode", f.wal.path("absent"), "-o", f.wal.path("out")}).code == 3);
  CHECK(f.wal.run({"codec", "verify", f.wal.path("absent")}).code == 3);
  CHECK(f.wal.run({"codec", "encode", f.in, "--shards", "7", "-o", f.dir, "--pairs", "3-1"}).code ==
        2);
  CHECK(f.wal.run({"codec", "encode", f.in, "--shards", "7", "-o", f.dir, "--pairs", "7"}).code ==
        2);
}

TEST_CASE("wal codec: every format decodes, from either axis", "[cli][rule:K-13]") {
  for (const std::string format : {"raw", "bcs", "stored"}) {
    Folder f;
    const Ran encoded = f.encode(format);
    INFO(encoded.err);
    REQUIRE(encoded.code == 0);
    REQUIRE(encoded.json().at("data").at("filesWritten") == 15);
    for (const std::string axis : {"primary", "secondary"}) {
      REQUIRE(f.decode({"--axis", axis, "--check", "strict"}).code == 0);
      REQUIRE(f.equal());
    }
  }
  Folder f;
  REQUIRE(f.encode("raw").code == 0);
  f.remove("metadata.bcs");
  const Ran blind = f.decode({"--unverified", "--shards", "7", "--size", "20000"});
  REQUIRE(blind.code == 0);
  CHECK(blind.json().at("data").at("verified") == false);
  CHECK(blind.json().at("data").at("blobId").is_null());
  CHECK(f.equal());
  CHECK(f.decode().code == 3);
  CHECK(f.decode({"--unverified"}).code == 2);
}

TEST_CASE("wal codec: bad files are named, too few good ones are exit 10 and leave no file",
          "[cli][rule:K-21]") {
  Folder f;
  REQUIRE(f.encode().code == 0);
  flip_byte(f.dir + "/primary-00001", 200);
  const Ran judged = f.wal.run({"codec", "verify", f.dir});
  CHECK(judged.code == 10);
  CHECK(judged.json().at("data").at("good") == 13);
  CHECK(judged.json().at("data").at("bad").at(0).at("file") == "primary-00001");
  const Ran decoded = f.decode();
  CHECK(decoded.code == 0);
  CHECK(decoded.json().at("data").at("skipped").at(0).at("reason") == "Stored");
  CHECK(f.equal());
  for (const char* file : {"primary-00000", "primary-00002", "primary-00003", "primary-00004"})
    f.remove(file);
  REQUIRE(f.decode().code == 0);  // from secondaries
  os::remove_file(f.wal.path("out")).value();
  const Ran few = f.decode({"--axis", "primary"});
  CHECK(few.code == 10);
  CHECK(reason(few) == "NotEnoughSlivers");
  CHECK_FALSE(os::exists(f.wal.path("out")));
  flip_byte(f.dir + "/metadata.bcs", 40);
  CHECK(f.wal.run({"codec", "verify", f.dir}).code == 10);
  CHECK(f.decode().code == 10);
}

TEST_CASE("wal codec: a missing sliver is rebuilt from the other axis", "[cli][rule:K-23]") {
  Folder f;
  REQUIRE(f.encode("bcs").code == 0);
  for (const std::string axis : {"primary", "secondary"}) {
    const auto want = os::read_file(f.dir + "/" + axis + "-00005", 1u << 20).value();
    f.remove(axis + "-00005");
    const std::string out = f.wal.path("sliver");
    const Ran ran =
        f.wal.run({"codec", "recover", f.dir, "--axis", axis, "--sliver", "5", "-o", out});
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    CHECK(ran.json().at("data").at("verdict") == "recovered");
    CHECK(os::read_file(out, 1u << 20).value() == want);
  }
  CHECK(f.wal.run({"codec", "recover", f.dir, "--axis", "primary", "--sliver", "7", "-o", f.in})
            .code == 2);
  for (int i = 0; i < 7; ++i)
    if (i != 5) f.remove("secondary-0000" + std::to_string(i));
  const Ran few = f.wal.run(
      {"codec", "recover", f.dir, "--axis", "primary", "--sliver", "5", "-o", f.wal.path("x")});
  CHECK(few.code == 10);
  CHECK(reason(few) == "NotEnoughSlivers");
}
