// SPDX-License-Identifier: Apache-2.0
// Deny lists: which blobs a node says it does not keep, as a tree over (blob id 32 | encoded length
// u64) in ascending order of ids, and proofs of membership:
//   proof = index u32 | count u32 | length u64 | h u8 | h x 32, index < count, h = ceil(log2 count)
// Lengths are bytes. An entry with another length than the blob's own excuses nothing. Pure.
// Rules L-14, O-18 (the length).
#pragma once

#include <optional>
#include <vector>

#include "codec/base/merkle.h"

namespace wald::proofs {

struct DenyEntry {
  base::BlobId blob;
  std::uint64_t length = 0;  // encoded length, K-20
  friend bool operator==(const DenyEntry&, const DenyEntry&) = default;
};

class DenyList {
 public:
  // Entries in any order. Nothing if an id stands twice, there are 2^32 entries or more, or the sum
  // of the lengths does not fit 64 bits.
  static std::optional<DenyList> make(std::vector<DenyEntry> entries);

  const std::vector<DenyEntry>& entries() const { return entries_; }  // ascending
  base::Hash root() const { return tree_.root(); }
  std::uint64_t size() const { return size_; }  // sum of the lengths
  std::optional<base::Bytes> prove(const base::BlobId& blob) const;

 private:
  DenyList(std::vector<DenyEntry> entries, std::uint64_t size);
  std::vector<DenyEntry> entries_;
  std::uint64_t size_;
  base::MerkleTree tree_;
};

// Does proof (any bytes) show the blob with exactly this encoded length under root?
bool verify_denied(const base::Hash& root, const base::BlobId& blob, std::uint64_t encoded_length,
                   base::ByteView proof);

}  // namespace wald::proofs
