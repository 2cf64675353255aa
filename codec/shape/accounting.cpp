// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/accounting.h"

namespace wald::shape {

std::uint64_t metadata_length(const Params& params) { return std::uint64_t{64} * params.n() + 32; }

Result<std::uint64_t> slivers_length(const Params& params, std::uint64_t len) {
  TRY_ASSIGN(const std::uint64_t z, params.symbol_size(len));
  return std::uint64_t{params.n()} * (params.p() + params.s()) * z;
}

Result<std::uint64_t> encoded_length(const Params& params, std::uint64_t len) {
  TRY_ASSIGN(const std::uint64_t slivers, slivers_length(params, len));
  const std::uint64_t total = slivers + params.n() * metadata_length(params);
  WALD_CHECK(total > slivers && total >> 48 == 0);
  return total;
}

std::uint64_t metadata_bcs_length(const Params& params) {
  const std::uint64_t n = params.n();
  const std::uint64_t prefix = n < (1U << 7) ? 1 : n < (1U << 14) ? 2 : 3;
  return 10 + prefix + 66 * n;
}

Result<BlobInfo> info(const Params& params, std::uint64_t len) {
  TRY_ASSIGN(const std::uint32_t z, params.symbol_size(len));
  TRY_ASSIGN(const std::uint64_t encoded, encoded_length(params, len));
  BlobInfo out;
  out.shards = params.n();
  out.f = params.f();
  out.primary_source_symbols = params.p();
  out.secondary_source_symbols = params.s();
  out.symbol_size = z;
  out.primary_sliver_bytes = std::uint64_t{z} * params.s();
  out.secondary_sliver_bytes = std::uint64_t{z} * params.p();
  out.unencoded_length = len;
  out.encoded_length = encoded;
  out.max_blob_size = params.max_len();
  return out;
}

}  // namespace wald::shape
