// SPDX-License-Identifier: Apache-2.0
// Who sits in a committee and with which shards (C-1 to C-6). Orders are total and end in the node
// id. n is the number of shards, 1..65,535; at most 1000 candidates. Stakes FROST.
// Errors: kNoStake, kBadAssignment. Thread rule: pure functions.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "codec/base/ids.h"
#include "economics/amount.h"

namespace wald::economics {

struct Candidate {
  base::NodeId node;
  Amount value;    // weight_at the coming epoch (P-10)
  base::Hash key;  // compared as 32 big-endian bytes
};

// C-1: the lot of a node for the committee of `epoch`.
base::Hash election_key(const base::ChainId& chain, base::Epoch epoch, const base::Hash& prev_seed,
                        const base::NodeId& node);
// C-1: at least the threshold, larger value first, then smaller key, then smaller id; the first
// max_members of them. Who may not stand is left out by the caller.
std::vector<Candidate> elect(std::vector<Candidate> candidates, Amount threshold,
                             std::uint64_t max_members);

// C-2.
struct ShardLoss {
  std::uint32_t held;  // in the present committee
  std::uint32_t lost;  // of them, in this selection
};
struct Seeker {
  Amount stake;
  std::optional<ShardLoss> loss;
};
struct SeatCaps {
  std::vector<std::uint32_t> caps;  // in the order of the seekers
  std::uint32_t widened = 0;        // how often the common cap doubled
  bool limits_dropped = false;
};
Outcome<SeatCaps> seat_caps(std::uint16_t shards, const std::vector<Seeker>& seekers);

// C-3: D'Hondt with caps; a smaller priority wins a tie of equal stakes.
struct SeatRow {
  Amount stake;
  std::uint32_t cap;
  std::uint64_t priority;
};
Outcome<std::vector<std::uint32_t>> apportion(std::uint16_t shards,
                                              const std::vector<SeatRow>& rows);

// Shards of every member, in the order that C-5 needs: it is part of the state.
using Assignment = std::map<base::NodeId, std::vector<base::ShardIndex>>;
using SeatCount = std::pair<base::NodeId, std::uint32_t>;

// C-4: members by id, shards from 0 on. kBadAssignment beyond 65,536 shards.
Outcome<Assignment> first_assignment(const std::vector<SeatCount>& counts);
// C-5: counts in the order of C-1; lost shards of a member are given up first.
Outcome<Assignment> transition(const Assignment& old, const std::vector<SeatCount>& counts,
                               const std::map<base::NodeId, std::vector<base::ShardIndex>>& lost);

// C-6: members of one only, by id.
struct Difference {
  std::vector<base::NodeId> only_first;
  std::vector<base::NodeId> only_second;
};
Difference difference(const Assignment& first, const Assignment& second);

// C-1 to C-3 in one: the order, and seats in it (0: not a member).
struct Election {
  std::vector<Candidate> order;
  std::vector<std::uint32_t> seats;
  std::uint32_t widened = 0;
  bool limits_dropped = false;
};
// held of a node with lost shards is its count in `present`. No candidate: an empty order, the
// present committee stays.
Outcome<Election> hold_election(std::vector<Candidate> candidates, const Assignment& present,
                                const std::map<base::NodeId, std::uint32_t>& lost,
                                std::uint16_t shards, Amount threshold, std::uint64_t max_members);
// The counts of an election, members only, in its order.
std::vector<SeatCount> seat_counts(const Election& election);

}  // namespace wald::economics
