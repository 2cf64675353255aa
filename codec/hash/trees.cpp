// SPDX-License-Identifier: Apache-2.0
#include "codec/hash/trees.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "codec/hash/kernel.h"
#include "codec/kernels.h"

namespace wald::codec {
namespace {

static_assert(sizeof(Hash) == 32 && std::is_trivially_copyable_v<Hash>);

using Lanes = std::array<std::uint8_t, 32 * kMaxLanes>;

const std::uint8_t* bytes_of(const Hash* hash) { return hash->bytes().data(); }
std::uint8_t* bytes_of(Hash* hash) { return reinterpret_cast<std::uint8_t*>(hash); }

void put(const Lanes& lanes, std::size_t count, Hash* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = Hash::from({lanes.data() + 32 * i, 32});
}

// One group of leaves, `now` of them at most as many as there are lanes.
void leaf_group(const HashKernels& use, const std::uint8_t* const* symbols, std::size_t now,
                std::size_t z, Hash* out) {
  WALD_CHECK(now >= 1 && now <= use.lanes && use.lanes <= kMaxLanes);
  if (now == use.lanes) return use.leaves(symbols, z, bytes_of(out));
  std::array<const std::uint8_t*, kMaxLanes> from;
  for (std::size_t i = 0; i < use.lanes; ++i) from[i] = symbols[std::min(i, now - 1)];
  Lanes hashes;
  use.leaves(from.data(), z, hashes.data());
  put(hashes, now, out);
}

// Leaves of all symbols of two bytes, by their value as a little-endian number.
std::vector<Hash> build_short_leaves() {
  std::vector<Hash> out(65'536);
  const HashKernels& use = hash_kernels();
  std::array<std::array<std::uint8_t, 2>, kMaxLanes> symbols{};
  std::array<const std::uint8_t*, kMaxLanes> from;
  for (std::size_t value = 0; value < out.size(); value += use.lanes) {
    for (std::size_t i = 0; i < use.lanes; ++i) {
      symbols[i] = {static_cast<std::uint8_t>(value + i),
                    static_cast<std::uint8_t>((value + i) >> 8)};
      from[i] = symbols[i].data();
    }
    leaf_group(use, from.data(), use.lanes, 2, out.data() + value);
  }
  return out;
}

// The table is worth its 2 MiB and its time from a few hundred shards on, where a sliver has many
// symbols and a blob has many slivers.
constexpr std::size_t kShortLeavesFrom = 256;

void short_leaves(const std::uint8_t* const* symbols, std::size_t count, Hash* out) {
  static const std::vector<Hash> table = build_short_leaves();
  WALD_CHECK(table.size() == 65'536);
  for (std::size_t i = 0; i < count; ++i) out[i] = table[symbols[i][0] + 256U * symbols[i][1]];
}

constexpr std::size_t kAskedFor = 2048;  // of a symbol

// What is hashed next comes closer meanwhile.
void ask_for(const std::uint8_t* const* symbols, std::size_t count, std::size_t z) {
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t at = 0; at < z; at += 64) __builtin_prefetch(symbols[i] + at);
}

bool all_equal(const std::uint8_t* const* symbols, std::size_t count, std::size_t z) {
  // Most differ at once.
  if (count > 1 && std::memcmp(symbols[0], symbols[1], 2) != 0) return false;
  for (std::size_t i = 1; i < count; ++i)
    if (std::memcmp(symbols[0], symbols[i], z) != 0) return false;
  return true;
}

bool all_equal(const Hash* first, std::size_t step, std::size_t count) {
  for (std::size_t i = 1; i < count; ++i)
    if (first[i * step] != first[0]) return false;
  return true;
}

}  // namespace

void leaf_hashes(const std::uint8_t* const* symbols, std::size_t count, std::size_t z, Hash* out) {
  WALD_CHECK(z != 0 && z % 2 == 0);
  if (z == 2 && count >= kShortLeavesFrom) return short_leaves(symbols, count, out);
  const HashKernels& use = hash_kernels();
  const std::uint8_t* known = nullptr;  // the last symbol that a whole group consisted of
  Hash known_hash;
  for (std::size_t i = 0; i < count; i += use.lanes) {
    const std::size_t now = std::min(use.lanes, count - i);
    ask_for(symbols + i + now, std::min(use.lanes, count - i - now), std::min(z, kAskedFor));
    if (!all_equal(symbols + i, now, z)) {
      leaf_group(use, symbols + i, now, z, out + i);
      continue;
    }
    if (known == nullptr || std::memcmp(known, symbols[i], z) != 0) {
      known = symbols[i];
      known_hash = base::merkle_leaf({known, z});
    }
    std::fill_n(out + i, now, known_hash);
  }
}

std::vector<Hash> leaf_hashes(const std::vector<const std::uint8_t*>& symbols, std::size_t z) {
  std::vector<Hash> out(symbols.size());
  leaf_hashes(symbols.data(), symbols.size(), z, out.data());
  return out;
}

void node_hashes(const Hash* left, const Hash* right, std::size_t step, Hash* out,
                 std::size_t count) {
  const HashKernels& use = hash_kernels();
  bool known = false;  // the last children that a whole group consisted of
  Hash known_left, known_right, known_hash;
  const auto alike = [&](std::size_t i) {
    const std::size_t now = std::min(use.lanes, count - i);
    return all_equal(left + i * step, step, now) && all_equal(right + i * step, step, now);
  };
  for (std::size_t i = 0; i < count;) {
    const std::size_t now = std::min(use.lanes, count - i);
    const Hash* a = left + i * step;
    const Hash* b = right + i * step;
    if (alike(i)) {
      if (!known || known_left != *a || known_right != *b) {
        known = true;
        known_left = *a;
        known_right = *b;
        known_hash = base::merkle_node(*a, *b);
      }
      std::fill_n(out + i, now, known_hash);
      i += now;
    } else if (now == use.lanes) {
      std::size_t groups = 1;
      while (i + (groups + 1) * now <= count && !alike(i + groups * now)) ++groups;
      use.nodes(bytes_of(a), bytes_of(b), 32 * step, groups, bytes_of(out + i));
      i += groups * now;
    } else {
      // Too few for the lanes: the last one fills them.
      Lanes hashes;
      std::array<Hash, 2 * kMaxLanes> full;
      for (std::size_t k = 0; k < use.lanes; ++k) {
        full[2 * k] = a[std::min(k, now - 1) * step];
        full[2 * k + 1] = b[std::min(k, now - 1) * step];
      }
      use.nodes(bytes_of(full.data()), bytes_of(full.data() + 1), 64, 1, hashes.data());
      put(hashes, now, out + i);
      i += now;
    }
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

base::MerkleTree whole_tree(std::vector<Hash> leaves) {
  return base::MerkleTree(std::move(leaves), [](const Hash* pairs, Hash* out, std::size_t count) {
    node_hashes(pairs, pairs + 1, 2, out, count);
  });
}

std::vector<Hash> path_roots(std::vector<Hash> leaves, std::span<const Way> ways) {
  WALD_CHECK(leaves.size() == ways.size());
  if (leaves.empty()) return leaves;
  const std::size_t height = ways[0].path->size();
  for (const Way& way : ways)
    WALD_CHECK(way.path->size() == height && std::uint64_t{way.index} >> height == 0);
  std::vector<Hash> pairs(2 * leaves.size());
  for (std::size_t level = 0; level < height; ++level) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const bool right = (ways[i].index >> level & 1) != 0;
      pairs[2 * i + (right ? 1 : 0)] = leaves[i];
      pairs[2 * i + (right ? 0 : 1)] = (*ways[i].path)[level].digest;
    }
    node_hashes(pairs.data(), pairs.data() + 1, 2, leaves.data(), leaves.size());
  }
  return leaves;
}

void Frontiers::push(std::span<const Hash> leaves) {
  WALD_CHECK(leaves.size() == trees_);
  std::size_t level = 0;
  for (; (count_ >> level & 1) != 0; ++level) {
    node_hashes(pending_[level].data(), leaves.data(), 1, carry_.data(), trees_);
    leaves = carry_;
  }
  if (level == pending_.size()) pending_.emplace_back(trees_);
  std::copy(leaves.begin(), leaves.end(), pending_[level].begin());
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

}  // namespace wald::codec
