// SPDX-License-Identifier: Apache-2.0
// A storage node and the committees it sits in (N-1 to N-10, H-5, H-6).
#pragma once

#include "economics/basis_points.h"
#include "ledger/state/record.h"

namespace wald::ledger {

// A key that counts from `from` on (N-4, O-4).
struct KeyFrom {
  base::PublicKey key;
  base::Epoch from;
};
WALD_RECORD(KeyFrom, key, from);

struct NodeVotes {
  Noted storage_price;
  Noted write_price;
  std::uint64_t capacity = 0;  // bytes, below 2^63
};
WALD_RECORD(NodeVotes, storage_price, write_price, capacity);

// A shard given up: declared lost (O-27) or chronically unavailable.
struct Loss {
  base::ShardIndex shard;
  base::Epoch epoch;      // of the declaration or of the close that marked it
  bool declared = false;  // false: chronic
  bool excused = false;   // the recovery fee was taken in full
};
WALD_RECORD(Loss, shard, epoch, declared, excused);

struct NodeRecord {
  std::string name;
  std::string address;   // host:port
  base::Bytes metadata;  // canonical bytes of NodeMetadata
  base::AccountId operator_account;
  base::AccountId commission_account;
  base::AccountId governance_account;
  base::PublicKey protocol_key;                  // the announced one (N-4)
  std::optional<base::PublicKey> consensus_key;  // likewise
  std::vector<KeyFrom> vrf_keys;                 // ascending `from`
  NodeVotes votes;
  base::Epoch registered;
  economics::Ppm standing;
  std::uint8_t low_closes = 0;  // successive closes under half
  std::vector<Loss> losses;     // ascending shard, of one shard the declared one first
  bool leaving = false;
  base::Epoch leave_from;                // while leaving: the first epoch chosen without it
  std::optional<base::Epoch> left;       // the epoch in which it became left (N-6)
  base::Epoch barred_until;              // no candidate in selections for epochs up to this one
  std::optional<base::Epoch> last_seat;  // the last epoch in whose committee it sits or sat
  Held deposit;
};
WALD_RECORD(NodeRecord, name, address, metadata, operator_account, commission_account,
            governance_account, protocol_key, consensus_key, vrf_keys, votes, registered, standing,
            low_closes, losses, leaving, leave_from, left, barred_until, last_seat, deposit);

// A node that a change of epoch still has to look at (N-6): the key says it all.
struct RollRecord {};
WALD_EMPTY_RECORD(RollRecord);

// A list of blobs that a node is not to keep (L-14).
struct DenyListed {
  base::Hash root;
  std::uint64_t size = 0;      // encoded bytes of its blobs
  std::uint64_t sequence = 0;  // rising, at least 1
};
WALD_RECORD(DenyListed, root, size, sequence);

// The next protocol version, as a node says it can run it (G-2).
struct VersionSignal {
  std::uint32_t version = 0;
  base::Hash binary_hash;
  base::Epoch epoch;  // in which it said so
};
WALD_RECORD(VersionSignal, version, binary_hash, epoch);

// What a node has said and missed beside its registration; ends when the node has left.
struct DutyRecord {
  std::optional<DenyListed> announced;  // a deny list that is not in force
  std::optional<DenyListed> deny_list;  // the one in force
  std::optional<VersionSignal> signal;
  std::uint64_t absent = 0;    // blocks of the window it was absent from (N-8)
  base::Height counted_from;   // absences of blocks below do not count
  bool consensus_off = false;  // no consensus power until ResumeConsensus
};
WALD_RECORD(DutyRecord, announced, deny_list, signal, absent, counted_from, consensus_off);

// Who was absent from one block of the window, ascending (N-8).
struct AbsenceRecord {
  std::vector<base::NodeId> nodes;
};
WALD_RECORD(AbsenceRecord, nodes);

// What a key of a node is for; 0 and 1 as in signing.h.
enum class KeyUse : std::uint8_t { kProtocol = 0, kConsensus = 1, kVrf = 2 };

// What a quarantined pool would have been stepped with (P-5).
struct MissedStep {
  base::Epoch into;
  Noted full;
  Noted reward;
  Noted fine;
  Noted bonus;
  std::vector<base::AccountId> holders;
};
WALD_RECORD(MissedStep, into, full, reward, fine, bonus, holders);

// A pool whose step failed (H-8): untouched since, and what is due to it waits here.
struct QuarantineRecord {
  std::string error;
  base::Epoch since;
  std::vector<MissedStep> missed;
  Held money;
  bool repairs = false;  // another version has come: the missed steps are taken
};
WALD_RECORD(QuarantineRecord, error, since, missed, money, repairs);

// A key belongs to one node for ever (N-1).
struct KeyRecord {
  base::NodeId node;
  KeyUse role = KeyUse::kProtocol;
  base::Epoch from;
};
WALD_RECORD(KeyRecord, node, role, from);

struct CommitteeMember {
  base::NodeId node;
  base::PublicKey protocol_key;
  base::PublicKey vrf_key;
  std::vector<base::ShardIndex> shards;  // ascending as sets; order of C-5 kept
};
WALD_RECORD(CommitteeMember, node, protocol_key, vrf_key, shards);

// Kept for ever; members by node id, their place is the member index (H-6, N-4).
struct CommitteeRecord {
  std::vector<CommitteeMember> members;
};
WALD_RECORD(CommitteeRecord, members);

// H-5: who attested; bit j of byte i is member 8i+j.
struct SyncRecord {
  base::Bytes attested;
  std::uint32_t weight = 0;
};
WALD_RECORD(SyncRecord, attested, weight);

// What an epoch's close gave a member (O-30, R-3), kept for ever.
struct ScoreRecord {
  std::uint32_t weight = 0;
  economics::Ppm store;
  economics::Ppm duty;
  economics::Ppm s;
  economics::Ppm q;
  std::uint64_t denied = 0;  // d, bytes
  Noted full;
  Noted reward;
  Noted fine;
  Noted commission;
  std::uint64_t due = 0;                     // points due in the non-void rounds
  std::uint64_t unavailable = 0;             // of them unavailable
  std::vector<base::ShardIndex> bad_shards;  // over 10^4 PPM unavailable
};
WALD_RECORD(ScoreRecord, weight, store, duty, s, q, denied, full, reward, fine, commission, due,
            unavailable, bad_shards);

}  // namespace wald::ledger
