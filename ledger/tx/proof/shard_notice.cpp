// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/shard_notice.h"

#include <algorithm>

namespace wald::ledger::tx {
namespace {

bool holds(const Reader& state, const proofs::Header& header, base::ShardIndex shard) {
  const auto committee = load(state, kCommittees, header.epoch);
  const auto place = committee ? rounds::place_of(*committee, header.author) : std::nullopt;
  if (!place) return false;
  const auto& shards = committee->members[*place].shards;
  return std::find(shards.begin(), shards.end(), shard) != shards.end();
}

bool is_declared(const Reader& state, const base::NodeId& node, base::ShardIndex shard) {
  const NodeRecord record = must_load(state, kNodes, node);
  return std::any_of(record.losses.begin(), record.losses.end(),
                     [&](const Loss& loss) { return loss.shard == shard && loss.declared; });
}

}  // namespace

Parsed<NoticeStatement> parse_notice(const std::string& field, proofs::Kind kind) {
  TRY_ASSIGN(RawStatement raw, parse_raw(field, kind));
  const auto whole = proofs::parse_statement(raw.bytes, 0);
  if (!whole.ok()) return malformed("statement");
  return NoticeStatement{std::move(raw), std::get<proofs::ShardNotice>(whole->body)};
}

base::Result<void, Dropped> judge_notice(const Context& ctx, const RawStatement& raw,
                                         const proofs::ShardNotice& body,
                                         std::map<base::ShardIndex, base::Hash> NoticeRecord::*used,
                                         bool declared) {
  TRY(judge_epoch(ctx, raw.header));
  if (!holds(ctx.state(), raw.header, body.shard)) return dropped(spec::NOT_YOUR_SHARD);
  const NoticeRecord notices = notices_of(ctx.state(), raw.header);
  const auto before = (notices.*used).find(body.shard);
  if (before != (notices.*used).end())
    return dropped(before->second == proofs::statement_key(raw.bytes) ? spec::REPEATED
                                                                      : spec::QUOTA);
  if (is_declared(ctx.state(), raw.header.author, body.shard) != declared)
    return dropped(spec::LOSS_STATE);
  const auto key = author_key(ctx.state(), raw.header);
  WALD_CHECK(key.has_value());  // it holds a shard
  if (!proofs::verify_statement(raw.bytes, *key)) return dropped(spec::BAD_SIGNATURE);
  return {};
}

void note_used(Context& ctx, const RawStatement& raw, base::ShardIndex shard,
               std::map<base::ShardIndex, base::Hash> NoticeRecord::*used) {
  NoticeRecord notices = notices_of(ctx.state(), raw.header);
  const bool fresh = (notices.*used).emplace(shard, proofs::statement_key(raw.bytes)).second;
  WALD_CHECK(fresh);
  save(ctx.state(), kNotices, notices, raw.header.epoch, raw.header.author);
}

}  // namespace wald::ledger::tx
