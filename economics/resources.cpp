// SPDX-License-Identifier: Apache-2.0
#include "economics/resources.h"

#include "economics/wide.h"

namespace wald::economics {

Outcome<ResourceParts> split_epoch(const Resource& resource, base::Epoch at) {
  if (at <= resource.start || at >= resource.end) return base::Err{Refusal::kBadSplit};
  return ResourceParts{{resource.start, at, resource.size}, {at, resource.end, resource.size}};
}

Outcome<ResourceParts> split_size(const Resource& resource, std::uint64_t keep) {
  if (keep == 0 || keep >= resource.size) return base::Err{Refusal::kBadSplit};
  return ResourceParts{{resource.start, resource.end, keep},
                       {resource.start, resource.end, resource.size - keep}};
}

Outcome<Resource> fuse(const Resource& resource, const Resource& other) {
  if (resource.start == other.start && resource.end == other.end) {
    if (other.size > kMaxU64 - resource.size) return base::Err{Refusal::kBadFuse};
    return Resource{resource.start, resource.end, resource.size + other.size};
  }
  if (resource.size != other.size) return base::Err{Refusal::kBadFuse};
  if (resource.end == other.start) return Resource{resource.start, other.end, resource.size};
  if (other.end == resource.start) return Resource{other.start, resource.end, resource.size};
  return base::Err{Refusal::kBadFuse};
}

Outcome<std::uint64_t> shrink(std::uint64_t size, std::uint64_t used, std::uint64_t percent) {
  if (percent > 100 || used > size) return base::Err{Refusal::kBadPercent};
  const std::uint64_t given = exact_ratio({size - used, percent}, {100}, Round::kDown);
  if (given == 0) return base::Err{Refusal::kBadPercent};
  WALD_CHECK(given <= size - used);
  return given;
}

}  // namespace wald::economics
