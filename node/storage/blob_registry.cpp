// SPDX-License-Identifier: Apache-2.0
#include "node/storage/blob_registry.h"

#include <algorithm>

#include "ledger/buckets.h"
#include "ledger/records.h"

namespace wald::storage {
namespace {

constexpr std::size_t kTablesKept = 4;

std::shared_ptr<const ShardTable> make_table(const ledger::CommitteeRecord& committee) {
  auto table = std::make_shared<ShardTable>();
  for (const ledger::CommitteeMember& member : committee.members) {
    for (const base::ShardIndex shard : member.shards)
      table->holders.emplace(shard, table->members.size());
    table->members.push_back({member.node, member.protocol_key, member.shards});
  }
  return table;
}

}  // namespace

const ShardTable::Member* ShardTable::holder(base::ShardIndex shard) const {
  const auto at = holders.find(shard);
  return at == holders.end() ? nullptr : &members[at->second];
}

const ShardTable::Member* ShardTable::member(const base::NodeId& node) const {
  const auto at = std::find_if(members.begin(), members.end(),
                               [&](const Member& member) { return member.node == node; });
  return at == members.end() ? nullptr : &*at;
}

bool ShardTable::holds(const base::NodeId& node, base::ShardIndex shard) const {
  const Member* owner = holder(shard);
  return owner != nullptr && owner->node == node;
}

LedgerMoment::LedgerMoment(std::shared_ptr<const ledger::Reader> state,
                           const BlobRegistry& registry)
    : state_(std::move(state)), registry_(&registry) {
  const ledger::ChainRecord chain = ledger::must_load(*state_, ledger::kChain);
  epoch_ = chain.clock.epoch;
  events_ = chain.event_seq;
}

std::optional<ledger::BlobIdRecord> LedgerMoment::blob(const base::BlobId& id) const {
  return ledger::load(*state_, ledger::kBlobIds, id);
}

std::optional<ledger::BlobRecord> LedgerMoment::object(const base::ObjectId& id) const {
  return ledger::load_blob(*state_, id);
}

bool LedgerMoment::kept(const ledger::BlobIdRecord& record) const {
  if (record.invalid) return false;
  return record.deletable > 0 || stays(record);
}

// Of a bucket the end moves, and what ended with it goes with the sweep: it counts while it is
// there.
bool LedgerMoment::stays(const ledger::BlobIdRecord& record) const {
  return record.bucketed > 0 || (record.permanent > 0 && record.permanent_end > epoch());
}

bool LedgerMoment::kept(const base::BlobId& id) const {
  const auto record = blob(id);
  return record.has_value() && kept(*record);
}

std::vector<base::BlobId> LedgerMoment::certified(const base::BlobId& from,
                                                  std::size_t limit) const {
  std::vector<base::BlobId> out;
  const base::Bytes prefix = ledger::key_of(ledger::kBlobIds);
  state_->scan(prefix, ledger::key_of(ledger::kBlobIds, from),
               [&](base::ByteView key, base::ByteView value) {
                 const auto record = ledger::decode_record<ledger::BlobIdRecord>(value);
                 WALD_CHECK(record.has_value());
                 const bool certified =
                     record->permanent_certified > 0 || record->deletable_certified > 0;
                 if (certified && kept(*record))
                   out.push_back(base::BlobId::from(key.subspan(prefix.size())));
                 return out.size() < limit;
               });
  return out;
}

std::shared_ptr<const ShardTable> LedgerMoment::committee(base::Epoch epoch) const {
  return registry_->table(*state_, epoch);
}

std::shared_ptr<const ShardTable> LedgerMoment::previous() const {
  if (epoch().value() == 0) return std::make_shared<const ShardTable>();
  return committee(base::Epoch(epoch().value() - 1));
}

std::string LedgerMoment::address(const base::NodeId& node) const {
  const auto record = ledger::load(*state_, ledger::kNodes, node);
  return record ? record->address : std::string();
}

bool LedgerMoment::is_member(const base::NodeId& node) const {
  return committee()->member(node) != nullptr || previous()->member(node) != nullptr ||
         next()->member(node) != nullptr;
}

std::shared_ptr<const ShardTable> BlobRegistry::table(const ledger::Reader& state,
                                                      base::Epoch epoch) const {
  const std::lock_guard lock(mutex_);
  const auto known = tables_.find(epoch);
  if (known != tables_.end()) return known->second;
  const auto committee = ledger::load(state, ledger::kCommittees, epoch);
  if (!committee) return std::make_shared<const ShardTable>();  // may come later: not kept
  auto table = make_table(*committee);
  tables_.emplace(epoch, table);
  if (tables_.size() > kTablesKept) tables_.erase(tables_.begin());
  return table;
}

}  // namespace wald::storage
