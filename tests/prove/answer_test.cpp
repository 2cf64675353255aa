// SPDX-License-Identifier: Apache-2.0
#include "proofs/prove/answer.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;
using prove::AnswerBuilder;
using prove::Answers;

namespace {

void fill(AnswerBuilder& builder, std::uint16_t t) {
  if (t == 1) return builder.unavailable(t);
  if (t == 3) return builder.denied(t);
  if (t == 4) return builder.lost(t);
  builder.ok(t, unhex("a1b2"), {filled<base::Hash>(static_cast<std::uint8_t>(t))});
}
Answers answers(const std::vector<std::uint16_t>& order) {
  AnswerBuilder builder(static_cast<std::uint16_t>(order.size()));
  for (const std::uint16_t t : order) fill(builder, t);
  return std::move(builder).finish();
}

}  // namespace

TEST_CASE("answers: the root does not depend on the order in which slivers were read",
          "[prove][rule:O-17]") {
  const Answers forward = answers({0, 1, 2, 3, 4, 5}), mixed = answers({5, 2, 0, 4, 3, 1});
  REQUIRE(forward.root() == mixed.root());
  std::vector<base::Bytes> leaves;
  for (std::uint16_t t = 0; t < 6; ++t) leaves.push_back(forward.leaf(t));
  REQUIRE(commit_root(leaves) == forward.root());
}

TEST_CASE("answers: the commit names what is unavailable and denied, not what is lost",
          "[prove][rule:O-17]") {
  const ResponseCommit commit = answers({0, 1, 2, 3, 4, 5}).commit();
  REQUIRE(commit.points == 6);
  REQUIRE(commit.unavailable == std::vector<std::uint16_t>{1});
  REQUIRE(commit.denied == std::vector<std::uint16_t>{3});
  for (std::uint16_t t = 0; t < 6; ++t) {
    const auto leaf = parse_leaf(answers({0, 1, 2, 3, 4, 5}).leaf(t));
    REQUIRE(leaf.has_value());
    REQUIRE(leaf->t == t);
    REQUIRE(leaf->status == due_status(t, t == 4, commit.unavailable, commit.denied));
  }
}

TEST_CASE("answers: every leaf opens under the committed root", "[prove][rule:O-17]") {
  const Answers own = answers({0, 1, 2, 3, 4, 5});
  for (std::uint16_t t = 0; t < 6; ++t) {
    const Opening opening = own.open(t, t == 3 ? unhex("0102") : base::Bytes());
    REQUIRE(opened_place(own.root(), 6, opening) == t);
    const base::Bytes bytes = encode_opening(opening);
    base::Reader reader(bytes);
    const auto parsed = read_opening(reader);
    REQUIRE(parsed.has_value());
    REQUIRE(reader.done());
    REQUIRE(encode_opening(*parsed) == bytes);
  }
}

TEST_CASE("answers: points are grouped so that each sliver is read once", "[prove][rule:O-35]") {
  const auto params = *shape::Params::make(10);
  base::Prng random(2);
  std::vector<base::BlobId> blobs;
  for (int i = 0; i < 4; ++i) blobs.push_back(random_id<base::BlobId>(random));
  blobs[3] = blobs[0];  // a blob that was drawn twice
  const Exam exam(golden_round(), filled<base::Hash>(1), filled<base::NodeId>(1), params,
                  {base::ShardIndex(2), base::ShardIndex(5)}, blobs.size());
  const auto points = exam.points(64);
  const auto groups = prove::group_by_sliver(params, points, blobs);
  REQUIRE(groups.size() <= 3 * 2 * 2);  // blobs, shards, axes
  std::size_t total = 0;
  for (const auto& [key, list] : groups) {
    total += list.size();
    for (std::size_t i = 0; i < list.size(); ++i) {
      REQUIRE(blobs[list[i].blob] == key.blob);
      REQUIRE(shape::sliver_of_shard(params, key.blob, key.axis, list[i].shard) == key.sliver);
      if (i > 0) REQUIRE(list[i - 1].t < list[i].t);
    }
  }
  REQUIRE(total == 64);
}
