// SPDX-License-Identifier: Apache-2.0
// `wal codec`: the erasure code on files.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

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
  Folder() { wal.write("in", base::string_of(bytes)); }

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
  CHECK(shards.reason() == "ShardCount");
  CHECK(shards.out.empty());
  const Ran large = f.wal.run({"codec", "info", "--size", "393205", "--shards", "4"});
  CHECK(large.code == 2);
  CHECK(large.reason() == "BlobTooLarge");
  const Ran budget = f.wal.run({"codec", "id", f.in, "--shards", "7", "--memory", "1KiB"});
  CHECK(budget.code == 2);
  CHECK(budget.reason() == "MemoryBudget");
  CHECK(f.wal.run({"codec", "id", f.in, "--shards", "7", "--threads", "0"}).code == 2);
  CHECK(f.wal.run({"codec", "id", f.in, "--shards", "7", "--memory", "x"}).code == 2);
  CHECK(f.wal.run({"codec", "encode", f.in, "--shards", "7", "-o", f.dir, "--format", "x"}).code ==
        2);
  CHECK(f.wal.run({"codec", "decode", f.dir, "-o", f.in, "--check", "x"}).code != 0);
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
  CHECK(few.reason() == "NotEnoughSlivers");
  CHECK_FALSE(os::exists(f.wal.path("out")));
  flip_byte(f.dir + "/metadata.bcs", 40);
  CHECK(f.wal.run({"codec", "verify", f.dir}).code == 10);
  CHECK(f.decode().code == 10);
}

TEST_CASE("wal codec: little memory and any number of threads give the same files",
          "[cli][rule:K-29]") {
  Folder f;
  REQUIRE(f.encode("stored").code == 0);
  const auto names = os::list_dir(f.dir).value();
  REQUIRE(names.size() == 15);
  for (const std::string threads : {"1", "2", "3", "8"}) {
    const std::string other = f.wal.path("threads" + threads);
    // Less than the plan in memory asks for, so that it goes by tiles.
    const Ran ran = f.wal.run({"codec", "encode", f.in, "--shards", "7", "-o", other, "--format",
                               "stored", "--threads", threads, "--memory",
                               threads == "8" ? "100MiB" : "15MiB", "--scratch", f.wal.path("")});
    INFO(ran.err);
    const bool fits = threads != "2" && threads != "3";
    REQUIRE(ran.code == (fits ? 0 : 2));  // each thread takes 4 MiB
    if (!fits) continue;
    for (const std::string& name : names) {
      std::string path = other;
      path.append("/").append(name);
      REQUIRE(os::read_file(path, 1u << 20).value() ==
              os::read_file(f.dir + "/" + name, 1u << 20).value());
    }
  }
  // Nobody asked for threads: as many as the memory bears.
  CHECK(f.wal.run({"codec", "id", f.in, "--shards", "7", "--memory", "13MiB"}).code == 0);
  for (const std::string axis : {"primary", "secondary"})
    for (const std::string check : {"skip", "default", "strict"}) {
      const Ran ran =
          f.decode({"--axis", axis, "--check", check, "--memory", "13MiB", "--threads", "1"});
      INFO(ran.err);
      REQUIRE(ran.code == 0);
      REQUIRE(f.equal());
    }
  CHECK(f.wal
            .run({"codec", "id", f.in, "--shards", "7", "--memory", "13MiB", "--threads", "1",
                  "--scratch", f.wal.path("absent")})
            .code == 3);
}

TEST_CASE("wal codec: pipes and standard input are read like files", "[cli][rule:K-29]") {
  Folder f;
  const std::string want(
      f.wal.run({"codec", "id", f.in, "--shards", "7"}).json().at("data").at("blobId").as_string());
  const auto id_of = [](const Ran& ran) {
    return std::string(ran.json().at("data").at("blobId").as_string());
  };
  const std::vector<std::string> id = {"codec", "id", "-", "--shards", "7"};
  CHECK(id_of(f.wal.run_in_shell("", id, "2>\"$ERR\" <" + f.in)) == want);
  const std::string pipe = f.wal.path("pipe");
  const std::string feed = "mkfifo " + pipe + "; cat " + f.in + " > " + pipe + " &";
  CHECK(id_of(f.wal.run_in_shell(feed, {"codec", "id", pipe, "--shards", "7"})) == want);
  CHECK(f.wal
            .run_in_shell("rm " + pipe + "; " + feed,
                          {"codec", "encode", pipe, "--shards", "7", "-o", f.dir})
            .code == 0);
  CHECK(f.decode().code == 0);
  CHECK(f.equal());
  // Endless input ends where no blob is longer.
  const Ran endless = f.wal.run({"codec", "id", "/dev/zero", "--shards", "4"});
  CHECK(endless.code == 2);
  CHECK(endless.reason() == "BlobTooLarge");
  CHECK(f.wal.run({"codec", "id", f.wal.path(""), "--shards", "7"}).code == 1);  // a folder
}

TEST_CASE("wal codec: what cannot be written, or is stopped, leaves nothing behind",
          "[cli][rule:K-29]") {
  Folder f;
  const std::vector<std::string> encode = {"codec", "encode", f.in, "--shards", "7", "-o", f.dir};
  // A disk that takes 4 KiB of a file: every sliver is longer.
  const Ran full = f.wal.run_in_shell("ulimit -f 4; trap '' XFSZ;", encode);
  CHECK(full.code == 1);
  CHECK(full.err.find("write") != std::string::npos);
  CHECK_FALSE(os::exists(f.dir));
  CHECK(f.wal.run({"codec", "encode", f.in, "--shards", "7", "-o", "/proc/nowhere"}).code == 1);
  REQUIRE(f.encode().code == 0);
  const Ran out = f.wal.run_in_shell("ulimit -f 4; trap '' XFSZ;",
                                     {"codec", "decode", f.dir, "-o", f.wal.path("out")});
  CHECK(out.code == 1);
  CHECK(f.wal.run({"codec", "decode", f.dir, "-o", "/proc/out"}).code == 1);
  CHECK(f.wal.run({"codec", "decode", f.dir, "-o", f.wal.path("no/where")}).code == 1);
  // Ctrl-C while a pipe is waited for.
  os::remove_tree(f.dir).value();
  const std::string pipe = f.wal.path("pipe");
  REQUIRE(f.wal.run_in_shell("mkfifo " + pipe + ";", {"version"}).code >= 0);
  Running running = f.wal.start({"codec", "encode", pipe, "--shards", "7", "-o", f.dir});
  auto writer = os::File::open(pipe, os::Open::kReadWrite).value();  // opens without a reader
  REQUIRE(::write(writer.fd(), "abc", 3) == 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  running.interrupt();
  const Ran stopped = running.end();
  CHECK(stopped.code == 130);
  CHECK_FALSE(os::exists(f.dir));
  const std::vector<std::string> left = os::list_dir(f.wal.path("")).value();
  for (const std::string& name : left) CHECK(name.find(".wal-") == std::string::npos);
}

TEST_CASE("wal codec: a bit that flips in any sliver is found, and slivers of another blob too",
          "[cli][rule:K-21]") {
  for (const std::string format : {"raw", "bcs", "stored"}) {
    Folder f;
    REQUIRE(f.encode(format).code == 0);
    const std::vector<std::string> names = os::list_dir(f.dir).value();
    for (const std::string& name : names) {
      if (name == "metadata.bcs") continue;
      flip_byte(f.dir + "/" + name, 1000);
      const Ran judged = f.wal.run({"codec", "verify", f.dir});
      REQUIRE(judged.code == 10);
      const auto bad = judged.json().at("data").at("bad").as_array();
      REQUIRE(bad.size() == 1);
      REQUIRE(std::string(bad.at(0).at("file").as_string()) == name);
      REQUIRE(f.decode({"--axis", name.substr(0, name.find('-'))}).code == 0);
      REQUIRE(f.equal());
      flip_byte(f.dir + "/" + name, 1000);
    }
    REQUIRE(f.wal.run({"codec", "verify", f.dir, "--strict"}).code == 0);
  }
  Folder f, other;
  REQUIRE(f.encode("stored").code == 0);
  other.wal.write("in", std::string(20'000, 'x'));
  REQUIRE(other.encode("raw").code == 0);
  for (const std::string name : {"primary-00000", "primary-00002", "secondary-00001"})
    os::write_file_atomic(f.dir + "/" + name,
                          os::read_file(other.dir + "/" + name, 1u << 20).value())
        .value();
  const Ran judged = f.wal.run({"codec", "verify", f.dir});
  CHECK(judged.code == 10);
  CHECK(judged.json().at("data").at("good") == 11);
  CHECK(judged.json().at("data").at("bad").at(0).at("reason") == "SliverHash");
  for (const std::string axis : {"primary", "secondary"}) {
    CHECK(f.decode({"--axis", axis}).code == 0);
    CHECK(f.equal());
  }
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
  CHECK(few.reason() == "NotEnoughSlivers");
}
