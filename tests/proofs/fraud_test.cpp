// SPDX-License-Identifier: Apache-2.0
// Equivocation. Fraud proofs over leaves are in opening_test.cpp, beside the leaves.
#include "proofs/fraud.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

Header header(Kind kind) {
  return {kind,
          filled<base::ChainId>(1),
          base::Epoch(7),
          base::Round(3),
          filled<base::Hash>(2),
          kind == Kind::kEquivocation ? base::NodeId() : filled<base::NodeId>(3)};
}
base::Bytes commit(std::uint8_t root, const Header& head = header(Kind::kResponseCommit),
                   std::vector<std::uint16_t> unavailable = {}) {
  return signer(1).statement(
      head, ResponseCommit{filled<base::Hash>(root), 64, std::move(unavailable), {}});
}
base::Bytes receipt(std::uint8_t prover, std::uint8_t root) {
  return signer(1).statement(header(Kind::kReceipt),
                             Receipt{filled<base::NodeId>(prover), filled<base::Hash>(root)});
}
auto judge(const base::Bytes& a, const base::Bytes& b) {
  return contradiction(header(Kind::kEquivocation), {a, b});
}

}  // namespace

TEST_CASE("equivocation: two roots of one author, as commits or as receipts for one prover",
          "[proofs][rule:O-26]") {
  const auto commits = judge(commit(1), commit(2));
  REQUIRE(commits.ok());
  REQUIRE(commits->author == filled<base::NodeId>(3));
  REQUIRE(commits->kind == Kind::kResponseCommit);
  REQUIRE(verify_contradiction({commit(1), commit(2)}, signer(1).public_key()));
  const auto receipts = judge(receipt(5, 1), receipt(5, 2));
  REQUIRE(receipts.ok());
  REQUIRE(receipts->kind == Kind::kReceipt);
}

TEST_CASE("equivocation: equal roots and receipts for two provers are none",
          "[proofs][rule:O-26]") {
  const auto none = EquivocationRefusal::kNoContradiction;
  REQUIRE(judge(commit(1), commit(1)).error() == none);
  REQUIRE(judge(commit(1), commit(1, header(Kind::kResponseCommit), {4})).error() == none);
  REQUIRE(judge(receipt(5, 1), receipt(6, 2)).error() == none);
  REQUIRE(judge(receipt(5, 1), receipt(5, 1)).error() == none);
}

TEST_CASE("equivocation: chain, epoch, round, seed and author must be the same",
          "[proofs][rule:O-26]") {
  std::vector<Header> others(4, header(Kind::kResponseCommit));
  others[0].chain = filled<base::ChainId>(9);
  others[1].epoch = base::Epoch(8);
  others[2].round = base::Round(4);
  others[3].seed = filled<base::Hash>(9);
  for (const Header& other : others) {
    REQUIRE(judge(commit(1), commit(2, other)).error() == EquivocationRefusal::kOtherRound);
    REQUIRE(judge(commit(1, other), commit(2)).error() == EquivocationRefusal::kOtherRound);
    REQUIRE(judge(commit(1, other), commit(2, other)).error() == EquivocationRefusal::kOtherRound);
  }
  Header other = header(Kind::kResponseCommit);
  other.author = filled<base::NodeId>(9);
  REQUIRE(judge(commit(1), commit(2, other)).error() == EquivocationRefusal::kOtherAuthor);
}

TEST_CASE("equivocation: parts that do not parse, of other kinds or unsigned are refused",
          "[proofs][rule:O-26]") {
  base::Bytes cut = commit(2);
  cut.pop_back();
  REQUIRE(judge(commit(1), cut).error() == EquivocationRefusal::kMalformed);
  REQUIRE(judge({}, commit(2)).error() == EquivocationRefusal::kMalformed);
  REQUIRE(judge(commit(1), receipt(5, 1)).error() == EquivocationRefusal::kMalformed);
  Header sync = header(Kind::kAttestSync);
  sync.round = base::Round(kNoRound);
  sync.seed = {};
  const base::Bytes attest = signer(1).statement(sync, AttestSync{});
  REQUIRE(judge(attest, attest).error() == EquivocationRefusal::kMalformed);
  base::Bytes forged = commit(2);
  forged.back() ^= 1;
  REQUIRE_FALSE(verify_contradiction({commit(1), forged}, signer(1).public_key()));
  REQUIRE_FALSE(verify_contradiction({forged, commit(1)}, signer(1).public_key()));
  REQUIRE_FALSE(verify_contradiction({commit(1), commit(2)}, signer(2).public_key()));
}
