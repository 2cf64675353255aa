// SPDX-License-Identifier: Apache-2.0
#include "node/net/peer_auth.h"

#include <sodium.h>

#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "node/os/random.h"

using namespace wald;
using namespace wald::net;

namespace {

struct Peer {
  Peer() {
    os::sodium_ready();
    std::array<std::uint8_t, 32> seed{1};
    ::crypto_sign_seed_keypair(public_key.data(), secret.data(), seed.data());
  }
  std::array<std::uint8_t, 32> public_key{};
  std::array<std::uint8_t, 64> secret{};
  base::NodeId node{std::array<std::uint8_t, 32>{9}};
  base::Bytes body{1, 2, 3};
  base::ChainId chain{std::array<std::uint8_t, 32>{4}};

  proofs::HttpRequest request() const { return {"POST", "/v1/x?y=1", "n2:9185", body}; }
  std::string header(const proofs::HttpRequest& r, std::uint64_t time, std::uint8_t random) const {
    proofs::RequestAuth auth{node, base::TimeMs(time), Random16{random}, {}};
    const base::Bytes preimage = proofs::request_preimage(chain, r, auth.time, auth.random).value();
    ::crypto_sign_detached(auth.signature.data(), nullptr, preimage.data(), preimage.size(),
                           secret.data());
    return proofs::authorization_value(auth);
  }
  base::Result<base::NodeId, PeerRefusal> verify(const std::string& text,
                                                 const proofs::HttpRequest& r, std::uint64_t now,
                                                 SeenSet& seen) const {
    return verify_peer(
        text, chain, r, base::TimeMs(now),
        [&](const base::NodeId& id) -> std::optional<base::PublicKey> {
          if (id != node) return std::nullopt;
          return base::PublicKey(public_key);
        },
        seen);
  }
};

}  // namespace

TEST_CASE("peer auth: a signed request is accepted once", "[node][net][rule:IF-5]") {
  const Peer peer;
  SeenSet seen;
  const std::string text = peer.header(peer.request(), 1'000'000, 1);
  REQUIRE(peer.verify(text, peer.request(), 1'030'000, seen).value() == peer.node);
  REQUIRE(peer.verify(text, peer.request(), 1'030'000, seen).error() == PeerRefusal::kRepeated);
  REQUIRE(
      peer.verify(peer.header(peer.request(), 1'000'000, 2), peer.request(), 1'000'000, seen).ok());
}

TEST_CASE("peer auth: everything signed is bound", "[node][net][rule:IF-5]") {
  const Peer peer;
  SeenSet seen;
  const std::string text = peer.header(peer.request(), 1'000'000, 1);
  const base::Bytes other_body{1, 2, 4};
  std::vector<proofs::HttpRequest> changed(4, peer.request());
  changed[0].method = "PUT";
  changed[1].target = "/v1/x?y=2";
  changed[2].host = "n3:9185";
  changed[3].body = other_body;
  for (const proofs::HttpRequest& r : changed)
    REQUIRE(peer.verify(text, r, 1'000'000, seen).error() == PeerRefusal::kBadSignature);
  Peer elsewhere = peer;
  elsewhere.chain = base::ChainId();
  REQUIRE(elsewhere.verify(text, peer.request(), 1'000'000, seen).error() ==
          PeerRefusal::kBadSignature);
  // Any bit of time, random or signature; the node's id is looked up first.
  base::Bytes token = base::from_base64(text.substr(6)).value();
  for (std::size_t i = 0; i < token.size(); ++i) {
    base::Bytes bad = token;
    bad[i] ^= 1;
    REQUIRE_FALSE(
        peer.verify("Wald1 " + base::to_base64(bad), peer.request(), 1'000'000, seen).ok());
  }
  REQUIRE(peer.verify(text, peer.request(), 1'000'000, seen).ok());  // failures burnt nothing
}

TEST_CASE("peer auth: the window is 60 s to both sides, the form is exact",
          "[node][net][rule:IF-5]") {
  const Peer peer;
  SeenSet seen;
  const auto at = [&](std::uint64_t now, std::uint8_t random) {
    return peer.verify(peer.header(peer.request(), 1'000'000, random), peer.request(), now, seen);
  };
  REQUIRE(at(1'060'000, 1).ok());
  REQUIRE(at(940'000, 2).ok());
  REQUIRE(at(1'060'001, 3).error() == PeerRefusal::kOutsideWindow);
  REQUIRE(at(939'999, 4).error() == PeerRefusal::kOutsideWindow);
  for (const char* bad : {"", "Wald1", "Wald1 ", "Wald1 AAAA", "Bearer x", "wald1 AAAA", "Wald1 !"})
    REQUIRE(peer.verify(bad, peer.request(), 1'000'000, seen).error() == PeerRefusal::kMalformed);
}

TEST_CASE("peer auth: the memory of randoms is bounded, refuses when full and forgets in time",
          "[node][net][rule:IF-5]") {
  SeenSet seen(2);
  const base::NodeId node;
  REQUIRE(seen.insert(node, Random16{1}, base::TimeMs(0)));
  REQUIRE(seen.insert(node, Random16{2}, base::TimeMs(100'000)));
  REQUIRE_FALSE(seen.insert(node, Random16{3}, base::TimeMs(150'000)));
  REQUIRE(seen.insert(node, Random16{3}, base::TimeMs(150'001)));
  REQUIRE_FALSE(seen.insert(node, Random16{2}, base::TimeMs(150'001)));
}
