// SPDX-License-Identifier: Apache-2.0
#include "proofs/vrf.h"

#include <catch2/catch.hpp>

#include "proofs/accept_set.h"
#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

struct Example {
  const char *secret, *key, *alpha, *proof, *output;
};
// RFC 9381, appendix B.3.
constexpr Example kExamples[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f47"
     "9d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
     "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af0"
     "26798e8f81cd2e333de5cdf4f3e140fdd8ae"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92"
     "a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
     "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70"
     "a848a0bef4553a41befc57663b56373a5031"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9e"
     "a3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
     "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb637"
     "3241578be7217ba85a2687f7a0310b2df19f"}};

}  // namespace

TEST_CASE("vrf: examples 16 to 18 of RFC 9381 are proven and verified byte for byte",
          "[proofs][rule:O-3]") {
  for (const Example& example : kExamples) {
    const prove::VrfSecret secret(unhex(example.secret));
    const base::Bytes alpha = unhex(example.alpha);
    REQUIRE(base::to_hex(secret.public_key().view()) == example.key);
    const VrfProof proof = secret.prove(alpha);
    REQUIRE(base::to_hex(proof) == example.proof);
    const auto output = vrf_verify(secret.public_key(), alpha, proof);
    REQUIRE(output.has_value());
    REQUIRE(base::to_hex(*output) == example.output);
  }
}

TEST_CASE("vrf: a proof with any bit flipped is refused", "[proofs][rule:O-3]") {
  for (const Example& example : kExamples) {
    const auto key = id_hex<base::PublicKey>(example.key);
    const base::Bytes proof = unhex(example.proof);
    for (std::size_t bit = 0; bit < proof.size() * 8; ++bit) {
      base::Bytes changed = proof;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
      REQUIRE_FALSE(vrf_verify(key, unhex(example.alpha), changed).has_value());
    }
  }
}

TEST_CASE("vrf: another alpha, key or length is refused", "[proofs][rule:O-3]") {
  const Example& example = kExamples[1];
  const auto key = id_hex<base::PublicKey>(example.key);
  base::Bytes proof = unhex(example.proof);
  REQUIRE_FALSE(vrf_verify(key, unhex("73"), proof).has_value());
  REQUIRE_FALSE(vrf_verify(id_hex<base::PublicKey>(kExamples[0].key), unhex("72"), proof));
  proof.push_back(0);
  REQUIRE_FALSE(vrf_verify(key, unhex("72"), proof).has_value());
  proof.resize(79);
  REQUIRE_FALSE(vrf_verify(key, unhex("72"), proof).has_value());
  REQUIRE_FALSE(vrf_verify(key, unhex("72"), {}).has_value());
}

TEST_CASE("vrf: s of the order and above, zero s and zero c are refused", "[proofs][rule:O-3]") {
  const Example& example = kExamples[1];
  const auto key = id_hex<base::PublicKey>(example.key);
  // The order of the group, little-endian.
  const base::Bytes order =
      unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  base::Bytes plus = unhex(example.proof), exactly = plus, zero_s = plus, zero_c = plus;
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += plus[48 + i] + unsigned{order[i]};
    plus[48 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
    exactly[48 + i] = order[i];
    zero_s[48 + i] = 0;
  }
  std::fill(zero_c.begin() + 32, zero_c.begin() + 48, std::uint8_t{0});
  for (const base::Bytes& proof : {plus, exactly, zero_s, zero_c})
    REQUIRE_FALSE(vrf_verify(key, unhex("72"), proof).has_value());
}

TEST_CASE("vrf: keys and Gamma of small, mixed or no order and non-canonical ones are refused",
          "[proofs][rule:O-3]") {
  const Example& example = kExamples[1];
  const auto key = id_hex<base::PublicKey>(example.key);
  const base::Bytes proof = unhex(example.proof);
  std::size_t refused = 0;
  for (const KeyCase& c : key_cases()) {
    if (c.prime_order) continue;
    REQUIRE_FALSE(vrf_verify(id_hex<base::PublicKey>(c.key), unhex("72"), proof).has_value());
    base::Bytes changed = proof;
    const base::Bytes gamma = unhex(c.key);
    std::copy(gamma.begin(), gamma.end(), changed.begin());
    REQUIRE_FALSE(vrf_verify(key, unhex("72"), changed).has_value());
    ++refused;
  }
  REQUIRE(refused >= 12);
}

TEST_CASE("vrf: random keys and alphas prove what they verify, each with its own output",
          "[proofs][rule:O-3]") {
  base::Prng random(11);
  std::vector<VrfOutput> outputs;
  for (int i = 0; i < 40; ++i) {
    const prove::VrfSecret secret(random.bytes(32));
    const base::Bytes alpha = random.bytes(random.below(100));
    const auto output = vrf_verify(secret.public_key(), alpha, secret.prove(alpha));
    REQUIRE(output.has_value());
    REQUIRE(std::find(outputs.begin(), outputs.end(), *output) == outputs.end());
    outputs.push_back(*output);
  }
}

TEST_CASE("vrf: possession is bound to chain, node, key and first epoch", "[proofs][rule:O-4]") {
  const auto alpha = [](std::uint8_t chain, std::uint8_t node, std::uint8_t key, std::uint32_t e) {
    return vrf_pop_alpha(filled<base::ChainId>(chain), filled<base::NodeId>(node),
                         filled<base::PublicKey>(key), base::Epoch(e));
  };
  const base::Hash one = alpha(1, 2, 3, 4);
  REQUIRE(one == alpha(1, 2, 3, 4));
  for (const base::Hash& other :
       {alpha(9, 2, 3, 4), alpha(1, 9, 3, 4), alpha(1, 2, 9, 4), alpha(1, 2, 3, 9)})
    REQUIRE(one != other);
}
