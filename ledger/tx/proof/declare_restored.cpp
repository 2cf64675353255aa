// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/declare_restored.h"

#include <algorithm>

#include "ledger/epoch/losses.h"
#include "ledger/tx/proof/shard_notice.h"

namespace wald::ledger::tx {

Parsed<DeclareRestored> DeclareRestored::parse(const Message& message) {
  TRY_ASSIGN(NoticeStatement notice,
             parse_notice(message.statement(), proofs::Kind::kDeclareRestored));
  return DeclareRestored{std::move(notice.raw), notice.body};
}

base::Result<void, Dropped> DeclareRestored::admit(const Context& view) const {
  return judge_notice(view, raw, body, &NoticeRecord::restored, true);
}

void DeclareRestored::apply(Context& ctx) const {
  const base::NodeId& id = raw.header.author;
  note_used(ctx, raw, body.shard, &NoticeRecord::restored);
  NodeRecord node = must_load(ctx.state(), kNodes, id);
  const std::size_t before = node.losses.size();
  std::erase_if(node.losses,
                [&](const Loss& loss) { return loss.shard == body.shard && loss.declared; });
  WALD_CHECK(node.losses.size() + 1 == before);
  save(ctx.state(), kNodes, node, id);
  spec::NodeShardRestored event;
  event.set_node(text_of(id));
  event.set_shard(body.shard.value());
  event.set_reason(body.reason);
  ctx.emit(event);
  // The earmark is gone once a selection counted the shard as lost; before, this is in time.
  epoch::end_earmark(ctx, id, body.shard, true);
}

}  // namespace wald::ledger::tx
