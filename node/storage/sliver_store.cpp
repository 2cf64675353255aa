// SPDX-License-Identifier: Apache-2.0
#include "node/storage/sliver_store.h"

#include <algorithm>

#include "codec/base/text.h"
#include "codec/files.h"
#include "codec/shape/accounting.h"
#include "codec/stored.h"
#include "node/os/files.h"

namespace wald::storage {
namespace {

constexpr std::string_view kMetadataFile = "metadata.bcs";
constexpr std::string_view kTempSuffix = ".tmp";

std::optional<BlobId> parse_folder(std::string_view prefix, std::string_view name) {
  if (name.size() != 64 || !name.starts_with(prefix)) return std::nullopt;
  const auto bytes = base::from_hex(name);
  if (!bytes || base::to_hex(*bytes) != name) return std::nullopt;
  return BlobId::from(*bytes);
}

}  // namespace

os::IoResult<std::unique_ptr<SliverStore>> SliverStore::open(const std::string& dir,
                                                             const codec::Codec& codec) {
  TRY(os::make_dirs(dir));
  std::unique_ptr<SliverStore> store(new SliverStore(dir, codec));
  TRY(store->load());
  return store;
}

os::IoResult<void> SliverStore::load() {
  TRY_ASSIGN(const auto prefixes, os::list_dir(dir_));
  for (const std::string& prefix : prefixes) {
    if (prefix.size() != 2 || !base::from_hex(prefix)) continue;  // not ours
    TRY_ASSIGN(const auto names, os::list_dir(dir_ + "/" + prefix));
    for (const std::string& name : names) {
      const auto blob = parse_folder(prefix, name);
      if (blob) TRY(load_blob(dir_ + "/" + prefix + "/" + name, *blob));
    }
  }
  return {};
}

os::IoResult<void> SliverStore::load_blob(const std::string& folder, const BlobId& blob) {
  TRY_ASSIGN(const auto files, os::list_dir(folder));
  Entry entry;
  for (const std::string& file : files) {
    if (file.ends_with(kTempSuffix)) {
      TRY(os::remove_file(folder + "/" + file));
    } else if (file == kMetadataFile) {
      entry.metadata = true;
    } else if (const auto name = codec::parse_sliver_name(file)) {
      if (name->index < codec_.params().n()) entry.slivers.insert({name->axis, name->index});
    }
  }
  if (entry.metadata || !entry.slivers.empty()) index_.emplace(blob, std::move(entry));
  return {};
}

std::string SliverStore::folder(const BlobId& blob) const {
  const std::string hex = base::to_hex(blob.view());
  return dir_ + "/" + hex.substr(0, 2) + "/" + hex;
}

std::string SliverStore::path(const BlobId& blob, const SliverName& name) const {
  return folder(blob) + "/" + codec::to_text(codec::SliverName{name.axis, name.index});
}

std::size_t SliverStore::sliver_file_cap() const {
  const std::uint64_t longest = std::uint64_t{codec_.params().s()} * shape::kMaxSymbolSize;
  return static_cast<std::size_t>(codec::stored_bytes(longest));
}

// Called with the blob's stripe held.
os::IoResult<void> SliverStore::write(const BlobId& blob, const std::string& path,
                                      base::ByteView bytes) {
  bool known = false;
  {
    const std::lock_guard lock(mutex_);
    known = index_.contains(blob);
  }
  if (!known) {
    const std::string parent = os::parent_dir(folder(blob));
    TRY(os::make_dirs(folder(blob)));
    TRY(os::sync_dir(parent));
    TRY(os::sync_dir(dir_));
  }
  auto written = os::write_file_atomic(path, bytes);
  if (!written.ok()) static_cast<void>(os::remove_file(path + std::string(kTempSuffix)).ok());
  return written;
}

os::IoResult<SliverStore::Put> SliverStore::put_metadata(const Metadata& metadata) {
  const std::lock_guard writing(stripe(metadata.blob_id));
  if (has_metadata(metadata.blob_id)) return Put::kHad;
  TRY(write(metadata.blob_id, folder(metadata.blob_id) + "/" + std::string(kMetadataFile),
            shape::bcs::to_bytes(metadata)));
  const std::lock_guard lock(mutex_);
  index_[metadata.blob_id].metadata = true;
  remember(std::make_shared<const Metadata>(metadata));
  return Put::kStored;
}

os::IoResult<SliverStore::Put> SliverStore::put_sliver(const Metadata& metadata,
                                                       const codec::SliverView& sliver) {
  const SliverName name{sliver.axis, sliver.index};
  const std::lock_guard writing(stripe(metadata.blob_id));
  if (has_sliver(metadata.blob_id, name)) return Put::kHad;
  auto file = codec::to_stored(codec_.params(), metadata.blob_id, metadata.len, sliver);
  WALD_CHECK(file.ok());  // verified slivers have the right form
  TRY(write(metadata.blob_id, path(metadata.blob_id, name), *file));
  const std::lock_guard lock(mutex_);
  index_[metadata.blob_id].slivers.insert(name);
  return Put::kStored;
}

bool SliverStore::has_metadata(const BlobId& blob) const {
  const std::lock_guard lock(mutex_);
  const auto at = index_.find(blob);
  return at != index_.end() && at->second.metadata;
}

bool SliverStore::has_sliver(const BlobId& blob, const SliverName& sliver) const {
  const std::lock_guard lock(mutex_);
  const auto at = index_.find(blob);
  return at != index_.end() && at->second.slivers.contains(sliver);
}

// Called with mutex_ held.
void SliverStore::remember(std::shared_ptr<const Metadata> metadata) {
  forget(metadata->blob_id);
  recent_.push_front(std::move(metadata));
  if (recent_.size() > kCachedMetadata) recent_.pop_back();
}

void SliverStore::forget(const BlobId& blob) {
  recent_.remove_if([&](const auto& known) { return known->blob_id == blob; });
}

os::IoResult<std::shared_ptr<const Metadata>> SliverStore::metadata(const BlobId& blob) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = index_.find(blob);
    if (at == index_.end() || !at->second.metadata) return std::shared_ptr<const Metadata>();
    const auto known = std::find_if(recent_.begin(), recent_.end(),
                                    [&](const auto& m) { return m->blob_id == blob; });
    if (known != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, known);
      return recent_.front();
    }
  }
  const std::string file = folder(blob) + "/" + std::string(kMetadataFile);
  const std::size_t cap =
      static_cast<std::size_t>(shape::metadata_bcs_length(codec_.params())) + BlobId::kSize;
  auto bytes = os::read_file(file, cap);
  if (!bytes.ok() && bytes.error().code != 0) return base::Err{bytes.error()};
  if (bytes.ok()) {
    auto metadata = shape::bcs::from_bytes<Metadata>(*bytes);
    if (metadata.ok() && metadata->blob_id == blob &&
        shape::verify_metadata(codec_.params(), *metadata).ok()) {
      auto shared = std::make_shared<const Metadata>(*std::move(metadata));
      const std::lock_guard lock(mutex_);
      remember(shared);
      return shared;
    }
  }
  ++bad_files_;
  const std::lock_guard writing(stripe(blob));
  static_cast<void>(os::remove_file(file).ok());
  const std::lock_guard lock(mutex_);
  const auto at = index_.find(blob);
  if (at != index_.end()) at->second.metadata = false;
  return std::shared_ptr<const Metadata>();
}

void SliverStore::drop_damaged(const BlobId& blob, const SliverName& name) {
  ++bad_files_;
  static_cast<void>(erase_sliver(blob, name).ok());
}

os::IoResult<std::optional<shape::SliverData>> SliverStore::sliver(const BlobId& blob,
                                                                   const SliverName& name) {
  using Answer = std::optional<shape::SliverData>;
  if (!has_sliver(blob, name)) return Answer();
  const auto bytes = os::read_file(path(blob, name), sliver_file_cap());
  if (!bytes.ok() && bytes.error().code != 0) {
    if (!has_sliver(blob, name)) return Answer();  // erased meanwhile
    return base::Err{bytes.error()};
  }
  if (bytes.ok()) {
    auto stored = codec::parse_stored(*bytes);
    if (stored.ok() && stored->header.blob_id == blob && stored->header.axis == name.axis &&
        stored->header.index == name.index && stored->header.shards == codec_.params().n())
      return Answer(codec::to_data(stored->view()));
  }
  drop_damaged(blob, name);
  return Answer();
}

os::IoResult<std::optional<Bytes>> SliverStore::part(const BlobId& blob, const SliverName& name,
                                                     std::uint64_t at, std::uint64_t count) {
  using Answer = std::optional<Bytes>;
  if (!has_sliver(blob, name)) return Answer();
  TRY_ASSIGN(const os::File file, os::File::open(path(blob, name), os::Open::kRead));
  TRY_ASSIGN(const Bytes head, file.read_exact(0, codec::kStoredHeader));
  const auto header = codec::parse_stored_header(head);
  if (!header.ok() || header->blob_id != blob) {
    drop_damaged(blob, name);
    return Answer();
  }
  if (count > header->body_bytes || at > header->body_bytes - count) return Answer();
  const std::uint64_t first = at / codec::kStoredChunk * codec::kStoredChunk;
  const std::uint64_t last =
      std::min(header->body_bytes,
               (at + count + codec::kStoredChunk - 1) / codec::kStoredChunk * codec::kStoredChunk);
  const std::uint64_t from = codec::stored_offset(first);
  const std::uint64_t chunks = (last - first + codec::kStoredChunk - 1) / codec::kStoredChunk;
  TRY_ASSIGN(const Bytes bytes,
             file.read_exact(from, static_cast<std::size_t>(last - first + chunks * 4)));
  auto body = codec::read_stored(*header, at, count, bytes);
  if (body.ok()) return Answer(*std::move(body));
  drop_damaged(blob, name);
  return Answer();
}

std::vector<BlobId> SliverStore::blobs() const {
  const std::lock_guard lock(mutex_);
  std::vector<BlobId> out;
  out.reserve(index_.size());
  for (const auto& [blob, entry] : index_) out.push_back(blob);
  return out;
}

std::vector<SliverName> SliverStore::slivers(const BlobId& blob) const {
  const std::lock_guard lock(mutex_);
  const auto at = index_.find(blob);
  if (at == index_.end()) return {};
  return {at->second.slivers.begin(), at->second.slivers.end()};
}

os::IoResult<void> SliverStore::erase_sliver(const BlobId& blob, const SliverName& name) {
  const std::lock_guard writing(stripe(blob));
  {
    const std::lock_guard lock(mutex_);
    const auto at = index_.find(blob);
    if (at == index_.end() || at->second.slivers.erase(name) == 0) return {};
  }
  return os::remove_file(path(blob, name));
}

os::IoResult<void> SliverStore::erase_blob(const BlobId& blob) {
  const std::lock_guard writing(stripe(blob));
  {
    const std::lock_guard lock(mutex_);
    if (index_.erase(blob) == 0) return {};
    forget(blob);
  }
  return os::remove_tree(folder(blob));
}

}  // namespace wald::storage
