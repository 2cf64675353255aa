// SPDX-License-Identifier: Apache-2.0
// The messages storage nodes sign for the ledger, in Walrus' layout, and certificates: lists of
// Ed25519 signatures with a member bitmap, weighed by shards.
//
//   message  = type u8 | version u8 = 0 | app u8 = 3 | epoch u32 | body
//   signed   = `wald-msg-v1` padded to 16 | chain 32 | message
//
// Decoding refuses a wrong version or app, an unknown type, and anything after the end. Pure
// values. Rules K-22, L-5, L-7.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "codec/base/hash.h"
#include "codec/base/result.h"
#include "proofs/signature.h"

namespace wald::proofs {

enum class MessageType : std::uint8_t {
  kPossession = 0,
  kStorageConfirmation = 1,
  kInvalidBlob = 2,
  kSyncShard = 3,
  kDenyListUpdate = 4,
  kDenyListedBlobDeleted = 5,
  kProtocolVersion = 6,
  kCertifyBatch = 128,
};

struct Possession {
  base::AccountId address;
  base::PublicKey key;
  friend bool operator==(const Possession&, const Possession&) = default;
};
struct StorageConfirmation {
  base::BlobId blob;
  std::optional<base::ObjectId> object;  // set if the blob object is deletable
  friend bool operator==(const StorageConfirmation&, const StorageConfirmation&) = default;
};
struct InvalidBlob {
  base::BlobId blob;
  friend bool operator==(const InvalidBlob&, const InvalidBlob&) = default;
};
struct SyncShard {
  base::ShardIndex shard;
  bool secondary = false;  // axis
  base::BlobId first;
  std::uint64_t count = 0;
  base::Epoch epoch;
  friend bool operator==(const SyncShard&, const SyncShard&) = default;
};
struct DenyListUpdate {
  base::NodeId node;
  std::uint64_t sequence = 0;
  std::uint64_t size = 0;  // bytes
  base::Hash root;
  friend bool operator==(const DenyListUpdate&, const DenyListUpdate&) = default;
};
struct DenyListedBlobDeleted {
  base::BlobId blob;
  friend bool operator==(const DenyListedBlobDeleted&, const DenyListedBlobDeleted&) = default;
};
struct ProtocolVersion {
  base::Epoch start;
  std::uint64_t version = 0;
  friend bool operator==(const ProtocolVersion&, const ProtocolVersion&) = default;
};
struct CertifyBatch {
  std::uint16_t count = 0;  // 1 to 256
  base::Hash digest;
  friend bool operator==(const CertifyBatch&, const CertifyBatch&) = default;
};
using MessageBody =
    std::variant<Possession, StorageConfirmation, InvalidBlob, SyncShard, DenyListUpdate,
                 DenyListedBlobDeleted, ProtocolVersion, CertifyBatch>;

struct Message {
  base::Epoch epoch;
  MessageBody body;

  MessageType type() const;
  friend bool operator==(const Message&, const Message&) = default;
};
base::Bytes encode_message(const Message& message);
std::optional<Message> decode_message(base::ByteView bytes);
base::Bytes message_preimage(const base::ChainId& chain, base::ByteView message);

// The body of the batch over entries in any order; 1 to 256 distinct entries, else nothing.
std::optional<CertifyBatch> certify_batch(const std::vector<StorageConfirmation>& entries);

struct CertMember {
  base::PublicKey key;       // protocol key of the committee record
  std::uint16_t weight = 0;  // shards
};
enum class Threshold : std::uint8_t { kQuorum, kOneHonest };
// quorum: 3w >= 2n + 1; one honest: 3w >= n + 1.
bool reaches(Threshold threshold, std::uint64_t weight, std::uint32_t shards);

struct Certificate {
  base::Bytes message;                // K-22 bytes
  base::Bytes bitmap;                 // ceil(m / 8) bytes over members by node id
  std::vector<Signature> signatures;  // ascending by member
};
// The codes of ledger.md, in the order in which they are found.
enum class CertificateError { kMessage, kEpoch, kBitmap, kWeight, kSignature };

// members: ascending by node id; shards: n. The certified message is answered, its body is for the
// caller to compare. A message that does not decode or has another type is kMessage.
base::Result<Message, CertificateError> verify_certificate(
    const Certificate& certificate, const base::ChainId& chain, base::Epoch epoch,
    const std::vector<CertMember>& members, std::uint32_t shards, MessageType required,
    Threshold threshold);

}  // namespace wald::proofs
