// SPDX-License-Identifier: Apache-2.0
// AttestSync (H-5, statement kind 13): a member says that all its shards of the running epoch are
// in place; once per node and epoch, until the epoch ends, signed with its key of the committee
// record.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct AttestSync {
  using Message = spec::AttestSync;
  RawStatement raw;
  static Parsed<AttestSync> parse(const Message& message);
  // 3 WRONG_CHAIN, 207, 206, 208, 5 BAD_SIGNATURE, in this order.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
