// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/set_sequencer_authority.h"

#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "proofs/signature.h"

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
  const auto made = Policy::parse(policy);
  if (!made) return ctx.reject(spec::BAD_POLICY);
  for (const PolicyKey& key : made->keys())
    if (!proofs::is_prime_order_key(key.key)) return ctx.reject(spec::BAD_POLICY);
  WALD_CHECK(made->encode() == policy);  // one policy, one form: what is compared above
  save(ctx.state(), kAuthority, AuthorityRecord{policy});
  spec::GovAuthorityChanged event;
  event.set_account(text_of(ctx.sender()));
  event.set_policy(std::string(base::as_text(policy)));
  event.set_threshold(made->threshold());
  for (const PolicyKey& key : made->keys()) {
    event.add_keys(text_of(key.key));
    event.add_weights(key.weight);
  }
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
