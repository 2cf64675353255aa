// SPDX-License-Identifier: Apache-2.0
// SetKeys: an account gets another policy and keeps its id (U-2). The old policy signs the
// transaction; each key of the new one signs the digest of U-2, which names chain, account and
// nonce.
#pragma once

#include "ledger/operation.h"
#include "ledger/signing.h"
#include "proofs/signature.h"

namespace wald::ledger::tx {

// A policy that takes the place of another: BAD_POLICY unless it keeps U-1, with keys of prime
// order.
base::Result<Policy, Rejected> next_policy(Context& ctx, const base::Bytes& given);
// What an event tells of it: bytes, threshold, keys with their weights.
template <class Event>
void show_policy(Event& event, const Policy& policy) {
  event.set_policy(base::string_of(policy.encode()));
  event.set_threshold(policy.threshold());
  for (const PolicyKey& key : policy.keys()) {
    event.add_keys(text_of(key.key));
    event.add_weights(key.weight);
  }
}

struct SetKeys {
  using Message = spec::SetKeys;
  base::Bytes policy;  // as given
  std::vector<proofs::Signature> proofs;
  static Parsed<SetKeys> parse(const Message& message);
  std::uint32_t signatures() const { return static_cast<std::uint32_t>(proofs.size()); }
  // BAD_SIGNATURE unless every key of the policy has signed. Of a policy that is none nobody can
  // have signed: that is for apply() to say.
  base::Result<void, Dropped> check(const SignedBy& by) const;
  // BAD_POLICY.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
