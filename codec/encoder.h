// SPDX-License-Identifier: Apache-2.0
// A blob into its metadata and all 2n slivers, in memory (K-3, K-4, K-11, K-18). The plan needs
// about n * (p + s) * z bytes beside the blob itself (4.5 times the blob at n = 1000);
// encode_memory() says how many, and a budget refuses more before anything is allocated. Errors:
// BlobTooLarge, MemoryBudget. Pure: equal blobs give equal results, whatever the number of workers.
#pragma once

#include "codec/codec.h"
#include "codec/raw_bytes.h"

namespace wald::codec {

class Encoded;
class Executor;

struct EncodeOptions {
  std::uint64_t memory = 0;      // most bytes the work may take; 0: no limit
  Executor* executor = nullptr;  // none: the caller's thread
  // An encoding that nobody needs any more: its memory is taken for the slivers, and it is empty
  // then. Fresh pages from the system cost up to a third of the work. It may be any (or moved
  // from).
  Encoded* spent = nullptr;
};

class Encoded {
 public:
  const Metadata& metadata() const { return metadata_; }
  std::uint32_t symbol_size() const { return z_; }
  // Views live as long as this object; index below n (WALD_CHECK).
  SliverView sliver(Axis axis, std::uint32_t index) const;
  shape::SliverPair pair(std::uint32_t pair) const;  // what one shard stores
  // Bodies 0..n-1 of one axis, one after the other.
  ByteView bodies(Axis axis) const { return axis == Axis::kPrimary ? primaries_ : secondaries_; }

 private:
  friend class Encoder;
  explicit Encoded(const Params& params) : params_(params) {}
  Params params_;
  std::uint32_t z_ = 0;
  Metadata metadata_;
  RawBytes primaries_;
  RawBytes secondaries_;
};

// `workers`: of the executor.
Result<std::uint64_t> encode_memory(const Params& params, std::uint64_t len,
                                    std::uint64_t workers = 1);
Result<Encoded> encode(const Codec& codec, ByteView blob, const EncodeOptions& options = {});
// Metadata and blob id only; takes about half the memory.
Result<Metadata> describe(const Codec& codec, ByteView blob, const EncodeOptions& options = {});

}  // namespace wald::codec
