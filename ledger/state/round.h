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

// What was asked: B blobs in the order drawn, kept apart from the round since it is long.
struct DrawRecord {
  std::vector<DrawnBlob> blobs;
  std::vector<std::uint16_t> excused;  // places in `blobs` whose blob ended in hS..hZ, ascending
};
WALD_RECORD(DrawRecord, blobs, excused);

// A shard declared lost at hS, and whether its fee was taken in full (O-27).
struct LostShard {
  base::ShardIndex shard;
  bool excused = false;
};
WALD_RECORD(LostShard, shard, excused);

// A member's deny list in force at hS (L-14, O-7).
struct ListedMember {
  base::NodeId node;
  base::Hash root;
  std::uint64_t size = 0;  // encoded bytes
};
WALD_RECORD(ListedMember, node, root, size);

struct RoundRecord {
  RoundPhase phase = RoundPhase::kFreeze;
  std::uint8_t void_cause = 0;           // spec::VoidCause
  std::uint16_t of = 0;                  // R: rounds of this epoch
  std::uint16_t points = 0;              // c
  std::uint16_t blobs = 0;               // B
  std::uint16_t verifiers = 0;           // v
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
  std::optional<PhaseMark> voided;
  std::uint32_t revealed = 0;   // weight
  std::uint32_t committed = 0;  // weight, on time
  base::Hash index_root;        // snapshot of the proof index (O-7, O-11)
  std::uint8_t index_depth = 0;
  std::uint64_t index_units = 0;
  std::uint64_t index_count = 0;
  std::uint64_t stored = 0;
  std::vector<LostShard> lost;       // ascending
  std::vector<ListedMember> denied;  // those with a list, ascending
};
WALD_RECORD(RoundRecord, phase, void_cause, of, points, blobs, verifiers, prev, seed, assign_key,
            seed2, opened, reveals_met, commit, commits_met, verify, inspect, settled, voided,
            revealed, committed, index_root, index_depth, index_units, index_count, stored, lost,
            denied);

// What one member did in one round (O-19 to O-22, O-29).
struct TallyRecord {
  bool revealed = false;  // in hS..hC-1
  base::Bytes beta;       // VRF output, 64 bytes once revealed
  bool committed = false;
  bool late = false;
  base::Hash commit_key;  // the statement as it counts once
  base::Hash root;
  std::vector<std::uint16_t> unavailable;
  std::vector<std::uint16_t> denied;  // but for leaves that are LOST
  bool row_in_time = false;           // a row before hV
  base::Bytes beta2;                  // of its first row before hV
  base::Bytes verified;               // bitmap over members, all rows merged; empty without a row
  base::Bytes missing;                // the same
  std::vector<base::Hash> row_keys;   // statements included, at most 4
  std::uint64_t self_bytes = 0;       // quota used by SelfProof
  std::vector<std::uint16_t> proven;  // leaves opened good on the ledger, ascending
  std::optional<base::TxId> reveal_tx;
  std::optional<base::TxId> commit_tx;
  std::optional<base::TxId> row_tx;  // the last one
  // From hZ on:
  std::uint8_t outcome = 0;       // spec::Outcome
  std::uint32_t due = 0;          // points
  std::uint32_t ok = 0;           // of them shown
  std::uint32_t claimed = 0;      // claimed OK, shown or not
  std::uint32_t claimed_due = 0;  // due, had its claims been vouched for
  std::uint32_t excused = 0;      // points on blobs that ended
  std::uint32_t lost = 0;         // of the due ones, on shards declared lost
  std::uint32_t credits = 0;      // of a late round only from F(e) on
  std::uint32_t confirmed = 0;    // weight
};
WALD_RECORD(TallyRecord, revealed, beta, committed, late, commit_key, root, unavailable, denied,
            row_in_time, beta2, verified, missing, row_keys, self_bytes, proven, reveal_tx,
            commit_tx, row_tx, outcome, due, ok, claimed, claimed_due, excused, lost, credits,
            confirmed);

// Statements of kinds 10 to 12 and 14 that a node used in one epoch (O-28), by statement key; gone
// at its close.
struct NoticeRecord {
  std::optional<base::Hash> vrf_key;
  std::map<base::ShardIndex, base::Hash> lost;
  std::map<base::ShardIndex, base::Hash> restored;
  std::optional<base::Hash> version;
};
WALD_RECORD(NoticeRecord, vrf_key, lost, restored, version);

// What an epoch's pot was divided by: with the scores of the members all that their
// rewards follow from. Kept for ever.
struct CloseRecord {
  Noted pot;
  Noted held;
  std::uint64_t used = 0;  // U, bytes
  std::uint16_t void_rounds = 0;
  std::uint16_t rounds = 0;
};
WALD_RECORD(CloseRecord, pot, held, used, void_rounds, rounds);

}  // namespace wald::ledger
