// SPDX-License-Identifier: Apache-2.0
#include "node/audit/self_proof.h"

#include <algorithm>

#include "codec/shape/commitment.h"

namespace wald::audit {
namespace {

constexpr std::size_t kStep = 32;  // of a path
constexpr std::size_t kMaxOpenings = 255;
constexpr std::size_t kFrame = proofs::kHeaderSize + 2 + 1 + 64;  // prover, k, signature

std::size_t ledger_opening_bytes(const base::Bytes& leaf, std::size_t points,
                                 std::uint32_t shards) {
  return 4 + leaf.size() + 1 + kStep * base::merkle_height(points) + 64 + 1 +
         kStep * base::merkle_height(shards);
}

bool is_ok(const base::Bytes& leaf) {
  const auto parsed = proofs::parse_leaf(leaf);
  return parsed && parsed->status == proofs::LeafStatus::kOk;
}

}  // namespace

std::vector<std::vector<std::uint16_t>> self_proof_cut(const prove::Answers& answers,
                                                       std::uint32_t shards) {
  const std::size_t cap = proofs::statement_cap(proofs::Kind::kSelfProof) - kFrame;
  std::vector<std::vector<std::uint16_t>> out;
  std::size_t used = cap;
  for (std::uint16_t t = 0; t < answers.points(); ++t) {
    if (!is_ok(answers.leaf(t))) continue;
    const std::size_t bytes = ledger_opening_bytes(answers.leaf(t), answers.points(), shards);
    if (out.empty() || used + bytes > cap || out.back().size() == kMaxOpenings) {
      out.emplace_back();
      used = 0;
    }
    out.back().push_back(t);
    used += bytes;
  }
  return out;
}

proofs::OpeningList self_proof_body(const ledger::rounds::RoundView& view,
                                    const ledger::DrawRecord& draw, std::uint16_t place,
                                    const prove::Answers& answers,
                                    const std::vector<std::uint16_t>& leaves,
                                    storage::SliverStore& store) {
  const proofs::Exam exam = ledger::rounds::exam_of(view, place);
  proofs::OpeningList out{place, {}};
  for (const std::uint16_t t : leaves) {
    const auto facts = ledger::rounds::facts_of(view, draw, place, exam.point(t), {});
    const auto metadata = store.metadata(facts.blob);
    if (!metadata.ok() || *metadata == nullptr) continue;
    const auto& pairs = (*metadata)->pairs;
    out.openings.push_back({answers.open(t), pairs.at(facts.pair.value()).bytes(),
                            shape::pairs_tree(pairs).path(facts.pair.value())});
  }
  return out;
}

std::vector<std::uint16_t> self_proof_leaves(base::ByteView statement) {
  std::vector<std::uint16_t> out;
  const auto parsed = proofs::parse_statement(statement, 0);
  if (!parsed.ok() || parsed->header.kind != proofs::Kind::kSelfProof) return out;
  for (const auto& opening : std::get<proofs::OpeningList>(parsed->body).openings)
    if (const auto t = proofs::leaf_place(opening.opening.leaf)) out.push_back(*t);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace wald::audit
