// SPDX-License-Identifier: Apache-2.0
#include "proofs/signature.h"

#include <sodium.h>

namespace wald::proofs {

static_assert(crypto_sign_BYTES == std::tuple_size_v<Signature>);
static_assert(crypto_sign_PUBLICKEYBYTES == base::PublicKey::kSize);

bool verify_signature(const base::PublicKey& key, base::ByteView message,
                      base::ByteView signature) {
  if (signature.size() != crypto_sign_BYTES) return false;
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.bytes().data()) == 0;
}

bool is_prime_order_key(const base::PublicKey& key) {
  return crypto_core_ed25519_is_valid_point(key.bytes().data()) == 1;
}

base::Bytes domain(std::string_view name) {
  WALD_CHECK(!name.empty() && name.size() <= 16);
  return base::Writer().padded(name, 16).bytes();
}

}  // namespace wald::proofs
