// SPDX-License-Identifier: Apache-2.0
// A blob into its metadata and all 2n slivers, in memory (K-3, K-4, K-11, K-18). The plan needs
// about n * (p + s) * z bytes beside the blob itself (4.5 times the blob at n = 1000);
// encode_memory() says how many, and a budget refuses more before anything is allocated. Errors:
// BlobTooLarge, MemoryBudget. Pure: equal blobs give equal results.
#pragma once

#include "codec/codec.h"

namespace wald::codec {

struct EncodeOptions {
  std::uint64_t memory = 0;  // most bytes the work may take; 0: no limit
};

// Memory for slivers, of which every byte is written once it is there: no zeros first.
template <class T>
struct RawAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = RawAllocator<U>;
  };
  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }
};
using RawBytes = std::vector<std::uint8_t, RawAllocator<std::uint8_t>>;

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

Result<std::uint64_t> encode_memory(const Params& params, std::uint64_t len);
Result<Encoded> encode(const Codec& codec, ByteView blob, const EncodeOptions& options = {});
// Metadata and blob id only; takes about half the memory.
Result<Metadata> describe(const Codec& codec, ByteView blob, const EncodeOptions& options = {});

}  // namespace wald::codec
