// SPDX-License-Identifier: Apache-2.0
// CodecError: the one answer of shape and codec to bad input (rules A-27 and section 6 of
// specs/codec.md). A code, the numbers that explain it in the order of the table below, and, where
// single slivers or symbols were refused on the way, the list of them. Plain values, no threads.
//
//   ShardCount {n, 4, 49155}      BlobTooLarge {len, max}        MemoryBudget {needed, allowed}
//   SliverLength {got, want}      SymbolSize {got, want}         SliverIndex {index, n}
//   Duplicate {index}             SliverHash {axis, index}       NotEnoughSlivers {have, need}
//   MetadataCount {got, want}     BlobIdMismatch {}              EmptyHash {pair}
//   InvalidBlob {kind, place}     SymbolIndex {index, n}         SymbolLength {got, want}
//   ProofLength {got, want}       ProofMismatch {index}          Bcs {kind, offset}
//   Stored {kind, offset}         InconsistencyProof {kind, position}
//   Quilt {kind, patch}           Io {role, errno}               Cancelled {}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"

namespace wald::shape {

enum class CodecCode : std::uint8_t {
  kShardCount,
  kBlobTooLarge,
  kMemoryBudget,
  kSliverLength,
  kSymbolSize,
  kSliverIndex,
  kDuplicate,
  kSliverHash,
  kNotEnoughSlivers,  // also too few recovery symbols
  kMetadataCount,
  kBlobIdMismatch,
  kEmptyHash,
  kInvalidBlob,
  kSymbolIndex,
  kSymbolLength,
  kProofLength,
  kProofMismatch,
  kBcs,
  kStored,
  kInconsistencyProof,
  kQuilt,  // kinds: codec/quilt.h
  kIo,     // roles: codec/io.h
  kCancelled,
};

enum class BcsKind : std::uint8_t {
  kTruncated,
  kTrailing,
  kUlebNotMinimal,
  kUlebTooLarge,
  kBadTag,
  kSymbolSizeZero,
  kUnsortedKeys,  // of a map
};

// What InvalidBlob found: a row whose hash differs, a byte of padding that is not zero, or (strict
// only) another blob id.
enum class InvalidBlobKind : std::uint8_t { kRow, kPadding, kBlobId };

std::string_view name(CodecCode code);

// A sliver or symbol that was not used: where it stood in the caller's list, and why.
struct Skipped {
  std::uint64_t position = 0;
  std::uint32_t index = 0;
  CodecCode code{};
  std::vector<std::uint64_t> numbers;
};

struct CodecError {
  CodecCode code{};
  std::vector<std::uint64_t> numbers;
  std::vector<Skipped> skipped;

  // Name, sentence and numbers, for people; programs look at code and numbers.
  std::string message() const;
};

template <class T>
using Result = base::Result<T, CodecError>;

// `return fail(CodecCode::kX, a, b);` from any function that answers with a Result.
template <class... Numbers>
base::Err<CodecError> fail(CodecCode code, Numbers... numbers) {
  return {CodecError{code, {static_cast<std::uint64_t>(numbers)...}, {}}};
}

}  // namespace wald::shape
