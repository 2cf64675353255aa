// SPDX-License-Identifier: Apache-2.0
// A chain that goes over to the protocol version after the shipped one, which only tests know
// (G-6), for those who look at what becomes of a node that does not know it.
#pragma once

#include <catch2/catch.hpp>

#include "tests/ledger/ballot_support.h"

namespace wald::tests {

inline constexpr std::uint32_t kTestVersion = ledger::kNewestVersion + 1;

// Blocks of a chain whose ballot brings the test's version, and the roots that they give.
struct History {
  spec::Genesis document;
  std::vector<ledger::BlockInput> inputs;
  std::vector<base::Hash> roots;
  std::size_t old = 0;  // blocks of the shipped version
};

inline History upgraded_chain() {
  History out;
  out.document = ballot_network();
  out.document.set_sequencer_key(ledger::text_of(key_of_name("sequencer").key));
  World world(out.document, kTestVersion);
  const auto note = [&] {
    while (out.roots.size() < world.inputs().size())
      out.roots.push_back(world.view().state_tree.root());
    if (world.version() == 1) out.old = out.roots.size() + 1;
  };
  const auto send = [&](const std::string& from, const spec::Operation& op) {
    REQUIRE(world.run(from, op) == spec::OK);
    note();
  };
  UpgradeOf upgrade;
  upgrade.activation = 4;
  send("ann", propose_upgrade(upgrade));
  for (const std::string node : {"n1", "n2", "n3"}) send(node, vote_as(node, 1, true));
  for (const std::string node : {"n1", "n2", "n3"}) {
    const auto said = world.bare(signal_version(world, node, kTestVersion));
    REQUIRE(world.run_raw(said) == spec::OK);
    note();
  }
  while (world.version() == 1) {
    world.block(1000);
    note();
  }
  for (int i = 0; i < 3; ++i) send("ann", transfer("bob", kWal));
  REQUIRE(out.old > 10);
  out.inputs = world.inputs();
  return out;
}

// What a program that knows the shipped version alone says in front of the block of this height.
inline std::string version_refusal(std::size_t height) {
  return "block " + std::to_string(height) +
         " of this chain is of protocol version 2, this program knows versions up to 1: install a "
         "program that knows it; nothing is lost, it goes on from here";
}

}  // namespace wald::tests
