// SPDX-License-Identifier: Apache-2.0
// Batch: up to 64 operations of one sender under one nonce and one fee (U-8); all or nothing, or
// each for itself. No statement and no batch inside.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct Batch {
  using Message = spec::Batch;
  static constexpr std::size_t kMaxOperations = 64;  // over it: LIMIT
  bool atomic = false;
  std::vector<OperationPtr> operations;
  static Parsed<Batch> parse(const Message& message);
  base::Result<void, Dropped> check(const SignedBy& by) const;
  std::uint32_t signatures() const;
  std::uint32_t bases() const { return static_cast<std::uint32_t>(operations.size()); }
  std::uint64_t surcharge() const;
  std::uint64_t cost() const;
  std::uint32_t groups() const;
  // BATCH_FAILED with the place and the code of the first refusal, where it is atomic or nothing at
  // all was accepted. Else OK; what was refused is told item by item.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
