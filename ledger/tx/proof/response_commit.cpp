// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/response_commit.h"

#include <algorithm>

#include "ledger/rounds/score.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {
namespace {

// A leaf on a shard declared lost is LOST whatever the commit says of it (O-17), and due.
std::vector<std::uint16_t> denials(const InRound& in, const proofs::ResponseCommit& body) {
  std::vector<std::uint16_t> out = body.denied;
  if (out.empty()) return out;
  const auto lost = rounds::lost_points(in.view, in.place);
  std::erase_if(out,
                [&](std::uint16_t t) { return std::binary_search(lost.begin(), lost.end(), t); });
  return out;
}

}  // namespace

Parsed<ResponseCommit> ResponseCommit::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kResponseCommit));
  const auto whole = proofs::parse_statement(raw.bytes, 0);
  if (!whole.ok()) return malformed("statement");
  return ResponseCommit{std::move(raw), std::get<proofs::ResponseCommit>(whole->body)};
}

base::Result<void, Dropped> ResponseCommit::admit(const Context& view) const {
  TRY_ASSIGN(const InRound in,
             find_in_round(view, raw.header, {RoundPhase::kCommit, RoundPhase::kVerify}));
  if (body.points != in.view.record.points) return malformed("points");
  if (!body.denied.empty() && !rounds::deny_list_of(in.view, in.place)) return malformed("denied");
  if (in.tally.committed)
    return dropped(in.tally.commit_key == proofs::statement_key(raw.bytes) ? spec::REPEATED
                                                                           : spec::COMMITTED);
  if (!proofs::verify_statement(raw.bytes, in.author().protocol_key))
    return dropped(spec::BAD_SIGNATURE);
  return {};
}

void ResponseCommit::apply(Context& ctx) const {
  InRound in = must_find(ctx, raw.header);
  RoundRecord& record = in.view.record;
  TallyRecord& tally = in.tally;
  tally.committed = true;
  tally.late = record.phase != RoundPhase::kCommit;
  tally.commit_key = proofs::statement_key(raw.bytes);
  tally.root = body.root;
  tally.unavailable = body.unavailable;
  tally.denied = denials(in, body);
  tally.commit_tx = ctx.tx();
  save_tally(ctx, in);
  if (!tally.late) {
    record.committed += rounds::weight_of(in.author());
    WALD_CHECK(record.committed <= in.view.shards);  // each member counts once
    if (!record.commits_met &&
        proofs::reaches(proofs::Threshold::kQuorum, record.committed, in.view.shards))
      record.commits_met = PhaseMark{ctx.block().height, ctx.block().time};
    save(ctx.state(), kRounds, record, in.view.id.epoch, in.view.id.round);
  }
  spec::ProofCommitted event;
  event.set_epoch(in.view.id.epoch.value());
  event.set_round(in.view.id.round.value());
  event.set_node(text_of(raw.header.author));
  event.set_root(text_of(body.root));
  event.set_late(tally.late);
  event.set_unavailable(base::narrow<std::uint32_t>(body.unavailable.size()));
  event.set_denied(base::narrow<std::uint32_t>(tally.denied.size()));
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
