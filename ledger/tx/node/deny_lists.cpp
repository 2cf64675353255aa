// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/deny_lists.h"

#include "ledger/gov.h"
#include "ledger/nodes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/tx/storage/certificate.h"

namespace wald::ledger::tx {
namespace {

base::Result<void, Rejected> require_seat(Context& ctx, const base::NodeId& node) {
  if (weight_of(ctx, {node}) == 0) return ctx.reject(spec::NOT_MEMBER);
  WALD_CHECK(!must_load(ctx.state(), kNodes, node).left);  // who has left holds no shard
  return {};
}

}  // namespace

Parsed<AnnounceDenyList> AnnounceDenyList::parse(const Message& message) {
  AnnounceDenyList tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  TRY_ASSIGN(tx.list.root, id_field<base::Hash>(message.root(), "root"));
  tx.list.size = message.size();
  tx.list.sequence = message.sequence();
  return tx;
}

base::Result<void, Rejected> AnnounceDenyList::apply(Context& ctx) const {
  TRY(operated_node(ctx, node));
  TRY(require_seat(ctx, node));
  DutyRecord duties = duties_of(ctx.state(), node);
  TRY(require_rising(ctx, duties, list.sequence));
  duties.announced = list;
  save(ctx.state(), kDuties, duties, node);
  emit_deny_list(ctx, node, list, std::nullopt);
  return {};
}

Parsed<UpdateDenyList> UpdateDenyList::parse(const Message& message) {
  TRY_ASSIGN(auto certificate, certificate_field(message.certificate()));
  return UpdateDenyList{std::move(certificate)};
}

base::Result<void, Rejected> UpdateDenyList::apply(Context& ctx) const {
  const auto message = proofs::decode_message(certificate.message);
  if (!message || message->type() != proofs::MessageType::kDenyListUpdate)
    return ctx.reject(spec::CERT_MESSAGE);
  const auto& update = std::get<proofs::DenyListUpdate>(message->body);
  if (!exists(ctx.state(), kNodes, update.node)) return ctx.reject(spec::UNKNOWN_NODE);
  TRY(require_seat(ctx, update.node));
  TRY_ASSIGN(const Certified certified,
             check_certificate(ctx, certificate, proofs::MessageType::kDenyListUpdate,
                               proofs::Threshold::kQuorum));
  WALD_CHECK(certified.message == *message);
  return set_deny_list(ctx, update.node, {update.root, update.size, update.sequence},
                       certified.weight);
}

}  // namespace wald::ledger::tx
