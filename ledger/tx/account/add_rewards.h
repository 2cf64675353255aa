// SPDX-License-Identifier: Apache-2.0
// AddRewards: anybody gives WAL to the rewards of coming epochs, spread evenly over k epochs from
// the running one, or as a list of one amount per epoch (R-8, M-7).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct AddRewards {
  using Message = spec::AddRewards;
  static constexpr std::uint32_t kMaxEpochs = 1000;  // the largest horizon there can be
  std::vector<Amount> amounts;                       // of the running epoch and those after it
  static Parsed<AddRewards> parse(const Message& message);
  // BAD_AMOUNT, BAD_RANGE, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
