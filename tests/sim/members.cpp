// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/members.h"

#include <algorithm>

namespace wald::sim {
namespace {

using ledger::RoundPhase;
using proofs::Kind;
namespace rounds = ledger::rounds;

constexpr std::uint32_t kLeavesShown = 6;  // in one opening

}  // namespace

Members::Members(tests::Workload& workload, const std::vector<tests::SmallBlob>& blobs)
    : world_(workload.chain()), random_(workload.random()), blobs_(blobs) {
  for (const std::string& name : workload.all_nodes()) {
    auto keys = std::make_unique<Keys>(
        Keys{name, prove::Signer(base::ByteView(tests::protocol_key(name).seed)), {}});
    prove::VrfSecret vrf(base::ByteView(tests::vrf_seed(name).seed));
    const base::PublicKey key = vrf.public_key();
    keys->vrfs.emplace(key, std::move(vrf));
    keys_.emplace(tests::node_of(name), std::move(keys));
  }
}

// Of the running committee.
Members::Keys* Members::some_member() {
  const auto committee = ledger::load(world_.view(), ledger::kCommittees, world_.epoch());
  if (!committee || committee->members.empty()) return nullptr;
  const auto& member = committee->members[random_.below(committee->members.size())];
  return keys_.at(member.node).get();
}

void Members::say(const spec::Operation& operation) {
  world_.say(operation);
  if (random_.below(5) == 0) world_.say(operation);  // and again
}

// What is wrong with a statement, where something is.
tests::RoundDesk::Edit Members::some_edit() {
  if (random_.below(5) != 0) return {};
  const std::uint64_t draw = random_.below(5);
  const base::NodeId stranger = tests::node_of("nobody");
  return [draw, stranger](proofs::Header& header) {
    switch (draw) {
      case 0:
        header.round = base::Round(static_cast<std::uint16_t>(header.round.value() + 1));
        break;
      case 1:
        header.epoch = header.epoch.next();
        break;
      case 2:
        header.seed = base::blake2b(header.seed.view());
        break;
      case 3:
        header.author = stranger;
        break;
      default:
        header.chain = base::ChainId();
    }
  };
}

void Members::enter(const rounds::RoundView& view) {
  if (round_ == view.id) return;
  round_ = view.id;
  parts_.assign(view.committee.members.size(), {});
  for (Part& part : parts_) {
    const std::uint64_t draw = random_.below(40);
    if (draw < 3) part.manner = Manner::kSilent;
    if (draw == 3 || draw == 4) part.manner = Manner::kSlow;
    if (draw >= 5 && draw < 10) part.manner = Manner::kShunned;
    if (draw == 10 || draw == 11) part.manner = Manner::kForgetful;
  }
}

void Members::act() {
  if (random_.below(12) == 0) lose_or_restore();
  if (random_.below(60) == 0) renew_key();
  const auto view = rounds::open_round(world_.view(), world_.chain());
  if (!view) return;
  enter(*view);
  const tests::RoundDesk desk(
      world_.view(), *view, [this](const base::BlobId& id) -> const tests::SmallBlob& {
        const auto at = std::find_if(blobs_.begin(), blobs_.end(),
                                     [&](const auto& blob) { return blob.id() == id; });
        WALD_CHECK(at != blobs_.end());
        return *at;
      });
  const auto members = base::narrow<std::uint16_t>(desk.members());
  for (std::uint16_t place = 0; place < members; ++place) {
    const auto& member = view->committee.members[place];
    const Keys& keys = *keys_.at(member.node);
    Part& part = parts_[place];
    if (part.manner == Manner::kSilent) continue;
    const tests::Seat seat{place, keys.signer, keys.vrfs.at(member.vrf_key)};
    if (random_.below(40) == 0) stray(desk, seat);
    play(desk, seat, part);
  }
}

void Members::play(const tests::RoundDesk& desk, const tests::Seat& seat, Part& part) {
  const auto& record = desk.view().record;
  const auto tally = desk.tally(seat.place);
  switch (record.phase) {
    case RoundPhase::kFreeze:
      if (!record.opened || tally.revealed || part.revealed > 3) return;
      ++part.revealed;
      return say(desk.reveal(seat, some_edit()));
    case RoundPhase::kCommit: {
      if (tally.committed || part.committed > 3) return;
      if (part.manner == Manner::kSlow && part.committed == 0 && random_.below(3) != 0) return;
      ++part.committed;
      std::vector<std::uint16_t> missing;
      const auto& shards = rounds::shards_of(desk.view().committee.members[seat.place]);
      if (part.manner == Manner::kForgetful) missing.push_back(shards[0].value());
      return say(desk.commit(seat, {missing, {}}, some_edit()));
    }
    case RoundPhase::kVerify:
      if (part.manner == Manner::kSlow && !tally.committed && part.committed < 2) {
        ++part.committed;
        return say(desk.commit(seat));
      }
      report(desk, seat, part);
      return show(desk, seat, part);
    case RoundPhase::kInspect:
      if (random_.below(6) == 0) report(desk, seat, part);
      return show(desk, seat, part);
    default:
      return;
  }
}

void Members::report(const tests::RoundDesk& desk, const tests::Seat& seat, Part& part) {
  if (part.reported > 4 || random_.below(2) == 0) return;
  if (desk.tally(seat.place).row_in_time && random_.below(4) != 0) return;
  ++part.reported;
  std::set<std::size_t> verified;
  for (std::size_t other = 0; other < desk.members(); ++other) {
    if (other == seat.place || parts_[other].manner == Manner::kShunned) continue;
    if (desk.tally(other).committed) verified.insert(other);
  }
  say(desk.row(seat, verified, some_edit()));
}

// A member whom the others do not vouch for opens some leaves each time; sometimes one that does
// not need it.
void Members::show(const tests::RoundDesk& desk, const tests::Seat& seat, Part& part) {
  const bool needed = part.manner == Manner::kShunned;
  if (part.shown > 4 || (!needed && random_.below(60) != 0)) return;
  const auto tally = desk.tally(seat.place);
  if (!tally.committed) return;
  const auto draw = rounds::draw_of(world_.view(), desk.view());
  const auto exam = rounds::exam_of(desk.view(), seat.place);
  std::vector<std::uint16_t> leaves;
  for (std::uint16_t t = 0; t < desk.view().record.points && leaves.size() < kLeavesShown; ++t) {
    const bool proven =
        std::find(tally.proven.begin(), tally.proven.end(), t) != tally.proven.end();
    const auto facts = rounds::facts_of(desk.view(), draw, seat.place, exam.point(t), tally);
    if (!proven && facts.status == proofs::LeafStatus::kOk) leaves.push_back(t);
  }
  if (leaves.empty()) return;
  ++part.shown;
  say(desk.self_proof(seat, leaves, some_edit()));
}

// What holds but for one thing that only its proof shows.
void Members::stray(const tests::RoundDesk& desk, const tests::Seat& seat) {
  const auto& view = desk.view();
  const auto tally = desk.tally(seat.place);
  const auto send = [&](Kind kind, const proofs::Body& body) {
    say(tests::operation_of(kind, seat.signer.statement(desk.header(seat.place, kind), body)));
  };
  switch (view.record.phase) {
    case RoundPhase::kFreeze:  // proven over something else
      if (!view.record.opened) return;
      return send(Kind::kBeaconReveal,
                  proofs::BeaconReveal{seat.vrf.prove(view.record.prev.view())});
    case RoundPhase::kCommit:  // another answer than before
      return send(Kind::kResponseCommit,
                  proofs::ResponseCommit{view.record.prev, view.record.points, {}, {}});
    case RoundPhase::kVerify:
    case RoundPhase::kInspect: {
      if (!tally.committed || !tally.unavailable.empty()) return;
      proofs::OpeningList body;
      body.prover = seat.place;
      body.openings = desk.openings(seat.place, {0});
      body.openings[0].pair_entry[0] ^= 1;
      return send(Kind::kSelfProof, body);
    }
    default:
      return;
  }
}

// Another VRF key, which counts two epochs later; some proofs are of another node's key.
void Members::renew_key() {
  Keys* keys = some_member();
  if (keys == nullptr) return;
  const base::Epoch first = world_.epoch().next().next();
  const std::string label = keys->name + ".vrf" + std::to_string(keys->vrfs.size());
  prove::VrfSecret fresh(base::ByteView(tests::key_of_name(label).seed));
  proofs::VrfKey body;
  body.key = fresh.public_key();
  const std::string prover = random_.below(3) == 0 ? "nobody" : keys->name;
  body.pi = fresh.prove(
      proofs::vrf_pop_alpha(world_.chain(), tests::node_of(prover), body.key, first).view());
  say(tests::operation_of(Kind::kVrfKey, tests::statement_of(keys->name, world_.chain(),
                                                             world_.epoch(), Kind::kVrfKey, body)));
  keys->vrfs.emplace(body.key, std::move(fresh));
}

void Members::lose_or_restore() {
  const Keys* keys = some_member();
  if (keys == nullptr) return;
  const auto committee = ledger::must_load(world_.view(), ledger::kCommittees, world_.epoch());
  const auto place = rounds::place_of(committee, tests::node_of(keys->name));
  WALD_CHECK(place.has_value());
  const auto& member = committee.members[*place];
  const auto node = ledger::must_load(world_.view(), ledger::kNodes, member.node);
  const bool lost = !node.losses.empty();
  const bool restore = random_.below(4) != 0 ? lost : random_.below(3) == 0;
  const base::ShardIndex shard = restore && lost
                                     ? node.losses[random_.below(node.losses.size())].shard
                                     : member.shards[random_.below(member.shards.size())];
  const std::string by = random_.below(4) == 0 ? "n1" : keys->name;
  const auto reason = static_cast<std::uint8_t>(1 + random_.below(2));
  say(tests::shard_notice(world_, by, restore ? Kind::kDeclareRestored : Kind::kDeclareLost, shard,
                          reason));
}

}  // namespace wald::sim
