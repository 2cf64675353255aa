// SPDX-License-Identifier: Apache-2.0
// Challenge rounds (proofs.md): one record per round with its snapshot, seeds and phase heights,
// and one tally per round and member.
#pragma once

#include "ledger/state/record.h"

namespace wald::ledger {

enum class RoundPhase : std::uint8_t { kFreeze, kCommit, kVerify, kInspect, kSettled, kVoid };

struct PhaseMark {
  base::Height height;
  base::TimeMs time;
};
WALD_RECORD(PhaseMark, height, time);

// A drawn blob as the exam needs it (O-12, O-13).
struct DrawnBlob {
  std::uint64_t leaf = 0;
  base::BlobId blob_id;
  std::uint64_t length = 0;  // of the file
};
WALD_RECORD(DrawnBlob, leaf, blob_id, length);

struct RoundRecord {
  RoundPhase phase = RoundPhase::kFreeze;
  std::uint8_t void_cause = 0;           // spec::VoidCause
  base::Hash prev;                       // O-6
  base::Hash seed;                       // S, zero before COMMIT
  base::Hash assign_key;                 // S_A, zero before VERIFY
  base::Hash seed2;                      // S2, zero before INSPECT
  std::optional<PhaseMark> opened;       // hS
  std::optional<PhaseMark> reveals_met;  // hQ
  std::optional<PhaseMark> commit;       // hC
  std::optional<PhaseMark> commits_met;  // hK
  std::optional<PhaseMark> verify;       // hG
  std::optional<PhaseMark> inspect;      // hV
  std::optional<PhaseMark> settled;      // hZ
  base::Hash index_root;                 // snapshot of the proof index (O-7, O-11)
  std::uint8_t index_depth = 0;
  std::uint64_t index_units = 0;
  std::uint64_t index_count = 0;
  std::uint64_t stored = 0;
  std::vector<base::ShardIndex> lost;  // declared lost at hS, ascending
  std::vector<DrawnBlob> blobs;        // B of them, in the order drawn
  std::vector<std::uint32_t> excused;  // places in `blobs` whose blob ended in hS..hZ, ascending
};
WALD_RECORD(RoundRecord, phase, void_cause, prev, seed, assign_key, seed2, opened, reveals_met,
            commit, commits_met, verify, inspect, settled, index_root, index_depth, index_units,
            index_count, stored, lost, blobs, excused);

// What one member did in one round (O-19 to O-22, O-29).
struct TallyRecord {
  bool revealed = false;  // in hS..hC-1
  base::Bytes beta;       // VRF output, 64 bytes once revealed
  bool committed = false;
  bool late = false;
  base::Hash root;
  std::vector<std::uint16_t> unavailable;
  std::vector<std::uint16_t> denied;
  bool row_in_time = false;  // a row before hV
  base::Bytes beta2;         // of its first row before hV
  base::Bytes verified;      // bitmap over members, all rows OR-ed
  base::Bytes missing;
  std::uint8_t rows = 0;  // quota used
  std::uint8_t selves = 0;
  std::uint64_t self_bytes = 0;
  std::vector<std::uint16_t> proven;  // leaves opened good on the ledger, ascending
  std::uint8_t outcome = 0;           // spec::Outcome, from hZ on
  std::uint32_t due = 0;
  std::uint32_t ok = 0;
  std::uint32_t credits = 0;    // of an on-time round; late ones are settled at F(e)
  std::uint32_t confirmed = 0;  // weight
};
WALD_RECORD(TallyRecord, revealed, beta, committed, late, root, unavailable, denied, row_in_time,
            beta2, verified, missing, rows, selves, self_bytes, proven, outcome, due, ok, credits,
            confirmed);

}  // namespace wald::ledger
