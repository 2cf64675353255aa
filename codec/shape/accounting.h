// SPDX-License-Identifier: Apache-2.0
// What a blob costs in bytes: the figures that are paid for (K-20), which are not the lengths of
// the BCS forms. Lengths are bytes, 64 bits; the largest is below 2^48. Pure functions.
#pragma once

#include "codec/shape/layout.h"

namespace wald::shape {

// Accounting size of one copy of the metadata: 64n + 32.
std::uint64_t metadata_length(const Params& params);
// n * (p + s) * z. BlobTooLarge.
Result<std::uint64_t> slivers_length(const Params& params, std::uint64_t len);
// slivers_length + n copies of the metadata. BlobTooLarge.
Result<std::uint64_t> encoded_length(const Params& params, std::uint64_t len);

// Length of BCS(BlobMetadata); with the blob id in front it is 32 more.
std::uint64_t metadata_bcs_length(const Params& params);

// Everything that follows from n and len, as `wald codec info` shows it. BlobTooLarge.
struct BlobInfo {
  std::uint32_t shards = 0;
  std::uint32_t f = 0;
  std::uint32_t primary_source_symbols = 0;    // p
  std::uint32_t secondary_source_symbols = 0;  // s
  std::uint32_t symbol_size = 0;
  std::uint64_t primary_sliver_bytes = 0;
  std::uint64_t secondary_sliver_bytes = 0;
  std::uint64_t unencoded_length = 0;
  std::uint64_t encoded_length = 0;
  std::uint64_t max_blob_size = 0;
};
Result<BlobInfo> info(const Params& params, std::uint64_t len);

}  // namespace wald::shape
