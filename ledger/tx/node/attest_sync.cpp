// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/attest_sync.h"

#include "ledger/epoch/members.h"
#include "ledger/epoch/sync.h"
#include "ledger/rounds/view.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

base::Err<Dropped> dropped(Code code) { return base::Err<Dropped>{Dropped{{code, {}}}}; }

}  // namespace

Parsed<AttestSync> AttestSync::parse(const Message& message) {
  const auto bytes = base::as_bytes(message.statement());
  const auto statement = proofs::parse_statement(bytes, 0);
  if (!statement.ok() || statement->header.kind != proofs::Kind::kAttestSync)
    return malformed("statement");
  return AttestSync{base::Bytes(bytes.begin(), bytes.end()), statement->header};
}

base::Result<void, Dropped> AttestSync::admit(const Context& view) const {
  if (header.chain != view.block().chain) return dropped(spec::WRONG_CHAIN);
  if (header.epoch != view.epoch()) return dropped(spec::WRONG_EPOCH);
  const auto committee = load(view.state(), kCommittees, header.epoch);
  if (!committee) return dropped(spec::NOT_MEMBER);
  const auto place = rounds::place_of(*committee, header.author);
  if (!place) return dropped(spec::NOT_MEMBER);
  const SyncRecord sync = must_load(view.state(), kSync, header.epoch);
  if (epoch::has_attested(sync, *place)) return dropped(spec::ALREADY_ATTESTED);
  if (!proofs::verify_statement(bytes, committee->members[*place].protocol_key))
    return dropped(spec::BAD_SIGNATURE);
  return {};
}

void AttestSync::apply(Context& ctx) const {
  const CommitteeRecord committee = must_load(ctx.state(), kCommittees, header.epoch);
  const auto place = rounds::place_of(committee, header.author);
  WALD_CHECK(place.has_value());  // admit saw it
  epoch::attest(ctx, *place);
}

}  // namespace wald::ledger::tx
