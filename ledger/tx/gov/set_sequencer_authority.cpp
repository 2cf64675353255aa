// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/set_sequencer_authority.h"

#include "ledger/state/keys.h"
#include "ledger/tx/account/set_keys.h"

namespace wald::ledger::tx {

Parsed<SetSequencerAuthority> SetSequencerAuthority::parse(const Message& message) {
  return SetSequencerAuthority{base::Bytes(message.policy().begin(), message.policy().end())};
}

base::Result<void, Rejected> SetSequencerAuthority::apply(Context& ctx) const {
  const auto authority = load(ctx.state(), kAuthority);
  const auto account = load(ctx.state(), kAccounts, ctx.sender());
  // The envelope carried the account's policy and enough of its signatures (U-3): equal bytes are
  // the authority's own signature.
  if (!authority || !account || account->policy != authority->policy)
    return ctx.reject(spec::NOT_AUTHORITY);
  TRY_ASSIGN(const Policy made, next_policy(ctx, policy));
  save(ctx.state(), kAuthority, AuthorityRecord{policy});
  spec::GovAuthorityChanged event;
  event.set_account(text_of(ctx.sender()));
  show_policy(event, made);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
