// SPDX-License-Identifier: Apache-2.0
#include "proofs/deny.h"

#include <algorithm>
#include <limits>

namespace wald::proofs {
namespace {

base::Hash entry_leaf(const base::BlobId& blob, std::uint64_t length) {
  return base::merkle_leaf(base::Writer().raw(blob.view()).le(length).bytes());
}

std::vector<base::Hash> entry_leaves(const std::vector<DenyEntry>& entries) {
  std::vector<base::Hash> out;
  for (const DenyEntry& entry : entries) out.push_back(entry_leaf(entry.blob, entry.length));
  return out;
}

bool before(const DenyEntry& a, const DenyEntry& b) { return a.blob < b.blob; }

}  // namespace

DenyList::DenyList(std::vector<DenyEntry> entries, std::uint64_t size)
    : entries_(std::move(entries)), size_(size), tree_(entry_leaves(entries_)) {}

std::optional<DenyList> DenyList::make(std::vector<DenyEntry> entries) {
  if (entries.size() > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  std::sort(entries.begin(), entries.end(), before);
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0 && entries[i - 1].blob == entries[i].blob) return std::nullopt;
    if (entries[i].length > std::numeric_limits<std::uint64_t>::max() - size) return std::nullopt;
    size += entries[i].length;
  }
  return DenyList(std::move(entries), size);
}

std::optional<base::Bytes> DenyList::prove(const base::BlobId& blob) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), DenyEntry{blob, 0}, before);
  if (found == entries_.end() || found->blob != blob) return std::nullopt;
  const auto index = static_cast<std::size_t>(found - entries_.begin());
  const std::vector<base::Hash> path = tree_.path(index);
  WALD_CHECK(path.size() == base::merkle_height(entries_.size()));
  base::Writer out;
  out.le(base::narrow<std::uint32_t>(index)).le(base::narrow<std::uint32_t>(entries_.size()));
  out.le(found->length).u8(base::narrow<std::uint8_t>(path.size()));
  for (const base::Hash& node : path) out.raw(node.view());
  return std::move(out).bytes();
}

bool verify_denied(const base::Hash& root, const base::BlobId& blob, std::uint64_t encoded_length,
                   base::ByteView proof) {
  base::Reader in(proof);
  const auto index = in.le<std::uint32_t>();
  const auto count = in.le<std::uint32_t>();
  const auto length = in.le<std::uint64_t>();
  const auto height = in.u8();
  if (!index || !count || !length || !height) return false;
  if (*index >= *count || *height != base::merkle_height(*count)) return false;
  if (*length != encoded_length) return false;
  std::vector<base::Hash> path;
  for (unsigned i = 0; i < *height; ++i) {
    const auto node = in.id<base::Hash>();
    if (!node) return false;
    path.push_back(*node);
  }
  return in.done() && base::merkle_verify(root, *count, entry_leaf(blob, *length), *index, path);
}

}  // namespace wald::proofs
