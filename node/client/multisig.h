// SPDX-License-Identifier: Apache-2.0
// An account of several keys (U-1) as a file beside the key files: NAME.policy, JSON with the
// account and the policy, no secret. Its transactions are built unsigned, signed by each holder on
// a machine of his own, and combined (interfaces.md 2): a co-signature is the signature of one key
// over one transaction. Thread rule: one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/signing.h"
#include "node/client/failure.h"
#include "proofs/signature.h"

namespace wald::client {

struct Multisig {
  base::AccountId account;  // of the policy, or one whose keys were replaced by it
  ledger::Policy policy;
};
// `name` is a file name in `dir` without its ending, or with a / in it a path with it.
bool has_multisig(const std::string& dir, const std::string& name);
Outcome<Multisig> read_multisig(const std::string& dir, const std::string& name);
// Never overwrites. The path that was written.
Outcome<std::string> write_multisig(const std::string& dir, const std::string& name,
                                    const Multisig& multisig);

struct CoSignature {
  base::PublicKey key;
  proofs::Signature signature{};
};
// The envelope of a body under a policy: every signature must be good and of a key of the policy,
// and their weight enough. The same one given twice counts once.
Outcome<base::Bytes> combine(const base::ChainId& chain, base::ByteView body,
                             const ledger::Policy& policy,
                             const std::vector<CoSignature>& signatures);

}  // namespace wald::client
