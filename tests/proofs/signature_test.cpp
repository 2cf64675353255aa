// SPDX-License-Identifier: Apache-2.0
#include "proofs/signature.h"

#include <catch2/catch.hpp>

#include "proofs/accept_set.h"
#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

TEST_CASE("signature: RFC 8032 test 2 is accepted, and no mutation of it", "[proofs][rule:O-39]") {
  const auto key =
      id_hex<base::PublicKey>("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const base::Bytes message = unhex("72");
  const base::Bytes signature = unhex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  REQUIRE(verify_signature(key, message, signature));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    base::Bytes changed = signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    REQUIRE_FALSE(verify_signature(key, message, changed));
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    auto changed = key.bytes();
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    REQUIRE_FALSE(verify_signature(base::PublicKey(changed), message, signature));
  }
  REQUIRE_FALSE(verify_signature(key, unhex("73"), signature));
  REQUIRE_FALSE(verify_signature(key, {}, signature));
}

TEST_CASE("signature: any length but 64 bytes is refused", "[proofs][rule:O-39]") {
  const auto s = signer(7);
  const Signature good = s.sign(unhex("00"));
  base::Bytes bytes(good.begin(), good.end());
  REQUIRE(verify_signature(s.public_key(), unhex("00"), bytes));
  bytes.push_back(0);
  REQUIRE_FALSE(verify_signature(s.public_key(), unhex("00"), bytes));
  bytes.resize(63);
  REQUIRE_FALSE(verify_signature(s.public_key(), unhex("00"), bytes));
  REQUIRE_FALSE(verify_signature(s.public_key(), unhex("00"), {}));
}

TEST_CASE("accept set: this library decides every case of the accept set as named",
          "[proofs][rule:O-39]") {
  const auto deviation = first_deviation();
  INFO((deviation ? std::string(*deviation) : "none"));
  REQUIRE_FALSE(deviation.has_value());
  REQUIRE(signature_cases().size() >= 40);
  REQUIRE(key_cases().size() >= 15);
}

TEST_CASE("accept set: a judge that differs in one case is named by that case",
          "[proofs][rule:O-39]") {
  Judges judges = own_judges();
  judges.verify = [](const base::PublicKey&, base::ByteView, base::ByteView) { return true; };
  REQUIRE(first_deviation(judges) == "other message");
  judges = own_judges();
  judges.verify = [](const base::PublicKey&, base::ByteView, base::ByteView) { return false; };
  REQUIRE(first_deviation(judges) == "good");
  judges = own_judges();
  judges.prime_order = [](const base::PublicKey&) { return true; };
  REQUIRE(first_deviation(judges) == "non-canonical y 3");
  // The unfixed library takes a key plus the point of order two for one of prime order.
  judges.prime_order = [](const base::PublicKey& key) {
    for (const KeyCase& c : key_cases())
      if (c.name == "key plus order 2" && key == id_hex<base::PublicKey>(c.key)) return true;
    return is_prime_order_key(key);
  };
  REQUIRE(first_deviation(judges) == "key plus order 2");
}

TEST_CASE("accept set: the id of the accept set moves only with the cases", "[proofs][rule:O-39]") {
  REQUIRE(accept_set_id() == accept_set_id());
  REQUIRE(base::to_hex(accept_set_id().view()) ==
          "2f3ae8e5263be33165623411046482294298"
          "a3ba0717d55715ad66cbb8e04360");
}
