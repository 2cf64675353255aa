// SPDX-License-Identifier: Apache-2.0
// Executes a block log again from genesis, in memory, and compares every header (EN-5): hashes,
// order, time and the sequencer's signature. What `wald replay` and the audit do. Nothing on disk
// is touched, so the node may be running. Errors are sentences that name the first height that
// differs. Thread rule: pure but for reading the log.
#pragma once

#include <functional>

#include "node/core/ledger_core.h"

namespace wald::core {

struct Replayed {
  base::Height height;
  base::Hash root;
  std::uint64_t transactions = 0;
  std::map<base::Bytes, base::Bytes> records;  // the whole state at the end
};

// to: the last height, 0 for all of them. A block of a protocol version that is not known (G-6) is
// an error like any other.
base::Result<Replayed, std::string> replay_log(
    const ledger::GenesisState& genesis, const std::string& log_dir, base::Height to,
    const std::function<void(base::Height, const ledger::BlockOutput&)>& each,
    std::uint32_t newest_version = ledger::kNewestVersion);

}  // namespace wald::core
