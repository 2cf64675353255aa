// SPDX-License-Identifier: Apache-2.0
#include "node/storage/peer_client.h"

#include <boost/json.hpp>

#include "codec/base/text.h"
#include "codec/shape/accounting.h"
#include "node/storage/symbol_list.h"

namespace wald::storage {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kSmallAnswer = 64 * 1024;
constexpr std::uint64_t kMaxRetryAfter = 3'600;

std::string blob_target(const base::BlobId& blob, const std::string& rest) {
  return "/v1/blobs/" + base::to_base64url(blob.view()) + rest;
}

std::string sliver_target(const base::BlobId& blob, const SliverAt& at) {
  return blob_target(blob, "/slivers/" + std::to_string(at.pair.value()) +
                               (at.axis == codec::Axis::kPrimary ? "/primary" : "/secondary"));
}

// The member at a path of names, or null.
const json::value* find(const json::value& root, std::initializer_list<std::string_view> path) {
  const json::value* at = &root;
  for (const std::string_view name : path) {
    const json::object* object = at->if_object();
    at = object == nullptr ? nullptr : object->if_contains(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string text_of(const json::value* value) {
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

PeerError error_of(const net::Response& response) {
  PeerError out{response.status, "HTTP_" + std::to_string(response.status), "", 0};
  std::uint64_t wait = 0;
  for (const char digit : response.header("retry-after")) {
    if (digit < '0' || digit > '9' || wait > kMaxRetryAfter) break;
    wait = wait * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  out.retry_after_s = std::min(wait, kMaxRetryAfter);
  json::error_code error;
  const json::value body = json::parse(response.body, error);
  if (error) return out;
  out.text = text_of(find(body, {"error", "message"}));
  const json::value* details = find(body, {"error", "details"});
  const json::array* list = details == nullptr ? nullptr : details->if_array();
  if (list != nullptr && !list->empty())
    if (const std::string reason = text_of(find(list->front(), {"reason"})); !reason.empty())
      out.reason = reason;
  return out;
}

base::Err<PeerError> bad_answer(const std::string& what) {
  return base::Err{PeerError{200, "BAD_ANSWER", what, 0}};
}

}  // namespace

PeerResult<net::Response> PeerClient::ask(net::Method method, const std::string& address,
                                          const std::string& target, base::ByteView body,
                                          std::uint64_t max_answer) {
  net::Ask what;
  what.method = method;
  what.url = "http://" + address + target;
  what.body = base::string_of(body);
  what.timeout_ms = timeout_ms_;
  what.max_response_bytes = max_answer;
  if (authorise_)
    what.headers.emplace_back("Authorization", authorise_(method, target, address, body));
  auto response = client_.request(what);
  if (!response.ok())
    return base::Err{PeerError{0, "UNREACHABLE", address + ": " + response.error().text, 0}};
  if (response->status >= 300) return base::Err{error_of(*response)};
  return *std::move(response);
}

PeerResult<codec::Metadata> PeerClient::metadata(const std::string& address,
                                                 const base::BlobId& blob) {
  TRY_ASSIGN(const auto response,
             ask(net::Method::kGet, address, blob_target(blob, "/metadata"), {},
                 shape::metadata_bcs_length(codec_.params()) + kSmallAnswer));
  auto metadata = shape::bcs::from_bytes<codec::Metadata>(base::as_bytes(response.body));
  if (!metadata.ok()) return bad_answer(metadata.error().message());
  if (metadata->blob_id != blob) return bad_answer("metadata of another blob");
  const auto verified = shape::verify_metadata(codec_.params(), *metadata);
  if (!verified.ok()) return bad_answer(verified.error().message());
  return *std::move(metadata);
}

PeerResult<shape::SliverData> PeerClient::sliver(const std::string& address,
                                                 const codec::Metadata& metadata,
                                                 const SliverAt& at) {
  const auto bytes = codec_.params().sliver_bytes(at.axis, metadata.len);
  WALD_CHECK(bytes.ok());  // verified metadata
  TRY_ASSIGN(const auto response,
             ask(net::Method::kGet, address, sliver_target(metadata.blob_id, at), {},
                 *bytes + kSmallAnswer));
  auto data = shape::bcs::from_bytes<shape::SliverData>(base::as_bytes(response.body));
  if (!data.ok()) return bad_answer(data.error().message());
  if (data->index != shape::sliver_of_pair(codec_.params(), at.axis, at.pair))
    return bad_answer("a sliver of another index");
  const auto verified = codec::verify_sliver(codec_, metadata, codec::view(at.axis, *data));
  if (!verified.ok()) return bad_answer(verified.error().message());
  return *std::move(data);
}

PeerResult<std::vector<shape::GeneralRecoverySymbol>> PeerClient::symbols(
    const std::string& address, const base::BlobId& blob, codec::Axis axis, std::uint32_t index) {
  const std::string target = blob_target(
      blob, "/recoverySymbols?targetSliver=" + std::to_string(index) +
                "&targetType=" + (axis == codec::Axis::kPrimary ? "primary" : "secondary"));
  // At most one symbol from each shard, with a path of 16 nodes.
  const std::uint64_t most =
      std::uint64_t{codec_.params().n()} * (shape::kMaxSymbolSize + 16 * 33 + 16);
  TRY_ASSIGN(const auto response, ask(net::Method::kGet, address, target, {},
                                      std::min<std::uint64_t>(most, 256u << 20)));
  auto symbols = symbols_from_bytes(base::as_bytes(response.body));
  if (!symbols.ok()) return bad_answer(symbols.error().message());
  return *std::move(symbols);
}

PeerResult<void> PeerClient::put_metadata(const std::string& address,
                                          const codec::Metadata& metadata) {
  TRY(ask(net::Method::kPut, address, blob_target(metadata.blob_id, "/metadata"),
          shape::bcs::without_id(metadata), kSmallAnswer));
  return {};
}

PeerResult<void> PeerClient::put_sliver(const std::string& address, const base::BlobId& blob,
                                        const SliverAt& at, const shape::SliverData& sliver) {
  TRY(ask(net::Method::kPut, address, sliver_target(blob, at), shape::bcs::to_bytes(sliver),
          kSmallAnswer));
  return {};
}

PeerResult<bool> PeerClient::has_sliver(const std::string& address, const base::BlobId& blob,
                                        const SliverAt& at) {
  TRY_ASSIGN(const auto response, ask(net::Method::kGet, address,
                                      sliver_target(blob, at) + "/status", {}, kSmallAnswer));
  json::error_code error;
  const json::value body = json::parse(response.body, error);
  if (error) return bad_answer("not JSON");
  return text_of(find(body, {"success", "data"})) == "stored";
}

PeerResult<std::string> PeerClient::status(const std::string& address, const base::BlobId& blob) {
  TRY_ASSIGN(const auto response,
             ask(net::Method::kGet, address, blob_target(blob, "/status"), {}, kSmallAnswer));
  json::error_code error;
  const json::value body = json::parse(response.body, error);
  const json::value* data = error ? nullptr : find(body, {"success", "data"});
  if (data == nullptr) return bad_answer("not a status");
  return json::serialize(*data);
}

PeerResult<SignedMessage> PeerClient::confirmation(const std::string& address,
                                                   const base::BlobId& blob,
                                                   const std::optional<base::ObjectId>& object) {
  const std::string kind =
      object ? "deletable/0x" + base::to_hex(object->view()) : std::string("permanent");
  TRY_ASSIGN(const auto response,
             ask(net::Method::kGet, address, blob_target(blob, "/confirmation/" + kind), {},
                 kSmallAnswer));
  json::error_code error;
  const json::value body = json::parse(response.body, error);
  if (error) return bad_answer("not JSON");
  const auto field = [&](std::string_view name) {
    return base::from_base64(text_of(find(body, {"success", "data", "signed", name})));
  };
  const auto message = field("serializedMessage");
  const auto signature = field("signature");
  SignedMessage out;
  if (!message || !signature || signature->size() != out.signature.size())
    return bad_answer("not a signed message");
  out.message = *message;
  std::copy(signature->begin(), signature->end(), out.signature.begin());
  return out;
}

}  // namespace wald::storage
