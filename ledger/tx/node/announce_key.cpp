// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/announce_key.h"

#include "ledger/nodes.h"
#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<AnnounceKey> AnnounceKey::parse(const Message& message) {
  AnnounceKey tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  TRY_ASSIGN(tx.key, id_field<base::PublicKey>(message.key(), "key"));
  // VRF keys come with a proof of another form, in a statement (O-4).
  if (message.role() != spec::KEY_ROLE_PROTOCOL && message.role() != spec::KEY_ROLE_CONSENSUS)
    return malformed("role");
  tx.use = message.role() == spec::KEY_ROLE_PROTOCOL ? KeyUse::kProtocol : KeyUse::kConsensus;
  if (message.possession().size() != tx.possession.size()) return malformed("possession");
  std::copy(message.possession().begin(), message.possession().end(), tx.possession.begin());
  return tx;
}

base::Result<void, Rejected> AnnounceKey::apply(Context& ctx) const {
  TRY_ASSIGN(NodeRecord record, operated_node(ctx, node));
  const KeyRole role = use == KeyUse::kProtocol ? KeyRole::kProtocol : KeyRole::kConsensus;
  const base::Hash digest = key_possession_digest(ctx.block().chain, node, role, key, ctx.epoch());
  if (!proofs::is_prime_order_key(key) || !proofs::verify_signature(key, digest.view(), possession))
    return ctx.reject(spec::BAD_POSSESSION);
  if (exists(ctx.state(), kKeys, key)) return ctx.reject(spec::KEY_TAKEN);

  const base::Epoch from = next_selected(ctx);
  if (use == KeyUse::kProtocol)
    record.protocol_key = key;
  else
    record.consensus_key = key;
  save(ctx.state(), kNodes, record, node);
  save(ctx.state(), kKeys, KeyRecord{node, use, from}, key);
  spec::NodeKeyAnnounced event;
  event.set_node(text_of(node));
  event.set_role(use == KeyUse::kProtocol ? spec::KEY_ROLE_PROTOCOL : spec::KEY_ROLE_CONSENSUS);
  event.set_key(text_of(key));
  event.set_epoch(from.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
