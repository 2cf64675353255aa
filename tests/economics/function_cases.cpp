// SPDX-License-Identifier: Apache-2.0
// The section `functions` of histories files: one row per pure function.
#include "codec/base/text.h"
#include "economics/resources.h"
#include "economics/subsidy.h"
#include "tests/economics/history.h"

namespace wald::economics::cases {
namespace {

using In = const json::object&;

NodeId node_of(const json::value& id) { return numbered<NodeId>(u64(id)); }
NodeId node_of(json::string_view id) { return node_of(json::value(json::string(id))); }
Epoch epoch_of(json::string_view key) { return epoch(json::value(json::string(key))); }

json::object mul_div_case(In in) {
  const Round round = text(in.at("round")) == "up" ? Round::kUp : Round::kDown;
  return {{"r", dec(accepted(mul_div(wide(in.at("a")), wide(in.at("num")), wide(in.at("den")),
                                     round, u64(in.at("max")))))}};
}

json::object halves_case(In in) {
  const Halves parts = halves(amount(in.at("x")));
  return {{"burn", dec(parts.burn)}, {"rest", dec(parts.rest)}};
}

json::array amounts_form(const std::vector<Amount>& amounts) {
  json::array form;
  for (const Amount part : amounts) form.push_back(json::string(dec(part)));
  return form;
}

json::object spread_case(In in) {
  return {{"parts", amounts_form(accepted(spread(amount(in.at("x")), u64(in.at("k")))))}};
}

json::object sink_case(In in) {
  const Sunk sunk = sink(amount(in.at("x")), amount(in.at("fund")), amount(in.at("cap")));
  return {{"into_fund", dec(sunk.into_fund)}, {"burned", dec(sunk.burned)}};
}

json::object units_case(In in) { return {{"units", dec(units(u64(in.at("bytes"))))}}; }

json::object encoded_size_case(In in) {
  return {{"bytes", dec(accepted(encoded_size(u64(in.at("length")), u64(in.at("n")))))}};
}

json::object quote_case(In in) {
  std::optional<Amount> max_cost;
  if (const auto* cost = in.if_contains("max_cost")) max_cost = amount(*cost);
  const Quote quoted = accepted(quote(u64(in.at("size")), u64(in.at("price")), u64(in.at("epochs")),
                                      u64(in.at("horizon")), max_cost));
  return {{"units", dec(quoted.units)},
          {"per_epoch", dec(quoted.per_epoch)},
          {"total", dec(quoted.total)}};
}

json::object room_case(In in) {
  std::optional<std::uint64_t> certified;
  if (const auto* bytes = in.if_contains("certified")) certified = u64(*bytes);
  return {{"room", dec(room(u64(in.at("capacity")), u64(in.at("reserve_bps")), u64(in.at("size")),
                            certified))}};
}

Resource resource_of(const json::value& form) {
  const json::array& list = form.as_array();
  return {epoch(list.at(0)), epoch(list.at(1)), u64(list.at(2))};
}

json::array resource_form(const Resource& resource) {
  return {json::string(dec(resource.start)), json::string(dec(resource.end)),
          json::string(dec(resource.size))};
}

json::object parts_form(const ResourceParts& parts) {
  return {{"parts", json::array{resource_form(parts.self), resource_form(parts.other)}}};
}

json::object split_epoch_case(In in) {
  return parts_form(accepted(split_epoch(resource_of(in.at("resource")), epoch(in.at("epoch")))));
}

json::object split_size_case(In in) {
  return parts_form(accepted(split_size(resource_of(in.at("resource")), u64(in.at("keep")))));
}

json::object fuse_case(In in) {
  return {{"resource", resource_form(accepted(
                           fuse(resource_of(in.at("resource")), resource_of(in.at("other")))))}};
}

json::object shrink_case(In in) {
  return {
      {"x", dec(accepted(shrink(u64(in.at("size")), u64(in.at("used")), u64(in.at("percent")))))}};
}

json::object to_shares_case(In in) {
  const Rate rate{amount(in.at("w")), Shares(u64(in.at("s"))), Scale(0)};
  return {{"shares", dec(accepted(to_shares(amount(in.at("principal")), rate)))}};
}

json::object to_frost_case(In in) {
  const Scale from(u16(in.at("from")));
  const Scale to(u16(in.at("to")));
  const Shares own = accepted(lift(Shares(u64(in.at("shares"))), from, to));
  const Rate rate{amount(in.at("w")), Shares(u64(in.at("s"))), to};
  return {{"frost", dec(accepted(to_frost(own, rate)))}};
}

std::map<Epoch, Amount> sums_of(In in, const char* key) {
  std::map<Epoch, Amount> sums;
  if (const auto* form = in.if_contains(key)) {
    for (const auto& item : form->as_object()) sums[epoch_of(item.key())] = amount(item.value());
  }
  return sums;
}

json::object weight_at_case(In in) {
  Pool pool;
  pool.active = amount(in.at("W"));
  pool.shares = Shares(u64(in.at("S")));
  pool.live = pool.active;  // the cases are of pools at work, or empty
  pool.pend = sums_of(in, "pend");
  pool.pre = sums_of(in, "pre");
  if (const auto* exits = in.if_contains("exits")) {
    for (const auto& item : exits->as_object()) {
      pool.exits[epoch_of(item.key())].shares = Shares(u64(item.value()));
    }
  }
  if (const auto* bond = in.if_contains("bond"); bond != nullptr && bond->is_object()) {
    Bond held{ObjectId(), Shares(u64(bond->at("shares"))), Amount(), Epoch(), std::nullopt};
    if (const auto* exit = bond->as_object().if_contains("exit")) {
      held.leaving = Leaving{epoch(*exit), Ppm()};
    }
    pool.bond = held;
  }
  NodeView node;
  node.leaving = flag(in, "leaving");
  node.barred = flag(in, "barred");
  node.left = flag(in, "left");
  return {{"value", dec(weight_at(pool, epoch(in.at("E")), node))}};
}

StakeState state_of(const json::value& name) {
  static const std::map<std::string, StakeState> kStates = {{"pending", StakeState::kPending},
                                                            {"active", StakeState::kActive},
                                                            {"bond", StakeState::kBond},
                                                            {"returned", StakeState::kReturned}};
  const auto found = kStates.find(text(name));
  if (found == kStates.end()) throw Malformed("unknown state " + text(name));
  return found->second;
}

json::object exit_path_case(In in) {
  const ExitQuery query{state_of(in.at("state")),   epoch(in.at("epoch")),
                        epoch(in.at("activation")), in.at("cur").as_bool(),
                        in.at("next").as_bool(),    flag(in, "requested")};
  const Leaving way = accepted(exit_path(query, u64(in.at("bps")), u64(in.at("K"))));
  return {{"exit", dec(way.exit)}, {"fee", dec(way.fee)}};
}

json::object direct_fee_case(In in) {
  const DirectFee cost =
      direct_fee(state_of(in.at("state")), amount(in.at("gross")), epoch(in.at("epoch")),
                 epoch(in.at("activation")), u64(in.at("bps")), u64(in.at("K")));
  return {{"ppm", dec(cost.ppm)}, {"fee", dec(cost.fee)}, {"paid", dec(cost.paid)}};
}

json::object elect_case(In in) {
  std::vector<Candidate> candidates;
  for (const auto& item : in.at("candidates").as_array()) {
    const json::object& row = item.as_object();
    if (flag(row, "out")) continue;
    const auto key = base::from_hex(text(row.at("key")));
    if (!key || key->size() != 32) throw Malformed("key is not 32 bytes");
    candidates.push_back(
        {node_of(row.at("node")), amount(row.at("value")), base::Hash::from(*key)});
  }
  json::array order;
  for (const Candidate& candidate :
       elect(candidates, amount(in.at("threshold")), u64(in.at("max_members")))) {
    order.push_back(json::string(dec(number_of(candidate.node))));
  }
  return {{"order", order}};
}

template <class T>
json::array list_form(const std::vector<T>& values) {
  json::array form;
  for (const T& value : values) form.push_back(json::string(dec(value)));
  return form;
}

json::object seat_caps_case(In in) {
  std::vector<Seeker> seekers;
  const json::array& stakes = in.at("stakes").as_array();
  const json::array* lost = in.contains("lost") ? &in.at("lost").as_array() : nullptr;
  for (std::size_t i = 0; i < stakes.size(); ++i) {
    Seeker seeker{amount(stakes[i]), std::nullopt};
    if (lost != nullptr && lost->at(i).is_array()) {
      const json::array& pair = lost->at(i).get_array();
      seeker.loss = ShardLoss{u32(pair.at(0)), u32(pair.at(1))};
    }
    seekers.push_back(seeker);
  }
  const SeatCaps caps = accepted(seat_caps(u16(in.at("n")), seekers));
  return {{"caps", list_form(caps.caps)},
          {"widened", dec(caps.widened)},
          {"dropped", caps.limits_dropped}};
}

json::object apportion_case(In in) {
  std::vector<SeatRow> rows;
  for (const auto& item : in.at("rows").as_array()) {
    const json::array& row = item.as_array();
    rows.push_back({amount(row.at(0)), u32(row.at(1)), u64(row.at(2))});
  }
  return {{"seats", list_form(accepted(apportion(u16(in.at("n")), rows)))}};
}

json::object assignment_form(const Assignment& assignment) {
  json::object form;
  for (const auto& [id, shards] : assignment) form[dec(number_of(id))] = list_form(shards);
  return {{"shards", form}};
}

json::object assign_case(In in) {
  std::vector<SeatCount> counts;
  for (const auto& item : in.at("counts").as_object()) {
    counts.emplace_back(node_of(item.key()), u32(item.value()));
  }
  return assignment_form(accepted(first_assignment(counts)));
}

Assignment assignment_of(const json::value& form) {
  Assignment assignment;
  for (const auto& item : form.as_object()) {
    auto& shards = assignment[node_of(item.key())];
    for (const auto& shard : item.value().as_array()) {
      shards.push_back(base::ShardIndex(u16(shard)));
    }
  }
  return assignment;
}

json::object transition_case(In in) {
  std::vector<SeatCount> counts;
  for (const auto& item : in.at("new").as_array()) {
    counts.emplace_back(node_of(item.as_array().at(0)), u32(item.as_array().at(1)));
  }
  const Assignment lost = in.contains("lost") ? assignment_of(in.at("lost")) : Assignment();
  return assignment_form(accepted(transition(assignment_of(in.at("old")), counts, lost)));
}

json::object difference_case(In in) {
  Assignment first;
  Assignment second;
  for (const auto& id : in.at("first").as_array()) first[node_of(id)];
  for (const auto& id : in.at("second").as_array()) second[node_of(id)];
  const Difference result = difference(first, second);
  json::array only_first;
  for (const NodeId& id : result.only_first) only_first.push_back(json::string(dec(number_of(id))));
  json::array only_second;
  for (const NodeId& id : result.only_second) {
    only_second.push_back(json::string(dec(number_of(id))));
  }
  return {{"only_first", only_first}, {"only_second", only_second}};
}

json::object quorum_case(In in) {
  const Thresholds least = thresholds(u16(in.at("n")));
  return {{"quorum", dec(least.quorum)},
          {"one_honest", dec(least.one_honest)},
          {"f", dec(least.faulty)}};
}

std::vector<Vote> votes_of(const json::value& form) {
  std::vector<Vote> votes;
  for (const auto& item : form.as_array()) {
    votes.push_back({u64(item.as_array().at(0)), u16(item.as_array().at(1))});
  }
  return votes;
}

json::object price_target_case(In in) {
  return {{"target", dec(accepted(price_target(votes_of(in.at("votes")), u16(in.at("n")))))}};
}

json::object price_step_case(In in) {
  return {{"price", dec(price_step(u64(in.at("old")), u64(in.at("target")), u64(in.at("step"))))}};
}

json::object capacity_target_case(In in) {
  return {{"target", dec(accepted(capacity_target(votes_of(in.at("nodes")), u16(in.at("n")))))}};
}

json::object capacity_step_case(In in) {
  return {{"capacity", dec(capacity_step(u64(in.at("old")), u64(in.at("target")), flag(in, "first"),
                                         u64(in.at("used"))))}};
}

json::object match_case(In in) {
  return {{"match",
           dec(match_subsidy(amount(in.at("sold")), u64(in.at("rho")), amount(in.at("fund"))))}};
}

json::object fixed_case(In in) {
  return {{"fixed",
           dec(fixed_subsidy(u16(in.at("n")), amount(in.at("per_shard")), amount(in.at("fund"))))}};
}

json::object pot_case(In in) {
  const Pot pot = make_pot(amount(in.at("money")), u64(in.at("burn_bps")));
  return {{"burn", dec(pot.burn)}, {"pot", dec(pot.pot)}};
}

json::object held_case(In in) {
  return {{"held", dec(held_part(amount(in.at("pot")), u64(in.at("void")), u64(in.at("rounds"))))}};
}

json::object denied_case(In in) {
  std::vector<DenySample> samples;
  for (const auto& item : in.at("samples").as_array()) {
    samples.push_back({u64(item.as_array().at(0)), u64(item.as_array().at(1))});
  }
  return {{"bytes", dec(denied_bytes(u64(in.at("U")), samples))}};
}

json::object bounty_case(In in) {
  return {{"bounty", dec(bounty(amount(in.at("own")), amount(in.at("pool")),
                                amount(in.at("deposit")), u64(in.at("rounds"))))}};
}

json::object split_pot_case(In in) {
  std::vector<MemberScore> members;
  for (const auto& item : in.at("members").as_array()) {
    const json::object& row = item.as_object();
    MemberScore score;
    score.weight = Weight(u16(row.at("w")));
    score.denied = u64_or(row, row.contains("denied") ? "denied" : "d", 0);
    score.score = ppm(row.at("s"));
    score.bad = Ppm::of(u64_or(row, "q", 0));
    members.push_back(score);
  }
  const PotSplit split =
      split_pot(amount(in.at("pot")), u64(in.at("U")), members, u64(in.at("kappa")));
  json::array full;
  json::array reward;
  json::array fine;
  for (const MemberReward& row : split.rows) {
    full.push_back(json::string(dec(row.full)));
    reward.push_back(json::string(dec(row.reward)));
    fine.push_back(json::string(dec(row.fine)));
  }
  return {{"full", full},
          {"reward", reward},
          {"fine", fine},
          {"unspent", dec(split.unspent)},
          {"carry", dec(split.carry)}};
}

json::object purchase_subsidy_case(In in) {
  const PurchaseSubsidy part = purchase_subsidy(amount(in.at("cost")), u64(in.at("buyer")),
                                                u64(in.at("system")), amount(in.at("fund")));
  return {{"buyer", dec(part.buyer)}, {"system", dec(part.system)}};
}

json::object shift_ppm_case(In in) {
  return {{"ppm", dec(shift_ppm(u64(in.at("age")), u64(in.at("bps")), u64(in.at("K"))))}};
}

json::object shift_fee_case(In in) {
  return {{"fee", dec(shift_fee(amount(in.at("gross")), ppm(in.at("ppm"))))}};
}

json::object bonus_case(In in) {
  std::vector<Amount> bases;
  for (const auto& base : in.at("O").as_array()) bases.push_back(amount(base));
  const BonusShares shares = share_bonus(amount(in.at("B")), bases);
  return {{"bonus", amounts_form(shares.bonus)}, {"left", dec(shares.left)}};
}

json::object commission_case(In in) {
  const Amount reward = amount(in.at("reward"));
  const Amount cut = commission(amount(in.at("full")), reward, bps(in.at("bps")));
  return {{"commission", dec(cut)}, {"delegators", dec(accepted(reward.minus(cut)))}};
}

json::object slash_bps_case(In in) {
  return {{"bps", dec(slash_bps(bps(in.at("base")), bps(in.at("floor")),
                                Weight(u16(in.at("weight"))), u16(in.at("n"))))}};
}

json::object recovery_case(In in) {
  return {{"amount", dec(accepted(recovery(u64(in.at("price")), u64(in.at("U")), u16(in.at("n")),
                                           u64(in.at("epochs")))))}};
}

json::object standing_case(In in) {
  Standing standing;
  json::array after;
  bool barred = false;
  for (const auto& score : in.at("scores").as_array()) {
    if (barred) break;
    const StandingClose close = update_standing(standing, ppm(score));
    barred = close.barred;
    after.push_back(json::string(dec(close.reached)));
  }
  return {{"standing", after}, {"barred", barred}};
}

}  // namespace

json::object call_function(const std::string& fn, const json::object& in) {
  static const std::map<std::string, json::object (*)(In)> kFunctions = {
      {"mul_div", mul_div_case},
      {"halves", halves_case},
      {"spread", spread_case},
      {"sink", sink_case},
      {"units", units_case},
      {"encoded_size", encoded_size_case},
      {"quote", quote_case},
      {"room", room_case},
      {"split_epoch", split_epoch_case},
      {"split_size", split_size_case},
      {"fuse", fuse_case},
      {"shrink", shrink_case},
      {"to_shares", to_shares_case},
      {"to_frost", to_frost_case},
      {"weight_at", weight_at_case},
      {"exit_path", exit_path_case},
      {"direct_fee", direct_fee_case},
      {"elect", elect_case},
      {"seat_caps", seat_caps_case},
      {"apportion", apportion_case},
      {"assign", assign_case},
      {"transition", transition_case},
      {"difference", difference_case},
      {"quorum", quorum_case},
      {"price_target", price_target_case},
      {"price_step", price_step_case},
      {"capacity_target", capacity_target_case},
      {"capacity_step", capacity_step_case},
      {"match", match_case},
      {"fixed", fixed_case},
      {"pot", pot_case},
      {"held", held_case},
      {"denied", denied_case},
      {"bounty", bounty_case},
      {"split_pot", split_pot_case},
      {"purchase_subsidy", purchase_subsidy_case},
      {"shift_ppm", shift_ppm_case},
      {"shift_fee", shift_fee_case},
      {"bonus", bonus_case},
      {"commission", commission_case},
      {"slash_bps", slash_bps_case},
      {"recovery", recovery_case},
      {"standing", standing_case},
  };
  const auto found = kFunctions.find(fn);
  if (found == kFunctions.end()) throw Malformed("unknown fn " + fn);
  return found->second(in);
}

}  // namespace wald::economics::cases
