// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/beacon_reveal.h"

#include "proofs/certificate.h"

namespace wald::ledger::tx {
namespace {

bool proves_beacon(const InRound& in, const proofs::VrfProof& pi) {
  return proofs::vrf_verify(in.author().vrf_key,
                            proofs::reveal_alpha(in.view.record.prev, in.view.id).view(), pi)
      .has_value();
}

}  // namespace

Parsed<BeaconReveal> BeaconReveal::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kBeaconReveal));
  const auto whole = proofs::parse_statement(raw.bytes, 0);
  if (!whole.ok()) return malformed("statement");
  return BeaconReveal{std::move(raw), std::get<proofs::BeaconReveal>(whole->body)};
}

base::Result<void, Dropped> BeaconReveal::admit(const Context& view) const {
  TRY_ASSIGN(const InRound in, find_in_round(view, raw.header, {RoundPhase::kFreeze}));
  if (in.tally.revealed) return dropped(spec::REPEATED);
  if (!proves_beacon(in, body.pi)) return dropped(spec::BAD_VRF);
  return {};
}

void BeaconReveal::apply(Context& ctx) const {
  InRound in = must_find(ctx, raw.header);
  const proofs::VrfOutput beta = output_of_admitted(body.pi);
  WALD_CHECK(!in.tally.revealed);
  in.tally.revealed = true;
  in.tally.beta.assign(beta.begin(), beta.end());
  in.tally.reveal_tx = ctx.tx();
  save_tally(ctx, in);
  RoundRecord& record = in.view.record;
  record.revealed += rounds::weight_of(in.author());
  WALD_CHECK(record.revealed <= in.view.shards);  // each member counts once
  if (!record.reveals_met &&
      proofs::reaches(proofs::Threshold::kQuorum, record.revealed, in.view.shards))
    record.reveals_met = PhaseMark{ctx.block().height, ctx.block().time};
  save(ctx.state(), kRounds, record, in.view.id.epoch, in.view.id.round);
  spec::ProofBeaconRevealed event;
  event.set_epoch(in.view.id.epoch.value());
  event.set_round(in.view.id.round.value());
  event.set_node(text_of(raw.header.author));
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
