// SPDX-License-Identifier: Apache-2.0
// GET of metadata, slivers and the statuses of both.
#include "node/storage/route_parts.h"

namespace wald::storage {
namespace {

Response get_metadata(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  const auto metadata = node.store.metadata(*blob);
  if (!metadata.ok()) return store_failed(metadata.error());
  if (*metadata == nullptr)
    return refuse(Status::kNotFound, "METADATA_NOT_FOUND", "this node has no metadata of it",
                  {{"blobId", blob_text(*blob)}});
  return bcs_reply(shape::bcs::to_bytes(**metadata));
}

Response metadata_status(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  return success(200, node.store.has_metadata(*blob) ? "\"stored\"" : "\"nonexistent\"");
}

Response get_sliver(const StorageNode& node, const Request& request) {
  const auto place = place_of(node, request);
  if (!place.ok()) return place.error();
  const LedgerMoment moment = node.registry.now();
  if (!may_serve(node, moment, place->shard)) return not_assigned(place->shard);
  if (auto no = gate_refusal(node, moment, request, place->blob)) return *std::move(no);
  const auto sliver = node.store.sliver(place->blob, place->sliver);
  if (!sliver.ok()) return store_failed(sliver.error());
  if (!sliver->has_value())
    return refuse(Status::kNotFound, "SLIVER_NOT_FOUND", "this node does not have it (yet)",
                  {{"pair", std::to_string(place->pair.value())},
                   {"type", std::string(request.param("type"))}});
  return through_gate(node, bcs_reply(shape::bcs::to_bytes(**sliver)));
}

Response sliver_status(const StorageNode& node, const Request& request) {
  const auto place = place_of(node, request);
  if (!place.ok()) return place.error();
  if (!may_serve(node, node.registry.now(), place->shard)) return not_assigned(place->shard);
  return success(
      200, node.store.has_sliver(place->blob, place->sliver) ? "\"stored\"" : "\"nonexistent\"");
}

}  // namespace

void add_read_routes(net::Router& router, const StorageNode& node) {
  const auto add = [&](const std::string& pattern, auto handler, const std::string& summary) {
    router.add(storage_route(
        net::Method::kGet, pattern, net::LimitClass::kPoint,
        [node, handler](const Request& request) { return handler(node, request); }, summary));
  };
  add("/v1/blobs/{blobId}/metadata", get_metadata, "the metadata of a blob, BCS");
  add("/v1/blobs/{blobId}/metadata/status", metadata_status, "whether the metadata are stored");
  add("/v1/blobs/{blobId}/slivers/{pair}/{type}", get_sliver, "a sliver, BCS");
  add("/v1/blobs/{blobId}/slivers/{pair}/{type}/status", sliver_status,
      "whether a sliver is stored");
}

}  // namespace wald::storage
