// SPDX-License-Identifier: Apache-2.0
// Players with one plan each, beside the random crowd of a simulation, who try to gain what they
// should not (reliability.md's attacks). Where a plan is about money, an honest twin starts with
// the same money in the same pool and stays there: the player with its fees given back must not end
// above the twin. Where it is about prices, each change of epoch is held against its bounds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/workload.h"

namespace wald::sim {

class Player {
 public:
  Player() = default;
  Player(const Player&) = delete;
  Player(Player&&) = delete;
  Player& operator=(const Player&) = delete;
  Player& operator=(Player&&) = delete;
  virtual ~Player() = default;
  virtual std::string name() const = 0;
  // Before a block; the first block of an epoch has `first`.
  virtual void act(bool first) = 0;
  // After it.
  virtual void look() {}
  // What went wrong for everybody else, if anything; asked for after each epoch.
  virtual std::optional<std::string> complaint() = 0;
};

// Names and money that players need at genesis, in FROST.
std::map<std::string, std::uint64_t> player_accounts();
// seed: of those that draw for themselves.
std::vector<std::unique_ptr<Player>> make_players(tests::Workload& workload, std::uint64_t seed);

}  // namespace wald::sim
