// SPDX-License-Identifier: Apache-2.0
// Signing with an Ed25519 secret: statements, messages and whatever preimage the caller made. Holds
// the expanded secret, wiped when it goes; never copied. What a node signs is decided by its sign
// log (node/keys), not here. Deterministic (RFC 8032). Thread rule: const calls from any thread.
#pragma once

#include <array>

#include "proofs/certificate.h"
#include "proofs/statements.h"

namespace wald::prove {

class Signer {
 public:
  // seed: the 32 secret bytes of RFC 8032 (CHECK).
  explicit Signer(base::ByteView seed);
  ~Signer();
  Signer(Signer&& other) noexcept;
  Signer& operator=(Signer&&) = delete;
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  const base::PublicKey& public_key() const { return public_key_; }
  proofs::Signature sign(base::ByteView preimage) const;

  // The whole statement, signature at its end where the kind carries one.
  base::Bytes statement(const proofs::Header& header, const proofs::Body& body) const;
  // Signature over a message of K-22 for one chain.
  proofs::Signature message(const base::ChainId& chain, const proofs::Message& message) const;

 private:
  std::array<std::uint8_t, 64> secret_;
  base::PublicKey public_key_;
};

}  // namespace wald::prove
