// SPDX-License-Identifier: Apache-2.0
// Whole epochs of a network with real transactions: blobs are bought, registered and certified,
// members answer the challenge rounds, and the change pays what the rounds decided.
#include <catch2/catch.hpp>

#include "ledger/rounds/explain.h"
#include "proofs/attest.h"
#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/duties.h"
#include "tests/support/operations.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::tests;
using ledger::RoundPhase;

namespace {

using Names = std::set<std::string>;

// Seven members; a quorum holds without two of them.
class Season {
 public:
  World world;
  std::vector<std::string> names{"n1", "n2", "n3", "n4", "n5", "n6", "n7"};
  std::map<std::string, std::string> vrf;  // whose VRF key a node uses
  // Points a member says it cannot answer, in every round.
  std::function<bool(const std::string&, const proofs::Point&)> lacks;

  // `rounds` an epoch, of 15 s each.
  explicit Season(std::uint64_t rounds = 2) : world(document(rounds)) {
    for (const auto& name : names) vrf[name] = name;
    world.send("ann", reserve(std::uint64_t{64} << 20, std::nullopt, 20));
    world.block(100);
    const FileOf file = file_of(1, 1000);
    world.send("ann", register_blob(made_resource(world), file));
    world.block(100);
    const auto blob = made_blob(world);
    world.send("ann", certify(blob, confirmation(world, names, file.id)));
    world.block(100);
    REQUIRE(world.last().receipts.at(0).code == spec::OK);
  }

  void give(std::uint64_t amount) {
    world.send("ann", add_rewards(amount, 1));
    world.block(100);
    REQUIRE(world.last().receipts.at(0).code == spec::OK);
  }

  ledger::rounds::RoundView round() const {
    const auto next = ledger::must_load(world.view(), ledger::kChain).rounds.next;
    return ledger::rounds::find_round(world.view(), world.chain(), world.epoch(),
                                      base::Round(static_cast<std::uint16_t>(next.value() - 1)))
        .value();
  }
  ledger::TallyRecord tally(const std::string& name) const {
    return ledger::rounds::tally_of(world.view(), round(), node_of(name));
  }

  spec::Operation say(const std::string& name, proofs::Kind kind, const proofs::Body& body) const {
    const auto view = round();
    const auto seed = kind == proofs::Kind::kBeaconReveal ? view.record.prev : view.record.seed;
    const prove::Signer signer(base::ByteView(protocol_key(name).seed));
    return operation_of(
        kind, signer.statement(
                  {kind, world.chain(), world.epoch(), view.id.round, seed, node_of(name)}, body));
  }
  proofs::VrfProof prove_with(const std::string& name, const base::Hash& alpha) const {
    return prove::VrfSecret(base::ByteView(vrf_seed(vrf.at(name)).seed)).prove(alpha.view());
  }
  spec::Operation reveal(const std::string& name) const {
    const auto view = round();
    return say(
        name, proofs::Kind::kBeaconReveal,
        proofs::BeaconReveal{prove_with(name, proofs::reveal_alpha(view.record.prev, view.id))});
  }
  // Nobody opens a leaf here, so any root will do.
  spec::Operation commit(const std::string& name) const {
    const auto view = round();
    proofs::ResponseCommit body;
    body.root = base::tagged_hash("test.root", {}, base::as_bytes(name));
    body.points = view.record.points;
    const auto place = ledger::rounds::place_of(view.committee, node_of(name)).value();
    if (lacks)
      for (const auto& point : ledger::rounds::exam_of(view, place).points(view.record.points))
        if (lacks(name, point)) body.unavailable.push_back(point.t);
    return say(name, proofs::Kind::kResponseCommit, body);
  }
  spec::Operation row(const std::string& name) const {
    const auto view = round();
    const auto& members = view.committee.members;
    proofs::RowReport body;
    body.pi2 = prove_with(name, proofs::row_alpha(view.record.seed, view.id));
    std::vector<std::optional<base::Hash>> roots;
    for (const auto& member : members) {
      const auto other = ledger::rounds::tally_of(world.view(), view, member.node);
      const bool self = member.node == node_of(name);
      body.verified.push_back(!self && other.committed);
      body.missing.push_back(!self && !other.committed);
      body.leaky.push_back(false);
      roots.push_back(other.committed ? std::optional(other.root) : std::nullopt);
    }
    body.rows_digest = proofs::expected_rows_digest(body.verified, roots).value();
    return say(name, proofs::Kind::kRowReport, body);
  }

  template <class Make>
  void all(const Names& but, const Make& make) {
    for (const auto& name : names)
      if (but.count(name) == 0) world.send_raw(world.bare(make(name)));
    world.block(100);
    for (const auto& receipt : world.last().receipts) REQUIRE(receipt.code == spec::OK);
  }
  void open() {
    const auto opened = [&] {
      return ledger::rounds::open_round(world.view(), world.chain()).has_value();
    };
    for (int i = 0; i < 300 && !opened(); ++i) world.block(100);
    REQUIRE(opened());
  }
  // One whole round; the silent do nothing at all, the late only commit too late.
  void play(const Names& silent = {}, const Names& late = {}) {
    open();
    all(silent, [&](const auto& name) { return reveal(name); });
    world.block(300);
    REQUIRE(round().record.phase == RoundPhase::kCommit);
    Names out = silent;
    out.insert(late.begin(), late.end());
    all(out, [&](const auto& name) { return commit(name); });
    world.block(1000);
    REQUIRE(round().record.phase == RoundPhase::kVerify);
    for (const auto& name : late) REQUIRE(world.run_raw(world.bare(commit(name))) == spec::OK);
    all(silent, [&](const auto& name) { return row(name); });
    world.block(3000);
    world.block(1500);
    REQUIRE(round().record.phase == RoundPhase::kSettled);
  }
  // A round without the reveals of these: of a third of the shards.
  void let_pass(const Names& silent = {"n1", "n2", "n3", "n4", "n5", "n6", "n7"}) {
    open();
    all(silent, [&](const auto& name) { return reveal(name); });
    world.block(2'500);
    REQUIRE(round().record.phase == RoundPhase::kVoid);
  }

  const ledger::BlockOutput& change() { return turn_epoch(world, 200); }
  std::map<std::string, spec::RewardPaid> paid() const {
    std::map<std::string, spec::RewardPaid> out;
    for (const auto& event : events_of<spec::RewardPaid>(world.last()))
      for (const auto& name : names)
        if (event.node() == base::string_of(node_of(name).view())) out[name] = event;
    return out;
  }
  std::vector<base::ShardIndex> shards(const std::string& name, std::uint32_t epoch) const {
    for (const auto& member :
         ledger::must_load(world.view(), ledger::kCommittees, base::Epoch(epoch)).members)
      if (member.node == node_of(name)) return member.shards;
    return {};
  }

 private:
  static spec::Genesis document(std::uint64_t rounds) {
    auto out = network(std::vector<std::uint64_t>(7, 25'000), {{"ann", 100'000 * kWal}});
    set_param(out, "rounds", rounds);
    set_param(out, "epoch_length", 15'000 * rounds);
    return out;
  }
};

}  // namespace

TEST_CASE("epoch: what the rounds decide is what the change pays, to the FROST",
          "[ledger][epoch][rounds][rule:R-3][rule:X-3][rule:O-29]") {
  Season season;
  season.give(7'777'777'777);
  season.play({"n7"}, {"n5"});
  season.play({"n6", "n7"});
  std::map<std::string, std::uint64_t> before;
  for (const auto& name : season.names) before[name] = pool_of(season.world, name).active.value();
  season.change();
  const auto close = ledger::must_load(season.world.view(), ledger::kCloses, base::Epoch(1));
  const std::uint64_t pot = close.pot.amount().value();
  REQUIRE(pot > 7 * kWal);
  REQUIRE(close.held.amount().is_zero());
  REQUIRE(close.void_rounds == 0);
  // Store and duty of two rounds: n5 has 64 + 128 of 256 points, n6 half of all.
  const std::map<std::string, std::uint32_t> scores{
      {"n1", 1'000'000}, {"n2", 1'000'000}, {"n3", 1'000'000}, {"n4", 1'000'000},
      {"n5", 750'000},   {"n6", 475'000},   {"n7", 0}};
  const auto paid = season.paid();
  REQUIRE(paid.size() == 7);
  std::uint64_t sum = 0;
  for (const auto& [name, score] : scores) {
    const auto& reward = paid.at(name);
    INFO(name);
    const auto weight = static_cast<std::uint64_t>(season.shards(name, 1).size());
    REQUIRE(reward.score() == score);
    REQUIRE(reward.bad() == 0);
    // What it gets is its own: no member's silence changes another's part.
    REQUIRE(reward.full() == pot * weight / 36);
    REQUIRE(reward.reward() == pot * weight * score / 36 / 1'000'000);
    // what is missing is missing in the operator's tenth first.
    const std::uint64_t missing = reward.full() - reward.reward();
    REQUIRE(reward.commission() == reward.full() / 10 - std::min(missing, reward.full() / 10));
    REQUIRE(reward.delegators() == reward.reward() - reward.commission());
    const auto pool = pool_of(season.world, name);
    REQUIRE(pool.active.value() == before.at(name) + reward.delegators());
    sum += reward.reward();

    const auto told = ledger::rounds::explain(season.world.view(), season.world.chain(),
                                              node_of(name), base::Epoch(1));
    std::uint64_t lost = 0;
    for (const auto& loss : told->losses) lost += loss.amount.value();
    REQUIRE(lost == reward.full() - reward.reward());
  }
  const auto unspent = events_of<spec::RewardUnspent>(season.world.last()).at(0);
  REQUIRE(unspent.repair_fund() + unspent.burned() == pot - sum);
  REQUIRE(conserved(season.world));
}

TEST_CASE("epoch: a deny list takes its share of what is stored out of what a member is paid for",
          "[ledger][epoch][rounds][rule:R-3][rule:O-30][rule:L-14]") {
  Season season;
  season.give(7'777'777'777);
  World& world = season.world;
  const std::uint64_t stored = ledger::must_load(world.view(), ledger::kIndexTop).stored;
  const DenyListOf half{"n2", 1, stored / 2};
  REQUIRE(world.run("ann", update_deny_list(world, season.names, half)) == spec::OK);
  season.play();
  const DenyListOf third{"n2", 2, stored / 3};  // what it was in a snapshot counts all the same
  REQUIRE(world.run("ann", update_deny_list(world, season.names, third)) == spec::OK);
  season.play();
  season.change();
  const auto close = ledger::must_load(world.view(), ledger::kCloses, base::Epoch(1));
  const std::uint64_t used = close.used, pot = close.pot.amount().value();
  const std::uint64_t denied = (used * (stored / 2) + stored - 1) / stored;
  REQUIRE((used > 0 && denied > 0 && pot < 20 * kWal));  // so that 64 bits hold the products below
  const auto paid = season.paid();
  REQUIRE(paid.at("n2").denied() == denied);
  REQUIRE(paid.at("n3").denied() == 0);
  std::uint64_t all = 0;
  for (const auto& name : season.names)
    all += season.shards(name, 1).size() * (used - (name == "n2" ? denied : 0));
  for (const auto& name : season.names) {
    INFO(name);
    const std::uint64_t own = used - (name == "n2" ? denied : 0);
    REQUIRE(paid.at(name).score() == 1'000'000);
    REQUIRE(paid.at(name).full() == pot * season.shards(name, 1).size() * own / all);
    REQUIRE(paid.at(name).reward() == paid.at(name).full());
  }
  REQUIRE(conserved(world));
}

TEST_CASE("epoch: the part of the pot of a void round goes on into the next one",
          "[ledger][epoch][rounds][rule:R-2][rule:O-10]") {
  Season season;
  season.give(500 * kWal);
  season.play();
  season.let_pass();
  const auto& out = season.change();
  const auto close = ledger::must_load(season.world.view(), ledger::kCloses, base::Epoch(1));
  const std::uint64_t pot = close.pot.amount().value();
  REQUIRE(close.void_rounds == 1);
  REQUIRE(close.held.amount().value() == pot / 2);
  const auto held = events_of<spec::RewardHeld>(out).at(0);
  REQUIRE(held.held() == pot / 2);
  REQUIRE(held.carry() == pot / 2);
  for (const auto& [name, reward] : season.paid()) {
    REQUIRE(reward.score() == 1'000'000);  // who was heard in one round has full marks
    REQUIRE(reward.full() == (pot - pot / 2) * season.shards(name, 1).size() / 36);
    REQUIRE(reward.reward() == reward.full());
  }
  const auto slot = ledger::must_load(season.world.view(), ledger::kRing, base::Epoch(2));
  REQUIRE(slot.money.amount().value() >= pot / 2);
  // Both rounds void: all of it goes on.
  season.let_pass();
  season.let_pass();
  season.change();
  const auto next = ledger::must_load(season.world.view(), ledger::kCloses, base::Epoch(2));
  REQUIRE(next.void_rounds == 2);
  REQUIRE(next.held.amount() == next.pot.amount());
  for (const auto& [name, reward] : season.paid()) REQUIRE(reward.reward() == 0);
  REQUIRE(conserved(season.world));
}

TEST_CASE("attack E22: who voids rounds is paid for the others alone, in a line down to nothing",
          "[ledger][attack][epoch][rounds][rule:R-2][rule:O-10]") {
  const Names third{"n5", "n6", "n7"};  // without them no quorum reveals
  constexpr std::uint64_t kRounds = 4;
  std::uint64_t before = 0;
  for (std::uint64_t voided = 0; voided <= kRounds; ++voided) {
    INFO(voided << " of " << kRounds);
    Season season(kRounds);
    season.give(7'777'777'777);
    for (std::uint64_t round = 0; round < kRounds; ++round)
      round < voided ? season.let_pass(third) : season.play();
    season.change();
    const auto close = ledger::must_load(season.world.view(), ledger::kCloses, base::Epoch(1));
    const std::uint64_t pot = close.pot.amount().value();
    REQUIRE(close.void_rounds == voided);
    REQUIRE(close.held.amount().value() == pot * voided / kRounds);
    std::uint64_t weight = 0, theirs = 0;
    for (const auto& [name, reward] : season.paid()) {
      const std::uint64_t shards = season.shards(name, 1).size();
      REQUIRE(reward.reward() == (pot - pot * voided / kRounds) * shards / 36);
      if (third.count(name) == 0) continue;
      weight += shards;
      theirs += reward.reward();
    }
    REQUIRE(3 * weight >= 36 + 1);
    if (voided > 0) {  // each costs them as much as any other
      const std::uint64_t step = pot * weight / 36 / kRounds;
      REQUIRE(before - theirs + 4 > step);
      REQUIRE(before - theirs < step + 4);
    }
    if (voided == kRounds) REQUIRE(theirs == 0);
    before = theirs;
    REQUIRE(conserved(season.world));
  }
}

TEST_CASE("epoch: a shard not answered for in two epochs running is given up in the next selection",
          "[ledger][epoch][rounds][rule:O-27][rule:X-8]") {
  Season season;
  const base::ShardIndex gone = season.shards("n1", 1).at(1);
  season.lacks = [&](const std::string& name, const proofs::Point& point) {
    return name == "n1" && point.shard == gone;
  };
  for (std::uint32_t epoch = 1; epoch <= 2; ++epoch) {
    season.play();
    season.play();
    const auto& out = season.change();
    const auto lost = events_of<spec::NodeShardLost>(out);
    REQUIRE(lost.size() == epoch - 1);
    const auto score =
        ledger::must_load(season.world.view(), ledger::kScores, base::Epoch(epoch), node_of("n1"));
    REQUIRE(score.unavailable > 0);
    REQUIRE(score.bad_shards == std::vector<base::ShardIndex>{gone});
    if (lost.empty()) continue;
    REQUIRE(lost.at(0).shard() == gone.value());
    REQUIRE(lost.at(0).reason() == spec::LOSS_CHRONIC);
  }
  const auto before = season.shards("n1", 3);
  REQUIRE(std::find(before.begin(), before.end(), gone) != before.end());
  season.lacks = {};  // too late
  season.play();
  season.play();
  season.change();
  const auto after = season.shards("n1", 4);
  REQUIRE(std::find(after.begin(), after.end(), gone) == after.end());
  REQUIRE(after.size() == before.size() - 1);
  REQUIRE(ledger::must_load(season.world.view(), ledger::kNodes, node_of("n1")).losses.empty());
  REQUIRE(conserved(season.world));
}

TEST_CASE("epoch: who is silent for five epochs loses its standing and sits out two elections",
          "[ledger][epoch][rounds][rule:X-8]") {
  Season season;
  const std::vector<std::uint32_t> standing{750'000, 562'500, 421'875, 316'406, 500'000};
  for (std::uint32_t epoch = 1; epoch <= 5; ++epoch) {
    REQUIRE_FALSE(season.shards("n7", epoch).empty());
    season.play({"n7"});
    season.play({"n7"});
    const auto& out = season.change();
    const auto node = ledger::must_load(season.world.view(), ledger::kNodes, node_of("n7"));
    REQUIRE(node.standing.value() == standing.at(epoch - 1));
    REQUIRE(events_of<spec::NodeBarred>(out).size() == (epoch == 5 ? 1 : 0));
  }
  REQUIRE_FALSE(season.shards("n7", 6).empty());  // chosen before the close
  for (std::uint32_t epoch = 6; epoch <= 8; ++epoch) season.change();
  REQUIRE(season.shards("n7", 7).empty());
  REQUIRE(season.shards("n7", 8).empty());
  REQUIRE_FALSE(season.shards("n7", 9).empty());
  REQUIRE(ledger::must_load(season.world.view(), ledger::kNodes, node_of("n1")).standing.value() ==
          1'000'000);
  REQUIRE(conserved(season.world));
}

TEST_CASE("epoch: another VRF key reveals from the second epoch after its announcement on",
          "[ledger][epoch][rounds][rule:O-4]") {
  Season season;
  const prove::VrfSecret fresh(base::ByteView(vrf_seed("fresh").seed));
  proofs::VrfKey body;
  body.key = fresh.public_key();
  body.pi = fresh.prove(
      proofs::vrf_pop_alpha(season.world.chain(), node_of("n1"), body.key, base::Epoch(3)).view());
  const auto bytes =
      statement_of("n1", season.world.chain(), season.world.epoch(), proofs::Kind::kVrfKey, body);
  REQUIRE(season.world.run_raw(season.world.bare(operation_of(proofs::Kind::kVrfKey, bytes))) ==
          spec::OK);
  const auto answer = [&](const std::string& key) {
    season.vrf["n1"] = key;
    return season.world.run_raw(season.world.bare(season.reveal("n1")));
  };
  for (std::uint32_t epoch = 1; epoch <= 2; ++epoch) {
    season.open();
    REQUIRE(answer("fresh") == spec::BAD_VRF);
    REQUIRE(answer("n1") == spec::OK);
    season.change();
  }
  const auto rotated = events_of<spec::NodeKeyRotated>(season.world.last());
  REQUIRE(rotated.size() == 1);
  REQUIRE(rotated.at(0).role() == spec::KEY_ROLE_VRF);
  season.open();
  REQUIRE(answer("n1") == spec::BAD_VRF);
  REQUIRE(answer("fresh") == spec::OK);
  season.change();
  season.play();
  REQUIRE(season.tally("n1").credits == 128);
  REQUIRE(conserved(season.world));
}
