// SPDX-License-Identifier: Apache-2.0
// Operations on pools and nodes (P-10, P-11, X-4, X-5, X-7, X-9, N-6).
#include "tests/economics/history.h"

namespace wald::economics::cases {

json::object History::charge_form(const Charge& charge) const {
  return {{"escrow", dec(charge.escrow)},
          {"free", dec(charge.free)},
          {"bond", dec(charge.bond)},
          {"shares", dec(charge.shares)},
          {"closed", charge.closed.has_value()},
          {"pool", dec(charge.pool)},
          {"taken", dec(charge.taken)}};
}

void History::close_bond(const Charge& charge) {
  if (charge.closed) stakes_.erase(labels_.at(*charge.closed));
}

json::object History::op_rate(const json::object& op) {
  const Epoch target = accepted(
      announce_rate(node(op.at("node")).pool, u64(op.at("bps")), epoch_, params_.step_max));
  return {{"target", dec(target)}};
}

json::object History::op_collect(const json::object& op) {
  return {{"paid", dec(collect(node(op.at("node")).pool))}};
}

json::object History::op_ballot(const json::object& op) {
  const Amount burned = accepted(burn_commission(node(op.at("node")).pool));
  accepted(burn(funds_, &Burned::slash, burned));
  return {{"burned", dec(burned)}};
}

json::object History::op_slash(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  const Bps cut =
      slash_bps(bps(op.at("base")), bps(op.at("floor")), Weight(u16(op.at("weight"))), shards_);
  const Slash done = accepted(slash(record.pool, cut, record.left));
  accepted(burn(funds_, &Burned::slash, done.charge.taken));
  accepted(to_sink(funds_, done.charge.swept, Amount::of(params_.fund_cap)));
  close_bond(done.charge);
  json::object form = charge_form(done.charge);
  form["bps"] = dec(cut);
  form["amount"] = dec(done.amount);
  return form;
}

json::object History::op_charge(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  const Charge charge =
      accepted(take(record.pool, amount(op.at("amount")), amount(op.at("limit")), record.left));
  accepted(burn(funds_, &Burned::slash, charge.taken));
  accepted(to_sink(funds_, charge.swept, Amount::of(params_.fund_cap)));
  close_bond(charge);
  return charge_form(charge);
}

json::object History::op_flag(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  (text(op.at("op")) == "leave" ? record.leaving : record.barred) = op.at("on").as_bool();
  return {};
}

json::object History::op_left(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  const Left done = accepted(become_left(record.pool, epoch_, params_));
  record.left = true;
  accepted(to_sink(funds_, done.swept, Amount::of(params_.fund_cap)));
  if (!done.bond) return {};
  return {{"exit", dec(done.bond->exit)}, {"fee", dec(done.bond->fee)}};
}

json::object History::op_value(const json::object& op) {
  const NodeId id = numbered<NodeId>(u64(op.at("node")));
  return {{"value", dec(weight_at(node(op.at("node")).pool, epoch(op.at("epoch")), view(id)))}};
}

json::object History::op_lost(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  const Amount due =
      accepted(recovery(market_.price, ring_.slots.front().used, shards_, params_.repair_epochs));
  const Declared done = accepted(declare_loss(record.pool, due, record.left));
  accepted(to_sink(funds_, done.charge.swept, Amount::of(params_.fund_cap)));
  close_bond(done.charge);
  Amount& earmark = earmarks_[u64(op.at("shard"))];
  earmark = accepted(earmark.plus(done.charge.taken));
  if (earmark.is_zero()) earmarks_.erase(u64(op.at("shard")));
  json::object form = charge_form(done.charge);
  form["recovery"] = dec(done.recovery);
  form["excuses"] = done.excuses;
  return form;
}

json::object History::op_restored(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  Amount earmark;
  if (const auto found = earmarks_.find(u64(op.at("shard"))); found != earmarks_.end()) {
    earmark = found->second;
    earmarks_.erase(found);
  }
  const Freed freed = free_earmark(earmark, text(op.at("by")) == "same", funds_.repair,
                                   Amount::of(params_.fund_cap));
  accepted(add_to(record.pool.escrow, epoch_, freed.into_escrow));
  funds_.repair = accepted(funds_.repair.plus(freed.into_fund));
  accepted(burn(funds_, &Burned::sink, freed.burned));
  return {{"earmark", dec(earmark)},
          {"paid", dec(freed.into_escrow)},
          {"into_fund", dec(freed.into_fund)},
          {"burned", dec(freed.burned)}};
}

}  // namespace wald::economics::cases
