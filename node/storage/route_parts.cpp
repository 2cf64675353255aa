// SPDX-License-Identifier: Apache-2.0
#include "node/storage/route_parts.h"

#include <charconv>

#include "codec/base/text.h"
#include "node/os/clock.h"

namespace wald::storage {

Response refuse(Status status, std::string_view reason, std::string_view message,
                const net::Pairs& metadata) {
  return net::error_response(status, reason, net::kStorageDomain, message, metadata);
}

Response success(int code, std::string_view data) {
  return net::json_response(
      "{\"success\":{\"code\":" + std::to_string(code) + ",\"data\":" + std::string(data) + "}}",
      code);
}

Response bcs_reply(base::ByteView bytes) { return net::bytes_response(base::string_of(bytes)); }

Response store_failed(const os::IoError& error) {
  return net::retry_response(Status::kUnavailable, "STORE_UNAVAILABLE", net::kStorageDomain,
                             "the disk of this node refuses: " + error.text, 5);
}

Answer<base::BlobId> blob_of(const Request& request) {
  const std::string_view text = request.param("blobId");
  const auto bytes = base::from_base64url(text);
  if (text.size() != 43 || !bytes || bytes->size() != base::BlobId::kSize)
    return base::Err{refuse(Status::kInvalidArgument, "INVALID_ID_FORMAT",
                            "a blob id is 43 characters of base64url",
                            {{"blobId", std::string(text)}})};
  return base::BlobId::from(*bytes);
}

std::string blob_text(const base::BlobId& blob) { return base::to_base64url(blob.view()); }

std::optional<codec::Axis> parse_axis(std::string_view text) {
  if (text == "primary") return codec::Axis::kPrimary;
  if (text == "secondary") return codec::Axis::kSecondary;
  return std::nullopt;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Answer<Place> place_of(const StorageNode& node, const Request& request) {
  Place place;
  TRY_ASSIGN(place.blob, blob_of(request));
  const auto axis = parse_axis(request.param("type"));
  if (!axis)
    return base::Err{refuse(Status::kInvalidArgument, "INVALID_SLIVER_TYPE",
                            "a sliver is primary or secondary",
                            {{"type", std::string(request.param("type"))}})};
  const shape::Params& params = node.codec.params();
  const auto pair = parse_number(request.param("pair"));
  if (!pair || *pair >= params.n())
    return base::Err{refuse(
        Status::kInvalidArgument, "INDEX_OUT_OF_RANGE",
        "the pair index is not below the number of shards",
        {{"index", std::string(request.param("pair"))}, {"max", std::to_string(params.n())}})};
  place.pair = base::PairIndex(static_cast<std::uint16_t>(*pair));
  place.sliver = {*axis, shape::sliver_of_pair(params, *axis, place.pair).value()};
  place.shard = shape::shard_of_pair(params, place.blob, place.pair);
  return place;
}

bool may_store(const StorageNode& node, const LedgerMoment& moment, base::ShardIndex shard) {
  return moment.committee()->holds(node.id, shard);
}

bool may_serve(const StorageNode& node, const LedgerMoment& moment, base::ShardIndex shard) {
  return may_store(node, moment, shard) || moment.previous()->holds(node.id, shard);
}

Response not_assigned(base::ShardIndex shard) {
  return refuse(Status::kFailedPrecondition, "SHARD_NOT_ASSIGNED",
                "this shard is another node's in this epoch",
                {{"shard", std::to_string(shard.value())}});
}

namespace {

bool from_member(const StorageNode& node, const LedgerMoment& moment, const Request& request) {
  if (!node.peer_of || request.header("authorization").empty()) return false;
  const auto peer = node.peer_of(request);
  return peer && moment.is_member(*peer);
}

}  // namespace

std::optional<Response> gate_refusal(const StorageNode& node, const LedgerMoment& moment,
                                     const Request& request, const base::BlobId& blob) {
  if (node.gate.mode() == ReadGate::Mode::kOpen) return std::nullopt;
  if (node.gate.allows(blob, from_member(node, moment, request), os::monotonic_ms()))
    return std::nullopt;
  return net::retry_response(Status::kUnavailable, "PROOF_GATE", net::kStorageDomain,
                             "a challenge round is open: reads resume when answers are in", 1);
}

// Members get nothing during FREEZE: what goes out then went to somebody else.
Response through_gate(const StorageNode& node, Response response) {
  node.gate.sent(response.body.size(), os::monotonic_ms());
  return response;
}

net::Route storage_route(net::Method method, const std::string& pattern, net::LimitClass limit,
                         std::function<Response(const Request&)> handler,
                         const std::string& summary) {
  net::Route route;
  route.method = method;
  route.pattern = pattern;
  route.surface = net::Surface::kStorage;
  route.limit = limit;
  route.handler = net::answer(std::move(handler));
  route.summary = summary;
  return route;
}

}  // namespace wald::storage
