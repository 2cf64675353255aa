// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/index.h"

#include "ledger/state/keys.h"

namespace wald::ledger::rounds {
namespace {

std::uint8_t at_level(unsigned level) { return base::narrow<std::uint8_t>(level); }

bool frozen(const Reader& state) { return must_load(state, kChain).rounds.frozen; }

proofs::IndexNode stored_node(const Reader& state, unsigned level, std::uint64_t position) {
  const auto found = load(state, kIndex, at_level(level), position);
  if (!found) return proofs::index_padding(level);
  return {found->hash, found->units, found->count};
}

// A node that padding would give anyway is not kept: equal trees, equal records.
void store_inner(Overlay& state, unsigned level, std::uint64_t position,
                 const proofs::IndexNode& node) {
  WALD_CHECK(level > 0);
  if (node.count == 0) return remove(state, kIndex, at_level(level), position);
  IndexNode record;
  record.hash = node.hash;
  record.units = node.units;
  record.count = node.count;
  save(state, kIndex, record, at_level(level), position);
}

void read_sums(const Overlay& state, IndexTop& top) {
  const proofs::IndexNode node = stored_node(state, top.depth, 0);
  top.units = node.units;
  top.count = node.count;
  top.root = proofs::index_root(top.depth, node);
}

// Takes all numbered leaves into the tree; the new ones are not eligible yet.
void grow(Overlay& state, IndexTop& top) {
  WALD_CHECK(top.leaves <= top.numbered);
  top.leaves = top.numbered;
  const unsigned depth = proofs::index_depth(top.leaves);
  WALD_CHECK(depth >= top.depth);
  for (unsigned level = top.depth; level < depth; ++level)
    store_inner(state, level + 1, 0,
                proofs::index_parent(stored_node(state, level, 0), proofs::index_padding(level)));
  top.depth = at_level(depth);
  read_sums(state, top);
}

// The path from a leaf that changed up to the top.
void climb(Overlay& state, IndexTop& top, std::uint64_t leaf) {
  WALD_CHECK(leaf < top.leaves);
  std::uint64_t position = leaf;
  for (unsigned level = 0; level < top.depth; ++level) {
    const proofs::IndexNode left = stored_node(state, level, position & ~std::uint64_t{1});
    const proofs::IndexNode right = stored_node(state, level, position | 1);
    position /= 2;
    store_inner(state, level + 1, position, proofs::index_parent(left, right));
  }
  WALD_CHECK(position == 0);
  read_sums(state, top);
}

void clear_leaf(Overlay& state, IndexTop& top, std::uint64_t leaf) {
  const auto before = load(state, kIndex, at_level(0), leaf);
  if (!before) return;  // its grace time was not over
  WALD_CHECK(top.stored >= before->encoded);
  top.stored -= before->encoded;
  remove(state, kIndex, at_level(0), leaf);
  climb(state, top, leaf);
}

void fill_leaf(Overlay& state, IndexTop& top, const IndexChange& change) {
  const auto leaf = proofs::index_leaf(change.blob_id, proofs::index_units(change.encoded));
  IndexNode record;
  record.hash = leaf.hash;
  record.units = leaf.units;
  record.count = leaf.count;
  record.blob_id = change.blob_id;
  record.length = change.length;
  record.encoded = change.encoded;
  save(state, kIndex, record, at_level(0), change.leaf);
  top.stored += change.encoded;
  climb(state, top, change.leaf);
}

void apply_change(Overlay& state, IndexTop& top, const IndexChange& change) {
  if (!change.eligible) return clear_leaf(state, top, change.leaf);
  // It may have ended while it waited, and even have been certified anew under another leaf.
  const auto record = load(state, kBlobIds, change.blob_id);
  if (!record || record->leaf != change.leaf || record->invalid) return;
  fill_leaf(state, top, change);
}

void change_leaf(Context& ctx, IndexTop& top, const IndexChange& change, base::TimeMs due) {
  if (frozen(ctx.state()) || due > ctx.block().time) {
    save(ctx.state(), kIndexChanges, change, due, top.next_change++);
  } else {
    apply_change(ctx.state(), top, change);
  }
}

base::TimeMs later(base::TimeMs time, std::uint64_t delay) {
  constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  return base::TimeMs(time.value() > kEnd - delay ? kEnd : time.value() + delay);
}

}  // namespace

void index_certified(Context& ctx, const base::BlobId& id, std::uint64_t encoded) {
  WALD_CHECK(encoded > 0);
  BlobIdRecord record = must_load(ctx.state(), kBlobIds, id);
  WALD_CHECK(!record.leaf && !record.invalid);
  IndexTop top = must_load(ctx.state(), kIndexTop);
  record.leaf = top.numbered++;
  save(ctx.state(), kBlobIds, record, id);
  if (!frozen(ctx.state())) grow(ctx.state(), top);
  change_leaf(ctx, top, {*record.leaf, true, id, record.length, encoded},
              later(ctx.block().time, ctx.params().new_blob_grace));
  save(ctx.state(), kIndexTop, top);
}

void index_ended(Context& ctx, const base::BlobId& id) {
  BlobIdRecord record = must_load(ctx.state(), kBlobIds, id);
  if (!record.leaf) return;
  IndexTop top = must_load(ctx.state(), kIndexTop);
  change_leaf(ctx, top, {*record.leaf, false, id, 0, 0}, ctx.block().time);
  save(ctx.state(), kIndexTop, top);
  record.leaf.reset();
  save(ctx.state(), kBlobIds, record, id);
}

void sweep_index(Context& ctx) {
  if (frozen(ctx.state())) return;
  IndexTop top = must_load(ctx.state(), kIndexTop);
  const bool grows = top.leaves < top.numbered;
  struct Due {
    base::TimeMs time;
    std::uint64_t number;
    IndexChange change;
  };
  std::vector<Due> due;
  for_each<IndexChange>(ctx.state(), kIndexChanges,
                        [&](base::ByteView key, const IndexChange& change) {
                          base::Reader in(key);
                          const base::TimeMs time(in.be<std::uint64_t>().value());
                          if (time > ctx.block().time || due.size() == kIndexSweep) return false;
                          due.push_back({time, in.be<std::uint64_t>().value(), change});
                          return true;
                        });
  if (!grows && due.empty()) return;
  if (grows) grow(ctx.state(), top);
  for (const Due& one : due) {
    remove(ctx.state(), kIndexChanges, one.time, one.number);
    apply_change(ctx.state(), top, one.change);
  }
  save(ctx.state(), kIndexTop, top);
}

std::optional<base::TimeMs> next_index_change(const Reader& state) {
  std::optional<base::TimeMs> first;
  for_each<IndexChange>(state, kIndexChanges, [&](base::ByteView key, const IndexChange&) {
    base::Reader in(key);
    first = base::TimeMs(in.be<std::uint64_t>().value());
    return false;
  });
  return first;
}

StoredIndex::StoredIndex(const Reader& state)
    : state_(state), leaves_(must_load(state, kIndexTop).leaves) {}

proofs::IndexNode StoredIndex::node(unsigned level, std::uint64_t position) const {
  return stored_node(state_, level, position);
}

}  // namespace wald::ledger::rounds
