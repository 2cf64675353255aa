// SPDX-License-Identifier: Apache-2.0
#include "node/client/registration.h"

#include "ledger/signing.h"
#include "proofs/certificate.h"
#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"

namespace wald::client {
void prove_possession(spec::RegisterNode& into, const RegistrationTerms& terms,
                      const keys::Secret32& protocol, const keys::Secret32& vrf) {
  const prove::Signer signer(protocol.view());
  const prove::VrfSecret secret(vrf.view());
  const base::PublicKey key = signer.public_key();
  into.set_protocol_key(base::string_of(key.view()));
  into.set_possession(base::string_of(
      signer.message(terms.chain, {terms.epoch, proofs::Possession{terms.operator_account, key}})));
  const base::Hash alpha = proofs::vrf_pop_alpha(terms.chain, ledger::node_id(key),
                                                 secret.public_key(), terms.vrf_first);
  into.set_vrf_key(base::string_of(secret.public_key().view()));
  into.set_vrf_proof(base::string_of(secret.prove(alpha.view())));
}

}  // namespace wald::client
