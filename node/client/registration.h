// SPDX-License-Identifier: Apache-2.0
// A node's registration with its proofs of possession (N-1, O-4): made from the two secret keys of
// the node, bound to chain, operator and epoch. Thread rule: pure.
#pragma once

#include "codec/base/ids.h"
#include "node/keys/secret.h"
#include "specs/proto/tx.pb.h"

namespace wald::client {

struct RegistrationTerms {
  base::ChainId chain;
  base::AccountId operator_account;
  base::Epoch epoch;      // the running one: a registration is good in its epoch only
  base::Epoch vrf_first;  // first epoch in which the VRF key counts
};
// Fills keys and proofs of `into`; all else is the caller's.
void prove_possession(spec::RegisterNode& into, const RegistrationTerms& terms,
                      const keys::Secret32& protocol, const keys::Secret32& vrf);

}  // namespace wald::client
