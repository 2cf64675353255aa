// SPDX-License-Identifier: Apache-2.0
// Confirmer: signs that this node holds its part of a blob (K-22 type 1). The sign log is synced
// before the signature exists; what must be durable before, the caller has seen to. Errors:
// the sign log's refusal. Thread rule: any thread.
#pragma once

#include "node/keys/sign_log.h"
#include "proofs/prove/signer.h"

namespace wald::storage {

struct SignedMessage {
  base::Bytes message;
  proofs::Signature signature{};
};

class Confirmer {
 public:
  Confirmer(const base::ChainId& chain, keys::SignLog& log, const prove::Signer& signer)
      : chain_(chain), log_(log), signer_(signer) {}

  os::IoResult<SignedMessage> confirm(base::Epoch epoch, const proofs::StorageConfirmation& what);
  const base::PublicKey& public_key() const { return signer_.public_key(); }

 private:
  const base::ChainId chain_;
  keys::SignLog& log_;
  const prove::Signer& signer_;
};

}  // namespace wald::storage
