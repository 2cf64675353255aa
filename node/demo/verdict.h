// SPDX-License-Identifier: Apache-2.0
// What the demo finds out at its end: the supply while the network lives; when all nodes have
// stopped, their block logs executed again, and every law judged over them. Errors are sentences.
// Thread rule: main.
#pragma once

#include "node/demo/desk.h"

namespace wald::demo {

// The places where money is sum to the supply, and with what was burned to what genesis made.
Step<void> check_supply(Desk& desk);

// Every replica that lives has the sequencer's state root at one height.
Step<void> compare_roots(const Network& network, Desk& desk);

// From genesis, each log by itself: every root as its headers say, and equal between the members at
// every height both have.
Step<void> replay_logs(const Network& network, const std::vector<std::size_t>& members);

// Every law over every block and over the final state; the events folded into its money.
Step<void> audit_log_of(const Network& network, std::size_t member);

}  // namespace wald::demo
