// SPDX-License-Identifier: Apache-2.0
// What an epoch pays, burns, keeps and carries on; fees, fines, bars and quarantine.
#include <catch2/catch.hpp>

#include <algorithm>

#include "ledger/epoch/settle.h"
#include "tests/ledger/epoch_support.h"

using namespace wald;
using namespace wald::tests;

namespace {

const std::vector<std::uint64_t> kEqual{25'000, 25'000, 25'000, 25'000};

spec::Operation request_exit(const base::ObjectId& stake) {
  spec::Operation op;
  op.mutable_request_exit()->set_stake(base::string_of(stake.view()));
  return op;
}

// Closes the running epoch of a world with scores of the test's making, on an overlay that goes.
struct Closing {
  ledger::Overlay state;
  ledger::BlockFacts facts;
  ledger::Context ctx;
  ledger::rounds::EpochScores scores;

  explicit Closing(const World& world)
      : state(&world.view()),
        facts{world.chain(), world.height(), world.time(), base::Hash(),
              ledger::load_params(world.view())},
        ctx(state, facts, base::AccountId(), base::TxId()) {
    for (const auto& member : ledger::must_load(state, ledger::kCommittees, world.epoch()).members)
      scores.members[member.node] = {};
  }
  // This node half of whose rounds were bad, with these holders.
  void spoil(const std::string& node, const std::vector<std::string>& holders) {
    auto& bad = scores.members.at(node_of(node));
    bad.s = bad.q = economics::Ppm::of(500'000);
    for (const std::string& name : holders) bad.holders.push_back(account_of(name));
  }
  ledger::epoch::Close run() {
    auto close = ledger::epoch::settle(ctx, scores);
    ledger::epoch::step_pools(ctx, close);
    ledger::epoch::sink_rest(ctx, close);
    ledger::epoch::update_members(ctx, close);
    ledger::epoch::turn_ring(ctx, close);
    return close;
  }
};

std::vector<spec::EventRecord> told_of(Closing& closing) {
  const ledger::Events events = closing.ctx.take_events();
  return {events.begin(), events.end()};
}

// n1 has nothing but a bond.
spec::Genesis bonded() {
  auto document = small_genesis({{"ann", kWal},
                                 {"bob", 2 * kWal},
                                 {"n1", 1000 * kWal},
                                 {"n2", 1000 * kWal},
                                 {"n3", 1000 * kWal},
                                 {"n4", 1000 * kWal}});
  for (const auto* name : {"n2", "n3", "n4"}) add_node(document, name, {{name, 25'000 * kWal}});
  add_node(document, "n1", {{"n1", 25'000 * kWal, true}});
  return document;
}

}  // namespace

TEST_CASE("close: a pot is paid by shards, commission first, the rest of the division unspent",
          "[ledger][epoch][rule:R-2][rule:R-3][rule:X-3][rule:X-4]") {
  auto accounts = small_genesis({{"ann", kWal},
                                 {"n1", 1000 * kWal},
                                 {"n2", 1000 * kWal},
                                 {"n3", 1000 * kWal},
                                 {"n4", 1000 * kWal}});
  for (const auto* name : {"n1", "n2", "n3"}) add_node(accounts, name, {{name, 25'000 * kWal}});
  add_node(accounts, "n4", {{"n4", 15'000 * kWal}, {"ann", 10'000 * kWal}});
  World world(accounts);
  fill_slot(world, base::Epoch(1), 4'770, 100);
  const auto& out = turn_epoch(world);
  // 4770: 143 burned, Pot 4627; 4627 * 9 / 36 = 1156.75, of that 10 % = 115.
  const auto paid = events_of<spec::RewardPaid>(out);
  REQUIRE(paid.size() == 4);
  for (const auto& event : paid) {
    REQUIRE(event.full() == 1156);
    REQUIRE(event.reward() == 1156);
    REQUIRE(event.commission() == 115);
    REQUIRE(event.delegators() == 1041);
    REQUIRE(event.score() == 1'000'000);
  }
  const auto closed = events_of<spec::EpochClosed>(out).at(0);
  REQUIRE(closed.money() == 4770);
  REQUIRE(closed.burned() == 143);
  REQUIRE(closed.pot() == 4627);
  REQUIRE(closed.rewards() == 4624);
  REQUIRE(closed.unspent() == 3);
  REQUIRE(closed.carry() == 0);
  REQUIRE(burned(world, spec::BURN_EPOCH) == 143);
  REQUIRE(fund_of(world, "repair") == 3);
  const auto pool = pool_of(world, "n4");
  REQUIRE(pool.active.value() == 25'000 * kWal + 1041);
  REQUIRE(pool.escrow.at(base::Epoch(1)).value() == 115);
  // A delegator's part: shares are worth 1:1 in epoch 1, so 10,000 of 25,000 WAL earn 416.
  const auto worth =
      economics::to_frost(economics::Shares(10'000 * kWal), economics::running_rate(pool));
  REQUIRE(worth.value().value() == 10'000 * kWal + 416);
  const auto score =
      ledger::must_load(world.view(), ledger::kScores, base::Epoch(1), node_of("n4"));
  REQUIRE(score.weight == 9);
  REQUIRE(score.reward.amount().value() == 1156);
  REQUIRE(score.commission.amount().value() == 115);
  turn_epoch(world);
  REQUIRE(pool_of(world, "n4").free.is_zero());
  REQUIRE(events_of<spec::CommissionReleased>(turn_epoch(world)).size() == 4);
  REQUIRE(pool_of(world, "n4").free.value() == 115);  // locked from T_2 to T_4
}

TEST_CASE("close: an epoch in which nothing is stored carries its whole pot on",
          "[ledger][epoch][rule:R-4]") {
  World world(network(kEqual));
  fill_slot(world, base::Epoch(1), 10'000, 0);
  const auto& out = turn_epoch(world);
  REQUIRE(events_of<spec::RewardHeld>(out).at(0).carry() == 9'700);
  const auto slot = ledger::must_load(world.view(), ledger::kRing, base::Epoch(2));
  REQUIRE(slot.money.amount().value() == 9'700);
  REQUIRE(slot.sold.amount().is_zero());
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kRing, base::Epoch(1)));
  REQUIRE(ledger::exists(world.view(), ledger::kRing, base::Epoch(54)));
  REQUIRE(events_of<spec::RewardPaid>(out).at(0).reward() == 0);
}

TEST_CASE("close: subsidies come out of their fund and go through the pot",
          "[ledger][epoch][rule:R-7][rule:R-8]") {
  auto document = network(kEqual);
  document.clear_funds();
  auto& subsidy = *document.add_funds();
  subsidy.set_name("subsidy");
  subsidy.set_amount(1'000'000);
  set_param(document, "rho", 5'000);
  set_param(document, "per_shard", 100);
  balance_treasury(document);
  World world(document);
  fill_slot(world, base::Epoch(1), 10'000, 100);
  world.edit([](ledger::Overlay& state) {
    auto slot = ledger::must_load(state, ledger::kRing, base::Epoch(1));
    slot.sold = ledger::Noted(ledger::Amount::of(8'000));
    ledger::save(state, ledger::kRing, slot, base::Epoch(1));
  });
  const auto& out = turn_epoch(world);
  const auto paid = events_of<spec::RewardSubsidyPaid>(out);
  REQUIRE(paid.at(0).amount() == 4'000);
  REQUIRE(paid.at(1).amount() == 3'600);
  REQUIRE(events_of<spec::EpochClosed>(out).at(0).pot() == 17'600 - 528);
  REQUIRE(fund_of(world, "subsidy") == 1'000'000 - 7'600);
}

TEST_CASE("exit: the early-exit fee is burned by half, the other half pays stakes that stayed",
          "[ledger][epoch][rule:X-1][rule:X-2][rule:P-5]") {
  auto document = small_genesis({{"ann", kWal},
                                 {"n1", 1000 * kWal},
                                 {"n2", 1000 * kWal},
                                 {"n3", 1000 * kWal},
                                 {"n4", 1000 * kWal}});
  for (const auto* name : {"n2", "n3", "n4"}) add_node(document, name, {{name, 25'000 * kWal}});
  add_node(document, "n1", {{"n1", 15'000 * kWal}, {"ann", 10'000 * kWal}});
  World world(document);
  const auto stake = ledger::object_id(base::TxId(world.chain().bytes()), 4);
  turn_epoch(world);
  REQUIRE(world.run("ann", request_exit(stake)) == spec::OK);  // epoch 2, before its selection
  const auto fee = events_of<spec::StakeExitRequested>(world.last()).at(0);
  REQUIRE(fee.exit() == 3);
  REQUIRE(fee.fee_ppm() == 6'666);
  const auto& out = turn_epoch(world);
  const auto claim = events_of<spec::StakeClaimFixed>(out).at(0);
  REQUIRE(claim.fee() == 66'660'000'000);
  REQUIRE(claim.money() == 10'000 * kWal - 66'660'000'000);
  REQUIRE(burned(world, spec::BURN_SHIFT) == 33'330'000'000);
  REQUIRE(fund_of(world, "bonus") == 33'330'000'000);
  // Stakes of epoch 1 are old from the step into 7 on; the change after pays them.
  while (world.epoch() < base::Epoch(7)) {
    turn_epoch(world);
    REQUIRE(fund_of(world, "bonus") == 33'330'000'000);
  }
  const auto bonus = events_of<spec::PoolBonusPaid>(turn_epoch(world));
  REQUIRE(bonus.size() == 4);
  std::uint64_t sum = 0;
  for (const auto& event : bonus) sum += event.amount();
  REQUIRE(sum + fund_of(world, "bonus") == 33'330'000'000);
  REQUIRE(fund_of(world, "bonus") < 4);
}

TEST_CASE("close: bad rounds are fined, the holders share a tenth and the rest is burned",
          "[ledger][epoch][rule:X-6]") {
  World world(bonded());
  fill_slot(world, base::Epoch(1), 4'000'000, 100);
  Closing closing(world);
  closing.spoil("n1", {"bob", "ann", "bob"});
  const auto close = closing.run();
  // Pot 3,880,000; full 970,000, reward 485,000, fine 970,000 * 3 / 2 = 1,455,000 from the bond.
  const auto score =
      ledger::must_load(closing.state, ledger::kScores, base::Epoch(1), node_of("n1"));
  REQUIRE(score.reward.amount().value() == 485'000);
  REQUIRE(score.fine.amount().value() == 1'455'000);
  REQUIRE(score.commission.amount().is_zero());  // the loss is larger
  const auto supply = ledger::must_load(closing.state, ledger::kSupply);
  REQUIRE(supply.burned.at(spec::BURN_FINE).amount().value() == 1'455'000 - 145'500);
  REQUIRE(close.money.unspent.value() == 485'000);
  REQUIRE(closing.ctx.unnamed().empty());

  // Each holder once, ascending, by an event that moves its balance and no other account's; what
  // was taken is told before, what was burned behind.
  const std::vector<spec::EventRecord> told = told_of(closing);
  std::map<base::AccountId, std::uint64_t> balances{{account_of("ann"), kWal},
                                                    {account_of("bob"), 2 * kWal}};
  const auto first = std::find_if(told.begin(), told.end(),
                                  [](const auto& e) { return e.has_reward_bounty_paid(); });
  REQUIRE(first != told.begin());
  REQUIRE(std::prev(first)->has_pool_slashed());
  auto at = first;
  for (const auto& [account, balance] : balances) {
    REQUIRE(at->has_reward_bounty_paid());
    const spec::RewardBountyPaid& paid = at++->reward_bounty_paid();
    REQUIRE(paid.node() == ledger::text_of(node_of("n1")));
    REQUIRE(paid.account() == ledger::text_of(account));
    REQUIRE(paid.epoch() == 1);
    REQUIRE(paid.bad_rounds() == 3);
    REQUIRE(paid.amount() == 72'750);
    REQUIRE(paid.postings_size() == 1);
    const spec::Posting& move = paid.postings(0);
    REQUIRE(move.table() == ledger::kAccounts.prefix);
    REQUIRE(move.key() == ledger::text_of(account));
    REQUIRE(move.field() == "balance");
    REQUIRE(move.before() == balance);
    REQUIRE(move.after() == balance + 72'750);
    const auto record = ledger::must_load(closing.state, ledger::kAccounts, account);
    REQUIRE(record.balance.amount().value() == balance + 72'750);
  }
  REQUIRE(at->has_token_burned());
  REQUIRE(at->token_burned().cause() == spec::BURN_FINE);
  REQUIRE(at->token_burned().amount() == 1'455'000 - 145'500);
}

TEST_CASE("close: who holds no bad round, or gets nothing of a bounty, is told nothing",
          "[ledger][epoch][rule:X-6]") {
  World world(bonded());
  fill_slot(world, base::Epoch(1), 42, 100);
  const auto bounties = [&](const std::vector<std::string>& holders) {
    Closing closing(world);
    closing.spoil("n1", holders);
    closing.run();
    REQUIRE(ledger::must_load(closing.state, ledger::kScores, base::Epoch(1), node_of("n1"))
                .fine.amount()
                .value() == 15);
    REQUIRE(closing.ctx.unnamed().empty());
    std::vector<spec::RewardBountyPaid> out;
    for (const auto& event : told_of(closing))
      if (event.has_reward_bounty_paid()) out.push_back(event.reward_bounty_paid());
    return out;
  };
  REQUIRE(bounties({}).empty());
  const auto paid = bounties({"ann", "bob"});
  REQUIRE(paid.size() == 1);
  REQUIRE(paid.at(0).amount() == 1);
  REQUIRE(paid.at(0).account() == ledger::text_of(std::min(account_of("ann"), account_of("bob"))));
}

TEST_CASE("close: a member under one half at three closes in a row sits out the next elections",
          "[ledger][epoch][rule:X-8]") {
  World world(network(kEqual));
  int bars = 0;
  // 750,000, 562,500, 421,875 (the first low close), 316,406, 237,304.
  for (int closes = 1; closes <= 5; ++closes) {
    REQUIRE(bars == 0);
    Closing closing(world);
    closing.scores.members.at(node_of("n1")).s = economics::Ppm();
    auto close = ledger::epoch::settle(closing.ctx, closing.scores);
    ledger::epoch::update_members(closing.ctx, close);
    const auto node = ledger::must_load(closing.state, ledger::kNodes, node_of("n1"));
    edit_node(world, "n1", [&](ledger::NodeRecord& record) {
      record.standing = node.standing;
      record.low_closes = node.low_closes;
      record.barred_until = node.barred_until;
    });
    for (const auto& event : closing.ctx.take_events()) bars += event.has_node_barred() ? 1 : 0;
    closing.state.mark_failed();  // the purse goes with it
  }
  REQUIRE(bars == 1);
  const auto node = ledger::must_load(world.view(), ledger::kNodes, node_of("n1"));
  REQUIRE(node.barred_until == base::Epoch(4));  // all were closes of epoch 1: elections for 3, 4
  REQUIRE(node.standing.value() == 500'000);
  const auto sits = [&](std::uint32_t epoch) {
    for (const auto& m :
         ledger::must_load(world.view(), ledger::kCommittees, base::Epoch(epoch)).members)
      if (m.node == node_of("n1")) return true;
    return false;
  };
  while (world.epoch() < base::Epoch(5)) turn_epoch(world);
  REQUIRE_FALSE(sits(3));
  REQUIRE_FALSE(sits(4));
  REQUIRE(sits(5));
}

TEST_CASE("quarantine: a pool whose step fails stands still, its money waits, others go on",
          "[ledger][epoch][rule:H-8]") {
  World world(network(kEqual));
  fill_slot(world, base::Epoch(1), 4'000, 100);
  // Hurt after the selection, which could not have weighed such a pool.
  for (int i = 0; i < 16; ++i) world.block();
  world.edit([](ledger::Overlay& state) {
    auto pool = ledger::must_load(state, ledger::kPools, node_of("n2"));
    pool.exits[base::Epoch(2)].shares = economics::Shares(~std::uint64_t{0});
    ledger::save(state, ledger::kPools, pool, node_of("n2"));
  });
  const auto& out = turn_epoch(world);
  const auto event = events_of<spec::PoolQuarantined>(out).at(0);
  REQUIRE(event.set_aside() == 970);
  REQUIRE(pool_of(world, "n1").active.value() == 25'000 * kWal + 970 - 97);
  REQUIRE(pool_of(world, "n2").active.value() == 25'000 * kWal);
  const auto record = ledger::must_load(world.view(), ledger::kQuarantine, node_of("n2"));
  REQUIRE(record.money.amount().value() == 970);
  REQUIRE(record.missed.size() == 1);
  turn_epoch(world);
  REQUIRE(ledger::must_load(world.view(), ledger::kQuarantine, node_of("n2")).missed.size() == 2);
  for (const auto& m : ledger::must_load(world.view(), ledger::kCommittees, base::Epoch(3)).members)
    REQUIRE(m.node != node_of("n2"));
}
