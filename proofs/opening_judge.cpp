// SPDX-License-Identifier: Apache-2.0
// Good, false, or nothing shown. The bytes are in opening.cpp.
#include <algorithm>

#include "codec/shape/accounting.h"
#include "codec/shape/commitment.h"
#include "proofs/deny.h"
#include "proofs/opening.h"

namespace wald::proofs {
namespace {

shape::PairEntry pair_entry(const std::array<std::uint8_t, 64>& bytes) {
  const base::ByteView view(bytes);
  return {base::Hash::from(view.first(32)), base::Hash::from(view.last(32))};
}

bool symbol_fits(const PointFacts& facts, const Leaf& leaf, const base::Hash& sliver_hash) {
  const auto z = facts.params.symbol_size(facts.blob_length);
  WALD_CHECK(z.ok());
  return shape::verify_symbol(facts.params, *z, sliver_hash, facts.symbol.value(), leaf.symbol,
                              leaf.path)
      .ok();
}

bool denial_holds(const PointFacts& facts, const Opening& opening) {
  const auto length = shape::encoded_length(facts.params, facts.blob_length);
  WALD_CHECK(length.ok());
  return verify_denied(facts.deny_root, facts.blob, *length, opening.membership);
}

void check_facts(const PointFacts& facts) {
  WALD_CHECK(facts.pair.value() < facts.params.n());
  WALD_CHECK(facts.symbol.value() < facts.params.n());
}

// The verdict where it does not depend on a symbol; else nothing, and the leaf is an OK one.
std::optional<Verdict> judge_status(const PointFacts& facts, const Opening& opening,
                                    const std::optional<Leaf>& leaf) {
  if (!leaf || leaf->status != facts.status) return Verdict::kFalse;
  switch (leaf->status) {
    case LeafStatus::kOk:
      return std::nullopt;
    case LeafStatus::kUnavailable:
    case LeafStatus::kLost:
      return Verdict::kGood;
    case LeafStatus::kDenied:
      return denial_holds(facts, opening) ? Verdict::kGood : Verdict::kUnproven;
  }
  return Verdict::kFalse;
}

}  // namespace

LeafStatus due_status(std::uint16_t t, bool on_lost_shard,
                      const std::vector<std::uint16_t>& unavailable,
                      const std::vector<std::uint16_t>& denied) {
  if (on_lost_shard) return LeafStatus::kLost;
  if (std::binary_search(unavailable.begin(), unavailable.end(), t))
    return LeafStatus::kUnavailable;
  if (std::binary_search(denied.begin(), denied.end(), t)) return LeafStatus::kDenied;
  return LeafStatus::kOk;
}

std::optional<std::uint16_t> opened_place(const base::Hash& root, std::uint32_t points,
                                          const Opening& opening) {
  const auto t = leaf_place(opening.leaf);
  if (!t || *t >= points) return std::nullopt;
  if (!base::merkle_verify(root, points, base::merkle_leaf(opening.leaf), *t, opening.path))
    return std::nullopt;
  return t;
}

Verdict judge_opening(const PointFacts& facts, const Opening& opening,
                      const base::Hash& sliver_hash) {
  check_facts(facts);
  const auto leaf = parse_leaf(opening.leaf);
  if (const auto verdict = judge_status(facts, opening, leaf)) return *verdict;
  WALD_CHECK(leaf.has_value());
  return symbol_fits(facts, *leaf, sliver_hash) ? Verdict::kGood : Verdict::kFalse;
}

Verdict judge_ledger_opening(const PointFacts& facts, const LedgerOpening& opening) {
  check_facts(facts);
  const auto leaf = parse_leaf(opening.opening.leaf);
  if (const auto verdict = judge_status(facts, opening.opening, leaf)) return *verdict;
  WALD_CHECK(leaf.has_value());
  const shape::PairEntry entry = pair_entry(opening.pair_entry);
  if (!shape::verify_pair(facts.params, facts.blob, facts.blob_length, facts.pair.value(), entry,
                          opening.pair_path))
    return Verdict::kUnproven;
  return symbol_fits(facts, *leaf, entry.hash(facts.axis)) ? Verdict::kGood : Verdict::kFalse;
}

}  // namespace wald::proofs
