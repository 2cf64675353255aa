// SPDX-License-Identifier: Apache-2.0
// A blob with its slivers, as storing and reading pass it around: small ones in memory, large ones
// in scratch files that vanish with the process (K-29). Errors: Failure, exit 1 of the disk. Thread
// rule: pair() from any thread; the rest by one.
#pragma once

#include <map>

#include "codec/encoder.h"
#include "codec/stream_encoder.h"
#include "node/client/stream_files.h"

namespace wald::client {

class EncodedBlob {
 public:
  virtual ~EncodedBlob() = default;
  virtual const codec::Metadata& metadata() const = 0;
  // What one shard stores; pair below n (WALD_CHECK).
  virtual Outcome<shape::SliverPair> pair(std::uint32_t pair) const = 0;
};

class MemoryBlob : public EncodedBlob {
 public:
  explicit MemoryBlob(codec::Encoded encoded) : encoded_(std::move(encoded)) {}
  const codec::Metadata& metadata() const override { return encoded_.metadata(); }
  Outcome<shape::SliverPair> pair(std::uint32_t pair) const override { return encoded_.pair(pair); }
  // For codec::EncodeOptions::spent, once nobody asks for pairs any more.
  codec::Encoded* spent() { return &encoded_; }

 private:
  codec::Encoded encoded_;
};

// Bodies 0 to n-1 of each axis, one after the other, in two files.
class SpooledBlob : public EncodedBlob, private codec::SliverSink {
 public:
  // `scratch` as codec::encode() wants it. Errors are the codec's; `trouble` has the sentences.
  static Outcome<std::unique_ptr<SpooledBlob>> make(const codec::Params& params, std::uint64_t len,
                                                    const std::string& scratch_dir,
                                                    Trouble& trouble);
  codec::Result<void> encode(const codec::Codec& codec, codec::Source& blob,
                             codec::Storage* scratch, const codec::StreamOptions& options);
  const codec::Metadata& metadata() const override { return metadata_; }
  Outcome<shape::SliverPair> pair(std::uint32_t pair) const override;

 private:
  SpooledBlob(const codec::Params& params, std::uint32_t z, Trouble& trouble)
      : params_(params), z_(z), trouble_(trouble) {}
  codec::Result<void> write_at(codec::Axis axis, std::uint32_t index, std::uint64_t offset,
                               base::ByteView bytes) override;
  std::uint64_t body_bytes(codec::Axis axis) const {
    return std::uint64_t{z_} * params_.symbols(axis);
  }

  codec::Params params_;
  std::uint32_t z_;
  Trouble& trouble_;
  std::unique_ptr<TempFile> files_[2];
  codec::Metadata metadata_;
};

// Slivers that were fetched, by axis and index. In memory, or in scratch files where a folder for
// them is named.
class FetchedSlivers {
 public:
  // `scratch_dir`: empty: memory. The bodies have the right length (WALD_CHECK).
  FetchedSlivers(const codec::Params& params, std::uint32_t z, std::string scratch_dir,
                 Trouble& trouble)
      : params_(params), z_(z), scratch_dir_(std::move(scratch_dir)), trouble_(trouble) {}

  bool contains(codec::Axis axis, std::uint32_t index) const;
  std::size_t count(codec::Axis axis) const;
  Outcome<void> put(codec::Axis axis, shape::SliverData sliver);
  std::vector<std::uint32_t> indices(codec::Axis axis) const;
  // As the decoder reads it; lives as long as this object.
  codec::Source& source(codec::Axis axis, std::uint32_t index);

 private:
  class Body;
  codec::Params params_;
  std::uint32_t z_;
  std::string scratch_dir_;
  Trouble& trouble_;
  std::unique_ptr<TempFile> files_[2];
  std::map<std::uint32_t, std::unique_ptr<codec::Source>> bodies_[2];
};

}  // namespace wald::client
