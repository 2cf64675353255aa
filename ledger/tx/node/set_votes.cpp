// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/set_votes.h"

#include "economics/governance.h"
#include "ledger/nodes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<SetVotes> SetVotes::parse(const Message& message) {
  SetVotes tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  if (message.has_storage_price()) {
    TRY_ASSIGN(tx.storage_price, amount_field(message.storage_price(), "storage_price"));
  }
  if (message.has_write_price()) {
    TRY_ASSIGN(tx.write_price, amount_field(message.write_price(), "write_price"));
  }
  if (message.has_capacity()) tx.capacity = message.capacity();
  return tx;
}

base::Result<void, Rejected> SetVotes::apply(Context& ctx) const {
  TRY_ASSIGN(NodeRecord record, operated_node(ctx, node));
  const auto bad = [](const std::optional<Amount>& price) {
    return price && !economics::check_price_vote(price->value()).ok();
  };
  if (bad(storage_price) || bad(write_price) || (capacity && *capacity > economics::kMaxAmount))
    return ctx.reject(spec::BAD_VOTE);

  const NodeVotes before = record.votes;
  if (storage_price) record.votes.storage_price = Noted(*storage_price);
  if (write_price) record.votes.write_price = Noted(*write_price);
  if (capacity) record.votes.capacity = *capacity;
  save(ctx.state(), kNodes, record, node);

  const auto changed = [&](spec::VoteKind kind, std::uint64_t was, std::uint64_t now) {
    if (was == now) return;
    spec::NodeVoteChanged event;
    event.set_node(text_of(node));
    event.set_kind(kind);
    event.set_before(was);
    event.set_after(now);
    ctx.emit(event);
  };
  const NodeVotes& after = record.votes;
  changed(spec::VOTE_STORAGE_PRICE, before.storage_price.amount().value(),
          after.storage_price.amount().value());
  changed(spec::VOTE_WRITE_PRICE, before.write_price.amount().value(),
          after.write_price.amount().value());
  changed(spec::VOTE_CAPACITY, before.capacity, after.capacity);
  return {};
}

}  // namespace wald::ledger::tx
