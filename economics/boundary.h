// SPDX-License-Identifier: Apache-2.0
// The change of epoch in its order (section 8 of specs/economics.md), as functions over plain state
// that the ledger's phases call one after the other, each with everything that moves in its result:
//   settle      (1) subsidies, burn, pot, held part, rewards
//   step_pools  (2) bonuses, (3) every pool in id order, fines inside
//   sink_all    (4) unspent first, then the pools by id
//   pop         (5) of schedule.h, with the carry
//   revise      (6) prices and capacity by the votes of the committee that opens
// Standing is update_standing of penalties.h. Money enters only by what settle pays out;
// burned sums are named by cause. Thread rule: pure functions.
#pragma once

#include <map>
#include <vector>

#include "economics/governance.h"
#include "economics/pool_step.h"
#include "economics/rewards.h"
#include "economics/schedule.h"

namespace wald::economics {

// Burns by cause; together the fall of supply.
struct Burned {
  Amount sink;   // M-6
  Amount shift;
  Amount fine;
  Amount slash;
  Amount epoch;
  friend bool operator==(const Burned&, const Burned&) = default;
};

// Funds of the ledger that the rules of this module fill and empty.
struct Funds {
  Amount repair;   // without earmarks
  Amount bonus;    // B of X-2
  Amount subsidy;
  Amount supply;
  Burned burned;
  friend bool operator==(const Funds&, const Funds&) = default;
};

// Burns x under a cause: supply falls. kInsufficient: more than there is.
Outcome<void> burn(Funds& funds, Amount Burned::*cause, Amount x);
// M-6 on the funds.
Outcome<Sunk> to_sink(Funds& funds, Amount x, Amount cap);
// the two halves of a shift fee.
Outcome<void> book_shift(Funds& funds, const Halves& parts);

// (1). Members in the order of the closing committee; void_rounds = v.
struct Settlement {
  Amount match;
  Amount fixed;
  Amount burn;
  Amount pot;
  Amount held;
  Amount carry;  // into the new slot 0, held inside
  Amount unspent;
  std::vector<MemberReward> rows;
};
// Takes match and fixed out of the subsidy fund and burns the epoch's part.
Outcome<Settlement> settle(Funds& funds, const Slot& slot0, const std::vector<MemberScore>& members,
                           std::uint64_t void_rounds, std::uint16_t shards, const Params& params);
// R-6, both equations; a law of the ledger.
bool conserves(const Slot& slot0, const Settlement& settlement);

// (2), (3). One entry for each pool that exists, in id order by the map.
struct PoolTurn {
  Pool pool;
  bool left = false;
  Amount full;
  Amount reward;
  Amount fine;
  std::vector<AccountId> holders;
};
struct Stepped {
  std::optional<StepOutcome> outcome;  // none: it stands still or is quarantined
  std::optional<Refusal> quarantined;  // H-8: reward and bonus are set aside
  Amount set_aside;
};
// Changes the pools and the bonus account, burns shift fees and fines. Bounties are in the
// outcomes.
Outcome<std::map<NodeId, Stepped>> step_pools(Funds& funds, std::map<NodeId, PoolTurn>& turns,
                                              Epoch into, const Params& params);
// The bounties of all pools, by account.
Outcome<std::map<AccountId, Amount>> bounties(const std::map<NodeId, Stepped>& stepped);

// (4).
Outcome<void> sink_all(Funds& funds, Amount unspent, const std::map<NodeId, Stepped>& stepped,
                       Amount cap);

// (6). Votes of the committee that opens.
struct MemberVote {
  std::uint16_t weight;
  std::uint64_t storage;
  std::uint64_t write;
  std::uint64_t capacity;
};
struct Market {
  std::uint64_t price = 0;
  std::uint64_t write_price = 0;
  std::uint64_t capacity = 0;
  friend bool operator==(const Market&, const Market&) = default;
};
// first: no committee voted before, targets are taken as they are (V-3, V-4). Without a quorum of
// votes the market stays; capacity never falls below what the ring uses.
Market revise(const Market& old, const std::vector<MemberVote>& votes, std::uint16_t shards,
              bool first, std::uint64_t largest_used, const Params& params);

}  // namespace wald::economics
