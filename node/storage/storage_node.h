// SPDX-License-Identifier: Apache-2.0
// The parts that the storage routes work with, all owned by the wiring and living longer than the
// server. Thread rule: constant; each part has its own.
#pragma once

#include <set>

#include "node/net/http.h"
#include "node/storage/blob_registry.h"
#include "node/storage/confirmer.h"
#include "node/storage/read_gate.h"
#include "node/storage/sliver_store.h"

namespace wald::storage {

struct StorageNode {
  codec::Codec codec;
  base::NodeId id;
  SliverStore& store;
  const BlobRegistry& registry;
  ReadGate& gate;
  Confirmer& confirmer;
  // The node that signed the request (net::verify_peer), nothing for anybody else. May be empty:
  // then nobody counts as a member.
  std::function<std::optional<base::NodeId>(const net::Request&)> peer_of;
  // Shards whose slivers are still being fetched (H-5). May be empty: none.
  std::function<std::set<base::ShardIndex>()> in_transfer;
  std::uint64_t started_ms = 0;  // monotonic
};

}  // namespace wald::storage
