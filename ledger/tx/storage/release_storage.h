// SPDX-License-Identifier: Apache-2.0
// ReleaseStorage: a resource is given up; its bytes can be sold again in every epoch it still
// covers, the money stays (L-3).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct ReleaseStorage {
  using Message = spec::ReleaseStorage;
  base::ObjectId resource;
  static Parsed<ReleaseStorage> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
