// SPDX-License-Identifier: Apache-2.0
// Law I29 before events that were tampered with: real slashes and declared losses keep it, and each
// word that is turned in their events is told.
#include <catch2/catch.hpp>

#include <algorithm>

#include "ledger/laws/law.h"
#include "tests/ledger/ballot_support.h"

using namespace wald;
using namespace wald::tests;

namespace {

using Events = std::vector<spec::EventRecord>;

// One block, to be judged again with other events.
class Case {
 public:
  Case(const World& world, const std::function<void()>& run) : before_(world.view()) {
    run();
    changes_ = world.last().changes;
    events_.assign(world.last().events.begin(), world.last().events.end());
  }

  // What I29 says of it after `spoil`.
  std::string said(const std::function<void(Events&)>& spoil = {}) const {
    Events spoiled = events_;
    if (spoil) spoil(spoiled);
    const ledger::Events events = ledger::Events::of(spoiled);
    ledger::Overlay after(&before_);
    for (const auto& [key, value] : changes_) {
      if (value)
        after.put(key, *value);
      else
        after.erase(key);
    }
    ledger::Court court;
    std::string out;
    for (const auto& sentence : court.judge(
             {before_, after, events, {}, ledger::Scope::kTransaction}, after.changes().list()))
      if (sentence.rfind("I29: ", 0) == 0) out += sentence;
    return out;
  }

 private:
  MapView before_;
  ledger::Changes changes_;
  Events events_;
};

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}
template <class Wanted>
spec::EventRecord& one(Events& events, const Wanted& wanted) {
  const auto at = std::find_if(events.begin(), events.end(), wanted);
  WALD_CHECK(at != events.end());
  return *at;
}
spec::CommissionFined& fined(Events& events) {
  return *one(events, [](const auto& e) {
            return e.has_commission_fined();
          }).mutable_commission_fined();
}
spec::SlashExecuted& slashed(Events& events) {
  return *one(events, [](const auto& e) {
            return e.has_slash_executed();
          }).mutable_slash_executed();
}
template <class Unwanted>
void drop(Events& events, const Unwanted& unwanted) {
  const auto size = events.size();
  std::erase_if(events, unwanted);
  WALD_CHECK(events.size() < size);
}

// So much free commission, and so much in escrow of two epochs, out of the treasury.
void give_commission(World& world, const std::string& node, std::uint64_t amount) {
  world.edit([&](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto pool = ledger::must_load(state, ledger::kPools, node_of(node));
    pool.free.put(treasury.amount.take(state, ledger::Amount::of(amount)));
    for (const base::Epoch epoch : {world.epoch(), world.epoch().next()})
      pool.escrow[epoch].put(treasury.amount.take(state, ledger::Amount::of(amount)));
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kPools, pool, node_of(node));
  });
}

}  // namespace

TEST_CASE("penalties: a slash by ballot is what its events say, once, and law I29 sees the rest",
          "[ledger][laws][rule:I29][rule:X-7]") {
  World world(ballot_network());
  const auto number = opened(world, "ann", propose_slash("n2"));
  all_say_yes(world, number, {"n1", "n3", "n4"});
  until_epoch(world, 3);
  while (world.time() < ballot(world, number).due) world.block(500);
  give_commission(world, "n2", 1'000);
  const Case slash(world, [&] { REQUIRE(world.run("ann", execute(number)) == spec::OK); });
  REQUIRE(events_of<spec::SlashExecuted>(world.last()).at(0).escrow() == 2'000);
  REQUIRE(slash.said().empty());

  REQUIRE(has(slash.said([](Events& e) {
    auto copy = one(e, [](const auto& event) { return event.has_slash_executed(); });
    e.push_back(copy);
  }),
              "slashes twice"));
  REQUIRE(has(slash.said([](Events& e) { slashed(e).set_escrow(2'001); }), "were not taken"));
  REQUIRE(has(slash.said([](Events& e) { slashed(e).set_pool(1); }), "slashes stake"));
  REQUIRE(has(slash.said([](Events& e) { slashed(e).set_bond(1); }), "slashes stake"));
  REQUIRE(has(slash.said([](Events& e) { slashed(e).set_node(ledger::text_of(node_of("n1"))); }),
              "another node"));
  REQUIRE(
      has(slash.said([&](Events& e) { slashed(e).set_proposal(number + 1); }), "was not approved"));
  REQUIRE(has(slash.said([](Events& e) {
    drop(e, [](const auto& event) { return event.has_slash_executed(); });
  }),
              "while the supply fell by 3000"));
  REQUIRE(has(slash.said([](Events& e) {
    drop(e, [](const auto& event) { return event.has_commission_fined(); });
  }),
              "were not taken"));
  REQUIRE(has(slash.said([](Events& e) { fined(e).set_free(999); }), "its event says otherwise"));
  // Free commission taken while a part of the escrow stays.
  const auto keep = [](const std::string& field) {
    return [field](Events& e) {
      auto& postings = *fined(e).mutable_postings();
      for (auto& posting : postings)
        if (posting.field() == field) posting.set_after(posting.before());
    };
  };
  REQUIRE(has(slash.said(keep("escrow.3")), "passed over"));
  REQUIRE(has(slash.said(keep("escrow.4")), "passed over"));
  REQUIRE(has(slash.said(keep("free")), "its event says otherwise"));
  REQUIRE(has(slash.said([](Events& e) {
    for (auto& posting : *fined(e).mutable_postings())
      if (posting.field() == "free") posting.set_after(posting.before() + 1);
  }),
              "gave"));
}

TEST_CASE("penalties: a declared loss takes in the order of X-5 what its event says",
          "[ledger][laws][rule:I29][rule:X-5]") {
  World world(ballot_network());
  world.block();
  fill_slot(world, world.epoch(), 0, 36ull * 5 * 1024 * 1024);
  give_commission(world, "n2", 400'000);  // the fee is two epochs of five units at 100,000
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  base::ShardIndex shard;
  for (const auto& member : committee.members)
    if (member.node == node_of("n2")) shard = member.shards.at(0);
  spec::Operation op;
  op.mutable_declare_lost()->set_statement(std::string(
      base::as_text(statement_of("n2", world.chain(), world.epoch(), proofs::Kind::kDeclareLost,
                                 proofs::ShardNotice{shard, 1}))));
  const Case loss(world, [&] { REQUIRE(world.run_raw(world.bare(op)) == spec::OK); });
  REQUIRE(events_of<spec::NodeShardLost>(world.last()).at(0).taken() == 1'000'000);
  REQUIRE(loss.said().empty());
  const auto lost = [](Events& events) -> spec::NodeShardLost& {
    return *one(events, [](const auto& e) {
              return e.has_node_shard_lost();
            }).mutable_node_shard_lost();
  };
  REQUIRE(has(loss.said([&](Events& e) { lost(e).set_taken(999'999); }), "its event says 999999"));
  REQUIRE(has(loss.said([&](Events& e) { lost(e).set_asked(999'999); }), "of 999999"));
  // The newer escrow before the older one, and free commission before either.
  for (const std::string kept : {"escrow.1", "escrow.2"})
    REQUIRE(has(loss.said([&](Events& e) {
      for (auto& posting : *lost(e).mutable_postings())
        if (posting.field() == kept) posting.set_after(posting.before());
    }),
                "passed over"));
}
