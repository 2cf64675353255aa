// SPDX-License-Identifier: Apache-2.0
#include "node/store/lmdb_seal.h"

#include <cstring>

#include "codec/base/bytes.h"
#include "codec/base/hash.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "node/os/random.h"

namespace wald::store {
namespace {

constexpr std::string_view kMagic = "WALDSEAL";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kCheck = 8;
constexpr std::size_t kBytes = 8 + 4 + 8 + 8 + 8 + kCheck;
constexpr std::uint64_t kSecond = 1'000'000'000;

base::Bytes encode(std::uint64_t size, std::uint64_t modified, std::uint64_t transaction) {
  base::Writer out;
  out.text(kMagic).le(kVersion).le(size).le(modified).le(transaction);
  const base::Hash check = base::Hasher("wald.lmdbseal").update(out.bytes()).finish();
  out.raw(check.view().first(kCheck));
  WALD_CHECK(out.bytes().size() == kBytes);
  return std::move(out).bytes();
}

os::IoResult<void> make(const std::string& dir, std::uint64_t transaction) {
  TRY_ASSIGN(os::File file, os::File::open(dir + "/data.mdb", os::Open::kReadWrite));
  TRY_ASSIGN(const std::uint64_t size, file.size());
  std::uint64_t random = 0;
  const auto bytes = os::random_bytes<8>();
  std::memcpy(&random, bytes.data(), sizeof random);
  // A minute back at the least: no clock tick of a later write gives it again.
  const std::uint64_t now = os::wall_time().value() / 1'000;
  const std::uint64_t modified = (now > 60 ? now - 60 : 0) * kSecond + random % kSecond;
  TRY(file.set_modified_ns(modified));
  return os::write_file_atomic(dir + "/sealed", encode(size, modified, transaction), 0600);
}

os::IoResult<base::Bytes> expected(const std::string& dir, std::uint64_t transaction) {
  TRY_ASSIGN(const os::File file, os::File::open(dir + "/data.mdb", os::Open::kRead));
  TRY_ASSIGN(const std::uint64_t size, file.size());
  TRY_ASSIGN(const std::uint64_t modified, file.modified_ns());
  return encode(size, modified, transaction);
}

}  // namespace

void seal(const std::string& dir, std::uint64_t transaction) {
  if (!make(dir, transaction).ok()) static_cast<void>(os::remove_file(dir + "/sealed").ok());
}

bool unseal(const std::string& dir, std::uint64_t transaction) {
  const auto found = os::read_file(dir + "/sealed", kBytes);
  static_cast<void>(os::remove_file(dir + "/sealed").ok());
  if (!found.ok()) return false;
  const auto wanted = expected(dir, transaction);
  return wanted.ok() && *found == *wanted;
}

}  // namespace wald::store
