// SPDX-License-Identifier: Apache-2.0
// Who gets the room that the pool keeps for statements, where all of it is taken (EN-28).
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "node/sequencer/mempool.h"
#include "tests/node/temp_dir.h"
#include "tests/support/nodes.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::tests;
using sequencer::Mempool;
using sequencer::PoolSize;

namespace {

constexpr std::size_t kPlenty = 1u << 20;  // bytes that no pool of these tests reaches

RoundSetup setup_of(std::size_t members) {
  RoundSetup out;
  out.weights.assign(members, members < 10 ? 2 : 1);
  return out;
}

ledger::GenesisState start_of(const RoundWorld& world) {
  std::vector<ledger::Change> rows;
  rows.reserve(world.origin().records.rows.size());
  for (const auto& [key, value] : world.origin().records.rows) rows.push_back({key, value});
  ledger::GenesisState out;
  out.chain = world.chain();
  out.records = ledger::Changes(rows);
  out.tree = world.origin().state_tree;
  out.start = world.time();
  return out;
}

// Members of a committee who speak, and a core that goes along with their world.
struct Rig {
  explicit Rig(std::size_t members = 6) : world(setup_of(members)), genesis(start_of(world)) {
    core::CoreOptions options;
    options.dir = dir.path();
    options.segment_bytes = 1u << 20;
    options.map_bytes = 64u << 20;
    core = core::LedgerCore::open(options, genesis).value();
  }
  void commit(const ledger::BlockInput& input) const {
    REQUIRE(core->commit(core->execute(input), {}).ok());
  }
  // All have committed and nobody was seen: the part of a round in which most may be said.
  void reach_inspect() {
    world.open();
    world.reach_commit();
    world.reach_verify();
    world.reach_inspect();
    while (core->head().height < world.height())
      commit(world.inputs()[core->head().height.value()]);
    REQUIRE(core->head().root == world.view().state_tree.root());
    REQUIRE(world.phase() == ledger::RoundPhase::kInspect);
  }
  // A block of at most so many that wait, and what it leaves.
  void block(Mempool& pool, std::size_t most) const {
    const Mempool::Chosen chosen = pool.choose(most);
    ledger::BlockInput input;
    input.height = core->head().height.next();
    input.time = base::TimeMs(core->head().time.value() + 10);
    input.transactions = chosen.envelopes;
    commit(input);
    pool.settle(input.height, chosen.verdicts);
  }

  // One of as many as there are numbers, each as good as the others until one of them is in a
  // block.
  base::Bytes signal(std::size_t member, std::uint8_t number) const {
    return signal_by(member, member, number);
  }
  base::Bytes signal_by(std::size_t signer, std::size_t member, std::uint32_t number) const {
    const auto kind = proofs::Kind::kSignalVersion;
    const proofs::SignalVersion body{
        2, base::tagged_hash("test.program", {}, base::Writer().be(number).bytes())};
    spec::Operation out;
    out.mutable_signal_version()->set_statement(
        base::string_of(world.statement(signer, world.header(member, kind), body)));
    return world.bare(out);
  }
  // Of a member's rows one that differs from its others.
  base::Bytes row(std::size_t member, std::size_t seen) const {
    return world.bare(world.row(member, {seen}));
  }
  base::Bytes self_proof(std::size_t member, std::uint16_t first, std::uint16_t end) const {
    std::vector<std::uint16_t> leaves;
    for (std::uint16_t t = first; t < end; ++t) leaves.push_back(t);
    return world.bare(world.self_proof(member, leaves));
  }
  bool waits(const Mempool& pool, const base::Bytes& envelope) const {
    return pool.contains((*core->check(envelope))->id);
  }

  RoundWorld world;
  ledger::GenesisState genesis;
  TempDir dir;
  std::unique_ptr<core::LedgerCore> core;
};

bool is_full(Mempool& pool, const base::Bytes& envelope) {
  const auto added = pool.add(envelope);
  return !added.ok() && added.error().full &&
         added.error().message == "the pool of waiting transactions is full";
}

}  // namespace

TEST_CASE("mempool: a statement displaces the newest of whoever holds most, and never for more",
          "[node][sequencer][rule:EN-28]") {
  const Rig rig;
  Mempool pool(*rig.core, {16, kPlenty});  // room for four
  // The member's signals that wait, of the first nine.
  const auto of = [&](std::size_t member) {
    std::string out;
    for (std::uint8_t number = 0; number < 9; ++number)
      if (rig.waits(pool, rig.signal(member, number))) out += std::to_string(number);
    return out;
  };
  const auto add = [&](std::size_t member, std::uint8_t number) {
    return pool.add(rig.signal(member, number)).ok();
  };
  REQUIRE(add(1, 0));
  for (std::uint8_t number = 0; number < 3; ++number) REQUIRE(add(0, number));
  REQUIRE(is_full(pool, rig.signal(0, 3)));  // who holds most
  REQUIRE(add(0, 2));                        // what waits already takes no room
  REQUIRE(add(2, 0));
  REQUIRE(of(0) == "01");
  REQUIRE(is_full(pool, rig.signal(0, 2)));
  // One more and they would hold as much as who holds most: nobody can displace in turn.
  REQUIRE(is_full(pool, rig.signal(1, 1)));
  REQUIRE(is_full(pool, rig.signal(2, 1)));
  REQUIRE(add(3, 0));
  REQUIRE(of(0) == "0");
  for (const std::size_t member : {0u, 4u}) REQUIRE(is_full(pool, rig.signal(member, 7)));
  REQUIRE(of(0) + of(1) + of(2) + of(3) == "0000");

  // What was displaced comes back as if it had never been here, once there is room.
  rig.block(pool, 1);
  REQUIRE(of(1).empty());
  REQUIRE(add(0, 2));
  REQUIRE(of(0) == "02");
  const std::vector<base::Bytes> want{rig.signal(0, 0), rig.signal(2, 0), rig.signal(3, 0),
                                      rig.signal(0, 2)};
  REQUIRE(pool.choose(8).envelopes == want);
  // Nothing is left of those that were displaced, in whatever is counted.
  rig.block(pool, 8);
  REQUIRE(pool.empty());
  REQUIRE(pool.bytes() == 0);
  REQUIRE(add(4, 0));
  for (std::uint8_t number = 0; number < 3; ++number) REQUIRE(add(5, number));
  REQUIRE(is_full(pool, rig.signal(5, 3)));
}

TEST_CASE("mempool: what its author has not signed, or is not due, displaces nothing",
          "[node][sequencer][rule:EN-28]") {
  const Rig rig;
  Mempool pool(*rig.core, {16, kPlenty});
  for (std::uint8_t number = 0; number < 4; ++number) REQUIRE(pool.add(rig.signal(0, number)).ok());
  const auto code = [&](const base::Bytes& envelope) {
    const auto added = pool.add(envelope);
    REQUIRE_FALSE(added.ok());
    REQUIRE_FALSE(added.error().full);
    return added.error().dropped.code;
  };
  REQUIRE(code(rig.signal_by(0, 1, 0)) == spec::BAD_SIGNATURE);
  REQUIRE(code(rig.world.bare(attest_sync("nobody", rig.world.chain(), base::Epoch(1)))) ==
          spec::NOT_MEMBER);
  for (std::uint8_t number = 0; number < 4; ++number)
    REQUIRE(rig.waits(pool, rig.signal(0, number)));
  // In the name of who holds most nothing is judged at all.
  REQUIRE(is_full(pool, rig.signal_by(1, 0, 9)));
}

TEST_CASE("mempool: large statements and many small ones are measured by one weight",
          "[node][sequencer][rule:EN-28]") {
  Rig rig;
  rig.reach_inspect();
  const std::size_t small = rig.signal(0, 0).size();
  const base::Bytes large = rig.self_proof(1, 0, 8), larger = rig.self_proof(2, 0, 30);
  REQUIRE(large.size() > 10 * small);
  const auto fill = [&](Mempool& pool) {
    std::uint8_t number = 0;
    while (pool.add(rig.signal(0, number)).ok()) ++number;
    return number;
  };
  {
    // Room for 20 large ones in bytes, and for 40 in number: who has all places holds all of it.
    Mempool pool(*rig.core, {4 * 40, 4 * 20 * large.size()});
    REQUIRE(fill(pool) == 40);
    REQUIRE(pool.add(large).ok());
    REQUIRE(pool.add(larger).ok());
    // One place each, from the newest on.
    for (std::uint8_t number = 0; number < 40; ++number)
      REQUIRE(rig.waits(pool, rig.signal(0, number)) == (number < 38));
  }
  {
    // Bytes are short: as many go as it takes, and not one more.
    Mempool pool(*rig.core, {4'000, 4 * 3 * large.size()});
    const std::uint8_t all = fill(pool);
    REQUIRE(all == 3 * large.size() / small);
    REQUIRE(pool.add(large).ok());
    const std::size_t left = (pool.bytes() - large.size()) / small;
    REQUIRE(pool.bytes() <= 3 * large.size());
    REQUIRE(pool.bytes() + small > 3 * large.size());
    for (std::uint8_t number = 0; number < all; ++number)
      REQUIRE(rig.waits(pool, rig.signal(0, number)) == (number < left));
    // More than who holds most would then have: refused whole, and nothing has gone.
    REQUIRE(is_full(pool, larger));
    REQUIRE(is_full(pool, rig.self_proof(1, 8, 17)));
    REQUIRE(pool.bytes() == large.size() + left * small);
  }
  {
    // Places of half a large one: who holds three is taken down to what the author of the large one
    // would have, no further, and so not at all where that does not suffice.
    const base::Bytes less = rig.self_proof(1, 0, 7), other = rig.self_proof(2, 0, 8);
    REQUIRE((other.size() == large.size() && large.size() % 2 == 0));
    Mempool pool(*rig.core, {16, 8 * large.size()});
    for (std::size_t seen = 1; seen < 4; ++seen) REQUIRE(pool.add(rig.row(0, seen)).ok());
    const std::size_t row = pool.bytes() / 3;
    REQUIRE(less.size() + row < large.size());
    REQUIRE(large.size() < less.size() + 2 * row);
    REQUIRE(pool.add(less).ok());
    REQUIRE(is_full(pool, other));
    for (std::size_t seen = 1; seen < 4; ++seen) REQUIRE(rig.waits(pool, rig.row(0, seen)));
  }
}

// The proof of the rule: of n who have something there nobody is shut out, and nothing taken from
// him, who holds no more than an n-th part.
TEST_CASE("mempool: floods of one member or of a third leave all others their share",
          "[node][sequencer][rule:EN-28]") {
  constexpr std::size_t kMembers = 101;
  constexpr PoolSize kFifth{Mempool::kMost.txs / 5, Mempool::kMost.bytes / 5};
  constexpr PoolSize kRoom{kFifth.txs / 4, kFifth.bytes / 4};
  Rig rig(kMembers);
  rig.reach_inspect();
  // All that O-28 gives a member in this phase, as far as a fair share has room for it.
  std::map<std::size_t, std::vector<base::Bytes>> quota;
  for (std::size_t member = 0; member < kMembers; ++member) {
    auto& mine = quota[member];
    for (std::size_t other = 1; other <= 4; ++other)
      mine.push_back(rig.row(member, (member + other) % kMembers));
    mine.push_back(rig.self_proof(member, 0, 12));
    std::size_t weight = 0;
    for (const base::Bytes& one : mine)
      weight += std::max(one.size(), kFifth.bytes / kFifth.txs + 1);
    REQUIRE(weight <= kRoom.bytes / kMembers);
    REQUIRE(weight > kRoom.bytes / kMembers * 9 / 10);
  }
  for (const std::size_t flooders : {1u, 33u}) {
    Mempool pool(*rig.core, kFifth);
    std::size_t flood = 0;
    while (pool.add(rig.signal_by(flood % flooders, flood % flooders,
                                  static_cast<std::uint32_t>(flood)))
               .ok())
      ++flood;
    REQUIRE(flood == kRoom.txs);
    const auto again = [&](std::size_t number) {
      return rig.signal_by(number % flooders, number % flooders,
                           static_cast<std::uint32_t>(number));
    };
    for (std::size_t member = flooders; member < kMembers; ++member) {
      for (const base::Bytes& one : quota[member]) REQUIRE(pool.add(one).ok());
      // What has just been displaced does not come back.
      REQUIRE(is_full(pool, again(flood - 1)));
    }
    for (std::size_t member = flooders; member < kMembers; ++member)
      for (const base::Bytes& one : quota[member]) REQUIRE(rig.waits(pool, one));
    // The flood has what they leave, and its oldest part.
    const std::size_t left = kRoom.txs - 5 * (kMembers - flooders);
    std::size_t waiting = 0;
    for (std::size_t number = 0; number < flood; ++number)
      if (rig.waits(pool, again(number))) ++waiting;
    REQUIRE(waiting == left);
    for (std::size_t number = 0; number + flooders < left; ++number)
      REQUIRE(rig.waits(pool, again(number)));
  }
}

TEST_CASE("mempool: who sends again and again what was displaced comes to an end",
          "[node][sequencer][rule:EN-28]") {
  Rig rig;
  rig.reach_inspect();
  std::vector<base::Bytes> all;
  for (std::size_t member = 0; member < 4; ++member) {
    for (std::uint8_t number = 0; number < 20; ++number) all.push_back(rig.signal(member, number));
    for (std::uint16_t leaves = 1; leaves < 16; leaves = static_cast<std::uint16_t>(leaves * 2))
      for (std::uint16_t first = 0; first < 32; first = static_cast<std::uint16_t>(first + 16))
        all.push_back(rig.self_proof(member, first, static_cast<std::uint16_t>(first + leaves)));
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    base::Prng random(seed);
    Mempool pool(*rig.core, {4 * 50, 4 * 40'000});
    std::size_t sweeps = 0;
    for (bool moved = true; moved; ++sweeps) {
      REQUIRE(sweeps < 20);
      moved = false;
      for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random.below(i)]);
      for (const base::Bytes& one : all) {
        if (rig.waits(pool, one)) continue;
        if (pool.add(one).ok()) moved = true;
        REQUIRE(pool.bytes() <= 40'000);
      }
    }
  }
}
