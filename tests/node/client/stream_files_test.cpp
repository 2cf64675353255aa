// SPDX-License-Identifier: Apache-2.0
// Files under the codec's streams: inputs that change, outputs that appear whole or not at all,
// holes, and the pool that runs the units.
#include "node/client/stream_files.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "node/client/pool.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::client;
using tests::TempDir;

TEST_CASE("stream files: input that shrinks or grows while it is read is an error",
          "[client][rule:K-29]") {
  TempDir dir;
  const std::string path = dir / "in";
  os::write_file_atomic(path, base::Bytes(10'000, 7)).value();
  Trouble trouble;
  const auto open = [&] { return Input::open(path, 1 << 20, dir.path(), trouble).value(); };
  base::Bytes bytes(5'000);
  const auto still = open();
  REQUIRE(still->size() == 10'000);
  REQUIRE(still->read_at(5'000, bytes).ok());
  REQUIRE(still->unchanged().ok());
  auto file = os::File::open(path, os::Open::kReadWrite).value();
  const auto grows = open();
  file.write_at(10'000, base::Bytes(1)).value();
  REQUIRE(grows->read_at(5'000, bytes).ok());
  REQUIRE(grows->unchanged().error().exit == Exit::kUnexpected);
  const auto shrinks = open();
  file.truncate(7'000).value();
  const auto cut = shrinks->read_at(5'000, bytes);
  REQUIRE(cut.error().code == shape::CodecCode::kIo);
  REQUIRE(cut.error().numbers.at(0) == static_cast<std::uint64_t>(codec::IoRole::kInput));
  REQUIRE(trouble.text(codec::IoRole::kInput).find("earlier") != std::string::npos);
  REQUIRE_FALSE(shrinks->unchanged().ok());
  REQUIRE(Input::open(dir / "absent", 1, dir.path(), trouble).error().exit == Exit::kNotFound);
  REQUIRE(Input::open(dir.path(), 1, dir.path(), trouble).error().exit == Exit::kUnexpected);
}

TEST_CASE("stream files: an output is seen when it is committed, and not before",
          "[client][rule:K-29]") {
  TempDir dir;
  const std::string path = dir / "out";
  Trouble trouble;
  {
    const auto lost = Output::make(path, trouble).value();
    REQUIRE(lost->write_at(0, base::Bytes(10, 1)).ok());
    REQUIRE_FALSE(os::exists(path));
  }
  REQUIRE(os::list_dir(dir.path()).value().empty());
  const auto kept = Output::make(path, trouble).value();
  REQUIRE(kept->set_size(3).ok());
  REQUIRE(kept->write_at(0, base::Bytes{1, 0, 3}).ok());
  base::Bytes back(3);
  REQUIRE(kept->read_at(0, back).ok());
  REQUIRE(back == base::Bytes{1, 0, 3});
  REQUIRE(kept->commit().ok());
  REQUIRE(os::read_file(path, 10).value() == back);
  REQUIRE(os::list_dir(dir.path()).value().size() == 1);
  REQUIRE(Output::make(dir / "no/where", trouble).error().exit == Exit::kUnexpected);
}

TEST_CASE("stream files: zeros become holes and read back as zeros", "[client]") {
  TempDir dir;
  base::Prng prng(1);
  for (int round = 0; round < 30; ++round) {
    base::Bytes bytes(prng.below(60'000) + 1);
    const std::uint64_t pages = prng.below(4);  // at most
    for (std::uint64_t i = pages; i-- > 0;)
      bytes[prng.below(bytes.size())] = static_cast<std::uint8_t>(prng.next() | 1);
    const std::uint64_t offset = prng.below(9'000);
    auto file = os::File::open(dir / std::to_string(round), os::Open::kCreateNew).value();
    file.truncate(offset + bytes.size()).value();
    write_sparse(file, offset, bytes).value();
    REQUIRE(file.read_exact(offset, bytes.size()).value() == bytes);
    struct stat info {};
    REQUIRE(::fstat(file.fd(), &info) == 0);
    REQUIRE(static_cast<std::uint64_t>(info.st_blocks) * 512 <= pages * 4096);
  }
}

TEST_CASE("pool: every unit runs once, however many workers and rounds", "[client]") {
  for (const std::size_t workers : {1U, 2U, 3U, 8U}) {
    Pool pool(workers);
    REQUIRE(pool.workers() == workers);
    for (std::size_t units = 0; units < 40; ++units) {
      std::vector<std::atomic<int>> ran(units);
      pool.run(units, [&](std::size_t i) { ++ran[i]; });
      for (const auto& one : ran) REQUIRE(one == 1);
    }
  }
}
