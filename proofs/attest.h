// SPDX-License-Identifier: Apache-2.0
// What rows and receipts say about a prover: when its commit is confirmed, which single leaves are
// demanded on the ledger, and how several rows of one author become one. Weights are shards. Pure.
// Rules O-19 (merged rows), O-20, O-21 (the threshold).
#pragma once

#include <span>
#include <vector>

#include "proofs/statements.h"

namespace wald::proofs {

// weights: shards by member; vouching[v]: member v has a verified bit or a receipt for the prover's
// root. The prover's own weight counts whether or not its bit is set: else silent members, of whom
// there may be as many as may fail, could block everybody. Same length, prover among them (CHECK).
bool confirmed(std::span<const std::uint16_t> weights, std::size_t prover,
               const std::vector<bool>& vouching, std::uint32_t shards);

// A leaf listed by this many of its verifiers has to be opened on the ledger: 3 listed > verifiers.
bool demanded(std::uint32_t listed, std::uint32_t verifiers);

// Later rows of one author add to the earlier: bits are OR-ed, lists joined, and a verified bit
// takes away the author's missing bit and leaves for that prover, never the other way round. A
// joined list keeps the limits of one row: per prover 8 leaves, 256 in all, those of the earlier
// row first. pi2, seq and digest are those of the later row. Bitmaps of equal length (CHECK).
RowReport merge_rows(const RowReport& earlier, const RowReport& later);

// The digest a row must carry: over its verified members with the roots they committed. Nothing if
// a verified member has no root.
std::optional<base::Hash> expected_rows_digest(const std::vector<bool>& verified,
                                               const std::vector<std::optional<base::Hash>>& roots);

}  // namespace wald::proofs
