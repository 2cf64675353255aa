// SPDX-License-Identifier: Apache-2.0
#include "ledger/state_proof.h"

#include "ledger/tree/bits.h"

namespace wald::ledger {
namespace {

using base::Bytes;
using base::ByteView;
using base::Hash;
using tree::bit_at;
using tree::kMaxKeyBytes;

constexpr std::size_t kStepSize = 34;

void put_u16(std::uint8_t* out, std::uint16_t value) {
  out[0] = static_cast<std::uint8_t>(value);
  out[1] = static_cast<std::uint8_t>(value >> 8);
}

// Key length, and bits strictly falling inside the leaf's key.
bool well_formed(const TreeProof& proof) {
  if (!proof.leaf) return proof.steps.empty();
  if (proof.leaf->key.size() > kMaxKeyBytes) return false;
  std::size_t above = 8 * proof.leaf->key.size();
  for (const TreeStep& step : proof.steps) {
    if (step.bit >= above) return false;
    above = step.bit;
  }
  return true;
}

}  // namespace

Hash tree_leaf_hash(ByteView key, const Hash& value_hash) {
  WALD_CHECK(key.size() <= kMaxKeyBytes);
  std::array<std::uint8_t, 2 + kMaxKeyBytes + Hash::kSize> in;
  put_u16(in.data(), static_cast<std::uint16_t>(key.size()));
  std::uint8_t* end = std::copy(key.begin(), key.end(), in.data() + 2);
  end = std::copy(value_hash.bytes().begin(), value_hash.bytes().end(), end);
  return base::tagged_hash("wald.leaf", {}, {in.data(), end});
}

Hash tree_inner_hash(std::uint16_t bit, const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 2 + 2 * Hash::kSize> in;
  put_u16(in.data(), bit);
  std::uint8_t* end = std::copy(left.bytes().begin(), left.bytes().end(), in.data() + 2);
  std::copy(right.bytes().begin(), right.bytes().end(), end);
  return base::tagged_hash("wald.inner", {}, in);
}

Verdict verify(const Hash& root, ByteView key, const TreeProof& proof) {
  if (!well_formed(proof)) return Verdict::kInvalid;
  if (!proof.leaf) return root.is_zero() ? Verdict::kAbsent : Verdict::kInvalid;
  const ByteView leaf_key = proof.leaf->key;
  Hash at = tree_leaf_hash(leaf_key, proof.leaf->value_hash);
  bool leads_here = true;
  for (const TreeStep& step : proof.steps) {
    const bool right = bit_at(leaf_key, step.bit);
    at = right ? tree_inner_hash(step.bit, step.sibling, at)
               : tree_inner_hash(step.bit, at, step.sibling);
    leads_here = leads_here && bit_at(key, step.bit) == right;
  }
  if (at != root) return Verdict::kInvalid;
  if (base::equal(key, leaf_key)) return Verdict::kPresent;
  return leads_here ? Verdict::kAbsent : Verdict::kInvalid;
}

Verdict verify(const Hash& root, ByteView key, std::optional<ByteView> value,
               const TreeProof& proof) {
  switch (verify(root, key, proof)) {
    case Verdict::kPresent:
      return value && base::blake2b(*value) == proof.leaf->value_hash ? Verdict::kPresent
                                                                      : Verdict::kInvalid;
    case Verdict::kAbsent:
      return value ? Verdict::kInvalid : Verdict::kAbsent;
    case Verdict::kInvalid:
      break;
  }
  return Verdict::kInvalid;
}

Bytes encode(const TreeProof& proof) {
  WALD_CHECK(well_formed(proof));
  if (!proof.leaf) return {};
  base::Writer out;
  out.le(base::narrow<std::uint16_t>(proof.leaf->key.size())).raw(proof.leaf->key);
  out.raw(proof.leaf->value_hash.view());
  out.le(base::narrow<std::uint16_t>(proof.steps.size()));
  for (const TreeStep& step : proof.steps) out.le(step.bit).raw(step.sibling.view());
  return std::move(out).bytes();
}

std::optional<TreeProof> parse_proof(ByteView bytes) {
  TreeProof proof;
  if (bytes.empty()) return proof;
  base::Reader in(bytes);
  const auto klen = in.le<std::uint16_t>();
  if (!klen || *klen > kMaxKeyBytes) return std::nullopt;
  const auto key = in.raw(*klen);
  const auto value_hash = in.id<Hash>();
  const auto count = in.le<std::uint16_t>();
  if (!key || !value_hash || !count) return std::nullopt;
  if (in.remaining() != *count * kStepSize) return std::nullopt;
  proof.leaf = TreeLeaf{Bytes(key->begin(), key->end()), *value_hash};
  proof.steps.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    const auto bit = in.le<std::uint16_t>();
    const auto sibling = in.id<Hash>();
    WALD_CHECK(bit && sibling);
    proof.steps.push_back({*bit, *sibling});
  }
  if (!well_formed(proof)) return std::nullopt;
  return proof;
}

}  // namespace wald::ledger
