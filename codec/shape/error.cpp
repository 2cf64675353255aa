// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/error.h"

#include <array>

namespace wald::shape {
namespace {

struct Row {
  CodecCode code;
  std::string_view name;
  std::string_view sentence;
};

constexpr std::array kRows = {
    Row{CodecCode::kShardCount, "ShardCount", "the shard count is outside its range"},
    Row{CodecCode::kBlobTooLarge, "BlobTooLarge", "the blob is larger than the shards can hold"},
    Row{CodecCode::kMemoryBudget, "MemoryBudget", "the work needs more memory than allowed"},
    Row{CodecCode::kSliverLength, "SliverLength", "the sliver body has a wrong length"},
    Row{CodecCode::kSymbolSize, "SymbolSize", "the sliver states a wrong symbol size"},
    Row{CodecCode::kSliverIndex, "SliverIndex", "the sliver index is outside the shards"},
    Row{CodecCode::kDuplicate, "Duplicate", "a good sliver or symbol of this index was there"},
    Row{CodecCode::kSliverHash, "SliverHash", "the sliver does not match its hash"},
    Row{CodecCode::kNotEnoughSlivers, "NotEnoughSlivers", "too few good ones to decode"},
    Row{CodecCode::kMetadataCount, "MetadataCount", "the metadata has a wrong number of hashes"},
    Row{CodecCode::kBlobIdMismatch, "BlobIdMismatch", "the metadata does not make this blob id"},
    Row{CodecCode::kEmptyHash, "EmptyHash", "the metadata holds an empty hash"},
    Row{CodecCode::kInvalidBlob, "InvalidBlob", "the decoded data are not what was committed to"},
    Row{CodecCode::kSymbolIndex, "SymbolIndex", "the symbol index is outside the shards"},
    Row{CodecCode::kSymbolLength, "SymbolLength", "the symbol has a wrong length"},
    Row{CodecCode::kProofLength, "ProofLength", "the Merkle path has a wrong length"},
    Row{CodecCode::kProofMismatch, "ProofMismatch", "the Merkle path does not end in the hash"},
    Row{CodecCode::kBcs, "Bcs", "the bytes are not canonical BCS"},
    Row{CodecCode::kStored, "Stored", "the stored sliver is damaged"},
    Row{CodecCode::kInconsistencyProof, "InconsistencyProof", "the proof does not hold"},
    Row{CodecCode::kQuilt, "Quilt", "the quilt or its patch breaks the format"},
    Row{CodecCode::kIo, "Io", "reading or writing failed"},
    Row{CodecCode::kCancelled, "Cancelled", "stopped before the end"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].code) != i) return false;
  return true;
}
static_assert(in_order(), "kRows is looked up by position");

const Row& row(CodecCode code) {
  const auto at = static_cast<std::size_t>(code);
  WALD_CHECK(at < kRows.size());
  return kRows[at];
}

}  // namespace

std::string_view name(CodecCode code) { return row(code).name; }

std::string CodecError::message() const {
  std::string out(row(code).name);
  out += ": ";
  out += row(code).sentence;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    out += i == 0 ? " (" : ", ";
    out += std::to_string(numbers[i]);
  }
  if (!numbers.empty()) out += ")";
  return out;
}

}  // namespace wald::shape
