// SPDX-License-Identifier: Apache-2.0
// Outbox: the statements of this node on their way to the ledger (O-37), one file each:
//
//   DIR/<epoch 8>-<round 4>-<kind 2>-<seq 4>.stmt   (hex)
//   "WOUT" | state u8 (1 built, 2 signed) | statement | first 16 bytes of B("wald.outbox", -,
//   before)
//
// Order at every birth: the unsigned bytes are durable (built), then the sign log's entry, then the
// signature is made and replaces the file (signed). So a crash at any point leaves either nothing
// or bytes that will be signed again as they are: one slot never gets two different statements.
// Sent, included and the next try are kept in memory: after a restart whatever the state does not
// show yet is due at once. A statement is over when its phase is; then its file goes.
//
// Errors: os::IoError of the disk or of the sign log, whose refusal leaves the slot taken and
// unsigned. Thread rule: one owner.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "node/keys/sign_log.h"
#include "proofs/prove/signer.h"

namespace wald::audit {

struct Slot {
  base::Epoch epoch;
  base::Round round;  // kNoRound of kind 13
  proofs::Kind kind = proofs::Kind::kBeaconReveal;
  std::uint16_t seq = 0;
  friend auto operator<=>(const Slot&, const Slot&) = default;
};

enum class Fate { kPending, kIncluded, kOver };

class Outbox {
 public:
  static constexpr std::uint64_t kFirstRetryMs = 500;  // doubles with each try
  static constexpr std::uint64_t kLastRetryMs = 8'000;

  // Signs what an earlier life left unsigned; damaged files are removed.
  static os::IoResult<std::unique_ptr<Outbox>> open(const std::string& dir, keys::SignLog& log,
                                                    const prove::Signer& signer);

  // Gives a statement its slot; a slot that is taken keeps what it has. Kinds 1, 2, 4, 7 and 13
  // (CHECK).
  os::IoResult<void> put(const Slot& slot, const proofs::Header& header, const proofs::Body& body);
  bool has(const Slot& slot) const { return entries_.contains(slot); }
  // Slots of a kind in a round, ascending, with the whole statement of those that are signed.
  std::map<std::uint16_t, base::Bytes> statements(base::Epoch epoch, base::Round round,
                                                  proofs::Kind kind) const;
  std::uint16_t taken(base::Epoch epoch, base::Round round, proofs::Kind kind) const;
  std::size_t size() const { return entries_.size(); }

  using Judge = std::function<Fate(const Slot& slot, base::ByteView statement)>;
  using Send = std::function<void(const Slot& slot, base::ByteView statement)>;
  // Forgets what is over and sends what is pending and due.
  void tend(std::uint64_t now_ms, const Judge& judge, const Send& send);

 private:
  struct Entry {
    base::Bytes bytes;  // whole once signed
    bool is_signed = false;
    std::uint32_t tries = 0;
    std::uint64_t next_try = 0;
  };
  Outbox(std::string dir, keys::SignLog& log, const prove::Signer& signer)
      : dir_(std::move(dir)), log_(log), signer_(signer) {}
  os::IoResult<void> load();
  os::IoResult<void> sign(const Slot& slot, Entry& entry);
  os::IoResult<void> write(const Slot& slot, const Entry& entry) const;
  std::string path(const Slot& slot) const;

  const std::string dir_;
  keys::SignLog& log_;
  const prove::Signer& signer_;
  std::map<Slot, Entry> entries_;
};

}  // namespace wald::audit
