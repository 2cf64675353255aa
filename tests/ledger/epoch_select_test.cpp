// SPDX-License-Identifier: Apache-2.0
// Who sits in a committee and with which shards; prices, parameters, lost shards, nodes that end.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "economics/committee.h"

#include "tests/ledger/epoch_support.h"

using namespace wald;
using namespace wald::tests;

namespace {

const std::vector<std::uint64_t> kEqual{25'000, 25'000, 25'000, 25'000};

economics::Assignment shards_in(const World& world, std::uint32_t epoch) {
  economics::Assignment out;
  for (const auto& m :
       ledger::must_load(world.view(), ledger::kCommittees, base::Epoch(epoch)).members)
    out[m.node] = m.shards;
  return out;
}

bool on_roll(const World& world, const std::string& name) {
  return ledger::exists(world.view(), ledger::kRoll, node_of(name));
}

// The state of a world, which notes who asks for the records of one node.
class Watched final : public ledger::StateView {
 public:
  Watched(const MapView& state, const base::NodeId& node)
      : state_(state),
        keys_{ledger::key_of(ledger::kNodes, node), ledger::key_of(ledger::kPools, node)} {}

  std::optional<base::Bytes> get(base::ByteView key) const override {
    note(key);
    return state_.get(key);
  }
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes& room) const override {
    note(key);
    return state_.look(key, room);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    state_.scan(prefix, from, [&](base::ByteView key, base::ByteView value) {
      note(key);
      return visit(key, value);
    });
  }
  const ledger::StateTree& tree() const override { return state_.tree(); }

  std::size_t asked() const { return asked_; }

 private:
  void note(base::ByteView key) const {
    if (keys_.count(base::Bytes(key.begin(), key.end())) != 0) ++asked_;
  }
  const MapView& state_;
  std::set<base::Bytes> keys_;
  mutable std::size_t asked_ = 0;
};

// Goes on to the next epoch: how often its change asks for a node's records.
std::size_t asked_in_change(World& world, const std::string& name) {
  const base::Epoch running = world.epoch();
  MapView before;
  while (world.epoch() == running) {
    before = world.view();
    world.block();
  }
  const Watched watched(before, node_of(name));
  const auto again = world.machine().apply_block(watched, world.inputs().back());
  WALD_CHECK(again.state_root == world.last().state_root);
  return watched.asked();
}

spec::Operation delegate(const std::string& node, std::uint64_t amount) {
  spec::Operation op;
  op.mutable_delegate_stake()->set_node(base::string_of(node_of(node).view()));
  op.mutable_delegate_stake()->set_amount(amount);
  return op;
}

}  // namespace

TEST_CASE("selection: new stake moves the least number of shards, and each finds one holder",
          "[ledger][epoch][rule:H-6][rule:C-5]") {
  World world(network(kEqual, {{"ann", 100'000 * kWal}}));
  REQUIRE(world.run("ann", delegate("n4", 60'000 * kWal)) == spec::OK);
  while (events_of<spec::EpochCommitteeChosen>(world.last()).empty()) world.block();
  const auto moved_events = events_of<spec::ShardsMoved>(world.last());
  const auto before = shards_in(world, 1);
  const auto after = shards_in(world, 2);
  std::size_t lost = 0, moved = 0;
  std::set<base::ShardIndex> all;
  for (const auto& [node, list] : after) {
    all.insert(list.begin(), list.end());
    const std::set<base::ShardIndex> old(before.at(node).begin(), before.at(node).end());
    std::size_t kept = 0;
    for (const auto shard : list) kept += old.count(shard);
    REQUIRE(kept == std::min(list.size(), old.size()));
    lost += old.size() - std::min(list.size(), old.size());
  }
  for (const auto& event : moved_events) {
    moved += static_cast<std::size_t>(event.shards_size());
    REQUIRE(event.cause() == spec::MOVE_STAKE);
  }
  REQUIRE(all.size() == 36);
  REQUIRE(after.at(node_of("n4")).size() == 18);  // 85,000 of 160,000 WAL, at most 2n/m
  REQUIRE(moved == lost);
  REQUIRE(moved == 9);
  turn_epoch(world);
  const auto sync = ledger::must_load(world.view(), ledger::kSync, base::Epoch(2));
  REQUIRE(sync.weight == 18);  // all but the gainer
  REQUIRE(world.run_raw(world.bare(attest_sync("n4", world.chain(), base::Epoch(2)))) == spec::OK);
  REQUIRE(events_of<spec::EpochSyncDone>(world.last()).size() == 1);
}

TEST_CASE("selection: announced keys enter the committee record and count from its epoch on",
          "[ledger][epoch][rule:N-4][rule:O-4]") {
  World world(network(kEqual));
  const auto key = key_of_name("fresh").key;
  edit_node(world, "n1", [&](ledger::NodeRecord& node) {
    node.protocol_key = key;
    node.vrf_keys.push_back({key_of_name("vrf2").key, base::Epoch(3)});
  });
  const auto rotated = events_of<spec::NodeKeyRotated>(turn_epoch(world));
  REQUIRE(rotated.size() == 1);
  REQUIRE(rotated[0].key() == base::string_of(key.view()));
  REQUIRE(events_of<spec::NodeKeyRotated>(turn_epoch(world)).at(0).role() == spec::KEY_ROLE_VRF);
}

TEST_CASE("selection: where nobody may stand the committee stays with its shards",
          "[ledger][epoch][rule:H-7]") {
  World world(network(kEqual));
  for (const auto* name : {"n1", "n2", "n3", "n4"})
    edit_node(world, name, [](ledger::NodeRecord& node) { node.leaving = true; });
  while (events_of<spec::EpochCommitteeChosen>(world.last()).empty()) world.block();
  const auto chosen = events_of<spec::EpochCommitteeChosen>(world.last()).at(0);
  REQUIRE(chosen.carried_over());
  REQUIRE(chosen.reason() == "no candidate");
  REQUIRE(shards_in(world, 2) == shards_in(world, 1));
  turn_epoch(world);
  REQUIRE(conserved(world));
}

TEST_CASE("change: prices and capacity go one bounded step towards the votes",
          "[ledger][epoch][rule:V-3][rule:V-4]") {
  World world(network(kEqual));
  const auto market = [&] { return ledger::must_load(world.view(), ledger::kMarket); };
  REQUIRE(market().capacity == std::uint64_t{40} << 30);  // 10 GiB on a quarter of the shards
  for (const auto* name : {"n1", "n2", "n3"})
    edit_node(world, name, [](ledger::NodeRecord& node) {
      node.votes.storage_price = ledger::Noted(ledger::Amount::of(200'000));
      node.votes.write_price = ledger::Noted(ledger::Amount::of(1));
      node.votes.capacity = std::uint64_t{1} << 30;
    });
  const auto& out = turn_epoch(world);
  REQUIRE(market().storage_price.amount().value() == 120'000);
  REQUIRE(market().write_price.amount().value() == 16'000);
  REQUIRE(market().capacity == (std::uint64_t{40} << 30) / 10 * 8);
  REQUIRE(events_of<spec::EpochParamsFixed>(out).at(0).storage_target() == 200'000);
  REQUIRE(events_of<spec::StoragePriceChanged>(out).size() == 2);
  REQUIRE(events_of<spec::StorageCapacityChanged>(out).size() == 1);
  fill_slot(world, base::Epoch(9), 1, std::uint64_t{31} << 30);
  turn_epoch(world);
  REQUIRE(market().capacity == std::uint64_t{31} << 30);  // what is sold stays sold
}

TEST_CASE("change: parameters voted for an epoch come into force with it",
          "[ledger][epoch][rule:H-4]") {
  World world(network(kEqual));
  world.edit([](ledger::Overlay& state) {
    for (const auto& [name, value] : std::map<std::string, std::uint64_t>{
             {"horizon", 60}, {"burn_bps", 500}, {"epoch_length", 40'000}}) {
      auto record = ledger::must_load(state, ledger::kParams, name);
      record.pending = value;
      record.pending_epoch = base::Epoch(3);
      ledger::save(state, ledger::kParams, record, name);
    }
  });
  turn_epoch(world);
  REQUIRE(ledger::load_params(world.view()).economics.burn_bps == 300);
  turn_epoch(world);
  REQUIRE(ledger::load_params(world.view()).economics.burn_bps == 500);
  REQUIRE(ledger::exists(world.view(), ledger::kRing, base::Epoch(62)));
  const auto clock = [&] { return ledger::must_load(world.view(), ledger::kChain).clock; };
  REQUIRE(clock().length == 30'000);  // D of an epoch is fixed at its selection
  turn_epoch(world);
  REQUIRE(clock().length == 40'000);
}

TEST_CASE("losses: a declared shard that is not restored moves, and its money is freed",
          "[ledger][epoch][rule:O-27][rule:X-9]") {
  World world(network(kEqual));
  const base::ShardIndex shard = shards_in(world, 1).at(node_of("n1")).front();
  edit_node(world, "n1", [&](ledger::NodeRecord& node) {
    node.losses.push_back({shard, base::Epoch(1), true, true});
  });
  world.edit([&](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto repair = ledger::must_load(state, ledger::kFunds, ledger::kFundRepair);
    ledger::Earmark& mark = repair.earmarks.emplace_back();
    mark.node = node_of("n1");
    mark.shard = shard;
    mark.epoch = base::Epoch(1);
    mark.in_full = true;
    mark.amount.put(treasury.amount.take(state, ledger::Amount::of(1001)));
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kFunds, repair, ledger::kFundRepair);
  });
  turn_epoch(world);  // the selection in 1 is too early
  REQUIRE(shards_in(world, 2) == shards_in(world, 1));
  const auto& change = turn_epoch(world);
  REQUIRE(events_of<spec::RewardRepairPaid>(change).empty());  // freed at the selection already
  REQUIRE(fund_of(world, "repair") == 1001);
  const auto after = shards_in(world, 3).at(node_of("n1"));
  REQUIRE(after.size() == 8);
  REQUIRE(std::find(after.begin(), after.end(), shard) == after.end());
  REQUIRE(ledger::must_load(world.view(), ledger::kNodes, node_of("n1")).losses.empty());
}

TEST_CASE("leaving: a node ends when it sits in neither committee and is paid three epochs on",
          "[ledger][epoch][rule:N-6]") {
  World world(network({25'000, 25'000, 25'000, 25'000, 25'000}));
  fill_slot(world, base::Epoch(1), 100'000, 100);
  edit_node(world, "n5", [](ledger::NodeRecord& node) { node.leaving = true; });
  REQUIRE(events_of<spec::NodeLeft>(turn_epoch(world)).empty());
  REQUIRE(shards_in(world, 2).count(node_of("n5")) == 0);
  REQUIRE(events_of<spec::NodeLeft>(turn_epoch(world)).size() == 1);
  REQUIRE(ledger::must_load(world.view(), ledger::kNodes, node_of("n5")).left == base::Epoch(3));
  const std::uint64_t before = world.balance("n5");
  REQUIRE(on_roll(world, "n5"));  // not paid yet
  const auto& out = turn_epoch(world);
  REQUIRE_FALSE(on_roll(world, "n5"));
  const auto commission = events_of<spec::CommissionCollected>(out).at(0).amount();
  REQUIRE(commission > 0);
  REQUIRE(world.balance("n5") == before + commission + 100 * kWal);
  REQUIRE(events_of<spec::NodeDepositReturned>(out).size() == 1);
  REQUIRE(asked_in_change(world, "n5") == 0);
  REQUIRE(asked_in_change(world, "n4") > 0);
  REQUIRE(ledger::must_load(world.view(), ledger::kPools, node_of("n5")).stepped ==
          base::Epoch(3));  // stands still without a bond
}

TEST_CASE("register node: with all places taken the weakest idle node hands on its own",
          "[ledger][epoch][rule:N-7]") {
  auto document = network({25'000, 25'000, 25'000, 25'000, 500}, {{"n6", 1000 * kWal}});
  set_param(document, "pools_max", 5);
  World world(document);
  const auto ask = [&] { return world.run("n6", register_node(world, "n6")); };
  turn_epoch(world);
  REQUIRE(ask() == spec::POOLS_FULL);  // n5 registered only one epoch ago
  turn_epoch(world);
  const std::uint64_t before = world.balance("n5");
  REQUIRE(ask() == spec::OK);
  const auto left = events_of<spec::NodeLeft>(world.last()).at(0);
  REQUIRE(left.evicted());
  REQUIRE(left.node() == base::string_of(node_of("n5").view()));
  REQUIRE(world.balance("n5") == before + 100 * kWal);  // it never had a seat: paid at once
  REQUIRE(on_roll(world, "n5"));
  REQUIRE(ask() == spec::KEY_TAKEN);
  turn_epoch(world);
  REQUIRE_FALSE(on_roll(world, "n5"));
  REQUIRE(on_roll(world, "n6"));
  REQUIRE(conserved(world));
  REQUIRE(ledger::must_load(world.view(), ledger::kPools, node_of("n6")).stepped == base::Epoch(4));
}

TEST_CASE("leaving: a minted bond leaves with its node and is claimed two epochs on",
          "[ledger][epoch][rule:N-6][rule:P-12]") {
  auto document = network({25'000, 25'000, 25'000, 25'000}, {{"n5", 1000 * kWal}});
  add_node(document, "n5", {{"n5", 25'000 * kWal, true}});
  World world(document);
  const auto stake = ledger::object_id(base::TxId(world.chain().bytes()), 4);
  REQUIRE(pool_of(world, "n5").bond->stake == stake);
  edit_node(world, "n5", [](ledger::NodeRecord& node) { node.leaving = true; });
  turn_epoch(world);
  const auto asked = events_of<spec::StakeExitRequested>(turn_epoch(world)).at(0);
  REQUIRE(asked.exit() == 5);
  REQUIRE(asked.fee_ppm() == 3'333);  // age 4 of 6
  turn_epoch(world);
  REQUIRE(on_roll(world, "n5"));  // its bond has yet to go
  const auto& out = turn_epoch(world);
  REQUIRE(events_of<spec::StakeClaimFixed>(out).size() == 1);
  REQUIRE_FALSE(pool_of(world, "n5").bond.has_value());
  spec::Operation withdraw;
  withdraw.mutable_withdraw_stake()->add_stakes(base::string_of(stake.view()));
  const std::uint64_t before = world.balance("n5");
  REQUIRE(world.run("n5", withdraw) == spec::OK);
  const std::uint64_t fee = 25'000 * kWal / 1'000'000 * 3'333;
  REQUIRE(world.balance("n5") == before + 25'000 * kWal - fee - world.last().receipts.at(0).fee);
  turn_epoch(world);
  REQUIRE(ledger::must_load(world.view(), ledger::kPools, node_of("n5")).stepped == base::Epoch(5));
  REQUIRE(pool_of(world, "n5").vault.is_zero());
}
