// SPDX-License-Identifier: Apache-2.0
// The simulator itself: it is the same every time, and it sees what it is there to see.
#include <catch2/catch.hpp>

#include <set>

#include "ledger/wire/canonical.h"
#include "tests/sim/coverage.h"
#include "tests/sim/simulation.h"
#include "tests/support/ballot_operations.h"
#include "tests/support/spoil.h"

using namespace wald;

namespace {

void run(sim::Simulation& simulation) {
  while (!simulation.done() && simulation.run_epoch()) continue;
}

base::Hash digest_of(std::uint64_t seed) {
  sim::Simulation simulation({seed, 4, true});
  run(simulation);
  REQUIRE(simulation.complaints().empty());
  return simulation.digest();
}

bool names(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("simulation: equal seeds give equal histories, other seeds other ones",
          "[sim][rule:SM-1][rule:SM-2]") {
  const base::Hash once = digest_of(5);
  REQUIRE(digest_of(5) == once);
  REQUIRE(digest_of(6) != once);
}

TEST_CASE("simulation: what no change shows is found by the recount at the next epoch",
          "[sim][rule:SM-2]") {
  sim::Simulation simulation({3, 6, false});
  REQUIRE(simulation.run_epoch());
  simulation.chain().edit([](ledger::Overlay& state) {
    auto supply = ledger::must_load(state, ledger::kSupply);
    supply.minted = ledger::Noted(supply.minted.amount().plus(economics::Amount::of(1)).value());
    ledger::save(state, ledger::kSupply, supply);
  });
  run(simulation);
  REQUIRE(names(simulation.complaints(), "recount of I1"));
}

TEST_CASE("simulation: members prove, fail, and stray; epochs are paid", "[sim][rule:SM-4]") {
  std::set<int> events;
  std::set<spec::Code> codes;
  for (const std::uint64_t seed : {9u, 10u}) {
    sim::Simulation simulation({seed, 12, true});
    run(simulation);
    for (const std::string& sentence : simulation.complaints()) UNSCOPED_INFO(sentence);
    REQUIRE(simulation.complaints().empty());
    for (const auto& told : simulation.workload().events()) events.insert(told.first);
    for (const auto& answered : simulation.workload().codes()) codes.insert(answered.first);
  }
  for (const int event :
       {int{spec::EventRecord::kProofRoundSettled}, int{spec::EventRecord::kProofRowReported},
        int{spec::EventRecord::kProofSelfProven}, int{spec::EventRecord::kBlobCertified},
        int{spec::EventRecord::kRewardPaid}}) {
    INFO(event);
    REQUIRE(events.count(event) == 1);
  }
  for (const auto code : {spec::WRONG_SEED, spec::NOT_IN_SNAPSHOT, spec::REPEATED}) {
    INFO(spec::Code_Name(code));
    REQUIRE(codes.count(code) == 1);
  }
}

TEST_CASE("simulation: a pool that no step can take is quarantined, and nothing else stops",
          "[sim][rule:SM-7][rule:H-8]") {
  sim::Simulation simulation({3, 6, false});
  simulation.hurt_pool_at(base::Epoch(2));
  run(simulation);
  for (const std::string& sentence : simulation.complaints()) UNSCOPED_INFO(sentence);
  REQUIRE(simulation.complaints().empty());
  const auto& told = simulation.workload().events();
  REQUIRE(told.at(spec::EventRecord::kPoolQuarantined) == 1);
  REQUIRE(told.at(spec::EventRecord::kPoolStepMissed) == 3);  // those into 4, 5 and 6
  REQUIRE(simulation.workload().world().epoch() == base::Epoch(6));
}

TEST_CASE("simulation: a version tries a pool that is hurt, the one after repairs the mended one",
          "[sim][rule:SM-7][rule:H-8]") {
  sim::Simulation simulation({3, 16, false});
  simulation.hurt_pool_at(base::Epoch(2));
  const auto reach = [&](std::uint32_t epoch) {
    while (simulation.workload().world().epoch() < base::Epoch(epoch))
      REQUIRE(simulation.run_epoch());
  };
  reach(4);
  simulation.upgrade();
  reach(7);  // mended in the fifth
  simulation.upgrade();
  reach(16);  // of three blocks an epoch two repair a step each, and one step is added
  const auto& told = simulation.workload().events();
  REQUIRE(told.at(spec::EventRecord::kPoolQuarantined) == 1);
  // Those into 4 to 7, and each version that came before the mending.
  REQUIRE(told.at(spec::EventRecord::kPoolStepMissed) >= 5);
  REQUIRE(told.at(spec::EventRecord::kPoolRepaired) == 1);
  REQUIRE(told.count(spec::EventRecord::kPoolSlashed) == 1);
}

TEST_CASE("players: one that has more than its honest twin is told of", "[sim][rule:SM-5]") {
  for (const std::string name : {"splitter", "dust", "hopper", "farmer"}) {
    sim::Simulation simulation({11, 4, false});
    REQUIRE(simulation.run_epoch());
    REQUIRE(simulation.run_epoch());
    // From one hand into the other, so that no law has anything to say.
    simulation.chain().edit([&](ledger::Overlay& state) {
      auto rich = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
      auto player = ledger::must_load(state, ledger::kAccounts, tests::account_of(name));
      player.balance.put(rich.amount.take(state, economics::Amount::of(10'000 * tests::kWal)));
      ledger::save(state, ledger::kFunds, rich, ledger::kFundTreasury);
      ledger::save(state, ledger::kAccounts, player, tests::account_of(name));
    });
    REQUIRE_FALSE(simulation.run_epoch());
    REQUIRE(names(simulation.complaints(), name + " is worth "));
  }
}

TEST_CASE("players: a commission that nobody could read before is told of", "[sim][rule:SM-5]") {
  sim::Simulation simulation({11, 6, false});
  REQUIRE(simulation.run_epoch());
  simulation.chain().edit([](ledger::Overlay& state) {
    auto pool = ledger::must_load(state, ledger::kPools, tests::node_of("n3"));
    pool.rate = economics::Bps::of(pool.rate.value() + 1);
    ledger::save(state, ledger::kPools, pool, tests::node_of("n3"));
  });
  simulation.run_epoch();
  REQUIRE(names(simulation.complaints(), "a commission went from "));
}

TEST_CASE("coverage: what was seen too seldom, too often or never is named", "[sim][rule:SM-6]") {
  tests::Workload::Setup setup;
  tests::Workload workload(setup);
  workload.run(300);
  sim::Coverage coverage;
  coverage.add(workload);
  const auto gaps = coverage.gaps();
  REQUIRE(names(gaps, "code BUCKET_RIGHT was answered 0 times"));
  REQUIRE(names(gaps, "operation propose was tried 0 times"));
  REQUIRE(names(gaps, "event gov_voted was never told"));
  REQUIRE(names(gaps, "law I28 saw nothing"));
  REQUIRE_FALSE(names(gaps, "LAW_BROKEN"));
  REQUIRE_FALSE(names(gaps, "token_minted"));
  REQUIRE(names(coverage.table(), "not asked for: code LAW_BROKEN: "));
}

TEST_CASE("spoil: one place changes, the same one for equal generators", "[sim][rule:SM-3]") {
  std::deque<std::string> ids;
  tests::remember_ids(tests::transfer("ann", 1), ids);
  REQUIRE(ids.size() == 1);
  const std::vector<spec::Operation> all{
      tests::transfer("bob", 5), tests::withdraw({base::ObjectId(), base::ObjectId()}),
      tests::batch({tests::burn(1), tests::burn(2)}, true),
      tests::propose_parameters({{"rho", 1}, {"buyer", 2}}), tests::reserve(1, 2, 3)};
  for (const spec::Operation& operation : all) {
    base::Prng one(1), other(1);
    int changed = 0;
    for (int i = 0; i < 200; ++i) {
      spec::Operation first = operation, second = operation;
      tests::spoil(one, first, ids);
      tests::spoil(other, second, ids);
      const base::Bytes bytes = wire::write_canonical(first);
      REQUIRE(bytes == wire::write_canonical(second));
      if (bytes != wire::write_canonical(operation)) ++changed;
      REQUIRE(first.kind_case() == operation.kind_case());
    }
    REQUIRE(changed >= 120);
  }
}
