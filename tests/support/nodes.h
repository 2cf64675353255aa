// SPDX-License-Identifier: Apache-2.0
// Storage nodes for scenarios: a name gives protocol key, VRF key and operator account; documents
// with nodes that have registered, statements they sign.
#pragma once

#include "proofs/statements.h"
#include "tests/support/world.h"

namespace wald::tests {

Key protocol_key(const std::string& node);
Key vrf_seed(const std::string& node);  // its public half is the VRF's
base::NodeId node_of(const std::string& node);

// A registration whose proofs hold on `chain` in `epoch`, operator and all other accounts being the
// node's own: 10 % commission, 100,000 and 20,000 FROST, 10 GiB.
spec::RegisterNode registration(const std::string& node, const base::ChainId& chain,
                                base::Epoch epoch, base::Epoch vrf_first);

struct GenesisStakeOf {
  std::string owner;
  std::uint64_t amount;
  bool bond = false;
};
// Adds a node to a document, in the order of the calls; the treasury gives what it needs.
void add_node(spec::Genesis& document, const std::string& node,
              const std::vector<GenesisStakeOf>& stakes);
// Nodes n1, n2, .. with these stakes of their own in WAL, beside the accounts given.
spec::Genesis network(const std::vector<std::uint64_t>& stakes,
                      std::map<std::string, std::uint64_t> accounts = {});

// What the accounts of a node send: its registration as it must be, and the rest.
spec::Operation register_node(const World& world, const std::string& node);
spec::Operation set_node_info(const std::string& node);  // changes nothing until filled in
spec::Operation set_authority(const std::string& node, spec::NodeRole role, const std::string& to);
spec::Operation leave_node(const std::string& node);
spec::Operation return_node(const std::string& node);

// A statement of kinds 10 to 14, signed with the node's protocol key.
base::Bytes statement_of(const std::string& node, const base::ChainId& chain, base::Epoch epoch,
                         proofs::Kind kind, const proofs::Body& body);
// kind: kDeclareLost or kDeclareRestored.
spec::Operation shard_notice(const World& world, const std::string& node, proofs::Kind kind,
                             base::ShardIndex shard, std::uint8_t reason = 1);
spec::Operation attest_sync(const std::string& node, const base::ChainId& chain, base::Epoch epoch);

}  // namespace wald::tests
