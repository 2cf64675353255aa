// SPDX-License-Identifier: Apache-2.0
// The messages of a challenge round, kinds 1 to 14: bytes, exact parsing, what is signed, and the
// key under which each counts once. A statement is header 104 | body | signature 64 where it is
// signed.
//
//   header = kind u8 | version u8 = 1 | chain 32 | epoch u32 | round u16 | seed 32 | author 32
//
// seed is prev in kind 1, S in 2 to 9; in 10 to 14 it is zeros and the round FFFF. Author of 8 and
// 9: zeros. At most 64 KiB, kinds 6 to 9 72 KiB. Parsing looks at bytes alone, plus the number of
// members where a body depends on it (kind 4), and refuses everything that encode would not have
// written. Whether the header fits the state is the ledger's matter. Pure values. Rules O-16, O-19
// (key).
#pragma once

#include <array>
#include <optional>
#include <variant>
#include <vector>

#include "codec/base/hash.h"
#include "codec/base/result.h"
#include "proofs/opening.h"
#include "proofs/signature.h"
#include "proofs/vrf.h"

namespace wald::proofs {

enum class Kind : std::uint8_t {
  kBeaconReveal = 1,
  kResponseCommit = 2,
  kReceipt = 3,
  kRowReport = 4,
  kReceiptBundle = 5,
  kSpotOpen = 6,
  kSelfProof = 7,
  kFraudProof = 8,
  kEquivocation = 9,
  kDeclareLost = 10,
  kDeclareRestored = 11,
  kVrfKey = 12,
  kAttestSync = 13,
  kSignalVersion = 14,
};
inline constexpr std::size_t kHeaderSize = 104;
inline constexpr std::uint16_t kNoRound = 0xFFFF;  // round of kinds 10 to 14
std::size_t statement_cap(Kind kind);              // bytes
bool is_signed(Kind kind);                         // ends with a signature over header and body

struct Header {
  Kind kind = Kind::kBeaconReveal;
  base::ChainId chain;
  base::Epoch epoch;
  base::Round round;
  base::Hash seed;
  base::NodeId author;
  friend bool operator==(const Header&, const Header&) = default;
};

struct BeaconReveal {
  VrfProof pi{};
};
struct ResponseCommit {
  base::Hash root;
  std::uint16_t points = 0;                // c
  std::vector<std::uint16_t> unavailable;  // both ascending, below points, without a common leaf
  std::vector<std::uint16_t> denied;
};
struct Receipt {  // verdict VERIFIED, the only one there is
  base::NodeId prover;
  base::Hash root;
};
struct Demand {
  std::uint16_t member = 0;
  std::vector<std::uint16_t> leaves;  // ascending, at most 8
};
struct RowReport {
  std::uint16_t seq = 0;
  VrfProof pi2{};
  std::vector<bool> verified, missing, leaky;  // one entry per member, all of one length
  base::Hash rows_digest;
  std::vector<Demand> demands;  // ascending by member, at most 256 leaves in all
};
struct MemberSignature {
  std::uint16_t member = 0;
  Signature signature{};
};
struct ReceiptBundle {
  base::Hash root;
  std::vector<MemberSignature> receipts;  // ascending by member
};
struct OpeningList {  // SpotOpen and SelfProof
  std::uint16_t prover = 0;
  std::vector<LedgerOpening> openings;  // at most 255
};
struct FraudProof {
  std::uint16_t prover = 0;
  base::Hash root;
  LedgerOpening opening;
};
struct Equivocation {  // two whole statements, both of kind 2 or both of kind 3
  base::Bytes first, second;
};
struct ShardNotice {  // DeclareLost and DeclareRestored
  base::ShardIndex shard;
  std::uint8_t reason = 0;
};
struct VrfKey {
  base::PublicKey key;
  VrfProof pi{};
};
struct AttestSync {};
struct SignalVersion {
  std::uint32_t version = 0;
  base::Hash binary_hash;
};
using Body =
    std::variant<BeaconReveal, ResponseCommit, Receipt, RowReport, ReceiptBundle, OpeningList,
                 FraudProof, Equivocation, ShardNotice, VrfKey, AttestSync, SignalVersion>;

struct Statement {
  Header header;
  Body body;
  Signature signature{};  // zeros where the kind carries none
};

enum class StatementError { kTooLong, kTruncated, kTrailing, kVersion, kKind, kHeaderForm, kBody };

// Header with version and the form its kind demands, and the size cap: all that bytes alone say
// about a RowReport.
base::Result<Header, StatementError> parse_header(base::ByteView bytes);
// members: number of members in the snapshot of the round; used by kind 4 (length of the bitmaps,
// bits and members beyond it) and kind 5 (members beyond it), by no other.
base::Result<Statement, StatementError> parse_statement(base::ByteView bytes,
                                                        std::uint16_t members);

// Header and body, without signature. The body is of the header's kind (CHECK).
base::Bytes encode_unsigned(const Header& header, const Body& body);
base::Bytes encode_statement(const Statement& statement);

// What the author's protocol key signs: domain | header | body.
base::Bytes statement_preimage(base::ByteView unsigned_statement);
// Whole bytes of a signed kind: is the last field the author's signature?
bool verify_statement(base::ByteView statement, const base::PublicKey& author_key);
// The key under which a statement counts once: a hash of all its bytes.
base::Hash statement_key(base::ByteView statement);

// Preimage of a receipt that a bundle shows by signature alone.
base::Bytes receipt_preimage(const Header& receipt_header, const Receipt& receipt);

// Digest over the verified members of a row with the root each bit stands for, ascending (CHECK).
struct VerifiedRoot {
  std::uint16_t member = 0;
  base::Hash root;
};
base::Hash rows_digest(const std::vector<VerifiedRoot>& rows);

}  // namespace wald::proofs
