// SPDX-License-Identifier: Apache-2.0
// Answers about what would be, held against what then is: prices by the votes, ways out of stakes,
// seats, fees; and causes that add up.
#include <catch2/catch.hpp>

#include "ledger/queries.h"
#include "tests/ledger/ballot_support.h"
#include "tests/support/duties.h"
#include "tests/support/workload.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace queries = ledger::queries;

constexpr std::uint64_t kMostPrice = 1'000'000'000'000'000;

spec::Genesis document_of(const std::vector<std::uint64_t>& frost) {
  std::map<std::string, std::uint64_t> accounts{{"ann", 1000 * kWal}};
  for (std::size_t i = 1; i <= frost.size(); ++i) accounts["n" + std::to_string(i)] = 1000 * kWal;
  spec::Genesis document = small_genesis(accounts);
  for (std::size_t i = 0; i < frost.size(); ++i) {
    const std::string name = "n" + std::to_string(i + 1);
    add_node(document, name, {{name, frost[i], false}});
  }
  return document;
}

spec::ParameterVotes votes_of(const World& world) {
  return queries::parameter_votes(world.view(), world.chain()).value();
}
std::uint32_t seats_of(const World& world, const std::string& node) {
  return queries::next_seat(world.view(), world.chain(), node_of(node))->seats();
}

void vote_at_random(World& world, base::Prng& random, std::size_t nodes) {
  for (std::size_t i = 1; i <= nodes; ++i) {
    if (random.below(2) == 0) continue;
    VotesOf votes;
    votes.storage_price = random.below(300'000);
    votes.write_price = random.below(40'000);
    votes.capacity = random.below(std::uint64_t{1} << 36);
    const std::string name = "n" + std::to_string(i);
    world.send(name, set_votes(name, votes));
  }
}

}  // namespace

TEST_CASE("votes: what the answer says follows is what the change of epoch does",
          "[ledger][query][rule:Q-2]") {
  World world(network({4000, 3000, 2000, 1500, 1200}, {{"ann", 5000 * kWal}}));
  base::Prng random(11);
  for (int epoch = 0; epoch < 12; ++epoch) {
    vote_at_random(world, random, 5);
    world.block(1000);
    if (epoch == 5) REQUIRE(world.run("ann", delegate("n5", 2500 * kWal)) == spec::OK);
    const base::Epoch before = world.epoch();
    spec::ParameterVotes told = votes_of(world);
    bool projected = false, chosen = false;
    while (world.epoch() == before) {
      told = votes_of(world);
      (told.chosen() ? chosen : projected) = true;
      world.block(1000);
    }
    REQUIRE((projected && chosen));
    REQUIRE(told.epoch() == world.epoch().value());
    const auto fixed = events_of<spec::EpochParamsFixed>(world.last()).at(0);
    const spec::MarketOutlook& seen = told.outlook();
    REQUIRE(seen.storage_price().now() == fixed.storage_before());
    REQUIRE(seen.storage_price().target() == fixed.storage_target());
    REQUIRE(seen.storage_price().next() == fixed.storage_after());
    REQUIRE(seen.write_price().target() == fixed.write_target());
    REQUIRE(seen.write_price().next() == fixed.write_after());
    REQUIRE(seen.capacity().target() == fixed.capacity_target());
    REQUIRE(seen.capacity().next() == fixed.capacity_after());
    REQUIRE(seen.storage_price().weight() >= told.quorum());
    REQUIRE(seen.capacity().weight() >= told.quorum());
    std::uint32_t weight = 0;
    for (const auto& member : told.members()) weight += member.weight();
    REQUIRE(weight == told.shards());
  }
}

TEST_CASE("votes: a parameter that comes into force with the change counts in it",
          "[ledger][query][rule:Q-2]") {
  World world(ballot_network());
  const auto number = opened(world, "ann", propose_parameters({{"price_step", 10'000}}));
  all_say_yes(world, number);
  for (const char* name : {"n1", "n2", "n3", "n4"}) {
    VotesOf votes;
    votes.storage_price = 5'000'000;
    world.send(name, set_votes(name, votes));
  }
  world.block(100);
  bool doubled = false;
  for (int epoch = 0; epoch < 5 && !doubled; ++epoch) {
    spec::ParameterVotes told;
    const base::Epoch before = world.epoch();
    while (world.epoch() == before) {
      told = votes_of(world);
      world.block(1000);
    }
    const auto fixed = events_of<spec::EpochParamsFixed>(world.last()).at(0);
    REQUIRE(told.outlook().storage_price().next() == fixed.storage_after());
    REQUIRE(told.outlook().storage_price().high() >= fixed.storage_after());
    doubled = fixed.storage_after() == 2 * fixed.storage_before();
  }
  REQUIRE(doubled);
}

TEST_CASE("votes: before the first committee they are those of who would sit in it",
          "[ledger][query][rule:Q-2]") {
  World world(small_genesis({{"n1", 60'000 * kWal}}));
  REQUIRE(world.run("n1", register_node(world, "n1")) == spec::OK);
  REQUIRE_FALSE(queries::parameter_votes(world.view(), world.chain()));
  REQUIRE(world.run("n1", delegate("n1", 50'000 * kWal)) == spec::OK);
  const auto told = votes_of(world);
  REQUIRE_FALSE(told.chosen());
  REQUIRE(told.members_size() == 1);
  REQUIRE_FALSE(told.outlook().storage_price().has_low());  // the first target is taken as it is
  turn_epoch(world);
  const auto fixed = events_of<spec::EpochParamsFixed>(world.last()).at(0);
  REQUIRE(told.outlook().storage_price().next() == fixed.storage_after());
  REQUIRE(told.outlook().capacity().next() == fixed.capacity_after());
}

TEST_CASE("what-if: another vote of a node moves prices as if it had been cast",
          "[ledger][query][rule:Q-2]") {
  World world(network({4000, 3000, 2000, 1500, 1200}, {{"ann", 5000 * kWal}}));
  turn_epoch(world);
  base::Prng random(12);
  for (int i = 0; i < 20; ++i) {
    const std::string name = "n" + std::to_string(1 + random.below(5));
    queries::VotesAsked asked;
    asked.storage_price = random.below(300'000);
    if (random.below(2) == 0) asked.capacity = random.below(std::uint64_t{1} << 36);
    const auto told =
        queries::estimate_votes(world.view(), world.chain(), node_of(name), asked).value().value();
    REQUIRE(told.before().SerializeAsString() == votes_of(world).outlook().SerializeAsString());
    VotesOf votes;
    votes.storage_price = asked.storage_price;
    votes.capacity = asked.capacity;
    REQUIRE(world.run(name, set_votes(name, votes)) == spec::OK);
    REQUIRE(told.weight() > 0);
    if (votes_of(world).epoch() != told.epoch()) continue;  // an epoch began meanwhile
    REQUIRE(told.after().SerializeAsString() == votes_of(world).outlook().SerializeAsString());
  }
  queries::VotesAsked wrong;
  wrong.write_price = kMostPrice + 1;
  REQUIRE(queries::estimate_votes(world.view(), world.chain(), node_of("n1"), wrong).error().code ==
          spec::BAD_VOTE);
  wrong.write_price = UINT64_MAX;
  REQUIRE(queries::estimate_votes(world.view(), world.chain(), node_of("n1"), wrong).error().code ==
          spec::BAD_VOTE);
  REQUIRE(queries::estimate_votes(world.view(), world.chain(), node_of("n9"), {}).error().code ==
          spec::UNKNOWN_NODE);
  REQUIRE_FALSE(queries::parameter_votes(World(small_genesis({})).view(), world.chain()));
}

TEST_CASE("future: bytes, room and money of each epoch that can be sold, by cause",
          "[ledger][query][rule:Q-2]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 50'000 * kWal}}));
  turn_epoch(world);
  const std::uint64_t size = std::uint64_t{8} << 20;
  const std::uint32_t now = world.epoch().value();
  REQUIRE(world.run("ann", reserve(size, now + 1, now + 4)) == spec::OK);
  REQUIRE(world.run("ann", add_rewards({0, 7 * kWal, 0, 5 * kWal})) == spec::OK);
  const auto rows = queries::storage_future(world.view());
  const auto prices = queries::storage_prices(world.view());
  REQUIRE(rows.size() == ledger::load_params(world.view()).economics.horizon);
  std::uint64_t money = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    REQUIRE(rows[i].epoch() == now + i);
    REQUIRE(rows[i].sold() + rows[i].given() == rows[i].money());
    const bool bought = i >= 1 && i < 4;
    REQUIRE(rows[i].used() == (bought ? size : 0));
    REQUIRE(rows[i].room_extensions() == prices.capacity() - rows[i].used());
    REQUIRE(rows[i].room() < rows[i].room_extensions());
    if (i > 0) REQUIRE(rows[i].time() > rows[i - 1].time());
    money += rows[i].money();
  }
  REQUIRE(rows[1].sold() == 8 * prices.storage_price());
  REQUIRE(rows[1].given() == 7 * kWal);
  REQUIRE(rows[3].given() == 5 * kWal);
  REQUIRE(rows[4].money() == 0);
  REQUIRE(money == queries::supply(world.view()).prepaid());
}

TEST_CASE("next seat: the stake missing brings one shard more and a FROST less does not",
          "[ledger][query][rule:Q-2]") {
  base::Prng random(13);
  for (int i = 0; i < 6; ++i) {
    std::vector<std::uint64_t> stakes;
    for (int k = 0; k < 5; ++k) {
      const std::uint64_t wal = 1'500 + random.below(60'000);
      stakes.push_back(wal * kWal + random.below(kWal));
    }
    const World world(document_of(stakes));
    const auto told = queries::next_seat(world.view(), world.chain(), node_of("n2")).value();
    REQUIRE(told.stands());
    REQUIRE(told.stake() == stakes[1]);
    const auto with = [&](std::uint64_t stake) {
      auto changed = stakes;
      changed[1] = stake;
      return seats_of(World(document_of(changed)), "n2");
    };
    REQUIRE(with(stakes[1]) == told.seats());
    if (told.has_missing()) {
      REQUIRE(with(stakes[1] + told.missing()) > told.seats());
      REQUIRE(with(stakes[1] + told.missing() - 1) == told.seats());
    }
    REQUIRE(told.has_spare());
    REQUIRE(with(stakes[1] - told.spare()) >= told.seats());
    REQUIRE(with(stakes[1] - told.spare() - 1) < told.seats());
  }
  World small(document_of({5000 * kWal, 4000 * kWal, 3000 * kWal, 2000 * kWal, 10 * kWal}));
  const auto outside = queries::next_seat(small.view(), small.chain(), node_of("n5")).value();
  REQUIRE(outside.seats() == 0);
  REQUIRE_FALSE(outside.has_spare());
  REQUIRE(outside.missing() >= outside.threshold() - outside.stake());
  REQUIRE(small.run("n4", leave_node("n4")) == spec::OK);
  const auto leaves = queries::next_seat(small.view(), small.chain(), node_of("n4")).value();
  REQUIRE_FALSE(leaves.stands());
  REQUIRE_FALSE(leaves.has_missing());
  REQUIRE_FALSE(queries::next_seat(small.view(), small.chain(), node_of("n9")));
}

TEST_CASE("exits: on random histories the answer is what the transactions fix and pay",
          "[ledger][query][rule:Q-2][rule:Q-3]") {
  std::uint64_t by_request = 0, direct = 0, refused = 0;
  for (const auto mix : {Workload::Mix::kAll, Workload::Mix::kNodes}) {
    Workload workload(21, mix);
    for (int part = 0; part < 12; ++part) {
      workload.run(workload.sent() + 60);
      const World& world = workload.world();
      std::vector<base::ObjectId> ids;
      ledger::for_each<economics::Stake>(world.view(), ledger::kStakes,
                                         [&](base::ByteView key, const economics::Stake&) {
                                           ids.push_back(base::ObjectId::from(key));
                                           return true;
                                         });
      for (const base::ObjectId& id : ids) {
        const auto owner = ledger::must_load(world.view(), ledger::kStakes, id).owner;
        const auto told = queries::estimate_exit(world.view(), id, std::nullopt);
        const auto asked = world.machine().simulate(world.view(), owner, request_exit(id), 512);
        if (asked.code == spec::OK) {
          REQUIRE(told.ok());
          REQUIRE(told->path() == "request");
          const auto& event = asked.events.back().stake_exit_requested();
          REQUIRE(told->exit().epoch() == event.exit());
          REQUIRE(told->exit().time() == event.time());
          REQUIRE(told->fee_ppm() == event.fee_ppm());
          ++by_request;
        } else if (asked.code == spec::USE_DIRECT_EXIT) {
          REQUIRE(told.ok());
          REQUIRE(told->path() == "direct");
          const auto paid = world.machine().simulate(world.view(), owner, withdraw({id}), 512);
          REQUIRE(paid.code == spec::OK);
          bool seen = false;
          for (const auto& event : paid.events) {
            if (!event.has_stake_withdrawn()) continue;
            const auto& gone = event.stake_withdrawn();
            REQUIRE(told->value_now() == gone.principal() + gone.gain() - gone.loss());
            REQUIRE(told->fee_now() == gone.fee());
            seen = true;
          }
          REQUIRE(seen);
          ++direct;
        } else {
          REQUIRE_FALSE(told.ok());
          REQUIRE(told.error().code == asked.code);
          ++refused;
          continue;
        }
        REQUIRE(told->paid_now() + told->fee_now() == told->value_now());
        REQUIRE(told->rules_size() >= 2);
      }
    }
  }
  REQUIRE(by_request > 50);
  REQUIRE(direct > 10);
  REQUIRE(refused > 10);
}

TEST_CASE("exits: parts, and what cannot be asked", "[ledger][query][rule:Q-2]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 50'000 * kWal}}));
  REQUIRE(world.run("ann", delegate("n1", 1000 * kWal)) == spec::OK);
  const base::ObjectId id = made_stake(world);
  while (queries::stake(world.view(), id)->state() != "active") turn_epoch(world);
  const auto whole = queries::estimate_exit(world.view(), id, 1000 * kWal).value();
  const auto part = queries::estimate_exit(world.view(), id, 250 * kWal).value();
  REQUIRE(part.amount() == 250 * kWal);
  REQUIRE(part.stake() == ledger::text_of(id));
  REQUIRE(part.exit().epoch() == whole.exit().epoch());
  REQUIRE(part.value_now() <= whole.value_now() / 4 + 1);
  REQUIRE(whole.age() == whole.exit().epoch() - whole.activation());
  REQUIRE(whole.zero_from() > whole.activation());
  REQUIRE(queries::estimate_exit(world.view(), id, 0).error().code == spec::BAD_AMOUNT);
  REQUIRE(queries::estimate_exit(world.view(), id, 1001 * kWal).error().code == spec::BAD_AMOUNT);
  REQUIRE(queries::estimate_exit(world.view(), id, 1).error().code == spec::STAKE_TOO_SMALL);
  REQUIRE(queries::estimate_exit(world.view(), base::ObjectId(), std::nullopt).error().code ==
          spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", request_exit(id)) == spec::OK);
  REQUIRE(queries::estimate_exit(world.view(), id, std::nullopt).error().code ==
          spec::ALREADY_LEAVING);
}

TEST_CASE("supply: minted is what there is and what was burned, cause by cause",
          "[ledger][query][rule:Q-2]") {
  for (const std::uint64_t seed : {31u, 32u}) {
    Workload workload(seed, Workload::Mix::kAll);
    workload.run(400);
    const auto told = queries::supply(workload.world().view());
    std::uint64_t burned = 0;
    for (const auto& cause : told.burned_by_cause()) burned += cause.amount();
    REQUIRE(burned == told.burned());
    REQUIRE(burned > 0);
    REQUIRE(told.minted() == economics::kGenesisSupply.value());
    REQUIRE(told.supply() + burned == told.minted());
    REQUIRE(told.balances() + told.staked() + told.commission() + told.prepaid() +
                told.subsidy_fund() + told.repair_fund() + told.bonus() + told.treasury() +
                told.deposits() ==
            told.supply());
  }
}

TEST_CASE("balances: what an account has makes its sum, and all together no more than there is",
          "[ledger][query][rule:Q-2]") {
  for (const auto mix : {Workload::Mix::kAll, Workload::Mix::kRights}) {
    Workload workload(33, mix);
    std::uint64_t leaving = 0, locked = 0;
    for (int part = 0; part < 6; ++part) {
      workload.run(workload.sent() + 60);
      const World& world = workload.world();
      std::uint64_t free = 0, in_pools = 0, in_vestings = 0;
      ledger::for_each<ledger::AccountRecord>(
          world.view(), ledger::kAccounts, [&](base::ByteView key, const ledger::AccountRecord&) {
            const auto id = base::AccountId::from(key);
            const auto told = queries::balances(world.view(), id).value();
            REQUIRE(told.free() + told.staked() + told.pending() + told.leaving() + told.locked() ==
                    told.total());
            REQUIRE(told.free() == queries::account(world.view(), id)->balance());
            free += told.free();
            in_pools += told.staked() + told.pending() + told.leaving();
            in_vestings += told.locked();
            leaving += told.leaving();
            locked += told.locked();
            return true;
          });
      const auto supply = queries::supply(world.view());
      REQUIRE(in_pools <= supply.staked());
      REQUIRE(free + in_vestings <= supply.balances());
    }
    REQUIRE(leaving > 0);
    REQUIRE((locked > 0) == (mix == Workload::Mix::kRights));
  }
  REQUIRE_FALSE(queries::balances(World(small_genesis({})).view(), account_of("nobody")));
}

TEST_CASE("flows: stake that comes and goes, with the value that the next epochs then see",
          "[ledger][query][rule:Q-2]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 50'000 * kWal}}));
  REQUIRE(queries::flows(world.view(), node_of("n1"))->empty());
  REQUIRE(world.run("ann", delegate("n1", 1000 * kWal)) == spec::OK);
  const base::ObjectId id = made_stake(world);
  const auto comes = queries::flows(world.view(), node_of("n1")).value();
  REQUIRE(comes.size() == 1);
  REQUIRE(comes[0].starts() == 1000 * kWal);
  REQUIRE(comes[0].leaves() == 0);
  REQUIRE(comes[0].stake() == 5000 * kWal);
  while (world.epoch().value() < comes[0].epoch()) turn_epoch(world);
  REQUIRE(pool_of(world, "n1").active.value() == comes[0].stake());
  REQUIRE(world.run("ann", request_exit(id, 400 * kWal)) == spec::OK);
  const auto goes = queries::flows(world.view(), node_of("n1")).value();
  REQUIRE(goes.size() == 1);
  REQUIRE(goes[0].leaves() == 400 * kWal);
  REQUIRE(goes[0].worth() == 400 * kWal);
  while (world.epoch().value() < goes[0].epoch()) turn_epoch(world);
  REQUIRE(pool_of(world, "n1").active.value() == goes[0].stake());
  REQUIRE_FALSE(queries::flows(world.view(), node_of("n9")));

  Workload workload(34, Workload::Mix::kNodes);
  for (int part = 0; part < 6; ++part) {
    workload.run(workload.sent() + 60);
    const World& now = workload.world();
    ledger::for_each<ledger::PoolRecord>(
        now.view(), ledger::kPools, [&](base::ByteView key, const ledger::PoolRecord& pool) {
          std::uint64_t starts = 0, leaves = 0;
          const auto rows = queries::flows(now.view(), base::NodeId::from(key)).value();
          for (const auto& row : rows) {
            starts += row.starts();
            leaves += row.leaves();
          }
          for (const auto& [epoch, amount] : pool.pend) starts -= amount.value();
          for (const auto& [epoch, amount] : pool.pre) leaves -= amount.value();
          for (const auto& [epoch, exits] : pool.exits) leaves -= exits.principal.value();
          if (pool.bond && pool.bond->leaving) leaves -= pool.bond->principal.value();
          REQUIRE(starts == 0);
          REQUIRE(leaves == 0);
          return true;
        });
  }
}

TEST_CASE("powers: the foundation before and after its end, pauses with those who ask",
          "[ledger][query][rule:Q-2]") {
  spec::Genesis document = ballot_network();
  set_param(document, "foundation_spend", 1000 * kWal);
  World world(document);
  REQUIRE(world.run("found", foundation_spend("bob", 600 * kWal)) == spec::OK);
  const auto before = queries::foundation(world.view()).value();
  REQUIRE(before.powers());
  REQUIRE(before.spent() == 600 * kWal);
  REQUIRE(before.limit() == 1000 * kWal);
  REQUIRE(before.treasury() == fund_of(world, ledger::kFundTreasury));

  const std::uint64_t until = world.time().value() + 5'000;
  REQUIRE(world.run("n4", pause("p", until, "n4")) == spec::OK);
  const auto asked = queries::pauses(world.view());
  REQUIRE(asked.size() == 4);
  REQUIRE(asked[0].group() == spec::PAUSE_PURCHASES);
  REQUIRE_FALSE(asked[0].paused());
  REQUIRE(asked[0].asked_size() == 1);
  REQUIRE(asked[0].asked(0).weight() == shards_of(world, "n4"));
  REQUIRE(asked[0].asked(0).until() == until);
  REQUIRE(world.run("found", pause("p", until)) == spec::OK);
  REQUIRE(world.run("n1", resume("p", "n1")) == spec::OK);
  const auto paused = queries::pauses(world.view());
  REQUIRE(paused[0].paused());
  REQUIRE(paused[0].epoch() == world.epoch().value());
  REQUIRE(paused[0].resume_size() == 1);
  REQUIRE(paused[0].resume_weight() == shards_of(world, "n1"));
  REQUIRE(paused[0].resume_weight() < paused[0].quorum());
  REQUIRE_FALSE(paused[1].paused());

  until_epoch(world, 5);
  const auto after = queries::foundation(world.view()).value();
  REQUIRE_FALSE(after.powers());
  REQUIRE(after.spent() == 0);
  REQUIRE_FALSE(queries::foundation(World(network({4000})).view()));
}

TEST_CASE("duties: deny lists, signals, absences and the hand-over of a node",
          "[ledger][query][rule:Q-2]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 5000 * kWal}}));
  const auto none = queries::duties(world.view(), node_of("n1")).value();
  REQUIRE_FALSE(none.has_deny_list());
  REQUIRE_FALSE(none.has_announced());
  REQUIRE_FALSE(none.has_signal());
  REQUIRE(none.seated());
  REQUIRE_FALSE(none.attested());
  const DenyListOf list{"n1", 3, 5000};
  REQUIRE(world.run("n1", announce_deny_list(list)) == spec::OK);
  REQUIRE(queries::duties(world.view(), node_of("n1"))->announced().sequence() == 3);
  REQUIRE(world.run("ann", update_deny_list(world, {"n1", "n2", "n3", "n4"}, list)) == spec::OK);
  REQUIRE(world.run_raw(world.bare(signal_version(world, "n1", 2))) == spec::OK);
  turn_epoch(world);
  world.miss({node_of("n1")});
  world.block(100);
  const auto some = queries::duties(world.view(), node_of("n1")).value();
  REQUIRE_FALSE(some.has_announced());
  REQUIRE(some.deny_list().size() == 5000);
  REQUIRE(some.deny_list().sequence() == 3);
  REQUIRE(some.signal().version() == 2);
  REQUIRE(some.absent() == 1);
  REQUIRE(some.attested());  // it gained no shard, so its hand-over is done at the change
  REQUIRE_FALSE(some.consensus_off());
  REQUIRE_FALSE(queries::duties(world.view(), node_of("n9")));
}
