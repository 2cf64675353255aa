// SPDX-License-Identifier: Apache-2.0
// Reserved storage as a thing of its own (S-5): a size in bytes for the epochs [start, end).
// Splitting, joining and shrinking conserve bytes * epochs and never refund money. Errors:
// kBadSplit, kBadFuse, kBadPercent. Thread rule: pure functions.
#pragma once

#include "codec/base/ids.h"
#include "economics/refusal.h"

namespace wald::economics {

struct Resource {
  base::Epoch start;
  base::Epoch end;
  std::uint64_t size;
  friend bool operator==(const Resource&, const Resource&) = default;
};

struct ResourceParts {
  Resource self;
  Resource other;
};

// start < at < end: self ends there, other begins.
Outcome<ResourceParts> split_epoch(const Resource& resource, base::Epoch at);
// 0 < keep < size: self keeps that many bytes.
Outcome<ResourceParts> split_size(const Resource& resource, std::uint64_t keep);
// Equal periods add sizes; equal sizes with touching periods join.
Outcome<Resource> fuse(const Resource& resource, const Resource& other);
// floor((size - used) * percent / 100): what a storage pool gives up; percent <= 100, result not 0.
Outcome<std::uint64_t> shrink(std::uint64_t size, std::uint64_t used, std::uint64_t percent);

}  // namespace wald::economics
