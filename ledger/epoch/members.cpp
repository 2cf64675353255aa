// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/members.h"

namespace wald::ledger::epoch {

economics::Assignment assignment_of(const CommitteeRecord& committee) {
  economics::Assignment shards;
  for (const CommitteeMember& member : committee.members) shards[member.node] = member.shards;
  return shards;
}

}  // namespace wald::ledger::epoch
