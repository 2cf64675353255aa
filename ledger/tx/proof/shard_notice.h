// SPDX-License-Identifier: Apache-2.0
// What DeclareLost and DeclareRestored share: who may speak of a shard, how often, and where the
// loss stands (O-27, O-28). Thread rule: pure functions.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct NoticeStatement {
  RawStatement raw;
  proofs::ShardNotice body;
};
Parsed<NoticeStatement> parse_notice(const std::string& field, proofs::Kind kind);

// used: the field of the notice record for this kind; declared: must the shard be declared lost?
base::Result<void, Dropped> judge_notice(const Context& ctx, const RawStatement& raw,
                                         const proofs::ShardNotice& body,
                                         std::map<base::ShardIndex, base::Hash> NoticeRecord::*used,
                                         bool declared);
void note_used(Context& ctx, const RawStatement& raw, base::ShardIndex shard,
               std::map<base::ShardIndex, base::Hash> NoticeRecord::*used);

}  // namespace wald::ledger::tx
