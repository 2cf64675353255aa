// SPDX-License-Identifier: Apache-2.0
// SetKeys: an account gets another policy and keeps its id (U-2). The old policy signs the
// transaction; each key of the new one signs the digest of U-2, which names chain, account and
// nonce.
#pragma once

#include "ledger/operation.h"
#include "proofs/signature.h"

namespace wald::ledger::tx {

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
