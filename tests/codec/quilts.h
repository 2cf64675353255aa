// SPDX-License-Identifier: Apache-2.0
// Quilts in memory: all bytes of one, its columns, and its patches.
#pragma once

#include "codec/quilt.h"
#include "tests/codec/memory_storage.h"

namespace wald::codec::quilt {

inline Bytes written(const Params& params, const Plan& plan, const std::vector<Bytes>& data) {
  std::vector<MemorySource> sources(data.begin(), data.end());
  std::vector<Source*> pointers;
  pointers.reserve(sources.size());
  for (MemorySource& source : sources) pointers.push_back(&source);
  MemoryStorage out;
  const auto done = write(params, plan, pointers, out);
  WALD_CHECK(done.ok());
  return std::move(out.bytes);
}

inline Bytes columns(const Params& params, std::uint32_t symbol_size, ByteView blob,
                     std::uint32_t start, std::uint32_t end) {
  MemorySource source(blob);
  Columns columns(params, symbol_size, source, start, end);
  Bytes out(static_cast<std::size_t>(columns.size()));
  const auto done = columns.read_at(0, out);
  WALD_CHECK(done.ok());
  return out;
}

inline Result<std::uint32_t> index_columns(const Params& params, std::uint32_t symbol_size,
                                           ByteView head) {
  TRY_ASSIGN(const std::uint64_t length, index_length(params, symbol_size, head));
  return columns_of(params, symbol_size, length);
}

template <class... Args>
Result<Content> patch_of(ByteView columns, const Args&... args) {
  return read_patch(columns.first(std::min(columns.size(), kPatchHead)), columns.size(), args...);
}

inline ByteView data_of(ByteView columns, const Content& content) {
  return columns.subspan(static_cast<std::size_t>(content.offset),
                         static_cast<std::size_t>(content.length));
}

}  // namespace wald::codec::quilt
