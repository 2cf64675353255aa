// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/baseline.h"

#include "codec/field/lines.h"

namespace wald::bench {
namespace {

using base::Bytes;
using base::Hash;
using codec::Axis;
using codec::Codec;

// The matrix, row by row and column by column.
std::vector<Hash> roots(const Bytes& matrix, std::size_t n, std::size_t z, bool rows) {
  std::vector<Hash> out;
  std::vector<Hash> leaves(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      leaves[j] =
          base::merkle_leaf(base::ByteView(matrix).subspan((rows ? i * n + j : j * n + i) * z, z));
    out.push_back(base::merkle_root(leaves));
  }
  return out;
}

}  // namespace

base::BlobId baseline_encode(const Codec& codec, const Bytes& blob) {
  const codec::Params& params = codec.params();
  const std::size_t n = params.n(), p = params.p(), s = params.s();
  const std::size_t z = params.symbol_size(blob.size()).value();
  Bytes matrix(n * n * z), padded = blob;
  padded.resize(p * s * z);
  const auto at = [&](std::size_t r, std::size_t c) { return matrix.data() + (r * n + c) * z; };
  for (std::size_t r = 0; r < p; ++r) {
    std::copy_n(padded.data() + r * s * z, s * z, at(r, 0));
    codec.along(Axis::kPrimary)
        .encode(codec::pointers(std::as_const(matrix).data() + r * n * z, s, z),
                codec::pointers(at(r, s), n - s, z), codec::Batch{1, z, 0, 0});
  }
  for (std::size_t c = 0; c < n; ++c)
    codec.along(Axis::kSecondary)
        .encode(codec::pointers(std::as_const(matrix).data() + c * z, p, n * z),
                codec::pointers(at(p, c), n - p, n * z), codec::Batch{1, z, 0, 0});
  const std::vector<Hash> rows = roots(matrix, n, z, true), columns = roots(matrix, n, z, false);
  std::vector<shape::PairEntry> pairs(n);
  for (std::size_t i = 0; i < n; ++i) pairs[i] = shape::PairEntry{rows[i], columns[n - 1 - i]};
  return shape::make_metadata(blob.size(), std::move(pairs)).blob_id;
}

}  // namespace wald::bench
