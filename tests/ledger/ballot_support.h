// SPDX-License-Identifier: Apache-2.0
// What the tests of ballots share: a network of four members and time that passes for them.
#pragma once

#include "tests/ledger/epoch_support.h"
#include "tests/support/ballot_operations.h"

namespace wald::tests {

inline constexpr std::uint64_t kPpmShard = 1'000'000;
inline constexpr std::uint64_t kDeposit = 10 * kWal;

// 36 shards over 4000, 3000, 2000 and 1500 WAL; epochs of 30 s.
inline spec::Genesis ballot_network() {
  spec::Genesis document = network({4000, 3000, 2000, 1500}, {{"ann", 5000 * kWal},
                                                              {"bob", 5000 * kWal},
                                                              {"cat", 5000 * kWal},
                                                              {"found", 5000 * kWal},
                                                              {"poor", kWal}});
  document.mutable_foundation()->set_account(ledger::text_of(account_of("found")));
  document.mutable_foundation()->set_sunset_epoch(5);
  set_param(document, "gov_deposit", kDeposit);
  set_param(document, "gov_delay", 40'000);
  set_param(document, "slash_delay", 10'000);
  return document;
}

inline std::uint32_t shards_of(const World& world, const std::string& node) {
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  for (const auto& member : committee.members)
    if (member.node == node_of(node)) return static_cast<std::uint32_t>(member.shards.size());
  return 0;
}

inline std::uint32_t opened(World& world, const std::string& from, const spec::Operation& op) {
  const auto code = world.run(from, op);
  WALD_CHECK(code == spec::OK);
  return events_of<spec::GovProposed>(world.last()).at(0).proposal();
}

inline void all_say_yes(World& world, std::uint32_t number,
                        const std::vector<std::string>& nodes = {"n1", "n2", "n3", "n4"}) {
  for (const std::string& node : nodes) world.send(node, vote_as(node, number, true));
  world.block(100);
  for (const auto& receipt : world.last().receipts) WALD_CHECK(receipt.code == spec::OK);
}

inline void until_epoch(World& world, std::uint32_t epoch) {
  while (world.epoch().value() < epoch) turn_epoch(world);
}

inline ledger::VoteRecord vote_of(const World& world, std::uint32_t number, base::ByteView voter) {
  return ledger::must_load(world.view(), ledger::kVotes, number, base::Hash::from(voter));
}

}  // namespace wald::tests
