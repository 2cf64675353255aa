// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/members.h"

namespace wald::ledger::epoch {

std::map<base::NodeId, NodeRecord> all_nodes(const Reader& state) {
  std::map<base::NodeId, NodeRecord> nodes;
  for_each<NodeRecord>(state, kNodes, [&](base::ByteView key, const NodeRecord& node) {
    nodes.emplace(base::NodeId::from(key), node);
    return true;
  });
  return nodes;
}

economics::Assignment assignment_of(const CommitteeRecord& committee) {
  economics::Assignment shards;
  for (const CommitteeMember& member : committee.members) shards[member.node] = member.shards;
  return shards;
}

}  // namespace wald::ledger::epoch
