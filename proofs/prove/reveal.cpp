// SPDX-License-Identifier: Apache-2.0
#include "proofs/prove/reveal.h"

#include <sodium.h>

namespace wald::prove {
namespace {

using Wide = std::array<std::uint8_t, 64>;
using proofs::CurvePoint;

// A scalar of 32 bytes below 2^256, modulo the group order.
CurvePoint reduced(const CurvePoint& scalar) {
  Wide wide{};
  std::copy(scalar.begin(), scalar.end(), wide.begin());
  CurvePoint out;
  crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
  sodium_memzero(wide.data(), wide.size());
  return out;
}

// SHA-512(prefix | H) modulo the group order.
CurvePoint nonce(const CurvePoint& prefix, const CurvePoint& h) {
  std::array<std::uint8_t, 64> in;
  std::copy(prefix.begin(), prefix.end(), in.begin());
  std::copy(h.begin(), h.end(), in.begin() + 32);
  Wide digest;
  crypto_hash_sha512(digest.data(), in.data(), in.size());
  CurvePoint out;
  crypto_core_ed25519_scalar_reduce(out.data(), digest.data());
  sodium_memzero(in.data(), in.size());
  sodium_memzero(digest.data(), digest.size());
  return out;
}

// Fails only for a scalar of zero: a clamped secret never is, a nonce is with chance 2^-252.
CurvePoint times(const CurvePoint& scalar, const CurvePoint& point) {
  CurvePoint out;
  WALD_CHECK(crypto_scalarmult_ed25519_noclamp(out.data(), scalar.data(), point.data()) == 0);
  return out;
}

}  // namespace

VrfSecret::VrfSecret(base::ByteView seed) {
  WALD_CHECK(seed.size() == 32);
  Wide digest;
  crypto_hash_sha512(digest.data(), seed.data(), seed.size());
  std::copy_n(digest.begin(), 32, scalar_.begin());
  std::copy_n(digest.begin() + 32, 32, prefix_.begin());
  sodium_memzero(digest.data(), digest.size());
  scalar_[0] &= 0xF8;
  scalar_[31] &= 0x7F;
  scalar_[31] |= 0x40;
  std::array<std::uint8_t, 32> key;
  WALD_CHECK(crypto_scalarmult_ed25519_base_noclamp(key.data(), scalar_.data()) == 0);
  public_key_ = base::PublicKey(key);
}

VrfSecret::VrfSecret(VrfSecret&& other) noexcept
    : scalar_(other.scalar_), prefix_(other.prefix_), public_key_(other.public_key_) {
  sodium_memzero(other.scalar_.data(), other.scalar_.size());
  sodium_memzero(other.prefix_.data(), other.prefix_.size());
}

VrfSecret::~VrfSecret() {
  sodium_memzero(scalar_.data(), scalar_.size());
  sodium_memzero(prefix_.data(), prefix_.size());
}

proofs::VrfProof VrfSecret::prove(base::ByteView alpha) const {
  // No hash in 256 tries hits a point with chance 2^-256.
  const auto h = proofs::vrf_hash_to_curve(public_key_, alpha);
  WALD_CHECK(h.has_value());
  const CurvePoint gamma = times(scalar_, *h);
  CurvePoint k = nonce(prefix_, *h);
  CurvePoint u;
  WALD_CHECK(crypto_scalarmult_ed25519_base_noclamp(u.data(), k.data()) == 0);
  const CurvePoint v = times(k, *h);
  const auto challenge = proofs::vrf_challenge(public_key_, *h, gamma, u, v);
  CurvePoint c{};
  std::copy(challenge.begin(), challenge.end(), c.begin());
  CurvePoint x = reduced(scalar_);
  CurvePoint product, s;
  crypto_core_ed25519_scalar_mul(product.data(), c.data(), x.data());
  crypto_core_ed25519_scalar_add(s.data(), k.data(), product.data());
  sodium_memzero(k.data(), k.size());
  sodium_memzero(x.data(), x.size());
  sodium_memzero(product.data(), product.size());

  proofs::VrfProof out;
  std::copy(gamma.begin(), gamma.end(), out.begin());
  std::copy(challenge.begin(), challenge.end(), out.begin() + 32);
  std::copy(s.begin(), s.end(), out.begin() + 48);
  return out;
}

}  // namespace wald::prove
