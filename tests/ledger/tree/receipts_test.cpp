// SPDX-License-Identifier: Apache-2.0
#include "ledger/receipts.h"

#include <catch2/catch.hpp>

#include "codec/base/merkle.h"
#include "codec/base/prng.h"

using namespace wald;
using namespace wald::ledger;

namespace {

Receipt receipt(std::uint64_t seed) {
  base::Prng prng(seed);
  Receipt r;
  r.tx = base::TxId::from(prng.bytes(32));
  r.code = static_cast<std::uint32_t>(prng.next());
  r.fee = prng.next();
  r.first_seq = prng.next();
  r.events = static_cast<std::uint32_t>(prng.next());
  return r;
}

}  // namespace

TEST_CASE("receipt: its bytes parse back and no other length does", "[ledger][block][rule:A-39]") {
  const Receipt r = receipt(1);
  base::Bytes bytes = encode(r);
  REQUIRE(bytes.size() == Receipt::kSize);
  REQUIRE(parse_receipt(bytes) == r);
  REQUIRE_FALSE(parse_receipt(base::ByteView(bytes).first(bytes.size() - 1)));
  bytes.push_back(0);
  REQUIRE_FALSE(parse_receipt(bytes));
}

TEST_CASE("receipts: the root is that of the Merkle tree over their bytes in block order",
          "[ledger][block][rule:K-16]") {
  std::vector<Receipt> receipts;
  std::vector<base::Hash> leaves;
  REQUIRE(receipts_root(receipts).is_zero());
  for (std::uint64_t i = 0; i < 9; ++i) {
    receipts.push_back(receipt(i));
    leaves.push_back(base::merkle_leaf(encode(receipts.back())));
    REQUIRE(receipts_root(receipts) == base::MerkleTree(leaves).root());
  }
  const base::Hash root = receipts_root(receipts);
  std::swap(receipts[2], receipts[3]);
  REQUIRE(receipts_root(receipts) != root);
}

TEST_CASE("event chain: a head covers each event before it and their order",
          "[ledger][block][rule:A-39]") {
  const base::Bytes a{1}, b{2};
  const base::Hash ab = next_event_head(next_event_head({}, a), b);
  REQUIRE(ab != next_event_head(next_event_head({}, b), a));
  REQUIRE(ab != next_event_head({}, base::Bytes{1, 2}));
}
