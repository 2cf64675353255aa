// SPDX-License-Identifier: Apache-2.0
#include "ledger/challenges.h"

#include <algorithm>

namespace wald::ledger::rounds {

std::vector<std::uint16_t> assigned_points(const RoundView& view,
                                           const proofs::Assignment& assignment,
                                           std::uint16_t verifier, std::uint16_t prover) {
  WALD_CHECK(view.record.verify.has_value());
  std::vector<std::uint16_t> out;
  if (verifier == prover) return out;
  const base::NodeId& node = view.committee.members.at(prover).node;
  for (std::uint16_t t = 0; t < view.record.points; ++t) {
    const auto chosen = assignment.verifiers(node, prover, t);
    if (std::find(chosen.begin(), chosen.end(), verifier) != chosen.end()) out.push_back(t);
  }
  return out;
}

}  // namespace wald::ledger::rounds
