// SPDX-License-Identifier: Apache-2.0
#include "node/keys/sign_log.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::keys;
using tests::TempDir;

namespace {

const base::PublicKey kKey(std::array<std::uint8_t, 32>{5});
base::Hash hash_of(std::uint8_t n) { return base::Hash(std::array<std::uint8_t, 32>{n}); }

}  // namespace

TEST_CASE("sign log: lower and conflicting statements are refused, also after a restart",
          "[node][keys][rule:A-36]") {
  const TempDir dir;
  for (int restart = 0; restart < 3; ++restart) {
    const auto log = SignLog::open(dir / "s", kKey).value();
    REQUIRE(log->fresh() == (restart == 0));
    if (restart == 0) {
      log->permit(Statement::kBlock, {9, 0}, hash_of(8)).value();
      log->permit(Statement::kBlock, {10, 2}, hash_of(1)).value();
      log->permit(Statement::kReveal, {3, 1}, hash_of(2)).value();
    }
    log->permit(Statement::kBlock, {10, 2}, hash_of(1)).value();  // the same one again
    REQUIRE_FALSE(log->permit(Statement::kBlock, {10, 2}, hash_of(3)).ok());
    REQUIRE_FALSE(log->permit(Statement::kBlock, {10, 1}, hash_of(1)).ok());
    REQUIRE_FALSE(log->permit(Statement::kBlock, {9, 9}, hash_of(1)).ok());
    REQUIRE_FALSE(log->permit(Statement::kReveal, {3, 0}, hash_of(2)).ok());
  }
  const auto log = SignLog::open(dir / "s", kKey).value();
  log->permit(Statement::kBlock, {10, 3}, hash_of(3)).value();
  log->permit(Statement::kReveal, {4, 0}, hash_of(3)).value();
}

TEST_CASE("sign log: a node confirms many blobs of an epoch, none of an earlier one",
          "[node][keys][rule:A-36]") {
  const TempDir dir;
  const auto log = SignLog::open(dir / "s", kKey).value();
  for (std::uint8_t i = 0; i < 200; ++i)
    log->permit(Statement::kConfirmation, {7, 0}, hash_of(i)).value();
  log->permit(Statement::kConfirmation, {8, 0}, hash_of(1)).value();
  REQUIRE_FALSE(log->permit(Statement::kConfirmation, {7, 0}, hash_of(1)).ok());
  REQUIRE(os::read_file(dir / "s", 1'000'000)->size() == 3 * 64);  // one record per epoch
}

TEST_CASE("sign log: a torn tail is cut, damage and another key refuse the start",
          "[node][keys][rule:A-36]") {
  const TempDir dir;
  {
    const auto log = SignLog::open(dir / "s", kKey).value();
    log->permit(Statement::kBlock, {1, 0}, hash_of(1)).value();
  }
  { SignLog::open(dir / "s", kKey).value()->permit(Statement::kBlock, {2, 0}, hash_of(2)).value(); }
  const base::Bytes good = os::read_file(dir / "s", 1'000).value();
  REQUIRE(good.size() == 192);
  for (std::size_t keep = 128; keep < 192; ++keep) {
    os::write_file_atomic(dir / "s", base::ByteView(good).first(keep), 0600).value();
    const auto log = SignLog::open(dir / "s", kKey).value();
    REQUIRE_FALSE(log->permit(Statement::kBlock, {0, 0}, hash_of(9)).ok());
    REQUIRE_FALSE(log->permit(Statement::kBlock, {1, 0}, hash_of(9)).ok());
    log->permit(Statement::kBlock, {2, 0}, hash_of(9)).value();
  }
  for (std::size_t i = 0; i < 128; ++i) {
    base::Bytes bad = good;
    bad[i] ^= 4;
    os::write_file_atomic(dir / "s", bad, 0600).value();
    REQUIRE_FALSE(SignLog::open(dir / "s", kKey).ok());
  }
  os::write_file_atomic(dir / "s", good, 0600).value();
  REQUIRE_FALSE(SignLog::open(dir / "s", base::PublicKey()).ok());
  os::write_file_atomic(dir / "s", good, 0644).value();
  REQUIRE_FALSE(SignLog::open(dir / "s", kKey).ok());
}

TEST_CASE("sign log: a second holder is refused", "[node][keys][rule:A-36]") {
  const TempDir dir;
  const auto log = SignLog::open(dir / "s", kKey).value();
  REQUIRE_FALSE(SignLog::open(dir / "s", kKey).ok());
}

TEST_CASE("sign log: when the sync fails nothing may be signed any more",
          "[node][keys][rule:A-36]") {
  static bool failing = false;
  static const os::FileOps ops{os::real_file_ops().pwrite,
                               [](int fd) -> int {
                                 if (!failing) return ::fdatasync(fd);
                                 errno = EIO;
                                 return -1;
                               },
                               os::real_file_ops().fsync, os::real_file_ops().fallocate};
  const TempDir dir;
  const auto log = SignLog::open(dir / "s", kKey, ops).value();
  log->permit(Statement::kBlock, {1, 0}, hash_of(1)).value();
  failing = true;
  REQUIRE_FALSE(log->permit(Statement::kBlock, {2, 0}, hash_of(2)).ok());
  failing = false;
  REQUIRE_FALSE(log->permit(Statement::kBlock, {3, 0}, hash_of(3)).ok());
  REQUIRE_FALSE(log->permit(Statement::kBlock, {1, 0}, hash_of(1)).ok());
}
