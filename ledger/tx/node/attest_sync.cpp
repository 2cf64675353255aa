// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/attest_sync.h"

#include "ledger/epoch/members.h"
#include "ledger/epoch/sync.h"

namespace wald::ledger::tx {

Parsed<AttestSync> AttestSync::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kAttestSync));
  if (!proofs::parse_statement(raw.bytes, 0).ok()) return malformed("statement");
  return AttestSync{std::move(raw)};
}

base::Result<void, Dropped> AttestSync::admit(const Context& view) const {
  if (raw.header.chain != view.block().chain) return dropped(spec::WRONG_CHAIN);
  if (raw.header.epoch != view.epoch()) return dropped(spec::WRONG_EPOCH);
  const auto committee = load(view.state(), kCommittees, raw.header.epoch);
  if (!committee) return dropped(spec::NOT_MEMBER);
  const auto place = rounds::place_of(*committee, raw.header.author);
  if (!place) return dropped(spec::NOT_MEMBER);
  const SyncRecord sync = must_load(view.state(), kSync, raw.header.epoch);
  if (epoch::has_attested(sync, *place)) return dropped(spec::ALREADY_ATTESTED);
  if (!proofs::verify_statement(raw.bytes, committee->members[*place].protocol_key))
    return dropped(spec::BAD_SIGNATURE);
  return {};
}

void AttestSync::apply(Context& ctx) const {
  const CommitteeRecord committee = must_load(ctx.state(), kCommittees, raw.header.epoch);
  const auto place = rounds::place_of(committee, raw.header.author);
  WALD_CHECK(place.has_value());  // admit saw it
  epoch::attest(ctx, *place);
}

}  // namespace wald::ledger::tx
