// SPDX-License-Identifier: Apache-2.0
#include "proofs/certificate.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

const base::ChainId kChain = filled<base::ChainId>(1);
constexpr base::Epoch kEpoch(9);
constexpr std::uint32_t kShards = 100;

// Ten members of ten shards each; member i signs with signer(i + 1).
std::vector<CertMember> committee() {
  std::vector<CertMember> out;
  for (std::uint8_t i = 0; i < 10; ++i)
    out.push_back({signer(static_cast<std::uint8_t>(i + 1)).public_key(), 10});
  return out;
}
Message confirmation() { return {kEpoch, StorageConfirmation{filled<base::BlobId>(7), {}}}; }

Certificate certificate(const Message& message, const std::vector<unsigned>& members,
                        const base::ChainId& chain = kChain) {
  Certificate out{encode_message(message), base::Bytes(2), {}};
  for (const unsigned m : members) {
    out.bitmap[m / 8] = static_cast<std::uint8_t>(out.bitmap[m / 8] | (1u << (m % 8)));
    out.signatures.push_back(signer(static_cast<std::uint8_t>(m + 1)).message(chain, message));
  }
  return out;
}
const std::vector<unsigned> kSeven = {0, 1, 2, 4, 6, 8, 9};

auto verify(const Certificate& c, Threshold threshold = Threshold::kQuorum) {
  return verify_certificate(c, kChain, kEpoch, committee(), kShards,
                            MessageType::kStorageConfirmation, threshold);
}

std::vector<Message> one_of_each() {
  return {{kEpoch, Possession{filled<base::AccountId>(1), filled<base::PublicKey>(2)}},
          confirmation(),
          {kEpoch, StorageConfirmation{filled<base::BlobId>(7), filled<base::ObjectId>(8)}},
          {kEpoch, InvalidBlob{filled<base::BlobId>(1)}},
          {kEpoch, SyncShard{base::ShardIndex(3), true, filled<base::BlobId>(1), 77, kEpoch}},
          {kEpoch, DenyListUpdate{filled<base::NodeId>(1), 2, 3, filled<base::Hash>(4)}},
          {kEpoch, DenyListedBlobDeleted{filled<base::BlobId>(1)}},
          {kEpoch, ProtocolVersion{base::Epoch(12), 5}},
          {kEpoch, CertifyBatch{3, filled<base::Hash>(1)}}};
}

}  // namespace

TEST_CASE("message: every type survives, truncations and longer forms are refused",
          "[proofs][rule:K-22]") {
  for (const Message& message : one_of_each()) {
    const base::Bytes bytes = encode_message(message);
    REQUIRE(decode_message(bytes) == message);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      REQUIRE_FALSE(decode_message(base::ByteView(bytes).first(length)).has_value());
    base::Bytes longer = bytes;
    longer.push_back(0);
    REQUIRE_FALSE(decode_message(longer).has_value());
  }
}

TEST_CASE("message: a wrong type, version or app is refused, and any other byte is another message",
          "[proofs][rule:K-22]") {
  for (const Message& message : one_of_each()) {
    const base::Bytes bytes = encode_message(message);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      base::Bytes changed = bytes;
      changed[i] ^= 0x40;
      const auto decoded = decode_message(changed);
      if (i < 3) REQUIRE_FALSE(decoded.has_value());
      if (decoded) REQUIRE(encode_message(*decoded) == changed);
    }
  }
  base::Bytes batch = encode_message({kEpoch, CertifyBatch{256, filled<base::Hash>(1)}});
  REQUIRE(decode_message(batch).has_value());
  batch[7] = 1;  // 257
  REQUIRE_FALSE(decode_message(batch).has_value());
  batch[7] = batch[8] = 0;
  REQUIRE_FALSE(decode_message(batch).has_value());
}

TEST_CASE("batch: the digest does not depend on the order, repeats and wrong counts are refused",
          "[proofs][rule:L-7]") {
  const StorageConfirmation a{filled<base::BlobId>(1), {}}, b{filled<base::BlobId>(2), {}},
      c{filled<base::BlobId>(1), filled<base::ObjectId>(3)};
  const auto batch = certify_batch({a, b, c});
  REQUIRE(batch.has_value());
  REQUIRE(batch->count == 3);
  REQUIRE(certify_batch({c, b, a}) == batch);
  REQUIRE(certify_batch({a, b}) != batch);
  REQUIRE_FALSE(certify_batch({a, b, a}).has_value());
  REQUIRE_FALSE(certify_batch({}).has_value());
  std::vector<StorageConfirmation> many;
  base::Prng random(1);
  many.reserve(257);
  for (int i = 0; i < 256; ++i) many.push_back({random_id<base::BlobId>(random), {}});
  REQUIRE(certify_batch(many)->count == 256);
  many.push_back(c);
  REQUIRE_FALSE(certify_batch(many).has_value());
}

TEST_CASE("thresholds: a quorum is two thirds and one shard, one honest a third and one",
          "[proofs][rule:L-5]") {
  for (std::uint32_t n = 4; n < 200; ++n) {
    const std::uint32_t f = (n - 1) / 3;
    REQUIRE(reaches(Threshold::kQuorum, n - f, n));
    REQUIRE_FALSE(reaches(Threshold::kOneHonest, f, n));
    REQUIRE(reaches(Threshold::kOneHonest, n / 3 + 1, n));
    REQUIRE_FALSE(reaches(Threshold::kOneHonest, n / 3, n));
    // Two quorums of this weight share more than f shards; one less need not.
    std::uint32_t least = 0;
    while (!reaches(Threshold::kQuorum, least, n)) ++least;
    REQUIRE(2 * least - n > f);
    REQUIRE(least <= n - f);
  }
}

TEST_CASE("certificate: seven of ten members certify", "[proofs][rule:L-5]") {
  const auto message = verify(certificate(confirmation(), kSeven));
  REQUIRE(message.ok());
  REQUIRE(*message == confirmation());
  REQUIRE(verify(certificate(confirmation(), {0, 1, 2, 3}), Threshold::kOneHonest).ok());
}

TEST_CASE("certificate: of another epoch", "[proofs][rule:L-5]") {
  for (const base::Epoch epoch : {base::Epoch(8), base::Epoch(10)}) {
    Message message = confirmation();
    message.epoch = epoch;
    REQUIRE(verify(certificate(message, kSeven)).error() == CertificateError::kEpoch);
  }
}

TEST_CASE("certificate: bitmap of another length, with stray bits, or not matching the signatures",
          "[proofs][rule:L-5]") {
  const auto refused = [](const Certificate& c) {
    return verify(c).error() == CertificateError::kBitmap;
  };
  Certificate c = certificate(confirmation(), kSeven);
  c.bitmap.push_back(0);
  REQUIRE(refused(c));
  c.bitmap.resize(1);
  REQUIRE(refused(c));
  c = certificate(confirmation(), kSeven);
  c.bitmap[1] |= 0x04;  // member 10 of 10
  REQUIRE(refused(c));
  c = certificate(confirmation(), kSeven);
  c.signatures.pop_back();
  REQUIRE(refused(c));
  c = certificate(confirmation(), kSeven);
  c.signatures.push_back(c.signatures.back());
  REQUIRE(refused(c));
}

TEST_CASE("certificate: too little weight", "[proofs][rule:L-5]") {
  REQUIRE(verify(certificate(confirmation(), {0, 1, 2, 3, 4, 5})).error() ==
          CertificateError::kWeight);
  REQUIRE(verify(certificate(confirmation(), {0, 1, 2}), Threshold::kOneHonest).error() ==
          CertificateError::kWeight);
  REQUIRE(verify(certificate(confirmation(), {})).error() == CertificateError::kWeight);
}

TEST_CASE("certificate: a signature that fails, out of order, or over another chain or message",
          "[proofs][rule:L-5]") {
  const auto refused = [](const Certificate& c) {
    return verify(c).error() == CertificateError::kSignature;
  };
  const Certificate good = certificate(confirmation(), kSeven);
  for (std::size_t i = 0; i < good.signatures.size(); ++i) {
    Certificate c = good;
    c.signatures[i][5] ^= 1;
    REQUIRE(refused(c));
  }
  Certificate c = good;
  std::swap(c.signatures[0], c.signatures[1]);
  REQUIRE(refused(c));
  REQUIRE(refused(certificate(confirmation(), kSeven, filled<base::ChainId>(2))));
  c = good;
  c.message = encode_message({kEpoch, StorageConfirmation{filled<base::BlobId>(8), {}}});
  REQUIRE(refused(c));
}

TEST_CASE("certificate: of another message, or of none", "[proofs][rule:L-5]") {
  REQUIRE(verify(certificate({kEpoch, InvalidBlob{filled<base::BlobId>(7)}}, kSeven)).error() ==
          CertificateError::kMessage);
  Certificate c = certificate(confirmation(), kSeven);
  c.message.push_back(0);
  REQUIRE(verify(c).error() == CertificateError::kMessage);
  c.message.clear();
  REQUIRE(verify(c).error() == CertificateError::kMessage);
}

TEST_CASE("certificate: of several faults the first of the rule is named", "[proofs][rule:L-5]") {
  const auto fault = [](const Certificate& c) { return verify(c).error(); };
  const std::vector<unsigned> few = {0, 1, 2};
  const Message other{kEpoch, InvalidBlob{filled<base::BlobId>(7)}};
  Certificate c = certificate(other, kSeven);
  c.signatures[0][5] ^= 1;
  REQUIRE(fault(c) == CertificateError::kMessage);  // before the signatures
  c = certificate(other, few);
  REQUIRE(fault(c) == CertificateError::kWeight);  // before the kind
  c.bitmap.push_back(0);
  REQUIRE(fault(c) == CertificateError::kBitmap);
  c.message = encode_message({kEpoch.next(), other.body});
  REQUIRE(fault(c) == CertificateError::kEpoch);
  c.message.pop_back();
  REQUIRE(fault(c) == CertificateError::kMessage);
}
