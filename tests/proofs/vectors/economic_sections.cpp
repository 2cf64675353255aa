// SPDX-License-Identifier: Apache-2.0
// Credits, scores, rewards, shares of denied bytes and the order of election: answered by the cases
// of the economics, which replay them alone as well.
#include "tests/economics/protocol_cases.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

template <const char* kName>
json::object answer(const Input& in) {
  return economics::cases::protocol_answer(kName, in.object());
}

constexpr char kCredits[] = "credits", kScore[] = "score", kRewards[] = "rewards",
               kDenied[] = "denied", kElection[] = "election";

}  // namespace

const Sections& economic_sections() {
  static const Sections table = {{kCredits, answer<kCredits>},
                                 {kScore, answer<kScore>},
                                 {kRewards, answer<kRewards>},
                                 {kDenied, answer<kDenied>},
                                 {kElection, answer<kElection>}};
  return table;
}

}  // namespace wald::vectors
