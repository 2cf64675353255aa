// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/self_proof.h"

#include <algorithm>

namespace wald::ledger::tx {
namespace {

constexpr std::uint64_t kQuota = 8 * 1024 * 1024;  // bytes per member and round (O-28)

// In VERIFY only its last third: before, the rows are still on their way.
bool may_now(const Context& ctx, const rounds::RoundView& view) {
  if (view.record.phase == RoundPhase::kInspect) return true;
  WALD_CHECK(view.record.verify.has_value());
  const Params& params = ctx.params();
  return proofs::due({view.record.verify->height, view.record.verify->time}, 2 * params.verify / 3,
                     2 * params.verify_blocks / 3, {ctx.block().height, ctx.block().time});
}

// Places of the openings in the committed tree, ascending; nothing if one does not lie there.
std::optional<std::vector<std::uint16_t>> places_of(const InRound& in,
                                                    const proofs::OpeningList& body) {
  std::vector<std::uint16_t> out;
  if (!in.tally.committed) return std::nullopt;
  for (const proofs::LedgerOpening& one : body.openings) {
    const auto t = proofs::opened_place(in.tally.root, in.view.record.points, one.opening);
    if (!t) return std::nullopt;
    out.push_back(*t);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool all_good(const Reader& state, const InRound& in, const proofs::OpeningList& body) {
  const DrawRecord draw = rounds::draw_of(state, in.view);
  const proofs::Exam exam = rounds::exam_of(in.view, in.place);
  return std::all_of(body.openings.begin(), body.openings.end(),
                     [&](const proofs::LedgerOpening& one) {
                       const auto t = proofs::leaf_place(one.opening.leaf);
                       WALD_CHECK(t.has_value());  // it has a place in the tree
                       const proofs::PointFacts facts =
                           rounds::facts_of(in.view, draw, in.place, exam.point(*t), in.tally);
                       return proofs::judge_ledger_opening(facts, one) == proofs::Verdict::kGood;
                     });
}

bool is_confirmed(const Reader& state, const InRound& in) {
  return rounds::confirmation_of(in.view, rounds::all_tallies(state, in.view), in.place).confirmed;
}

}  // namespace

Parsed<SelfProof> SelfProof::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kSelfProof));
  auto whole = proofs::parse_statement(raw.bytes, 0);
  if (!whole.ok()) return malformed("statement");
  return SelfProof{std::move(raw), std::get<proofs::OpeningList>(std::move(whole->body))};
}

base::Result<void, Dropped> SelfProof::admit(const Context& view) const {
  TRY_ASSIGN(const InRound in,
             find_in_round(view, raw.header, {RoundPhase::kVerify, RoundPhase::kInspect}));
  if (!may_now(view, in.view)) return dropped(spec::WRONG_PHASE);
  if (body.prover != in.place) return malformed("prover");
  const auto places = places_of(in, body);
  const auto& proven = in.tally.proven;
  if (places && std::includes(proven.begin(), proven.end(), places->begin(), places->end()))
    return dropped(spec::REPEATED);
  if (in.tally.self_bytes + raw.bytes.size() > kQuota || is_confirmed(view.state(), in))
    return dropped(spec::QUOTA);
  if (!proofs::verify_statement(raw.bytes, in.author().protocol_key))
    return dropped(spec::BAD_SIGNATURE);
  if (!places || !all_good(view.state(), in, body)) return dropped(spec::BAD_OPENING);
  return {};
}

void SelfProof::apply(Context& ctx) const {
  InRound in = must_find(ctx, raw.header);
  const auto places = places_of(in, body);
  WALD_CHECK(places.has_value());
  std::vector<std::uint16_t> proven;
  std::set_union(in.tally.proven.begin(), in.tally.proven.end(), places->begin(), places->end(),
                 std::back_inserter(proven));
  in.tally.proven = std::move(proven);
  WALD_CHECK(in.tally.proven.size() <= in.view.record.points);
  in.tally.self_bytes += raw.bytes.size();
  save_tally(ctx, in);
  spec::ProofSelfProven event;
  event.set_epoch(in.view.id.epoch.value());
  event.set_round(in.view.id.round.value());
  event.set_node(text_of(raw.header.author));
  event.set_leaves(base::narrow<std::uint32_t>(in.tally.proven.size()));
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
