// SPDX-License-Identifier: Apache-2.0
// What is filed beside the state for every block: events by number, under each account that sent
// what caused them, that they name or whose balance they moved, and under each node they name
// (EN-27), by type; transactions by id. Rows of the store's other tables, written with the same
// block (I36). An event's value is epoch u32 | time ms u64 | its canonical bytes; a transaction's
// is height u64 | index u32 | epoch u32 | time u64 | receipt; all big-endian. The index counts the
// block's own transactions: what came inside a Bundle has the Bundle's. Events of a type have one
// row for all of a block, so that this costs next to nothing: under the number of the last one, for
// each, ascending, how far it lies before that one, u32.
#pragma once

#include <span>
#include <vector>

#include "ledger/block.h"
#include "node/store/layer.h"

namespace wald::core {

struct BlockMoment {
  base::Height height;
  base::TimeMs time;
  base::Epoch epoch;
};

// senders: of each receipt.
std::vector<store::Row> index_rows(const BlockMoment& at, const ledger::BlockOutput& output,
                                   std::span<const base::AccountId> senders);

}  // namespace wald::core
