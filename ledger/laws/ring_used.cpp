// SPDX-License-Identifier: Apache-2.0
// I14: the bytes in use of each epoch that can be sold are the sizes of all resources, free or in
// blobs and buckets, that cover it; the counts of a blob id are those of its objects, and those of
// a bucket what its blobs come to.
#include <array>
#include <set>

#include "economics/pricing.h"
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class RingUsed final : public LawOf<RingUsed> {
 public:
  std::string_view id() const override { return "I14"; }
  bool wants(std::uint8_t table) const override {
    return table == kRing.prefix || table == kResources.prefix || table == kBlobs.prefix ||
           table == kBlobIds.prefix || table == kBuckets.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    if (table == kRing.prefix) {
      const auto was = decoded<RingSlot>(before);
      const auto now = decoded<RingSlot>(after);
      const Sum change = (now ? Sum{now->used} : 0) - (was ? Sum{was->used} : 0);
      if (change != 0) used_[epoch_at(key).value()] += change;
      ++seen_;
    } else if (table == kResources.prefix) {
      cover(decoded<ResourceRecord>(after), 1);
      cover(decoded<ResourceRecord>(before), -1);
    } else if (table == kBlobs.prefix) {
      count(decoded<BlobRecord>(after), 1);
      count(decoded<BlobRecord>(before), -1);
    } else if (table == kBuckets.prefix) {
      const auto id = id_at<base::ObjectId>(key);
      hold(id, decoded<BucketRecord>(after), 1);
      hold(id, decoded<BucketRecord>(before), -1);
    } else if (table == kBlobIds.prefix) {
      const auto id = id_at<base::BlobId>(key);
      total(id, decoded<BlobIdRecord>(after), 1);
      total(id, decoded<BlobIdRecord>(before), -1);
    }
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    for (const auto& [id, diff] : counts_)
      if (diff != Counts{})
        return "the counts of blob id " + shown(id.view()) + " differ from its objects";
    if (auto sentence = buckets(delta)) return sentence;
    if (edges_.empty() && used_.empty()) return std::nullopt;
    const std::uint32_t now = must_load(delta.after, kChain).clock.epoch.value();
    // Sum of all edges up to an epoch: the bytes that came to cover it.
    std::set<std::uint32_t> epochs{now};
    for (const auto& [epoch, change] : edges_)
      if (epoch >= now) epochs.insert(epoch);
    for (const auto& [epoch, change] : used_)
      if (epoch >= now) epochs.insert(epoch);
    for (const std::uint32_t epoch : epochs) {
      Sum covering = 0;
      for (const auto& [edge, change] : edges_)
        if (edge <= epoch) covering += change;
      const auto at = used_.find(epoch);
      const Sum used = at == used_.end() ? 0 : at->second;
      if (covering == used) continue;
      return "in epoch " + std::to_string(epoch) + " use changed by " + shown(used) +
             " bytes and what covers it by " + shown(covering);
    }
    return gaps(now);
  }

 private:
  using Counts = std::array<std::int64_t, 5>;
  struct Held {
    std::array<Sum, 3> sums{};                                   // used, certified, count
    std::map<std::uint64_t, std::array<std::int64_t, 2>> blobs;  // by length: all, certified
  };

  std::optional<std::string> buckets(const Delta& delta) const {
    if (held_.empty()) return std::nullopt;
    const std::uint64_t shards = load_params(delta.after).shards;
    for (const auto& [id, held] : held_) {
      std::array<Sum, 3> sums{};
      for (const auto& [length, counts] : held.blobs) {
        const auto encoded = economics::encoded_size(length, shards);
        WALD_CHECK(encoded.ok());  // it was registered
        sums[0] += Sum{encoded.value()} * counts[0];
        sums[1] += Sum{encoded.value()} * counts[1];
        sums[2] += counts[0];
      }
      if (sums != held.sums)
        return "bucket " + shown(id.view()) + " counts " + shown(held.sums[0]) + " bytes in use, " +
               shown(held.sums[1]) + " certified, " + shown(held.sums[2]) +
               " blobs more, and its blobs " + shown(sums[0]) + ", " + shown(sums[1]) + ", " +
               shown(sums[2]);
    }
    return std::nullopt;
  }

  // Every epoch whose cover changed has a slot that changed by as much.
  std::optional<std::string> gaps(std::uint32_t now) const {
    Sum covering = 0;
    for (auto at = edges_.begin(); at != edges_.end(); ++at) {
      covering += at->second;
      const auto next = std::next(at);
      if (covering == 0 || next == edges_.end()) continue;
      for (std::uint32_t epoch = std::max(at->first, now); epoch < next->first; ++epoch)
        if (used_.count(epoch) == 0)
          return "epoch " + std::to_string(epoch) + " came to be covered by " + shown(covering) +
                 " bytes more and its use did not change";
    }
    return std::nullopt;
  }
  template <class R>
  void cover(const std::optional<R>& resource, int sign) {
    if (!resource || resource->start >= resource->end) return;
    edges_[resource->start.value()] += sign * Sum{resource->size};
    edges_[resource->end.value()] -= sign * Sum{resource->size};
  }
  void count(const std::optional<BlobRecord>& blob, int sign) {
    if (!blob) return;
    cover(blob, sign);
    if (blob->bucket) {
      auto& sums = held_[*blob->bucket].blobs[blob->length];
      sums[0] += sign;
      if (blob->certified) sums[1] += sign;
    }
    Counts& counts = counts_[blob->blob_id];
    if (blob->bucket && !blob->deletable) counts[4] -= sign;
    counts[blob->deletable ? 2 : 0] -= sign;
    if (blob->certified) counts[blob->deletable ? 3 : 1] -= sign;
  }
  void total(const base::BlobId& id, const std::optional<BlobIdRecord>& record, int sign) {
    if (!record) return;
    Counts& counts = counts_[id];
    const std::array<std::uint32_t, 5> all{record->permanent, record->permanent_certified,
                                           record->deletable, record->deletable_certified,
                                           record->bucketed};
    for (std::size_t i = 0; i < all.size(); ++i) counts[i] += sign * std::int64_t{all[i]};
  }

  void hold(const base::ObjectId& id, const std::optional<BucketRecord>& bucket, int sign) {
    if (!bucket) return;
    cover(bucket, sign);
    auto& sums = held_[id].sums;
    sums[0] += sign * Sum{bucket->used};
    sums[1] += sign * Sum{bucket->certified};
    sums[2] += sign * Sum{bucket->count};
  }

  std::map<std::uint32_t, Sum> used_;
  std::map<std::uint32_t, Sum> edges_;     // where cover begins or ends, by how much it changes
  std::map<base::BlobId, Counts> counts_;  // totals less objects
  std::map<base::ObjectId, Held> held_;    // by bucket
};

}  // namespace

std::unique_ptr<Law> ring_used() { return std::make_unique<RingUsed>(); }

}  // namespace wald::ledger::laws
