// SPDX-License-Identifier: Apache-2.0
// Operations of what nodes and gateways do beside stake and storage: deny lists, signals, presence
// in consensus, who may sequence, and bundles.
#pragma once

#include "tests/support/operations.h"

namespace wald::tests {

struct DenyListOf {
  std::string node;
  std::uint64_t sequence = 1;
  std::uint64_t size = 1000;
  base::Hash root = base::blake2b(base::as_bytes("a list"));
};
spec::Operation announce_deny_list(const DenyListOf& list);
// Certified by `signers` of `nodes` (empty: all).
spec::Operation update_deny_list(const World& world, const std::vector<std::string>& nodes,
                                 const DenyListOf& list,
                                 const std::vector<std::string>& signers = {});
spec::Operation deny_list_blob_deleted(const World& world, const std::vector<std::string>& nodes,
                                       const base::BlobId& blob,
                                       const std::vector<std::string>& signers = {});

spec::Operation signal_version(const World& world, const std::string& node, std::uint32_t version,
                               const std::string& binary = "a program");
spec::Operation resume_consensus(const std::string& node);
spec::Operation set_sequencer_authority(const ledger::Policy& policy);
spec::Operation bundle(const std::vector<base::Bytes>& envelopes);

}  // namespace wald::tests
