// SPDX-License-Identifier: Apache-2.0
#include "ledger/signing.h"

#include "codec/base/bitmap.h"

namespace wald::ledger {
namespace {

using base::Bytes;
using base::ByteView;
using base::Hash;
using base::Hasher;
using base::Reader;
using base::Writer;

template <class Id>
Id named(std::string_view tag, ByteView data) {
  return Id(base::tagged_hash(tag, {}, data).bytes());
}

bool well_formed(std::uint16_t threshold, const std::vector<PolicyKey>& keys) {
  if (keys.empty() || keys.size() > Policy::kMaxKeys || threshold == 0) return false;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].weight == 0) return false;
    if (i > 0 && !(keys[i - 1].key < keys[i].key)) return false;
    sum += keys[i].weight;
  }
  return threshold <= sum;
}

// tag in ASCII, padded with zeros to 16, then the parts.
template <std::size_t kSize>
std::array<std::uint8_t, kSize> preimage(std::string_view tag,
                                         std::initializer_list<ByteView> parts) {
  std::array<std::uint8_t, kSize> out{};
  WALD_CHECK(tag.size() <= 16);
  std::copy(tag.begin(), tag.end(), out.begin());
  std::size_t at = 16;
  for (const ByteView part : parts) {
    WALD_CHECK(part.size() <= kSize - at);
    std::copy(part.begin(), part.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
    at += part.size();
  }
  WALD_CHECK(at == kSize);
  return out;
}

}  // namespace

Policy::Policy(std::uint16_t threshold, std::vector<PolicyKey> keys)
    : threshold_(threshold), keys_(std::move(keys)) {
  WALD_CHECK(well_formed(threshold_, keys_));
}

std::optional<Policy> Policy::make(std::uint16_t threshold, std::vector<PolicyKey> keys) {
  if (!well_formed(threshold, keys)) return std::nullopt;
  return Policy(threshold, std::move(keys));
}

std::optional<Policy> Policy::parse(ByteView bytes) {
  Reader in(bytes);
  const auto threshold = in.le<std::uint16_t>();
  const auto count = in.u8();
  if (!threshold || !count || *count > kMaxKeys) return std::nullopt;
  std::vector<PolicyKey> keys;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto key = in.id<base::PublicKey>();
    const auto weight = in.u8();
    if (!key || !weight) return std::nullopt;
    keys.push_back({*key, *weight});
  }
  if (!in.done()) return std::nullopt;
  return make(*threshold, std::move(keys));
}

Policy Policy::single(const base::PublicKey& key) { return Policy(1, {{key, 1}}); }

Bytes Policy::encode() const {
  Writer out;
  out.le(threshold_).u8(base::narrow<std::uint8_t>(keys_.size()));
  for (const PolicyKey& k : keys_) out.raw(k.key.view()).u8(k.weight);
  return std::move(out).bytes();
}

base::AccountId Policy::account_id() const {
  return named<base::AccountId>("wald.account", encode());
}

std::optional<std::uint32_t> Policy::weight_of(ByteView bitmap) const {
  if (bitmap.size() != base::bitmap_size(keys_.size()) || base::has_bit_past(bitmap, keys_.size()))
    return std::nullopt;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (base::bit_at(bitmap, i)) sum += keys_[i].weight;
  return sum;
}

base::ChainId chain_id(ByteView genesis_document) {
  return named<base::ChainId>("wald.genesis", genesis_document);
}

base::ObjectId object_id(const base::TxId& tx, std::uint32_t index) {
  return named<base::ObjectId>("wald.obj", Writer().raw(tx.view()).le(index).bytes());
}

base::NodeId node_id(const base::PublicKey& first_protocol_key) {
  return named<base::NodeId>("wald.node", first_protocol_key.view());
}

base::TxId tx_id(ByteView body) { return named<base::TxId>("wald.tx", body); }

std::array<std::uint8_t, 80> tx_preimage(const base::ChainId& chain, const base::TxId& tx) {
  return preimage<80>("wald-tx-v1", {chain.view(), tx.view()});
}

Hash setkeys_digest(const base::ChainId& chain, const base::AccountId& account, std::uint64_t nonce,
                    const Policy& policy) {
  Writer data;
  data.raw(chain.view()).raw(account.view()).le(nonce).raw(policy.encode());
  return base::tagged_hash("wald.setkeys", {}, data.bytes());
}

Hash key_possession_digest(const base::ChainId& chain, const base::NodeId& node, KeyRole role,
                           const base::PublicKey& key, base::Epoch epoch) {
  Writer data;
  data.raw(chain.view()).raw(node.view()).u8(static_cast<std::uint8_t>(role));
  data.raw(key.view()).le(epoch.value());
  return base::tagged_hash("wald.key.pop", {}, data.bytes());
}

Bytes encode(const BlockHeader& h) {
  Writer out;
  out.le(h.version).raw(h.chain.view()).le(h.term).le(h.height.value()).le(h.time.value());
  out.raw(h.previous.view()).raw(h.input_hash.view()).raw(h.receipts_hash.view());
  out.raw(h.event_head.view()).raw(h.state_root.view());
  WALD_CHECK(out.size() == BlockHeader::kSize);
  return std::move(out).bytes();
}

std::optional<BlockHeader> parse_header(ByteView bytes) {
  if (bytes.size() != BlockHeader::kSize) return std::nullopt;
  Reader in(bytes);
  BlockHeader h;
  h.version = *in.le<std::uint16_t>();
  if (h.version != BlockHeader::kVersion) return std::nullopt;
  h.chain = *in.id<base::ChainId>();
  h.term = *in.le<std::uint32_t>();
  h.height = base::Height(*in.le<std::uint64_t>());
  h.time = base::TimeMs(*in.le<std::uint64_t>());
  for (Hash* hash : {&h.previous, &h.input_hash, &h.receipts_hash, &h.event_head, &h.state_root})
    *hash = *in.id<Hash>();
  WALD_CHECK(in.done());
  return h;
}

Hash header_hash(const BlockHeader& header) {
  return base::tagged_hash("wald.header", {}, encode(header));
}

Hash input_hash(ByteView canonical_input) {
  return base::tagged_hash("wald.input", {}, canonical_input);
}

std::array<std::uint8_t, 48> block_preimage(const Hash& hash_of_header) {
  return preimage<48>("wald-block-v1", {hash_of_header.view()});
}

Bytes encode(const TermCertificate& c) {
  Writer out;
  out.raw(c.chain.view()).le(c.term).raw(c.key.view()).le(c.first_height.value());
  out.raw(c.root.view());
  WALD_CHECK(out.size() == TermCertificate::kSize);
  return std::move(out).bytes();
}

std::optional<TermCertificate> parse_term(ByteView bytes) {
  if (bytes.size() != TermCertificate::kSize) return std::nullopt;
  Reader in(bytes);
  TermCertificate c;
  c.chain = *in.id<base::ChainId>();
  c.term = *in.le<std::uint32_t>();
  c.key = *in.id<base::PublicKey>();
  c.first_height = base::Height(*in.le<std::uint64_t>());
  c.root = *in.id<Hash>();
  WALD_CHECK(in.done());
  return c;
}

std::array<std::uint8_t, 48> term_preimage(const TermCertificate& certificate) {
  const Hash digest = base::tagged_hash("wald.term", {}, encode(certificate));
  return preimage<48>("wald-term-v1", {digest.view()});
}

}  // namespace wald::ledger
