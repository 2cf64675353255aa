// SPDX-License-Identifier: Apache-2.0
// Attacks on the economy (reliability.md, section 2) that are better shown by a directed test than
// by a player of the simulation. Each is measured against a twin: the same chain without the
// attack, or without what the attacker wants to escape. specs/simulation.md says which attack is
// shown where.
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "economics/penalties.h"
#include "ledger/queries.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

base::ObjectId id_of(const spec::Stake& stake) {
  return base::ObjectId::from(base::as_bytes(stake.id()));
}
std::vector<spec::Stake> stakes_of(const World& world, const std::string& name) {
  return ledger::queries::stakes_of(world.view(), account_of(name));
}
void turn_to(World& world, std::uint32_t epoch) {
  while (world.epoch() < base::Epoch(epoch)) turn_epoch(world, 2'000);
}
void pass_selection(World& world) {
  while (!ledger::must_load(world.view(), ledger::kChain).clock.selected) world.block();
}
// In a block of its own, that takes no time to speak of.
spec::Code act(World& world, const std::string& from, const spec::Operation& operation) {
  world.send(from, operation);
  return static_cast<spec::Code>(world.block(10).receipts.at(0).code);
}
void accept(World& world, const std::string& from, const spec::Operation& operation) {
  INFO(from << ": " << operation.ShortDebugString());
  REQUIRE(act(world, from, operation) == spec::OK);
}

// A tenth of a pool's value, as evidence of cheating will take it: nothing but a ballot brings a
// slash about yet, and that takes commission alone.
economics::Slash slash(World& world, const std::string& node) {
  economics::Slash out;
  world.edit([&](ledger::Overlay& state) {
    auto open = ledger::open_pool(state, node_of(node));
    out = economics::slash(open.figures, economics::Bps::of(1'000), false).value();
    ledger::Mint::burn(state, open.money.split(out.charge.taken), spec::BURN_SLASH);
    ledger::close_pool(state, node_of(node), std::move(open));
    if (out.charge.closed) {
      const auto bond = ledger::must_load(state, ledger::kStakes, *out.charge.closed);
      ledger::remove(state, ledger::kStakes, bond.id);
      ledger::remove(state, ledger::kOwned, bond.owner, bond.id);
    }
  });
  return out;
}

// atk-E7. n1's people: *out* asked an epoch before the others, *ask* and *move* in epoch 2 before
// the selection, *late* after it, *stay* in epoch 5, and *wait* has only come; the operator asks
// for the bond in epoch 2 and collects what commission it may.
class Flight {
 public:
  struct End {
    std::map<std::string, std::uint64_t> paid;  // of each, the bond's beside it
    std::uint64_t collected = 0;                // commission
    std::optional<economics::Slash> slash;
    double worth = 0;  // of the pool before it
  };

  // A slash in the epoch `when`, behind all that is asked for in it; none for 0.
  static End run(std::uint32_t when) {
    Flight flight;
    for (std::uint32_t epoch = 1; epoch <= 6; ++epoch) {
      turn_to(flight.world_, epoch);
      flight.live(epoch);
      if (epoch == when) {
        flight.end_.worth = static_cast<double>(pool_of(flight.world_, "n1").active.value());
        flight.end_.slash = slash(flight.world_, "n1");
      }
    }
    turn_to(flight.world_, 7);
    flight.take_out();
    REQUIRE(conserved(flight.world_));
    return flight.end_;
  }

 private:
  static constexpr std::uint64_t kStake = 1'000 * kWal;

  static spec::Genesis document() {
    std::map<std::string, std::uint64_t> accounts;
    std::vector<GenesisStakeOf> stakes{{"n1", 10'000 * kWal, false}, {"n1", 100 * kWal, true}};
    for (const std::string name : {"out", "ask", "move", "late", "stay", "wait"}) {
      accounts[name] = kStake + kWal;
      if (name != "wait") stakes.push_back({name, kStake, false});
    }
    for (const auto* node : {"n1", "n2", "n3", "n4"}) accounts[node] = 1'000 * kWal;
    spec::Genesis out = small_genesis(accounts);
    add_node(out, "n1", stakes);
    for (const auto* node : {"n2", "n3", "n4"}) add_node(out, node, {{node, 15'000 * kWal, false}});
    set_param(out, "shift_bps", 0);  // the fee of leaving early is not what is measured
    return out;
  }

  Flight() : world_(document()) { fill_slot(world_, base::Epoch(1), 6'000'000'000, 100); }

  base::ObjectId stake(const std::string& name, bool bond = false) const {
    for (const spec::Stake& one : stakes_of(world_, name))
      if (one.bond() == bond && (name != "n1" || bond)) return id_of(one);
    throw std::runtime_error(name + " has no such stake");
  }
  void collect() {
    const auto free = pool_of(world_, "n1").free;
    if (!free.is_zero()) accept(world_, "n1", collect_commission("n1"));
    end_.collected += free.value();
  }
  void live(std::uint32_t epoch) {
    collect();
    if (epoch == 1) accept(world_, "out", request_exit(stake("out")));
    if (epoch == 2) {
      accept(world_, "ask", request_exit(stake("ask")));
      accept(world_, "move", move_stake(stake("move"), "n2"));
      accept(world_, "n1", request_exit(stake("n1", true)));
      accept(world_, "wait", delegate("n1", kStake));
      pass_selection(world_);
      accept(world_, "late", request_exit(stake("late")));
    }
    if (epoch == 5) {
      accept(world_, "stay", request_exit(stake("stay")));
      accept(world_, "wait", request_exit(stake("wait")));
    }
  }
  void take_out() {
    for (const std::string name : {"out", "ask", "move", "late", "stay", "wait"})
      take(name, stake(name));
    bool there = false;
    for (const spec::Stake& one : stakes_of(world_, "n1")) there = there || one.bond();
    if (there)
      take("n1", stake("n1", true));
    else
      end_.paid["n1"] = 0;  // the slash ended it
  }
  void take(const std::string& name, const base::ObjectId& id) {
    const std::uint64_t before = world_.balance(name);
    accept(world_, name, withdraw({id}));
    end_.paid[name] = world_.balance(name) + world_.last().receipts.at(0).fee - before;
  }

  World world_;
  End end_;
};

}  // namespace

TEST_CASE("attack E7: who has asked to leave is slashed with those who stay, until the exit epoch",
          "[ledger][attack][rule:SM-8][rule:P-9][rule:P-12][rule:X-4][rule:X-5]") {
  const Flight::End calm = Flight::run(0);
  const std::map<std::string, std::uint32_t> exits{{"out", 2},  {"ask", 3},  {"move", 3},
                                                   {"late", 4}, {"stay", 6}, {"wait", 6}};
  const std::uint32_t begins = 3;  // of who had only come in epoch 2
  for (std::uint32_t when = 2; when <= 5; ++when) {
    const Flight::End hit = Flight::run(when);
    // What the bond gives leaves with its shares and costs nobody else anything.
    const auto& charge = hit.slash->charge;
    const double part = static_cast<double>(charge.pool.value()) /
                        (hit.worth - static_cast<double>(charge.bond.value()));
    REQUIRE(part > 0.05);
    for (const auto& [name, exit] : exits) {
      INFO(name << ", slash in " << when);
      const std::uint64_t loss = calm.paid.at(name) - hit.paid.at(name);
      if (when >= exit || (name == "wait" && when < begins)) {
        REQUIRE(loss == 0);
        continue;
      }
      const double due = static_cast<double>(calm.paid.at(name)) * part;
      REQUIRE(static_cast<double>(loss) > due - 4);  // nobody loses less for having asked
      REQUIRE(static_cast<double>(loss) < due + 4);
    }
    // The bond, asked for in epoch 2, is liable until 5: it goes first.
    INFO("slash in " << when);
    REQUIRE(hit.paid.at("n1") == (when < 5 ? 0 : calm.paid.at("n1")));
    // Commission of epoch 1 is locked until 4; then it can be collected before the slash.
    REQUIRE(calm.collected > 0);
    REQUIRE(hit.collected == (when < 4 ? 0 : calm.collected));
    REQUIRE(charge.escrow.value() == (when < 4 ? calm.collected : 0));
  }
}

TEST_CASE(
    "attack E14: who leaves when a higher rate is announced never pays it, and it climbs "
    "by steps",
    "[ledger][attack][rule:SM-8][rule:P-11]") {
  const auto world = [] {
    auto document = network({25'000, 25'000, 25'000, 25'000}, {{"ann", 3'000 * kWal}});
    set_param(document, "shift_bps", 0);
    World out(document);
    accept(out, "n1", set_commission("n1", 0));  // the bait: free from epoch 3 on
    for (std::uint32_t epoch = 1; epoch < 20; ++epoch)
      fill_slot(out, base::Epoch(epoch), 5'000'000'000, 100);
    accept(out, "ann", delegate("n1", 2'000 * kWal));
    turn_to(out, 4);
    return out;
  };
  for (const bool after_selection : {false, true}) {
    std::uint64_t brought[2];
    for (const bool raises : {false, true}) {
      World w = world();
      if (after_selection) pass_selection(w);
      if (raises) {
        REQUIRE(act(w, "n1", set_commission("n1", 501)) == spec::BAD_RATE);
        accept(w, "n1", set_commission("n1", 500));
      }
      // Ann reads it in the same epoch and asks.
      accept(w, "ann", request_exit(id_of(stakes_of(w, "ann").at(0))));
      REQUIRE(events_of<spec::StakeExitRequested>(w.last()).at(0).exit() ==
              (after_selection ? 6 : 5));
      turn_to(w, 8);
      accept(w, "ann", withdraw({id_of(stakes_of(w, "ann").at(0))}));
      brought[raises ? 1 : 0] = w.balance("ann");
    }
    REQUIRE(brought[1] >= brought[0]);  // more by its share of the fee of n1
    REQUIRE(brought[0] > 3'000 * kWal);
  }
  // As fast as it can: never more than a step an epoch, from the second epoch on.
  World w = world();
  for (std::uint32_t epoch = 4; epoch <= 12; ++epoch) {
    turn_to(w, epoch);
    const std::uint32_t most = epoch < 6 ? 0 : (epoch - 5) * 500;
    REQUIRE(pool_of(w, "n1").rate.value() == most);
    REQUIRE(act(w, "n1", set_commission("n1", (epoch - 3) * 500 + 1)) == spec::BAD_RATE);
    accept(w, "n1", set_commission("n1", (epoch - 3) * 500));
  }
}

TEST_CASE("attack E18: who buys all that is free leaves a tenth, for those alone who use it",
          "[ledger][attack][rule:SM-8][rule:S-4][rule:L-2][rule:L-8][rule:L-12]") {
  auto document =
      network({25'000, 25'000, 25'000, 25'000},
              {{"hog", 100'000 * kWal}, {"ann", 10'000 * kWal}, {"bob", kWal * 10'000}});
  const std::uint64_t capacity = 1'000 * kMiB;
  for (auto& node : *document.mutable_nodes())
    node.mutable_registration()->set_capacity(capacity / 4);
  World world(document);
  world.block();
  REQUIRE(ledger::must_load(world.view(), ledger::kMarket).capacity == capacity);
  const std::vector<std::string> nodes{"n1", "n2", "n3", "n4"};
  std::uint64_t number = 0;
  const auto store = [&](const std::string& who, std::uint64_t size, std::uint64_t length) {
    accept(world, who, reserve(size, std::nullopt, 3));
    const FileOf file = file_of(number++, length);
    accept(world, who, register_blob(made_resource(world), file));
    const auto blob = made_blob(world);
    accept(world, who, certify(blob, confirmation(world, nodes, file.id)));
    return blob;
  };
  // Two who store, half of a tenth each, and use what they bought.
  const auto one = store("ann", 50 * kMiB, 10'000'000), other = store("bob", 50 * kMiB, 10'000'000);
  // All the rest of the epochs before: a tiny blob in a huge resource, and an empty bucket.
  const auto tiny = store("hog", 400 * kMiB, 1);
  accept(world, "hog", create_bucket(400 * kMiB, 2));
  const auto bucket = made_bucket(world);
  // All that is free of the epochs to come.
  const auto used = [&](std::uint32_t epoch) {
    return ledger::must_load(world.view(), ledger::kRing, base::Epoch(epoch)).used;
  };
  const auto buy_all = [&] {
    for (std::uint64_t size = capacity; size > 0; size /= 2)
      while (true) {
        const auto code = act(world, "hog", reserve(size, 3, 6));
        if (code == spec::CAPACITY) break;
        REQUIRE(code == spec::OK);
      }
  };
  buy_all();
  for (std::uint32_t epoch = 1; epoch <= 5; ++epoch) REQUIRE(used(epoch) == capacity / 10 * 9);
  REQUIRE(act(world, "hog", extend(tiny, 1)) == spec::CAPACITY);
  REQUIRE(act(world, "hog", extend_bucket(bucket, 1)) == spec::CAPACITY);
  REQUIRE(act(world, "hog", reserve(1, 3, 4)) == spec::CAPACITY);
  // A tenth of the capacity still passes, to the byte.
  accept(world, "ann", extend(one, 3));
  REQUIRE(act(world, "hog", extend(tiny, 1)) == spec::CAPACITY);
  accept(world, "bob", extend(other, 3));
  for (std::uint32_t epoch = 3; epoch <= 5; ++epoch) REQUIRE(used(epoch) == capacity);
  REQUIRE(conserved(world));
}

namespace {

// atk-E20. n1 and n2 have one operator; n1 has a bond.
class Pair {
 public:
  Pair() : world_(document()) { accept(world_, "ann", reserve(9'216 * kMiB, std::nullopt, 51)); }

  World& world() { return world_; }
  // All that the two have, and what their transactions cost.
  std::uint64_t worth() const {
    std::uint64_t sum = fees_;
    for (const auto* name : {"n1", "n2"}) {
      sum += world_.balance(name);
      for (const spec::Stake& stake : stakes_of(world_, name)) sum += stake.value_now();
      const economics::Pool pool = pool_of(world_, name);
      sum += pool.free.value();
      for (const auto& [epoch, amount] : pool.escrow) sum += amount.value();
    }
    return sum;
  }
  void pay(const std::string& from, const spec::Operation& operation) {
    act(world_, from, operation);
    fees_ += world_.last().receipts.at(0).fee;
  }
  // Empty pockets, as far as they can be emptied.
  void collect() {
    for (const auto* name : {"n1", "n2"})
      if (!pool_of(world_, name).free.is_zero()) pay(name, collect_commission(name));
  }
  std::vector<base::ShardIndex> shards(const std::string& name) const {
    const auto committee = ledger::must_load(world_.view(), ledger::kCommittees, world_.epoch());
    for (const auto& member : committee.members)
      if (member.node == node_of(name)) return member.shards;
    return {};
  }
  void say(const std::string& name, proofs::Kind kind, base::ShardIndex shard) {
    world_.run_raw(world_.bare(shard_notice(world_, name, kind, shard)));
  }

 private:
  static spec::Genesis document() {
    std::map<std::string, std::uint64_t> accounts{{"ann", 10'000 * kWal}};
    for (const auto* node : {"n1", "n2", "n3", "n4", "n5", "n6"}) accounts[node] = 1'000 * kWal;
    spec::Genesis out = small_genesis(accounts);
    add_node(out, "n1", {{"n1", 24'999 * kWal, false}, {"n1", kWal, true}});
    for (const auto* node : {"n2", "n3", "n4", "n5", "n6"})
      add_node(out, node, {{node, 25'000 * kWal, false}});
    return out;
  }

  World world_;
  std::uint64_t fees_ = 0;
};

}  // namespace

TEST_CASE("attack E20: a pair that declares losses out of emptied pockets is never ahead of itself",
          "[ledger][attack][rule:SM-8][rule:O-27][rule:X-9]") {
  Pair pair, honest;
  base::Prng prng(20);
  std::uint64_t in_full = 0, in_part = 0, taken = 0, returned = 0;
  std::optional<std::pair<std::string, base::ShardIndex>> lost;
  for (std::uint32_t epoch = 1; epoch <= 100; ++epoch) {
    INFO("epoch " << epoch);
    for (Pair* one : {&pair, &honest}) {
      turn_to(one->world(), epoch);
      if (epoch == 50) accept(one->world(), "ann", reserve(9'216 * kMiB, 51, 101));
      one->collect();
    }
    if (lost && prng.below(2) == 0) {
      pair.say(lost->first, proofs::Kind::kDeclareRestored, lost->second);
      for (const auto& told : events_of<spec::RewardRepairPaid>(pair.world().last()))
        returned += told.to_escrow();
      lost.reset();
    } else if (prng.below(3) != 0) {
      const std::string name = prng.below(3) == 0 ? "n2" : "n1";
      const auto shards = pair.shards(name);
      if (!shards.empty()) {
        const base::ShardIndex shard = shards[prng.below(shards.size())];
        pair.say(name, proofs::Kind::kDeclareLost, shard);
        for (const auto& told : events_of<spec::NodeShardLost>(pair.world().last())) {
          ++(told.taken() == told.asked() ? in_full : in_part);
          taken += told.taken();
          lost = {name, shard};
          const auto node = ledger::must_load(pair.world().view(), ledger::kNodes, node_of(name));
          for (const ledger::Loss& loss : node.losses) {
            const bool this_one = loss.shard == shard;
            if (this_one) REQUIRE(loss.excused == (told.taken() == told.asked()));
          }
        }
      }
    }
    // What was taken and not given back is gone for both of them.
    REQUIRE(pair.worth() + taken - returned <= honest.worth());
  }
  REQUIRE(conserved(pair.world()));
  REQUIRE(in_full > 10);
  REQUIRE(in_part > 10);
  REQUIRE((0 < returned && returned < taken));
}
