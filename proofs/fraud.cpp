// SPDX-License-Identifier: Apache-2.0
#include "proofs/fraud.h"

namespace wald::proofs {
namespace {

using Refusal = EquivocationRefusal;

bool same_round(const Header& outer, const Header& part) {
  return part.chain == outer.chain && part.epoch == outer.epoch && part.round == outer.round &&
         part.seed == outer.seed;
}

bool contradict(const Body& a, const Body& b) {
  if (const auto* commit = std::get_if<ResponseCommit>(&a))
    return commit->root != std::get<ResponseCommit>(b).root;
  const auto& first = std::get<Receipt>(a);
  const auto& second = std::get<Receipt>(b);
  return first.prover == second.prover && first.root != second.root;
}

}  // namespace

std::optional<std::uint16_t> fraud_place(const FraudProof& proof, std::uint32_t points) {
  return opened_place(proof.root, points, proof.opening.opening);
}

base::Result<void, FraudRefusal> judge_fraud(const FraudProof& proof, const base::Hash& committed,
                                             const PointFacts& facts, bool excused) {
  if (proof.root != committed) return base::Err{FraudRefusal::kOtherRoot};
  if (excused) return base::Err{FraudRefusal::kExcused};
  if (judge_ledger_opening(facts, proof.opening) != Verdict::kFalse)
    return base::Err{FraudRefusal::kNotFalse};
  return {};
}

base::Result<Contradiction, EquivocationRefusal> contradiction(const Header& outer,
                                                               const Equivocation& evidence) {
  // Kinds 2 and 3 do not depend on the number of members.
  const auto first = parse_statement(evidence.first, 0);
  const auto second = parse_statement(evidence.second, 0);
  if (!first || !second) return base::Err{Refusal::kMalformed};
  const Kind kind = first->header.kind;
  if (kind != Kind::kResponseCommit && kind != Kind::kReceipt)
    return base::Err{Refusal::kMalformed};
  if (second->header.kind != kind) return base::Err{Refusal::kMalformed};
  if (!same_round(outer, first->header) || !same_round(outer, second->header))
    return base::Err{Refusal::kOtherRound};
  if (first->header.author != second->header.author) return base::Err{Refusal::kOtherAuthor};
  if (!contradict(first->body, second->body)) return base::Err{Refusal::kNoContradiction};
  return Contradiction{first->header.author, kind};
}

bool verify_contradiction(const Equivocation& evidence, const base::PublicKey& author_key) {
  return verify_statement(evidence.first, author_key) &&
         verify_statement(evidence.second, author_key);
}

}  // namespace wald::proofs
