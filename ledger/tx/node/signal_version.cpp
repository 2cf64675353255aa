// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/signal_version.h"

#include "ledger/duties.h"

namespace wald::ledger::tx {

Parsed<SignalVersion> SignalVersion::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kSignalVersion));
  const auto whole = proofs::parse_statement(raw.bytes, 0);
  if (!whole.ok()) return malformed("statement");
  return SignalVersion{std::move(raw), std::get<proofs::SignalVersion>(whole->body)};
}

base::Result<void, Dropped> SignalVersion::admit(const Context& view) const {
  if (raw.header.chain != view.block().chain) return dropped(spec::WRONG_CHAIN);
  if (raw.header.epoch != view.epoch()) return dropped(spec::WRONG_EPOCH);
  const auto node = load(view.state(), kNodes, raw.header.author);
  if (!node || node->left) return dropped(spec::UNKNOWN_NODE);
  if (body.version != must_load(view.state(), kChain).version + 1)
    return dropped(spec::VERSION_NOT_NEXT);
  const NoticeRecord notices = notices_of(view.state(), raw.header);
  if (notices.version)
    return dropped(*notices.version == proofs::statement_key(raw.bytes) ? spec::REPEATED
                                                                        : spec::QUOTA);
  const auto key = author_key(view.state(), raw.header);
  WALD_CHECK(key.has_value());  // it is registered
  if (!proofs::verify_statement(raw.bytes, *key)) return dropped(spec::BAD_SIGNATURE);
  return {};
}

void SignalVersion::apply(Context& ctx) const {
  const base::NodeId& node = raw.header.author;
  NoticeRecord notices = notices_of(ctx.state(), raw.header);
  WALD_CHECK(!notices.version);  // admit saw it
  notices.version = proofs::statement_key(raw.bytes);
  save(ctx.state(), kNotices, notices, raw.header.epoch, node);
  DutyRecord duties = duties_of(ctx.state(), node);
  duties.signal = VersionSignal{body.version, body.binary_hash, ctx.epoch()};
  save(ctx.state(), kDuties, duties, node);
  spec::NodeVersionSignalled event;
  event.set_node(text_of(node));
  event.set_version(body.version);
  event.set_binary_hash(text_of(body.binary_hash));
  event.set_epoch(ctx.epoch().value());
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
