// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/vrf_key.h"

namespace wald::ledger::tx {
namespace {

base::Epoch first_epoch(const proofs::Header& header) { return header.epoch.next().next(); }

}  // namespace

Parsed<VrfKey> VrfKey::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kVrfKey));
  const auto whole = proofs::parse_statement(raw.bytes, 0);
  if (!whole.ok()) return malformed("statement");
  return VrfKey{std::move(raw), std::get<proofs::VrfKey>(whole->body)};
}

base::Result<void, Dropped> VrfKey::admit(const Context& view) const {
  TRY(judge_epoch(view, raw.header));
  const auto key = author_key(view.state(), raw.header);
  if (!key) return dropped(spec::NOT_IN_SNAPSHOT);
  const NoticeRecord notices = notices_of(view.state(), raw.header);
  if (notices.vrf_key)
    return dropped(*notices.vrf_key == proofs::statement_key(raw.bytes) ? spec::REPEATED
                                                                        : spec::QUOTA);
  if (exists(view.state(), kKeys, body.key)) return dropped(spec::KEY_TAKEN);
  if (!proofs::verify_statement(raw.bytes, *key)) return dropped(spec::BAD_SIGNATURE);
  const base::Hash alpha = proofs::vrf_pop_alpha(view.block().chain, raw.header.author, body.key,
                                                 first_epoch(raw.header));
  if (!proofs::vrf_verify(body.key, alpha.view(), body.pi)) return dropped(spec::BAD_POSSESSION);
  return {};
}

void VrfKey::apply(Context& ctx) const {
  const base::NodeId& id = raw.header.author;
  const base::Epoch first = first_epoch(raw.header);
  NodeRecord node = must_load(ctx.state(), kNodes, id);
  WALD_CHECK(node.vrf_keys.empty() || node.vrf_keys.back().from < first);
  node.vrf_keys.push_back({body.key, first});
  // Of the keys that count already only the last one is still of use; the others stay taken.
  while (node.vrf_keys.size() > 1 && node.vrf_keys[1].from <= raw.header.epoch)
    node.vrf_keys.erase(node.vrf_keys.begin());
  save(ctx.state(), kNodes, node, id);
  save(ctx.state(), kKeys, KeyRecord{id, KeyUse::kVrf, first}, body.key);
  NoticeRecord notices = notices_of(ctx.state(), raw.header);
  notices.vrf_key = proofs::statement_key(raw.bytes);
  save(ctx.state(), kNotices, notices, raw.header.epoch, id);
  spec::NodeKeyAnnounced event;
  event.set_node(text_of(id));
  event.set_role(spec::KEY_ROLE_VRF);
  event.set_key(text_of(body.key));
  event.set_epoch(first.value());
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
