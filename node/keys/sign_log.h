// SPDX-License-Identifier: Apache-2.0
// SignLog: what a node has signed, on disk before the signature leaves (A-36, reliability.md 8), so
// that neither a restart nor a second program makes it contradict itself.
//
// A statement has a position (height or epoch, round) within its kind. A kind allows
//   one  statement per position (blocks, receipts, reveals, commits ..): a lower position is
//   refused, and the
//        same position with another hash; the same hash again is allowed, it is the same signature;
//   many statements per position (confirmations of an epoch): only a lower position is refused.
//
// File: 64-byte records, appended and synced one by one; little-endian:
//   "WSIG" 4 | kind u8 | zero u8 | round u32 | height u64 | hash 32 | first 14 bytes of
//   B("wald.signlog", public key, the 50 bytes before)
// The first record has kind 0 and zeros, and comes with the file by a rename. The check names the
// key, so the log of another key does not open. A torn last record is cut off
// (its signature never left); a bad record before the end refuses the start. At open the log is
// rewritten with the last record of each kind. Rewriting, locking and writing belong to one
// process. Thread rule: one mutex inside; permit() may be called from any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "codec/base/ids.h"
#include "node/os/files.h"
#include "node/os/lock.h"

namespace wald::keys {

// Numbers are on disk: never reused.
enum class Statement : std::uint8_t {
  kBlock = 1,
  kReceipt = 2,
  kReveal = 3,
  kResponseCommit = 4,
  kRowReport = 5,
  kAttestation = 6,
  kSyncDone = 7,
  kSelfProof = 8,
  kConfirmation = 32,
  kInvalidBlob = 33,
};
constexpr bool many_per_position(Statement kind) { return static_cast<std::uint8_t>(kind) >= 32; }

struct SignPosition {
  std::uint64_t height = 0;  // or epoch
  std::uint32_t round = 0;
  friend auto operator<=>(const SignPosition&, const SignPosition&) = default;
};

class SignLog {
 public:
  static os::IoResult<std::unique_ptr<SignLog>> open(const std::string& path,
                                                     const base::PublicKey& key,
                                                     const os::FileOps& ops = os::real_file_ops());

  // After success the statement may be signed and sent. Refusals are sentences with both positions;
  // after a failed write everything is refused until the next open.
  os::IoResult<void> permit(Statement kind, SignPosition at, const base::Hash& hash);

  // No log was there: after a first start or a restore, watch before signing.
  bool fresh() const { return fresh_; }

 private:
  struct Last {
    SignPosition at;
    base::Hash hash;
  };
  explicit SignLog(const base::PublicKey& key) : key_(key) {}
  os::IoResult<void> load(const std::string& path, const os::FileOps& ops);
  base::Bytes encode(Statement kind, const Last& last) const;
  std::optional<std::pair<Statement, Last>> decode(base::ByteView record) const;

  base::PublicKey key_;
  std::mutex mutex_;
  std::unique_ptr<os::LockFile> lock_;
  os::File file_;
  std::uint64_t end_ = 0;
  std::map<Statement, Last> last_;
  bool fresh_ = false;
  bool failed_ = false;
};

}  // namespace wald::keys
