// SPDX-License-Identifier: Apache-2.0
// What makes a round unpredictable and everybody agree on it: the stream of words and uniform
// draws, the time a round starts, deadlines in time and blocks, and the seeds made from VRF
// outputs. Times are block times in milliseconds; integers in hashed bytes are little-endian
// . Pure; plain values, any thread. Rules O-2, O-5, O-6, O-8, O-14 (assignment key), O-15
// (second seed).
#pragma once

#include <optional>
#include <vector>

#include "codec/base/hash.h"
#include "codec/base/result.h"
#include "proofs/vrf.h"

namespace wald::proofs {

// id_r: names one round of one chain; 38 bytes when hashed.
struct RoundId {
  base::ChainId chain;
  base::Epoch epoch;
  base::Round round;

  base::Bytes bytes() const;
  friend bool operator==(const RoundId&, const RoundId&) = default;
};

// The one source of draws in the protocol (O-2): an endless stream of u64 words from tag, key and
// context, and unbiased draws from it.
class Words {
 public:
  // tag: 1 to 16 ASCII bytes; key: a seed, or empty.
  Words(std::string_view tag, base::ByteView key, const RoundId& id, base::ByteView context);

  std::uint64_t next();
  // Uniform in [0, m), m >= 1 (CHECK). m = 1 takes a word as well.
  std::uint64_t uniform(std::uint64_t m);
  std::uint64_t used() const { return used_; }

 private:
  std::string_view tag_;  // a literal at every call
  base::Bytes key_;
  base::Bytes data_;
  std::uint64_t used_ = 0;
  std::array<std::uint8_t, 64> block_{};
};

// prev of a chain whose rounds have made no seed yet.
base::Hash first_prev(const base::ChainId& chain);

// alpha of the reveals (over prev), alpha2 of the rows (over S).
base::Hash reveal_alpha(const base::Hash& prev, const RoundId& id);
base::Hash row_alpha(const base::Hash& seed, const RoundId& id);

struct NodeOutput {
  base::NodeId node;
  VrfOutput output;
};
// S and S2. Outputs come in any order, one per node (CHECK), at most 65,535 (CHECK).
base::Hash round_seed(const base::Hash& prev, const RoundId& id, std::vector<NodeOutput> reveals);
base::Hash second_seed(const base::Hash& seed, const RoundId& id, std::vector<NodeOutput> rows);
// S_A: fixed by the state root after the last block of COMMIT.
base::Hash assignment_key(const base::Hash& seed, const base::Hash& state_root);

// A block as deadlines see it.
struct BlockTime {
  base::Height height;
  base::TimeMs time;
};
// due(from; D, N): both the time and the blocks have passed (O-5). Saturates at the end of the
// range.
bool due(const BlockTime& from, std::uint64_t delay_ms, std::uint64_t blocks, const BlockTime& now);

// Durations in ms, block minima in blocks, tick = what one block counts, in ms (O-6).
struct RoundTimes {
  std::uint64_t void_max = 0, commit_max = 0, verify = 0, inspect = 0, slack = 0;
  std::uint64_t void_blocks = 0, commit_blocks = 0, verify_blocks = 0, inspect_blocks = 0;
  std::uint64_t tick = 0;
};
// Saturates at 2^64 - 1.
std::uint64_t round_need(const RoundTimes& times);

struct EpochSpan {
  base::TimeMs begin;  // T_e
  base::TimeMs end;    // T_(e+1)
  std::uint64_t handover = 0;
  std::uint16_t rounds = 0;  // R >= 1 (CHECK)
};
std::uint64_t round_slot(const EpochSpan& span);
enum class StartRefusal { kNeedExceedsSlot };
// Drawn when the previous round has ended; id is that of the round to come, id.round < R (CHECK).
base::Result<base::TimeMs, StartRefusal> round_start(const RoundId& id, const base::Hash& prev,
                                                     const EpochSpan& span,
                                                     const RoundTimes& times);

}  // namespace wald::proofs
