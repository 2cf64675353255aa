// SPDX-License-Identifier: Apache-2.0
// AnnounceKey: a node gets another protocol or consensus key (N-4). It is copied into the record of
// the first committee that is chosen from now on, and used from that epoch on.
#pragma once

#include "ledger/operation.h"
#include "ledger/state/node.h"
#include "proofs/signature.h"

namespace wald::ledger::tx {

struct AnnounceKey {
  using Message = spec::AnnounceKey;
  base::NodeId node;
  KeyUse use = KeyUse::kProtocol;  // or kConsensus
  base::PublicKey key;
  proofs::Signature possession{};
  static Parsed<AnnounceKey> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, BAD_POSSESSION, KEY_TAKEN.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
