// SPDX-License-Identifier: Apache-2.0
#include "node/storage/confirmer.h"

#include "codec/base/hash.h"

namespace wald::storage {

os::IoResult<SignedMessage> Confirmer::confirm(base::Epoch epoch,
                                               const proofs::StorageConfirmation& what) {
  const proofs::Message message{epoch, what};
  SignedMessage out;
  out.message = proofs::encode_message(message);
  TRY(log_.permit(keys::Statement::kConfirmation, {epoch.value(), 0},
                  base::blake2b(proofs::message_preimage(chain_, out.message))));
  out.signature = signer_.message(chain_, message);
  return out;
}

}  // namespace wald::storage
