// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/round_statement.h"

#include <algorithm>

namespace wald::ledger::tx {

Parsed<RawStatement> parse_raw(const std::string& field, proofs::Kind kind) {
  const auto bytes = base::as_bytes(field);
  const auto header = proofs::parse_header(bytes);
  if (!header.ok() || header->kind != kind) return malformed("statement");
  return RawStatement{base::Bytes(bytes.begin(), bytes.end()), *header};
}

base::Result<InRound, Dropped> find_in_round(const Context& ctx, const proofs::Header& header,
                                             std::initializer_list<RoundPhase> phases) {
  if (header.chain != ctx.block().chain) return malformed("chain");
  // All that is said about an epoch after its close is evidence, which these are not.
  if (header.epoch != ctx.epoch()) return dropped(spec::NO_ROUND);
  auto view = rounds::find_round(ctx.state(), ctx.block().chain, header.epoch, header.round);
  if (!view) return dropped(spec::NO_ROUND);
  if (std::find(phases.begin(), phases.end(), view->record.phase) == phases.end())
    return dropped(spec::WRONG_PHASE);
  const bool reveals = header.kind == proofs::Kind::kBeaconReveal;
  if (header.seed != (reveals ? view->record.prev : view->record.seed))
    return dropped(spec::WRONG_SEED);
  const auto place = rounds::place_of(view->committee, header.author);
  if (!place) return dropped(spec::NOT_IN_SNAPSHOT);
  TallyRecord tally = rounds::tally_of(ctx.state(), *view, header.author);
  return InRound{*std::move(view), *place, std::move(tally)};
}

InRound must_find(const Context& ctx, const proofs::Header& header) {
  auto found = find_in_round(
      ctx, header,
      {RoundPhase::kFreeze, RoundPhase::kCommit, RoundPhase::kVerify, RoundPhase::kInspect});
  WALD_CHECK(found.ok());
  return std::move(found).value();
}

proofs::VrfOutput output_of_admitted(const proofs::VrfProof& proof) {
  proofs::CurvePoint gamma;  // it opens the proof (RFC 9381 5.4.4)
  std::copy_n(proof.begin(), gamma.size(), gamma.begin());
  return proofs::vrf_output(gamma);
}

void save_tally(Context& ctx, const InRound& in) {
  save(ctx.state(), kTallies, in.tally, in.view.id.epoch, in.view.id.round, in.author().node);
}

base::Result<void, Dropped> judge_epoch(const Context& ctx, const proofs::Header& header) {
  if (header.chain != ctx.block().chain) return malformed("chain");
  if (header.epoch != ctx.epoch()) return dropped(spec::NO_ROUND);
  return {};
}

std::optional<base::PublicKey> author_key(const Reader& state, const proofs::Header& header) {
  if (const auto committee = load(state, kCommittees, header.epoch))
    if (const auto place = rounds::place_of(*committee, header.author))
      return committee->members[*place].protocol_key;
  const auto node = load(state, kNodes, header.author);
  return node ? std::optional(node->protocol_key) : std::nullopt;
}

NoticeRecord notices_of(const Reader& state, const proofs::Header& header) {
  return load(state, kNotices, header.epoch, header.author).value_or(NoticeRecord());
}

}  // namespace wald::ledger::tx
