// SPDX-License-Identifier: Apache-2.0
// Parsing of statements: each body reader leaves the reader behind the body it took, so that the
// two parts of an Equivocation, which carry no length, can be read one after the other.
#include "proofs/statements.h"

#include "codec/base/bitmap.h"

namespace wald::proofs {
namespace {

using Error = StatementError;
template <class T>
using Parsed = base::Result<T, Error>;
using base::ByteView;
using base::Err;

template <class Array>
std::optional<Array> read_array(base::Reader& in) {
  Array out;
  const auto bytes = in.raw(out.size());
  if (!bytes) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// count items, strictly ascending and below limit.
Parsed<std::vector<std::uint16_t>> read_ascending(base::Reader& in, std::size_t count,
                                                  std::uint32_t limit) {
  std::vector<std::uint16_t> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto item = in.le<std::uint16_t>();
    if (!item) return Err{Error::kTruncated};
    if (*item >= limit || (i > 0 && *item <= out.back())) return Err{Error::kBody};
    out.push_back(*item);
  }
  return out;
}

Parsed<std::vector<std::uint16_t>> read_list(base::Reader& in, std::uint32_t limit) {
  const auto count = in.le<std::uint16_t>();
  if (!count) return Err{Error::kTruncated};
  return read_ascending(in, *count, limit);
}

Parsed<std::vector<bool>> read_bitmap(base::Reader& in, std::uint16_t members) {
  const auto bytes = in.raw(base::bitmap_size(members));
  if (!bytes) return Err{Error::kTruncated};
  if (base::has_bit_past(*bytes, members)) return Err{Error::kBody};
  return base::bits_of(*bytes, members);
}

Parsed<Body> read_reveal(base::Reader& in) {
  const auto pi = read_array<VrfProof>(in);
  if (!pi) return Err{Error::kTruncated};
  return Body(BeaconReveal{*pi});
}

Parsed<Body> read_commit(base::Reader& in) {
  ResponseCommit out;
  const auto root = in.id<base::Hash>();
  const auto points = in.le<std::uint16_t>();
  if (!root || !points) return Err{Error::kTruncated};
  out.root = *root;
  out.points = *points;
  TRY_ASSIGN(out.unavailable, read_list(in, *points));
  TRY_ASSIGN(out.denied, read_list(in, *points));
  // A leaf has one status: no leaf stands in both lists.
  for (std::size_t i = 0, j = 0; i < out.unavailable.size() && j < out.denied.size();) {
    if (out.unavailable[i] == out.denied[j]) return Err{Error::kBody};
    (out.unavailable[i] < out.denied[j] ? i : j) += 1;
  }
  return Body(std::move(out));
}

Parsed<Body> read_receipt(base::Reader& in) {
  const auto prover = in.id<base::NodeId>();
  const auto root = in.id<base::Hash>();
  const auto verdict = in.u8();
  if (!prover || !root || !verdict) return Err{Error::kTruncated};
  if (*verdict != 1) return Err{Error::kBody};
  return Body(Receipt{*prover, *root});
}

Parsed<std::vector<Demand>> read_demands(base::Reader& in, std::uint16_t members) {
  constexpr std::size_t kPerMember = 8, kInAll = 256;
  const auto count = in.le<std::uint16_t>();
  if (!count) return Err{Error::kTruncated};
  std::vector<Demand> out;
  std::size_t total = 0;
  for (unsigned i = 0; i < *count; ++i) {
    const auto member = in.le<std::uint16_t>();
    const auto leaves = in.u8();
    if (!member || !leaves) return Err{Error::kTruncated};
    total += *leaves;
    if (*member >= members || *leaves > kPerMember || total > kInAll) return Err{Error::kBody};
    if (!out.empty() && *member <= out.back().member) return Err{Error::kBody};
    TRY_ASSIGN(auto list, read_ascending(in, *leaves, 0x10000));
    out.push_back({*member, std::move(list)});
  }
  return out;
}

Parsed<Body> read_row(base::Reader& in, std::uint16_t members) {
  RowReport out;
  const auto seq = in.le<std::uint16_t>();
  const auto pi2 = read_array<VrfProof>(in);
  if (!seq || !pi2) return Err{Error::kTruncated};
  out.seq = *seq;
  out.pi2 = *pi2;
  TRY_ASSIGN(out.verified, read_bitmap(in, members));
  TRY_ASSIGN(out.missing, read_bitmap(in, members));
  TRY_ASSIGN(out.leaky, read_bitmap(in, members));
  const auto digest = in.id<base::Hash>();
  if (!digest) return Err{Error::kTruncated};
  out.rows_digest = *digest;
  TRY_ASSIGN(out.demands, read_demands(in, members));
  return Body(std::move(out));
}

Parsed<Body> read_bundle(base::Reader& in, std::uint16_t members) {
  ReceiptBundle out;
  const auto root = in.id<base::Hash>();
  const auto count = in.le<std::uint16_t>();
  if (!root || !count) return Err{Error::kTruncated};
  out.root = *root;
  for (unsigned i = 0; i < *count; ++i) {
    const auto member = in.le<std::uint16_t>();
    const auto signature = read_array<Signature>(in);
    if (!member || !signature) return Err{Error::kTruncated};
    if (*member >= members) return Err{Error::kBody};
    if (!out.receipts.empty() && *member <= out.receipts.back().member) return Err{Error::kBody};
    out.receipts.push_back({*member, *signature});
  }
  return Body(std::move(out));
}

Parsed<Body> read_openings(base::Reader& in) {
  OpeningList out;
  const auto prover = in.le<std::uint16_t>();
  const auto count = in.u8();
  if (!prover || !count) return Err{Error::kTruncated};
  out.prover = *prover;
  for (unsigned i = 0; i < *count; ++i) {
    auto opening = read_ledger_opening(in);
    if (!opening) return Err{Error::kTruncated};
    out.openings.push_back(std::move(*opening));
  }
  return Body(std::move(out));
}

Parsed<Body> read_fraud(base::Reader& in) {
  FraudProof out;
  const auto prover = in.le<std::uint16_t>();
  const auto root = in.id<base::Hash>();
  if (!prover || !root) return Err{Error::kTruncated};
  out.prover = *prover;
  out.root = *root;
  auto opening = read_ledger_opening(in);
  if (!opening) return Err{Error::kTruncated};
  out.opening = std::move(*opening);
  return Body(std::move(out));
}

Parsed<Body> read_notice(base::Reader& in) {
  const auto shard = in.le<std::uint16_t>();
  const auto reason = in.u8();
  if (!shard || !reason) return Err{Error::kTruncated};
  return Body(ShardNotice{base::ShardIndex(*shard), *reason});
}

Parsed<Body> read_vrf_key(base::Reader& in) {
  const auto key = in.id<base::PublicKey>();
  const auto pi = read_array<VrfProof>(in);
  if (!key || !pi) return Err{Error::kTruncated};
  return Body(VrfKey{*key, *pi});
}

Parsed<Body> read_signal(base::Reader& in) {
  const auto version = in.le<std::uint32_t>();
  const auto hash = in.id<base::Hash>();
  if (!version || !hash) return Err{Error::kTruncated};
  return Body(SignalVersion{*version, *hash});
}

Parsed<Header> read_header(base::Reader& in) {
  Header out;
  const auto kind = in.u8();
  const auto version = in.u8();
  const auto chain = in.id<base::ChainId>();
  const auto epoch = in.le<std::uint32_t>();
  const auto round = in.le<std::uint16_t>();
  const auto seed = in.id<base::Hash>();
  const auto author = in.id<base::NodeId>();
  if (!kind || !version || !chain || !epoch || !round || !seed || !author)
    return Err{Error::kTruncated};
  if (*kind < 1 || *kind > 14) return Err{Error::kKind};
  if (*version != 1) return Err{Error::kVersion};
  out = {static_cast<Kind>(*kind), *chain, base::Epoch(*epoch),
         base::Round(*round),      *seed,  *author};
  if (*kind >= 10 && (*round != kNoRound || !seed->is_zero())) return Err{Error::kHeaderForm};
  if ((*kind == 8 || *kind == 9) && !author->is_zero()) return Err{Error::kHeaderForm};
  return out;
}

// One whole statement of kind 2 or 3 from the front of what an Equivocation carries.
Parsed<base::Bytes> read_part(base::Reader& in, ByteView rest, Kind& kind) {
  TRY_ASSIGN(const Header header, read_header(in));
  kind = header.kind;
  if (kind != Kind::kResponseCommit && kind != Kind::kReceipt) return Err{Error::kBody};
  TRY(kind == Kind::kReceipt ? read_receipt(in) : read_commit(in));
  if (!in.raw(64)) return Err{Error::kTruncated};
  const std::size_t length = rest.size() - in.remaining();
  return base::Bytes(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length));
}

Parsed<Body> read_equivocation(base::Reader& in, ByteView rest) {
  Equivocation out;
  Kind first{}, second{};
  TRY_ASSIGN(out.first, read_part(in, rest, first));
  TRY_ASSIGN(out.second, read_part(in, rest.subspan(out.first.size()), second));
  if (first != second) return Err{Error::kBody};
  return Body(std::move(out));
}

Parsed<Body> read_body(base::Reader& in, ByteView rest, Kind kind, std::uint16_t members) {
  switch (kind) {
    case Kind::kBeaconReveal:
      return read_reveal(in);
    case Kind::kResponseCommit:
      return read_commit(in);
    case Kind::kReceipt:
      return read_receipt(in);
    case Kind::kRowReport:
      return read_row(in, members);
    case Kind::kReceiptBundle:
      return read_bundle(in, members);
    case Kind::kSpotOpen:
    case Kind::kSelfProof:
      return read_openings(in);
    case Kind::kFraudProof:
      return read_fraud(in);
    case Kind::kEquivocation:
      return read_equivocation(in, rest);
    case Kind::kDeclareLost:
    case Kind::kDeclareRestored:
      return read_notice(in);
    case Kind::kVrfKey:
      return read_vrf_key(in);
    case Kind::kAttestSync:
      return Body(AttestSync{});
    case Kind::kSignalVersion:
      return read_signal(in);
  }
  return Err{Error::kKind};
}

}  // namespace

base::Result<Header, StatementError> parse_header(ByteView bytes) {
  base::Reader in(bytes);
  TRY_ASSIGN(const Header header, read_header(in));
  if (bytes.size() > statement_cap(header.kind)) return Err{Error::kTooLong};
  return header;
}

base::Result<Statement, StatementError> parse_statement(ByteView bytes, std::uint16_t members) {
  TRY_ASSIGN(const Header header, parse_header(bytes));
  const ByteView rest = bytes.subspan(kHeaderSize);
  base::Reader in(rest);
  TRY_ASSIGN(auto body, read_body(in, rest, header.kind, members));
  Statement out{header, std::move(body), {}};
  if (is_signed(header.kind)) {
    const auto signature = read_array<Signature>(in);
    if (!signature) return Err{Error::kTruncated};
    out.signature = *signature;
  }
  if (!in.done()) return Err{Error::kTrailing};
  return out;
}

}  // namespace wald::proofs
