// SPDX-License-Identifier: Apache-2.0
// Built only where the bugs are planted (WALD_CANARY, preset dev): each law must see its own bug
// within 1,000 operations.
#include <catch2/catch.hpp>

#include "tests/support/workload.h"

using namespace wald;

namespace {

// Whether the law with this id told of its planted bug; what others said stands beside it.
struct Fired {
  bool itself = false;
  std::uint64_t operations = 0;
  std::string said;
};

Fired run(const std::string& law) {
  ledger::let_blocks_break(true);
  // Ballots are held in a mix of their own.
  const bool ballots = law == "I28" || law == "I29";
  tests::Workload workload(30,
                           ballots ? tests::Workload::Mix::kBallots : tests::Workload::Mix::kFlow);
  base::choose_mutant(law);
  workload.run(1000);
  base::choose_mutant("");
  ledger::let_blocks_break(false);
  Fired fired{false, workload.sent(), {}};
  for (const auto& sentence : workload.broken()) {
    fired.said += sentence + "\n";
    if (sentence.rfind(law + ": ", 0) == 0) fired.itself = true;
  }
  return fired;
}

}  // namespace

TEST_CASE(
    "canaries: each law sees the bug planted for it within a thousand operations",
    "[ledger][laws][canary][rule:A-32][rule:I1][rule:I2][rule:I3][rule:I4][rule:I5]"
    "[rule:I6][rule:I8][rule:I11][rule:I12][rule:I13][rule:I14][rule:I15][rule:I16]"
    "[rule:I17][rule:I19][rule:I21][rule:I22][rule:I26][rule:I27][rule:I28][rule:I29][rule:I30]"
    "[rule:I32][rule:I34]") {
  for (const auto& law : ledger::all_laws()) {
    const std::string id(law->id());
    const Fired fired = run(id);
    INFO(id << " after " << fired.operations << " operations:\n" << fired.said);
    CHECK(fired.itself);
  }
}
