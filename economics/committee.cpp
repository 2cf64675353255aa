// SPDX-License-Identifier: Apache-2.0
#include "economics/committee.h"

#include <algorithm>
#include <queue>

#include "codec/base/hash.h"
#include "codec/base/mutant.h"

namespace wald::economics {
namespace {

constexpr std::size_t kManyCandidates = 20;  // from here on a tenth of the shards is the cap (C-2)

std::uint64_t sum(const std::vector<std::uint32_t>& counts) {
  std::uint64_t total = 0;
  for (const std::uint32_t count : counts) total += count;
  return total;
}

}  // namespace

base::Hash election_key(const base::ChainId& chain, base::Epoch epoch, const base::Hash& prev_seed,
                        const base::NodeId& node) {
  base::Hasher hasher("wald.elect");
  return hasher.update(chain.view())
      .update(base::Writer().le(epoch.value()).bytes())
      .update(prev_seed.view())
      .update(node.view())
      .finish();
}

std::vector<Candidate> elect(std::vector<Candidate> candidates, Amount threshold,
                             std::uint64_t max_members) {
  std::erase_if(candidates, [threshold](const Candidate& c) { return c.value < threshold; });
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.value != b.value) return a.value > b.value;
    if (a.key != b.key) return a.key < b.key;
    return a.node < b.node;
  });
  if (candidates.size() > max_members) {
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(max_members),
                     candidates.end());
  }
  return candidates;
}

namespace {

// Step 2 of C-2 for one common cap: nobody gets more than twice his part, and a seat of rounding.
std::vector<std::uint32_t> caps_at(std::uint64_t common, std::uint16_t shards,
                                   const std::vector<Seeker>& seekers, U128 total) {
  std::vector<std::uint32_t> caps;
  for (const Seeker& seeker : seekers) {
    const std::uint64_t part =
        exact_ratio({2 * std::uint64_t{shards}, seeker.stake.value()}, {total}, Round::kUp);
    const std::uint64_t cap = std::min(common, std::max<std::uint64_t>(1, part));
    caps.push_back(base::narrow<std::uint32_t>(cap));
  }
  return caps;
}

}  // namespace

Outcome<SeatCaps> seat_caps(std::uint16_t shards, const std::vector<Seeker>& seekers) {
  U128 total = 0;
  for (const Seeker& seeker : seekers) total += seeker.stake.value();
  if (total == 0) return base::Err{Refusal::kNoStake};
  const std::uint64_t n = shards;
  const std::uint64_t m = seekers.size();
  std::uint64_t common =
      m >= kManyCandidates ? std::max<std::uint64_t>(1, n / 10) : (2 * n + m - 1) / m;
  SeatCaps result;
  result.caps = caps_at(common, shards, seekers, total);
  while (sum(result.caps) < n) {
    // Ends: without a common cap the parts sum to 2n at least, and none exceeds 2n.
    WALD_CHECK(common <= 2 * n);
    common *= 2;
    ++result.widened;
    result.caps = caps_at(common, shards, seekers, total);
  }
  std::vector<std::uint32_t> limited = result.caps;
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    if (!seekers[i].loss) continue;
    const ShardLoss& loss = *seekers[i].loss;
    const std::uint32_t kept = loss.held > loss.lost ? loss.held - loss.lost : 0;
    limited[i] = std::min(limited[i], kept);
  }
  if (sum(limited) >= n) {
    result.caps = std::move(limited);
  } else {
    result.limits_dropped = true;
  }
  WALD_CHECK(sum(result.caps) >= n);  // every shard finds an owner
  return result;
}

namespace {

struct Bid {
  const SeatRow* row;
  std::size_t index;
  std::uint32_t seats;
};

// Heap order: true if a comes after b.
struct BidsLess {
  bool operator()(const Bid& a, const Bid& b) const {
    const U128 left = product(a.row->stake.value(), b.seats + 1);
    const U128 right = product(b.row->stake.value(), a.seats + 1);
    if (left != right) return left < right;
    if (a.row->stake != b.row->stake)
      return base::mutate("I24") ? b.row->stake < a.row->stake : a.row->stake < b.row->stake;
    if (a.row->priority != b.row->priority) return a.row->priority > b.row->priority;
    return a.index > b.index;
  }
};

using Seats = std::vector<std::uint32_t>;

// What every row can buy at a price: its seats whose quotient stake / number is at least that.
std::uint64_t buy(std::uint64_t price, const std::vector<SeatRow>& rows, Seats& seats) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    seats[i] = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(rows[i].stake.value() / price, rows[i].cap));
    total += seats[i];
  }
  return total;
}

// Seats at a price that sells no more than there are come before all others, in whatever order: a
// few tries find such a price that leaves few for the heap.
Seats sure_seats(std::uint16_t shards, const std::vector<SeatRow>& rows, U128 total) {
  constexpr int kTries = 4;
  const std::uint64_t margin = rows.size() / 64 + 1;
  const std::uint64_t target = shards > margin ? shards - margin : 0;
  // Rounding down loses half a seat a row.
  const std::uint64_t parts = shards + rows.size() / 2;
  Seats best(rows.size(), 0);
  Seats seats(rows.size(), 0);
  std::uint64_t sold = 0;  // by `best`
  U128 price = total / parts;
  for (int i = 0; i < kTries; ++i) {
    price = std::clamp<U128>(price, 1, kMaxAmount);
    const std::uint64_t now = buy(static_cast<std::uint64_t>(price), rows, seats);
    if (now <= shards && now >= sold) {
      std::swap(best, seats);
      sold = now;
    }
    if (now <= shards && now + 2 * margin >= target) break;
    price = price * (parts + now - target) / parts;  // parts >= target
  }
  WALD_CHECK(sold <= shards);
  return best;
}

}  // namespace

Outcome<std::vector<std::uint32_t>> apportion(std::uint16_t shards,
                                              const std::vector<SeatRow>& rows) {
  U128 total = 0;
  for (const SeatRow& row : rows) total += row.stake.value();
  if (total == 0) return base::Err{Refusal::kNoStake};
  Seats seats = sure_seats(shards, rows, total);
  std::vector<Bid> bids;
  bids.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (seats[i] < rows[i].cap) bids.push_back(Bid{&rows[i], i, seats[i]});
  }
  std::priority_queue<Bid, std::vector<Bid>, BidsLess> heap(BidsLess(), std::move(bids));
  for (std::uint64_t given = sum(seats); given < shards; ++given) {
    if (heap.empty()) return base::Err{Refusal::kBadAssignment};  // caps below the shards
    Bid best = heap.top();
    heap.pop();
    seats[best.index] = ++best.seats;
    if (best.seats < best.row->cap) heap.push(best);
  }
  WALD_CHECK(sum(seats) == shards);
  return seats;
}

Outcome<Assignment> first_assignment(const std::vector<SeatCount>& counts) {
  std::map<base::NodeId, std::uint32_t> by_id;
  std::uint64_t total = 0;
  for (const auto& [node, count] : counts) {
    if (!by_id.emplace(node, count).second) return base::Err{Refusal::kBadAssignment};
    total += count;
  }
  if (total > 65'536) return base::Err{Refusal::kBadAssignment};
  Assignment assignment;
  std::uint32_t next = 0;
  for (const auto& [node, count] : by_id) {
    std::vector<base::ShardIndex>& shards = assignment[node];
    for (std::uint32_t i = 0; i < count; ++i) {
      shards.push_back(base::ShardIndex(base::narrow<std::uint16_t>(next++)));
    }
  }
  return assignment;
}

namespace {

// A member's shards with those it lost at the end, ascending, so that they go first.
std::vector<base::ShardIndex> lost_last(const std::vector<base::ShardIndex>& shards,
                                        const std::vector<base::ShardIndex>& lost) {
  std::vector<base::ShardIndex> order;
  std::vector<base::ShardIndex> last;
  for (const base::ShardIndex shard : shards) {
    const bool is_lost = std::find(lost.begin(), lost.end(), shard) != lost.end();
    (is_lost ? last : order).push_back(shard);
  }
  std::sort(last.begin(), last.end());
  order.insert(order.end(), last.begin(), last.end());
  return order;
}

}  // namespace

Outcome<Assignment> transition(const Assignment& old, const std::vector<SeatCount>& counts,
                               const std::map<base::NodeId, std::vector<base::ShardIndex>>& lost) {
  std::map<base::NodeId, std::uint32_t> wanted;
  std::uint64_t total = 0;
  for (const auto& [node, count] : counts) {
    if (!wanted.emplace(node, count).second) return base::Err{Refusal::kBadAssignment};
    total += count;
  }
  std::vector<base::ShardIndex> free;
  std::vector<SeatCount> growing;  // old members that get more, by id, after all newcomers
  Assignment next;
  std::uint64_t held = 0;
  for (const auto& [node, present] : old) {
    held += present.size();
    const auto found = wanted.find(node);
    const std::uint32_t count = found == wanted.end() ? 0 : found->second;
    const auto loss = lost.find(node);
    std::vector<base::ShardIndex> shards =
        loss == lost.end() ? present : lost_last(present, loss->second);
    if (count == 0) {
      free.insert(free.end(), shards.begin(), shards.end());
      continue;
    }
    for (; shards.size() > count; shards.pop_back()) free.push_back(shards.back());
    if (shards.size() < count) growing.emplace_back(node, count);
    next[node] = std::move(shards);
  }
  if (total != held) return base::Err{Refusal::kBadAssignment};
  if (base::mutate("I23")) return first_assignment(counts);
  std::vector<SeatCount> todo;
  for (const SeatCount& seat : counts) {
    if (old.count(seat.first) == 0 && seat.second > 0) todo.push_back(seat);
  }
  todo.insert(todo.end(), growing.begin(), growing.end());
  for (const auto& [node, count] : todo) {
    std::vector<base::ShardIndex>& shards = next[node];
    while (shards.size() < count) {
      WALD_CHECK(!free.empty());  // as many are free as are wanted: the sums are equal
      shards.push_back(free.back());
      free.pop_back();
    }
  }
  WALD_CHECK(free.empty());
  return next;
}

Difference difference(const Assignment& first, const Assignment& second) {
  Difference result;
  for (const auto& [node, shards] : first) {
    if (second.count(node) == 0) result.only_first.push_back(node);
  }
  for (const auto& [node, shards] : second) {
    if (first.count(node) == 0) result.only_second.push_back(node);
  }
  return result;
}

Outcome<Election> hold_election(std::vector<Candidate> candidates, const Assignment& present,
                                const std::map<base::NodeId, std::uint32_t>& lost,
                                std::uint16_t shards, Amount threshold, std::uint64_t max_members) {
  Election election;
  election.order = elect(std::move(candidates), threshold, max_members);
  if (election.order.empty()) return election;
  std::vector<Seeker> seekers;
  for (const Candidate& candidate : election.order) {
    Seeker seeker{candidate.value, std::nullopt};
    if (const auto loss = lost.find(candidate.node); loss != lost.end()) {
      const auto held = present.find(candidate.node);
      const std::size_t count = held == present.end() ? 0 : held->second.size();
      seeker.loss = ShardLoss{base::narrow<std::uint32_t>(count), loss->second};
    }
    seekers.push_back(seeker);
  }
  TRY_ASSIGN(const SeatCaps caps, seat_caps(shards, seekers));
  election.widened = caps.widened;
  election.limits_dropped = caps.limits_dropped;
  std::vector<SeatRow> rows;
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    rows.push_back({seekers[i].stake, caps.caps[i], i});
  }
  TRY_ASSIGN(election.seats, apportion(shards, rows));
  WALD_CHECK(election.seats.size() == election.order.size());
  return election;
}

std::vector<SeatCount> seat_counts(const Election& election) {
  std::vector<SeatCount> counts;
  for (std::size_t i = 0; i < election.order.size(); ++i) {
    if (election.seats[i] > 0) counts.emplace_back(election.order[i].node, election.seats[i]);
  }
  return counts;
}

}  // namespace wald::economics
