// SPDX-License-Identifier: Apache-2.0
// Slivers in a folder, read and written a part at a time: names and formats of codec/files.h.
// SliverFolder collects what an encoder hands out in a folder of its own inside the target, and
// moves everything over at the end, so that a run that fails leaves nothing behind. SliverFile
// reads the body of a file in any format; no descriptor stays open between two reads, since a blob
// has more slivers than a process has descriptors. Thread rule: as codec/io.h.
#pragma once

#include <set>

#include "codec/files.h"
#include "codec/stored.h"
#include "node/client/stream_files.h"

namespace wald::client {

class SliverFolder : public codec::SliverSink {
 public:
  // Makes `dir` and those above if they are missing. `pairs`: those that are wanted. The format may
  // be changed later only for stored files, which need the blob id first.
  static Outcome<std::unique_ptr<SliverFolder>> make(const std::string& dir,
                                                     const codec::Params& params, std::uint64_t len,
                                                     codec::SliverFormat format,
                                                     std::set<std::uint32_t> pairs,
                                                     Trouble& trouble);
  ~SliverFolder() override;
  codec::Result<void> write_at(codec::Axis axis, std::uint32_t index, std::uint64_t offset,
                               base::ByteView bytes) override;
  // Completes all files, syncs, and moves them into `dir` with metadata.bcs. Answers their number.
  Outcome<std::uint64_t> commit(const codec::Metadata& metadata);

 private:
  SliverFolder(std::string dir, const codec::Params& params, std::uint64_t len,
               codec::SliverFormat format, std::set<std::uint32_t> pairs, Trouble& trouble);
  bool wanted(codec::Axis axis, std::uint32_t index) const;
  std::string path(codec::Axis axis, std::uint32_t index) const;
  os::IoResult<void> complete(const codec::Metadata& metadata, codec::Axis axis,
                              std::uint32_t index) const;

  std::string dir_, temp_;
  std::vector<std::string> made_;  // folders that were missing, the innermost first
  codec::Params params_;
  std::uint64_t len_;
  std::uint32_t z_;
  codec::SliverFormat format_;
  bool committed_ = false;
  std::set<std::uint32_t> pairs_;
  Trouble& trouble_;
};

// Body of a sliver file; index and symbol size are what the file says, for the decoder to judge.
class SliverFile : public codec::Source {
 public:
  // The errors of codec::read_sliver(), and Io. `id`: of the blob, if it is known.
  static codec::Result<std::unique_ptr<SliverFile>> open(const std::string& path,
                                                         const codec::SliverName& name,
                                                         const codec::Params& params,
                                                         std::uint64_t len, const base::BlobId* id,
                                                         Trouble& trouble);
  std::uint64_t size() const override { return size_; }
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;
  codec::Axis axis() const { return axis_; }
  std::uint32_t index() const { return index_; }
  std::uint32_t symbol_size() const { return symbol_size_; }

 private:
  SliverFile(std::string path, const codec::SliverName& name, Trouble& trouble)
      : path_(std::move(path)), trouble_(trouble), axis_(name.axis), index_(name.index) {}
  codec::Result<void> open_stored(os::File& file, const codec::SliverName& name,
                                  const codec::Params& params, const base::BlobId* id,
                                  std::uint64_t file_size);
  codec::Result<void> open_bcs(os::File& file, std::uint64_t file_size, std::uint64_t body);
  codec::Result<void> read_chunks(os::File& file, std::uint64_t offset,
                                  std::span<std::uint8_t> out);

  std::string path_;
  Trouble& trouble_;
  codec::Axis axis_;
  std::uint32_t index_ = 0;
  std::uint32_t symbol_size_ = 0;
  std::uint64_t size_ = 0;   // of the body
  std::uint64_t start_ = 0;  // of the body in the file
  std::optional<codec::StoredHeader> stored_;
};

}  // namespace wald::client
