// SPDX-License-Identifier: Apache-2.0
// ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381, suite 03): proof pi = Gamma 32 | c 16 | s 32, output
// beta of 64 bytes. Stricter than the RFC where libsodium is: points outside the prime-order
// subgroup, zero scalars and products at infinity make a proof invalid. The proving half is
// proofs/prove/reveal.h. Pure; any thread; about 1 ms per proof. Rules O-3, O-4.
#pragma once

#include <array>
#include <optional>

#include "codec/base/hash.h"

namespace wald::proofs {

using VrfProof = std::array<std::uint8_t, 80>;
using VrfOutput = std::array<std::uint8_t, 64>;
using CurvePoint = std::array<std::uint8_t, 32>;

// The output if proof (any length) is a proof of key over alpha.
std::optional<VrfOutput> vrf_verify(const base::PublicKey& key, base::ByteView alpha,
                                    base::ByteView proof);

// What the proof of possession of a VRF key is made over: node and the first epoch it counts in.
base::Hash vrf_pop_alpha(const base::ChainId& chain, const base::NodeId& node,
                         const base::PublicKey& key, base::Epoch first_epoch);

// Parts shared with the prover.
std::optional<CurvePoint> vrf_hash_to_curve(const base::PublicKey& key, base::ByteView alpha);
std::array<std::uint8_t, 16> vrf_challenge(const base::PublicKey& key, const CurvePoint& h,
                                           const CurvePoint& gamma, const CurvePoint& u,
                                           const CurvePoint& v);
// beta of a Gamma that is a valid point (CHECK).
VrfOutput vrf_output(const CurvePoint& gamma);

}  // namespace wald::proofs
