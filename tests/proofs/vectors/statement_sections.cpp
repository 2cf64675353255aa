// SPDX-License-Identifier: Apache-2.0
// Statements of every kind, the digest over rows, answer trees and openings.
#include "proofs/prove/signer.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

using namespace proofs;

std::vector<bool> bits(const Input& in, std::string_view key) {
  std::vector<bool> out(in.num("members"));
  for (const std::uint16_t member : in.u16s(key)) out.at(member) = true;
  return out;
}

LedgerOpening ledger_opening(const json::value& value) {
  auto out = parse_ledger_opening(from_hex(value));
  if (!out) throw std::invalid_argument("opening does not parse");
  return std::move(*out);
}

RowReport row(const Input& in) {
  RowReport out{in.num_as<std::uint16_t>("seq"),
                in.array<VrfProof>("pi"),
                bits(in, "verified"),
                bits(in, "missing"),
                bits(in, "leaky"),
                in.id<base::Hash>("rows_digest"),
                {}};
  for (const json::value& item : in.list("demands")) {
    const Input demand(item.as_object());
    out.demands.push_back({demand.num_as<std::uint16_t>("member"), demand.u16s("leaves")});
  }
  return out;
}

ReceiptBundle bundle(const Input& in) {
  ReceiptBundle out{in.id<base::Hash>("root"), {}};
  for (const json::value& item : in.list("receipts")) {
    const Input receipt(item.as_object());
    out.receipts.push_back(
        {receipt.num_as<std::uint16_t>("member"), receipt.array<Signature>("signature")});
  }
  return out;
}

OpeningList openings(const Input& in) {
  OpeningList out{in.num_as<std::uint16_t>("prover"), {}};
  for (const json::value& item : in.list("openings")) out.openings.push_back(ledger_opening(item));
  return out;
}

Body body(const Input& in) {
  switch (static_cast<Kind>(in.num("kind"))) {
    case Kind::kBeaconReveal:
      return BeaconReveal{in.array<VrfProof>("pi")};
    case Kind::kResponseCommit:
      return ResponseCommit{in.id<base::Hash>("root"), in.num_as<std::uint16_t>("points"),
                            in.u16s("unavailable"), in.u16s("denied")};
    case Kind::kReceipt:
      return Receipt{in.id<base::NodeId>("prover"), in.id<base::Hash>("root")};
    case Kind::kRowReport:
      return row(in);
    case Kind::kReceiptBundle:
      return bundle(in);
    case Kind::kSpotOpen:
    case Kind::kSelfProof:
      return openings(in);
    case Kind::kFraudProof:
      return FraudProof{in.num_as<std::uint16_t>("prover"), in.id<base::Hash>("root"),
                        ledger_opening(in.at("opening"))};
    case Kind::kEquivocation:
      return Equivocation{in.bytes("first"), in.bytes("second")};
    case Kind::kDeclareLost:
    case Kind::kDeclareRestored:
      return ShardNotice{base::ShardIndex(in.num_as<std::uint16_t>("shard")),
                         in.num_as<std::uint8_t>("reason")};
    case Kind::kVrfKey:
      return VrfKey{in.id<base::PublicKey>("Y"), in.array<VrfProof>("pi")};
    case Kind::kAttestSync:
      return AttestSync{};
    case Kind::kSignalVersion:
      return SignalVersion{in.num_as<std::uint32_t>("version"), in.id<base::Hash>("binary_hash")};
  }
  throw std::invalid_argument("unknown kind");
}

json::object statement(const Input& in) {
  const Header header{static_cast<Kind>(in.num("kind")),
                      in.id<base::ChainId>("chain"),
                      base::Epoch(in.num_as<std::uint32_t>("epoch")),
                      base::Round(in.num_as<std::uint16_t>("round")),
                      in.id<base::Hash>("seed"),
                      in.id<base::NodeId>("author")};
  json::object out;
  base::Bytes bytes;
  if (in.has("signer")) {
    const prove::Signer signer(in.bytes("signer"));
    bytes = signer.statement(header, body(in));
    if (!verify_statement(bytes, signer.public_key()))
      throw std::logic_error("own signature refused");
    out["signature"] = hex(base::ByteView(bytes).last(64));
  } else {
    bytes = encode_statement({header, body(in), {}});
  }
  const auto members = in.has("members") ? in.num_as<std::uint16_t>("members") : 0xFFFFu;
  const auto parsed = parse_statement(bytes, static_cast<std::uint16_t>(members));
  // Bodies are synthetic: one that the parser refuses still has its layout.
  if (parsed && encode_statement(*parsed) != bytes)
    throw std::logic_error("statement does not round-trip");
  out["statement"] = hex(bytes);
  out["key"] = hex_id(statement_key(bytes));
  return out;
}

json::object digest(const Input& in) {
  std::vector<VerifiedRoot> rows;
  for (const json::value& item : in.list("rows")) {
    const Input r(item.as_object());
    rows.push_back({r.num_as<std::uint16_t>("member"), r.id<base::Hash>("root")});
  }
  return {{"digest", hex_id(rows_digest(rows))}};
}

json::object commit(const Input& in) {
  std::vector<base::Bytes> leaves;
  std::vector<base::Hash> leaf_hashes;
  for (const json::value& item : in.list("leaves")) {
    const Input source(item.as_object());
    Leaf leaf;
    leaf.t = base::narrow<std::uint16_t>(leaves.size());
    leaf.status = static_cast<LeafStatus>(source.num("status"));
    if (source.has("symbol")) leaf.symbol = source.bytes("symbol");
    if (source.has("path")) leaf.path = hashes(source.list("path"));
    leaves.push_back(encode_leaf(leaf));
    if (!parse_leaf(leaves.back())) throw std::logic_error("leaf does not parse");
    leaf_hashes.push_back(base::merkle_leaf(leaves.back()));
  }
  const base::MerkleTree tree(leaf_hashes);
  if (tree.root() != commit_root(leaves)) throw std::logic_error("roots differ");
  json::array leaf_bytes, short_forms, ledger_forms;
  for (const json::value& item : in.list("open")) {
    const Input open(item.as_object());
    const std::size_t t = open.num("t");
    LedgerOpening out;
    out.opening = {leaves.at(t), tree.path(t), {}};
    if (open.has("membership")) out.opening.membership = open.bytes("membership");
    out.pair_entry = open.array<std::array<std::uint8_t, 64>>("pair_entry");
    out.pair_path = hashes(open.list("pair_path"));
    leaf_bytes.push_back(hex(leaves[t]));
    short_forms.push_back(hex(encode_opening(out.opening)));
    const base::Bytes bytes = encode_ledger_opening(out);
    const auto back = parse_ledger_opening(bytes);
    if (!back || encode_ledger_opening(*back) != bytes)
      throw std::logic_error("opening does not round-trip");
    ledger_forms.push_back(hex(bytes));
  }
  return {{"root", hex_id(tree.root())},
          {"leaf_bytes", leaf_bytes},
          {"openings", short_forms},
          {"ledger_openings", ledger_forms}};
}

}  // namespace

const Sections& statement_sections() {
  static const Sections table = {
      {"statements", statement}, {"rows_digest", digest}, {"commit", commit}};
  return table;
}

}  // namespace wald::vectors
