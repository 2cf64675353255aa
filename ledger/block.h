// SPDX-License-Identifier: Apache-2.0
// What goes into a block and what comes out. The input is all a block may depend on
// besides the state before it; its canonical bytes are what the block record stores and what
// the input hash covers. Throwing an output away undoes the block.
#pragma once

#include <optional>
#include <vector>

#include "ledger/laws/law.h"
#include "ledger/receipts.h"
#include "ledger/store.h"
#include "ledger/tree/state_tree.h"

namespace wald::ledger {

// A double signing seen by a consensus engine (EN-21); the stand-alone sequencer has none.
struct Evidence {
  base::NodeId node;
  base::Height height;
  base::TimeMs time;
  std::uint32_t kind = 0;
};

struct BlockInput {
  base::Height height;
  base::TimeMs time;
  base::NodeId proposer;             // zeros: a proposer without a node
  std::vector<base::NodeId> absent;  // ascending
  std::vector<Evidence> evidence;
  std::vector<base::Bytes> transactions;  // envelopes as received, any bytes
};
base::Bytes encode(const BlockInput& input);
// Nothing unless the bytes are the canonical form of a block input.
std::optional<BlockInput> parse_block_input(base::ByteView bytes);

struct BlockOutput {
  // One of each transaction, in order; those of the envelopes inside a Bundle after its own.
  std::vector<Receipt> receipts;
  std::vector<std::uint32_t> places;  // of each receipt: the transaction it came with
  Events events;                      // numbered, chained
  EventBytes event_bytes;
  base::Hash receipts_hash;
  base::Hash event_head;
  base::Hash state_root;
  StateTree tree;
  Overlay::Changes changes;
  std::vector<std::string> law_failures;  // of transactions dropped as LAW_BROKEN
  LawReports laws;                        // what every law looked at, one entry of each
};

}  // namespace wald::ledger
