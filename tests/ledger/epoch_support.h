// SPDX-License-Identifier: Apache-2.0
// What the tests of the epoch machine share: sums over the state, events of a block by type, money
// and bytes in a slot of the ring.
#pragma once

#include "ledger/state/keys.h"
#include "tests/support/nodes.h"

namespace wald::tests {

inline std::uint64_t held(const World& world) {
  std::uint64_t sum = 0;
  for (const auto& [key, value] : world.view().records.rows)
    if (ledger::table_holds_money(key[0]))
      for (const auto& [field, amount] : ledger::held_money(key, value)) sum += amount.value();
  return sum;
}
inline std::uint64_t burned(const World& world, spec::BurnCause cause) {
  const auto& list = ledger::must_load(world.view(), ledger::kSupply).burned;
  return list.at(static_cast<std::size_t>(cause)).amount().value();
}
inline std::uint64_t all_burned(const World& world) {
  std::uint64_t sum = 0;
  for (const auto& part : ledger::must_load(world.view(), ledger::kSupply).burned)
    sum += part.amount().value();
  return sum;
}
inline bool conserved(const World& world) {
  return held(world) + all_burned(world) == economics::kGenesisSupply.value() &&
         world.law_failures.empty();
}

// Events of the last block of one type: its bodies, in order.
template <class Body>
std::vector<Body> events_of(const ledger::BlockOutput& out) {
  std::vector<Body> bodies;
  for (const auto& event : out.events) {
    const auto* oneof = event.GetDescriptor()->FindOneofByName("body");
    const auto* field = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
    if (field->message_type() != Body::descriptor()) continue;
    bodies.push_back(static_cast<const Body&>(event.GetReflection()->GetMessage(event, field)));
  }
  return bodies;
}

// Blocks of `ms` until the epoch has turned; the last one is its change.
inline const ledger::BlockOutput& turn_epoch(World& world, std::uint64_t ms = 1000) {
  const base::Epoch before = world.epoch();
  while (world.epoch() == before) {
    world.block(ms);
    WALD_CHECK(conserved(world));
  }
  return world.last();
}

// Money from the treasury and bytes in use, as if somebody had bought them.
inline void fill_slot(World& world, base::Epoch epoch, std::uint64_t money, std::uint64_t used) {
  world.edit([&](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto slot = ledger::must_load(state, ledger::kRing, epoch);
    slot.money.put(treasury.amount.take(state, ledger::Amount::of(money)));
    slot.used = used;
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kRing, slot, epoch);
  });
}

template <class Change>
void edit_node(World& world, const std::string& name, const Change& change) {
  world.edit([&](ledger::Overlay& state) {
    auto node = ledger::must_load(state, ledger::kNodes, node_of(name));
    change(node);
    ledger::save(state, ledger::kNodes, node, node_of(name));
  });
}

inline economics::Pool pool_of(const World& world, const std::string& name) {
  return ledger::peek_pool(world.view(), node_of(name));
}
inline std::uint64_t fund_of(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kFunds, name).amount.amount().value();
}

}  // namespace wald::tests
