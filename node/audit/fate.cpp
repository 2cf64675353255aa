// SPDX-License-Identifier: Apache-2.0
#include "node/audit/fate.h"

#include <algorithm>

#include "codec/base/bitmap.h"
#include "ledger/wire/canonical.h"
#include "node/audit/self_proof.h"
#include "specs/proto/tx.pb.h"

namespace wald::audit {
namespace {

using ledger::RoundPhase;
using ledger::rounds::RoundView;

Fate while_in(RoundPhase phase, std::initializer_list<RoundPhase> phases) {
  const bool open = std::find(phases.begin(), phases.end(), phase) != phases.end();
  return open ? Fate::kPending : Fate::kOver;
}

Fate self_proof_fate(const ledger::Reader& state, const RoundView& view, std::uint16_t place,
                     const ledger::TallyRecord& tally, base::ByteView statement) {
  const auto leaves = self_proof_leaves(statement);
  if (std::includes(tally.proven.begin(), tally.proven.end(), leaves.begin(), leaves.end()))
    return Fate::kIncluded;
  const auto tallies = ledger::rounds::all_tallies(state, view);
  if (ledger::rounds::confirmation_of(view, tallies, place).confirmed) return Fate::kOver;
  return while_in(view.record.phase, {RoundPhase::kVerify, RoundPhase::kInspect});
}

Fate round_fate(const ledger::Reader& state, const RoundView& view, std::uint16_t place,
                const base::NodeId& self, const Slot& slot, base::ByteView statement) {
  const auto tally = ledger::rounds::tally_of(state, view, self);
  const RoundPhase phase = view.record.phase;
  switch (slot.kind) {
    case proofs::Kind::kBeaconReveal:
      if (tally.revealed) return Fate::kIncluded;
      return while_in(phase, {RoundPhase::kFreeze});
    case proofs::Kind::kResponseCommit:
      // Another of this author stands there: this one never will.
      if (tally.committed) return Fate::kIncluded;
      return while_in(phase, {RoundPhase::kCommit, RoundPhase::kVerify});
    case proofs::Kind::kRowReport: {
      const auto key = proofs::statement_key(statement);
      if (std::find(tally.row_keys.begin(), tally.row_keys.end(), key) != tally.row_keys.end())
        return Fate::kIncluded;
      return while_in(phase, {RoundPhase::kVerify, RoundPhase::kInspect});
    }
    default:
      return self_proof_fate(state, view, place, tally, statement);
  }
}

Fate sync_fate(const ledger::Reader& state, const base::NodeId& self, base::Epoch epoch) {
  if (ledger::must_load(state, ledger::kChain).clock.epoch != epoch) return Fate::kOver;
  const auto committee = ledger::load(state, ledger::kCommittees, epoch);
  const auto place = committee ? ledger::rounds::place_of(*committee, self) : std::nullopt;
  if (!place) return Fate::kOver;
  const auto sync = ledger::load(state, ledger::kSync, epoch);
  return sync && base::bit_at(sync->attested, *place) ? Fate::kIncluded : Fate::kPending;
}

}  // namespace

Fate fate_of(const ledger::Reader& state, const base::ChainId& chain, const base::NodeId& self,
             const Slot& slot, base::ByteView statement) {
  if (slot.kind == proofs::Kind::kAttestSync) return sync_fate(state, self, slot.epoch);
  const auto view = ledger::rounds::open_round(state, chain);
  if (!view || view->id.epoch != slot.epoch || view->id.round != slot.round) return Fate::kOver;
  const auto place = ledger::rounds::place_of(view->committee, self);
  if (!place) return Fate::kOver;
  return round_fate(state, *view, *place, self, slot, statement);
}

base::Bytes statement_envelope(const ledger::Reader& state, const base::ChainId& chain,
                               proofs::Kind kind, base::ByteView statement) {
  spec::Body body;
  body.set_chain(base::string_of(chain.view()));
  body.set_version(ledger::must_load(state, ledger::kChain).version);
  spec::Operation& operation = *body.mutable_operation();
  switch (kind) {
    case proofs::Kind::kBeaconReveal:
      operation.mutable_beacon_reveal()->set_statement(base::string_of(statement));
      break;
    case proofs::Kind::kResponseCommit:
      operation.mutable_response_commit()->set_statement(base::string_of(statement));
      break;
    case proofs::Kind::kRowReport:
      operation.mutable_row_report()->set_statement(base::string_of(statement));
      break;
    case proofs::Kind::kSelfProof:
      operation.mutable_self_proof()->set_statement(base::string_of(statement));
      break;
    default:
      WALD_CHECK(kind == proofs::Kind::kAttestSync);
      operation.mutable_attest_sync()->set_statement(base::string_of(statement));
      break;
  }
  spec::Envelope envelope;
  envelope.set_body(base::string_of(wire::write_canonical(body)));
  return wire::write_canonical(envelope);
}

}  // namespace wald::audit
