// SPDX-License-Identifier: Apache-2.0
// The part of the workload in which ballots are held: parameters, slashes, payments and texts are
// proposed, versions and deny lists, urgent versions by the foundation; members and owners of
// stakes vote, some of them twice, members signal, and what passed is executed.
#include "tests/support/ballot_operations.h"
#include "tests/support/workload.h"

namespace wald::tests {

std::optional<std::uint32_t> Workload::some_ballot(
    const std::function<bool(std::uint32_t, const ledger::ProposalRecord&)>& wanted) {
  std::vector<std::uint32_t> out;
  ledger::for_each<ledger::ProposalRecord>(
      world_.view(), ledger::kProposals,
      [&](base::ByteView key, const ledger::ProposalRecord& record) {
        const std::uint32_t number = base::Reader(key).be<std::uint32_t>().value();
        if (wanted(number, record)) out.push_back(number);
        return true;
      });
  return pick(out);
}

// Most of it could be; a threshold that leaves too few, and what no ballot may change, are among
// it.
spec::Operation Workload::some_proposal() {
  const std::uint64_t draw = random_.below(20);
  const std::uint64_t amount = random_.below(50'000 * kWal);
  switch (draw) {
    case 0:
    case 1:
      return propose_text("words " + std::to_string(number_++));
    case 2:
    case 3:
      return propose_slash(members_[random_.below(members_.size())]);
    case 4:
    case 5: {
      const std::string payee = anybody();
      return propose_payment(random_.below(3) == 0 ? "subsidy" : "treasury", payee, amount);
    }
    case 6: {
      const std::uint64_t now = world_.time().value();
      const ScheduleOf schedule{now, now + random_.below(50'000), now + random_.below(200'000), 4};
      return propose_payment("treasury", anybody(), amount, schedule);
    }
    case 7:
      return propose_parameters({{"threshold", random_.below(4'000) * kWal}});
    case 8:
      return propose_parameters({{"horizon", 8 + random_.below(10)}});
    case 9:
      return propose_parameters({{"tick", 1'000}});
    case 10: {
      const std::uint64_t rho = random_.below(15'000);
      return propose_parameters({{"rho", rho}, {"buyer", random_.below(4'000)}});
    }
    case 11:
    case 12: {
      UpgradeOf upgrade;
      upgrade.version = world_.version() + 1;
      upgrade.activation =
          world_.epoch().value() + static_cast<std::uint32_t>(2 + random_.below(3));
      return propose_upgrade(upgrade);
    }
    case 13:
    case 14: {
      const std::string& node = members_[random_.below(members_.size())];
      const std::uint64_t sequence = random_.below(8);
      return propose_deny_list({node, sequence, random_.below(1 << 20)});
    }
    default: {
      const std::uint64_t base = 50'000 + random_.below(100'000);
      const std::uint64_t burn = random_.below(2'000);
      return propose_parameters(
          {{"fee_base", base}, {"burn_bps", burn}, {"select", 4'000 + random_.below(3'000)}});
    }
  }
}

// Members agree more often than not, and now and then vote again.
void Workload::vote_member() {
  const bool small = random_.below(12) == 0;
  const std::string node = small ? small_ : members_[random_.below(members_.size())];
  const bool again = random_.below(6) == 0;
  const auto number = some_ballot([&](std::uint32_t ballot, const ledger::ProposalRecord& record) {
    const auto voter = base::Hash::from(node_of(node).view());
    const bool voted = ledger::exists(world_.view(), ledger::kVotes, ballot, voter);
    return record.state == ledger::BallotState::kOpen && voted == again;
  });
  if (!number) return pay();
  send(node, vote_as(node, *number, random_.below(8) != 0));
}

void Workload::vote_stakes() {
  const std::string who = anybody();
  const auto mine = owned<economics::Stake>(ledger::kStakes, who);
  const auto number = some_ballot([](std::uint32_t, const ledger::ProposalRecord& record) {
    return record.state == ledger::BallotState::kOpen;
  });
  if (mine.empty() || !number) return stake();
  std::vector<base::ObjectId> some;
  for (std::uint64_t i = random_.below(3); i < 3; ++i) some.push_back(*pick(mine));
  std::sort(some.begin(), some.end());
  some.erase(std::unique(some.begin(), some.end()), some.end());
  send(who, vote_with(some, *number, random_.below(2) == 0));
}

// Members mostly run what the ballots name.
void Workload::signal() {
  const std::string& node = members_[random_.below(members_.size())];
  const std::string program = random_.below(8) == 0 ? "another" : "a program";
  world_.say(signal_version(world_, node, world_.version() + 1, program));
}

void Workload::hurry() {
  UpgradeOf upgrade;
  upgrade.version = world_.version() + 1;
  upgrade.urgent = true;
  const bool stranger = random_.below(8) == 0;
  send(stranger ? anybody() : kFoundation, propose_upgrade(upgrade));
}

void Workload::hold_ballots() {
  const std::uint64_t draw = random_.below(20);
  if (draw >= 17) return signal();
  if (draw == 16) return random_.below(4) != 0 ? vote_member() : hurry();
  if (draw == 0) {
    const bool member = random_.below(4) == 0;
    const std::string from = member ? members_[random_.below(members_.size())] : anybody();
    return send(from, some_proposal());
  }
  if (draw < 9) return vote_member();
  if (draw < 13) return vote_stakes();
  const bool ready = random_.below(4) != 0;
  const auto number = some_ballot([&](std::uint32_t, const ledger::ProposalRecord& record) {
    return !ready || (record.state == ledger::BallotState::kPassed && !record.subject.upgrade);
  });
  const std::string from = anybody();
  send(from, execute(number.value_or(random_.below(2) == 0 ? 1u : 9'999u)));
}

}  // namespace wald::tests
