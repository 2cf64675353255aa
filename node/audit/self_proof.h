// SPDX-License-Identifier: Apache-2.0
// What an unconfirmed prover lays open on the ledger (O-22): its OK leaves, ascending, cut into
// statements of at most 72 KiB and 255 openings. The cut follows from the answers alone, so that a
// restart makes the same statements again. Thread rule: free functions.
#pragma once

#include "ledger/challenges.h"
#include "node/storage/sliver_store.h"
#include "proofs/prove/answer.h"

namespace wald::audit {

// Leaf numbers of each statement.
std::vector<std::vector<std::uint16_t>> self_proof_cut(const prove::Answers& answers,
                                                       std::uint32_t shards);
// The openings of these leaves with pair entry and path from the store's metadata; leaves whose
// metadata are not there are left out.
proofs::OpeningList self_proof_body(const ledger::rounds::RoundView& view,
                                    const ledger::DrawRecord& draw, std::uint16_t place,
                                    const prove::Answers& answers,
                                    const std::vector<std::uint16_t>& leaves,
                                    storage::SliverStore& store);
// The leaves that a SelfProof opens, ascending.
std::vector<std::uint16_t> self_proof_leaves(base::ByteView statement);

}  // namespace wald::audit
