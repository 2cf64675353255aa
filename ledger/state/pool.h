// SPDX-License-Identifier: Apache-2.0
// Stake pools and stakes as records (P-1, P-2), and the way to change one: open_pool() hands out
// the plain figures for the functions of economics/ together with all the pool's money as one coin;
// close_pool() lays exactly what the figures say back into vault, free commission and escrow and
// CHECKs that the coin is then empty. What a function pays out is split off in between, what comes
// in is added: an error of a FROST cannot survive the close.
#pragma once

#include "economics/stake_pool.h"
#include "ledger/context.h"

namespace wald::economics {
WALD_RECORD(Rate, w, s, scale);
WALD_RECORD(FeeWeight, value);
WALD_RECORD(Leaving, exit, fee);
WALD_RECORD(Minted, own, scale);
WALD_RECORD(Exits, shares, weight, principal);
WALD_RECORD(Bond, stake, shares, principal, activation, leaving);
WALD_RECORD(PendingBond, stake, principal, activation);
WALD_RECORD(Stake, id, owner, node, principal, activation, leaving, minted, bond, vesting, changed);
}  // namespace wald::economics

namespace wald::ledger {

// economics::Pool with its money marked: vault, free and escrow are Held, all else are figures.
struct PoolRecord {
  Held vault;
  Amount active;
  economics::Shares shares;
  economics::Scale scale;
  std::uint32_t generation = 0;
  Amount live;
  Amount claimed;
  Amount returned;
  std::map<base::Epoch, Amount> pend;
  std::map<base::Epoch, Amount> pre;
  std::map<base::Epoch, economics::Exits> exits;
  std::map<base::Epoch, economics::Shares> young;
  economics::Shares old;
  std::optional<economics::Bond> bond;
  std::optional<economics::PendingBond> bond_pending;
  Held free;
  std::map<base::Epoch, Held> escrow;
  economics::Bps rate;
  std::map<base::Epoch, economics::Bps> scheduled;
  base::Epoch stepped;  // the epoch it stands at (I27)
};
WALD_RECORD(PoolRecord, vault, active, shares, scale, generation, live, claimed, returned, pend,
            pre, exits, young, old, bond, bond_pending, free, escrow, rate, scheduled, stepped);

// By node and epoch: what stakes of that activation became, and what that epoch's exits may claim.
struct RateRecord {
  bool minted = false;                  // stakes of this activation were due here
  std::optional<economics::Rate> mint;  // nothing: they were returned (P-5.7)
  Amount returned;
  std::optional<economics::Rate> claim;  // frozen for exits of this epoch, kept for ever
  Amount claim_money;                    // lies inside the vault
  Amount claim_principal;
};
WALD_RECORD(RateRecord, minted, mint, returned, claim, claim_money, claim_principal);

economics::Pool figures_of(const PoolRecord& record);

struct OpenPool {
  economics::Pool figures;
  Coin money;
  base::Epoch stepped;
};
// The pool must exist (CHECK).
OpenPool open_pool(Overlay& state, const base::NodeId& node);
void close_pool(Overlay& state, const base::NodeId& node, OpenPool open);
economics::Pool peek_pool(const Reader& state, const base::NodeId& node);

}  // namespace wald::ledger
