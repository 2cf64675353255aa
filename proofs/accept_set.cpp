// SPDX-License-Identifier: Apache-2.0
#include "proofs/accept_set.h"

#include "codec/base/text.h"
#include "proofs/signature.h"
#include "proofs/vrf.h"

namespace wald::proofs {
namespace {

base::Bytes bytes(std::string_view hex) {
  auto out = base::from_hex(hex);
  WALD_CHECK(out.has_value());
  return std::move(*out);
}

// RFC 9381, appendix B.3, example 16.
constexpr std::string_view kVrfKey =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
constexpr std::string_view kVrfProof =
    "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f"
    "26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab12"
    "68a1b0db10836d9826a528ca76567805";
constexpr std::string_view kVrfOutput =
    "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff"
    "66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae";

bool vrf_agrees() {
  const auto output = vrf_verify(base::PublicKey::from(bytes(kVrfKey)), {}, bytes(kVrfProof));
  return output && base::equal(*output, bytes(kVrfOutput));
}

}  // namespace

Judges own_judges() { return {verify_signature, is_prime_order_key}; }

std::optional<std::string_view> first_deviation(const Judges& judges) {
  for (const SignatureCase& c : signature_cases()) {
    const auto key = base::PublicKey::from(bytes(c.key));
    if (judges.verify(key, bytes(c.message), bytes(c.signature)) != c.accepted) return c.name;
  }
  for (const KeyCase& c : key_cases())
    if (judges.prime_order(base::PublicKey::from(bytes(c.key))) != c.prime_order) return c.name;
  if (!vrf_agrees()) return "VRF example";
  return std::nullopt;
}

base::Hash accept_set_id() {
  base::Writer out;
  for (const SignatureCase& c : signature_cases())
    out.text(c.key).text(c.message).text(c.signature).u8(c.accepted ? 1 : 0);
  for (const KeyCase& c : key_cases()) out.text(c.key).u8(c.prime_order ? 1 : 0);
  return base::tagged_hash("wald.acceptset", {}, out.bytes());
}

}  // namespace wald::proofs
