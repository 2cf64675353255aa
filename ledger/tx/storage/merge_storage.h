// SPDX-License-Identifier: Apache-2.0
// MergeStorage: a resource ends in another, of equal epochs or of equal size where the two touch;
// bytes times epochs stay the same (L-3, S-5).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct MergeStorage {
  using Message = spec::MergeStorage;
  base::ObjectId resource;
  base::ObjectId other;  // ends
  static Parsed<MergeStorage> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, SAME_TARGET, BAD_FIT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
