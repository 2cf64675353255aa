// SPDX-License-Identifier: Apache-2.0
// What is filed beside the state: whose events are found under an account, also after a restart.
#include <catch2/catch.hpp>

#include "ledger/records.h"
#include "node/core/index_rows.h"
#include "tests/node/core/core_rig.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Operation bundle_of(const std::vector<base::Bytes>& envelopes) {
  spec::Operation op;
  for (const auto& envelope : envelopes)
    op.mutable_bundle()->add_envelopes(std::string(envelope.begin(), envelope.end()));
  return op;
}

// Numbers of the events under an account, and of the burns among them.
struct Filed {
  std::vector<std::uint64_t> all;
  std::vector<std::uint64_t> burns;
  bool operator==(const Filed&) const = default;
};
Filed filed(const core::LedgerCore& core, const std::string& name) {
  Filed out;
  for (const auto& event : core.events_of(account_of(name), 0, 1'000)) {
    out.all.push_back(event.record.seq());
    if (event.record.has_token_burned()) out.burns.push_back(event.record.seq());
  }
  return out;
}

}  // namespace

TEST_CASE("index: an event is found under who sent its transaction, inside of a Bundle too",
          "[node][core][rule:EN-27]") {
  CoreRig rig(chain_genesis(
      {{"ann", 100 * kWal}, {"bob", 100 * kWal}, {"cat", 100 * kWal}, {"dan", 100 * kWal}}));
  const auto by = [&](const std::string& name, std::uint64_t amount, std::uint64_t nonce) {
    return rig.signer.sign(name, burn(amount), nonce);
  };
  base::Bytes forged = by("ann", 9, 1);
  forged.back() ^= 1;
  const std::vector<std::string> names{"ann", "bob", "cat", "dan"};
  std::map<std::string, Filed> want;
  {
    const auto core = rig.open();
    REQUIRE(rig.block(*core, {by("ann", 1, 0)}).ok());
    // Dropped ones before, between and inside: they have receipts and no events.
    const auto bundle = rig.signer.sign(
        "bob", bundle_of({by("cat", 2, 0), forged, by("dan", 3, 7), by("dan", 4, 0)}), 0);
    REQUIRE(rig.block(*core, {forged, bundle, by("ann", 5, 7), by("ann", 6, 1)}).ok());
    for (const auto& name : names) want[name] = filed(*core, name);
    // Of each burn its amount, by the account it is filed under.
    std::map<std::string, std::vector<std::uint64_t>> burned;
    for (const auto& name : names)
      for (const std::uint64_t seq : want[name].burns)
        burned[name].push_back(core->event(seq)->record.token_burned().amount());
    const auto& ann = burned["ann"];
    REQUIRE(std::find(ann.begin(), ann.end(), 1) != ann.end());
    REQUIRE(std::find(ann.begin(), ann.end(), 6) != ann.end());
    for (const auto& [name, amount] : std::map<std::string, std::uint64_t>{{"cat", 2}, {"dan", 4}})
      for (const auto& each : names)
        REQUIRE(std::count(burned[each].begin(), burned[each].end(), amount) ==
                (each == name ? 1 : 0));
    // The gateway's is its own fee; nobody has one twice.
    for (const auto& event : core->events_of(account_of("bob"), 0, 1'000))
      if (event.record.has_account_fee_charged())
        REQUIRE(event.record.account_fee_charged().account() == ledger::text_of(account_of("bob")));
    REQUIRE_FALSE(want["bob"].all.empty());
    for (const auto& [name, list] : want)
      REQUIRE(std::set(list.all.begin(), list.all.end()).size() == list.all.size());
    // All events came from transactions here: each has a sender.
    std::set<std::uint64_t> any;
    for (const auto& [name, list] : want) any.insert(list.all.begin(), list.all.end());
    REQUIRE(any.size() == core->head().events);
  }
  // From the log, then from the checkpoint.
  for (const bool checkpoint : {true, false}) {
    const auto core = rig.open();
    for (const auto& name : names) REQUIRE(filed(*core, name) == want[name]);
    if (checkpoint) REQUIRE(core->checkpoint().ok());
  }
}

TEST_CASE("index: events by type are complete, in order, from any place on",
          "[node][core][rule:EN-27]") {
  CoreRig rig;
  constexpr std::uint16_t kFees = spec::EventRecord::kAccountFeeCharged;
  constexpr std::uint16_t kMoves = spec::EventRecord::kAccountTransferred;
  constexpr std::uint16_t kVotes = spec::EventRecord::kGovVoted;
  const auto require_complete = [&](const core::LedgerCore& core) {
    const std::uint64_t newest = core.head().events;
    for (const std::vector<std::uint16_t>& types :
         {std::vector{kFees}, std::vector{kMoves}, std::vector{kFees, kMoves},
          std::vector{kFees, kVotes}, std::vector{kVotes}, std::vector<std::uint16_t>{}}) {
      std::vector<std::uint64_t> all;
      for (std::uint64_t seq = 1; seq <= newest; ++seq)
        if (std::count(types.begin(), types.end(), core.event(seq)->record.body_case()) == 1)
          all.push_back(seq);
      for (std::uint64_t after = 0; after <= newest + 1; ++after)
        for (const std::size_t limit : {0u, 1u, 3u, 1'000u}) {
          const auto first = std::upper_bound(all.begin(), all.end(), after);
          std::vector<std::uint64_t> want(first, all.end());
          want.resize(std::min(want.size(), limit));
          std::vector<std::uint64_t> got;
          for (const auto& event : core.events_of(types, after, limit))
            got.push_back(event.record.seq());
          REQUIRE(got == want);
        }
    }
    REQUIRE(core.events_of(std::vector{kFees}, UINT64_MAX, 9).empty());
    REQUIRE(core.events_of(std::vector{kFees, kMoves}, 0, 99).size() == 2 * 7);
  };
  {
    const auto core = rig.open();
    REQUIRE(rig.block(*core, {rig.envelope(0)}).ok());
    REQUIRE(rig.block(*core, {}).ok());
    REQUIRE(rig.block(*core, {rig.envelope(1), rig.envelope(2), rig.envelope(3)}).ok());
    REQUIRE(rig.block(*core, {rig.envelope(4)}).ok());
    REQUIRE(core->checkpoint().ok());
    REQUIRE(rig.block(*core, {rig.envelope(5), rig.envelope(6)}).ok());
    require_complete(*core);  // half below, half above the checkpoint
  }
  for (const bool checkpoint : {true, false}) {
    const auto core = rig.open();
    require_complete(*core);
    if (checkpoint) REQUIRE(core->checkpoint().ok());
  }
}

TEST_CASE("index: an event is found under whose balance it moved", "[node][core][rule:EN-27]") {
  ledger::Events events;
  auto& event = events.add(spec::EventRecord::kTokenBurned);
  event.set_seq(7);
  const auto post = [&](std::uint8_t table, const std::string& name) {
    auto& posting = *event.mutable_token_burned()->add_postings();
    posting.set_table(table);
    posting.set_key(ledger::text_of(account_of(name)));
    posting.set_field("balance");
  };
  post(ledger::kAccounts.prefix, "ann");
  post(ledger::kAccounts.prefix, "bob");
  post(ledger::kAccounts.prefix, "ann");
  post(ledger::kStakes.prefix, "cat");  // another table's key
  ledger::BlockOutput output;
  output.events = std::move(events);
  output.event_bytes.add(output.events[0]);
  std::multiset<base::Bytes> under;
  for (const auto& row :
       core::index_rows({base::Height(1), base::TimeMs(1), base::Epoch(1)}, output, {}))
    if (row.table == store::Table::kAccountEvents) under.insert(row.key);
  const auto key = [](const std::string& name) {
    return base::Writer().raw(account_of(name).view()).be(std::uint64_t{7}).bytes();
  };
  REQUIRE(under == std::multiset<base::Bytes>{key("ann"), key("bob")});
}
