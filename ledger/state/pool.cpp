// SPDX-License-Identifier: Apache-2.0
#include "ledger/state/pool.h"

#include <algorithm>

#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"

namespace wald::ledger {

economics::Pool figures_of(const PoolRecord& record) {
  economics::Pool pool;
  pool.vault = record.vault.amount();
  pool.active = record.active;
  pool.shares = record.shares;
  pool.scale = record.scale;
  pool.generation = record.generation;
  pool.live = record.live;
  pool.claimed = record.claimed;
  pool.returned = record.returned;
  pool.pend = record.pend;
  pool.pre = record.pre;
  pool.exits = record.exits;
  pool.young = record.young;
  pool.old = record.old;
  pool.bond = record.bond;
  pool.bond_pending = record.bond_pending;
  pool.free = record.free.amount();
  for (const auto& [epoch, held] : record.escrow) pool.escrow.emplace(epoch, held.amount());
  pool.rate = record.rate;
  pool.scheduled = record.scheduled;
  return pool;
}

OpenPool open_pool(Overlay& state, const base::NodeId& node) {
  PoolRecord record = must_load(state, kPools, node);
  OpenPool open{figures_of(record), record.vault.take_all(state), record.stepped};
  open.money.add(record.free.take_all(state));
  for (auto& [epoch, held] : record.escrow) open.money.add(held.take_all(state));
  return open;
}

void close_pool(Overlay& state, const base::NodeId& node, OpenPool open) {
  economics::Pool& pool = open.figures;
  PoolRecord record;
  record.vault.put(open.money.split(pool.vault));
  record.free.put(open.money.split(pool.free));
  for (const auto& [epoch, amount] : pool.escrow)
    record.escrow[epoch].put(open.money.split(amount));
  WALD_CHECK(open.money.amount().is_zero());
  record.active = pool.active;
  if (mutate("I4")) record.active = std::max(pool.active, must_load(state, kPools, node).active);
  record.shares = pool.shares;
  record.scale = pool.scale;
  record.generation = pool.generation;
  record.live = pool.live;
  record.claimed = pool.claimed;
  record.returned = pool.returned;
  record.pend = std::move(pool.pend);
  record.pre = std::move(pool.pre);
  record.exits = std::move(pool.exits);
  record.young = std::move(pool.young);
  record.old = pool.old;
  record.bond = pool.bond;
  record.bond_pending = pool.bond_pending;
  record.rate = pool.rate;
  record.scheduled = std::move(pool.scheduled);
  record.stepped = open.stepped;
  save(state, kPools, record, node);
}

economics::Pool peek_pool(const Reader& state, const base::NodeId& node) {
  return figures_of(must_load(state, kPools, node));
}

}  // namespace wald::ledger
