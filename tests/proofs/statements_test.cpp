// SPDX-License-Identifier: Apache-2.0
#include "proofs/statements.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

constexpr std::uint16_t kMembers = 12;

Header header(Kind kind) {
  Header out{kind,           filled<base::ChainId>(1), base::Epoch(7),
             base::Round(3), filled<base::Hash>(2),    filled<base::NodeId>(3)};
  if (static_cast<unsigned>(kind) >= 10) {
    out.round = base::Round(kNoRound);
    out.seed = {};
  }
  if (kind == Kind::kFraudProof || kind == Kind::kEquivocation) out.author = {};
  return out;
}

LedgerOpening opening(LeafStatus status) {
  LedgerOpening out;
  Leaf leaf;
  leaf.t = 5;
  leaf.status = status;
  if (status == LeafStatus::kOk) {
    leaf.symbol = unhex("a1b2");
    leaf.path = {filled<base::Hash>(4), filled<base::Hash>(5)};
  }
  out.opening.leaf = encode_leaf(leaf);
  out.opening.path = {filled<base::Hash>(6)};
  if (status == LeafStatus::kDenied) out.opening.membership = unhex("0102030405");
  out.pair_entry.fill(7);
  out.pair_path = {filled<base::Hash>(8), filled<base::Hash>(9)};
  return out;
}

base::Bytes commit_bytes(std::uint8_t root) {
  return signer(1).statement(header(Kind::kResponseCommit),
                             ResponseCommit{filled<base::Hash>(root), 64, {1, 9}, {4, 63}});
}

Body body(Kind kind) {
  std::vector<bool> some(kMembers), none(kMembers);
  some[0] = some[11] = true;
  switch (kind) {
    case Kind::kBeaconReveal:
      return BeaconReveal{filled_array<VrfProof>(1)};
    case Kind::kResponseCommit:
      return ResponseCommit{filled<base::Hash>(1), 64, {1, 9}, {4, 63}};
    case Kind::kReceipt:
      return Receipt{filled<base::NodeId>(1), filled<base::Hash>(2)};
    case Kind::kRowReport:
      return RowReport{1,
                       filled_array<VrfProof>(1),
                       some,
                       none,
                       some,
                       filled<base::Hash>(3),
                       {{2, {1, 2, 900}}, {7, {5}}}};
    case Kind::kReceiptBundle:
      return ReceiptBundle{filled<base::Hash>(1),
                           {{0, filled_array<Signature>(1)}, {11, filled_array<Signature>(2)}}};
    case Kind::kSpotOpen:
      return OpeningList{3, {opening(LeafStatus::kOk)}};
    case Kind::kSelfProof:
      return OpeningList{4, {opening(LeafStatus::kDenied), opening(LeafStatus::kLost)}};
    case Kind::kFraudProof:
      return FraudProof{5, filled<base::Hash>(1), opening(LeafStatus::kUnavailable)};
    case Kind::kEquivocation:
      return Equivocation{commit_bytes(1), commit_bytes(2)};
    case Kind::kDeclareLost:
    case Kind::kDeclareRestored:
      return ShardNotice{base::ShardIndex(9), 2};
    case Kind::kVrfKey:
      return VrfKey{filled<base::PublicKey>(1), filled_array<VrfProof>(2)};
    case Kind::kAttestSync:
      return AttestSync{};
    case Kind::kSignalVersion:
      return SignalVersion{2, filled<base::Hash>(1)};
  }
  return AttestSync{};
}

base::Bytes bytes_of(Kind kind) { return signer(1).statement(header(kind), body(kind)); }

std::vector<Kind> all_kinds() {
  std::vector<Kind> out;
  for (std::uint8_t kind = 1; kind <= 14; ++kind) out.push_back(static_cast<Kind>(kind));
  return out;
}

StatementError error_of(const base::Bytes& bytes, std::uint16_t members = kMembers) {
  const auto parsed = parse_statement(bytes, members);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error();
}

// The unsigned bytes of a body, closed by an arbitrary signature.
base::Bytes closed(Kind kind, const Body& content) {
  return encode_statement({header(kind), content, filled_array<Signature>(9)});
}

}  // namespace

TEST_CASE("statement: every kind survives parsing and encoding unchanged", "[proofs][rule:O-16]") {
  for (const Kind kind : all_kinds()) {
    INFO("kind " << static_cast<int>(kind));
    const base::Bytes bytes = bytes_of(kind);
    const auto parsed = parse_statement(bytes, kMembers);
    REQUIRE(parsed.ok());
    REQUIRE(parsed->header == header(kind));
    REQUIRE(encode_statement(*parsed) == bytes);
    REQUIRE(parse_header(bytes).ok());
    REQUIRE(verify_statement(bytes, signer(1).public_key()) == is_signed(kind));
  }
}

TEST_CASE("statement: every truncation and every longer form is refused", "[proofs][rule:O-16]") {
  for (const Kind kind : all_kinds()) {
    INFO("kind " << static_cast<int>(kind));
    const base::Bytes bytes = bytes_of(kind);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const base::Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
      REQUIRE_FALSE(parse_statement(part, kMembers).ok());
    }
    base::Bytes longer = bytes;
    longer.push_back(0);
    REQUIRE_FALSE(parse_statement(longer, kMembers).ok());
  }
}

TEST_CASE("statement: any flipped bit is refused, breaks the signature or is another statement",
          "[proofs][rule:O-16][rule:O-19]") {
  const base::PublicKey key = signer(1).public_key();
  for (const Kind kind : all_kinds()) {
    INFO("kind " << static_cast<int>(kind));
    const base::Bytes bytes = bytes_of(kind);
    const base::Hash own_key = statement_key(bytes);
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 5) {
      base::Bytes changed = bytes;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
      const auto parsed = parse_statement(changed, kMembers);
      if (!parsed) continue;
      REQUIRE(encode_statement(*parsed) == changed);
      REQUIRE(statement_key(changed) != own_key);
      if (is_signed(parsed->header.kind)) REQUIRE_FALSE(verify_statement(changed, key));
    }
  }
}

TEST_CASE("statement: a header of another form is refused by its own error",
          "[proofs][rule:O-16]") {
  base::Bytes bytes = bytes_of(Kind::kAttestSync);
  bytes[1] = 2;
  REQUIRE(error_of(bytes) == StatementError::kVersion);
  bytes = bytes_of(Kind::kAttestSync);
  for (const int kind : {0, 15, 255}) {
    bytes[0] = static_cast<std::uint8_t>(kind);
    REQUIRE(error_of(bytes) == StatementError::kKind);
  }
  Header wrong = header(Kind::kDeclareLost);
  wrong.round = base::Round(0);
  REQUIRE(error_of(signer(1).statement(wrong, body(Kind::kDeclareLost))) ==
          StatementError::kHeaderForm);
  wrong = header(Kind::kDeclareLost);
  wrong.seed = filled<base::Hash>(1);
  REQUIRE(error_of(signer(1).statement(wrong, body(Kind::kDeclareLost))) ==
          StatementError::kHeaderForm);
  for (const Kind kind : {Kind::kFraudProof, Kind::kEquivocation}) {
    wrong = header(kind);
    wrong.author = filled<base::NodeId>(1);
    REQUIRE(error_of(signer(1).statement(wrong, body(kind))) == StatementError::kHeaderForm);
  }
  REQUIRE(error_of({}) == StatementError::kTruncated);
}

TEST_CASE("statement: caps are 64 KiB, and 72 KiB for kinds 6 to 9", "[proofs][rule:O-16]") {
  for (const Kind kind : all_kinds()) {
    const auto k = static_cast<unsigned>(kind);
    REQUIRE(statement_cap(kind) == (k >= 6 && k <= 9 ? 73'728u : 65'536u));
    base::Bytes bytes = bytes_of(kind);
    bytes.resize(statement_cap(kind));
    REQUIRE(parse_header(bytes).ok());
    bytes.push_back(0);
    REQUIRE(parse_header(bytes).error() == StatementError::kTooLong);
    REQUIRE(error_of(bytes) == StatementError::kTooLong);
  }
}

TEST_CASE("commit: lists ascend below the number of points and share no leaf",
          "[proofs][rule:O-16]") {
  const auto refused = [](std::vector<std::uint16_t> unavailable,
                          std::vector<std::uint16_t> denied) {
    const auto bytes = closed(
        Kind::kResponseCommit,
        ResponseCommit{filled<base::Hash>(1), 64, std::move(unavailable), std::move(denied)});
    return !parse_statement(bytes, 0).ok();
  };
  REQUIRE_FALSE(refused({}, {}));
  REQUIRE_FALSE(refused({0, 63}, {1}));
  REQUIRE(refused({64}, {}));
  REQUIRE(refused({}, {64}));
  REQUIRE(refused({2, 1}, {}));
  REQUIRE(refused({}, {3, 3}));
  REQUIRE(refused({1, 5, 9}, {2, 9}));
}

TEST_CASE("receipt: says verified and nothing else", "[proofs][rule:O-16]") {
  base::Bytes bytes = bytes_of(Kind::kReceipt);
  bytes[kHeaderSize + 64] = 0;
  REQUIRE(error_of(bytes) == StatementError::kBody);
  bytes[kHeaderSize + 64] = 2;
  REQUIRE(error_of(bytes) == StatementError::kBody);
  const auto receipt = std::get<Receipt>(body(Kind::kReceipt));
  const base::Bytes whole = bytes_of(Kind::kReceipt);
  const base::Bytes preimage = receipt_preimage(header(Kind::kReceipt), receipt);
  REQUIRE(base::to_hex(base::ByteView(preimage).first(16)) == "77616c642d70726f6f66732d76310000");
  REQUIRE(verify_signature(signer(1).public_key(), preimage, base::ByteView(whole).last(64)));
}

TEST_CASE("row: bits and members stay below the number of members, lists within their limits",
          "[proofs][rule:O-16]") {
  const auto row = std::get<RowReport>(body(Kind::kRowReport));
  const base::Bytes bytes = closed(Kind::kRowReport, row);
  REQUIRE(parse_statement(bytes, kMembers).ok());
  REQUIRE_FALSE(parse_statement(bytes, 11).ok());  // bit 11 is past the end
  REQUIRE_FALSE(parse_statement(bytes, 17).ok());  // longer bitmaps
  const auto refused = [&](std::vector<Demand> demands) {
    RowReport changed = row;
    changed.demands = std::move(demands);
    return !parse_statement(closed(Kind::kRowReport, changed), kMembers).ok();
  };
  REQUIRE_FALSE(refused({}));
  REQUIRE_FALSE(refused({{3, {1, 2, 3, 4, 5, 6, 7, 8}}}));
  REQUIRE(refused({{3, {1, 2, 3, 4, 5, 6, 7, 8, 9}}}));
  REQUIRE(refused({{12, {1}}}));
  REQUIRE(refused({{4, {1}}, {3, {1}}}));
  REQUIRE(refused({{4, {1}}, {4, {2}}}));
  REQUIRE(refused({{4, {2, 1}}}));
  // 32 members of 8 leaves each are 256; a leaf more is too many.
  RowReport wide = row;
  wide.verified = wide.missing = wide.leaky = std::vector<bool>(40);
  wide.demands.clear();
  for (std::uint16_t m = 0; m < 32; ++m) wide.demands.push_back({m, {1, 2, 3, 4, 5, 6, 7, 8}});
  REQUIRE(parse_statement(closed(Kind::kRowReport, wide), 40).ok());
  wide.demands.push_back({33, {1}});
  REQUIRE(error_of(closed(Kind::kRowReport, wide), 40) == StatementError::kBody);
}

TEST_CASE("bundle: members ascend and exist", "[proofs][rule:O-16]") {
  const auto refused = [](std::vector<std::uint16_t> members) {
    ReceiptBundle bundle{filled<base::Hash>(1), {}};
    for (const std::uint16_t member : members)
      bundle.receipts.push_back({member, filled_array<Signature>(1)});
    return !parse_statement(closed(Kind::kReceiptBundle, bundle), kMembers).ok();
  };
  REQUIRE_FALSE(refused({}));
  REQUIRE_FALSE(refused({0, 5, 11}));
  REQUIRE(refused({12}));
  REQUIRE(refused({5, 5}));
  REQUIRE(refused({5, 4}));
}

TEST_CASE("equivocation: two whole statements, both commits or both receipts",
          "[proofs][rule:O-16]") {
  const base::Bytes commit = commit_bytes(1), receipt = bytes_of(Kind::kReceipt);
  const auto parses = [](const base::Bytes& a, const base::Bytes& b) {
    return parse_statement(closed(Kind::kEquivocation, Equivocation{a, b}), 0).ok();
  };
  REQUIRE(parses(commit, commit_bytes(2)));
  REQUIRE(parses(receipt, receipt));
  REQUIRE_FALSE(parses(commit, receipt));
  REQUIRE_FALSE(parses(bytes_of(Kind::kAttestSync), bytes_of(Kind::kAttestSync)));
  const auto parsed = parse_statement(bytes_of(Kind::kEquivocation), 0);
  REQUIRE(std::get<Equivocation>(parsed->body).first == commit_bytes(1));
  REQUIRE(std::get<Equivocation>(parsed->body).second == commit_bytes(2));
}

TEST_CASE("rows digest: ties each verified member to a root", "[proofs][rule:O-16]") {
  const base::Hash one = rows_digest({{1, filled<base::Hash>(1)}, {3, filled<base::Hash>(2)}});
  REQUIRE(one != rows_digest({{1, filled<base::Hash>(2)}, {3, filled<base::Hash>(1)}}));
  REQUIRE(one != rows_digest({{1, filled<base::Hash>(1)}, {4, filled<base::Hash>(2)}}));
  REQUIRE(one != rows_digest({{1, filled<base::Hash>(1)}}));
}
