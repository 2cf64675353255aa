// SPDX-License-Identifier: Apache-2.0
// State of a stake pool and of a stake (P-1, P-2, P-3, P-10). One pool belongs to one node and has
// its id. All money of its stakers lies in one vault; what is at work, what waits and what is owed
// are parts of it that add up exactly (identities_hold). Commission lies outside the vault.
// Keyed records of their own, never part of the pool: Mint by (node, epoch) for ever, Claim by
// (node, epoch) until it is empty. The pool carries their totals, so its identity needs no scan.
// Sizes: pend, pre and exits hold at most two keys (a left node's pend may hold older ones), young
// at most 32, escrow at most three, scheduled at most two. Maps hold no zero entries.
// Functions that change a pool leave it as it was when they refuse. Thread rule: plain values.
#pragma once

#include <map>
#include <optional>

#include "codec/base/ids.h"
#include "economics/shares.h"

namespace wald::economics {

using base::AccountId;
using base::Epoch;
using base::NodeId;
using base::ObjectId;

// What the exits of one epoch hold: shares at the pool's scale, their fees, their principal (P-1).
struct Exits {
  Shares shares;
  FeeWeight weight;
  Amount principal;
  friend bool operator==(const Exits&, const Exits&) = default;
};

// Fixed when exits mature: one rate, and money that covers every stake of that epoch (P-6, P-8).
struct Claim {
  Rate rate;
  Amount money;
  Amount principal;  // of those that have not claimed yet; at 0 the record closes
  friend bool operator==(const Claim&, const Claim&) = default;
};

// What stakes of one activation became: a rate, or none: RETURNED, their principal waits (P-5.7).
struct Mint {
  std::optional<Rate> rate;
  Amount returned;  // principal not yet taken back; 0 if minted
  friend bool operator==(const Mint&, const Mint&) = default;
};

// A date and a fee, fixed when the exit was asked for.
struct Leaving {
  Epoch exit;
  Ppm fee;
  friend bool operator==(const Leaving&, const Leaving&) = default;
};

// The operator's own stake, minted; it stands before delegators in a charge (P-12, X-5). While it
// is here this record counts for principal, dates and shares; the stake record's copies lie idle.
struct Bond {
  ObjectId stake;
  Shares shares;  // at the pool's scale
  Amount principal;
  Epoch activation;
  std::optional<Leaving> leaving;
  friend bool operator==(const Bond&, const Bond&) = default;
};

// The one bond stake of a pool that has not started (P-12).
struct PendingBond {
  ObjectId stake;
  Amount principal;
  Epoch activation;
  friend bool operator==(const PendingBond&, const PendingBond&) = default;
};

struct Pool {
  Amount vault;   // V: active + claimed + pend + returned
  Amount active;  // W
  Shares shares;  // S
  Scale scale;
  std::uint32_t generation = 0;
  Amount live;                    // principal now at work
  Amount claimed;                 // sum of money over the open Claim records
  Amount returned;                // sum of returned over the Mint records
  std::map<Epoch, Amount> pend;   // principal that starts at the key
  std::map<Epoch, Amount> pre;    // part of pend that already asked to leave one epoch after it
  std::map<Epoch, Exits> exits;   // what leaves at the key
  std::map<Epoch, Shares> young;  // shares by activation, age below K, no exit asked
  Shares old;                     // the same, age K or more
  std::optional<Bond> bond;
  std::optional<PendingBond> bond_pending;
  Amount free;                     // commission that may be collected
  std::map<Epoch, Amount> escrow;  // commission by the epoch that earned it
  Bps rate;                        // commission rate in force
  std::map<Epoch, Bps> scheduled;  // rate by the first epoch whose rewards it cuts (P-11)
  friend bool operator==(const Pool&, const Pool&) = default;
};

struct Minted {
  Shares own;
  Scale scale;  // the scale it was written at; lifted beside values of the pool (P-3)
  friend bool operator==(const Minted&, const Minted&) = default;
};

struct Stake {
  ObjectId id;
  AccountId owner;
  NodeId node;
  Amount principal;
  Epoch activation;
  std::optional<Leaving> leaving;
  std::optional<Minted> minted;  // written at the first look after the mint (P-2)
  bool bond = false;
  std::optional<ObjectId> vesting;
  base::Height changed;  // when it was last split, merged or given away (G-3); 0: never
  friend bool operator==(const Stake&, const Stake&) = default;
};

// What a rule must know of a pool's node, from the ledger's node and committee records.
struct NodeView {
  bool in_current = false;  // member of the committee of the running epoch
  bool in_next = false;     // member of the next one, false while that is not chosen
  bool leaving = false;
  bool left = false;
  bool barred = false;
};

// The running epoch, and whether the committee after it is chosen already.
struct Moment {
  Epoch epoch;
  bool next_chosen = false;
};

// V = W + claimed + sum pend + returned; S = old + sum young + sum exits + shares of a leaving
// bond; pre within pend; no zero entries. A law of the ledger (P-1).
bool identities_hold(const Pool& pool);

// The rate that stands now (P-5.4).
inline Rate running_rate(const Pool& pool) { return {pool.active, pool.shares, pool.scale}; }

// 2W < S: the pool lost more than half and takes no stake (P-4, P-7).
bool is_impaired(const Pool& pool);

// Value at a coming epoch, for elections and projections (P-10). Total.
Amount weight_at(const Pool& pool, Epoch at, const NodeView& node);

// Commission that lies in escrow, all epochs together.
Amount escrow_total(const Pool& pool);

// Adds to or takes from a map of sums and keeps it free of zeros.
Outcome<void> add_to(std::map<Epoch, Amount>& sums, Epoch key, Amount amount);
Outcome<void> take_from(std::map<Epoch, Amount>& sums, Epoch key, Amount amount);

// The class that counts shares of this activation and no exit: young[activation], or old.
Outcome<void> leave_class(Pool& pool, Epoch activation, Shares shares);

}  // namespace wald::economics
