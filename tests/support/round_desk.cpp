// SPDX-License-Identifier: Apache-2.0
#include "tests/support/round_desk.h"

#include "codec/base/text.h"
#include "codec/shape/accounting.h"
#include "proofs/attest.h"

namespace wald::tests {

// ---- SmallBlob ----

SmallBlob::SmallBlob(const shape::Params& params, std::uint64_t number, std::uint64_t length)
    : params_(params), number_(number), symbol_size_(params.symbol_size(length).value()) {
  std::vector<shape::PairEntry> pairs;
  pairs.reserve(params.n());
  slivers_.reserve(2 * std::size_t{params.n()});
  for (std::uint32_t pair = 0; pair < params.n(); ++pair) {
    slivers_.push_back(make_sliver(shape::Axis::kPrimary, pair));
    slivers_.push_back(make_sliver(shape::Axis::kSecondary, pair));
    pairs.push_back({slivers_[2 * pair].root(), slivers_[2 * pair + 1].root()});
  }
  metadata_ = shape::make_metadata(length, std::move(pairs));
}

std::uint64_t SmallBlob::encoded_length() const {
  return shape::encoded_length(params_, length()).value();
}

base::Bytes SmallBlob::symbol(shape::Axis axis, std::uint32_t pair, std::uint32_t index) const {
  const auto noise = base::tagged_hash(
      "test.symbol", {},
      base::Writer().le(number_).u8(static_cast<std::uint8_t>(axis)).le(pair).le(index).bytes());
  base::Bytes out(symbol_size_);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = noise.bytes()[i % 32];
  return out;
}

base::MerkleTree SmallBlob::make_sliver(shape::Axis axis, std::uint32_t pair) const {
  std::vector<base::Hash> leaves;
  leaves.reserve(params_.n());
  for (std::uint32_t i = 0; i < params_.n(); ++i)
    leaves.push_back(base::merkle_leaf(symbol(axis, pair, i)));
  return base::MerkleTree(std::move(leaves));
}

std::vector<base::Hash> SmallBlob::symbol_path(shape::Axis axis, std::uint32_t pair,
                                               std::uint32_t index) const {
  return slivers_.at(2 * pair + (axis == shape::Axis::kPrimary ? 0 : 1)).path(index);
}

std::vector<base::Hash> SmallBlob::entry_path(std::uint32_t pair) const {
  return shape::pairs_tree(metadata_.pairs).path(pair);
}

// ---- RoundDesk ----

spec::Operation operation_of(proofs::Kind kind, base::ByteView statement) {
  const std::string text(base::as_text(statement));
  spec::Operation out;
  switch (kind) {
    case proofs::Kind::kBeaconReveal:
      out.mutable_beacon_reveal()->set_statement(text);
      break;
    case proofs::Kind::kResponseCommit:
      out.mutable_response_commit()->set_statement(text);
      break;
    case proofs::Kind::kRowReport:
      out.mutable_row_report()->set_statement(text);
      break;
    case proofs::Kind::kSelfProof:
      out.mutable_self_proof()->set_statement(text);
      break;
    case proofs::Kind::kDeclareLost:
      out.mutable_declare_lost()->set_statement(text);
      break;
    case proofs::Kind::kDeclareRestored:
      out.mutable_declare_restored()->set_statement(text);
      break;
    case proofs::Kind::kVrfKey:
      out.mutable_vrf_key()->set_statement(text);
      break;
    default:
      throw std::runtime_error("no such operation");
  }
  return out;
}

ledger::TallyRecord RoundDesk::tally(std::size_t place) const {
  return ledger::rounds::tally_of(state_, view_, view_.committee.members.at(place).node);
}

proofs::Header RoundDesk::header(std::size_t place, proofs::Kind kind) const {
  proofs::Header out;
  out.kind = kind;
  out.chain = view_.id.chain;
  out.epoch = view_.id.epoch;
  out.author = view_.committee.members.at(place).node;
  out.round = view_.id.round;
  out.seed = kind == proofs::Kind::kBeaconReveal ? view_.record.prev : view_.record.seed;
  return out;
}

spec::Operation RoundDesk::sealed(const Seat& seat, proofs::Kind kind, const proofs::Body& body,
                                  const Edit& edit) const {
  proofs::Header head = header(seat.place, kind);
  if (edit) edit(head);
  return operation_of(head.kind, seat.signer.statement(head, body));
}

spec::Operation RoundDesk::reveal(const Seat& seat, const Edit& edit) const {
  const base::Hash alpha = proofs::reveal_alpha(view_.record.prev, view_.id);
  return sealed(seat, proofs::Kind::kBeaconReveal,
                proofs::BeaconReveal{seat.vrf.prove(alpha.view())}, edit);
}

std::vector<base::Bytes> RoundDesk::answers(std::size_t place, const Named& named) const {
  const auto draw = ledger::rounds::draw_of(state_, view_);
  const auto exam = ledger::rounds::exam_of(view_, static_cast<std::uint16_t>(place));
  ledger::TallyRecord as;
  as.unavailable = named.unavailable;
  as.denied = named.denied;
  std::vector<base::Bytes> leaves;
  leaves.reserve(view_.record.points);
  for (std::uint16_t t = 0; t < view_.record.points; ++t) {
    const auto facts =
        ledger::rounds::facts_of(view_, draw, static_cast<std::uint16_t>(place), exam.point(t), as);
    proofs::Leaf leaf;
    leaf.t = t;
    leaf.status = facts.status;
    if (leaf.status == proofs::LeafStatus::kOk) {
      const SmallBlob& blob = blobs_(facts.blob);
      leaf.symbol = blob.symbol(facts.axis, facts.pair.value(), facts.symbol.value());
      leaf.path = blob.symbol_path(facts.axis, facts.pair.value(), facts.symbol.value());
    }
    leaves.push_back(proofs::encode_leaf(leaf));
  }
  return leaves;
}

std::vector<proofs::LedgerOpening> RoundDesk::openings(
    std::size_t place, const std::vector<std::uint16_t>& leaves) const {
  const auto mine = tally(place);
  const auto all = answers(place, {mine.unavailable, mine.denied});
  std::vector<base::Hash> hashes;
  hashes.reserve(all.size());
  for (const base::Bytes& leaf : all) hashes.push_back(base::merkle_leaf(leaf));
  const base::MerkleTree tree(hashes);
  const auto draw = ledger::rounds::draw_of(state_, view_);
  const auto exam = ledger::rounds::exam_of(view_, static_cast<std::uint16_t>(place));
  std::vector<proofs::LedgerOpening> out;
  out.reserve(leaves.size());
  for (const std::uint16_t t : leaves) {
    const auto facts = ledger::rounds::facts_of(view_, draw, static_cast<std::uint16_t>(place),
                                                exam.point(t), mine);
    const SmallBlob& blob = blobs_(facts.blob);
    proofs::LedgerOpening& one = out.emplace_back();
    one.opening.leaf = all.at(t);
    one.opening.path = tree.path(t);
    if (facts.status == proofs::LeafStatus::kDenied)
      one.opening.membership = denials_(place, facts.blob);
    one.pair_entry = blob.entry(facts.pair.value()).bytes();
    one.pair_path = blob.entry_path(facts.pair.value());
  }
  return out;
}

spec::Operation RoundDesk::commit(const Seat& seat, const Named& named, const Edit& edit) const {
  proofs::ResponseCommit body;
  body.root = proofs::commit_root(answers(seat.place, named));
  body.points = view_.record.points;
  body.unavailable = named.unavailable;
  body.denied = named.denied;
  return sealed(seat, proofs::Kind::kResponseCommit, body, edit);
}

proofs::RowReport RoundDesk::row_body(const Seat& seat,
                                      const std::set<std::size_t>& verified) const {
  proofs::RowReport body;
  body.pi2 = seat.vrf.prove(proofs::row_alpha(view_.record.seed, view_.id).view());
  body.verified.resize(members());
  body.missing.resize(members());
  body.leaky.resize(members());
  std::vector<std::optional<base::Hash>> roots(members());
  for (std::size_t j = 0; j < members(); ++j) {
    body.verified[j] = verified.count(j) != 0;
    body.missing[j] = !body.verified[j] && j != seat.place;
    const auto other = tally(j);
    if (other.committed) roots[j] = other.root;
  }
  body.rows_digest = proofs::expected_rows_digest(body.verified, roots).value_or(base::Hash());
  return body;
}

spec::Operation RoundDesk::row(const Seat& seat, const std::set<std::size_t>& verified,
                               const Edit& edit) const {
  return sealed(seat, proofs::Kind::kRowReport, row_body(seat, verified), edit);
}

spec::Operation RoundDesk::self_proof(const Seat& seat, const std::vector<std::uint16_t>& leaves,
                                      const Edit& edit) const {
  proofs::OpeningList body;
  body.prover = seat.place;
  body.openings = openings(seat.place, leaves);
  return sealed(seat, proofs::Kind::kSelfProof, body, edit);
}

}  // namespace wald::tests
