// SPDX-License-Identifier: Apache-2.0
// Operations on stakes (P-2, P-4, P-8, P-9, P-12).
#include "tests/economics/history.h"

namespace wald::economics::cases {

json::object History::op_stake(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  const NodeId id = numbered<NodeId>(u64(op.at("node")));
  const std::string label = text(op.at("id"));
  const NewStake request{object(label), amount(op.at("amount")), flag(op, "bond")};
  const Epoch activation = accepted(accept_stake(record.pool, request, now(), view(id), params_));
  Stake made;
  made.id = request.id;
  made.owner = owner(text(op.at("owner")));
  made.node = id;
  made.principal = request.amount;
  made.activation = activation;
  made.bond = request.bond;
  stakes_[label] = made;
  return {{"activation", dec(activation)}};
}

json::object History::op_request(const json::object& op) {
  Stake& leaving = stake(op.at("stake"));
  const Leaving date = accepted(request_exit(nodes_.at(leaving.node).pool, leaving,
                                             mint_of(leaving), now(), view(leaving.node), params_));
  return {{"exit", dec(date.exit)}, {"fee", dec(date.fee)}};
}

void History::book(const Withdrawal& done) {
  accepted(book_shift(funds_, {done.burned, done.to_bonus}));
  accepted(to_sink(funds_, done.rest, Amount::of(params_.fund_cap)));
  accepted(to_sink(funds_, done.swept, Amount::of(params_.fund_cap)));
}

json::object History::paid_form(const Withdrawal& done) const {
  json::object form{{"way", done.way == Withdrawal::Way::kDirect ? "direct" : "claim"},
                    {"gross", dec(done.gross)},
                    {"fee", dec(done.fee)},
                    {"paid", dec(done.paid)}};
  if (done.way == Withdrawal::Way::kClaim) form["rest"] = dec(done.rest);
  return form;
}

json::object History::op_withdraw(const json::object& op) {
  Stake leaving = stake(op.at("stake"));
  std::optional<Mint> mint = mint_of(leaving);
  std::optional<Claim> claim;
  const Stake as_is = accepted(current(leaving, nodes_.at(leaving.node).pool, mint));
  const Key key{leaving.node, as_is.leaving ? as_is.leaving->exit : Epoch()};
  const auto found = claims_.find(key);
  if (found != claims_.end()) claim = found->second;
  const Withdrawal done = accepted(withdraw(nodes_.at(leaving.node).pool, leaving, mint, claim,
                                            now(), view(leaving.node), params_));
  store_mint(leaving, mint);
  if (found != claims_.end()) {
    if (claim) {
      found->second = *claim;
    } else {
      claims_.erase(found);
    }
  }
  stakes_.erase(text(op.at("stake")));
  book(done);
  return paid_form(done);
}

json::object History::op_split(const json::object& op) {
  Stake& whole = stake(op.at("stake"));
  const std::string label = text(op.at("new"));
  const Pool& pool = nodes_.at(whole.node).pool;
  const Stake part = accepted(
      split_stake(pool, whole, mint_of(whole), amount(op.at("amount")), object(label), params_));
  json::object form{{"principal", dec(whole.principal)}, {"principal_new", dec(part.principal)}};
  if (whole.minted) {
    form["own"] = dec(whole.minted->own);
    form["own_new"] = dec(part.minted->own);
    form["scale"] = dec(whole.minted->scale);
  }
  stakes_[label] = part;
  return form;
}

json::object History::op_merge(const json::object& op) {
  Stake& into = stake(op.at("stake"));
  const Stake other = stake(op.at("other"));
  accepted(merge_stakes(nodes_.at(into.node).pool, into, mint_of(into), other, mint_of(other)));
  stakes_.erase(text(op.at("other")));
  json::object form{{"principal", dec(into.principal)}, {"activation", dec(into.activation)}};
  if (into.minted) {
    form["own"] = dec(into.minted->own);
    form["scale"] = dec(into.minted->scale);
  }
  return form;
}

json::object History::op_give(const json::object& op) {
  Stake& given = stake(op.at("stake"));
  const AccountId to = owner(text(op.at("owner")));
  accepted(give_stake(nodes_.at(given.node).pool, given, mint_of(given), to));
  return {};
}

json::object History::op_move(const json::object& op) {
  Stake& moving = stake(op.at("stake"));
  const NodeId source = moving.node;
  const NodeId to = numbered<NodeId>(u64(op.at("to")));
  const std::string label = text(op.at("new"));
  std::optional<Mint> mint = mint_of(moving);
  const Stake before = moving;
  const MoveTarget target{to, node(op.at("to")).pool, view(to), object(label)};
  const Moved moved = accepted(
      move_stake(nodes_.at(source).pool, moving, mint, now(), view(source), target, params_));
  if (moved.requested) {
    return {{"way", "request"},
            {"exit", dec(moved.requested->exit)},
            {"fee", dec(moved.requested->fee)}};
  }
  store_mint(before, mint);
  book(moved.withdrawal);
  stakes_.erase(text(op.at("stake")));
  stakes_[label] = *moved.staked;
  json::object form = paid_form(moved.withdrawal);
  form["activation"] = dec(moved.staked->activation);
  return form;
}

json::object History::op_observe(const json::object& op) {
  json::object stakes;
  for (const auto& label : op.at("stakes").as_array()) {
    const Stake& raw = stake(label);
    const Pool& pool = nodes_.at(raw.node).pool;
    const std::optional<Mint> mint = mint_of(raw);
    const Stake seen = accepted(current(raw, pool, mint));
    const bool returned = stake_state(raw, pool, mint) == StakeState::kReturned;
    json::object form{{"node", dec(number_of(seen.node))},
                      {"owner", owners_.at(seen.owner)},
                      {"principal", dec(seen.principal)},
                      {"activation", dec(seen.activation)},
                      {"exit", nullptr},
                      {"fee", "0"},
                      {"returned", returned}};
    if (seen.leaving) {
      form["exit"] = dec(seen.leaving->exit);
      form["fee"] = dec(seen.leaving->fee);
    }
    if (seen.minted) {
      form["own"] = dec(seen.minted->own);
      form["scale"] = dec(seen.minted->scale);
    }
    stakes[text(label)] = form;
  }
  return {{"stakes", stakes}};
}

}  // namespace wald::economics::cases
