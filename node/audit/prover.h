// SPDX-License-Identifier: Apache-2.0
// The prover (O-35): a member's answers from what lies in its store. Each whole sliver that some
// point asks for is read once, in the order of the folders, expanded, and its root compared with
// the verified metadata; only then do its symbols become OK leaves. A sliver that is missing,
// unreadable or of another root makes its points UNAVAILABLE; a wrong one is removed so that it is
// fetched again. Points on shards declared lost are LOST. Nothing is answered from a cache of
// hashes. Equal data give equal roots.
//
// Memory: one expanded sliver (n symbols) and the answers, which also lie on disk until the round
// is over: a restart serves the same openings though the data may have changed since.
// Thread rule: free functions; the store is shared.
#pragma once

#include <functional>
#include <optional>

#include "codec/codec.h"
#include "ledger/challenges.h"
#include "node/storage/sliver_store.h"
#include "proofs/prove/answer.h"

namespace wald::audit {

struct Proved {
  prove::Answers answers;
  std::uint64_t slivers = 0;  // read and used
  std::uint64_t damaged = 0;  // missing, unreadable or of another root
};
// Nothing if `keep_going`, asked before each sliver, said no. From COMMIT on (CHECK).
std::optional<Proved> prove_round(const ledger::rounds::RoundView& view,
                                  const ledger::DrawRecord& draw, std::uint16_t place,
                                  const codec::Codec& codec, storage::SliverStore& store,
                                  const std::function<bool()>& keep_going);

// The answers of a round as one file: leaves in order, each after its length u32.
os::IoResult<void> save_answers(const std::string& path, const prove::Answers& answers);
// Nothing if there is no such file, or it is not the answers to this many points.
std::optional<prove::Answers> load_answers(const std::string& path, std::uint16_t points);

}  // namespace wald::audit
