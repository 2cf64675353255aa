// SPDX-License-Identifier: Apache-2.0
#include "proofs/certificate.h"

#include <algorithm>

#include "codec/base/bitmap.h"

namespace wald::proofs {
namespace {

constexpr std::uint8_t kVersion = 0;
constexpr std::uint8_t kApp = 3;
constexpr std::size_t kBatchCap = 256;

void write_confirmation(base::Writer& out, const StorageConfirmation& b) {
  out.raw(b.blob.view()).u8(b.object ? 1 : 0);
  if (b.object) out.raw(b.object->view());
}

struct BodyWriter {
  base::Writer& out;

  void operator()(const Possession& b) { out.raw(b.address.view()).raw(b.key.view()); }
  void operator()(const StorageConfirmation& b) { write_confirmation(out, b); }
  void operator()(const InvalidBlob& b) { out.raw(b.blob.view()); }
  void operator()(const SyncShard& b) {
    out.u8(0).le(b.shard.value()).u8(b.secondary ? 1 : 0).raw(b.first.view());
    out.le(b.count).le(b.epoch.value());
  }
  void operator()(const DenyListUpdate& b) {
    out.raw(b.node.view()).le(b.sequence).le(b.size).raw(b.root.view());
  }
  void operator()(const DenyListedBlobDeleted& b) { out.raw(b.blob.view()); }
  void operator()(const ProtocolVersion& b) { out.le(b.start.value()).le(b.version); }
  void operator()(const CertifyBatch& b) { out.le(b.count).raw(b.digest.view()); }
};

std::optional<MessageBody> read_possession(base::Reader& in) {
  const auto address = in.id<base::AccountId>();
  const auto key = in.id<base::PublicKey>();
  if (!address || !key) return std::nullopt;
  return Possession{*address, *key};
}

std::optional<MessageBody> read_confirmation(base::Reader& in) {
  const auto blob = in.id<base::BlobId>();
  const auto deletable = in.u8();
  if (!blob || !deletable || *deletable > 1) return std::nullopt;
  StorageConfirmation out{*blob, std::nullopt};
  if (*deletable == 1) {
    out.object = in.id<base::ObjectId>();
    if (!out.object) return std::nullopt;
  }
  return out;
}

std::optional<MessageBody> read_sync(base::Reader& in) {
  const auto version = in.u8();
  const auto shard = in.le<std::uint16_t>();
  const auto axis = in.u8();
  const auto first = in.id<base::BlobId>();
  const auto count = in.le<std::uint64_t>();
  const auto epoch = in.le<std::uint32_t>();
  if (!version || !shard || !axis || !first || !count || !epoch) return std::nullopt;
  if (*version != 0 || *axis > 1) return std::nullopt;
  return SyncShard{base::ShardIndex(*shard), *axis == 1, *first, *count, base::Epoch(*epoch)};
}

std::optional<MessageBody> read_deny_update(base::Reader& in) {
  const auto node = in.id<base::NodeId>();
  const auto sequence = in.le<std::uint64_t>();
  const auto size = in.le<std::uint64_t>();
  const auto root = in.id<base::Hash>();
  if (!node || !sequence || !size || !root) return std::nullopt;
  return DenyListUpdate{*node, *sequence, *size, *root};
}

std::optional<MessageBody> read_version(base::Reader& in) {
  const auto start = in.le<std::uint32_t>();
  const auto version = in.le<std::uint64_t>();
  if (!start || !version) return std::nullopt;
  return ProtocolVersion{base::Epoch(*start), *version};
}

std::optional<MessageBody> read_batch(base::Reader& in) {
  const auto count = in.le<std::uint16_t>();
  const auto digest = in.id<base::Hash>();
  if (!count || !digest || *count < 1 || *count > kBatchCap) return std::nullopt;
  return CertifyBatch{*count, *digest};
}

template <class T>
std::optional<MessageBody> read_blob(base::Reader& in) {
  const auto blob = in.id<base::BlobId>();
  if (!blob) return std::nullopt;
  return T{*blob};
}

std::optional<MessageBody> read_body(base::Reader& in, std::uint8_t type) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::kPossession:
      return read_possession(in);
    case MessageType::kStorageConfirmation:
      return read_confirmation(in);
    case MessageType::kInvalidBlob:
      return read_blob<InvalidBlob>(in);
    case MessageType::kSyncShard:
      return read_sync(in);
    case MessageType::kDenyListUpdate:
      return read_deny_update(in);
    case MessageType::kDenyListedBlobDeleted:
      return read_blob<DenyListedBlobDeleted>(in);
    case MessageType::kProtocolVersion:
      return read_version(in);
    case MessageType::kCertifyBatch:
      return read_batch(in);
  }
  return std::nullopt;
}

}  // namespace

MessageType Message::type() const {
  constexpr MessageType kByIndex[] = {
      MessageType::kPossession,      MessageType::kStorageConfirmation,
      MessageType::kInvalidBlob,     MessageType::kSyncShard,
      MessageType::kDenyListUpdate,  MessageType::kDenyListedBlobDeleted,
      MessageType::kProtocolVersion, MessageType::kCertifyBatch};
  WALD_CHECK(body.index() < std::size(kByIndex));
  return kByIndex[body.index()];
}

base::Bytes encode_message(const Message& message) {
  base::Writer out;
  out.u8(static_cast<std::uint8_t>(message.type())).u8(kVersion).u8(kApp);
  out.le(message.epoch.value());
  std::visit(BodyWriter{out}, message.body);
  return std::move(out).bytes();
}

std::optional<Message> decode_message(base::ByteView bytes) {
  base::Reader in(bytes);
  const auto type = in.u8();
  const auto version = in.u8();
  const auto app = in.u8();
  const auto epoch = in.le<std::uint32_t>();
  if (!type || !version || !app || !epoch) return std::nullopt;
  if (*version != kVersion || *app != kApp) return std::nullopt;
  auto body = read_body(in, *type);
  if (!body || !in.done()) return std::nullopt;
  return Message{base::Epoch(*epoch), std::move(*body)};
}

base::Bytes message_preimage(const base::ChainId& chain, base::ByteView message) {
  return base::Writer().raw(domain("wald-msg-v1")).raw(chain.view()).raw(message).bytes();
}

std::optional<CertifyBatch> certify_batch(const std::vector<StorageConfirmation>& entries) {
  if (entries.empty() || entries.size() > kBatchCap) return std::nullopt;
  std::vector<base::Bytes> bodies;
  for (const StorageConfirmation& entry : entries) {
    base::Writer out;
    write_confirmation(out, entry);
    bodies.push_back(std::move(out).bytes());
  }
  std::sort(bodies.begin(), bodies.end());
  if (std::adjacent_find(bodies.begin(), bodies.end()) != bodies.end()) return std::nullopt;
  base::Writer joined;
  for (const base::Bytes& body : bodies) joined.raw(body);
  return CertifyBatch{base::narrow<std::uint16_t>(bodies.size()),
                      base::tagged_hash("wald.batch", {}, joined.bytes())};
}

bool reaches(Threshold threshold, std::uint64_t weight, std::uint32_t shards) {
  WALD_CHECK(weight <= 0xFFFFFFFFu);
  const std::uint64_t n = shards;
  return 3 * weight >= (threshold == Threshold::kQuorum ? 2 * n + 1 : n + 1);
}

base::Result<Message, CertificateError> verify_certificate(
    const Certificate& certificate, const base::ChainId& chain, base::Epoch epoch,
    const std::vector<CertMember>& members, std::uint32_t shards, MessageType required,
    Threshold threshold) {
  using Error = CertificateError;
  auto message = decode_message(certificate.message);
  if (!message) return base::Err{Error::kMessage};
  if (message->epoch != epoch) return base::Err{Error::kEpoch};
  const base::Bytes& bitmap = certificate.bitmap;
  if (bitmap.size() != base::bitmap_size(members.size())) return base::Err{Error::kBitmap};
  std::size_t signers = 0;
  std::uint64_t weight = 0;
  for (std::size_t i = 0; i < bitmap.size() * 8; ++i) {
    if (!base::bit_at(bitmap, i)) continue;
    if (i >= members.size()) return base::Err{Error::kBitmap};
    ++signers;
    weight += members[i].weight;
  }
  if (signers != certificate.signatures.size()) return base::Err{Error::kBitmap};
  if (!reaches(threshold, weight, shards)) return base::Err{Error::kWeight};
  if (message->type() != required) return base::Err{Error::kMessage};
  const base::Bytes preimage = message_preimage(chain, certificate.message);
  std::size_t next = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!base::bit_at(bitmap, i)) continue;
    if (!verify_signature(members[i].key, preimage, certificate.signatures[next++]))
      return base::Err{Error::kSignature};
  }
  WALD_CHECK(next == signers);
  return std::move(*message);
}

}  // namespace wald::proofs
