// SPDX-License-Identifier: Apache-2.0
#include "node/client/store_blob.h"

#include "codec/shape/accounting.h"
#include "economics/pricing.h"
#include "ledger/signing.h"
#include "node/client/upload.h"

namespace wald::client {
namespace {

constexpr int kEpochTries = 3;

template <class Id>
Outcome<Id> id_of(const std::string& bytes) {
  if (bytes.size() != Id::kSize)
    return fail(Exit::kUnreachable, "BAD_ANSWER", "the node answered an id of another length",
                "ask another node");
  return Id::from(base::as_bytes(bytes));
}

bool cancelled(const StoreOptions& options) {
  return options.cancel != nullptr && options.cancel->load();
}

class Store {
 public:
  Store(BlobLedger& ledger, storage::PeerClient& peers, const codec::Codec& codec,
        const EncodedBlob& blob, const StoreOptions& options)
      : ledger_(ledger), peers_(peers), codec_(codec), blob_(blob), options_(options) {
    out_.blob_id = blob.metadata().blob_id;
    out_.length = blob.metadata().len;
    const auto encoded = shape::encoded_length(codec.params(), out_.length);
    WALD_CHECK(encoded.ok());  // it was encoded
    out_.encoded = *encoded;
  }

  Outcome<Stored> run() {
    if (cancelled(options_)) return stopped("stopped; nothing was sent");
    TRY_ASSIGN(CommitteeView committee, current());
    base::Epoch wanted(committee.epoch.value() + options_.epochs);
    if (options_.bucket) {
      TRY_ASSIGN(const spec::Bucket bucket, ledger_.bucket(*options_.bucket));
      wanted = base::Epoch(bucket.end());
    }
    TRY(find_object(committee.epoch, wanted));
    if (out_.certified_before) return out_;
    if (!out_.registered_before) TRY(register_blob(committee.epoch, wanted));
    tell(StoreProgress::Step::kRegistered);
    for (int attempt = 1;; ++attempt) {
      auto certified = certify(committee);
      if (certified.ok() || attempt == kEpochTries || !crossed(certified.error())) {
        if (!certified.ok()) return base::Err{certified.error()};
        tell(StoreProgress::Step::kCertified);
        return out_;
      }
      TRY_ASSIGN(committee, current());
    }
  }

 private:
  static bool crossed(const Failure& failure) {
    return failure.reason == "CERT_EPOCH" || failure.reason == "EPOCH_CROSSED";
  }

  static base::Err<Failure> stopped(const std::string& what) {
    return fail(Exit::kInterrupted, "INTERRUPTED", what, "run it again: it resumes by the blob id");
  }

  Outcome<CommitteeView> current() {
    TRY_ASSIGN(CommitteeView committee, ledger_.committee());
    if (committee.shards != codec_.params().n())
      return fail(Exit::kUsage, "SHARD_COUNT", "this chain has another number of shards");
    return committee;
  }

  // An object of this blob from an earlier run, or an earlier life: enough if it lasts as long.
  Outcome<void> find_object(base::Epoch now, base::Epoch wanted) {
    TRY_ASSIGN(const auto objects,
               options_.bucket ? ledger_.blobs_in(*options_.bucket) : ledger_.blobs());
    for (const spec::BlobObject& object : objects) {
      if (object.blob_id() != base::string_of(out_.blob_id.view()) || object.invalid()) continue;
      const bool other_kind = object.deletable() == options_.permanent;
      // A bucket holds an id once: what is there is of another kind for good.
      if (other_kind && options_.bucket)
        return fail(Exit::kRejected, "IN_BUCKET",
                    std::string("the bucket holds this blob, ") +
                        (object.deletable() ? "deletable" : "permanent"),
                    object.deletable() ? "store it without --permanent" : "store it permanent");
      if (other_kind || object.end() < wanted.value()) continue;
      if (object.end() <= now.value()) continue;
      TRY_ASSIGN(out_.object, id_of<base::ObjectId>(object.id()));
      out_.end = base::Epoch(object.end());
      out_.registered_before = true;
      out_.certified_before = object.has_certified();
      if (out_.certified_before) return {};
    }
    return {};
  }

  // The smallest free resource that holds it, covers now, and lasts.
  Outcome<std::optional<spec::Resource>> free_resource(base::Epoch now, base::Epoch wanted) {
    TRY_ASSIGN(const auto resources, ledger_.resources());
    std::optional<spec::Resource> best;
    for (const spec::Resource& one : resources)
      if (one.blob().empty() && one.start() <= now.value() && one.end() >= wanted.value() &&
          one.size() >= out_.encoded && (!best || one.size() < best->size()))
        best = one;
    return best;
  }

  Outcome<void> register_blob(base::Epoch now, base::Epoch wanted) {
    std::optional<spec::Resource> resource;
    if (!options_.bucket) {
      TRY_ASSIGN(resource, free_resource(now, wanted));
    }
    if (cancelled(options_)) return stopped("stopped; nothing was sent or paid");
    TRY_ASSIGN(const spec::StoragePrices prices, ledger_.prices());
    const auto fee = economics::write_fee(out_.encoded, prices.write_price());
    const auto space =
        economics::quote(out_.encoded, prices.storage_price(), options_.epochs, options_.epochs);
    if (!fee.ok() || !space.ok())
      return fail(Exit::kUsage, "BAD_SIZE", "this blob has no price for so many epochs");
    const std::uint64_t write = fee->value();
    const bool has_room = resource || options_.bucket;
    const std::uint64_t hold = has_room ? 0 : space->total.value();
    const std::uint64_t most = options_.max_cost.value_or(hold + write);
    if (hold + write > most)
      return fail(Exit::kUsage, "COST_ABOVE_LIMIT",
                  "storing it costs " + std::to_string(hold + write) +
                      " FROST, above the limit of " + std::to_string(most),
                  "raise the limit or store it for fewer epochs");
    // Whatever prices do meanwhile, both parts together stay within the limit.
    const std::uint64_t write_limit = has_room ? most : write;
    spec::Operation operation;
    if (options_.bucket) {
      fill(*operation.mutable_register_blob(), {}, write_limit);
      out_.end = wanted;
    } else if (resource) {
      fill(*operation.mutable_register_blob(), resource->id(), write_limit);
      out_.end = base::Epoch(resource->end());
    } else {
      spec::Batch& batch = *operation.mutable_batch();
      batch.set_atomic(true);
      spec::ReserveStorage& reserve = *batch.add_operations()->mutable_reserve_storage();
      reserve.set_size(out_.encoded);
      reserve.set_end(wanted.value());
      reserve.set_max_cost(most - write);
      // Inside a batch 30 zero bytes and 0 name the first object made: the resource.
      fill(*batch.add_operations()->mutable_register_blob(), std::string(32, '\0'), write_limit);
      out_.end = wanted;
    }
    TRY_ASSIGN(const base::TxId id, ledger_.submit(operation));
    out_.object = ledger::object_id(id, has_room ? 0 : 1);
    out_.cost = hold + write;
    return {};
  }

  void fill(spec::RegisterBlob& message, const std::string& resource, std::uint64_t limit) const {
    if (options_.bucket)
      message.set_bucket(base::string_of(options_.bucket->view()));
    else
      message.set_resource(resource);
    message.set_blob_id(base::string_of(out_.blob_id.view()));
    message.set_root(base::string_of(shape::pairs_root(blob_.metadata().pairs).view()));
    message.set_length(out_.length);
    message.set_encoding(shape::kEncodingRs2);
    message.set_deletable(!options_.permanent);
    message.set_max_cost(limit);
  }

  Outcome<void> certify(const CommitteeView& committee) {
    const auto deletable =
        options_.permanent ? std::nullopt : std::optional<base::ObjectId>(out_.object);
    const UploadResult sent = upload(peers_, codec_, blob_, ledger_.chain(), committee, deletable,
                                     out_.registered_before || retried_, options_);
    retried_ = true;
    out_.weight = sent.weight;
    out_.failed = sent.failed;
    if (cancelled(options_)) return stopped("stopped; the registration and what was sent are kept");
    if (!proofs::reaches(proofs::Threshold::kQuorum, sent.weight, committee.shards)) {
      TRY_ASSIGN(const CommitteeView now, current());
      if (now.epoch != committee.epoch)
        return fail(Exit::kUnreachable, "EPOCH_CROSSED", "the committee changed meanwhile");
      auto failure =
          fail(Exit::kUnreachable, "INSUFFICIENT_CONFIRMATIONS",
               "shards that confirmed: " + std::to_string(sent.weight) + " of " +
                   std::to_string(committee.shards) + ", too few for a certificate" +
                   (sent.failed.empty() ? "" : "; first refusal: " + sent.failed.front()),
               "run it again: it resumes by the blob id");
      failure.error.status = "DEADLINE_EXCEEDED";
      failure.error.code = 504;
      return failure;
    }
    spec::Operation operation;
    spec::CertifyBlob& message = *operation.mutable_certify_blob();
    message.set_blob(base::string_of(out_.object.view()));
    spec::Certificate& certificate = *message.mutable_certificate();
    certificate.set_message(base::string_of(sent.certificate.message));
    certificate.set_bitmap(base::string_of(sent.certificate.bitmap));
    for (const auto& signature : sent.certificate.signatures)
      certificate.add_signatures(base::string_of(signature));
    TRY(ledger_.submit(operation));
    return {};
  }

  void tell(StoreProgress::Step step) const {
    if (options_.progress) options_.progress({step});
  }

  BlobLedger& ledger_;
  storage::PeerClient& peers_;
  const codec::Codec& codec_;
  const EncodedBlob& blob_;
  const StoreOptions& options_;
  Stored out_;
  bool retried_ = false;
};

}  // namespace

Outcome<Stored> store_blob(BlobLedger& ledger, storage::PeerClient& peers,
                           const codec::Codec& codec, const EncodedBlob& blob,
                           const StoreOptions& options) {
  if (options.epochs == 0) return usage("a blob is stored for at least one epoch");
  if (options.progress) options.progress({StoreProgress::Step::kEncoded});
  return Store(ledger, peers, codec, blob, options).run();
}

Failure not_encoded(const codec::Params& params, const codec::CodecError& error) {
  const bool large = error.code == shape::CodecCode::kBlobTooLarge;
  return fail(Exit::kUsage, large ? "BLOB_TOO_LARGE" : "NOT_ENCODED", error.message(),
              "the longest blob of this chain has " + std::to_string(params.max_len()) + " bytes")
      .error;
}

}  // namespace wald::client
