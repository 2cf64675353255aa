// SPDX-License-Identifier: Apache-2.0
#include "codec/recovery.h"

#include "codec/field/line_decoder.h"
#include "codec/field/lines.h"

namespace wald::codec {
namespace {

// The symbol at `place` of the target's line, known to be good.
struct Placed {
  std::uint32_t place;
  const Bytes* symbol;
};

std::uint32_t symbol_size(const Codec& codec, const Metadata& metadata) {
  const auto z = codec.params().symbol_size(metadata.len);
  WALD_CHECK(z.ok());  // the metadata are verified
  return z.value();
}

// The target's body out of exactly as many symbols as it stores.
Bytes rebuild(const Codec& codec, Axis axis, std::uint32_t z, const std::vector<Placed>& symbols) {
  const LineCode& line = codec.along(axis);
  WALD_CHECK(symbols.size() == line.k());
  Bytes body(std::size_t{z} * line.k());
  std::vector<std::uint32_t> have;
  std::vector<const std::uint8_t*> in;
  for (const Placed& at : symbols) {
    have.push_back(at.place);
    in.push_back(at.symbol->data());
    if (at.place < line.k())
      std::copy(at.symbol->begin(), at.symbol->end(), body.data() + std::size_t{at.place} * z);
  }
  const LineDecoder decoder(line, have);
  std::vector<std::uint8_t*> out;
  for (const std::uint32_t x : decoder.missing()) out.push_back(body.data() + std::size_t{x} * z);
  decoder.decode(in, out, Batch{1, z, 0, 0});
  return body;
}

shape::Sliver sliver_of(const Target& target, std::uint32_t z, Bytes body) {
  return shape::Sliver{target.axis,
                       shape::SliverData{std::move(body), static_cast<std::uint16_t>(z),
                                         SliverIndex(static_cast<std::uint16_t>(target.index))}};
}

bool matches(const Codec& codec, const Metadata& metadata, const shape::Sliver& sliver) {
  return verify_sliver(codec, metadata, view(sliver.axis, sliver.data)).ok();
}

// That `symbol` is symbol `leaf` of sliver (axis, symbol.source), by `proof`.
struct Claim {
  Axis axis;
  std::uint32_t leaf;
  const shape::DecodingSymbol* symbol;
  const shape::MerkleProof* proof;
};

// The claim of a symbol for this target, and its place on the target's line.
Result<Claim> claim(const Params&, const Target& target, const RecoverySymbol& symbol) {
  return Claim{shape::other(target.axis), target.index, &symbol.symbol, &symbol.proof};
}
std::uint32_t place(const Target&, const RecoverySymbol& symbol) {
  return symbol.symbol.source.value();
}
Result<Claim> claim(const Params& params, const Target& target,
                    const GeneralRecoverySymbol& symbol) {
  // The line of the target that the symbol claims to lie on.
  const SliverIndex on = symbol.target_axis == target.axis ? symbol.target : symbol.symbol.source;
  if (on.value() != target.index)
    return shape::fail(CodecCode::kSymbolIndex, on.value(), params.n());
  return Claim{shape::other(symbol.target_axis), symbol.target.value(), &symbol.symbol,
               &symbol.proof};
}
std::uint32_t place(const Target& target, const GeneralRecoverySymbol& symbol) {
  return symbol.target_axis == target.axis ? symbol.symbol.source.value() : symbol.target.value();
}

Result<void> check_form(const Params& params, std::uint32_t z, const Claim& claim) {
  const std::uint32_t source = claim.symbol->source.value();
  if (source >= params.n()) return shape::fail(CodecCode::kSymbolIndex, source, params.n());
  return shape::check_symbol(params, z, claim.leaf, claim.symbol->symbol.size(),
                             claim.proof->size());
}

// A verdict on each symbol. All leaves are hashed in lanes, then all paths level by level.
template <class Symbol>
std::vector<Result<void>> verify(const Codec& codec, const Metadata& metadata, const Target& target,
                                 std::span<const Symbol> symbols) {
  const Params& params = codec.params();
  const std::uint32_t z = symbol_size(codec, metadata);
  std::vector<Result<void>> out(symbols.size());
  // Of those of good form; `at` is the position in `symbols`.
  std::vector<std::size_t> at;
  std::vector<const Hash*> slivers;
  std::vector<const std::uint8_t*> data;
  std::vector<Way> ways;
  at.reserve(symbols.size());
  slivers.reserve(symbols.size());
  data.reserve(symbols.size());
  ways.reserve(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const auto said = [&]() -> Result<Claim> {
      TRY_ASSIGN(const Claim one, claim(params, target, symbols[i]));
      TRY(check_form(params, z, one));
      return one;
    }();
    if (!said.ok()) {
      out[i] = base::Err{said.error()};
      continue;
    }
    at.push_back(i);
    slivers.push_back(&shape::sliver_hash(params, metadata, said->axis, said->symbol->source));
    data.push_back(said->symbol->symbol.data());
    ways.push_back(Way{said->leaf, said->proof});
  }
  const std::vector<Hash> roots = path_roots(leaf_hashes(data, z), ways);
  for (std::size_t k = 0; k < at.size(); ++k)
    if (roots[k] != *slivers[k]) out[at[k]] = shape::fail(CodecCode::kProofMismatch, ways[k].index);
  return out;
}

Result<void> check_target(const Codec& codec, const Target& target) {
  const std::uint32_t n = codec.params().n();
  if (target.index >= n) return shape::fail(CodecCode::kSymbolIndex, target.index, n);
  return {};
}

// Takes the first good symbol of each place until the target's line is full.
struct Choice {
  std::vector<Placed> used;
  std::vector<std::size_t> positions;  // of `used` in the caller's list
  std::vector<shape::Skipped> skipped;
};
template <class Symbol>
Result<Choice> choose(const Codec& codec, const Metadata& metadata, const Target& target,
                      std::span<const Symbol> symbols) {
  Choice out;
  const std::size_t need = codec.params().symbols(target.axis);
  std::vector<bool> seen(codec.params().n(), false);
  for (std::size_t first = 0; first < symbols.size() && out.used.size() < need;) {
    // No more than are missing: what is surplus is not looked at.
    const std::size_t some = std::min(need - out.used.size(), symbols.size() - first);
    const auto verdicts = verify(codec, metadata, target, symbols.subspan(first, some));
    for (std::size_t i = first; i < first + some; ++i) {
      const Result<void>& verdict = verdicts[i - first];
      const std::uint32_t to = place(target, symbols[i]);
      if (!verdict.ok()) {
        out.skipped.push_back(shape::Skipped{i, to, verdict.error().code, verdict.error().numbers});
        continue;
      }
      WALD_CHECK(to < seen.size());
      if (seen[to]) {
        out.skipped.push_back(shape::Skipped{i, to, CodecCode::kDuplicate, {to}});
        continue;
      }
      seen[to] = true;
      out.used.push_back(Placed{to, &symbols[i].symbol.symbol});
      out.positions.push_back(i);
    }
    first += some;
  }
  if (out.used.size() < need)
    return base::Err{
        CodecError{CodecCode::kNotEnoughSlivers, {out.used.size(), need}, out.skipped}};
  return out;
}

}  // namespace

Result<RecoverySymbol> recovery_symbol(const Codec& codec, const SliverView& source,
                                       const SliverTree& tree, std::uint32_t target_index) {
  const std::uint32_t n = codec.params().n();
  WALD_CHECK(source.index < n);
  TRY(check_target(codec, Target{shape::other(source.axis), target_index}));
  RecoverySymbol out;
  out.symbol.source = SliverIndex(static_cast<std::uint16_t>(source.index));
  out.symbol.symbol.resize(source.symbol_size);
  symbol(codec, source, target_index, out.symbol.symbol);
  out.proof = shape::to_proof(n, target_index, tree.path(target_index));
  return out;
}

Result<RecoverySymbol> recovery_symbol(const Codec& codec, const SliverView& source,
                                       std::uint32_t target_index) {
  return recovery_symbol(codec, source, SliverTree::build(codec, source), target_index);
}

GeneralRecoverySymbol general_symbol(const Target& target, const RecoverySymbol& symbol) {
  return GeneralRecoverySymbol{target.axis, symbol.symbol,
                               SliverIndex(base::narrow<std::uint16_t>(target.index)),
                               symbol.proof};
}

Result<void> verify_recovery_symbol(const Codec& codec, const Metadata& metadata,
                                    const Target& target, const RecoverySymbol& symbol) {
  TRY(check_target(codec, target));
  return verify(codec, metadata, target, std::span(&symbol, 1))[0];
}

Result<void> verify_general_symbol(const Codec& codec, const Metadata& metadata,
                                   const Target& target, const GeneralRecoverySymbol& symbol) {
  TRY(check_target(codec, target));
  return verify(codec, metadata, target, std::span(&symbol, 1))[0];
}

Result<Recovered> recover_sliver(const Codec& codec, const Metadata& metadata, const Target& target,
                                 std::span<const RecoverySymbol> symbols) {
  TRY(check_target(codec, target));
  TRY_ASSIGN(const Choice choice, choose(codec, metadata, target, symbols));
  const std::uint32_t z = symbol_size(codec, metadata);
  shape::Sliver sliver = sliver_of(target, z, rebuild(codec, target.axis, z, choice.used));
  Recovered out;
  out.symbols_used = choice.used.size();
  out.skipped = choice.skipped;
  if (matches(codec, metadata, sliver)) {
    out.result = std::move(sliver);
    return out;
  }
  InconsistencyProof proof{target.axis, sliver.data.index, {}};
  for (const std::size_t at : choice.positions) proof.symbols.push_back(symbols[at]);
  out.result = std::move(proof);
  return out;
}

Result<shape::Sliver> recover_sliver(const Codec& codec, const Metadata& metadata,
                                     const Target& target,
                                     std::span<const GeneralRecoverySymbol> symbols) {
  TRY(check_target(codec, target));
  TRY_ASSIGN(const Choice choice, choose(codec, metadata, target, symbols));
  const std::uint32_t z = symbol_size(codec, metadata);
  shape::Sliver sliver = sliver_of(target, z, rebuild(codec, target.axis, z, choice.used));
  TRY(verify_sliver(codec, metadata, view(sliver.axis, sliver.data)));
  return sliver;
}

Result<void> verify_inconsistency(const Codec& codec, const Metadata& metadata,
                                  const InconsistencyProof& proof) {
  const auto fault = [](ProofFault kind, std::uint64_t position) {
    return shape::fail(CodecCode::kInconsistencyProof, static_cast<std::uint8_t>(kind), position);
  };
  const Params& params = codec.params();
  const Target target{proof.target_axis, proof.target.value()};
  if (target.index >= params.n()) return fault(ProofFault::kTarget, target.index);
  if (proof.symbols.size() != params.symbols(target.axis))
    return fault(ProofFault::kCount, proof.symbols.size());
  const auto verdicts = verify(codec, metadata, target, std::span(proof.symbols));
  std::vector<bool> seen(params.n(), false);
  std::vector<Placed> placed;
  for (std::size_t i = 0; i < proof.symbols.size(); ++i) {
    const RecoverySymbol& symbol = proof.symbols[i];
    if (!verdicts[i].ok()) return fault(ProofFault::kSymbol, i);
    const std::uint32_t at = symbol.symbol.source.value();
    if (seen[at]) return fault(ProofFault::kDuplicate, i);
    seen[at] = true;
    placed.push_back(Placed{at, &symbol.symbol.symbol});
  }
  const std::uint32_t z = symbol_size(codec, metadata);
  if (matches(codec, metadata, sliver_of(target, z, rebuild(codec, target.axis, z, placed))))
    return fault(ProofFault::kConsistent, 0);
  return {};
}

}  // namespace wald::codec
