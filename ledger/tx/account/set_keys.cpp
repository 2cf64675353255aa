// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/set_keys.h"

#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

base::Result<Policy, Rejected> next_policy(Context& ctx, const base::Bytes& given) {
  auto made = Policy::parse(given);
  if (!made) return ctx.reject(spec::BAD_POLICY);
  for (const PolicyKey& key : made->keys())
    if (!proofs::is_prime_order_key(key.key)) return ctx.reject(spec::BAD_POLICY);
  WALD_CHECK(made->encode() == given);  // one policy, one form: its bytes are compared
  return *std::move(made);
}

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
  TRY_ASSIGN(const Policy made, next_policy(ctx, policy));
  AccountRecord account = must_load(ctx.state(), kAccounts, ctx.sender());
  account.policy = policy;
  save(ctx.state(), kAccounts, account, ctx.sender());
  spec::AccountKeysChanged event;
  event.set_account(text_of(ctx.sender()));
  show_policy(event, made);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
