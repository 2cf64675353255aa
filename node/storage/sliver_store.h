// SPDX-License-Identifier: Apache-2.0
// SliverStore: the blobs of a node on disk. One folder per blob, in the form that `wal codec` reads
// and writes (codec/files.h), so a node's data can be checked and decoded by hand:
//
//   DIR/ab/<64 hex digits of the blob id, beginning with ab>/metadata.bcs
//                                                            primary-00017  (K-28)
//                                                            secondary-00018
//
// Numbers are sliver indices; the shard follows from them (K-5). A file appears by a rename after
// its sync, so what is in the index is durable, also after a crash at any point. The index holds
// names only and is rebuilt from the folders at open. A file that turns out damaged is counted,
// removed, and then missing like any other.
//
// The store trusts its callers: metadata and slivers are verified (K-21) before they are put.
// Errors: os::IoError; a full disk leaves nothing behind and the next put may succeed. Thread rule:
// any thread; writes of one blob wait for each other.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "codec/codec.h"
#include "node/os/error.h"

namespace wald::storage {

using base::BlobId;
using base::Bytes;
using codec::Axis;
using codec::Metadata;

struct SliverName {
  Axis axis = Axis::kPrimary;
  std::uint32_t index = 0;
  friend auto operator<=>(const SliverName&, const SliverName&) = default;
};

class SliverStore {
 public:
  // Makes the folder if it is not there. Left-over temporary files are removed.
  static os::IoResult<std::unique_ptr<SliverStore>> open(const std::string& dir,
                                                         const codec::Codec& codec);

  enum class Put { kStored, kHad };
  os::IoResult<Put> put_metadata(const Metadata& metadata);
  os::IoResult<Put> put_sliver(const Metadata& metadata, const codec::SliverView& sliver);

  bool has_metadata(const BlobId& blob) const;
  bool has_sliver(const BlobId& blob, const SliverName& sliver) const;
  // Null if it is not there.
  os::IoResult<std::shared_ptr<const Metadata>> metadata(const BlobId& blob);
  os::IoResult<std::optional<shape::SliverData>> sliver(const BlobId& blob, const SliverName& name);
  // `count` bytes of the body from `at` on, reading only the chunks that hold them; nothing if the
  // sliver is not there or shorter.
  os::IoResult<std::optional<Bytes>> part(const BlobId& blob, const SliverName& name,
                                          std::uint64_t at, std::uint64_t count);

  std::vector<BlobId> blobs() const;  // ascending
  std::vector<SliverName> slivers(const BlobId& blob) const;
  os::IoResult<void> erase_sliver(const BlobId& blob, const SliverName& name);
  os::IoResult<void> erase_blob(const BlobId& blob);

  std::uint64_t bad_files() const { return bad_files_; }

 private:
  struct Entry {
    bool metadata = false;
    std::set<SliverName> slivers;
  };
  static constexpr std::size_t kCachedMetadata = 64;
  static constexpr std::size_t kStripes = 16;

  SliverStore(std::string dir, const codec::Codec& codec) : dir_(std::move(dir)), codec_(codec) {}
  os::IoResult<void> load();
  os::IoResult<void> load_blob(const std::string& folder, const BlobId& blob);
  std::string folder(const BlobId& blob) const;
  std::string path(const BlobId& blob, const SliverName& name) const;
  std::mutex& stripe(const BlobId& blob) { return stripes_[blob.bytes()[0] % kStripes]; }
  os::IoResult<void> write(const BlobId& blob, const std::string& path, base::ByteView bytes);
  void remember(std::shared_ptr<const Metadata> metadata);
  void forget(const BlobId& blob);
  void drop_damaged(const BlobId& blob, const SliverName& name);
  std::size_t sliver_file_cap() const;

  const std::string dir_;
  const codec::Codec codec_;
  std::array<std::mutex, kStripes> stripes_;
  mutable std::mutex mutex_;  // of all below
  std::map<BlobId, Entry> index_;
  std::list<std::shared_ptr<const Metadata>> recent_;  // newest first
  std::atomic<std::uint64_t> bad_files_{0};
};

}  // namespace wald::storage
