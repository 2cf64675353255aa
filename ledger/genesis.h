// SPDX-License-Identifier: Apache-2.0
// Genesis (T-1, T-2): one canonical document, its hash is the chain id, and the state it means. The
// document is checked whole: canonical bytes, amounts that sum to the supply, parameters inside
// their bounds (a test chain may go below a minimum), registrations that pass N-1, order of lists.
#pragma once

#include <optional>
#include <string>

#include "codec/base/result.h"
#include "ledger/store.h"
#include "ledger/tree/state_tree.h"

namespace wald::ledger {

struct GenesisError {
  std::string field;
  std::string message;
};

struct GenesisState {
  base::ChainId chain;
  Changes records;  // the whole state of height 0
  StateTree tree;
  base::TimeMs start;  // T_0
  std::string network;
  bool test = false;
  std::optional<base::PublicKey> sequencer_key;  // of term 1
  base::Bytes sequencer_authority;               // policy bytes (U-1), may be empty
};

base::Result<GenesisState, GenesisError> build_genesis(base::ByteView document);

}  // namespace wald::ledger
