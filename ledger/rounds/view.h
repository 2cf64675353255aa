// SPDX-License-Identifier: Apache-2.0
// A round as its members see it: what stands in state about it, who takes part, and what follows
// from its seeds: the questions to a member, who checks an answer, and what an answer must show.
// Storage nodes read here what to do next. Member index = place in the committee, ascending node
// id; weights are shards. Pure queries, any thread over a fixed version. Rules O-7, O-13, O-14.
#pragma once

#include "ledger/params.h"
#include "ledger/state/keys.h"
#include "proofs/challenge.h"
#include "proofs/opening.h"

namespace wald::ledger::rounds {

struct RoundView {
  proofs::RoundId id;
  RoundRecord record;
  CommitteeRecord committee;
  std::uint32_t shards = 0;  // n
};

// Nothing where that round has no record: not opened yet, or of an unknown epoch.
std::optional<RoundView> find_round(const Reader& state, const base::ChainId& chain,
                                    base::Epoch epoch, base::Round round);
// The one that is neither settled nor void.
std::optional<RoundView> open_round(const Reader& state, const base::ChainId& chain);

std::optional<std::uint16_t> place_of(const CommitteeRecord& committee, const base::NodeId& node);
std::uint16_t weight_of(const CommitteeMember& member);
// The shards of a member, ascending.
std::vector<base::ShardIndex> shards_of(const CommitteeMember& member);
TallyRecord tally_of(const Reader& state, const RoundView& view, const base::NodeId& node);

// From hC on (CHECK): the questions to a member, and the blobs they are about.
proofs::Exam exam_of(const RoundView& view, std::uint16_t place);
DrawRecord draw_of(const Reader& state, const RoundView& view);
bool is_lost(const RoundView& view, base::ShardIndex shard);
// The deny list of a member in the snapshot (O-7); nothing where it has none.
std::optional<ListedMember> deny_list_of(const RoundView& view, std::uint16_t place);
// What a good opening of this point of a committed member must show.
proofs::PointFacts facts_of(const RoundView& view, const DrawRecord& draw, std::uint16_t place,
                            const proofs::Point& point, const TallyRecord& tally);

// From hG on (CHECK): who checks which point of whom.
proofs::Assignment assignment_of(const RoundView& view);

// The weight that vouches for a member so far, its own included (O-20): shards.
struct Confirmation {
  bool confirmed = false;
  std::uint32_t weight = 0;
};
Confirmation confirmation_of(const RoundView& view, const std::vector<TallyRecord>& tallies,
                             std::size_t place);
// Of all members, by place.
std::vector<TallyRecord> all_tallies(const Reader& state, const RoundView& view);

// Has the blob drawn as this leaf ended, been deleted or been marked invalid since?
bool has_ended(const Reader& state, const DrawnBlob& blob);

}  // namespace wald::ledger::rounds
