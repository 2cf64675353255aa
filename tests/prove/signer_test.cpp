// SPDX-License-Identifier: Apache-2.0
#include "proofs/prove/signer.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

TEST_CASE("signer: RFC 8032 tests 1 to 3", "[prove][rule:O-39]") {
  struct Example {
    const char *secret, *key, *message, *signature;
  };
  constexpr Example kExamples[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
       "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
       "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
       "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}};
  for (const Example& example : kExamples) {
    const prove::Signer signer(unhex(example.secret));
    REQUIRE(base::to_hex(signer.public_key().view()) == example.key);
    REQUIRE(base::to_hex(signer.sign(unhex(example.message))) == example.signature);
  }
}

TEST_CASE("signer: unsigned kinds carry nothing behind the body", "[prove][rule:O-16]") {
  const Header header{Kind::kBeaconReveal, filled<base::ChainId>(1), base::Epoch(1),
                      base::Round(0),      filled<base::Hash>(1),    filled<base::NodeId>(1)};
  const base::Bytes bytes = signer(1).statement(header, BeaconReveal{});
  REQUIRE(bytes.size() == kHeaderSize + 80);
  REQUIRE_FALSE(verify_statement(bytes, signer(1).public_key()));
}

TEST_CASE("signer: a moved signer signs as before", "[prove][rule:O-39]") {
  prove::Signer first = signer(5);
  const Signature before = first.sign(unhex("01"));
  const prove::Signer second = std::move(first);
  REQUIRE(second.sign(unhex("01")) == before);
}
