// SPDX-License-Identifier: Apache-2.0
// Answers taken apart: every part is there and all of them make the whole, on histories drawn at
// random and on the worked examples of specs/economics.md.
#include <catch2/catch.hpp>

#include <set>

#include "ledger/queries.h"
#include "tests/ledger/ballot_support.h"
#include "tests/support/workload.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace queries = ledger::queries;
using queries::PriceKind;

void check_commission(const World& world) {
  std::uint64_t all = 0;
  ledger::for_each<ledger::NodeRecord>(
      world.view(), ledger::kNodes, [&](base::ByteView key, const ledger::NodeRecord&) {
        const auto told =
            queries::explain_commission(world.view(), base::NodeId::from(key)).value();
        std::uint64_t locked = 0;
        for (const auto& row : told.locked()) {
          REQUIRE(row.free_from() > row.epoch());
          locked += row.amount();
        }
        REQUIRE(locked == told.escrowed());
        all += told.collectable() + told.escrowed();
        return true;
      });
  REQUIRE(all == queries::supply(world.view()).commission());
}

void check_shards(const World& world) {
  const auto told = queries::explain_shards(world.view(), world.chain());
  if (!told || told->carried_over()) return;
  std::uint64_t seats = 0, stake = 0;
  for (const auto& row : told->rows()) {
    REQUIRE(row.seats() <= row.cap());
    REQUIRE(row.stake() >= told->threshold());
    seats += row.seats();
    stake += row.stake();
  }
  REQUIRE(seats == told->shards());
  REQUIRE(stake == told->stake());
  const auto projected = queries::projected_committee(world.view(), world.chain()).value();
  for (const auto& member : projected.members())
    for (const auto& row : told->rows())
      if (row.node() == member.node()) REQUIRE(row.seats() == member.weight());
}

void check_prices(const World& world) {
  for (const auto kind : {PriceKind::kStorage, PriceKind::kWrite, PriceKind::kCapacity}) {
    const auto told = queries::explain_price(world.view(), world.chain(), kind).value();
    std::uint32_t sum = 0;
    int decided = 0;
    for (int i = 0; i < told.votes_size(); ++i) {
      const auto& row = told.votes(i);
      sum += row.weight();
      REQUIRE(row.sum() == sum);
      if (i > 0 && kind != PriceKind::kCapacity) REQUIRE(told.votes(i - 1).value() <= row.value());
      if (i > 0 && kind == PriceKind::kCapacity) REQUIRE(told.votes(i - 1).value() >= row.value());
      if (!row.decides()) continue;
      ++decided;
      REQUIRE(row.value() == told.target());
      REQUIRE(sum >= told.quorum());
      REQUIRE(sum - row.weight() < told.quorum());
    }
    REQUIRE(sum == told.shards());
    REQUIRE(decided == 1);
    if (!told.has_low()) continue;
    const std::uint64_t stepped = std::min(std::max(told.target(), told.low()), told.high());
    REQUIRE(told.next() == std::max(stepped, told.largest_used()));
  }
}

}  // namespace

TEST_CASE("explain: on random histories commission, shards and prices add up",
          "[ledger][query][rule:Q-3]") {
  for (const auto mix : {Workload::Mix::kAll, Workload::Mix::kNodes, Workload::Mix::kBuckets}) {
    Workload workload(41, mix);
    for (int part = 0; part < 8; ++part) {
      workload.run(workload.sent() + 60);
      check_commission(workload.world());
      check_shards(workload.world());
      check_prices(workload.world());
    }
    REQUIRE(workload.broken().empty());
  }
}

TEST_CASE("explain commission: full, loss, rate and what the operator bears make the sum",
          "[ledger][query][rule:Q-3]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 50'000 * kWal}}));
  REQUIRE(world.run("ann", add_rewards(900 * kWal, 3)) == spec::OK);
  fill_slot(world, world.epoch(), 0, std::uint64_t{1} << 30);
  std::size_t paid = 0;
  for (int i = 0; i < 4; ++i) {
    turn_epoch(world);
    const base::Epoch closed(world.epoch().value() - 1);
    for (const auto& event : events_of<spec::RewardPaid>(world.last())) {
      const auto node = base::NodeId::from(base::as_bytes(event.node()));
      const auto told =
          queries::earned_commission(world.view(), node, closed, economics::Bps::of(1000));
      REQUIRE(told.has_value());
      REQUIRE(told->full() == event.full());
      REQUIRE(told->reward() + told->loss() == told->full());
      REQUIRE(told->part() - told->borne() == told->commission());
      REQUIRE(told->commission() == event.commission());
      REQUIRE(told->commission() + told->delegators() == told->reward());
      const auto row = queries::node_epoch(world.view(), node, closed).value();
      REQUIRE(row.epoch() == closed.value());
      REQUIRE(row.full() == event.full());
      REQUIRE(row.reward() == event.reward());
      REQUIRE(row.commission() + row.delegators() == row.reward());
      REQUIRE(row.score_ppm() == event.score());
      REQUIRE(row.shards() > 0);
      ++paid;
    }
  }
  REQUIRE(paid > 4);
  REQUIRE_FALSE(queries::earned_commission(world.view(), node_of("n1"), base::Epoch(900),
                                           economics::Bps::of(1000)));
  REQUIRE_FALSE(queries::explain_commission(world.view(), node_of("n9")));
  REQUIRE_FALSE(queries::node_epoch(world.view(), node_of("n1"), world.epoch()));  // not paid yet
}

TEST_CASE("explain commission: example 14 of the economics", "[ledger][query][rule:Q-3]") {
  World world(network({4000, 3000, 2000, 1500}));
  world.edit([](ledger::Overlay& state) {
    ledger::ScoreRecord score;
    score.full = ledger::Noted(economics::Amount::of(62'625'250'501'002));
    score.reward = ledger::Noted(economics::Amount::of(60'388'589'679'358));
    score.commission = ledger::Noted(economics::Amount::of(4'025'864'228'456));
    ledger::save(state, ledger::kScores, score, base::Epoch(0), node_of("n1"));
  });
  const auto told = queries::earned_commission(world.view(), node_of("n1"), base::Epoch(0),
                                               economics::Bps::of(1000));
  REQUIRE(told.has_value());
  REQUIRE(told->part() == 6'262'525'050'100);
  REQUIRE(told->loss() == 2'236'660'821'644);
  REQUIRE(told->borne() == told->loss());  // the operator bears all of it
  REQUIRE(told->delegators() == 56'362'725'450'902);
  REQUIRE_FALSE(queries::earned_commission(world.view(), node_of("n1"), base::Epoch(0),
                                           economics::Bps::of(999)));
}

TEST_CASE("explain shards: who lost the last seat to an equal stake by lot, or to a larger one",
          "[ledger][query][rule:Q-3]") {
  const World even(network({3000, 3000, 3000, 3000, 3000}));
  const auto lots = queries::explain_shards(even.view(), even.chain()).value();
  REQUIRE(lots.rows_size() == 5);
  REQUIRE(lots.rows(0).seats() == 8);  // 36 = 8 + 4 * 7
  REQUIRE(lots.ties_size() == 4);
  std::set<std::string> losers;
  for (const auto& tie : lots.ties()) {
    REQUIRE(tie.winner() == lots.rows(0).node());
    REQUIRE(tie.by() == "lot");
    losers.insert(tie.loser());
  }
  REQUIRE(losers.size() == 4);
  for (int i = 1; i < 5; ++i) REQUIRE(lots.rows(i - 1).lot() < lots.rows(i).lot());

  // 4:4:4:4:2:2 over 36: at half a unit for each seat all six want a seat, and two
  // are left: they go to large stakes.
  const World mixed(network({4000, 4000, 4000, 4000, 2000, 2000}));
  const auto told = queries::explain_shards(mixed.view(), mixed.chain()).value();
  std::map<std::string, int> by;
  for (const auto& tie : told.ties()) ++by[tie.by()];
  REQUIRE(by == std::map<std::string, int>{{"lot", 2}, {"stake", 2}});
  REQUIRE(told.ties(0).winner() == told.rows(1).node());
  REQUIRE(told.rows(1).seats() == 8);
  REQUIRE(told.rows(2).seats() == 7);
  REQUIRE(told.rows(5).seats() == 3);

  const World clear(network({5000, 3700, 2900, 1700}));
  REQUIRE(queries::explain_shards(clear.view(), clear.chain())->ties_size() == 0);
}

TEST_CASE("explain fee: base, bytes and signatures make the fee that is charged",
          "[ledger][query][rule:Q-3]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 50'000 * kWal}, {"bob", kWal}}));
  const std::vector<spec::Operation> operations{
      transfer("bob", kWal), batch({transfer("bob", 1), burn(2), transfer("bob", 3)}, true),
      delegate("n1", 10 * kWal), add_rewards({1, 2, 3})};
  for (const auto& operation : operations) {
    const base::Bytes envelope = world.sign("ann", operation, world.nonce("ann"));
    const auto checked = world.machine().check(envelope);
    REQUIRE(checked.ok());
    const auto told = queries::explain_fee(world.view(), checked.value()).value();
    REQUIRE(told.base() + told.bytes() + told.signatures() + told.surcharge() == told.fee());
    REQUIRE(told.burned() + told.members() == told.fee());
    REQUIRE(told.size() == envelope.size());
    REQUIRE(world.run_raw(envelope) == spec::OK);
    REQUIRE(events_of<spec::AccountFeeCharged>(world.last()).at(0).fee() == told.fee());
  }
  const auto statement =
      world.machine().check(world.bare(attest_sync("n1", world.chain(), world.epoch())));
  REQUIRE(statement.ok());
  REQUIRE(queries::explain_fee(world.view(), statement.value())->fee() == 0);
}

TEST_CASE("explain slash: what a ballot would burn, and then burns", "[ledger][query][rule:Q-3]") {
  World world(ballot_network());
  REQUIRE(world.run("ann", add_rewards(900 * kWal, 3)) == spec::OK);
  fill_slot(world, world.epoch(), 0, std::uint64_t{1} << 30);
  turn_epoch(world);
  const auto words = opened(world, "ann", propose_text("words"));
  const auto number = opened(world, "ann", propose_slash("n4"));
  all_say_yes(world, number, {"n1", "n2", "n3"});
  const auto open = queries::explain_slash(world.view(), number).value();
  REQUIRE(open.state() == spec::BALLOT_STATE_OPEN);
  REQUIRE(open.weight_for() >= open.quorum());
  const auto deadline = ballot(world, number).deadline;
  while (world.epoch() < deadline) turn_epoch(world);
  while (queries::explain_slash(world.view(), number)->state() != spec::BALLOT_STATE_PASSED)
    world.block(1000);
  while (world.time().value() < queries::explain_slash(world.view(), number)->due())
    world.block(1000);
  const auto told = queries::explain_slash(world.view(), number).value();
  std::uint64_t locked = 0;
  for (const auto& row : told.locked()) locked += row.amount();
  REQUIRE(locked + told.free() == told.total());
  REQUIRE(world.run("ann", execute(number)) == spec::OK);
  const auto done = events_of<spec::SlashExecuted>(world.last()).at(0);
  REQUIRE(done.escrow() == locked);
  REQUIRE(done.free() == told.free());
  REQUIRE(queries::explain_slash(world.view(), number)->total() == 0);
  REQUIRE_FALSE(queries::explain_slash(world.view(), words));
  REQUIRE_FALSE(queries::explain_slash(world.view(), 99));
}
