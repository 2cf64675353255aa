// SPDX-License-Identifier: Apache-2.0
#include "tests/economics/history.h"

#include "codec/base/hash.h"

namespace wald::economics::cases {
namespace {

Params params_of(const json::object& form) {
  Params params;
  const auto read = [&form](const char* key, std::uint64_t& field) { field = u64(form.at(key)); };
  read("min_stake", params.min_stake);
  read("step_max", params.step_max);
  read("shift_bps", params.shift_bps);
  read("K", params.shift_epochs);
  read("threshold", params.threshold);
  read("max_members", params.max_members);
  read("horizon", params.horizon);
  read("price_step", params.price_step);
  read("burn_bps", params.burn_bps);
  read("rho", params.rho);
  read("per_shard", params.per_shard);
  read("buyer", params.buyer);
  read("system", params.system);
  read("fund_cap", params.fund_cap);
  read("repair_epochs", params.repair_epochs);
  read("kappa", params.kappa);
  read("reserve_bps", params.reserve_bps);
  read("fraud_deposit", params.fraud_deposit);
  read("rounds", params.rounds);
  return params;
}

json::object sums_form(const std::map<Epoch, Amount>& sums) {
  json::object form;
  for (const auto& [epoch, amount] : sums) form[dec(epoch)] = dec(amount);
  return form;
}

}  // namespace

History::History(const json::object& form) {
  const json::object& start = form.at("params").as_object();
  params_ = params_of(start);
  epoch_ = epoch(start.at("epoch"));
  shards_ = u16(start.at("n"));
  genesis_ = funds_.supply = amount(start.at("supply"));
  funds_.subsidy = amount(start.at("subsidy"));
  market_ = {u64(start.at("price")), u64(start.at("write_price")), u64(start.at("capacity"))};
  ring_ = open_ring(epoch_, params_.horizon);
  for (const auto& item : form.at("nodes").as_array()) {
    const json::object& row = item.as_object();
    NodeRecord& record = nodes_[numbered<NodeId>(u64(row.at("id")))];
    record.pool.rate = bps(row.at("rate"));
    if (const auto* votes = row.if_contains("votes")) {
      record.storage_vote = u64(votes->at("storage"));
      record.write_vote = u64(votes->at("write"));
      record.capacity_vote = u64(votes->at("capacity"));
    }
  }
  for (const auto& id : form.at("committee").as_array()) {
    members_.insert(numbered<NodeId>(u64(id)));
  }
  no_committee_yet_ = members_.empty();
}

NodeRecord& History::node(const json::value& id) {
  const auto found = nodes_.find(numbered<NodeId>(u64(id)));
  if (found == nodes_.end()) throw Malformed("unknown node " + json::serialize(id));
  return found->second;
}

Stake& History::stake(const json::value& label) {
  const auto found = stakes_.find(text(label));
  if (found == stakes_.end()) throw Malformed("unknown stake " + json::serialize(label));
  return found->second;
}

NodeView History::view(NodeId id) const {
  const NodeRecord& record = nodes_.at(id);
  NodeView view;
  view.in_current = members_.count(id) != 0;
  view.in_next = chosen_ && chosen_->count(id) != 0;
  view.leaving = record.leaving;
  view.left = record.left;
  view.barred = record.barred;
  return view;
}

std::optional<Mint> History::mint_of(const Stake& stake) const {
  const auto found = mints_.find({stake.node, stake.activation});
  if (found == mints_.end()) return std::nullopt;
  return found->second;
}

void History::store_mint(const Stake& stake, const std::optional<Mint>& mint) {
  if (mint) mints_[{stake.node, stake.activation}] = *mint;
}

ObjectId History::object(const std::string& label) {
  const ObjectId id(base::blake2b(base::as_bytes(label)).bytes());
  labels_[id] = label;
  return id;
}

AccountId History::owner(const std::string& label) {
  const AccountId id(base::blake2b(base::as_bytes(label)).bytes());
  owners_[id] = label;
  return id;
}

json::value History::bond_state(const Pool& pool) const {
  if (!pool.bond) return nullptr;
  json::object form;
  form["stake"] = labels_.at(pool.bond->stake);
  form["shares"] = dec(pool.bond->shares);
  form["principal"] = dec(pool.bond->principal);
  form["activation"] = dec(pool.bond->activation);
  if (pool.bond->leaving) {
    form["exit"] = dec(pool.bond->leaving->exit);
    form["fee"] = dec(pool.bond->leaving->fee);
  }
  return form;
}

json::object History::pool_state(NodeId id, const NodeRecord& record) const {
  const Pool& pool = record.pool;
  json::object form;
  form["V"] = dec(pool.vault);
  form["W"] = dec(pool.active);
  form["S"] = dec(pool.shares);
  form["scale"] = dec(pool.scale);
  form["generation"] = dec(pool.generation);
  form["live"] = dec(pool.live);
  form["old"] = dec(pool.old);
  json::object young;
  for (const auto& [epoch, shares] : pool.young) young[dec(epoch)] = dec(shares);
  form["young"] = young;
  form["pend"] = sums_form(pool.pend);
  form["pre"] = sums_form(pool.pre);
  json::object exits;
  for (const auto& [epoch, row] : pool.exits) {
    exits[dec(epoch)] = json::object{{"shares", dec(row.shares)},
                                     {"weight", dec(row.weight.value)},
                                     {"principal", dec(row.principal)}};
  }
  form["exits"] = exits;
  json::object returned;
  for (const auto& [key, mint] : mints_) {
    if (key.first == id && !mint.returned.is_zero()) returned[dec(key.second)] = dec(mint.returned);
  }
  form["returned"] = returned;
  json::object claims;
  for (const auto& [key, claim] : claims_) {
    if (key.first != id) continue;
    claims[dec(key.second)] = json::object{{"w", dec(claim.rate.w)},
                                           {"s", dec(claim.rate.s)},
                                           {"scale", dec(claim.rate.scale)},
                                           {"money", dec(claim.money)},
                                           {"principal", dec(claim.principal)}};
  }
  form["claims"] = claims;
  form["bond"] = bond_state(pool);
  form["free"] = dec(pool.free);
  form["escrow"] = sums_form(pool.escrow);
  form["rate"] = dec(pool.rate);
  json::object scheduled;
  for (const auto& [epoch, rate] : pool.scheduled) scheduled[dec(epoch)] = dec(rate);
  form["scheduled"] = scheduled;
  return form;
}

json::object History::state(bool with_market) const {
  json::object form;
  form["epoch"] = dec(epoch_);
  form["fund"] = dec(funds_.repair);
  json::object earmarks;
  for (const auto& [shard, sum] : earmarks_) earmarks[dec(shard)] = dec(sum);
  form["earmarks"] = earmarks;
  form["bonus"] = dec(funds_.bonus);
  form["supply"] = dec(funds_.supply);
  form["burned"] = json::object{{"sink", dec(funds_.burned.sink)},
                                {"shift", dec(funds_.burned.shift)},
                                {"fine", dec(funds_.burned.fine)},
                                {"slash", dec(funds_.burned.slash)},
                                {"epoch", dec(funds_.burned.epoch)}};
  json::object pools;
  for (const auto& [id, record] : nodes_) pools[dec(number_of(id))] = pool_state(id, record);
  form["pools"] = pools;
  if (!with_market) return form;
  form["subsidy"] = dec(funds_.subsidy);
  form["price"] = dec(market_.price);
  form["write_price"] = dec(market_.write_price);
  form["capacity"] = dec(market_.capacity);
  json::array ring;
  for (const Slot& slot : ring_.slots) {
    ring.push_back(json::object{{"epoch", dec(slot.epoch)},
                                {"used", dec(slot.used)},
                                {"money", dec(slot.money)},
                                {"sold", dec(slot.sold)}});
  }
  form["ring"] = ring;
  return form;
}

std::string History::broken_law() const {
  for (const auto& [id, record] : nodes_) {
    const Pool& pool = record.pool;
    if (!identities_hold(pool)) return "identities of pool " + dec(number_of(id));
    U128 claimed = 0;
    U128 returned = 0;
    for (const auto& [key, claim] : claims_) {
      if (key.first == id) claimed += claim.money.value();
    }
    for (const auto& [key, mint] : mints_) {
      if (key.first == id) returned += mint.returned.value();
    }
    if (claimed != pool.claimed.value()) return "claims of pool " + dec(number_of(id));
    if (returned != pool.returned.value()) return "returned of pool " + dec(number_of(id));
  }
  const Burned& burned = funds_.burned;
  const U128 gone = U128{burned.sink.value()} + burned.shift.value() + burned.fine.value() +
                    burned.slash.value() + burned.epoch.value();
  return U128{genesis_.value()} == gone + funds_.supply.value() ? "" : "supply";
}

json::object History::play(const json::object& op) {
  using Play = json::object (History::*)(const json::object&);
  static const std::map<std::string, Play> kPlays = {
      {"stake", &History::op_stake},
      {"request", &History::op_request},
      {"withdraw", &History::op_withdraw},
      {"split", &History::op_split},
      {"merge", &History::op_merge},
      {"give", &History::op_give},
      {"move", &History::op_move},
      {"observe", &History::op_observe},
      {"rate", &History::op_rate},
      {"collect", &History::op_collect},
      {"ballot", &History::op_ballot},
      {"slash", &History::op_slash},
      {"charge", &History::op_charge},
      {"leave", &History::op_flag},
      {"bar", &History::op_flag},
      {"left", &History::op_left},
      {"value", &History::op_value},
      {"lost", &History::op_lost},
      {"restored", &History::op_restored},
      {"choose", &History::op_choose},
      {"select", &History::op_select},
      {"step", &History::op_step},
      {"close", &History::op_close},
      {"buy", &History::op_buy},
      {"write", &History::op_write},
      {"topup", &History::op_topup},
      {"subsidise", &History::op_subsidise},
      {"vote", &History::op_vote},
  };
  const std::string name = text(op.at("op"));
  if (name == "state") return json::object{{"state", state(false)}};
  const auto found = kPlays.find(name);
  if (found == kPlays.end()) throw Malformed("unknown op " + name);
  return (this->*found->second)(op);
}

}  // namespace wald::economics::cases
