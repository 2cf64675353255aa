// SPDX-License-Identifier: Apache-2.0
// What a block says about its transactions in hashed form: the receipt of each (56 bytes), the root
// over all of them (K-16 over their bytes, in block order, those inside a Bundle after its own),
// and the event chain, in which every event's hash covers all events before it. Layout:
// specs/state.md. Amounts are FROST. Thread rule: plain values, free functions.
#pragma once

#include <optional>
#include <span>

#include "codec/base/hash.h"

namespace wald::ledger {

struct Receipt {
  static constexpr std::size_t kSize = 56;
  base::TxId tx;
  std::uint32_t code = 0;       // 0 = applied; else the Code
  std::uint64_t fee = 0;        // FROST taken
  std::uint64_t first_seq = 0;  // number of its first event (the next one free, if it has none)
  std::uint32_t events = 0;     // how many it emitted
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

base::Bytes encode(const Receipt& receipt);
std::optional<Receipt> parse_receipt(base::ByteView bytes);   // exactly kSize bytes
base::Hash receipts_root(std::span<const Receipt> receipts);  // of none: zeros

// The head of the event chain; before the first event it is zero.
base::Hash next_event_head(const base::Hash& head, base::ByteView canonical_event);

}  // namespace wald::ledger
