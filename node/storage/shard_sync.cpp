// SPDX-License-Identifier: Apache-2.0
#include "node/storage/shard_sync.h"

#include <algorithm>

#include "codec/recovery.h"

namespace wald::storage {
namespace {

constexpr std::size_t kBlobsPerPage = 256;

// The id after this one; nothing after the last.
std::optional<base::BlobId> after(const base::BlobId& id) {
  auto bytes = id.bytes();
  for (std::size_t i = bytes.size(); i-- > 0;)
    if (++bytes[i] != 0) return base::BlobId(bytes);
  return std::nullopt;
}

}  // namespace

struct ShardSync::Work {
  const LedgerMoment& moment;
  const ShardTable::Member& self;
  SyncPass& pass;
  std::set<std::string> silent;  // addresses that did not answer
  std::vector<std::string> others;

  bool asks(const std::string& address) const {
    return !address.empty() && !silent.contains(address);
  }
  void note(const std::string& address, const PeerError& error) {
    if (error.unreachable()) silent.insert(address);
  }
};

ShardSync::ShardSync(StorageNode node, PeerClient& peers, const Options& options, Attest attest)
    : node_(std::move(node)), peers_(peers), options_(options), attest_(std::move(attest)) {}

ShardSync::~ShardSync() { stop(); }

void ShardSync::start() {
  WALD_CHECK(!thread_.joinable());
  thread_ = std::thread([this] { run(); });
}

void ShardSync::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ShardSync::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

bool ShardSync::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

SyncPass ShardSync::last_pass() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::set<base::ShardIndex> ShardSync::in_transfer() const {
  const std::lock_guard lock(mutex_);
  return in_transfer_;
}

void ShardSync::run() {
  while (!stopping()) {
    bool whole = false;
    try {
      whole = run_pass().missing == 0;
    } catch (const std::exception& failure) {  // of the store below the state
      if (options_.report) options_.report(failure.what());
    }
    std::unique_lock lock(mutex_);
    const std::uint64_t wait = whole ? options_.idle_ms : options_.retry_ms;
    changed_.wait_for(lock, std::chrono::milliseconds(wait),
                      [this] { return stopping_ || woken_; });
    woken_ = false;
  }
}

std::set<base::ShardIndex> ShardSync::gained(const LedgerMoment& moment) const {
  std::set<base::ShardIndex> out;
  const auto committee = moment.committee();
  const auto before = moment.previous();
  if (const auto* self = committee->member(node_.id))
    for (const base::ShardIndex shard : self->shards)
      if (!before->holds(node_.id, shard)) out.insert(shard);
  return out;
}

SyncPass ShardSync::run_pass() {
  SyncPass pass;
  const LedgerMoment moment = node_.registry.now();
  pass.epoch = moment.epoch();
  collect(moment, pass);
  const auto committee = moment.committee();
  const ShardTable::Member* self = committee->member(node_.id);
  pass.member = self != nullptr;
  const std::set<base::ShardIndex> gained_now = gained(moment);
  {
    const std::lock_guard lock(mutex_);
    if (attested_ != pass.epoch) in_transfer_ = gained_now;
  }
  if (self != nullptr) {
    Work work{moment, *self, pass, {}, {}};
    for (const auto& table : {moment.previous(), committee})
      for (const ShardTable::Member& member : table->members) {
        const std::string address = moment.address(member.node);
        if (member.node != node_.id && !address.empty() &&
            std::find(work.others.begin(), work.others.end(), address) == work.others.end())
          work.others.push_back(address);
      }
    for (std::optional<base::BlobId> from = base::BlobId(); from && !stopping();) {
      const auto page = moment.certified(*from, kBlobsPerPage);
      for (const base::BlobId& blob : page)
        if (!stopping()) ensure(work, blob);
      from = page.size() < kBlobsPerPage ? std::nullopt : after(page.back());
    }
  }
  bool attests = false;
  {
    const std::lock_guard lock(mutex_);
    last_ = pass;
    if (pass.member && pass.missing == 0 && !stopping_ && attested_ != pass.epoch) {
      attested_ = pass.epoch;
      in_transfer_.clear();
      attests = !gained_now.empty();
    }
  }
  if (attests && attest_) attest_(pass.epoch);
  return pass;
}

void ShardSync::collect(const LedgerMoment& moment, SyncPass& pass) {
  const auto tables = {moment.previous(), moment.committee(), moment.next()};
  const auto wanted = [&](base::ShardIndex shard) {
    return std::any_of(tables.begin(), tables.end(),
                       [&](const auto& table) { return table->holds(node_.id, shard); });
  };
  for (const base::BlobId& blob : node_.store.blobs()) {
    if (stopping()) return;
    // A blob may have been registered and sent since `moment`, but never before its registration:
    // a state newer than the list decides before anything goes.
    if (!moment.kept(blob) && !node_.registry.now().kept(blob)) {
      if (node_.store.erase_blob(blob).ok()) ++pass.erased;
      continue;
    }
    for (const SliverName& name : node_.store.slivers(blob)) {
      const auto shard =
          shape::shard_of_sliver(node_.codec.params(), blob, name.axis,
                                 base::SliverIndex(static_cast<std::uint16_t>(name.index)));
      if (!wanted(shard) && node_.store.erase_sliver(blob, name).ok()) ++pass.erased;
    }
  }
}

std::vector<ShardSync::Missing> ShardSync::missing_of(const ShardTable::Member& self,
                                                      const base::BlobId& blob) const {
  std::vector<Missing> out;
  for (const codec::Axis axis : {codec::Axis::kSecondary, codec::Axis::kPrimary})
    for (const base::ShardIndex shard : self.shards) {
      const auto index = shape::sliver_of_shard(node_.codec.params(), blob, axis, shard);
      const SliverName name{axis, index.value()};
      if (!node_.store.has_sliver(blob, name)) out.push_back({name, shard});
    }
  return out;
}

void ShardSync::ensure(Work& work, const base::BlobId& blob) {
  const std::vector<Missing> missing = missing_of(work.self, blob);
  if (missing.empty() && node_.store.has_metadata(blob)) return;
  const auto metadata = ensure_metadata(work, blob);
  if (metadata == nullptr) {
    work.pass.missing += std::max<std::size_t>(missing.size(), 1);
    return;
  }
  for (const Missing& one : missing) {
    if (stopping()) return;
    if (fetch(work, *metadata, one))
      ++work.pass.fetched;
    else if (rebuild(work, *metadata, one))
      ++work.pass.rebuilt;
    else
      ++work.pass.missing;
  }
}

std::shared_ptr<const Metadata> ShardSync::ensure_metadata(Work& work, const base::BlobId& blob) {
  auto known = node_.store.metadata(blob);
  if (known.ok() && *known != nullptr) return *std::move(known);
  for (const std::string& address : work.others) {
    if (!work.asks(address)) continue;
    const auto metadata = peers_.metadata(address, blob);
    if (!metadata.ok()) {
      work.note(address, metadata.error());
    } else if (node_.store.put_metadata(*metadata).ok()) {
      return std::make_shared<const Metadata>(*metadata);
    } else {
      ++work.pass.refused;
      return nullptr;
    }
  }
  return nullptr;
}

bool ShardSync::keep(Work& work, const Metadata& metadata, codec::Axis axis,
                     const shape::SliverData& sliver) {
  if (node_.store.put_sliver(metadata, codec::view(axis, sliver)).ok()) return true;
  ++work.pass.refused;
  return false;
}

bool ShardSync::fetch(Work& work, const Metadata& metadata, const Missing& missing) {
  const auto before = work.moment.previous();
  const ShardTable::Member* holder = before->holder(missing.shard);
  if (holder == nullptr || holder->node == node_.id) return false;
  const std::string address = work.moment.address(holder->node);
  if (!work.asks(address)) return false;
  const SliverAt at{missing.sliver.axis,
                    shape::pair_of_shard(node_.codec.params(), metadata.blob_id, missing.shard)};
  const auto sliver = peers_.sliver(address, metadata, at);
  if (sliver.ok()) return keep(work, metadata, at.axis, *sliver);
  work.note(address, sliver.error());
  return false;
}

// What the node's own slivers say about the target.
std::vector<shape::GeneralRecoverySymbol> ShardSync::own_symbols(const Metadata& metadata,
                                                                 const SliverName& target) {
  std::vector<shape::GeneralRecoverySymbol> out;
  for (const SliverName& name : node_.store.slivers(metadata.blob_id)) {
    if (name.axis == target.axis) continue;
    const auto sliver = node_.store.sliver(metadata.blob_id, name);
    if (!sliver.ok() || !sliver->has_value()) continue;
    const auto symbol =
        codec::recovery_symbol(node_.codec, codec::view(name.axis, **sliver), target.index);
    if (symbol.ok()) out.push_back(codec::general_symbol({target.axis, target.index}, *symbol));
  }
  return out;
}

bool ShardSync::rebuild(Work& work, const Metadata& metadata, const Missing& missing) {
  const codec::Target target{missing.sliver.axis, missing.sliver.index};
  std::vector<shape::GeneralRecoverySymbol> symbols = own_symbols(metadata, missing.sliver);
  const std::size_t need = node_.codec.params().symbols(target.axis);
  for (std::size_t next = 0;;) {
    if (symbols.size() >= need) {
      const auto sliver = codec::recover_sliver(node_.codec, metadata, target, symbols);
      if (sliver.ok()) return keep(work, metadata, target.axis, sliver->data);
    }
    // Too few good ones yet: the next member's.
    while (next < work.others.size() && !work.asks(work.others[next])) ++next;
    if (next == work.others.size() || stopping()) return false;
    const std::string& address = work.others[next++];
    const auto more = peers_.symbols(address, metadata.blob_id, target.axis, target.index);
    if (more.ok())
      symbols.insert(symbols.end(), more->begin(), more->end());
    else
      work.note(address, more.error());
  }
}

}  // namespace wald::storage
