// SPDX-License-Identifier: Apache-2.0
// What a storage node asks of the ledger: which blobs are to be kept, whose shard is whose, where
// members are reached (L-15, H-5, N-4). All answers of one LedgerMoment come from one committed
// version. Nothing here writes. Thread rule: BlobRegistry from any thread; a moment is a value.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/blobs.h"

namespace wald::storage {

// The committee of one epoch as a table; immutable once selected.
struct ShardTable {
  struct Member {
    base::NodeId node;
    base::PublicKey key;
    std::vector<base::ShardIndex> shards;
  };
  std::vector<Member> members;                      // by node id
  std::map<base::ShardIndex, std::size_t> holders;  // place in members

  const Member* holder(base::ShardIndex shard) const;
  const Member* member(const base::NodeId& node) const;
  bool holds(const base::NodeId& node, base::ShardIndex shard) const;
};

class BlobRegistry;

class LedgerMoment {
 public:
  base::Epoch epoch() const { return epoch_; }
  std::uint64_t events() const { return events_; }  // number of the last one
  std::optional<ledger::BlobIdRecord> blob(const base::BlobId& id) const;
  std::optional<ledger::BlobRecord> object(const base::ObjectId& id) const;

  // Some permanent object of it has not ended.
  bool stays(const ledger::BlobIdRecord& record) const;
  // Slivers of it are accepted and kept: some object of it has not ended, and it is not invalid.
  bool kept(const base::BlobId& id) const;
  bool kept(const ledger::BlobIdRecord& record) const;
  // Certified blobs that are kept, ascending, from `from` on, at most `limit`.
  std::vector<base::BlobId> certified(const base::BlobId& from, std::size_t limit) const;

  // Never null; without members where there is no such committee.
  std::shared_ptr<const ShardTable> committee(base::Epoch epoch) const;
  std::shared_ptr<const ShardTable> committee() const { return committee(epoch()); }
  std::shared_ptr<const ShardTable> previous() const;
  std::string address(const base::NodeId& node) const;  // host:port; empty if unknown
  std::shared_ptr<const ShardTable> next() const { return committee(epoch().next()); }
  // A member of the committee, of the one before, or chosen for the next.
  bool is_member(const base::NodeId& node) const;

 private:
  friend class BlobRegistry;
  LedgerMoment(std::shared_ptr<const ledger::Reader> state, const BlobRegistry& registry);
  std::shared_ptr<const ledger::Reader> state_;
  const BlobRegistry* registry_;
  base::Epoch epoch_;
  std::uint64_t events_ = 0;
};

class BlobRegistry {
 public:
  using StateFn = std::function<std::shared_ptr<const ledger::Reader>()>;
  explicit BlobRegistry(StateFn state) : state_(std::move(state)) {}

  LedgerMoment now() const { return LedgerMoment(state_(), *this); }

 private:
  friend class LedgerMoment;
  std::shared_ptr<const ShardTable> table(const ledger::Reader& state, base::Epoch epoch) const;

  StateFn state_;
  mutable std::mutex mutex_;
  mutable std::map<base::Epoch, std::shared_ptr<const ShardTable>> tables_;  // a few
};

}  // namespace wald::storage
