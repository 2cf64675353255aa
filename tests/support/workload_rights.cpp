// SPDX-License-Identifier: Apache-2.0
// The part of the workload in which accounts change their keys, nodes announce theirs, WAL is
// locked and freed, the foundation spends and sets rates, and parts of the chain are paused.
#include "tests/support/workload.h"

namespace wald::tests {

// One to three keys of the account's own, of which two may be due; sometimes a proof is missing.
void Workload::rekey() {
  if (random_.below(4) == 0) {
    const std::string& node = members_[random_.below(members_.size())];
    const std::string key = node + ".consensus" + std::to_string(random_.below(8));
    return send(node, announce_key(world_, node, spec::KEY_ROLE_CONSENSUS, key));
  }
  const std::string who = anybody();
  KeysOf keys{1, {{who, 1}}};
  for (std::uint64_t i = random_.below(3); i > 0; --i) keys.weights[who + std::to_string(i)] = 1;
  if (keys.weights.size() > 1) keys.threshold = static_cast<std::uint16_t>(1 + random_.below(2));
  auto operation = set_keys(world_, who, keys, world_.next_nonce(who));
  if (random_.below(8) == 0) operation.mutable_set_keys()->mutable_proofs()->RemoveLast();
  send(who, operation);
}

void Workload::vest() {
  const std::string who = anybody();
  const auto mine = pick(owned<ledger::VestingRecord>(ledger::kVestings, who));
  const std::uint64_t draw = random_.below(4);
  if (!mine || draw == 0) {
    const std::uint64_t now = world_.time().value();
    const std::uint64_t cliff = now + random_.below(100'000);
    const std::uint64_t end = cliff + random_.below(200'000);
    const std::uint64_t amount = random_.below(50 * kWal);
    const auto steps = static_cast<std::uint32_t>(random_.below(9));
    return send(who, create_vesting(anybody(), amount, {now, cliff, end, steps}));
  }
  if (draw == 1) return send(who, release_vested(*mine));
  const bool small = random_.below(2) == 0;
  const std::string node = small ? small_ : members_[random_.below(members_.size())];
  send(who, delegate_vested(node, kWal + random_.below(20 * kWal), *mine));
}

void Workload::govern() {
  static const std::vector<std::string> kGroups{"p", "r", "d", "t", "pd", "rt"};
  const std::string& groups = kGroups[random_.below(kGroups.size())];
  const std::uint64_t until = world_.time().value() + random_.below(8'000);
  const std::string& node = members_[random_.below(members_.size())];
  // With everything on one chain who asks for an end looks whether there is a pause (govern_all).
  static constexpr std::array<std::uint64_t, 4> kWithoutEnd{0, 1, 2, 6};
  switch (everything() ? kWithoutEnd[random_.below(4)] : random_.below(8)) {
    case 0:
      return send(kFoundation, pause(groups, until));
    case 1:
    case 2:
      return send(node, pause(groups, until, node));
    case 3:
    case 4:
      return send(node, resume(groups, node));
    case 5: {
      spec::Operation rates;
      rates.mutable_set_subsidy_rates()->set_rho(random_.below(12'000));
      rates.mutable_set_subsidy_rates()->set_buyer(random_.below(2'000));
      return send(kFoundation, rates);
    }
    default: {
      const std::string payee = anybody();
      return send(kFoundation, foundation_spend(payee, random_.below(700'000 * kWal)));
    }
  }
}

}  // namespace wald::tests
