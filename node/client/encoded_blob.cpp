// SPDX-License-Identifier: Apache-2.0
#include "node/client/encoded_blob.h"

namespace wald::client {
namespace {

std::size_t at(codec::Axis axis) { return static_cast<std::size_t>(axis); }

}  // namespace

Outcome<std::unique_ptr<SpooledBlob>> SpooledBlob::make(const codec::Params& params,
                                                        std::uint64_t len,
                                                        const std::string& scratch_dir,
                                                        Trouble& trouble) {
  const auto z = params.symbol_size(len);
  WALD_CHECK(z.ok());  // the caller has a plan for it
  auto out = std::unique_ptr<SpooledBlob>(new SpooledBlob(params, *z, trouble));
  for (auto& file : out->files_) {
    TRY_ASSIGN(file, TempFile::make(scratch_dir, trouble));
  }
  return out;
}

codec::Result<void> SpooledBlob::encode(const codec::Codec& codec, codec::Source& blob,
                                        codec::Storage* scratch,
                                        const codec::StreamOptions& options) {
  codec::SliverSink& sink = *this;
  TRY_ASSIGN(metadata_, codec::encode(codec, blob, sink, scratch, options));
  return {};
}

codec::Result<void> SpooledBlob::write_at(codec::Axis axis, std::uint32_t index,
                                          std::uint64_t offset, base::ByteView bytes) {
  return files_[at(axis)]->write_at(index * body_bytes(axis) + offset, bytes);
}

Outcome<shape::SliverPair> SpooledBlob::pair(std::uint32_t pair) const {
  WALD_CHECK(pair < params_.n());
  shape::SliverPair out;
  for (const codec::Axis axis : {codec::Axis::kPrimary, codec::Axis::kSecondary}) {
    shape::SliverData& data = axis == codec::Axis::kPrimary ? out.primary : out.secondary;
    data.index =
        shape::sliver_of_pair(params_, axis, base::PairIndex(static_cast<std::uint16_t>(pair)));
    data.symbol_size = static_cast<std::uint16_t>(z_);
    data.body.resize(static_cast<std::size_t>(body_bytes(axis)));
    const auto got = files_[at(axis)]->read_at(data.index.value() * body_bytes(axis), data.body);
    if (!got.ok()) return base::Err{trouble_.failure(got.error())};
  }
  return out;
}

// One body: its own bytes, or a part of a file.
class FetchedSlivers::Body : public codec::Source {
 public:
  Body(base::Bytes bytes, TempFile* file, std::uint64_t start, std::uint64_t size)
      : bytes_(std::move(bytes)), file_(file), start_(start), size_(size) {}
  std::uint64_t size() const override { return size_; }
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (file_ != nullptr) return file_->read_at(start_ + offset, out);
    return codec::MemorySource(bytes_).read_at(offset, out);
  }

 private:
  base::Bytes bytes_;
  TempFile* file_;
  std::uint64_t start_, size_;
};

bool FetchedSlivers::contains(codec::Axis axis, std::uint32_t index) const {
  return bodies_[at(axis)].contains(index);
}

std::size_t FetchedSlivers::count(codec::Axis axis) const { return bodies_[at(axis)].size(); }

Outcome<void> FetchedSlivers::put(codec::Axis axis, shape::SliverData sliver) {
  const std::uint64_t size = std::uint64_t{z_} * params_.symbols(axis);
  WALD_CHECK(sliver.body.size() == size);  // it was verified
  const std::uint32_t index = sliver.index.value();
  std::unique_ptr<TempFile>& file = files_[at(axis)];
  if (!scratch_dir_.empty()) {
    if (!file) {
      TRY_ASSIGN(file, TempFile::make(scratch_dir_, trouble_));
    }
    const auto kept = file->write_at(index * size, sliver.body);
    if (!kept.ok()) return base::Err{trouble_.failure(kept.error())};
    sliver.body = base::Bytes();
  }
  bodies_[at(axis)][index] =
      std::make_unique<Body>(std::move(sliver.body), file.get(), index * size, size);
  return {};
}

std::vector<std::uint32_t> FetchedSlivers::indices(codec::Axis axis) const {
  std::vector<std::uint32_t> out;
  for (const auto& [index, body] : bodies_[at(axis)]) out.push_back(index);
  return out;
}

codec::Source& FetchedSlivers::source(codec::Axis axis, std::uint32_t index) {
  return *bodies_[at(axis)].at(index);
}

}  // namespace wald::client
