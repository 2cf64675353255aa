// SPDX-License-Identifier: Apache-2.0
#include "proofs/prove/signer.h"

#include <sodium.h>

namespace wald::prove {

Signer::Signer(base::ByteView seed) {
  WALD_CHECK(seed.size() == crypto_sign_SEEDBYTES);
  std::array<std::uint8_t, 32> key;
  crypto_sign_seed_keypair(key.data(), secret_.data(), seed.data());
  public_key_ = base::PublicKey(key);
}

Signer::Signer(Signer&& other) noexcept : secret_(other.secret_), public_key_(other.public_key_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

Signer::~Signer() { sodium_memzero(secret_.data(), secret_.size()); }

proofs::Signature Signer::sign(base::ByteView preimage) const {
  proofs::Signature out;
  crypto_sign_detached(out.data(), nullptr, preimage.data(), preimage.size(), secret_.data());
  return out;
}

base::Bytes Signer::statement(const proofs::Header& header, const proofs::Body& body) const {
  base::Bytes out = proofs::encode_unsigned(header, body);
  if (!proofs::is_signed(header.kind)) return out;
  const proofs::Signature signature = sign(proofs::statement_preimage(out));
  out.insert(out.end(), signature.begin(), signature.end());
  WALD_CHECK(out.size() <= proofs::statement_cap(header.kind));
  return out;
}

proofs::Signature Signer::message(const base::ChainId& chain,
                                  const proofs::Message& message) const {
  return sign(proofs::message_preimage(chain, proofs::encode_message(message)));
}

}  // namespace wald::prove
