// SPDX-License-Identifier: Apache-2.0
#include "proofs/vrf.h"

#include <sodium.h>

namespace wald::proofs {
namespace {

constexpr std::uint8_t kSuite = 3;

// y of the encoding, its sign bit masked, is below the field's prime 2^255 - 19.
bool canonical_y(const CurvePoint& point) {
  if ((point[31] & 0x7F) != 0x7F) return true;
  for (std::size_t i = 30; i > 0; --i)
    if (point[i] != 0xFF) return true;
  return point[0] < 0xED;
}

std::optional<CurvePoint> sum(const CurvePoint& a, const CurvePoint& b) {
  CurvePoint out;
  if (crypto_core_ed25519_add(out.data(), a.data(), b.data()) != 0) return std::nullopt;
  return out;
}

// 8 P; nothing if the encoding is no point of the curve.
std::optional<CurvePoint> times_cofactor(const CurvePoint& point) {
  std::optional<CurvePoint> out = point;
  for (int doubling = 0; doubling < 3 && out; ++doubling) out = sum(*out, *out);
  return out;
}

// a B - c P with a and c not zero; the difference itself may be the identity.
std::optional<CurvePoint> base_minus(const CurvePoint& s, const CurvePoint& c,
                                     const CurvePoint& p) {
  CurvePoint left, right, out;
  if (crypto_scalarmult_ed25519_base_noclamp(left.data(), s.data()) != 0) return std::nullopt;
  if (crypto_scalarmult_ed25519_noclamp(right.data(), c.data(), p.data()) != 0) return std::nullopt;
  if (crypto_core_ed25519_sub(out.data(), left.data(), right.data()) != 0) return std::nullopt;
  return out;
}

std::optional<CurvePoint> point_minus(const CurvePoint& s, const CurvePoint& h, const CurvePoint& c,
                                      const CurvePoint& p) {
  CurvePoint left, right, out;
  if (crypto_scalarmult_ed25519_noclamp(left.data(), s.data(), h.data()) != 0) return std::nullopt;
  if (crypto_scalarmult_ed25519_noclamp(right.data(), c.data(), p.data()) != 0) return std::nullopt;
  if (crypto_core_ed25519_sub(out.data(), left.data(), right.data()) != 0) return std::nullopt;
  return out;
}

bool is_reduced(const CurvePoint& scalar) {
  std::array<std::uint8_t, 64> wide{};
  std::copy(scalar.begin(), scalar.end(), wide.begin());
  CurvePoint reduced;
  crypto_core_ed25519_scalar_reduce(reduced.data(), wide.data());
  return reduced == scalar;
}

VrfOutput sha512(const base::Bytes& data) {
  VrfOutput out;
  crypto_hash_sha512(out.data(), data.data(), data.size());
  return out;
}

}  // namespace

std::optional<CurvePoint> vrf_hash_to_curve(const base::PublicKey& key, base::ByteView alpha) {
  for (unsigned ctr = 0; ctr < 256; ++ctr) {
    base::Writer in;
    in.u8(kSuite).u8(1).raw(key.view()).raw(alpha).u8(static_cast<std::uint8_t>(ctr)).u8(0);
    const VrfOutput digest = sha512(in.bytes());
    CurvePoint point;
    std::copy_n(digest.begin(), point.size(), point.begin());
    if (!canonical_y(point)) continue;
    const auto h = times_cofactor(point);
    if (h && crypto_core_ed25519_is_valid_point(h->data()) == 1) return h;
  }
  return std::nullopt;
}

std::array<std::uint8_t, 16> vrf_challenge(const base::PublicKey& key, const CurvePoint& h,
                                           const CurvePoint& gamma, const CurvePoint& u,
                                           const CurvePoint& v) {
  base::Writer in;
  in.u8(kSuite).u8(2).raw(key.view()).raw(h).raw(gamma).raw(u).raw(v).u8(0);
  const VrfOutput digest = sha512(in.bytes());
  std::array<std::uint8_t, 16> out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

VrfOutput vrf_output(const CurvePoint& gamma) {
  const auto cleared = times_cofactor(gamma);
  WALD_CHECK(cleared.has_value());
  base::Writer in;
  in.u8(kSuite).u8(3).raw(*cleared).u8(0);
  return sha512(in.bytes());
}

std::optional<VrfOutput> vrf_verify(const base::PublicKey& key, base::ByteView alpha,
                                    base::ByteView proof) {
  if (proof.size() != std::tuple_size_v<VrfProof>) return std::nullopt;
  const CurvePoint& y = key.bytes();
  CurvePoint gamma, c{}, s;
  std::copy_n(proof.begin(), 32, gamma.begin());
  std::copy_n(proof.begin() + 32, 16, c.begin());
  std::copy_n(proof.begin() + 48, 32, s.begin());
  if (crypto_core_ed25519_is_valid_point(y.data()) != 1) return std::nullopt;
  if (crypto_core_ed25519_is_valid_point(gamma.data()) != 1) return std::nullopt;
  if (!is_reduced(s)) return std::nullopt;
  const auto h = vrf_hash_to_curve(key, alpha);
  if (!h) return std::nullopt;
  const auto u = base_minus(s, c, y);
  const auto v = point_minus(s, *h, c, gamma);
  if (!u || !v) return std::nullopt;
  const auto expected = vrf_challenge(key, *h, gamma, *u, *v);
  if (!std::equal(expected.begin(), expected.end(), c.begin())) return std::nullopt;
  return vrf_output(gamma);
}

base::Hash vrf_pop_alpha(const base::ChainId& chain, const base::NodeId& node,
                         const base::PublicKey& key, base::Epoch first_epoch) {
  base::Writer in;
  in.raw(chain.view()).raw(node.view()).raw(key.view()).le(first_epoch.value());
  return base::tagged_hash("wald.vrf.pop", {}, in.bytes());
}

}  // namespace wald::proofs
