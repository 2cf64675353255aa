// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "ledger/laws/all.h"
#include "ledger/state/form.h"
#include "ledger/state/keys.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/map_store.h"
#include "tests/support/workload.h"

using namespace wald;

TEST_CASE("laws: thousands of random operations and every change of epoch break none",
          "[ledger][laws][rule:A-30][rule:A-33]") {
  tests::Workload workload(7);
  workload.run(3000);
  for (const auto& sentence : workload.broken()) UNSCOPED_INFO(sentence);
  for (const auto& [code, count] : workload.codes())
    UNSCOPED_INFO(spec::Code_Name(code) << " " << count);
  REQUIRE(workload.broken().empty());
  REQUIRE(workload.sent() >= 3000);
  REQUIRE(workload.accepted() >= 1000);
  REQUIRE(workload.world().epoch().value() >= 20);
  for (const auto& report : workload.laws()) {
    INFO(report.law);
    // Ballots have a mix of their own.
    if (report.law == "I28" || report.law == "I29") continue;
    REQUIRE(report.objects > 0);  // a law that saw nothing judged nothing
  }
}

TEST_CASE("laws: duties, absences and bundles break none",
          "[ledger][laws][rule:A-30][rule:U-8][rule:N-8]") {
  tests::Workload workload(13, tests::Workload::Mix::kDuties);
  workload.run(2500);
  for (const auto& sentence : workload.broken()) UNSCOPED_INFO(sentence);
  REQUIRE(workload.broken().empty());
  REQUIRE(workload.accepted() >= 1000);
  // Each duty was seen to be done, and each limit to be met.
  const auto& codes = workload.codes();
  for (const auto code : {spec::DENY_SEQUENCE, spec::VERSION_NOT_NEXT, spec::QUOTA, spec::NONCE,
                          spec::NODE_STATE, spec::NOT_AUTHORITY, spec::CERT_WEIGHT}) {
    INFO(spec::Code_Name(code));
    REQUIRE(codes.count(code) == 1);
  }
  for (const int event : {85, 86, 87, 189, 220, 229}) {
    INFO(event);
    REQUIRE(workload.events().count(event) == 1);
  }
}

TEST_CASE("laws: a genesis with nodes and stakes keeps every law, seen from nothing",
          "[ledger][laws][rule:A-33][rule:T-2]") {
  const tests::World world(tests::network({4000, 3000, 2000, 1000}, {{"ann", tests::kWal}}));
  const auto reports = ledger::recount(world.view());
  REQUIRE(reports.size() == 24);
  for (const auto& report : reports) {
    INFO(report.law << ": " << report.breach.value_or(""));
    REQUIRE_FALSE(report.breach);
  }
}

TEST_CASE("laws: a state that was tampered with is told by the law it breaks",
          "[ledger][laws][rule:A-33]") {
  const auto broken = [](const auto& change) {
    tests::World world(tests::network({4000, 3000, 2000, 1000}, {{"ann", tests::kWal}}));
    world.edit(change);
    std::string laws;
    for (const auto& report : ledger::recount(world.view()))
      if (report.breach) laws += report.law + " ";
    return laws;
  };
  const auto node = tests::node_of("n1");
  const auto one = ledger::Amount::of(1);
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto supply = ledger::must_load(state, ledger::kSupply);
            supply.burned[1] = ledger::Noted(one);
            ledger::save(state, ledger::kSupply, supply);
          }) == "I1 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto pool = ledger::must_load(state, ledger::kPools, node);
            pool.active = pool.active.plus(one).value();
            ledger::save(state, ledger::kPools, pool, node);
          }) == "I4 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto pool = ledger::must_load(state, ledger::kPools, node);
            pool.pend[base::Epoch(4)] = one;
            pool.active = pool.active.minus(one).value();
            ledger::save(state, ledger::kPools, pool, node);
          }) == "I13 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto slot = ledger::must_load(state, ledger::kRing, base::Epoch(2));
            slot.used = 1;
            ledger::save(state, ledger::kRing, slot, base::Epoch(2));
          }) == "I14 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            ledger::remove(state, ledger::kRing, base::Epoch(2));
          }) == "I15 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto market = ledger::must_load(state, ledger::kMarket);
            market.capacity = 0;
            ledger::save(state, ledger::kMarket, market);
          }) == "");  // nothing is in use
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto committee = ledger::must_load(state, ledger::kCommittees, base::Epoch(1));
            committee.members[0].shards.pop_back();
            ledger::save(state, ledger::kCommittees, committee, base::Epoch(1));
          }) == "I22 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto pool = ledger::must_load(state, ledger::kPools, node);
            pool.stepped = base::Epoch(0);
            ledger::save(state, ledger::kPools, pool, node);
          }) == "I27 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto sync = ledger::must_load(state, ledger::kSync, base::Epoch(1));
            sync.weight = 5;
            ledger::save(state, ledger::kSync, sync, base::Epoch(1));
          }) == "I27 ");
  REQUIRE(broken([&](ledger::Overlay& state) { ledger::remove(state, ledger::kRoll, node); }) ==
          "I27 ");
}

TEST_CASE("laws: a balance that came back to what it was is followed through its events",
          "[ledger][laws][rule:I32]") {
  const base::AccountId ann = tests::account_of("ann");
  tests::MapReader before;
  ledger::AccountRecord record;
  record.balance = ledger::Held::decoded(ledger::Amount::of(5));
  before.rows[ledger::key_of(ledger::kAccounts, ann)] = ledger::encode_record(record);
  const ledger::Overlay after(&before);
  const auto told = [&](const std::vector<std::pair<std::uint64_t, std::uint64_t>>& moves) {
    std::vector<spec::EventRecord> events(1);
    for (const auto& [was, now] : moves) {
      spec::Posting& posting = *events[0].mutable_account_transferred()->add_postings();
      posting.set_table(ledger::kAccounts.prefix);
      posting.set_key(ledger::text_of(ann));
      posting.set_field("balance");
      posting.set_before(was);
      posting.set_after(now);
    }
    ledger::Court court;
    std::string laws;
    const ledger::Events log = ledger::Events::of(events);
    for (const auto& sentence :
         court.judge({before, after, log, {}, ledger::Scope::kTransaction}, after.changes().list()))
      laws += sentence.substr(0, sentence.find(':')) + " ";
    return laws;
  };
  REQUIRE(told({{5, 7}, {7, 5}}).empty());
  REQUIRE(told({{6, 7}, {7, 6}}) == "I32 ");  // it was 5
  REQUIRE(told({{5, 7}, {6, 4}}) == "I32 ");  // no chain
  REQUIRE(told({{5, 7}}) == "I2 I32 ");       // and it is 5 still
}

TEST_CASE("laws: the value of a share may fall where everybody left, whoever starts and goes then",
          "[ledger][laws][rule:I6]") {
  const tests::World world(tests::network({4000, 3000, 2000, 1000}));
  const auto amount = [](std::uint64_t frost) { return ledger::Amount::of(frost); };
  const base::Epoch first(8), second(9);
  ledger::PoolRecord was;
  was.stepped = base::Epoch(7);
  was.active = amount(1'100);
  was.shares = economics::Shares(1'000);
  was.live = amount(900);
  was.exits[first].principal = amount(900);
  was.pend[first] = amount(500);
  // Those who started have one FROST a share, and some of them left in the same block.
  ledger::PoolRecord now;
  now.stepped = first;
  now.active = amount(400);
  now.shares = economics::Shares(400);
  now.live = amount(400);
  const auto fell = [&] {
    const auto law = ledger::laws::rate();
    const base::NodeId node = tests::node_of("n1");
    const base::Bytes before = ledger::encode_record(was), after = ledger::encode_record(now);
    law->visit(ledger::kPools.prefix, node.view(), before, after);
    const std::vector<spec::Posting> unnamed;
    return law->verdict({world.view(), world.view(), {}, unnamed, ledger::Scope::kBlock})
        .has_value();
  };
  REQUIRE_FALSE(fell());
  // One FROST stayed, with its part of the rest.
  was.live = amount(901);
  REQUIRE(fell());
  // It was the bond's, which leaves as well; or stays; or leaves later.
  was.bond.emplace();
  was.bond->principal = amount(1);
  REQUIRE(fell());
  was.bond->leaving = economics::Leaving{first, {}};
  REQUIRE_FALSE(fell());
  was.bond->leaving->exit = second;
  REQUIRE(fell());
  was.bond.reset();
  // Two steps at once: those who asked before they started leave with the second.
  now.stepped = second;
  was.pre[first] = amount(500);
  REQUIRE(fell());
  was.exits[second].principal = amount(1);
  REQUIRE_FALSE(fell());
  // No step, no excuse; nor where nobody was at work.
  was = now;
  was.active = amount(401);
  was.exits[second].principal = now.live;
  REQUIRE(fell());
  was.stepped = first;
  was.exits.clear();
  was.live = amount(0);
  REQUIRE(fell());
}
