// SPDX-License-Identifier: Apache-2.0
// Ballots as tests write them: proposals of each kind, votes of members and of stakes, executions.
#pragma once

#include "ledger/state/ballot.h"
#include "tests/support/duties.h"
#include "tests/support/operations.h"

namespace wald::tests {

spec::Operation propose_text(const std::string& title, const std::string& text = "why");
spec::Operation propose_parameters(
    const std::vector<std::pair<std::string, std::uint64_t>>& values);
spec::Operation propose_slash(const std::string& node, const std::string& reason = "it lies");
spec::Operation propose_payment(const std::string& fund, const std::string& payee,
                                std::uint64_t amount,
                                const std::optional<ScheduleOf>& schedule = std::nullopt);
// Programs are named by what they hold; signal_version() hashes the same way.
struct UpgradeOf {
  std::uint32_t version = 2;
  std::uint32_t activation = 0;  // an epoch; of an urgent one none
  bool urgent = false;
  std::vector<std::string> programs{"a program"};
};
spec::Operation propose_upgrade(const UpgradeOf& upgrade);
spec::Operation propose_deny_list(const DenyListOf& list);
spec::Operation vote_as(const std::string& node, std::uint32_t proposal, bool yes);
spec::Operation vote_with(const std::vector<base::ObjectId>& stakes, std::uint32_t proposal,
                          bool yes);
spec::Operation execute(std::uint32_t proposal);

ledger::ProposalRecord ballot(const World& world, std::uint32_t number);

}  // namespace wald::tests
