// SPDX-License-Identifier: Apache-2.0
// I17: a blob lives inside its storage. It is registered while the storage is current and fits into
// it, is certified once, in the running epoch and before its end, and its end moves by an event
// that names both ends and lies within the horizon. What an extension costs is I3's.
#include "economics/pricing.h"
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Life final : public LawOf<Life> {
 public:
  std::string_view id() const override { return "I17"; }
  bool wants(std::uint8_t table) const override {
    return table == kBlobs.prefix || table == kBuckets.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    const auto id = id_at<base::ObjectId>(key);
    ++seen_;
    if (table == kBuckets.prefix) {
      const auto was = decoded<BucketRecord>(before);
      const auto now = decoded<BucketRecord>(after);
      if (now && (now->start >= now->end || now->certified > now->used || now->used > now->size))
        note("bucket " + shown(id.view()) + " counts " + std::to_string(now->certified) +
             " bytes certified, " + std::to_string(now->used) + " used, " +
             std::to_string(now->size) + " in all");
      if (was && now) moved(id, was->end, now->end);
      return;
    }
    const auto was = decoded<BlobRecord>(before);
    const auto now = decoded<BlobRecord>(after);
    if (!now) return;
    blobs_.push_back({id, *now, was && was->certified == now->certified});
    if (was && !now->bucket) moved(id, was->end, now->end);
    if (was && was->certified && was->certified != now->certified)
      note("blob " + shown(id.view()) + " was certified twice");
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_ || (blobs_.empty() && ends_.empty())) return broken_;
    const base::Epoch epoch = must_load(delta.after, kChain).clock.epoch;
    const Params params = load_params(delta.after);
    for (const Seen& one : blobs_)
      if (auto sentence = outside(delta, params, epoch, one)) return sentence;
    for (const auto& event : delta.events) {
      if (event.has_blob_extended())
        told(event.blob_extended().object(), event.blob_extended().before(),
             event.blob_extended().end());
      if (event.has_bucket_changed())
        told(event.bucket_changed().bucket(), event.bucket_changed().end_before(),
             event.bucket_changed().end());
    }
    for (const auto& [id, move] : ends_) {
      if (move.told != move.after || move.after.value() - epoch.value() > horizon(params))
        return "the end of " + shown(id.view()) + " moved from " +
               std::to_string(move.before.value()) + " to " + std::to_string(move.after.value()) +
               ", told was " + std::to_string(move.told.value());
    }
    return std::nullopt;
  }

 private:
  struct Seen {
    base::ObjectId id;
    BlobRecord blob;
    bool certified_before;
  };
  struct Move {
    base::Epoch before;
    base::Epoch after;
    base::Epoch told;  // where the events lead
  };

  static std::uint64_t horizon(const Params& params) { return params.economics.horizon; }

  static std::optional<std::string> outside(const Delta& delta, const Params& params,
                                            base::Epoch epoch, const Seen& one) {
    base::Epoch start = one.blob.start, end = one.blob.end;
    if (one.blob.bucket) {
      const auto bucket = load(delta.after, kBuckets, *one.blob.bucket);
      if (!bucket) return "blob " + shown(one.id.view()) + " is in a bucket that is not there";
      start = bucket->start;
      end = bucket->end;
    } else {
      const auto encoded = economics::encoded_size(one.blob.length, params.shards);
      if (!encoded.ok() || encoded.value() > one.blob.size)
        return "blob " + shown(one.id.view()) + " does not fit into " +
               std::to_string(one.blob.size) + " bytes";
    }
    const auto& certified = one.blob.certified;
    const bool now = certified && !one.certified_before && delta.scope != Scope::kState;
    if (one.blob.registered < start || one.blob.registered >= end ||
        (certified && (*certified < one.blob.registered || *certified >= end)) ||
        (now && *certified != epoch))
      return "blob " + shown(one.id.view()) + " is registered in epoch " +
             std::to_string(one.blob.registered.value()) +
             (certified ? ", certified in " + std::to_string(certified->value()) : "") +
             ", and its storage lasts from " + std::to_string(start.value()) + " to " +
             std::to_string(end.value());
    return std::nullopt;
  }

  void moved(const base::ObjectId& id, base::Epoch before, base::Epoch after) {
    if (before != after) ends_.emplace(id, Move{before, after, before});
  }
  void told(const std::string& id, std::uint32_t before, std::uint32_t after) {
    const auto at = ends_.find(base::ObjectId::from(base::as_bytes(id)));
    if (at != ends_.end() && at->second.told == base::Epoch(before) && after > before)
      at->second.told = base::Epoch(after);
  }
  void note(std::string sentence) {
    if (!broken_) broken_ = std::move(sentence);
  }

  std::vector<Seen> blobs_;
  std::map<base::ObjectId, Move> ends_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> life() { return std::make_unique<Life>(); }

}  // namespace wald::ledger::laws
