// SPDX-License-Identifier: Apache-2.0
// Encoding, and what is hashed or signed. Parsing is in statement_parse.cpp.
#include "proofs/statements.h"

#include "codec/base/bitmap.h"

namespace wald::proofs {
namespace {

using base::narrow;

void write_list(base::Writer& out, const std::vector<std::uint16_t>& list) {
  out.le(narrow<std::uint16_t>(list.size()));
  for (const std::uint16_t item : list) out.le(item);
}

void write_bitmap(base::Writer& out, const std::vector<bool>& bits) {
  out.raw(base::bitmap_of(bits));
}

struct BodyWriter {
  base::Writer& out;

  void operator()(const BeaconReveal& b) { out.raw(b.pi); }
  void operator()(const ResponseCommit& b) {
    out.raw(b.root.view()).le(b.points);
    write_list(out, b.unavailable);
    write_list(out, b.denied);
  }
  void operator()(const Receipt& b) { out.raw(b.prover.view()).raw(b.root.view()).u8(1); }
  void operator()(const RowReport& b) {
    WALD_CHECK(b.verified.size() == b.missing.size() && b.verified.size() == b.leaky.size());
    out.le(b.seq).raw(b.pi2);
    write_bitmap(out, b.verified);
    write_bitmap(out, b.missing);
    write_bitmap(out, b.leaky);
    out.raw(b.rows_digest.view()).le(narrow<std::uint16_t>(b.demands.size()));
    for (const Demand& demand : b.demands) {
      out.le(demand.member).u8(narrow<std::uint8_t>(demand.leaves.size()));
      for (const std::uint16_t leaf : demand.leaves) out.le(leaf);
    }
  }
  void operator()(const ReceiptBundle& b) {
    out.raw(b.root.view()).le(narrow<std::uint16_t>(b.receipts.size()));
    for (const MemberSignature& item : b.receipts) out.le(item.member).raw(item.signature);
  }
  void operator()(const OpeningList& b) {
    out.le(b.prover).u8(narrow<std::uint8_t>(b.openings.size()));
    for (const LedgerOpening& opening : b.openings) out.raw(encode_ledger_opening(opening));
  }
  void operator()(const FraudProof& b) {
    out.le(b.prover).raw(b.root.view()).raw(encode_ledger_opening(b.opening));
  }
  void operator()(const Equivocation& b) { out.raw(b.first).raw(b.second); }
  void operator()(const ShardNotice& b) { out.le(b.shard.value()).u8(b.reason); }
  void operator()(const VrfKey& b) { out.raw(b.key.view()).raw(b.pi); }
  void operator()(const AttestSync&) {}
  void operator()(const SignalVersion& b) { out.le(b.version).raw(b.binary_hash.view()); }
};

// Place of the body's type in the variant, by kind: kinds 6 and 7 and kinds 10 and 11 share one.
constexpr std::size_t kBodyOf[] = {0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11};

}  // namespace

std::size_t statement_cap(Kind kind) {
  const auto k = static_cast<unsigned>(kind);
  WALD_CHECK(k >= 1 && k <= 14);
  return (k >= 6 && k <= 9 ? 72u : 64u) * 1024u;
}

bool is_signed(Kind kind) {
  return kind != Kind::kBeaconReveal && kind != Kind::kReceiptBundle && kind != Kind::kFraudProof &&
         kind != Kind::kEquivocation;
}

base::Bytes encode_unsigned(const Header& header, const Body& body) {
  const auto kind = static_cast<std::size_t>(header.kind);
  WALD_CHECK(kind >= 1 && kind <= 14 && body.index() == kBodyOf[kind]);
  base::Writer out;
  out.u8(static_cast<std::uint8_t>(kind)).u8(1).raw(header.chain.view());
  out.le(header.epoch.value()).le(header.round.value());
  out.raw(header.seed.view()).raw(header.author.view());
  WALD_CHECK(out.size() == kHeaderSize);
  std::visit(BodyWriter{out}, body);
  return std::move(out).bytes();
}

base::Bytes encode_statement(const Statement& statement) {
  base::Bytes out = encode_unsigned(statement.header, statement.body);
  if (is_signed(statement.header.kind))
    out.insert(out.end(), statement.signature.begin(), statement.signature.end());
  return out;
}

base::Bytes statement_preimage(base::ByteView unsigned_statement) {
  return base::Writer().raw(domain("wald-proofs-v1")).raw(unsigned_statement).bytes();
}

bool verify_statement(base::ByteView statement, const base::PublicKey& author_key) {
  if (statement.size() < kHeaderSize + 64) return false;
  const base::ByteView body = statement.first(statement.size() - 64);
  return verify_signature(author_key, statement_preimage(body), statement.last(64));
}

base::Hash statement_key(base::ByteView statement) {
  return base::tagged_hash("wald.stmt", {}, statement);
}

base::Bytes receipt_preimage(const Header& receipt_header, const Receipt& receipt) {
  WALD_CHECK(receipt_header.kind == Kind::kReceipt);
  return statement_preimage(encode_unsigned(receipt_header, receipt));
}

base::Hash rows_digest(const std::vector<VerifiedRoot>& rows) {
  base::Writer in;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    WALD_CHECK(i == 0 || rows[i - 1].member < rows[i].member);
    in.le(rows[i].member).raw(rows[i].root.view());
  }
  return base::tagged_hash("wald.rows", {}, in.bytes());
}

}  // namespace wald::proofs
