// SPDX-License-Identifier: Apache-2.0
#include "node/client/blob_ledger.h"

#include <set>

namespace wald::client {
namespace {

base::Err<Failure> misfit(const std::string& what) {
  return fail(Exit::kUnreachable, "BAD_ANSWER", "committee and shards do not fit: " + what,
              "ask another node");
}

}  // namespace

const CommitteeView::Member* CommitteeView::holder(base::ShardIndex shard) const {
  for (const Member& member : members)
    for (const base::ShardIndex held : member.shards)
      if (held == shard) return &member;
  return nullptr;
}

Outcome<CommitteeView> committee_view(const spec::Committee& committee,
                                      const spec::Shards& shards) {
  if (committee.epoch() != shards.epoch()) return misfit("two epochs");
  if (committee.members_size() != shards.holders_size()) return misfit("number of members");
  CommitteeView out;
  out.epoch = base::Epoch(committee.epoch());
  out.shards = committee.shards();
  std::set<std::uint32_t> seen;
  for (int i = 0; i < committee.members_size(); ++i) {
    const spec::Member& member = committee.members(i);
    const spec::ShardHolder& holder = shards.holders(i);
    if (member.node().size() != 32 || member.protocol_key().size() != 32 ||
        member.node() != holder.node())
      return misfit("the members");
    CommitteeView::Member one{base::NodeId::from(base::as_bytes(member.node())),
                              base::PublicKey::from(base::as_bytes(member.protocol_key())),
                              member.address(),
                              {}};
    for (const std::uint32_t shard : holder.shards()) {
      if (shard >= out.shards || shard > UINT16_MAX || !seen.insert(shard).second)
        return misfit("the shards");
      one.shards.push_back(base::ShardIndex(static_cast<std::uint16_t>(shard)));
    }
    out.members.push_back(std::move(one));
  }
  return out;
}

}  // namespace wald::client
