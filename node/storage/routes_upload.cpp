// SPDX-License-Identifier: Apache-2.0
// PUT of metadata and slivers. Everything is verified against the blob id before it is written, and
// durable before it is answered.
#include "codec/shape/accounting.h"
#include "node/storage/route_parts.h"

namespace wald::storage {
namespace {

using shape::CodecCode;

// What the ledger says about an upload: nothing if it is welcome.
std::optional<Response> upload_refusal(const LedgerMoment& moment, const Request& request,
                                       const base::BlobId& blob) {
  const auto record = moment.blob(blob);
  const net::Pairs named{{"blobId", blob_text(blob)}};
  if (record && record->invalid)
    return refuse(Status::kInvalidArgument, "INVALID_BLOB", "this blob was proved invalid", named);
  if (record && moment.kept(*record)) return std::nullopt;
  if (request.query_value("pending") == "true")
    return refuse(Status::kFailedPrecondition, "CACHE_SATURATED",
                  "this node keeps nothing before registration", named);
  return refuse(Status::kFailedPrecondition, "NOT_REGISTERED",
                "register the blob before its slivers are sent", named);
}

base::ByteView body_of(const Request& request) { return base::as_bytes(request.body); }

Response undecodable(const shape::CodecError& error) {
  return refuse(Status::kInvalidArgument, "INVALID_CONTENT_TYPE",
                "the body is not of this BCS form: " + error.message());
}

// Byte 1 of BCS(BlobMetadata) is the encoding type.
bool other_encoding(base::ByteView body) {
  return body.size() > 2 && body[0] == 0 && body[1] != shape::kEncodingRs2;
}

Response put_metadata(const StorageNode& node, const Request& request) {
  const auto blob = blob_of(request);
  if (!blob.ok()) return blob.error();
  if (const auto no = upload_refusal(node.registry.now(), request, *blob)) return *no;
  if (node.store.has_metadata(*blob)) return success(200, "\"metadata was there\"");
  const base::ByteView body = body_of(request);
  const auto given = shape::bcs::from_bytes<shape::BlobMetadata>(body);
  if (!given.ok() && other_encoding(body))
    return refuse(Status::kInvalidArgument, "UNSUPPORTED_ENCODING_TYPE",
                  "the only encoding type is RS2", {{"encodingType", std::to_string(body[1])}});
  const auto invalid = [&](const shape::CodecError& error) {
    return refuse(Status::kInvalidArgument, "INVALID_METADATA",
                  "these metadata are not those of the blob id: " + error.message(),
                  {{"blobId", blob_text(*blob)}});
  };
  if (!given.ok())
    return given.error().code == CodecCode::kEmptyHash ? invalid(given.error())
                                                       : undecodable(given.error());
  const Metadata metadata{*blob, given->len, given->pairs};
  const auto verified = shape::verify_metadata(node.codec.params(), metadata);
  if (!verified.ok()) return invalid(verified.error());
  const auto put = node.store.put_metadata(metadata);
  if (!put.ok()) return store_failed(put.error());
  return *put == SliverStore::Put::kHad ? success(200, "\"metadata was there\"")
                                        : success(201, "\"metadata stored\"");
}

// Verified slivers only; nothing if it may be stored.
std::optional<Response> sliver_refusal(const StorageNode& node, const Place& place,
                                       const Metadata& metadata, const shape::SliverData& data) {
  const net::Pairs named{{"pair", std::to_string(place.pair.value())},
                         {"expected", std::to_string(place.sliver.index)},
                         {"index", std::to_string(data.index.value())}};
  if (data.index.value() != place.sliver.index)
    return refuse(Status::kInvalidArgument, "SLIVER_INDEX_MISMATCH",
                  "the sliver has another index than the path says", named);
  const auto want = node.codec.params().sliver_bytes(place.sliver.axis, metadata.len);
  if (data.body.size() > want.value())
    return refuse(
        Status::kInvalidArgument, "SLIVER_TOO_LARGE",
        "the sliver is longer than those of this blob",
        {{"length", std::to_string(data.body.size())}, {"expected", std::to_string(want.value())}});
  const auto verified =
      codec::verify_sliver(node.codec, metadata, codec::view(place.sliver.axis, data));
  if (verified.ok()) return std::nullopt;
  return refuse(Status::kInvalidArgument, "INVALID_SLIVER",
                "the sliver does not match the metadata: " + verified.error().message(), named);
}

Response put_sliver(const StorageNode& node, const Request& request) {
  const auto place = place_of(node, request);
  if (!place.ok()) return place.error();
  const LedgerMoment moment = node.registry.now();
  if (!may_store(node, moment, place->shard)) return not_assigned(place->shard);
  if (const auto no = upload_refusal(moment, request, place->blob)) return *no;
  const auto metadata = node.store.metadata(place->blob);
  if (!metadata.ok()) return store_failed(metadata.error());
  if (*metadata == nullptr)
    return refuse(Status::kFailedPrecondition, "METADATA_NOT_FOUND",
                  "send the metadata of the blob first", {{"blobId", blob_text(place->blob)}});
  if (node.store.has_sliver(place->blob, place->sliver))
    return success(200, "\"sliver was there\"");
  const auto data = shape::bcs::from_bytes<shape::SliverData>(body_of(request));
  if (!data.ok()) return undecodable(data.error());
  if (const auto no = sliver_refusal(node, *place, **metadata, *data)) return *no;
  const auto put = node.store.put_sliver(**metadata, codec::view(place->sliver.axis, *data));
  if (!put.ok()) return store_failed(put.error());
  return *put == SliverStore::Put::kHad ? success(200, "\"sliver was there\"")
                                        : success(201, "\"sliver stored\"");
}

}  // namespace

void add_upload_routes(net::Router& router, const StorageNode& node) {
  const shape::Params& params = node.codec.params();
  net::Route metadata = storage_route(
      net::Method::kPut, "/v1/blobs/{blobId}/metadata", net::LimitClass::kUpload,
      [node](const Request& request) { return put_metadata(node, request); },
      "store the metadata of a registered blob");
  metadata.body_cap = shape::metadata_bcs_length(params);
  router.add(std::move(metadata));
  net::Route sliver = storage_route(
      net::Method::kPut, "/v1/blobs/{blobId}/slivers/{pair}/{type}", net::LimitClass::kUpload,
      [node](const Request& request) { return put_sliver(node, request); },
      "store a sliver of a registered blob");
  // The longest sliver of this code, its length, symbol size and index.
  sliver.body_cap = std::uint64_t{params.s()} * shape::kMaxSymbolSize + 14;
  router.add(std::move(sliver));
}

}  // namespace wald::storage
