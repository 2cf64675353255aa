// SPDX-License-Identifier: Apache-2.0
// Records of the chain as a whole: where it stands, parameters, supply, funds (ledger.md 12).
#pragma once

#include <array>
#include <string>

#include "ledger/state/record.h"

namespace wald::ledger {

// The timetable of the running epoch (H-1). Times in ms; the block that is first at or past one
// acts.
struct EpochClock {
  base::Epoch epoch;
  base::TimeMs start;             // T_e
  std::uint64_t length = 0;       // D_e
  std::uint64_t next_length = 0;  // D of the epoch after, fixed at its selection
  base::Height first_height;      // of this epoch
  bool synced = false;            // a quorum attested (H-5)
  bool sync_closed = false;       // the deadline phase has run
  bool selected = false;          // the committee of the next epoch is chosen
  base::TimeMs end() const { return base::TimeMs(start.value() + length); }
};
WALD_RECORD(EpochClock, epoch, start, length, next_length, first_height, synced, sync_closed,
            selected);

// Where the challenge rounds of this epoch stand (O-6); `next` counts those opened or void so far.
struct RoundClock {
  base::Round next;
  bool open = false;                  // round next-1 is neither settled nor void
  bool frozen = false;                // the proof index stands still until the draw (O-7)
  std::optional<base::TimeMs> start;  // of round `next`, once drawn
};
WALD_RECORD(RoundClock, next, open, frozen, start);

struct ChainRecord {
  std::uint32_t version = 1;  // protocol version
  std::uint8_t engine = 0;    // 0 solo, 1 cometbft
  base::TimeMs time;
  base::Height height;
  EpochClock clock;
  RoundClock rounds;
  base::Hash prev_seed;         // O-6
  base::Hash event_head;        // hash chain over all events
  std::uint64_t event_seq = 0;  // number of the last event; the first is 1
  base::Epoch swept;            // expired objects of epochs below are gone (L-9)
};
WALD_RECORD(ChainRecord, version, engine, time, height, clock, rounds, prev_seed, event_head,
            event_seq, swept);

// One parameter: the value in force and, once voted, the one to come (economics.md 8, ledger.md 9).
struct ParamRecord {
  std::uint64_t value = 0;
  std::optional<std::uint64_t> pending;
  base::Epoch pending_epoch;
};
WALD_RECORD(ParamRecord, value, pending, pending_epoch);

struct SupplyRecord {
  Noted minted;
  std::vector<Noted> burned;  // by BurnCause
};
WALD_RECORD(SupplyRecord, minted, burned);

// What was taken for a shard declared lost, until it is restored or moved (X-9, O-27).
struct Earmark {
  base::NodeId node;
  base::ShardIndex shard;
  base::Epoch epoch;  // of the declaration
  bool in_full = false;
  Held amount;
};
WALD_RECORD(Earmark, node, shard, epoch, in_full, amount);

// A fund by name: subsidy, repair, bonus, treasury, rewards (T-4). Earmarks lie in the repair fund.
struct FundRecord {
  Held amount;
  std::vector<Earmark> earmarks;
};
WALD_RECORD(FundRecord, amount, earmarks);

}  // namespace wald::ledger
