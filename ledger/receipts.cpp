// SPDX-License-Identifier: Apache-2.0
#include "ledger/receipts.h"

#include <algorithm>

#include "codec/base/merkle.h"

namespace wald::ledger {

using base::Bytes;
using base::ByteView;
using base::Hash;

namespace {

std::array<std::uint8_t, Receipt::kSize> form_of(const Receipt& r) {
  std::array<std::uint8_t, Receipt::kSize> out;
  std::uint8_t* at = std::copy(r.tx.view().begin(), r.tx.view().end(), out.data());
  const auto put = [&](std::uint64_t value, std::size_t size) {
    for (; size > 0; --size, value >>= 8) *at++ = static_cast<std::uint8_t>(value);
  };
  put(r.code, sizeof r.code);
  put(r.fee, sizeof r.fee);
  put(r.first_seq, sizeof r.first_seq);
  put(r.events, sizeof r.events);
  WALD_CHECK(at == out.data() + out.size());
  return out;
}

}  // namespace

Bytes encode(const Receipt& r) {
  const auto form = form_of(r);
  return Bytes(form.begin(), form.end());
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
  for (const Receipt& r : receipts) tree.push(base::merkle_leaf(form_of(r)));
  return tree.root();
}

Hash next_event_head(const Hash& head, ByteView canonical_event) {
  return base::Hasher("wald.event").update(head.view()).update(canonical_event).finish();
}

}  // namespace wald::ledger
