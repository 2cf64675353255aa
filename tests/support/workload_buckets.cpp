// SPDX-License-Identifier: Apache-2.0
// The part of the workload in which blobs lie in buckets: they are bought or made of a resource,
// filled, grown, shrunk, prolonged, opened to others, given away and destroyed.
#include "tests/support/workload.h"

namespace wald::tests {

std::vector<base::ObjectId> Workload::buckets_of(const std::string& name) const {
  return owned<ledger::BucketRecord>(ledger::kBuckets, name);
}

void Workload::pack(const std::string& who) {
  const auto bucket = pick(buckets_of(who));
  if (bucket && random_.below(4) != 0) return use_bucket(who, *bucket);
  const auto resource = pick(resources_of(who));
  if (resource && random_.below(2) == 0) return send(who, create_bucket_of(*resource));
  const std::uint64_t size = (1 + random_.below(40)) << 20;
  send(who, create_bucket(size, 1 + static_cast<std::uint32_t>(random_.below(8))));
}

void Workload::use_bucket(const std::string& who, const base::ObjectId& bucket) {
  // The owner most of the time, else somebody who may have been granted it.
  const std::string hand = random_.below(everything() ? 6 : 3) == 0 ? anybody() : who;
  switch (random_.below(10)) {
    case 0:
    case 1:
    case 2: {
      const FileOf file = some_file();
      return send(hand, register_inside(bucket, file, random_.below(3) != 0));
    }
    case 3: {
      const std::uint64_t size = random_.below(8 << 20);
      return send(hand, grow_bucket(bucket, size));
    }
    case 4: {
      const auto resource = pick(resources_of(hand));
      if (!resource) return buy();
      return send(hand, grow_bucket_with(bucket, *resource));
    }
    case 5: {
      const std::uint64_t size = random_.below(8 << 20);
      return send(hand, shrink_bucket(bucket, size));
    }
    case 6: {
      const auto percent = static_cast<std::uint32_t>(random_.below(110));
      return send(hand, shrink_bucket_percent(bucket, percent));
    }
    case 7: {
      const auto epochs = static_cast<std::uint32_t>(random_.below(6));
      return send(hand, extend_bucket(bucket, epochs));
    }
    case 8: {
      const auto rights = static_cast<std::uint8_t>(random_.below(32));
      return send(hand, grant_bucket(bucket, anybody(), rights));
    }
    default: {
      const std::string to = anybody();
      if (random_.below(2) == 0) return send(hand, give(bucket, to));
      return send(hand, destroy_bucket(bucket));
    }
  }
}

}  // namespace wald::tests
