// SPDX-License-Identifier: Apache-2.0
#include "proofs/opening.h"

#include <catch2/catch.hpp>

#include "codec/shape/accounting.h"
#include "codec/shape/commitment.h"
#include "proofs/deny.h"
#include "proofs/fraud.h"
#include "proofs/prove/answer.h"
#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

constexpr std::uint32_t kShards = 10;
constexpr std::uint64_t kLength = 300;  // z = 12 at n = 10

// A blob that nobody encoded: slivers of random symbols under one id, which is all an opening
// needs.
struct Fixture {
  shape::Params params = *shape::Params::make(kShards);
  std::uint32_t z = *params.symbol_size(kLength);
  std::vector<std::vector<base::Bytes>> primary, secondary;  // sliver -> its n symbols
  std::vector<shape::PairEntry> entries;
  base::BlobId blob;
  DenyList denied = *DenyList::make({});

  Fixture() {
    base::Prng random(21);
    for (std::uint32_t i = 0; i < kShards; ++i) {
      primary.push_back(symbols(random));
      secondary.push_back(symbols(random));
    }
    for (std::uint32_t i = 0; i < kShards; ++i)
      entries.push_back({tree(primary[i]).root(), tree(secondary[kShards - 1 - i]).root()});
    blob = shape::blob_id(shape::pairs_root(entries), kLength);
    denied = *DenyList::make(
        {{blob, *shape::encoded_length(params, kLength)}, {filled<base::BlobId>(1), 5}});
  }
  std::vector<base::Bytes> symbols(base::Prng& random) const {
    std::vector<base::Bytes> out;
    for (std::uint32_t i = 0; i < kShards; ++i) out.push_back(random.bytes(z));
    return out;
  }
  static base::MerkleTree tree(const std::vector<base::Bytes>& symbols) {
    std::vector<base::Hash> leaves;
    for (const base::Bytes& symbol : symbols) leaves.push_back(base::merkle_leaf(symbol));
    return base::MerkleTree(leaves);
  }

  PointFacts facts(LeafStatus status = LeafStatus::kOk,
                   shape::Axis axis = shape::Axis::kPrimary) const {
    return {params, blob,         kLength, base::PairIndex(3), axis, base::SymbolIndex(6),
            status, denied.root()};
  }
  const std::vector<base::Bytes>& sliver(shape::Axis axis) const {
    return axis == shape::Axis::kPrimary ? primary[3] : secondary[kShards - 1 - 3];
  }
  Leaf leaf(LeafStatus status = LeafStatus::kOk, shape::Axis axis = shape::Axis::kPrimary) const {
    Leaf out;
    out.t = 2;
    out.status = status;
    if (status == LeafStatus::kOk) {
      out.symbol = sliver(axis)[6];
      out.path = tree(sliver(axis)).path(6);
    }
    return out;
  }
};

struct Committed {
  base::Hash root;
  LedgerOpening opening;
};
// Puts the bytes at place 2 of five leaves.
Committed committed(const Fixture& fix, const base::Bytes& leaf, base::Bytes membership = {}) {
  std::vector<base::Hash> leaves;
  for (std::uint16_t t = 0; t < 5; ++t)
    leaves.push_back(
        base::merkle_leaf(t == 2 ? leaf : encode_leaf({t, LeafStatus::kUnavailable, {}, {}})));
  const base::MerkleTree tree(leaves);
  Committed out{tree.root(), {}};
  out.opening.opening = {leaf, tree.path(2), std::move(membership)};
  out.opening.pair_entry = fix.entries[3].bytes();
  out.opening.pair_path = shape::pairs_tree(fix.entries).path(3);
  return out;
}
Committed committed(const Fixture& fix, const Leaf& leaf, base::Bytes membership = {}) {
  return committed(fix, encode_leaf(leaf), std::move(membership));
}

// Peer and ledger judge alike wherever the pair entry is genuine.
void require_verdict(const Fixture& fix, const PointFacts& facts, const Committed& c,
                     Verdict want) {
  REQUIRE(opened_place(c.root, 5, c.opening.opening) == std::uint16_t{2});
  REQUIRE(judge_ledger_opening(facts, c.opening) == want);
  REQUIRE(judge_opening(facts, c.opening.opening, fix.entries[3].hash(facts.axis)) == want);
  const FraudProof fraud{0, c.root, c.opening};
  REQUIRE(fraud_place(fraud, 5) == std::uint16_t{2});
  REQUIRE(judge_fraud(fraud, c.root, facts, false).ok() == (want == Verdict::kFalse));
}

}  // namespace

TEST_CASE("opening: a true symbol of either axis is good", "[proofs][rule:O-17][rule:O-18]") {
  const Fixture fix;
  for (const auto axis : {shape::Axis::kPrimary, shape::Axis::kSecondary})
    require_verdict(fix, fix.facts(LeafStatus::kOk, axis),
                    committed(fix, fix.leaf(LeafStatus::kOk, axis)), Verdict::kGood);
}

TEST_CASE("opening: agreed statuses without a symbol are good, each other pair is false",
          "[proofs][rule:O-18][rule:O-24]") {
  const Fixture fix;
  const base::Bytes proof = *fix.denied.prove(fix.blob);
  const LeafStatus all[] = {LeafStatus::kOk, LeafStatus::kUnavailable, LeafStatus::kDenied,
                            LeafStatus::kLost};
  for (const LeafStatus claimed : all) {
    const Committed c =
        committed(fix, fix.leaf(claimed), claimed == LeafStatus::kDenied ? proof : base::Bytes());
    for (const LeafStatus due : all)
      require_verdict(fix, fix.facts(due), c, claimed == due ? Verdict::kGood : Verdict::kFalse);
  }
}

TEST_CASE("opening: wrong symbol, path, index, sliver, size and height are false",
          "[proofs][rule:O-18][rule:O-24]") {
  const Fixture fix;
  Leaf leaf = fix.leaf();
  leaf.symbol[0] ^= 1;
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf();
  leaf.path[1] = filled<base::Hash>(1);
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf();  // the neighbour's symbol, with its own path
  leaf.symbol = fix.primary[3][7];
  leaf.path = Fixture::tree(fix.primary[3]).path(7);
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf(LeafStatus::kOk, shape::Axis::kSecondary);
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf();
  leaf.symbol.pop_back();
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf();
  leaf.symbol.push_back(0);
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf();
  leaf.path.pop_back();
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf.path.resize(5);
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  leaf = fix.leaf();
  leaf.symbol.clear();
  require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
}

TEST_CASE("opening: a committed leaf that does not parse is false",
          "[proofs][rule:O-18][rule:O-24]") {
  const Fixture fix;
  const base::Bytes good = encode_leaf(fix.leaf());
  std::vector<base::Bytes> broken(3, good);
  broken[0].push_back(0);
  broken[1].pop_back();
  broken[2][2] = 5;  // no such status
  broken.push_back(base::Bytes(good.begin(), good.begin() + 2));
  broken.push_back(unhex("02000200"));        // UNAVAILABLE with a tail
  broken.push_back(unhex("020000"));          // status 0
  broken.push_back(unhex("020001ffffffff"));  // a symbol of 4 GiB
  for (const base::Bytes& leaf : broken) {
    REQUIRE_FALSE(parse_leaf(leaf).has_value());
    require_verdict(fix, fix.facts(), committed(fix, leaf), Verdict::kFalse);
  }
  // A tail behind a DENIED leaf: the opening still carries its membership field.
  const base::Bytes tail = unhex("02000300");
  require_verdict(fix, fix.facts(LeafStatus::kDenied), committed(fix, tail, unhex("00")),
                  Verdict::kFalse);
}

TEST_CASE("opening: what does not lie under the root at the place it names shows nothing",
          "[proofs][rule:O-18]") {
  const Fixture fix;
  const Committed c = committed(fix, fix.leaf());
  const auto place = [&](const base::Hash& root, std::uint32_t points, const Opening& opening) {
    return opened_place(root, points, opening).has_value();
  };
  REQUIRE(place(c.root, 5, c.opening.opening));
  REQUIRE_FALSE(place(filled<base::Hash>(1), 5, c.opening.opening));
  REQUIRE_FALSE(place(c.root, 2, c.opening.opening));   // t is not below c
  REQUIRE_FALSE(place(c.root, 16, c.opening.opening));  // the path is short
  Opening changed = c.opening.opening;
  changed.leaf[0] = 3;
  REQUIRE_FALSE(place(c.root, 5, changed));
  changed = c.opening.opening;
  changed.path[0] = filled<base::Hash>(1);
  REQUIRE_FALSE(place(c.root, 5, changed));
  changed.leaf.resize(1);
  REQUIRE_FALSE(place(c.root, 5, changed));
  REQUIRE_FALSE(leaf_place({}).has_value());
  // A leaf that names another place than it holds counts at neither.
  Leaf elsewhere = fix.leaf();
  elsewhere.t = 3;
  const Committed wrong = committed(fix, elsewhere);
  REQUIRE_FALSE(place(wrong.root, 5, wrong.opening.opening));
}

TEST_CASE("opening: a false pair entry is never held against the prover", "[proofs][rule:O-18]") {
  const Fixture fix;
  Committed c = committed(fix, fix.leaf());
  LedgerOpening changed = c.opening;
  changed.pair_entry[0] ^= 1;
  REQUIRE(judge_ledger_opening(fix.facts(), changed) == Verdict::kUnproven);
  changed = c.opening;
  changed.pair_path[2] = filled<base::Hash>(1);
  REQUIRE(judge_ledger_opening(fix.facts(), changed) == Verdict::kUnproven);
  changed = c.opening;
  changed.pair_path.pop_back();
  REQUIRE(judge_ledger_opening(fix.facts(), changed) == Verdict::kUnproven);
  changed = c.opening;  // another pair, proven
  changed.pair_entry = fix.entries[4].bytes();
  changed.pair_path = shape::pairs_tree(fix.entries).path(4);
  REQUIRE(judge_ledger_opening(fix.facts(), changed) == Verdict::kUnproven);
  REQUIRE(judge_fraud({0, c.root, changed}, c.root, fix.facts(), false).error() ==
          FraudRefusal::kNotFalse);
}

TEST_CASE("opening: DENIED without proof, with another length or list is not good and no fraud",
          "[proofs][rule:O-18][rule:O-24]") {
  const Fixture fix;
  const PointFacts facts = fix.facts(LeafStatus::kDenied);
  const Leaf leaf = fix.leaf(LeafStatus::kDenied);
  require_verdict(fix, facts, committed(fix, leaf, *fix.denied.prove(fix.blob)), Verdict::kGood);
  require_verdict(fix, facts, committed(fix, leaf), Verdict::kUnproven);
  require_verdict(fix, facts, committed(fix, leaf, unhex("00")), Verdict::kUnproven);
  require_verdict(fix, facts, committed(fix, leaf, *fix.denied.prove(filled<base::BlobId>(1))),
                  Verdict::kUnproven);
  const auto other = *DenyList::make({{fix.blob, 1}});
  PointFacts other_facts = facts;
  other_facts.deny_root = other.root();
  require_verdict(fix, other_facts, committed(fix, leaf, *other.prove(fix.blob)),
                  Verdict::kUnproven);
}

TEST_CASE("fraud: another root, an excused blob and a true leaf are refused",
          "[proofs][rule:O-24]") {
  const Fixture fix;
  Leaf leaf = fix.leaf();
  leaf.symbol[0] ^= 1;
  const Committed liar = committed(fix, leaf), honest = committed(fix, fix.leaf());
  const FraudProof proof{4, liar.root, liar.opening};
  REQUIRE(judge_fraud(proof, liar.root, fix.facts(), false).ok());
  REQUIRE(judge_fraud(proof, honest.root, fix.facts(), false).error() == FraudRefusal::kOtherRoot);
  REQUIRE(judge_fraud(proof, liar.root, fix.facts(), true).error() == FraudRefusal::kExcused);
  REQUIRE(judge_fraud({4, honest.root, honest.opening}, honest.root, fix.facts(), false).error() ==
          FraudRefusal::kNotFalse);
  REQUIRE_FALSE(fraud_place({4, honest.root, liar.opening}, 5).has_value());
}

TEST_CASE("leaf: the status that is due follows the snapshot first, then the lists of the commit",
          "[proofs][rule:O-17]") {
  REQUIRE(due_status(3, true, {3}, {}) == LeafStatus::kLost);
  REQUIRE(due_status(3, false, {1, 3}, {}) == LeafStatus::kUnavailable);
  REQUIRE(due_status(3, false, {1}, {3, 9}) == LeafStatus::kDenied);
  REQUIRE(due_status(3, false, {1}, {9}) == LeafStatus::kOk);
}

TEST_CASE("opening: bytes survive parsing, and every truncation is refused",
          "[proofs][rule:O-17]") {
  const Fixture fix;
  for (const LeafStatus status : {LeafStatus::kOk, LeafStatus::kDenied, LeafStatus::kLost}) {
    const auto proof = status == LeafStatus::kDenied ? *fix.denied.prove(fix.blob) : base::Bytes();
    const base::Bytes bytes =
        encode_ledger_opening(committed(fix, fix.leaf(status), proof).opening);
    const auto parsed = parse_ledger_opening(bytes);
    REQUIRE(parsed.has_value());
    REQUIRE(encode_ledger_opening(*parsed) == bytes);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      REQUIRE_FALSE(parse_ledger_opening(base::ByteView(bytes).first(length)).has_value());
    base::Bytes longer = bytes;
    longer.push_back(0);
    REQUIRE_FALSE(parse_ledger_opening(longer).has_value());
  }
}

TEST_CASE("opening: at n = 1000 and c = 1024 it takes 1,038 bytes and the symbol",
          "[proofs][rule:O-17]") {
  LedgerOpening opening;
  Leaf leaf;
  leaf.symbol.resize(152);
  leaf.path.resize(10);
  opening.opening = {encode_leaf(leaf), std::vector<base::Hash>(10), {}};
  opening.pair_path.resize(10);
  REQUIRE(encode_ledger_opening(opening).size() == 1038 + 152);
}
