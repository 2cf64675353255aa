// SPDX-License-Identifier: Apache-2.0
#include "tests/support/duties.h"

namespace wald::tests {
spec::Operation announce_deny_list(const DenyListOf& list) {
  spec::Operation op;
  auto& given = *op.mutable_announce_deny_list();
  given.set_node(base::string_of(node_of(list.node).view()));
  given.set_root(base::string_of(list.root.view()));
  given.set_size(list.size);
  given.set_sequence(list.sequence);
  return op;
}

spec::Operation update_deny_list(const World& world, const std::vector<std::string>& nodes,
                                 const DenyListOf& list, const std::vector<std::string>& signers) {
  spec::Operation op;
  *op.mutable_update_deny_list()->mutable_certificate() = certificate_of(
      world, nodes,
      {world.epoch(),
       proofs::DenyListUpdate{node_of(list.node), list.sequence, list.size, list.root}},
      signers);
  return op;
}

spec::Operation deny_list_blob_deleted(const World& world, const std::vector<std::string>& nodes,
                                       const base::BlobId& blob,
                                       const std::vector<std::string>& signers) {
  spec::Operation op;
  op.mutable_deny_list_blob_deleted()->set_blob_id(base::string_of(blob.view()));
  *op.mutable_deny_list_blob_deleted()->mutable_certificate() =
      certificate_of(world, nodes, {world.epoch(), proofs::DenyListedBlobDeleted{blob}}, signers);
  return op;
}

spec::Operation signal_version(const World& world, const std::string& node, std::uint32_t version,
                               const std::string& binary) {
  spec::Operation op;
  const proofs::SignalVersion body{version, base::blake2b(base::as_bytes(binary))};
  op.mutable_signal_version()->set_statement(base::string_of(
      statement_of(node, world.chain(), world.epoch(), proofs::Kind::kSignalVersion, body)));
  return op;
}

spec::Operation resume_consensus(const std::string& node) {
  spec::Operation op;
  op.mutable_resume_consensus()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation set_sequencer_authority(const ledger::Policy& policy) {
  spec::Operation op;
  op.mutable_set_sequencer_authority()->set_policy(base::string_of(policy.encode()));
  return op;
}

spec::Operation bundle(const std::vector<base::Bytes>& envelopes) {
  spec::Operation op;
  for (const base::Bytes& envelope : envelopes)
    op.mutable_bundle()->add_envelopes(base::string_of(envelope));
  return op;
}

}  // namespace wald::tests
