// SPDX-License-Identifier: Apache-2.0
// Committees, the change of epoch, the ring (C-1 to C-5, R-2 to R-8, S-2 to S-4, section 8).
#include "codec/base/text.h"
#include "tests/economics/history.h"

namespace wald::economics::cases {

json::object History::op_choose(const json::object& op) {
  std::set<NodeId> members;
  for (const auto& id : op.at("members").as_array()) members.insert(numbered<NodeId>(u64(id)));
  chosen_ = std::move(members);
  chosen_seats_.clear();
  return {};
}

json::object History::op_select(const json::object& op) {
  std::vector<Candidate> candidates;
  for (const auto& item : op.at("keys").as_object()) {
    const NodeId id = numbered<NodeId>(u64(json::value(json::string(item.key()))));
    const auto key = base::from_hex(text(item.value()));
    if (!key || key->size() != 32) throw Malformed("key is not 32 bytes");
    const Amount value = weight_at(nodes_.at(id).pool, epoch_.next(), view(id));
    candidates.push_back({id, value, base::Hash::from(*key)});
  }
  std::map<NodeId, std::vector<base::ShardIndex>> lost;
  std::map<NodeId, std::uint32_t> lost_counts;
  if (const auto* given = op.if_contains("lost")) {
    for (const auto& item : given->as_object()) {
      const NodeId id = numbered<NodeId>(u64(json::value(json::string(item.key()))));
      for (const auto& shard : item.value().as_array()) {
        lost[id].push_back(base::ShardIndex(u16(shard)));
      }
      lost_counts[id] = static_cast<std::uint32_t>(lost[id].size());
    }
  }
  const Election election =
      accepted(hold_election(std::move(candidates), seats_, lost_counts, shards_,
                             Amount::of(params_.threshold), params_.max_members));
  if (!election.order.empty()) {
    const std::vector<SeatCount> counts = seat_counts(election);
    chosen_seats_ =
        accepted(seats_.empty() ? first_assignment(counts) : transition(seats_, counts, lost));
    chosen_.emplace();
    for (const SeatCount& count : counts) chosen_->insert(count.first);
  } else {
    chosen_ = members_;
    chosen_seats_ = seats_;
  }
  json::array order;
  json::array seats;
  for (std::size_t i = 0; i < election.order.size(); ++i) {
    order.push_back(json::string(dec(number_of(election.order[i].node))));
    seats.push_back(json::string(dec(election.seats[i])));
  }
  json::object shards;
  for (const auto& [id, held] : chosen_seats_) {
    json::array list;
    for (const base::ShardIndex shard : held) list.push_back(json::string(dec(shard)));
    shards[dec(number_of(id))] = list;
  }
  return {{"order", order},
          {"seats", seats},
          {"widened", dec(election.widened)},
          {"limits_dropped", election.limits_dropped},
          {"shards", shards}};
}

std::map<NodeId, PoolTurn> History::turns() const {
  std::map<NodeId, PoolTurn> turns;
  for (const auto& [id, record] : nodes_) {
    PoolTurn turn;
    turn.pool = record.pool;
    turn.left = record.left;
    turns[id] = turn;
  }
  return turns;
}

void History::keep_records(NodeId id, const StepOutcome& out) {
  const Epoch into = epoch_.next();
  if (out.mint) mints_[{id, into}] = *out.mint;
  if (out.claim) claims_[{id, into}] = *out.claim;
  if (out.bond_left) apply_bond_left(stakes_.at(labels_.at(out.bond_left->stake)), *out.bond_left);
  if (out.topup_merged) stakes_.erase(labels_.at(*out.topup_merged));
  if (out.fine) close_bond(out.fine->charge);
}

void History::step_all(std::map<NodeId, PoolTurn>& turns, Amount unspent, json::object& answer) {
  const Epoch into = epoch_.next();
  const auto stepped = accepted(step_pools(funds_, turns, into, params_));
  json::object pools;
  for (const auto& [id, step] : stepped) {
    if (step.quarantined) throw Malformed("pool quarantined");
    const StepOutcome& out = *step.outcome;
    nodes_.at(id).pool = turns.at(id).pool;
    keep_records(id, out);
    json::object row{
        {"commission", dec(out.commission)}, {"bonus", dec(out.bonus)}, {"shift", dec(out.shift)}};
    if (out.fine) {
      json::object fine = charge_form(out.fine->charge);
      fine["bounty"] = dec(out.fine->bounty);
      row["fine"] = fine;
    }
    if (out.swept) row["swept"] = dec(*out.swept);
    if (out.mint && !out.mint->rate) row["mint"] = "RETURNED";
    if (out.mint && out.mint->rate) {
      const Rate& rate = *out.mint->rate;
      row["mint"] =
          json::object{{"w", dec(rate.w)}, {"s", dec(rate.s)}, {"scale", dec(rate.scale)}};
    }
    pools[dec(number_of(id))] = row;
  }
  answer["pools"] = pools;
  json::object paid;
  for (const auto& [account, sum] : accepted(bounties(stepped))) {
    paid[dec(number_of(account))] = dec(sum);
  }
  answer["bounties"] = paid;
  accepted(sink_all(funds_, unspent, stepped, Amount::of(params_.fund_cap)));
}

void History::open_committee() {
  if (chosen_) {
    members_ = *chosen_;
    seats_ = chosen_seats_;
  }
  chosen_.reset();
  chosen_seats_.clear();
}

namespace {

std::vector<AccountId> holders_of(const json::object& row) {
  std::vector<AccountId> holders;
  const auto* given = row.if_contains("holders");
  if (given == nullptr) return holders;
  for (const auto& id : given->as_array()) holders.push_back(numbered<AccountId>(u64(id)));
  return holders;
}

}  // namespace

json::object History::op_step(const json::object& op) {
  std::map<NodeId, PoolTurn> all = turns();
  for (const auto& item : op.at("in").as_object()) {
    const json::object& row = item.value().as_object();
    PoolTurn& turn = all.at(numbered<NodeId>(u64(json::value(json::string(item.key())))));
    turn.full = amount(row.at("full"));
    turn.reward = amount(row.at("reward"));
    turn.fine = Amount::of(u64_or(row, "fine", 0));
    turn.holders = holders_of(row);
  }
  json::object answer;
  step_all(all, Amount(), answer);
  epoch_ = epoch_.next();
  open_committee();
  answer["state"] = state(false);
  return answer;
}

json::object History::op_close(const json::object& op) {
  std::vector<MemberScore> scores;
  std::vector<NodeId> ids;
  const json::object& given = op.at("scores").as_object();
  for (const auto& [id, held] : seats_) {
    MemberScore score;
    score.weight = Weight(static_cast<std::uint16_t>(held.size()));
    if (const auto* row = given.if_contains(dec(number_of(id)))) {
      const json::object& form = row->as_object();
      score.score = ppm(form.at("s"));
      score.bad = Ppm::of(u64_or(form, "q", 0));
      score.denied = u64_or(form, "denied", 0);
    }
    scores.push_back(score);
    ids.push_back(id);
  }
  const Settlement done = accepted(
      settle(funds_, ring_.slots.front(), scores, u64_or(op, "void", 0), shards_, params_));
  std::map<NodeId, PoolTurn> all = turns();
  json::object rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const MemberReward& row = done.rows[i];
    PoolTurn& turn = all.at(ids[i]);
    turn.full = row.full;
    turn.reward = row.reward;
    turn.fine = row.fine;
    if (const auto* form = given.if_contains(dec(number_of(ids[i])))) {
      turn.holders = holders_of(form->as_object());
    }
    rows[dec(number_of(ids[i]))] =
        json::object{{"full", dec(row.full)}, {"reward", dec(row.reward)}, {"fine", dec(row.fine)}};
  }
  json::object answer{{"match", dec(done.match)},
                      {"fixed", dec(done.fixed)},
                      {"burn", dec(done.burn)},
                      {"pot", dec(done.pot)},
                      {"carry", dec(done.carry)},
                      {"unspent", dec(done.unspent)},
                      {"rows", rows}};
  step_all(all, done.unspent, answer);
  accepted(pop(ring_, epoch_, done.carry));
  epoch_ = epoch_.next();
  open_committee();
  std::vector<MemberVote> votes;
  for (const auto& [id, held] : seats_) {
    const NodeRecord& record = nodes_.at(id);
    votes.push_back({static_cast<std::uint16_t>(held.size()), record.storage_vote,
                     record.write_vote, record.capacity_vote});
  }
  market_ = revise(market_, votes, shards_, no_committee_yet_, largest_used(ring_), params_);
  if (!seats_.empty()) no_committee_yet_ = false;
  answer["state"] = state(true);
  return answer;
}

json::object History::op_buy(const json::object& op) {
  PurchaseTerms terms{};
  terms.size = u64(op.at("size"));
  terms.range = accepted(slots_of(ring_, epoch(op.at("from")), epoch(op.at("to"))));
  if (const auto* bytes = op.if_contains("certified")) terms.certified = u64(*bytes);
  if (const auto* cost = op.if_contains("max_cost")) terms.max_cost = amount(*cost);
  terms.price = market_.price;
  terms.capacity = market_.capacity;
  const auto done = buy(ring_, terms, funds_.subsidy, params_);
  if (!done.ok()) {
    Refused refused{done.error(), std::nullopt};
    if (refused.why == Refusal::kCapacity) {
      refused.at =
          first_full(ring_, terms.range, terms.size,
                     room(terms.capacity, params_.reserve_bps, terms.size, terms.certified));
    }
    throw refused;
  }
  const Amount subsidy = accepted(done->buyer_part.plus(done->system_part));
  funds_.subsidy = accepted(funds_.subsidy.minus(subsidy));
  return {{"per_epoch", dec(done->per_epoch)},
          {"total", dec(done->total)},
          {"paid", dec(done->paid)},
          {"subsidy", dec(subsidy)}};
}

json::object History::op_write(const json::object& op) {
  const Amount fee = accepted(write_fee(u64(op.at("encoded")), market_.write_price));
  accepted(pay_write_fee(ring_, fee));
  return {{"paid", dec(fee)}};
}

json::object History::op_topup(const json::object& op) {
  accepted(top_up(ring_, amount(op.at("amount")), u64(op.at("epochs"))));
  return {};
}

json::object History::op_subsidise(const json::object& op) {
  funds_.subsidy = accepted(funds_.subsidy.plus(amount(op.at("amount"))));
  return {};
}

json::object History::op_vote(const json::object& op) {
  NodeRecord& record = node(op.at("node"));
  record.storage_vote = u64(op.at("storage"));
  record.write_vote = u64(op.at("write"));
  record.capacity_vote = u64(op.at("capacity"));
  return {};
}

}  // namespace wald::economics::cases
