// SPDX-License-Identifier: Apache-2.0
// Rebuilding one sliver from symbols of the slivers that cross it, and showing that a blob was
// never encoded right (K-23, K-24, K-26). A target is a sliver (axis, index); its symbols come from
// slivers of the other axis. `metadata` are verified (n entries: WALD_CHECK), targets are below n
// (WALD_CHECK); symbols and proofs may be anybody's. Constant functions, any thread.
#pragma once

#include <variant>

#include "codec/codec.h"

namespace wald::codec {

using shape::GeneralRecoverySymbol;
using shape::InconsistencyProof;
using shape::RecoverySymbol;

struct Target {
  Axis axis = Axis::kPrimary;
  std::uint32_t index = 0;
};

// What the holder of `source` sends for a target of the other axis. The tree is that of `source`,
// whose form is checked. Without `tree` it is built for this one call. SymbolIndex.
Result<RecoverySymbol> recovery_symbol(const Codec& codec, const SliverView& source,
                                       const SliverTree& tree, std::uint32_t target_index);
Result<RecoverySymbol> recovery_symbol(const Codec& codec, const SliverView& source,
                                       std::uint32_t target_index);
// As it is sent by whoever follows the newer form; target.index fits 16 bits (WALD_CHECK).
GeneralRecoverySymbol general_symbol(const Target& target, const RecoverySymbol& symbol);

// SymbolIndex, SymbolLength, ProofLength, ProofMismatch.
Result<void> verify_recovery_symbol(const Codec& codec, const Metadata& metadata,
                                    const Target& target, const RecoverySymbol& symbol);
// The same for a symbol whose proof may run along either axis. SymbolIndex {target, n} also where
// it does not lie on the target's line.
Result<void> verify_general_symbol(const Codec& codec, const Metadata& metadata,
                                   const Target& target, const GeneralRecoverySymbol& symbol);

struct Recovered {
  // The sliver, or the proof that no sliver of this hash can be one.
  std::variant<shape::Sliver, InconsistencyProof> result;
  std::uint64_t symbols_used = 0;
  std::vector<shape::Skipped> skipped;  // position in the list; surplus symbols are not looked at
};

// NotEnoughSlivers {have, need} with the reasons of each refused symbol.
Result<Recovered> recover_sliver(const Codec& codec, const Metadata& metadata, const Target& target,
                                 std::span<const RecoverySymbol> symbols);
// Symbols with proofs along either axis. Where the rebuilt sliver is wrong there is no proof form
// for them: SliverHash.
Result<shape::Sliver> recover_sliver(const Codec& codec, const Metadata& metadata,
                                     const Target& target,
                                     std::span<const GeneralRecoverySymbol> symbols);

// Ok: the blob of this metadata is invalid. InconsistencyProof {kind, position} otherwise.
enum class ProofFault : std::uint8_t { kTarget, kCount, kDuplicate, kSymbol, kConsistent };
Result<void> verify_inconsistency(const Codec& codec, const Metadata& metadata,
                                  const InconsistencyProof& proof);

}  // namespace wald::codec
