// SPDX-License-Identifier: Apache-2.0
#include "ledger/receipts.h"

#include "codec/base/merkle.h"

namespace wald::ledger {

using base::Bytes;
using base::ByteView;
using base::Hash;

Bytes encode(const Receipt& r) {
  base::Writer out(Receipt::kSize);
  out.raw(r.tx.view()).le(r.code).le(r.fee).le(r.first_seq).le(r.events);
  WALD_CHECK(out.size() == Receipt::kSize);
  return std::move(out).bytes();
}

std::optional<Receipt> parse_receipt(ByteView bytes) {
  if (bytes.size() != Receipt::kSize) return std::nullopt;
  base::Reader in(bytes);
  Receipt r;
  r.tx = *in.id<base::TxId>();
  r.code = *in.le<std::uint32_t>();
  r.fee = *in.le<std::uint64_t>();
  r.first_seq = *in.le<std::uint64_t>();
  r.events = *in.le<std::uint32_t>();
  WALD_CHECK(in.done());
  return r;
}

Hash receipts_root(std::span<const Receipt> receipts) {
  base::MerkleFrontier tree;
  for (const Receipt& r : receipts) tree.push(base::merkle_leaf(encode(r)));
  return tree.root();
}

Hash next_event_head(const Hash& head, ByteView canonical_event) {
  return base::Hasher("wald.event").update(head.view()).update(canonical_event).finish();
}

}  // namespace wald::ledger
