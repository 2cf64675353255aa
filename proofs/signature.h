// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures as the ledger judges them: exactly what crypto_sign_verify_detached of
// libsodium 1.0.18 accepts (cofactorless, recomputed R compared byte for byte), no more and no
// less. Keys that are registered for nodes and accounts are also checked, once, to be points of
// prime order. Verifying needs no secret; signing is in proofs/prove/signer.h. Pure; any thread.
// Rules: the accept set of specs/proofs.md section 9, RFC 8032.
#pragma once

#include <array>

#include "codec/base/ids.h"

namespace wald::proofs {

using Signature = std::array<std::uint8_t, 64>;

// signature: 64 bytes, else refused.
bool verify_signature(const base::PublicKey& key, base::ByteView message, base::ByteView signature);

// A canonical encoding of a point of the prime-order subgroup other than the identity.
bool is_prime_order_key(const base::PublicKey& key);

// Domain of a signed preimage: ASCII name padded with zeros to 16 bytes (name at most that long).
base::Bytes domain(std::string_view name);

}  // namespace wald::proofs
