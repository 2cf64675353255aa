// SPDX-License-Identifier: Apache-2.0
#include "proofs/opening.h"

namespace wald::proofs {
namespace {

using base::ByteView;

void write_path(base::Writer& out, const std::vector<base::Hash>& path) {
  out.u8(base::narrow<std::uint8_t>(path.size()));
  for (const base::Hash& node : path) out.raw(node.view());
}

std::optional<std::vector<base::Hash>> read_path(base::Reader& in) {
  const auto height = in.u8();
  if (!height) return std::nullopt;
  std::vector<base::Hash> path;
  for (unsigned i = 0; i < *height; ++i) {
    const auto node = in.id<base::Hash>();
    if (!node) return std::nullopt;
    path.push_back(*node);
  }
  return path;
}

// length u32 | bytes. The reader refuses a length beyond what is there before anything is copied.
std::optional<base::Bytes> read_block(base::Reader& in) {
  const auto length = in.le<std::uint32_t>();
  if (!length) return std::nullopt;
  const auto bytes = in.raw(*length);
  if (!bytes) return std::nullopt;
  return base::Bytes(bytes->begin(), bytes->end());
}

void write_block(base::Writer& out, const base::Bytes& bytes) {
  out.le(base::narrow<std::uint32_t>(bytes.size())).raw(bytes);
}

bool carries_membership(ByteView leaf) {
  return leaf.size() >= 3 && leaf[2] == static_cast<std::uint8_t>(LeafStatus::kDenied);
}

}  // namespace

base::Bytes encode_leaf(const Leaf& leaf) {
  base::Writer out;
  out.le(leaf.t).u8(static_cast<std::uint8_t>(leaf.status));
  if (leaf.status == LeafStatus::kOk) {
    write_block(out, leaf.symbol);
    write_path(out, leaf.path);
  } else {
    WALD_CHECK(leaf.symbol.empty() && leaf.path.empty());
  }
  return std::move(out).bytes();
}

std::optional<Leaf> parse_leaf(ByteView bytes) {
  base::Reader in(bytes);
  Leaf leaf;
  const auto t = in.le<std::uint16_t>();
  const auto status = in.u8();
  if (!t || !status || *status < 1 || *status > 4) return std::nullopt;
  leaf.t = *t;
  leaf.status = static_cast<LeafStatus>(*status);
  if (leaf.status == LeafStatus::kOk) {
    auto symbol = read_block(in);
    if (!symbol) return std::nullopt;
    leaf.symbol = std::move(*symbol);
    auto path = read_path(in);
    if (!path) return std::nullopt;
    leaf.path = std::move(*path);
  }
  if (!in.done()) return std::nullopt;
  return leaf;
}

base::Hash commit_root(const std::vector<base::Bytes>& leaves) {
  base::MerkleFrontier frontier;
  for (const base::Bytes& leaf : leaves) frontier.push(base::merkle_leaf(leaf));
  return frontier.root();
}

base::Bytes encode_opening(const Opening& opening) {
  base::Writer out;
  write_block(out, opening.leaf);
  write_path(out, opening.path);
  if (carries_membership(opening.leaf))
    write_block(out, opening.membership);
  else
    WALD_CHECK(opening.membership.empty());
  return std::move(out).bytes();
}

base::Bytes encode_ledger_opening(const LedgerOpening& opening) {
  base::Writer out;
  out.raw(encode_opening(opening.opening)).raw(opening.pair_entry);
  write_path(out, opening.pair_path);
  return std::move(out).bytes();
}

std::optional<Opening> read_opening(base::Reader& in) {
  Opening out;
  auto leaf = read_block(in);
  if (!leaf) return std::nullopt;
  out.leaf = std::move(*leaf);
  auto path = read_path(in);
  if (!path) return std::nullopt;
  out.path = std::move(*path);
  if (carries_membership(out.leaf)) {
    auto membership = read_block(in);
    if (!membership) return std::nullopt;
    out.membership = std::move(*membership);
  }
  return out;
}

std::optional<LedgerOpening> read_ledger_opening(base::Reader& in) {
  auto opening = read_opening(in);
  if (!opening) return std::nullopt;
  LedgerOpening out;
  out.opening = std::move(*opening);
  const auto entry = in.raw(out.pair_entry.size());
  if (!entry) return std::nullopt;
  std::copy(entry->begin(), entry->end(), out.pair_entry.begin());
  auto path = read_path(in);
  if (!path) return std::nullopt;
  out.pair_path = std::move(*path);
  return out;
}

std::optional<LedgerOpening> parse_ledger_opening(ByteView bytes) {
  base::Reader in(bytes);
  auto out = read_ledger_opening(in);
  if (!out || !in.done()) return std::nullopt;
  return out;
}

std::optional<std::uint16_t> leaf_place(ByteView leaf) {
  base::Reader in(leaf);
  return in.le<std::uint16_t>();
}

}  // namespace wald::proofs
