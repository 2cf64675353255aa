// SPDX-License-Identifier: Apache-2.0
// Evidence that speaks for itself: a false leaf under a committed root, and one author who signed
// two different things in one round. What it costs is economics/; whether it comes in time, and for
// whom it was already proven, is the ledger's matter. Pure. Rules O-24, O-26.
#pragma once

#include "codec/base/result.h"
#include "proofs/opening.h"
#include "proofs/statements.h"

namespace wald::proofs {

enum class FraudRefusal {
  kOtherRoot,  // the prover did not commit this root
  kExcused,    // the blob went away during the round
  kNotFalse,   // good, or nothing shown
};
// The leaf's place t under the root the proof names; nothing if it does not lie there.
std::optional<std::uint16_t> fraud_place(const FraudProof& proof, std::uint32_t points);
// For a proof that fraud_place found; committed: the root of the prover's commit; facts and excused
// are those of its t.
base::Result<void, FraudRefusal> judge_fraud(const FraudProof& proof, const base::Hash& committed,
                                             const PointFacts& facts, bool excused);

// Two statements of one author and round that contradict each other: two commits with different
// roots, or two receipts for one prover with different roots.
struct Contradiction {
  base::NodeId author;
  Kind kind = Kind::kResponseCommit;  // or kReceipt
};
enum class EquivocationRefusal {
  kMalformed,       // a part does not parse
  kOtherRound,      // a part is not of the chain, epoch, round and seed of the outer header
  kOtherAuthor,     // two authors
  kNoContradiction  // equal roots, or receipts for different provers
};
base::Result<Contradiction, EquivocationRefusal> contradiction(const Header& outer,
                                                               const Equivocation& evidence);
// Both parts signed by the author's protocol key.
bool verify_contradiction(const Equivocation& evidence, const base::PublicKey& author_key);

}  // namespace wald::proofs
