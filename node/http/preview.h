// SPDX-License-Identifier: Apache-2.0
// What a transaction would do, in words: the operation as its bytes say it, the node it names, and
// each event of its simulation with what it costs, brings and from when it counts.
// Thread rule: pure but for the clock of distances, which is handed in.
#pragma once

#include <string>
#include <vector>

#include "ledger/state_machine.h"

namespace wald::http {

std::vector<std::string> preview_of(const ledger::Reader& state, const spec::Operation& operation,
                                    const ledger::Events& events, std::uint64_t now_ms);

}  // namespace wald::http
