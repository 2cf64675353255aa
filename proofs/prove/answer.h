// SPDX-License-Identifier: Apache-2.0
// A member's answers of one round: one leaf per point, the root that is committed, and openings
// afterwards. Leaves are given in any order, so that each sliver is read and expanded once; which
// points hang on one sliver tells group_by_sliver. Equal data gives equal roots on every replica.
// Memory: the leaves, about 64 + symbol + 32 log2 n bytes each. Thread rule: one owner; a finished
// Answers may be read from any thread. Rules O-17, O-35 (grouping).
#pragma once

#include <map>

#include "proofs/challenge.h"
#include "proofs/statements.h"

namespace wald::prove {

struct SliverKey {
  base::BlobId blob;
  shape::Axis axis = shape::Axis::kPrimary;
  base::SliverIndex sliver;
  friend auto operator<=>(const SliverKey&, const SliverKey&) = default;
};
// Points by the sliver that answers them, each list in order of t. blob_ids: the common blobs.
std::map<SliverKey, std::vector<proofs::Point>> group_by_sliver(
    const shape::Params& params, const std::vector<proofs::Point>& points,
    const std::vector<base::BlobId>& blob_ids);

class Answers {
 public:
  base::Hash root() const { return tree_.root(); }
  std::uint16_t points() const { return base::narrow<std::uint16_t>(leaves_.size()); }
  const base::Bytes& leaf(std::uint16_t t) const;
  // The body to commit: root and the two lists.
  proofs::ResponseCommit commit() const;
  // membership: proof from the deny list for a DENIED leaf, else empty.
  proofs::Opening open(std::uint16_t t, base::Bytes membership = {}) const;

 private:
  friend class AnswerBuilder;
  explicit Answers(std::vector<base::Bytes> leaves);
  std::vector<base::Bytes> leaves_;
  base::MerkleTree tree_;
};

class AnswerBuilder {
 public:
  explicit AnswerBuilder(std::uint16_t points);
  // Each place once, in any order (CHECK). The symbol with its path in the tree of the sliver.
  void ok(std::uint16_t t, base::ByteView symbol, const std::vector<base::Hash>& path);
  void unavailable(std::uint16_t t);
  void denied(std::uint16_t t);
  void lost(std::uint16_t t);
  Answers finish() &&;  // all places are answered (CHECK)

 private:
  void put(proofs::Leaf leaf);
  std::vector<base::Bytes> leaves_;
  std::size_t missing_;
};

}  // namespace wald::prove
