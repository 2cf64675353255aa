// SPDX-License-Identifier: Apache-2.0
// I37: what does not touch the same things may come in any order, and a batch does what its
// operations do one by one.
#include <catch2/catch.hpp>

#include <algorithm>

#include "codec/base/prng.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/canary.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const std::vector<std::string> kOwners{"ann", "bob", "carol", "dave", "eve", "frank"};

struct Things {
  base::ObjectId stake;
  base::ObjectId resource;
};

// Each owner has an active stake and a resource.
World owners(std::map<std::string, Things>& things) {
  std::map<std::string, std::uint64_t> money;
  for (const std::string& name : kOwners) money[name] = 5000 * kWal;
  World world(network({4000, 3000, 2000, 1500}, money));
  for (const std::string& name : kOwners) {
    REQUIRE(world.run(name, delegate("n1", 10 * kWal)) == spec::OK);
    things[name].stake = made_stake(world);
    REQUIRE(world.run(name, reserve(8 * kMiB, 1, 9)) == spec::OK);
    things[name].resource = made_resource(world);
  }
  turn_epoch(world);
  turn_epoch(world);
  return world;
}

// Something that touches what this owner has, and sums that everybody adds to.
spec::Operation some_operation(const Things& mine, std::uint64_t draw) {
  switch (draw % 8) {
    case 0:
      return split_stake(mine.stake, 3 * kWal + draw);
    case 1:
      return split_keep(mine.resource, kMiB + draw);
    case 2:
      return split_at(mine.resource, 5);
    case 3:
      return release_storage(mine.resource);
    case 4:
      return reserve((1 + draw % 3) * kMiB, 3, 6);
    case 5:
      return add_rewards(kWal + draw, 3);
    case 6:
      return delegate("n2", 2 * kWal + draw);
    default:
      return request_exit(mine.stake);
  }
}

// All records but the chain's own, which holds the head of the log.
std::map<base::Bytes, base::Bytes> records(const World& world) {
  std::map<base::Bytes, base::Bytes> out;
  world.view().scan({}, {}, [&](base::ByteView key, base::ByteView value) {
    if (key[0] != ledger::kChain.prefix)
      out[base::Bytes(key.begin(), key.end())] = base::Bytes(value.begin(), value.end());
    return true;
  });
  return out;
}

// A batch does what its operations do one by one; or what it did otherwise.
std::string batch_breach(int rounds) {
  base::Prng prng(43);
  // What ann has, whatever the ids: principals, ranges and sizes, and what funds and slots hold.
  const auto worth = [](const World& world) {
    std::vector<std::string> out;
    ledger::for_each<economics::Stake>(
        world.view(), ledger::kStakes, [&](base::ByteView, const economics::Stake& stake) {
          out.push_back("stake " + std::to_string(stake.principal.value()) + " " +
                        std::to_string(stake.minted ? stake.minted->own.value() : 0) +
                        (stake.leaving ? " leaves" : ""));
          return true;
        });
    ledger::for_each<ledger::ResourceRecord>(
        world.view(), ledger::kResources,
        [&](base::ByteView, const ledger::ResourceRecord& resource) {
          out.push_back("resource " + std::to_string(resource.start.value()) + " " +
                        std::to_string(resource.end.value()) + " " + std::to_string(resource.size));
          return true;
        });
    std::sort(out.begin(), out.end());
    return out;
  };
  for (int round = 0; round < rounds; ++round) {
    std::map<std::string, Things> things;
    World together = owners(things);
    std::map<std::string, Things> same;
    World alone = owners(same);
    std::vector<spec::Operation> operations;
    for (std::uint64_t kind : {0u, 1u, 4u, 5u, 6u})
      operations.push_back(some_operation(things["ann"], kind + 8 * prng.below(8)));
    REQUIRE(together.run("ann", batch(operations, round % 2 == 0)) == spec::OK);
    const std::uint64_t fee = together.last().receipts.at(0).fee;
    std::uint64_t fees = 0;
    for (const auto& operation : operations) {
      REQUIRE(alone.run("ann", operation) == spec::OK);
      fees += alone.last().receipts.at(0).fee;
    }
    if (worth(together) != worth(alone)) return "other stakes or resources";
    if (together.balance("ann") + fee != alone.balance("ann") + fees) return "another price";
    // Base per operation, bytes and signatures of one envelope.
    const std::uint64_t bases = operations.size() * ledger::load_params(together.view()).fee_base;
    if (fee >= fees || fee < bases) return "a fee of " + std::to_string(fee) + " FROST";
  }
  return "";
}

}  // namespace

TEST_CASE("order: operations of different owners lead to one state in any order",
          "[ledger][rule:I37]") {
  base::Prng prng(41);
  for (int round = 0; round < 12; ++round) {
    std::map<std::string, Things> things;
    World first = owners(things);
    std::map<std::string, Things> same;
    World second = owners(same);
    REQUIRE(records(first) == records(second));
    std::map<std::string, spec::Operation> operations;
    for (const std::string& name : kOwners)
      operations[name] = some_operation(things[name], prng.below(64));
    std::vector<std::string> order = kOwners;
    for (const std::string& name : order) first.send(name, operations[name]);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[prng.below(i)]);
    for (const std::string& name : order) second.send(name, operations[name]);
    first.block();
    second.block();
    for (const auto& receipt : first.last().receipts) REQUIRE(receipt.code == spec::OK);
    REQUIRE(records(first) == records(second));
  }
}

TEST_CASE("order: a batch does what its operations do one by one, for one fee",
          "[ledger][rule:I37][rule:U-8]") {
  CHECK(batch_breach(12) == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: a batch pays for one operation", "[ledger][canary][rule:A-32][rule:I37]") {
  check_canary("I37", [] { return batch_breach(12); });
}
#endif
