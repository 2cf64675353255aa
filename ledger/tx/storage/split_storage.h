// SPDX-License-Identifier: Apache-2.0
// SplitStorage: one resource becomes two, at an epoch or by bytes; bytes times epochs stay the same
// (L-3, S-5).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SplitStorage {
  using Message = spec::SplitStorage;
  base::ObjectId resource;
  std::optional<base::Epoch> epoch;   // the new one begins here
  std::optional<std::uint64_t> size;  // bytes that the old one keeps; one of the two is given
  static Parsed<SplitStorage> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, BAD_SIZE, BAD_FIT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
