// SPDX-License-Identifier: Apache-2.0
#include "tests/support/nodes.h"

#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"
#include "tests/support/round_desk.h"

namespace wald::tests {
Key protocol_key(const std::string& node) { return key_of_name(node + ".protocol"); }
Key vrf_seed(const std::string& node) { return key_of_name(node + ".vrf"); }
base::NodeId node_of(const std::string& node) { return ledger::node_id(protocol_key(node).key); }

spec::RegisterNode registration(const std::string& node, const base::ChainId& chain,
                                base::Epoch epoch, base::Epoch vrf_first) {
  const prove::Signer signer(base::ByteView(protocol_key(node).seed));
  const prove::VrfSecret vrf(base::ByteView(vrf_seed(node).seed));
  const auto account = account_of(node);
  spec::RegisterNode out;
  out.set_name(node);
  out.set_address(node + ".example:9185");
  out.set_protocol_key(base::string_of(signer.public_key().view()));
  out.set_possession(base::string_of(
      signer.message(chain, {epoch, proofs::Possession{account, signer.public_key()}})));
  out.set_vrf_key(base::string_of(vrf.public_key().view()));
  const auto alpha = proofs::vrf_pop_alpha(chain, node_of(node), vrf.public_key(), vrf_first);
  out.set_vrf_proof(base::string_of(vrf.prove(alpha.view())));
  out.set_commission(1000);
  out.set_storage_price(100'000);
  out.set_write_price(20'000);
  out.set_capacity(std::uint64_t{10} << 30);
  out.set_commission_account(base::string_of(account.view()));
  out.set_governance_account(base::string_of(account.view()));
  return out;
}

void add_node(spec::Genesis& document, const std::string& node,
              const std::vector<GenesisStakeOf>& stakes) {
  auto& entry = *document.add_nodes();
  entry.set_operator_(base::string_of(account_of(node).view()));
  *entry.mutable_registration() =
      registration(node, base::ChainId(), base::Epoch(0), base::Epoch(1));
  entry.set_deposit(100 * kWal);
  for (const auto& stake : stakes) {
    auto& given = *entry.add_stakes();
    given.set_owner(base::string_of(account_of(stake.owner).view()));
    given.set_amount(stake.amount);
    given.set_bond(stake.bond);
  }
  balance_treasury(document);
}

spec::Genesis network(const std::vector<std::uint64_t>& stakes,
                      std::map<std::string, std::uint64_t> accounts) {
  for (std::size_t i = 0; i < stakes.size(); ++i)
    accounts.emplace("n" + std::to_string(i + 1), 1000 * kWal);
  spec::Genesis document = small_genesis(accounts);
  for (std::size_t i = 0; i < stakes.size(); ++i) {
    const std::string name = "n" + std::to_string(i + 1);
    add_node(document, name, {{name, stakes[i] * kWal, false}});
  }
  return document;
}

spec::Operation register_node(const World& world, const std::string& node) {
  spec::Operation op;
  *op.mutable_register_node() =
      registration(node, world.chain(), world.epoch(), world.epoch().next());
  return op;
}

spec::Operation set_node_info(const std::string& node) {
  spec::Operation op;
  op.mutable_set_node_info()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation set_authority(const std::string& node, spec::NodeRole role, const std::string& to) {
  spec::Operation op;
  op.mutable_set_authority()->set_node(base::string_of(node_of(node).view()));
  op.mutable_set_authority()->set_role(role);
  op.mutable_set_authority()->set_account(base::string_of(account_of(to).view()));
  return op;
}

spec::Operation leave_node(const std::string& node) {
  spec::Operation op;
  op.mutable_leave_node()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation return_node(const std::string& node) {
  spec::Operation op;
  op.mutable_return_node()->set_node(base::string_of(node_of(node).view()));
  return op;
}

base::Bytes statement_of(const std::string& node, const base::ChainId& chain, base::Epoch epoch,
                         proofs::Kind kind, const proofs::Body& body) {
  const prove::Signer signer(base::ByteView(protocol_key(node).seed));
  return signer.statement(
      {kind, chain, epoch, base::Round(proofs::kNoRound), base::Hash(), node_of(node)}, body);
}

spec::Operation shard_notice(const World& world, const std::string& node, proofs::Kind kind,
                             base::ShardIndex shard, std::uint8_t reason) {
  return operation_of(kind, statement_of(node, world.chain(), world.epoch(), kind,
                                         proofs::ShardNotice{shard, reason}));
}

spec::Operation attest_sync(const std::string& node, const base::ChainId& chain,
                            base::Epoch epoch) {
  spec::Operation operation;
  operation.mutable_attest_sync()->set_statement(base::string_of(
      statement_of(node, chain, epoch, proofs::Kind::kAttestSync, proofs::AttestSync{})));
  return operation;
}

}  // namespace wald::tests
