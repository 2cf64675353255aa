// SPDX-License-Identifier: Apache-2.0
// Fees and penalties: what leaving early costs, what the operator bears first, and
// what a charge takes from which place. A charge is a taking, so it stops at what is there; each
// function returns every sum it moved, and by which cause it is burned, so that the ledger can move
// coins. Units: FROST, ppm, bps, epochs. Errors: only those named; a failing sum means a broken
// pool (the pool is left as it was, the ledger quarantines it). Thread rule: pure functions.
#pragma once

#include <utility>
#include <vector>

#include "economics/params.h"
#include "economics/stake_pool.h"

namespace wald::economics {

// floor(100 * shift_bps * max(0, K - age) / K), age >= 1.
Ppm shift_ppm(std::uint64_t age, std::uint64_t shift_bps, std::uint64_t shift_epochs);
// ceil(gross * fee / PPM).
Amount shift_fee(Amount gross, Ppm fee);
// Age of an active stake that leaves now: max(1, now - activation).
std::uint64_t direct_age(Epoch now, Epoch activation);

// what every pool of a node not left counts for, and how the bonus account is shared out.
Amount bonus_base(const Pool& pool, bool left);
struct BonusShares {
  std::vector<Amount> bonus;  // in the order of the bases
  Amount left;                // stays in the account
};
BonusShares share_bonus(Amount account, const std::vector<Amount>& bases);

// max(0, floor(full * rate / BPS) - (full - reward)), reward <= full (CHECK).
Amount commission(Amount full, Amount reward, Bps rate);

// what take() moved. taken = escrow + free + bond + pool.
struct Charge {
  Amount escrow;
  Amount free;
  Amount bond;
  Shares shares;  // that left the bond with the cut
  Amount pool;
  Amount taken;
  std::optional<ObjectId> closed;  // the bond that was too small to stay; its stake record ends
  Amount swept;                    // a left pool that fell empty: to the sink (P-5)
};
Outcome<Charge> take(Pool& pool, Amount amount, Amount pool_limit, bool left);

// A bond under so many shares is closed, and no live stake ever holds fewer (P-7, X-5).
inline constexpr std::uint64_t kLeastShares = 1'000'000;

// own = escrow + free + bond parts of what was taken; rounds = bad rounds with a holder.
Amount bounty(Amount own, Amount pool_part, Amount fraud_deposit, std::uint64_t rounds);
struct Fine {
  Charge charge;
  Amount bounty;
  Amount burned;                                   // taken - bounty
  std::vector<std::pair<AccountId, Amount>> paid;  // ascending, each once, also with 0
};
// holders: one entry for each bad round that has one, at most 256 (CHECK).
Outcome<Fine> take_fine(Pool& pool, Amount fine, const std::vector<AccountId>& holders,
                        Amount fraud_deposit, bool left);

// floor(base * min(BPS, max(floor, floor(3 * weight * BPS / n))) / BPS), weight <= n.
Bps slash_bps(Bps base, Bps floor, Weight weight, std::uint16_t shards);
struct Slash {
  Amount amount;  // x = floor(W * bps / BPS); all that is taken is burned
  Charge charge;
};
Outcome<Slash> slash(Pool& pool, Bps bps, bool left);
// Ballot on a node's commission: burns escrow and free, returns the sum.
Outcome<Amount> burn_commission(Pool& pool);
// Pays out what is free.
Amount collect(Pool& pool);

// A member's standing, its closes under one half in a row, and whether this close bars it.
struct Standing {
  Ppm standing = Ppm::of(kPpm);
  std::uint32_t low_closes = 0;
  friend bool operator==(const Standing&, const Standing&) = default;
};
inline constexpr std::uint32_t kLowClosesToBar = 3;
inline constexpr std::uint64_t kUnavailableLimitPpm = 10'000;
// Updates for one close. barred: from the bar_epochs elections after it; the standing reached is in
// the answer, and the member's starts again at one half.
struct StandingClose {
  Ppm reached;
  bool barred;
};
StandingClose update_standing(Standing& standing, Ppm score);
// More than 1 % of due points unavailable; false if nothing was due.
bool is_short(std::uint64_t unavailable, std::uint64_t due);

// price * units(ceil(used / shards)) * epochs; kOverflow.
Outcome<Amount> recovery(std::uint64_t price, std::uint64_t used_bytes, std::uint16_t shards,
                         std::uint64_t epochs);
struct Declared {
  Amount recovery;
  Charge charge;  // what was taken becomes the shard's earmark
  bool excuses;   // taken in full
};
Outcome<Declared> declare_loss(Pool& pool, Amount recovery, bool left);
struct Freed {
  Amount into_escrow;  // of the declaring node, at the running epoch
  Amount into_fund;
  Amount burned;
};
// Ends an earmark: half goes back to a node that restored in time, the rest is fund money (M-6).
Freed free_earmark(Amount earmark, bool same_node_in_time, Amount fund, Amount cap);

}  // namespace wald::economics
