// SPDX-License-Identifier: Apache-2.0
// What floods of one lane leave to the others: in the pool, and in the block made of it.
#include <catch2/catch.hpp>

#include "node/sequencer/mempool.h"
#include "tests/ledger/ballot_support.h"
#include "tests/node/core/core_rig.h"

using namespace wald;
using namespace wald::tests;
using sequencer::Mempool;
using sequencer::PoolSize;

namespace {

constexpr std::size_t kPlenty = 1u << 20;  // bytes that no pool of these tests reaches

// Eight members, a stake of bob's, and a ballot that waits for votes. The world goes along with the
// core and signs.
struct Rig : CoreRig {
  Rig() : CoreRig(eight()), world(document), core(open()) {
    world.send("bob", delegate("n1", 100 * kWal));
    world.send("cat", propose_text("a title"));
    world.block();
    stake = made_stake(world);
    follow();
  }
  static spec::Genesis eight() {
    auto out = network(std::vector<std::uint64_t>(8, 1'000),
                       {{"ann", 500 * kWal}, {"bob", 500 * kWal}, {"cat", 5'000 * kWal}});
    out.set_sequencer_key(ledger::text_of(key_of_name("sequencer").key));
    return out;
  }
  // The core makes the blocks that the world has made.
  void follow() const {
    while (core->head().height < world.height()) {
      core::Staged staged = core->execute(world.inputs()[core->head().height.value()]);
      const auto signature = sign(staged.header);
      const auto committed = core->commit(std::move(staged), signature);
      REQUIRE(committed.ok());
    }
    REQUIRE(core->head().root == world.view().state_tree.root());
  }

  base::Bytes ordinary(std::uint64_t number) const {
    return world.sign("ann", transfer("cat", 1), number);
  }
  base::Bytes exit(std::uint64_t number) const {
    return world.sign("bob", withdraw({stake}), world.nonce("bob") + number);
  }
  base::Bytes vote(int node) const {
    const std::string name = "n" + std::to_string(node);
    return world.sign(name, vote_as(name, 1, true), world.nonce(name));
  }
  base::Bytes statement(int node) const {
    return world.bare(attest_sync("n" + std::to_string(node), world.chain(), world.epoch()));
  }

  World world;
  std::unique_ptr<core::LedgerCore> core;
  base::ObjectId stake;
};

// Adds what `make` gives for 0, 1, ... until the pool is full: how many there was room for.
template <class Make>
std::size_t flood(Mempool& pool, const Make& make) {
  for (std::size_t i = 0; i < Mempool::kMostPerAccount; ++i) {
    const auto added = pool.add(make(i));
    if (added.ok()) continue;
    REQUIRE(added.error().full);
    REQUIRE(added.error().message == "the pool of waiting transactions is full");
    return i;
  }
  FAIL("it never filled up");
  return 0;
}

}  // namespace

TEST_CASE("mempool: full of transfers it takes statements, exits and votes, and a block has them",
          "[node][sequencer][rule:EN-26][rule:U-6]") {
  Rig rig;
  Mempool pool(*rig.core, {16, kPlenty});
  const auto ordinary = [&](std::size_t i) { return rig.ordinary(i); };
  REQUIRE(flood(pool, ordinary) == 10);  // all but a quarter and an eighth
  REQUIRE(pool.add(rig.exit(0)).ok());
  REQUIRE(pool.add(rig.vote(2)).ok());
  REQUIRE(pool.add(rig.vote(3)).error().full);
  for (int node = 1; node <= 4; ++node) REQUIRE(pool.add(rig.statement(node)).ok());
  REQUIRE(pool.add(rig.statement(5)).error().full);
  // What waits already is no second time too many.
  REQUIRE(pool.add(rig.ordinary(0)).ok());
  REQUIRE(pool.add(rig.statement(1)).ok());

  // Whatever the number, half of it is for statements, an eighth for rights, and the rest as it
  // came: the vote goes with the exit only where two of the number are for rights.
  const std::vector<base::Bytes> four{rig.statement(1), rig.statement(2), rig.exit(0),
                                      rig.ordinary(0)};
  REQUIRE(pool.choose(4).envelopes == four);
  REQUIRE(pool.choose(1).envelopes == std::vector<base::Bytes>{rig.statement(1)});
  REQUIRE(pool.choose(9).envelopes.at(5) == rig.vote(2));
  const Mempool::Chosen chosen = pool.choose(8);
  const std::vector<base::Bytes> want{rig.statement(1), rig.statement(2), rig.statement(3),
                                      rig.statement(4), rig.exit(0),      rig.ordinary(0),
                                      rig.ordinary(1),  rig.ordinary(2)};
  REQUIRE(chosen.envelopes == want);
  for (const auto& envelope : chosen.envelopes) rig.world.send_raw(envelope);
  rig.world.block();
  for (const auto& receipt : rig.world.last().receipts) REQUIRE(receipt.code == spec::OK);
  rig.follow();
  pool.settle(rig.core->head().height, chosen.verdicts);

  // Room comes back lane by lane: three transfers went, and not one place more.
  for (const std::uint64_t i : {10u, 11u, 12u}) REQUIRE(pool.add(rig.ordinary(i)).ok());
  REQUIRE(pool.add(rig.ordinary(13)).error().full);
  REQUIRE(pool.add(rig.vote(3)).ok());
  REQUIRE(pool.add(rig.vote(4)).error().full);
  for (int node = 5; node <= 8; ++node) REQUIRE(pool.add(rig.statement(node)).ok());
}

TEST_CASE("mempool: a flood of one lane ends where what is kept for the others begins",
          "[node][sequencer][rule:EN-26]") {
  const Rig rig;
  const auto exit = [&](std::size_t i) { return rig.exit(i); };
  const auto ordinary = [&](std::size_t i) { return rig.ordinary(i); };
  {
    // Exits take the shared part too, while nobody else wants it, and shut out ordinary ones alone.
    Mempool pool(*rig.core, {16, kPlenty});
    REQUIRE(flood(pool, exit) == 12);
    REQUIRE(pool.add(rig.ordinary(0)).error().full);
    for (int node = 1; node <= 4; ++node) REQUIRE(pool.add(rig.statement(node)).ok());
    REQUIRE(pool.add(rig.statement(5)).error().full);
  }
  {
    // Statements pay nothing and take nothing of the shared part.
    Mempool pool(*rig.core, {8, kPlenty});
    REQUIRE(flood(pool, [&](std::size_t i) { return rig.statement(static_cast<int>(i) + 1); }) ==
            2);
    REQUIRE(flood(pool, ordinary) == 5);
    REQUIRE(pool.add(rig.exit(0)).ok());
    REQUIRE(pool.add(rig.exit(1)).error().full);
  }
  {
    // The same in bytes: as many as 16 transfers have (a nonce of zero takes none).
    const std::size_t each = rig.ordinary(1).size(), first = rig.ordinary(0).size();
    Mempool pool(*rig.core, {1'000, 16 * each});
    REQUIRE(flood(pool, ordinary) == 10);
    REQUIRE(pool.bytes() == first + 9 * each);
    REQUIRE(pool.add(rig.exit(0)).ok());
    REQUIRE(pool.add(rig.statement(1)).ok());
    REQUIRE(pool.bytes() == first + 9 * each + rig.exit(0).size() + rig.statement(1).size());
  }
}

TEST_CASE("mempool: what expires or counts no more makes room in its lane",
          "[node][sequencer][rule:EN-26]") {
  Rig rig;
  Mempool pool(*rig.core, {8, kPlenty});
  const std::uint64_t next = rig.core->head().height.value() + 1;
  const auto brief = [&](std::size_t i) {
    return rig.world.sign_at("ann", transfer("cat", 1), i, next);
  };
  REQUIRE(flood(pool, brief) == 5);
  const auto exit = rig.world.sign_at("bob", withdraw({rig.stake}), rig.world.nonce("bob"), next);
  REQUIRE(pool.add(exit).ok());
  REQUIRE(pool.add(rig.vote(1)).error().full);
  for (int node = 1; node <= 2; ++node) REQUIRE(pool.add(rig.statement(node)).ok());
  REQUIRE(pool.add(rig.statement(3)).error().full);

  // A block that others made: both statements, none of the rest.
  for (int node = 1; node <= 2; ++node) rig.world.send_raw(rig.statement(node));
  rig.world.block();
  rig.follow();
  pool.settle(rig.core->head().height, {});
  REQUIRE(pool.empty());
  REQUIRE(pool.bytes() == 0);
  REQUIRE(flood(pool, [&](std::size_t i) { return rig.ordinary(i); }) == 5);
  REQUIRE(pool.add(rig.vote(1)).ok());
  for (int node = 3; node <= 4; ++node) REQUIRE(pool.add(rig.statement(node)).ok());
}
