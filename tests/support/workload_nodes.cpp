// SPDX-License-Identifier: Apache-2.0
// The part of the workload in which nodes come and go: they register on one place too few, take
// stake and bonds, sit in committees, change hands, leave, come back, are left for good and paid,
// while those who staked with them move on.
#include "tests/support/workload.h"

namespace wald::tests {

std::vector<std::string> Workload::comers(
    const std::function<bool(const ledger::NodeRecord&)>& wanted) const {
  std::vector<std::string> out;
  for (const std::string& name : comers_of()) {
    const auto node = ledger::load(world_.view(), ledger::kNodes, node_of(name));
    if (node && wanted(*node)) out.push_back(name);
  }
  return out;
}

// Who holds the operator's role now: the node's own account, or one of the people.
std::string Workload::operator_of(const std::string& node) const {
  const auto held =
      ledger::must_load(world_.view(), ledger::kNodes, node_of(node)).operator_account;
  for (const std::string& name : people_)
    if (account_of(name) == held) return name;
  return node;
}

void Workload::come() {
  if (everything() && random_.below(4) != 0) return go();
  for (const std::string& name : comers_of()) {
    if (ledger::exists(world_.view(), ledger::kNodes, node_of(name))) continue;
    return send(name, register_node(world_, name));
  }
  go();
}

void Workload::go() {
  const std::uint64_t draw = random_.below(9);
  const auto name = pick(comers([&](const ledger::NodeRecord& node) {
    const bool back = draw == 2 || (everything() && draw == 1);
    return back ? node.leaving && !node.left : draw > 2 || !node.leaving;
  }));
  if (!name) return follow();
  const std::string holder = operator_of(*name);
  switch (draw) {
    case 0:
      return send(holder, leave_node(*name));
    case 1:
      return send(everything() || random_.below(2) == 0 ? holder : *name, return_node(*name));
    case 2:
      return send(holder, random_.below(everything() ? 16 : 4) == 0 ? leave_node(*name)
                                                                    : return_node(*name));
    case 3:
      return send(*name, collect_commission(*name));
    case 4: {
      const std::string to = anybody();
      const auto role = static_cast<spec::NodeRole>(1 + random_.below(3));
      return send(*name, set_authority(*name, role, to));
    }
    case 5: {
      auto info = set_node_info(*name);
      info.mutable_set_node_info()->set_name(*name + " " + std::to_string(number_++));
      return send(*name, info);
    }
    case 6: {
      const std::string from = anybody();
      const bool too_much = everything() && random_.below(6) == 0;
      const std::uint64_t amount = random_.below(kWal) + (too_much ? 1'000'000 * kWal : 0);
      return send(from, random_.below(2) == 0 ? add_subsidy(amount) : add_treasury(amount));
    }
    default:
      return send(*name, set_commission(*name, static_cast<std::uint32_t>(random_.below(2000))));
  }
}

// Stakes with those who come and go, some of them large enough for seats.
void Workload::follow() {
  const bool gone = random_.below(4) == 0;
  const auto name =
      pick(comers([&](const ledger::NodeRecord& node) { return node.left.has_value() == gone; }));
  if (!name) return rearrange();
  const std::uint64_t draw = random_.below(10);
  const std::string who = anybody();
  const std::uint64_t amount = kWal + random_.below(draw < 2 ? 1500 * kWal : 30 * kWal);
  if (draw < 4) return send(who, delegate(*name, amount));
  if (draw == 4) return send(*name, delegate(*name, amount, true));
  const std::string owner = draw == 5 ? *name : who;
  const auto stake = pick(owned<economics::Stake>(
      ledger::kStakes, owner, [&](const economics::Stake& s) { return s.node == node_of(*name); }));
  if (!stake) return send(who, delegate(*name, amount));
  switch (random_.below(5)) {
    case 0:
      return send(owner, request_exit(*stake));
    case 1:
      return send(owner, request_exit(*stake, random_.below(40 * kWal)));
    case 2:
      return send(owner, split_stake(*stake, random_.below(40 * kWal)));
    case 3:
      return send(owner, move_stake(*stake, members_[random_.below(members_.size())]));
    default:
      return send(owner, withdraw({*stake}));
  }
}

void Workload::come_and_go() {
  switch (random_.below(6)) {
    case 0:
      return come();
    case 1:
      return go();
    default:
      return follow();
  }
}

}  // namespace wald::tests
