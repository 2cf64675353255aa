// SPDX-License-Identifier: Apache-2.0
#include "ledger/signing.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"

using namespace wald;
using namespace wald::ledger;

namespace {

base::PublicKey key(std::uint8_t first) {
  std::array<std::uint8_t, 32> bytes{};
  bytes[0] = first;
  return base::PublicKey(bytes);
}

std::vector<PolicyKey> keys(std::size_t count, std::uint8_t weight) {
  std::vector<PolicyKey> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({key(static_cast<std::uint8_t>(i)), weight});
  return out;
}

template <class Id>
Id some_id(base::Prng& prng) {
  return Id::from(prng.bytes(32));
}

}  // namespace

TEST_CASE("policy: every malformed policy is refused and its neighbours are not",
          "[ledger][account][rule:U-1]") {
  REQUIRE(Policy::make(1, keys(1, 1)));
  REQUIRE(Policy::make(16 * 255, keys(16, 255)));
  REQUIRE_FALSE(Policy::make(1, {}));
  REQUIRE_FALSE(Policy::make(1, keys(17, 1)));
  REQUIRE_FALSE(Policy::make(0, keys(3, 1)));
  REQUIRE(Policy::make(3, keys(3, 1)));
  REQUIRE_FALSE(Policy::make(4, keys(3, 1)));
  REQUIRE_FALSE(Policy::make(1, keys(3, 0)));
  REQUIRE_FALSE(Policy::make(1, {{key(2), 1}, {key(1), 1}}));
  REQUIRE_FALSE(Policy::make(1, {{key(2), 1}, {key(2), 1}}));
}

TEST_CASE("policy: its bytes parse back, and no other length or order does",
          "[ledger][account][rule:U-1]") {
  for (std::size_t count = 1; count <= Policy::kMaxKeys; ++count) {
    const auto policy = Policy::make(static_cast<std::uint16_t>(count), keys(count, 2));
    REQUIRE(policy);
    const base::Bytes bytes = policy->encode();
    REQUIRE(bytes.size() == 3 + 33 * count);
    REQUIRE(Policy::parse(bytes) == policy);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
      REQUIRE_FALSE(Policy::parse(base::ByteView(bytes).first(cut)));
    base::Bytes longer = bytes;
    longer.push_back(0);
    REQUIRE_FALSE(Policy::parse(longer));
    base::Bytes heavier = bytes;
    heavier[0] = 255, heavier[1] = 255;
    REQUIRE_FALSE(Policy::parse(heavier));
  }
  REQUIRE_FALSE(Policy::parse(base::Bytes{1, 0, 255}));
  REQUIRE(Policy::single(key(7)) == Policy::make(1, {{key(7), 1}}));
}

TEST_CASE("policy: a bitmap counts the weights of its keys and may not name more",
          "[ledger][account][rule:U-3][rule:A-39]") {
  std::vector<PolicyKey> nine = keys(9, 1);
  for (std::size_t i = 0; i < nine.size(); ++i) nine[i].weight = static_cast<std::uint8_t>(10 + i);
  const auto policy = Policy::make(1, nine);
  REQUIRE(policy);
  REQUIRE(policy->weight_of(base::Bytes{0, 0}) == 0u);
  REQUIRE(policy->weight_of(base::Bytes{1, 0}) == 10u);
  REQUIRE(policy->weight_of(base::Bytes{0x80, 1}) == 17u + 18u);
  REQUIRE_FALSE(policy->weight_of(base::Bytes{1, 2}));
  REQUIRE_FALSE(policy->weight_of(base::Bytes{1}));
  REQUIRE_FALSE(policy->weight_of(base::Bytes{1, 0, 0}));
}

TEST_CASE("tx: preimages of two chains or two bodies never agree",
          "[ledger][rule:U-3][rule:A-16]") {
  base::Prng prng(1);
  const auto a = some_id<base::ChainId>(prng);
  const auto b = some_id<base::ChainId>(prng);
  const base::TxId tx = tx_id(base::Bytes{1, 2, 3});
  REQUIRE(tx != tx_id(base::Bytes{1, 2, 4}));
  REQUIRE(tx_preimage(a, tx) != tx_preimage(b, tx));
  REQUIRE(base::as_text(tx_preimage(a, tx)).substr(0, 16) ==
          std::string_view("wald-tx-v1\0\0\0\0\0\0", 16));
}

TEST_CASE("setkeys: every part of what the new keys sign changes the digest",
          "[ledger][account][rule:U-2]") {
  base::Prng prng(2);
  const auto chain = some_id<base::ChainId>(prng);
  const auto account = some_id<base::AccountId>(prng);
  const Policy policy = Policy::single(key(1));
  const base::Hash digest = setkeys_digest(chain, account, 5, policy);
  REQUIRE(digest != setkeys_digest(some_id<base::ChainId>(prng), account, 5, policy));
  REQUIRE(digest != setkeys_digest(chain, some_id<base::AccountId>(prng), 5, policy));
  REQUIRE(digest != setkeys_digest(chain, account, 6, policy));
  REQUIRE(digest != setkeys_digest(chain, account, 5, Policy::single(key(2))));
}

TEST_CASE("possession: chain, node, role, key and epoch are all bound",
          "[ledger][node][rule:N-1]") {
  base::Prng prng(3);
  const auto chain = some_id<base::ChainId>(prng);
  const auto node = some_id<base::NodeId>(prng);
  const auto digest =
      key_possession_digest(chain, node, KeyRole::kConsensus, key(1), base::Epoch(4));
  base::Writer data;
  data.raw(chain.view()).raw(node.view()).u8(1).raw(key(1).view()).le(std::uint32_t{4});
  REQUIRE(digest == base::tagged_hash("wald.key.pop", {}, data.bytes()));
  REQUIRE(digest != key_possession_digest(chain, node, KeyRole::kProtocol, key(1), base::Epoch(4)));
}

TEST_CASE("header: its bytes parse back; other lengths and versions are refused",
          "[ledger][block][rule:A-39]") {
  base::Prng prng(4);
  BlockHeader h;
  h.chain = some_id<base::ChainId>(prng);
  h.term = 3;
  h.height = base::Height(0x0102030405060708u);
  h.time = base::TimeMs(99);
  for (base::Hash* hash :
       {&h.previous, &h.input_hash, &h.receipts_hash, &h.event_head, &h.state_root})
    *hash = some_id<base::Hash>(prng);
  base::Bytes bytes = encode(h);
  REQUIRE(bytes[38] == 8);
  REQUIRE(parse_header(bytes) == h);
  REQUIRE_FALSE(parse_header(base::ByteView(bytes).first(bytes.size() - 1)));
  const base::Hash hash = header_hash(h);
  h.term = 4;
  REQUIRE(header_hash(h) != hash);
  bytes[0] = 2;
  REQUIRE_FALSE(parse_header(bytes));
  bytes[0] = 1;
  bytes.push_back(0);
  REQUIRE_FALSE(parse_header(bytes));
}

TEST_CASE("term: a certificate parses back and its preimage binds all of it",
          "[ledger][block][rule:A-39]") {
  base::Prng prng(5);
  TermCertificate c;
  c.chain = some_id<base::ChainId>(prng);
  c.term = 2;
  c.key = some_id<base::PublicKey>(prng);
  c.first_height = base::Height(77);
  c.root = some_id<base::Hash>(prng);
  base::Bytes bytes = encode(c);
  REQUIRE(parse_term(bytes) == c);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    base::Bytes other = bytes;
    other[i] ^= 1;
    const auto parsed = parse_term(other);
    REQUIRE(parsed);
    REQUIRE(term_preimage(*parsed) != term_preimage(c));
  }
  bytes.push_back(0);
  REQUIRE_FALSE(parse_term(bytes));
}
