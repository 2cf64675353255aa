// SPDX-License-Identifier: Apache-2.0
#include "codec/field/lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/kernels.h"

namespace wald::codec {
namespace {

// Working memory for the recovery symbols of one group of slivers.
constexpr std::size_t kGroupBytes = 4 << 20;

template <class Byte>
std::vector<Byte*> spread(Byte* first, std::size_t count, std::size_t step) {
  std::vector<Byte*> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = first + i * step;
  return out;
}

}  // namespace

std::vector<const std::uint8_t*> pointers(const std::uint8_t* first, std::size_t count,
                                          std::size_t step) {
  return spread(first, count, step);
}
std::vector<std::uint8_t*> pointers(std::uint8_t* first, std::size_t count, std::size_t step) {
  return spread(first, count, step);
}

std::vector<Hash> leaf_hashes(const std::vector<const std::uint8_t*>& symbols, std::size_t z) {
  const Kernels& use = kernels();
  std::vector<Hash> out(symbols.size());
  std::array<std::uint8_t, 128> hashes;
  for (std::size_t i = 0; i < symbols.size(); i += 4) {
    const std::size_t now = std::min<std::size_t>(4, symbols.size() - i);
    const std::uint8_t* from[4];
    for (std::size_t k = 0; k < 4; ++k) from[k] = symbols[i + std::min(k, now - 1)];
    use.hash4(from, z, 0, hashes.data());
    for (std::size_t k = 0; k < now; ++k) out[i + k] = Hash::from({hashes.data() + 32 * k, 32});
  }
  return out;
}

void node_hashes(const Hash* left, const Hash* right, std::size_t step, Hash* out,
                 std::size_t count) {
  const Kernels& use = kernels();
  std::array<std::uint8_t, 256> in;
  std::array<std::uint8_t, 128> hashes;
  for (std::size_t i = 0; i < count; i += 4) {
    const std::size_t now = std::min<std::size_t>(4, count - i);
    if (now == 1) {  // one alone is faster by itself
      out[i] = base::merkle_node(left[i * step], right[i * step]);
      return;
    }
    const std::uint8_t* from[4];
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t at = (i + std::min(k, now - 1)) * step;
      from[k] = in.data() + 64 * k;
      std::copy_n(left[at].bytes().data(), 32, in.data() + 64 * k);
      std::copy_n(right[at].bytes().data(), 32, in.data() + 64 * k + 32);
    }
    use.hash4(from, 64, 1, hashes.data());
    for (std::size_t k = 0; k < now; ++k) out[i + k] = Hash::from({hashes.data() + 32 * k, 32});
  }
}

Hash tree_root(std::vector<Hash> leaves) {
  if (leaves.empty()) return Hash();
  while (leaves.size() > 1) {
    if (leaves.size() % 2 != 0) leaves.emplace_back();
    node_hashes(leaves.data(), leaves.data() + 1, 2, leaves.data(), leaves.size() / 2);
    leaves.resize(leaves.size() / 2);
  }
  return leaves[0];
}

void Frontiers::push(std::vector<Hash> leaves) {
  WALD_CHECK(leaves.size() == trees_);
  std::size_t level = 0;
  for (; (count_ >> level & 1) != 0; ++level)
    node_hashes(pending_[level].data(), leaves.data(), 1, leaves.data(), trees_);
  if (level == pending_.size()) pending_.emplace_back();
  pending_[level] = std::move(leaves);
  ++count_;
}

std::vector<Hash> Frontiers::roots() const {
  const unsigned height = base::merkle_height(count_);
  const std::vector<Hash> none(trees_);
  std::vector<Hash> carry;
  for (unsigned level = 0; level < height; ++level) {
    const bool here = (count_ >> level & 1) != 0;
    if (!here && carry.empty()) continue;
    std::vector<Hash> up(trees_);
    const std::vector<Hash>& left = here ? pending_[level] : carry;
    const std::vector<Hash>& right = here && !carry.empty() ? carry : none;
    node_hashes(left.data(), right.data(), 1, up.data(), trees_);
    carry = std::move(up);
  }
  if (!carry.empty()) return carry;
  return count_ == 0 ? none : pending_[height];
}

std::vector<Hash> sliver_roots(const Codec& codec, Axis axis, const std::uint8_t* body,
                               std::size_t count, std::size_t stride, std::size_t z) {
  const LineCode& line = codec.along(axis);
  WALD_CHECK(z != 0 && z % 2 == 0);
  const std::size_t group = std::clamp<std::size_t>(kGroupBytes / (line.m() * z), 1, count);
  Bytes more(group * line.m() * z);
  std::vector<Hash> out;
  for (std::size_t at = 0; at < count; at += group) {
    const std::size_t now = std::min(group, count - at);
    const std::uint8_t* first = body + at * stride;
    // Recovery symbol i of sliver g lies at more[(g * m + i) * z].
    line.encode(pointers(first, line.k(), z), pointers(more.data(), line.m(), z),
                Batch{now, z, stride, line.m() * z});
    for (std::size_t g = 0; g < now; ++g) {
      auto symbols = pointers(first + g * stride, line.k(), z);
      const auto rest = pointers(std::as_const(more).data() + g * line.m() * z, line.m(), z);
      symbols.insert(symbols.end(), rest.begin(), rest.end());
      out.push_back(tree_root(leaf_hashes(symbols, z)));
    }
  }
  return out;
}

}  // namespace wald::codec
