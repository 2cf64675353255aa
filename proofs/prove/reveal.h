// SPDX-License-Identifier: Apache-2.0
// The proving half of the VRF: one proof per (key, alpha), the same on every build. The nonce comes
// from the secret and H as in RFC 8032, so no randomness is needed. Secrets are wiped when the key
// goes. Try-and-increment takes time that depends on alpha, which is public. Rule O-3.
// Thread rule: const calls from any thread; about 0.7 ms per proof.
#pragma once

#include <array>

#include "proofs/vrf.h"

namespace wald::prove {

class VrfSecret {
 public:
  // seed: 32 secret bytes (CHECK).
  explicit VrfSecret(base::ByteView seed);
  ~VrfSecret();
  VrfSecret(VrfSecret&& other) noexcept;
  VrfSecret& operator=(VrfSecret&&) = delete;
  VrfSecret(const VrfSecret&) = delete;
  VrfSecret& operator=(const VrfSecret&) = delete;

  const base::PublicKey& public_key() const { return public_key_; }
  proofs::VrfProof prove(base::ByteView alpha) const;

 private:
  std::array<std::uint8_t, 32> scalar_;
  std::array<std::uint8_t, 32> prefix_;
  base::PublicKey public_key_;
};

}  // namespace wald::prove
