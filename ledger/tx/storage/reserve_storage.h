// SPDX-License-Identifier: Apache-2.0
// ReserveStorage: buys `size` encoded bytes for the epochs [max(start, now), end) (L-2, S-2, S-4).
#pragma once

#include "ledger/operation.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger::tx {

struct ReserveStorage {
  using Message = spec::ReserveStorage;
  static constexpr spec::PauseGroup kPauses = spec::PAUSE_PURCHASES;
  std::uint64_t size = 0;  // bytes
  base::Epoch start;       // 0 where none was named
  base::Epoch end;
  Amount max_cost;
  static Parsed<ReserveStorage> parse(const Message& message);
  // BAD_RANGE, BAD_SIZE, CAPACITY, COST_ABOVE_LIMIT, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
