// SPDX-License-Identifier: Apache-2.0
// What a round asks of whom, from its seeds alone: the blob index (a Merkle-sum tree over all blobs
// in order of certification) and the draws from it, the points of a member, who checks them, and
// the leaves opened in the end. Every draw is one of proofs/beacon.h. Blob sizes count in units of
// one MiB of encoded length, rounded up. Whoever calls has made sure that the index is not empty
// and that numbers are in the range of the parameters (CHECK). Pure; any thread. Rules O-11, O-12,
// O-13, O-14, O-15.
#pragma once

#include <span>
#include <vector>

#include "codec/base/merkle.h"
#include "codec/shape/layout.h"
#include "proofs/beacon.h"

namespace wald::proofs {

// ---- The blob index ----

struct IndexNode {
  base::Hash hash;
  std::uint64_t units = 0;
  std::uint64_t count = 0;
  friend bool operator==(const IndexNode&, const IndexNode&) = default;
};
std::uint64_t index_units(std::uint64_t encoded_length);              // MiB, rounded up
IndexNode index_leaf(const base::BlobId& blob, std::uint64_t units);  // an eligible blob
inline IndexNode index_no_leaf() { return {}; }                       // every other leaf
// Sums must stay below 2^64 (CHECK): lengths come from paid capacity.
IndexNode index_parent(const IndexNode& left, const IndexNode& right);
// The node over 2^level leaves none of which is eligible: what pads the tree on the right.
IndexNode index_padding(unsigned level);
unsigned index_depth(std::uint64_t leaves);  // ceil(log2 leaves), 0 for none
base::Hash index_root(unsigned depth, const IndexNode& top);

// Read access to the nodes of a stored index. Level 0 are the leaves; position < 2^(depth - level).
// Where nothing is stored the answer is index_padding(level).
class IndexView {
 public:
  virtual ~IndexView() = default;
  virtual std::uint64_t leaves() const = 0;
  virtual IndexNode node(unsigned level, std::uint64_t position) const = 0;
};

// The whole index in memory: for tests, tools and rebuilds.
class IndexTree : public IndexView {
 public:
  explicit IndexTree(std::vector<IndexNode> leaves);
  std::uint64_t leaves() const override { return leaves_; }
  IndexNode node(unsigned level, std::uint64_t position) const override;
  IndexNode top() const { return node(index_depth(leaves_), 0); }
  base::Hash root() const { return index_root(index_depth(leaves_), top()); }

 private:
  std::uint64_t leaves_;
  std::vector<std::vector<IndexNode>> levels_;  // without padding
};

// Leaf numbers: the k-th eligible leaf (k < count) and the leaf that holds unit u (u < units).
std::uint64_t leaf_of_count(const IndexView& index, std::uint64_t k);
std::uint64_t leaf_of_unit(const IndexView& index, std::uint64_t u);

// The B blobs all members are asked about, as leaf numbers; repeats stay. Half by blob, half by
// unit.
std::vector<std::uint64_t> common_blobs(const RoundId& id, const base::Hash& seed,
                                        const IndexView& index, std::size_t blobs);

// ---- Points of a member ----

struct Point {
  std::uint16_t t = 0;
  base::ShardIndex shard;
  shape::Axis axis = shape::Axis::kPrimary;
  base::SymbolIndex symbol;
  std::uint16_t blob = 0;  // place in the list of common blobs
  friend bool operator==(const Point&, const Point&) = default;
};

// The questions to one member. Pair and sliver of a point follow from its blob id (shape/layout.h).
class Exam {
 public:
  // shards: those of the member, ascending, at least one; blobs = B.
  Exam(const RoundId& id, const base::Hash& seed, const base::NodeId& node,
       const shape::Params& params, std::vector<base::ShardIndex> shards, std::size_t blobs);
  const std::vector<std::uint16_t>& permutation() const { return permutation_; }
  Point point(std::uint16_t t) const;
  std::vector<Point> points(std::size_t count) const;  // t = 0 .. count - 1

 private:
  RoundId id_;
  base::Hash seed_;
  base::NodeId node_;
  shape::Params params_;
  std::vector<base::ShardIndex> shards_;
  std::vector<std::uint16_t> permutation_;
};

// ---- Who checks ----

class Assignment {
 public:
  // owners: for each shard the index of the member that holds it; key = assignment_key().
  Assignment(const RoundId& id, const base::Hash& key, std::vector<std::uint16_t> owners,
             std::size_t members, std::size_t verifiers);
  // Members in the order drawn: min(verifiers, members - 1) different ones other than the prover.
  std::vector<std::uint16_t> verifiers(const base::NodeId& prover, std::uint16_t prover_index,
                                       std::uint16_t t) const;

 private:
  RoundId id_;
  base::Hash key_;
  std::vector<std::uint16_t> owners_;
  std::vector<bool> owns_;  // by member: holds a shard
  std::size_t distinct_ = 0;
  std::size_t wanted_ = 0;
};

// ---- Spot leaves ----

struct SpotCandidate {
  std::uint16_t t = 0;
  std::uint32_t symbol_size = 0;  // z
};
// candidates: the leaves claimed OK and not excused, ascending. As drawn.
std::vector<std::uint16_t> spot_leaves(const RoundId& id, const base::Hash& second_seed,
                                       const base::NodeId& node,
                                       std::vector<SpotCandidate> candidates, std::size_t k_spot);

}  // namespace wald::proofs
