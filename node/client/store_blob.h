// SPDX-License-Identifier: Apache-2.0
// Storing an encoded blob (architecture.md 14 c): reserve and register (or take up what an earlier
// run left), upload to every member, collect signed confirmations of a quorum, certify. Whatever
// was done before is found again by the blob id and not paid or sent twice. A certificate that
// meets the next epoch is made again with the new committee. Inside a bucket only the registration
// is paid: the account owns it or was granted the right (L-12).
//
// Errors: Failure. BLOB_TOO_LARGE, COST_ABOVE_LIMIT and wrong epochs are usage (2), refusals of the
// ledger 4, INSUFFICIENT_CONFIRMATIONS 6 (again later: it resumes). Thread rule: one thread calls;
// uploads run on a few of their own, the progress callback too, one call at a time.
#pragma once

#include <atomic>
#include <functional>

#include "node/client/blob_ledger.h"
#include "node/client/encoded_blob.h"
#include "node/storage/peer_client.h"

namespace wald::client {

struct StoreProgress {
  enum class Step { kEncoded, kRegistered, kUploading, kConfirmed, kCertified };
  Step step = Step::kEncoded;
  std::uint64_t done = 0;    // slivers sent, or weight confirmed
  std::uint64_t total = 0;   // slivers, or all weight
  std::uint64_t quorum = 0;  // of weight
  std::uint64_t bytes = 0;   // of the bodies sent so far
};

struct StoreOptions {
  std::uint32_t epochs = 1;               // the running one included
  std::optional<base::ObjectId> bucket;   // goes into it and ends with it, whatever `epochs` says
  std::optional<std::uint64_t> max_cost;  // FROST, for space and registration; without it the quote
  bool permanent = false;
  std::size_t parallel = 4;           // members at a time
  std::uint64_t timeout_ms = 60'000;  // without any progress, for one member
  std::function<void(const StoreProgress&)> progress;
  std::function<void(std::uint64_t ms)> pause;  // how to wait; empty: sleep
  const std::atomic<bool>* cancel = nullptr;
};

struct Stored {
  base::BlobId blob_id;
  base::ObjectId object;
  base::Epoch end;
  std::uint64_t length = 0;
  std::uint64_t encoded = 0;
  std::uint64_t cost = 0;           // FROST for space and registration; fees not included
  bool registered_before = false;   // an earlier run's registration was used
  bool certified_before = false;    // nothing was left to do
  std::uint32_t weight = 0;         // that confirmed
  std::vector<std::string> failed;  // members that did not, and why
};

// A codec's refusal of a blob that was to be stored.
Failure not_encoded(const codec::Params& params, const codec::CodecError& error);

Outcome<Stored> store_blob(BlobLedger& ledger, storage::PeerClient& peers,
                           const codec::Codec& codec, const EncodedBlob& blob,
                           const StoreOptions& options);

}  // namespace wald::client
