// SPDX-License-Identifier: Apache-2.0
// ShardSync: brings a node's data in line with the ledger, again and again. One pass
//   - drops blobs whose last object ended or was deleted, and slivers of shards that this node
//     holds neither in this epoch nor in the one before or after (H-5, L-15);
//   - for every certified blob fetches what is missing of this node's shards: metadata from
//   anybody,
//     slivers from the earlier holder of the shard, else rebuilt from recovery symbols of the
//     others (K-23), secondaries first; all verified before it is stored.
// When nothing is missing any more, and shards were gained with this epoch, `attest` is called,
// once per epoch (the caller submits the statement and sees to its arrival). Later passes repair
// holes of any other origin. A member that does not answer is not asked again within a pass.
//
// Thread rule: run_pass() belongs to one thread: the one that start() makes, or a test's. The rest
// may be called from any.
#pragma once

#include <condition_variable>
#include <thread>

#include "node/storage/peer_client.h"
#include "node/storage/storage_node.h"

namespace wald::storage {

struct SyncPass {
  base::Epoch epoch;
  bool member = false;
  std::uint64_t fetched = 0;  // slivers from their earlier holder
  std::uint64_t rebuilt = 0;
  std::uint64_t missing = 0;  // slivers that could not be had
  std::uint64_t erased = 0;   // slivers and whole blobs
  std::uint64_t refused = 0;  // by the own disk
};

class ShardSync {
 public:
  struct Options {
    std::uint64_t idle_ms = 5'000;   // between passes while all is well
    std::uint64_t retry_ms = 1'000;  // after a pass that left something missing
    // Why a pass ended early; the next one comes after retry_ms.
    std::function<void(const std::string&)> report{};
  };
  using Attest = std::function<void(base::Epoch)>;

  ShardSync(StorageNode node, PeerClient& peers, const Options& options, Attest attest);
  ~ShardSync();  // stop()

  void start();
  void stop();
  // Something changed (a new epoch, a block with blobs that ended): do not wait for the idle time.
  void wake();

  SyncPass run_pass();
  SyncPass last_pass() const;
  // Shards gained with the running epoch, until all of theirs is in place.
  std::set<base::ShardIndex> in_transfer() const;

 private:
  struct Missing {
    SliverName sliver;
    base::ShardIndex shard;
  };
  struct Work;  // what one pass carries along

  void run();
  bool stopping() const;
  void collect(const LedgerMoment& moment, SyncPass& pass);
  void ensure(Work& work, const base::BlobId& blob);
  std::shared_ptr<const Metadata> ensure_metadata(Work& work, const base::BlobId& blob);
  bool fetch(Work& work, const Metadata& metadata, const Missing& missing);
  bool rebuild(Work& work, const Metadata& metadata, const Missing& missing);
  bool keep(Work& work, const Metadata& metadata, codec::Axis axis,
            const shape::SliverData& sliver);
  std::vector<shape::GeneralRecoverySymbol> own_symbols(const Metadata& metadata,
                                                        const SliverName& target);
  std::vector<Missing> missing_of(const ShardTable::Member& self, const base::BlobId& blob) const;
  std::set<base::ShardIndex> gained(const LedgerMoment& moment) const;

  StorageNode node_;
  PeerClient& peers_;
  const Options options_;
  const Attest attest_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  SyncPass last_;
  std::optional<base::Epoch> attested_;
  std::set<base::ShardIndex> in_transfer_;
  std::thread thread_;
};

}  // namespace wald::storage
