// SPDX-License-Identifier: Apache-2.0
// Health, confirmations and what the ledger says about a blob. All nodes write a status with the
// same keys in the same order, because clients compare the text.
#include <algorithm>

#include "codec/base/text.h"
#include "node/os/clock.h"
#include "node/storage/route_parts.h"
#include "node/storage/routes.h"

namespace wald::storage {
namespace {

std::string health_shards(const std::vector<base::ShardIndex>& owned,
                          const std::set<base::ShardIndex>& moving) {
  std::string out = "[";
  for (const base::ShardIndex shard : owned) {
    if (out.size() > 1) out += ",";
    out += "{\"shard\":" + std::to_string(shard.value()) + ",\"status\":\"" +
           (moving.contains(shard) ? "inTransfer" : "ready") + "\"}";
  }
  return out + "]";
}

Response health(const StorageNode& node, const Request& request) {
  const LedgerMoment moment = node.registry.now();
  const auto committee = moment.committee();
  const ShardTable::Member* self = committee->member(node.id);
  const std::vector<base::ShardIndex> owned =
      self != nullptr ? self->shards : std::vector<base::ShardIndex>();
  std::size_t read_only = 0;
  const auto previous = moment.previous();
  if (const auto* before = previous->member(node.id))
    for (const base::ShardIndex shard : before->shards)
      if (!committee->holds(node.id, shard)) ++read_only;
  const std::set<base::ShardIndex> moving =
      node.in_transfer ? node.in_transfer() : std::set<base::ShardIndex>();
  const std::uint64_t up = os::monotonic_ms() - node.started_ms;
  const std::string events = std::to_string(moment.events());

  std::string data = "{\"uptime\":{\"secs\":" + std::to_string(up / 1000) +
                     ",\"nanos\":" + std::to_string(up % 1000 * 1'000'000) +
                     "},\"epoch\":" + std::to_string(moment.epoch().value()) + ",\"publicKey\":\"" +
                     base::to_base64(node.confirmer.public_key().view()) + "\",\"nodeStatus\":\"" +
                     (self != nullptr ? "Active" : "Standby") +
                     "\",\"eventProgress\":{\"persisted\":" + events +
                     ",\"pending\":0,\"highestFinishedEventIndex\":" + events +
                     "},\"shardSummary\":{\"owned\":" + std::to_string(owned.size()) +
                     ",\"ownedShardStatus\":{\"unknown\":0,\"ready\":" +
                     std::to_string(owned.size() - std::min(owned.size(), moving.size())) +
                     ",\"inTransfer\":" + std::to_string(moving.size()) +
                     ",\"inRecovery\":0},\"readOnly\":" + std::to_string(read_only) + "}";
  if (request.query_value("detailed") == "true")
    data += ",\"shardDetail\":{\"owned\":" + health_shards(owned, moving) + ",\"other\":[]}";
  return success(200, data + "}");
}

// The event that proved the blob invalid, else the one that first certified it; 0 before.
std::string event_of(const ledger::BlobIdRecord& record) {
  const base::TxId& tx = record.invalid ? record.invalid_tx : record.certified_tx;
  const std::uint64_t seq = record.invalid ? record.invalid_event : record.certified_event;
  return "{\"txDigest\":\"" + base::to_base58(tx.view()) + "\",\"eventSeq\":\"" +
         std::to_string(seq) + "\"}";
}

std::string blob_status_json(const StorageNode& node, const base::BlobId& blob) {
  const LedgerMoment moment = node.registry.now();
  const auto record = moment.blob(blob);
  if (!record) return "\"nonexistent\"";
  if (record->invalid) return "{\"invalid\":{\"event\":" + event_of(*record) + "}}";
  const std::string counts =
      "\"deletableCounts\":{\"count_deletable_total\":" + std::to_string(record->deletable) +
      ",\"count_deletable_certified\":" + std::to_string(record->deletable_certified) + "}";
  const std::string first =
      "\"initialCertifiedEpoch\":" +
      (record->first_certified ? std::to_string(record->first_certified->value()) : "null");
  if (moment.stays(*record))
    return "{\"permanent\":{\"endEpoch\":" +
           std::to_string(std::max(record->permanent_end, moment.epoch().next()).value()) +
           ",\"isCertified\":" + (record->permanent_certified > 0 ? "true" : "false") +
           ",\"statusEvent\":" + event_of(*record) + "," + counts + "," + first + "}}";
  if (record->deletable > 0) return "{\"deletable\":{" + first + "," + counts + "}}";
  return "\"nonexistent\"";
}

Response blob_status(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  return success(200, blob_status_json(node, *blob));
}

// Slivers of this node's shards that are not stored; metadata count as one more.
std::size_t missing_parts(const StorageNode& node, const ShardTable::Member& self,
                          const base::BlobId& blob) {
  std::size_t missing = node.store.has_metadata(blob) ? 0 : 1;
  for (const base::ShardIndex shard : self.shards)
    for (const codec::Axis axis : {codec::Axis::kPrimary, codec::Axis::kSecondary}) {
      const auto index = shape::sliver_of_shard(node.codec.params(), blob, axis, shard);
      if (!node.store.has_sliver(blob, {axis, index.value()})) ++missing;
    }
  return missing;
}

Response confirm(const StorageNode& node, const LedgerMoment& moment,
                 const proofs::StorageConfirmation& what) {
  const auto committee = moment.committee();
  const ShardTable::Member* self = committee->member(node.id);
  if (self == nullptr)
    return refuse(Status::kFailedPrecondition, "SHARD_NOT_ASSIGNED",
                  "this node holds no shard in this epoch");
  if (const std::size_t missing = missing_parts(node, *self, what.blob); missing > 0)
    return refuse(Status::kFailedPrecondition, "MISSING_SLIVERS",
                  "slivers or metadata of this node's shards are missing",
                  {{"missing", std::to_string(missing)}});
  const auto signed_message = node.confirmer.confirm(moment.epoch(), what);
  if (!signed_message.ok())
    return refuse(Status::kInternal, "SIGNING_REFUSED", signed_message.error().text);
  return success(200, "{\"signed\":{\"serializedMessage\":\"" +
                          base::to_base64(signed_message->message) + "\",\"signature\":\"" +
                          base::to_base64(signed_message->signature) + "\"}}");
}

Response not_registered(const base::BlobId& blob) {
  return refuse(Status::kFailedPrecondition, "NOT_REGISTERED",
                "no such registration stands in this epoch", {{"blobId", blob_text(blob)}});
}

Response confirm_permanent(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  const LedgerMoment moment = node.registry.now();
  const auto record = moment.blob(*blob);
  if (!record || record->invalid || !moment.stays(*record)) return not_registered(*blob);
  return confirm(node, moment, {*blob, std::nullopt});
}

std::optional<base::ObjectId> parse_object(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  std::string digits(text.substr(2));
  if (digits.empty() || digits.size() > 64) return std::nullopt;
  digits.insert(0, 64 - digits.size(), '0');  // short forms are accepted on input
  const auto bytes = base::from_hex(digits);
  if (!bytes) return std::nullopt;
  return base::ObjectId::from(*bytes);
}

Response confirm_deletable(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  const auto id = parse_object(request.param("object"));
  if (!id)
    return refuse(Status::kInvalidArgument, "INVALID_ID_FORMAT",
                  "an object id is 0x and up to 64 hexadecimal digits",
                  {{"object", std::string(request.param("object"))}});
  const LedgerMoment moment = node.registry.now();
  const auto record = moment.blob(*blob);
  const auto object = moment.object(*id);
  if (!record || record->invalid || !object || object->blob_id != *blob || !object->deletable ||
      object->end <= moment.epoch())
    return not_registered(*blob);
  return confirm(node, moment, {*blob, *id});
}

}  // namespace

void add_status_routes(net::Router& router, const StorageNode& node) {
  const auto add = [&](const std::string& pattern, auto handler, const std::string& summary) {
    router.add(storage_route(
        net::Method::kGet, pattern, net::LimitClass::kPoint,
        [node, handler](const Request& request) { return handler(node, request); }, summary));
  };
  add("/v1/health", health, "uptime, epoch and shards of this node");
  add("/v1/blobs/{blobId}/status", blob_status, "what the ledger says about a blob");
  add("/v1/blobs/{blobId}/confirmation/permanent", confirm_permanent,
      "signed: this node holds its part");
  add("/v1/blobs/{blobId}/confirmation/deletable/{object}", confirm_deletable,
      "the same for one deletable object");
}

void add_storage_routes(net::Router& router, const StorageNode& node) {
  add_upload_routes(router, node);
  add_read_routes(router, node);
  add_status_routes(router, node);
  add_recovery_routes(router, node);
}

}  // namespace wald::storage
