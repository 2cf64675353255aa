// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/set_keys.h"

#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<SetKeys> SetKeys::parse(const Message& message) {
  SetKeys tx;
  tx.policy.assign(message.policy().begin(), message.policy().end());
  for (const std::string& given : message.proofs()) {
    proofs::Signature& signature = tx.proofs.emplace_back();
    if (given.size() != signature.size()) return malformed("proofs");
    std::copy(given.begin(), given.end(), signature.begin());
  }
  return tx;
}

base::Result<void, Dropped> SetKeys::check(const SignedBy& by) const {
  const auto made = Policy::parse(policy);
  if (!made) return {};
  const auto refuse = [](std::size_t place) {
    return base::Err<Dropped>{Dropped{{spec::BAD_SIGNATURE, {{"proof", std::to_string(place)}}}}};
  };
  if (proofs.size() != made->keys().size()) return refuse(proofs.size());
  const base::Hash digest = setkeys_digest(by.chain, by.sender, by.nonce, *made);
  for (std::size_t i = 0; i < proofs.size(); ++i)
    if (!proofs::verify_signature(made->keys()[i].key, digest.view(), proofs[i])) return refuse(i);
  return {};
}

base::Result<void, Rejected> SetKeys::apply(Context& ctx) const {
  const auto made = Policy::parse(policy);
  if (!made) return ctx.reject(spec::BAD_POLICY);
  for (const PolicyKey& key : made->keys())
    if (!proofs::is_prime_order_key(key.key)) return ctx.reject(spec::BAD_POLICY);
  AccountRecord account = must_load(ctx.state(), kAccounts, ctx.sender());
  account.policy = policy;
  WALD_CHECK(made->encode() == policy);  // one policy, one form: what admission compares
  save(ctx.state(), kAccounts, account, ctx.sender());
  spec::AccountKeysChanged event;
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
