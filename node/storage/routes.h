// SPDX-License-Identifier: Apache-2.0
// The storage-node API under Walrus' paths (interfaces.md 5.6): health, metadata, slivers,
// statuses, confirmations, recovery and decoding symbols of one node. Errors: the error object,
// domain storage.walrus.space, with the reasons of that table; a disk that refuses is 503 and
// changes nothing. Uploads come after registration: there is no cache for pending ones, so
// `pending=true` before it is CACHE_SATURATED. Not offered: inconsistencyProof, sync_shard.
#pragma once

#include "node/net/router.h"
#include "node/storage/storage_node.h"

namespace wald::storage {

void add_storage_routes(net::Router& router, const StorageNode& node);

}  // namespace wald::storage
