// SPDX-License-Identifier: Apache-2.0
#include "node/store/lmdb_shape.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "node/store/lmdb_env.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::store;
using tests::TempDir;

namespace {

constexpr std::uint64_t kMap = 16u << 20;
constexpr int kKeys = 400;

base::Bytes key_of(int n) {
  return base::Writer().be(static_cast<std::uint32_t>(n) * 2'654'435'761u).bytes();
}

// Trees of some depth, values over many pages, and free pages from what was replaced and erased.
void fill(LmdbEnv& env) {
  base::Prng prng(5);
  for (int round = 0; round < 4; ++round) {
    LmdbEnv::Write txn(env);
    for (int n = 0; n < kKeys; ++n) {
      const Table table = n % 3 == 0 ? Table::kEvents : Table::kState;
      if (round > 0 && n % 5 == round)
        txn.erase(table, key_of(n));
      else
        txn.put(table, key_of(n), prng.bytes(n % 40 == 0 ? 9'000 : 1 + prng.below(300)));
    }
    txn.put_meta(prng.bytes(100));
    txn.commit();
  }
}

// All that can be read, so that a wrong offset would be met.
std::size_t read_all(LmdbEnv& env) {
  std::size_t bytes = env.meta().value_or(base::Bytes()).size() + env.usage().used_bytes;
  const LmdbEnv::Read read(env);
  for (const Table table : {Table::kState, Table::kEvents, Table::kMisc})
    for (LmdbEnv::Cursor at(read, table, {}); at.valid(); at.next()) bytes += at.value().size();
  return bytes;
}

// The data file of a filled environment in dir/s, which is closed again.
base::Bytes filled(const TempDir& dir) {
  fill(*LmdbEnv::open(dir / "s", kMap).value());
  return os::read_file(dir / "s/data.mdb", kMap).value();
}

// In place and unsynced: the kernel's pages are what is read.
void replace(const std::string& path, base::ByteView bytes) {
  auto file = os::File::open(path, os::Open::kReadWrite).value();
  file.truncate(bytes.size()).value();
  file.write_at(0, bytes).value();
}

}  // namespace

TEST_CASE("lmdb shape: what LMDB wrote is whole, empty, small and grown", "[node][store]") {
  const TempDir dir;
  { REQUIRE(LmdbEnv::open(dir / "s", kMap).ok()); }
  REQUIRE(check_lmdb_file(dir / "s/data.mdb", {}).ok());
  for (int i = 0; i < 5; ++i) {
    {
      const auto env = LmdbEnv::open(dir / "s", kMap).value();
      fill(*env);
      REQUIRE(read_all(*env) > 10'000);
    }
    const auto whole = check_lmdb_file(dir / "s/data.mdb", {});
    INFO((whole.ok() ? "" : whole.error().text));
    REQUIRE(whole.ok());
  }
}

TEST_CASE("lmdb shape: a damaged data file is refused or read as far as it is sound, never a crash",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  const std::string path = dir / "s/data.mdb";
  const base::Bytes good = filled(dir);
  base::Prng prng(17);
  int refused = 0;
  int noticed = 0;
  for (int i = 0; i < 600; ++i) {
    base::Bytes bad = good;
    for (std::uint64_t edits = 1 + prng.below(6); edits > 0; --edits) {
      // Half of them where pages keep their structure.
      std::size_t at = prng.below(bad.size());
      if (prng.below(2) == 0) at = at / 4'096 * 4'096 + prng.below(64);
      bad[at] = static_cast<std::uint8_t>(prng.below(256));
    }
    if (prng.below(16) == 0) bad.resize(prng.below(bad.size()));
    replace(path, bad);
    const auto env = LmdbEnv::open(dir / "s", kMap);
    if (!env.ok()) {
      ++refused;
      REQUIRE(env.error().text.find(dir / "s") != std::string::npos);
      continue;
    }
    try {
      read_all(**env);
    } catch (const StoreFailure&) {
      ++noticed;
    }
  }
  REQUIRE(refused > 100);
  REQUIRE(noticed > 50);
}

TEST_CASE("lmdb shape: a file cut short, an empty one and a foreign one are named",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  const std::string path = dir / "s/data.mdb";
  const base::Bytes good = filled(dir);
  const auto error_of = [&](const base::Bytes& bytes) {
    replace(path, bytes);
    const auto checked = check_lmdb_file(path, {});
    REQUIRE_FALSE(checked.ok());
    REQUIRE(checked.error().code == 0);
    return checked.error().text;
  };
  const base::Bytes half(good.begin(), good.begin() + static_cast<long>(good.size() / 2));
  REQUIRE(error_of(half).find("lies outside the file") != std::string::npos);
  REQUIRE(error_of({}).find("not a data file of LMDB") != std::string::npos);
  REQUIRE(error_of(base::Bytes(50'000, 7)).find("not a data file of LMDB") != std::string::npos);
  replace(path, good);
  REQUIRE(check_lmdb_file(path, {}).ok());
}

TEST_CASE("lmdb shape: after a clean stop a start walks the state alone, however long the history",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  const auto open = [&] { return LmdbEnv::open(dir / "s", kMap).value(); };
  base::Prng prng(9);
  std::uint64_t small = 0;
  for (int round = 0; round < 4; ++round) {
    {
      const auto env = open();
      LmdbEnv::Write txn(*env);
      txn.put(Table::kState, key_of(1), prng.bytes(100));
      for (int n = 0; n < 500; ++n)
        txn.put(Table::kEvents, key_of(1'000 * round + n), prng.bytes(200));
      txn.commit();
    }
    const auto clean = open();
    REQUIRE(read_all(*clean) > 100'000);
    if (round == 0) small = clean->pages_checked();
    REQUIRE(clean->pages_checked() <= small + 1);
  }
  const auto whole = check_lmdb_file(dir / "s/data.mdb", {}).value();
  REQUIRE(whole > 10 * small);
  // Whatever was not closed as it is now is walked whole: a copy, a touched file, one whose seal is
  // damaged, and one that another transaction came to.
  const base::Bytes file = os::read_file(dir / "s/data.mdb", kMap).value();
  const base::Bytes sealed = os::read_file(dir / "s/sealed", 1'000).value();
  const auto walks_all = [&] { return open()->pages_checked() == whole; };
  REQUIRE_FALSE(walks_all());
  replace(dir / "s/data.mdb", file);
  REQUIRE(walks_all());
  REQUIRE_FALSE(walks_all());
  tests::flip_byte(dir / "s/sealed", 20);
  REQUIRE(walks_all());
  os::remove_file(dir / "s/sealed").value();
  REQUIRE(walks_all());
  os::write_file_atomic(dir / "s/sealed", sealed).value();  // of another close
  REQUIRE(walks_all());
  {
    const auto env = open();
    REQUIRE_FALSE(os::exists(dir / "s/sealed"));
    const base::Bytes live =
        os::read_file(dir / "s/data.mdb", kMap).value();  // as a crash leaves it
    os::make_dirs(dir / "crash").value();
    os::write_file_atomic(dir / "crash/data.mdb", live).value();
  }
  REQUIRE(LmdbEnv::open(dir / "crash", kMap).value()->pages_checked() == whole);
}

TEST_CASE("lmdb shape: damage is refused after a clean stop as well, also within one clock tick",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  const std::string path = dir / "s/data.mdb";
  base::Bytes bad = filled(dir);
  REQUIRE(os::exists(dir / "s/sealed"));
  for (std::size_t at = 2 * 4'096; at < bad.size(); at += 4'096) bad[at] ^= 0x55;
  replace(path, bad);
  const auto refused = LmdbEnv::open(dir / "s", kMap);
  REQUIRE_FALSE(refused.ok());
  REQUIRE(refused.error().text.find("names another number") != std::string::npos);
}
