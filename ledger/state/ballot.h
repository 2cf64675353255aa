// SPDX-License-Identifier: Apache-2.0
// Ballots (G-1 to G-5): what was proposed, who could vote with how much, who did, and what still
// waits for its time. Everything but the queue is kept for ever. Weights are shards in millionths:
// a shard is 10^6, so that parts of a shard can vote.
#pragma once

#include "economics/shares.h"
#include "ledger/state/node.h"
#include "ledger/state/record.h"

namespace wald::ledger {

// Numbers as in ballot.proto.
enum class BallotKind : std::uint8_t {
  kText = 1,
  kParameter = 2,
  kSlash = 3,
  kTreasury = 4,
  kUpgrade = 5,
  kDenyList = 6,
};
enum class BallotState : std::uint8_t {
  kOpen = 1,
  kPassed = 2,
  kFailed = 3,
  kNoQuorum = 4,
  kExecuted = 5,
  kUndone = 6,
  kExpired = 7,
};

struct ParamValue {
  std::string name;
  std::uint64_t value = 0;
};
WALD_RECORD(ParamValue, name, value);

struct PaymentTerms {
  base::TimeMs start;
  base::TimeMs cliff;
  base::TimeMs end;
  std::uint32_t steps = 0;
};
WALD_RECORD(PaymentTerms, start, cliff, end, steps);

struct Payment {
  std::string fund;
  base::AccountId payee;
  Noted amount;
  std::optional<PaymentTerms> terms;  // nothing: free at once
};
WALD_RECORD(Payment, fund, payee, amount, terms);

struct UpgradePlan {
  std::uint32_t version = 0;
  std::vector<base::Hash> binaries;  // programs that know it
  base::Epoch activation;            // not of an urgent one
  bool urgent = false;
};
WALD_RECORD(UpgradePlan, version, binaries, activation, urgent);

struct ListPlan {
  base::NodeId node;
  DenyListed list;
};
WALD_RECORD(ListPlan, node, list);

// Of the subjects one, by the kind; a text has none.
struct BallotSubject {
  BallotKind kind = BallotKind::kText;
  std::vector<ParamValue> values;       // ascending by name
  std::optional<base::NodeId> accused;  // whose shards do not vote
  std::optional<Payment> payment;
  std::optional<UpgradePlan> upgrade;
  std::optional<ListPlan> deny_list;
};
WALD_RECORD(BallotSubject, kind, values, accused, payment, upgrade, deny_list);

struct BallotTally {
  std::uint64_t yes = 0;
  std::uint64_t no = 0;
};
WALD_RECORD(BallotTally, yes, no);

struct ProposalRecord {
  base::AccountId account;
  BallotSubject subject;
  base::Hash text_hash;  // of the text, or as given instead of it
  base::Height opened;   // the snapshot shows the state after the block before
  base::TimeMs opened_at;
  base::Epoch epoch;                   // running then
  base::Epoch shown;                   // running in the snapshot
  base::Epoch deadline;                // votes count before it
  std::optional<base::TimeMs> closes;  // of an urgent upgrade instead: before this time
  std::uint32_t shards = 0;            // that can vote: n, less those of an accused
  BallotTally tally;
  BallotState state = BallotState::kOpen;
  base::TimeMs closed;       // once it is
  base::TimeMs due;          // of one that passed: not done before
  base::TimeMs expires;      // of one that somebody must execute: not from here on
  std::uint8_t put_off = 0;  // epochs by which an upgrade waited for signals
  Held deposit;              // while it is open
};
WALD_RECORD(ProposalRecord, account, subject, text_hash, opened, opened_at, epoch, shown, deadline,
            closes, shards, tally, state, closed, due, expires, put_off, deposit);

// A member's weight in one ballot.
struct SnapshotRecord {
  std::uint16_t shards = 0;
  economics::Shares total;  // of its pool, at this scale
  economics::Scale scale;
  Noted active;                        // what those shares were worth
  std::optional<base::ObjectId> bond;  // minted then
  economics::Shares bond_shares;
  std::uint64_t parts = 0;  // weight that stakes vote themselves
};
WALD_RECORD(SnapshotRecord, shards, total, scale, active, bond, bond_shares, parts);

// By the id of a node or of a stake.
struct VoteRecord {
  bool stake = false;
  base::NodeId node;  // the member, or that of the stake
  bool yes = false;
  std::uint64_t weight = 0;  // of a node it falls as its stakes vote
  economics::Shares shares;  // of a stake, at the scale of the snapshot
  std::optional<base::Hash> reason;
  base::Height height;
};
WALD_RECORD(VoteRecord, stake, node, yes, weight, shares, reason, height);

// What waits, by stage, then by when: an epoch, or a time in ms.
enum class BallotStage : std::uint8_t {
  kOpen = 0,     // until the epoch of its deadline
  kCalled = 1,   // for somebody to execute it, until it expires
  kChange = 2,   // for the first change of epoch at or past its time
  kUrgent = 3,   // open until a time, or a quorum
  kVersion = 4,  // an upgrade, for the change into an epoch
  kSoon = 5,     // an urgent one, for a time
};
struct QueuedBallot {
  base::AccountId account;
  bool extra = false;  // not counted among the 4 and the 32 (G-1)
};
WALD_RECORD(QueuedBallot, account, extra);

struct BallotText {
  std::string title;
  std::string text;
  std::string url;  // where it is found, if only its hash was given
};
WALD_RECORD(BallotText, title, text, url);

struct BallotCount {
  std::uint32_t last = 0;                     // number of the newest ballot; the first is 1
  std::optional<std::uint32_t> next_version;  // in force from the next block on
};
WALD_RECORD(BallotCount, last, next_version);

}  // namespace wald::ledger
