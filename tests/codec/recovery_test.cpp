// SPDX-License-Identifier: Apache-2.0
#include "codec/recovery.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/encoder.h"
#include "codec/kernels.h"

using namespace wald::codec;
using wald::base::Prng;
using wald::shape::other;
using wald::shape::PairEntry;

namespace {

using Numbers = std::vector<std::uint64_t>;
constexpr Axis kAxes[] = {Axis::kPrimary, Axis::kSecondary};

struct Case {
  Codec codec;
  Bytes blob;
  Encoded encoded;
  explicit Case(std::uint64_t n, std::size_t len)
      : codec(Codec::make(n).value()),
        blob(Prng(n).bytes(len)),
        encoded(encode(codec, blob).value()) {}
  const Metadata& metadata() const { return encoded.metadata(); }
  std::uint32_t n() const { return codec.params().n(); }

  RecoverySymbol from(const Target& target, std::uint32_t source) const {
    return recovery_symbol(codec, encoded.sliver(other(target.axis), source), target.index).value();
  }
  // The symbols of the last slivers across, as many as needed and `more`.
  std::vector<RecoverySymbol> symbols(const Target& target, std::uint32_t more = 0) const {
    std::vector<RecoverySymbol> out;
    for (std::uint32_t i = 0; i < codec.params().symbols(target.axis) + more; ++i)
      out.push_back(from(target, n() - 1 - i));
    return out;
  }
  // Metadata in which the target's hash is another sliver's: no blob has them.
  Metadata spoiled(const Target& target) const {
    std::vector<PairEntry> pairs = metadata().pairs;
    const std::uint32_t at = target.axis == Axis::kPrimary ? target.index : n() - 1 - target.index;
    (target.axis == Axis::kPrimary ? pairs[at].primary : pairs[at].secondary) =
        pairs[(at + 1) % n()].primary;
    return wald::shape::make_metadata(blob.size(), std::move(pairs));
  }
};

Numbers fault(ProofFault kind, std::uint64_t position) {
  return {static_cast<std::uint64_t>(kind), position};
}

bool same(const std::vector<wald::shape::Skipped>& a, const std::vector<wald::shape::Skipped>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.position == y.position && x.index == y.index && x.code == y.code &&
           x.numbers == y.numbers;
  });
}

}  // namespace

TEST_CASE("recovery: every sliver comes back from symbols of the other axis",
          "[codec][rule:K-23]") {
  for (const std::uint64_t n : {4u, 7u, 10u, 13u}) {
    const Case c(n, 333);
    for (const Axis axis : kAxes) {
      for (std::uint32_t t = 0; t < n; ++t) {
        const Target target{axis, t};
        const auto got = recover_sliver(c.codec, c.metadata(), target, c.symbols(target));
        REQUIRE(got.ok());
        const auto* sliver = std::get_if<wald::shape::Sliver>(&got->result);
        REQUIRE(sliver != nullptr);
        REQUIRE(sliver->axis == axis);
        REQUIRE(sliver->data == to_data(c.encoded.sliver(axis, t)));
        REQUIRE(got->symbols_used == c.codec.params().symbols(axis));
        REQUIRE(verify_sliver(c.codec, c.metadata(), view(axis, sliver->data)).ok());
      }
    }
  }
}

TEST_CASE("recovery: bad and repeated symbols are passed over with their reasons",
          "[codec][rule:K-23][rule:K-24]") {
  const Case c(10, 333);
  const Target target{Axis::kSecondary, 8};
  std::vector<RecoverySymbol> symbols = c.symbols(target, 5);
  symbols[0].symbol.symbol[1] ^= 1;
  symbols[1].symbol.symbol.pop_back();
  symbols[2].symbol.source = SliverIndex(10);
  symbols[3].proof.pop_back();
  symbols.insert(symbols.begin() + 5, symbols[4]);
  const auto got = recover_sliver(c.codec, c.metadata(), target, symbols);
  REQUIRE(got.ok());
  CHECK(std::get<wald::shape::Sliver>(got->result).data ==
        to_data(c.encoded.sliver(Axis::kSecondary, 8)));
  REQUIRE(got->skipped.size() == 5);
  const CodecCode want[] = {CodecCode::kProofMismatch, CodecCode::kSymbolLength,
                            CodecCode::kSymbolIndex, CodecCode::kProofLength,
                            CodecCode::kDuplicate};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(got->skipped[i].code == want[i]);
    CHECK(got->skipped[i].position == (i == 4 ? 5 : i));
  }
  symbols.resize(7);
  const auto few = recover_sliver(c.codec, c.metadata(), target, symbols);
  REQUIRE_FALSE(few.ok());
  CHECK(few.error().code == CodecCode::kNotEnoughSlivers);
  CHECK(few.error().numbers == Numbers{2, 4});
  CHECK(few.error().skipped.size() == 5);
}

// Symbols are judged many at a time; each must get the verdict that it gets alone, at its place in
// the list, and as many are looked at as it takes.
TEST_CASE("recovery: among many symbols each bad one is named with its own reason, at every tier",
          "[codec][rule:K-23][rule:K-24]") {
  const Case c(40, 9'000);
  const Target target{Axis::kPrimary, 39};
  const std::size_t need = c.codec.params().symbols(target.axis);
  const std::vector<RecoverySymbol> good = c.symbols(target, 12);
  const Tier before = tier();
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    Prng prng(24);
    for (int round = 0; round < 40; ++round) {
      std::vector<RecoverySymbol> symbols = good;
      for (RecoverySymbol& one : symbols) {
        if (prng.below(6) != 0) continue;
        const std::uint64_t how = prng.below(6);
        if (how == 0) one.symbol.symbol[prng.below(one.symbol.symbol.size())] ^= 1;
        if (how == 1) one.symbol.symbol.push_back(0);
        if (how == 2) one.symbol.source = SliverIndex(40);
        if (how == 3) one.proof.push_back({});
        if (how == 4) one.proof[prng.below(one.proof.size())].digest = Hash();
        if (how == 5) one = symbols[0];
      }
      std::vector<wald::shape::Skipped> want;
      std::vector<bool> seen(40, false);
      std::size_t used = 0;
      for (std::size_t i = 0; i < symbols.size() && used < need; ++i) {
        const std::uint32_t at = symbols[i].symbol.source.value();
        const auto alone = verify_recovery_symbol(c.codec, c.metadata(), target, symbols[i]);
        if (!alone.ok()) {
          want.push_back({i, at, alone.error().code, alone.error().numbers});
        } else if (seen[at]) {
          want.push_back({i, at, CodecCode::kDuplicate, {at}});
        } else {
          seen[at] = true;
          ++used;
        }
      }
      const auto got = recover_sliver(c.codec, c.metadata(), target, symbols);
      REQUIRE(got.ok() == (used == need));
      if (!got.ok()) {
        REQUIRE(got.error().code == CodecCode::kNotEnoughSlivers);
        REQUIRE(same(got.error().skipped, want));
        continue;
      }
      REQUIRE(same(got->skipped, want));
      REQUIRE(std::get<wald::shape::Sliver>(got->result).data ==
              to_data(c.encoded.sliver(target.axis, target.index)));
    }
  }
  REQUIRE(force_tier(before));
}

TEST_CASE("recovery: a symbol is only good for its own target", "[codec][rule:K-24]") {
  const Case c(7, 200);
  const Target target{Axis::kPrimary, 2};
  const RecoverySymbol symbol = c.from(target, 6);
  CHECK(verify_recovery_symbol(c.codec, c.metadata(), target, symbol).ok());
  CHECK(verify_recovery_symbol(c.codec, c.metadata(), {Axis::kPrimary, 3}, symbol).error().code ==
        CodecCode::kProofMismatch);
  CHECK(verify_recovery_symbol(c.codec, c.metadata(), {Axis::kSecondary, 2}, symbol).error().code ==
        CodecCode::kProofMismatch);
  // A digest of zeros in the place of an appended node walks to the same root.
  RecoverySymbol last = c.from({Axis::kPrimary, 6}, 6);
  REQUIRE(last.proof[0].empty);
  last.proof[0].empty = false;
  CHECK(verify_recovery_symbol(c.codec, c.metadata(), {Axis::kPrimary, 6}, last).ok());
}

TEST_CASE("recovery: a target beyond the shards is refused everywhere", "[codec][rule:K-24]") {
  const Case c(7, 200);
  const Target beyond{Axis::kPrimary, 7};
  const auto symbols = c.symbols({Axis::kPrimary, 2});
  const std::vector<GeneralRecoverySymbol> general = {
      general_symbol({Axis::kPrimary, 2}, symbols[0])};
  const auto refused = [](const CodecError& error) {
    CHECK(error.code == CodecCode::kSymbolIndex);
    CHECK(error.numbers == Numbers{7, 7});
  };
  refused(recovery_symbol(c.codec, c.encoded.sliver(Axis::kSecondary, 1), 7).error());
  refused(verify_recovery_symbol(c.codec, c.metadata(), beyond, symbols[0]).error());
  refused(verify_general_symbol(c.codec, c.metadata(), beyond, general[0]).error());
  refused(recover_sliver(c.codec, c.metadata(), beyond, symbols).error());
  refused(recover_sliver(c.codec, c.metadata(), beyond, general).error());
}

TEST_CASE("recovery: a symbol proven on one axis serves both slivers through it",
          "[codec][rule:K-23]") {
  const Case c(10, 333);
  // M[3][8], proven in the tree of secondary 8 and in that of primary 3.
  const Target row{Axis::kPrimary, 3}, column{Axis::kSecondary, 8};
  const GeneralRecoverySymbol along_column = general_symbol(row, c.from(row, 8));
  const GeneralRecoverySymbol along_row = general_symbol(column, c.from(column, 3));
  for (const auto& symbol : {along_column, along_row}) {
    CHECK(verify_general_symbol(c.codec, c.metadata(), row, symbol).ok());
    CHECK(verify_general_symbol(c.codec, c.metadata(), column, symbol).ok());
    for (const Target& wrong : {Target{Axis::kPrimary, 8}, Target{Axis::kSecondary, 3}})
      CHECK(verify_general_symbol(c.codec, c.metadata(), wrong, symbol).error().code ==
            CodecCode::kSymbolIndex);
  }
  // A whole sliver from a mixture.
  for (const Axis axis : kAxes) {
    const Target target{axis, 9};
    std::vector<GeneralRecoverySymbol> symbols;
    for (std::uint32_t at = 0; at < c.codec.params().symbols(axis) + 1; ++at) {
      const Target crossing{other(axis), at};
      symbols.push_back(at % 2 == 0 ? general_symbol(target, c.from(target, at))
                                    : general_symbol(crossing, c.from(crossing, 9)));
    }
    symbols[2].symbol.symbol[0] ^= 1;
    const auto got = recover_sliver(c.codec, c.metadata(), target, symbols);
    REQUIRE(got.ok());
    CHECK(got->data == to_data(c.encoded.sliver(axis, 9)));
    symbols.pop_back();
    CHECK(recover_sliver(c.codec, c.metadata(), target, symbols).error().code ==
          CodecCode::kNotEnoughSlivers);
  }
  const Metadata spoiled = c.spoiled({Axis::kPrimary, 9});
  std::vector<GeneralRecoverySymbol> symbols;
  for (const RecoverySymbol& symbol : c.symbols({Axis::kPrimary, 9}))
    symbols.push_back(general_symbol({Axis::kPrimary, 9}, symbol));
  CHECK(recover_sliver(c.codec, spoiled, {Axis::kPrimary, 9}, symbols).error().code ==
        CodecCode::kSliverHash);
}

TEST_CASE("inconsistency: a wrong hash gives a proof that holds, on either axis",
          "[codec][rule:K-26]") {
  for (const std::uint64_t n : {4u, 10u}) {
    const Case c(n, 333);
    for (const Axis axis : kAxes) {
      const Target target{axis, 2};
      const Metadata spoiled = c.spoiled(target);
      const auto got = recover_sliver(c.codec, spoiled, target, c.symbols(target, 1));
      REQUIRE(got.ok());
      const auto* proof = std::get_if<InconsistencyProof>(&got->result);
      REQUIRE(proof != nullptr);
      CHECK(verify_inconsistency(c.codec, spoiled, *proof).ok());
      const auto back =
          wald::shape::bcs::from_bytes<InconsistencyProof>(wald::shape::bcs::to_bytes(*proof));
      REQUIRE(back.ok());
      CHECK(verify_inconsistency(c.codec, spoiled, *back).ok());
    }
  }
}

TEST_CASE("inconsistency: a proof against an honest blob, or with any flaw, is refused",
          "[codec][rule:K-26]") {
  const Case c(10, 333);
  const Target target{Axis::kPrimary, 7};
  const Metadata spoiled = c.spoiled(target);
  const InconsistencyProof good{target.axis, SliverIndex(7), c.symbols(target)};
  const auto refusal = [&](const Metadata& metadata, const InconsistencyProof& proof) {
    const auto verdict = verify_inconsistency(c.codec, metadata, proof);
    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == CodecCode::kInconsistencyProof);
    return verdict.error().numbers;
  };
  REQUIRE(verify_inconsistency(c.codec, spoiled, good).ok());
  CHECK(refusal(c.metadata(), good) == fault(ProofFault::kConsistent, 0));

  InconsistencyProof bad = good;
  bad.target = SliverIndex(10);
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kTarget, 10));
  bad = good;
  bad.symbols.pop_back();
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kCount, 6));
  bad.symbols = c.symbols(target, 1);
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kCount, 8));
  bad = good;
  bad.symbols[4] = bad.symbols[1];
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kDuplicate, 4));
  bad = good;
  bad.symbols[3].symbol.symbol[0] ^= 1;
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kSymbol, 3));
  bad.symbols[2] = bad.symbols[1];  // the first fault is the one that is told
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kDuplicate, 2));
  bad.symbols[0].proof.pop_back();
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kSymbol, 0));
  bad = good;
  bad.target = SliverIndex(6);
  CHECK(refusal(spoiled, bad) == fault(ProofFault::kSymbol, 0));
}
