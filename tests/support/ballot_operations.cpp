// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ballot_operations.h"

#include "ledger/state/keys.h"

namespace wald::tests {

spec::Operation propose_text(const std::string& title, const std::string& text) {
  spec::Operation op;
  op.mutable_propose()->set_title(title);
  op.mutable_propose()->set_text(text);
  return op;
}

spec::Operation propose_parameters(
    const std::vector<std::pair<std::string, std::uint64_t>>& values) {
  spec::Operation op = propose_text("parameters");
  auto& subject = *op.mutable_propose()->mutable_parameter();
  for (const auto& [name, value] : values) {
    auto& change = *subject.add_values();
    change.set_name(name);
    change.set_value(value);
  }
  return op;
}

spec::Operation propose_slash(const std::string& node, const std::string& reason) {
  spec::Operation op = propose_text("slash", reason);
  op.mutable_propose()->mutable_slash()->set_node(ledger::text_of(node_of(node)));
  return op;
}

spec::Operation propose_payment(const std::string& fund, const std::string& payee,
                                std::uint64_t amount, const std::optional<ScheduleOf>& schedule) {
  spec::Operation op = propose_text("payment");
  auto& subject = *op.mutable_propose()->mutable_treasury();
  subject.set_fund(fund);
  subject.set_payee(ledger::text_of(account_of(payee)));
  subject.set_amount(amount);
  if (!schedule) return op;
  auto& terms = *subject.mutable_vesting();
  terms.set_start(schedule->start);
  terms.set_cliff(schedule->cliff);
  terms.set_end(schedule->end);
  terms.set_steps(schedule->steps);
  return op;
}

spec::Operation propose_upgrade(const UpgradeOf& upgrade) {
  spec::Operation op = propose_text("upgrade");
  auto& subject = *op.mutable_propose()->mutable_upgrade();
  subject.set_version(upgrade.version);
  for (const std::string& program : upgrade.programs)
    subject.add_binaries(ledger::text_of(base::blake2b(base::as_bytes(program))));
  subject.set_activation(upgrade.activation);
  subject.set_urgent(upgrade.urgent);
  return op;
}

spec::Operation propose_deny_list(const DenyListOf& list) {
  spec::Operation op = propose_text("list");
  auto& subject = *op.mutable_propose()->mutable_deny_list();
  subject.set_node(ledger::text_of(node_of(list.node)));
  subject.set_root(ledger::text_of(list.root));
  subject.set_size(list.size);
  subject.set_sequence(list.sequence);
  return op;
}

spec::Operation vote_as(const std::string& node, std::uint32_t proposal, bool yes) {
  spec::Operation op;
  op.mutable_vote()->set_proposal(proposal);
  op.mutable_vote()->set_yes(yes);
  op.mutable_vote()->set_node(ledger::text_of(node_of(node)));
  return op;
}

spec::Operation vote_with(const std::vector<base::ObjectId>& stakes, std::uint32_t proposal,
                          bool yes) {
  spec::Operation op;
  op.mutable_vote()->set_proposal(proposal);
  op.mutable_vote()->set_yes(yes);
  for (const base::ObjectId& stake : stakes) op.mutable_vote()->add_stakes(ledger::text_of(stake));
  return op;
}

spec::Operation execute(std::uint32_t proposal) {
  spec::Operation op;
  op.mutable_execute_proposal()->set_proposal(proposal);
  return op;
}

ledger::ProposalRecord ballot(const World& world, std::uint32_t number) {
  return ledger::must_load(world.view(), ledger::kProposals, number);
}

}  // namespace wald::tests
