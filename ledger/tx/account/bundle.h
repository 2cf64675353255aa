// SPDX-License-Identifier: Apache-2.0
// Bundle: a gateway carries whole envelopes of others, each with its own nonce, fee and receipt
// (U-8). What they do is no part of this type: the block runs them right after it like any other
// (apply.cpp), and takes from the gateway what the dropped ones cost.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct Bundle {
  using Message = spec::Bundle;
  static constexpr std::size_t kMostEnvelopes = 256;  // over it: LIMIT
  std::vector<base::Bytes> envelopes;                 // any bytes
  static Parsed<Bundle> parse(const Message& message);
  // LIMIT. Else nothing happens here.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
