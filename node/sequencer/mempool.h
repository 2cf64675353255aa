// SPDX-License-Identifier: Apache-2.0
// Transactions that wait for a block. Everything in it passed check() and admit(); several of one
// account wait in the order of their nonces. Bounded: 20,000 transactions or 32 MiB in all, 64 per
// account (reliability.md 9); beyond that the answer is "full", never growth. A quarter is kept for
// statements, and an eighth for rights, so a flood of one lane shuts out no other (EN-26); within
// the quarter a statement displaces those of whoever holds most of it (EN-28). A block's choice
// follows U-6: statements first, up to a quarter of its bytes and half of its cost and number, then
// rights up to an eighth of bytes and number, then the rest as it came. Thread rule: one mutex
// inside; any thread.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <set>

#include "node/core/ledger_core.h"

namespace wald::sequencer {

struct Refusal {
  bool full = false;          // no room: send it again later
  ledger::Dropped dropped{};  // otherwise: why it would not enter a block
  std::string message;
};

// How much a pool or a lane of it holds.
struct PoolSize {
  std::size_t txs = 0;
  std::size_t bytes = 0;
};

class Mempool {
 public:
  static constexpr PoolSize kMost{20'000, 32u << 20};
  static constexpr std::size_t kMostPerAccount = 64;
  // Statements judged again after a block, in turn: whether they still count takes a look at state.
  static constexpr std::size_t kMostAgain = 256;

  // most: another size is a test's.
  explicit Mempool(const core::LedgerCore& core, PoolSize most = kMost)
      : core_(core), most_(most) {}

  // The id; the same bytes again are fine. Counts as waiting until a block carries it.
  base::Result<base::TxId, Refusal> add(base::Bytes envelope);
  bool contains(const base::TxId& id) const;
  bool empty() const;
  std::size_t bytes() const;

  // For one block, at most `most` of them, in its order.
  struct Chosen {
    std::vector<base::Bytes> envelopes;
    std::vector<core::SharedVerdict> verdicts;
  };
  Chosen choose(std::size_t most) const;
  // After a commit: what was in the block goes, and what can no longer enter one.
  void settle(base::Height height, std::span<const core::SharedVerdict> block);

 private:
  struct Entry {
    core::SharedVerdict verdict;
    base::Bytes envelope;
    std::uint64_t order = 0;
    spec::Lane lane{};
    const ledger::CheckedTx& tx() const { return **verdict; }
  };
  // What waits of one account.
  struct Queue {
    std::uint64_t stands = 0;  // the nonce of its record after the last settled block
    std::map<std::uint64_t, base::TxId> by_nonce;
  };
  using Entries = std::map<base::TxId, Entry>;
  using Arrivals = std::map<std::uint64_t, Entries::iterator>;
  // What waits of one author of statements.
  struct Author {
    std::size_t weight = 0;
    Arrivals statements;
  };
  base::Result<void, Refusal> judge(const ledger::CheckedTx& tx) const;
  bool has_room(spec::Lane lane, const PoolSize& then) const;
  std::size_t weight_of(std::size_t bytes) const;
  std::optional<std::vector<Entries::iterator>> would_go(const base::NodeId& author,
                                                         std::size_t bytes) const;
  PoolSize& of(spec::Lane lane) { return held_[static_cast<std::size_t>(lane)]; }
  const PoolSize& of(spec::Lane lane) const { return held_[static_cast<std::size_t>(lane)]; }
  std::uint64_t nonce_at_tip(const base::AccountId& account) const;
  void erase(Entries::iterator at);
  void judge_statements_again();

  const core::LedgerCore& core_;
  const PoolSize most_;
  mutable std::mutex mutex_;
  Entries entries_;
  Arrivals statements_;
  Arrivals paid_;
  std::map<std::pair<base::Height, std::uint64_t>, Entries::iterator> expiries_;  // and order
  std::uint64_t again_ = 0;  // order of the statement to judge next
  std::map<base::AccountId, Queue> by_account_;
  std::map<base::NodeId, Author> by_author_;
  std::uint64_t next_order_ = 0;
  std::array<PoolSize, spec::Lane_ARRAYSIZE> held_{};  // by lane
};

}  // namespace wald::sequencer
