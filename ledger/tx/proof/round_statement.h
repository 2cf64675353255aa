// SPDX-License-Identifier: Apache-2.0
// What statements about a round share: their form as bytes alone show it, and the judgement of
// their header against the state, in the order of O-19. Thread rule: plain values, pure functions.
#pragma once

#include "ledger/rounds/view.h"
#include "ledger/tx/parse.h"
#include "proofs/statements.h"
#include "proofs/vrf.h"

namespace wald::ledger::tx {

inline base::Err<Dropped> dropped(Code code) { return base::Err<Dropped>{Dropped{{code, {}}}}; }

struct RawStatement {
  base::Bytes bytes;
  proofs::Header header;
};
// MALFORMED unless it is of that kind and its header and size have the right form.
Parsed<RawStatement> parse_raw(const std::string& field, proofs::Kind kind);

// A statement about an open round, with its author's part in it.
struct InRound {
  rounds::RoundView view;
  std::uint16_t place = 0;  // of the author
  TallyRecord tally;        // the author's
  const CommitteeMember& author() const { return view.committee.members[place]; }
};

// MALFORMED (another chain), NO_ROUND, WRONG_PHASE unless in one of `phases`, WRONG_SEED,
// NOT_IN_SNAPSHOT.
base::Result<InRound, Dropped> find_in_round(const Context& ctx, const proofs::Header& header,
                                             std::initializer_list<RoundPhase> phases);
// In an open round, after find_in_round accepted (CHECK).
InRound must_find(const Context& ctx, const proofs::Header& header);
void save_tally(Context& ctx, const InRound& in);
// Of a proof that admit() verified: the verification is what costs, and is not done twice.
proofs::VrfOutput output_of_admitted(const proofs::VrfProof& proof);

// ---- Kinds 10 to 12: of a node and the running epoch ----

// MALFORMED (another chain), NO_ROUND (another epoch).
base::Result<void, Dropped> judge_epoch(const Context& ctx, const proofs::Header& header);
// The key of the committee record of the running epoch, else the node's announced one (O-16);
// nothing for a node nobody registered.
std::optional<base::PublicKey> author_key(const Reader& state, const proofs::Header& header);
NoticeRecord notices_of(const Reader& state, const proofs::Header& header);

}  // namespace wald::ledger::tx
