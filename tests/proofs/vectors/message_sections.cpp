// SPDX-License-Identifier: Apache-2.0
// Signed messages of storage nodes, batches of confirmations, authorised requests.
#include "proofs/prove/signer.h"
#include "proofs/request_auth.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

proofs::StorageConfirmation confirmation(const Input& in) {
  proofs::StorageConfirmation out{in.id<base::BlobId>("blob_id"), std::nullopt};
  if (in.has("object")) out.object = in.id<base::ObjectId>("object");
  return out;
}

proofs::MessageBody message_body(const Input& in) {
  using base::BlobId;
  switch (in.num("type")) {
    case 0:
      return proofs::Possession{in.id<base::AccountId>("address"),
                                in.id<base::PublicKey>("public_key")};
    case 1:
      return confirmation(in);
    case 2:
      return proofs::InvalidBlob{in.id<BlobId>("blob_id")};
    case 3:
      return proofs::SyncShard{base::ShardIndex(in.num_as<std::uint16_t>("shard")),
                               in.num("axis") == 1, in.id<BlobId>("blob_id"), in.num("count"),
                               base::Epoch(in.num_as<std::uint32_t>("sync_epoch"))};
    case 4:
      return proofs::DenyListUpdate{in.id<base::NodeId>("node"), in.num("sequence"), in.num("size"),
                                    in.id<base::Hash>("root")};
    case 5:
      return proofs::DenyListedBlobDeleted{in.id<BlobId>("blob_id")};
    case 6:
      return proofs::ProtocolVersion{base::Epoch(in.num_as<std::uint32_t>("start_epoch")),
                                     in.num("version")};
    default:
      throw std::invalid_argument("unknown message type");
  }
}

json::object signed_message(const Input& in, const proofs::MessageBody& body) {
  const proofs::Message message{base::Epoch(in.num_as<std::uint32_t>("epoch")), body};
  const base::Bytes bytes = proofs::encode_message(message);
  const auto back = proofs::decode_message(bytes);
  if (!back || *back != message) throw std::logic_error("message does not decode to itself");
  const prove::Signer signer(in.bytes("seed"));
  const auto chain = in.id<base::ChainId>("chain");
  const base::Bytes preimage = proofs::message_preimage(chain, bytes);
  const proofs::Signature signature = signer.message(chain, message);
  if (!proofs::verify_signature(signer.public_key(), preimage, signature))
    throw std::logic_error("own signature refused");
  return {{"message", hex(bytes)},
          {"preimage", hex(preimage)},
          {"public_key", hex_id(signer.public_key())},
          {"signature", hex(signature)}};
}

json::object message(const Input& in) { return signed_message(in, message_body(in)); }

json::object batch(const Input& in) {
  std::vector<proofs::StorageConfirmation> entries;
  for (const json::value& item : in.list("entries"))
    entries.push_back(confirmation(Input(item.as_object())));
  const auto body = proofs::certify_batch(entries);
  if (!body) throw std::logic_error("batch refused");
  json::object out = signed_message(in, *body);
  out["digest"] = hex_id(body->digest);
  return out;
}

json::object http(const Input& in) {
  const prove::Signer signer(in.bytes("seed"));
  const std::string method = in.text("method"), target = in.text("target"), host = in.text("host");
  const base::Bytes body = in.bytes("body");
  const proofs::HttpRequest request{method, target, host, body};
  const auto chain = in.id<base::ChainId>("chain");
  proofs::RequestAuth auth{in.id<base::NodeId>("node"),
                           base::TimeMs(in.num("time")),
                           in.array<std::array<std::uint8_t, 16>>("random"),
                           {}};
  const auto preimage = proofs::request_preimage(chain, request, auth.time, auth.random);
  if (!preimage) throw std::logic_error("request refused");
  auth.signature = signer.sign(*preimage);
  const std::string header = proofs::authorization_value(auth);
  const auto back = proofs::parse_authorization(header);
  if (!back || !proofs::verify_request(chain, request, *back, signer.public_key()))
    throw std::logic_error("own header refused");
  return {{"preimage", hex(*preimage)}, {"signature", hex(auth.signature)}, {"header", header}};
}

}  // namespace

const Sections& message_sections() {
  static const Sections table = {{"message", message}, {"batch", batch}, {"http", http}};
  return table;
}

}  // namespace wald::vectors
