// SPDX-License-Identifier: Apache-2.0
// Reading a blob: metadata from any member, verified by the id; slivers until enough are there,
// data rows first, then other rows, then columns; decode; check as K-25 says. Members that are
// gated by a challenge round, or behind, are asked again until the time is over; in the hours after
// a change the earlier holder of a shard is asked too.
//
// Errors: BLOB_NOT_FOUND (3), BLOB_UNAVAILABLE (6, too few slivers to be had now), INVALID_BLOB
// (10: it was never encoded right). Thread rule: one thread calls; a few of its own fetch.
#pragma once

#include <atomic>
#include <functional>

#include "codec/decoder.h"
#include "node/client/blob_ledger.h"
#include "node/storage/peer_client.h"

namespace wald::client {

struct ReadOptions {
  codec::Check check = codec::Check::kStandard;
  std::size_t parallel = 4;
  std::uint64_t timeout_ms = 120'000;  // of waiting for gates and members that lag
  std::function<void(std::uint64_t have, std::uint64_t need)> progress;
  std::function<void(std::uint64_t ms)> pause;  // how to wait; empty: sleep
  const std::atomic<bool>* cancel = nullptr;
};

struct ReadBlob {
  base::Bytes bytes;
  codec::Axis axis = codec::Axis::kPrimary;  // of the slivers it was made from
  std::uint64_t used = 0;
  std::uint64_t bad = 0;  // answers that were no sliver of this blob
  std::uint64_t waited_ms = 0;
};

Outcome<ReadBlob> read_blob(BlobLedger& ledger, storage::PeerClient& peers,
                            const codec::Codec& codec, const base::BlobId& blob,
                            const ReadOptions& options);

}  // namespace wald::client
