// SPDX-License-Identifier: Apache-2.0
// Reading a blob: metadata from any member, verified by the id; slivers until enough are there,
// data rows first, then other rows, then columns; decode; check as K-25 says. Members that are
// gated by a challenge round, or behind, are asked again until the time is over; in the hours after
// a change the earlier holder of a shard is asked too.
//
// ColumnReader fetches single secondary slivers, which is how patches of a quilt are read (K-27);
// where one cannot be had, it reads the whole blob with the strict check. All of it in bounded
// memory (K-29): slivers of large blobs wait in scratch files.
//
// Errors: BLOB_NOT_FOUND (3), BLOB_UNAVAILABLE (6, too few slivers to be had now), INVALID_BLOB
// (10: it was never encoded right), Quilt (10: no quilt has this length). Thread rule: one thread
// calls; a few of its own fetch.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "codec/decoder.h"
#include "node/client/blob_ledger.h"
#include "node/client/stream_files.h"
#include "node/storage/peer_client.h"

namespace wald::client {

struct ReadOptions {
  codec::Check check = codec::Check::kStandard;
  std::size_t parallel = 4;
  std::uint64_t timeout_ms = 120'000;  // of waiting for gates and members that lag
  std::function<void(std::uint64_t have, std::uint64_t need)> progress;  // bytes of slivers
  std::function<void(std::uint64_t ms)> pause;  // how to wait; empty: sleep
  const std::atomic<bool>* cancel = nullptr;
};

struct ReadBlob {
  codec::Axis axis = codec::Axis::kPrimary;  // of the slivers it was made from
  std::uint64_t used = 0;
  std::uint64_t bad = 0;  // answers that were no sliver of this blob
  std::uint64_t waited_ms = 0;
};

// Where a blob goes: into the storage that open() answers once its length is known. What that holds
// is void after an error.
struct ReadTo {
  std::function<Outcome<codec::Storage*>(std::uint64_t length)> open;
  codec::StreamOptions stream;
  std::string scratch_dir = default_scratch_dir();
};
Outcome<ReadBlob> read_blob(BlobLedger& ledger, storage::PeerClient& peers,
                            const codec::Codec& codec, const base::BlobId& blob,
                            const ReadOptions& options, const ReadTo& to);

class ColumnReader {
 public:
  // The metadata are fetched here. All references outlive the reader; to.open is not asked.
  static Outcome<ColumnReader> open(BlobLedger& ledger, storage::PeerClient& peers,
                                    const codec::Codec& codec, const base::BlobId& blob,
                                    const ReadOptions& options, const ReadTo& to);
  ColumnReader(ColumnReader&&) noexcept;
  ColumnReader& operator=(ColumnReader&&) noexcept;
  ~ColumnReader();

  std::uint64_t length() const;  // of the blob
  std::uint32_t symbol_size() const;
  // Secondary slivers [start, end), one after the other; end is at most s (WALD_CHECK). The reader
  // outlives what it answers.
  Outcome<std::unique_ptr<codec::Source>> columns(std::uint32_t start, std::uint32_t end);

 private:
  struct Impl;
  explicit ColumnReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wald::client
