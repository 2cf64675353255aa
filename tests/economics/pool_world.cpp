// SPDX-License-Identifier: Apache-2.0
#include "tests/economics/pool_world.h"

namespace wald::economics::tests {

PoolWorld::PoolWorld(std::uint8_t nodes) : outside(kGenesisSupply) {
  funds.supply = kGenesisSupply;
  for (std::uint8_t i = 1; i <= nodes; ++i) {
    nodes_[node_id(i)];
    current_.insert(node_id(i));
  }
}

ObjectId PoolWorld::new_id() {
  std::array<std::uint8_t, 32> bytes{};
  ++next_id_;
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[31 - i] = static_cast<std::uint8_t>(next_id_ >> (8 * i));
  }
  return ObjectId(bytes);
}

NodeView PoolWorld::view(NodeId id) const {
  const Node& node = nodes_.at(id);
  NodeView view;
  view.in_current = current_.count(id) != 0;
  view.in_next = chosen_ && chosen_->count(id) != 0;
  view.leaving = node.leaving;
  view.left = node.left;
  return view;
}

std::optional<Mint> PoolWorld::mint_of(const Stake& stake) const {
  const auto found = mints_.find({stake.node, stake.activation});
  if (found == mints_.end()) return std::nullopt;
  return found->second;
}

Stake PoolWorld::seen(ObjectId id) const {
  const Stake& stake = stakes_.at(id);
  return current(stake, nodes_.at(stake.node).pool, mint_of(stake)).value();
}

void PoolWorld::pay_out(Amount x) { outside = outside.plus(x).value(); }

void PoolWorld::book(const Withdrawal& done) {
  book_shift(funds, {done.burned, done.to_bonus}).value();
  to_sink(funds, done.rest, Amount::of(params.fund_cap)).value();
  to_sink(funds, done.swept, Amount::of(params.fund_cap)).value();
}

std::map<NodeId, Stepped> PoolWorld::step(const std::map<NodeId, Due>& dues) {
  std::map<NodeId, PoolTurn> turns;
  for (const auto& [id, node] : nodes_) {
    PoolTurn turn;
    turn.pool = node.pool;
    turn.left = node.left;
    if (const auto due = dues.find(id); due != dues.end()) {
      turn.full = due->second.full;
      turn.reward = due->second.reward;
      turn.fine = due->second.fine;
      turn.holders = due->second.holders;
      outside = outside.minus(turn.reward).value();
    }
    turns[id] = turn;
  }
  const Epoch into = epoch.next();
  auto stepped = step_pools(funds, turns, into, params).value();
  sink_all(funds, Amount(), stepped, Amount::of(params.fund_cap)).value();
  const std::map<AccountId, Amount> paid = bounties(stepped).value();
  for (const auto& [account, amount] : paid) pay_out(amount);
  for (auto& [id, turn] : turns) {
    nodes_.at(id).pool = turn.pool;
    const auto step = stepped.find(id);
    if (step == stepped.end() || !step->second.outcome) continue;
    const StepOutcome& out = *step->second.outcome;
    if (out.mint) mints_[{id, into}] = *out.mint;
    if (out.claim) claims_[{id, into}] = *out.claim;
    if (out.bond_left) apply_bond_left(stakes_.at(out.bond_left->stake), *out.bond_left);
    if (out.topup_merged) stakes_.erase(*out.topup_merged);
    if (out.fine && out.fine->charge.closed) stakes_.erase(*out.fine->charge.closed);
  }
  epoch = into;
  if (chosen_) current_ = *chosen_;
  chosen_.reset();
  return stepped;
}

Outcome<ObjectId> PoolWorld::stake(NodeId node, Amount amount, bool bond, std::uint8_t owner) {
  Stake made;
  made.id = new_id();
  made.owner = account_id(owner);
  made.node = node;
  made.principal = amount;
  made.bond = bond;
  TRY_ASSIGN(made.activation, accept_stake(nodes_.at(node).pool, {made.id, amount, bond}, now(),
                                           view(node), params));
  outside = outside.minus(amount).value();
  stakes_[made.id] = made;
  return made.id;
}

Outcome<Leaving> PoolWorld::request(ObjectId id) {
  Stake& stake = stakes_.at(id);
  return request_exit(nodes_.at(stake.node).pool, stake, mint_of(stake), now(), view(stake.node),
                      params);
}

Outcome<Withdrawal> PoolWorld::withdraw_stake(ObjectId id) {
  Stake stake = stakes_.at(id);
  std::optional<Mint> mint = mint_of(stake);
  std::optional<Claim> claim;
  const Stake as_is = seen(id);
  const Key key{stake.node, as_is.leaving ? as_is.leaving->exit : Epoch()};
  if (const auto found = claims_.find(key); found != claims_.end()) claim = found->second;
  TRY_ASSIGN(const Withdrawal done, withdraw(nodes_.at(stake.node).pool, stake, mint, claim, now(),
                                             view(stake.node), params));
  if (mint) mints_[{stake.node, stake.activation}] = *mint;
  claims_.erase(key);
  if (claim) claims_[key] = *claim;
  stakes_.erase(id);
  pay_out(done.paid);
  book(done);
  return done;
}

Outcome<ObjectId> PoolWorld::split(ObjectId id, Amount amount) {
  Stake& stake = stakes_.at(id);
  TRY_ASSIGN(const Stake part, split_stake(nodes_.at(stake.node).pool, stake, mint_of(stake),
                                           amount, new_id(), params));
  stakes_[part.id] = part;
  return part.id;
}

Outcome<void> PoolWorld::merge(ObjectId id, ObjectId other) {
  Stake& into = stakes_.at(id);
  const Stake gone = stakes_.at(other);
  TRY(merge_stakes(nodes_.at(into.node).pool, into, mint_of(into), gone, mint_of(gone)));
  stakes_.erase(other);
  return {};
}

Outcome<void> PoolWorld::give(ObjectId id, std::uint8_t owner) {
  Stake& stake = stakes_.at(id);
  return give_stake(nodes_.at(stake.node).pool, stake, mint_of(stake), account_id(owner));
}

Outcome<Moved> PoolWorld::move(ObjectId id, NodeId to) {
  Stake& stake = stakes_.at(id);
  const Stake before = stake;
  std::optional<Mint> mint = mint_of(stake);
  const MoveTarget target{to, nodes_.at(to).pool, view(to), new_id()};
  TRY_ASSIGN(const Moved moved, move_stake(nodes_.at(stake.node).pool, stake, mint, now(),
                                           view(stake.node), target, params));
  if (!moved.staked) return moved;
  if (mint) mints_[{before.node, before.activation}] = *mint;
  stakes_.erase(id);
  stakes_[moved.staked->id] = *moved.staked;
  book(moved.withdrawal);
  return moved;
}

Outcome<Charge> PoolWorld::charge(NodeId node, Amount amount, Amount limit) {
  Node& record = nodes_.at(node);
  TRY_ASSIGN(const Charge charge, take(record.pool, amount, limit, record.left));
  TRY(burn(funds, &Burned::slash, charge.taken));
  to_sink(funds, charge.swept, Amount::of(params.fund_cap)).value();
  if (charge.closed) stakes_.erase(*charge.closed);
  return charge;
}

Outcome<Left> PoolWorld::leave_for_good(NodeId node) {
  Node& record = nodes_.at(node);
  TRY_ASSIGN(const Left left, become_left(record.pool, epoch, params));
  record.left = record.leaving = true;
  to_sink(funds, left.swept, Amount::of(params.fund_cap)).value();
  return left;
}

std::string PoolWorld::broken_pool(NodeId id, const Node& node) const {
  const Pool& pool = node.pool;
  if (!identities_hold(pool)) return "identities of P-1";
  U128 own = 0;
  std::map<Epoch, U128> exits;
  std::map<Epoch, U128> claims;
  for (const auto& [stake_id, raw] : stakes_) {
    if (raw.node != id) continue;
    const Stake stake = seen(stake_id);
    if (!stake.minted) continue;
    const bool in_bond = pool.bond && pool.bond->stake == stake_id;
    if (stake.leaving && stake.leaving->exit <= epoch && !in_bond) {
      const auto claim = claims_.find({id, stake.leaving->exit});
      if (claim == claims_.end()) return "a claim without its record";
      const Rate& rate = claim->second.rate;
      const Shares lifted = lift(stake.minted->own, stake.minted->scale, rate.scale).value();
      const Amount gross = to_frost(lifted, rate).value();
      claims[stake.leaving->exit] += gross.value() - shift_fee(gross, stake.leaving->fee).value();
      continue;
    }
    const Shares lifted = lift(stake.minted->own, stake.minted->scale, pool.scale).value();
    if (lifted.value() < kLeastShares) return "a live stake with too few shares (P-7)";
    own += lifted.value();
    if (stake.leaving && !in_bond) exits[stake.leaving->exit] += lifted.value();
  }
  if (own > pool.shares.value()) return "own shares above S";
  for (const auto& [when, shares] : exits) {
    const auto row = pool.exits.find(when);
    if (row == pool.exits.end() || shares > row->second.shares.value()) return "exits below own";
  }
  for (const auto& [when, money] : claims) {
    if (money > claims_.at({id, when}).money.value()) return "a claim that is not covered";
  }
  return "";
}

std::string PoolWorld::broken() const {
  U128 everywhere = U128{outside.value()} + funds.repair.value() + funds.bonus.value();
  for (const auto& [id, node] : nodes_) {
    const std::string law = broken_pool(id, node);
    if (!law.empty()) return law;
    everywhere += node.pool.vault.value();
    everywhere += node.pool.free.value();
    everywhere += escrow_total(node.pool).value();
  }
  if (everywhere != funds.supply.value()) return "money is not where it was";
  const Burned& burned = funds.burned;
  const U128 gone = U128{burned.sink.value()} + burned.shift.value() + burned.fine.value() +
                    burned.slash.value() + burned.epoch.value();
  return gone + funds.supply.value() == kGenesisSupply.value() ? "" : "supply";
}

}  // namespace wald::economics::tests
