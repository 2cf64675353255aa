// SPDX-License-Identifier: Apache-2.0
// SetNodeInfo: the operator changes name, address or metadata; what is not named stays (N-1, N-2).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetNodeInfo {
  using Message = spec::SetNodeInfo;
  base::NodeId node;
  std::optional<std::string> name;
  std::optional<std::string> address;   // host:port
  std::optional<base::Bytes> metadata;  // canonical bytes of NodeMetadata
  static Parsed<SetNodeInfo> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, BAD_NODE_INFO.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
