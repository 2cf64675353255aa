// SPDX-License-Identifier: Apache-2.0
// SetAttributes, RemoveAttributes: pairs of text on a blob, for people and programs to read (L-11).
// They go with the blob.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetAttributes {
  using Message = spec::SetAttributes;
  static constexpr std::size_t kMost = 64;      // of one blob
  static constexpr std::size_t kKeyBytes = 64;  // at least 1
  static constexpr std::size_t kValueBytes = 1024;
  static constexpr std::size_t kBytes = 8192;  // all keys and values
  base::ObjectId blob;
  std::map<std::string, std::string> pairs;
  static Parsed<SetAttributes> parse(const Message& message);
  std::uint64_t records() const { return 1 + pairs.size(); }
  // UNKNOWN_OBJECT, NOT_OWNER or BUCKET_RIGHT, LIMIT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct RemoveAttributes {
  using Message = spec::RemoveAttributes;
  base::ObjectId blob;
  std::vector<std::string> keys;
  bool all = false;  // instead of keys
  static Parsed<RemoveAttributes> parse(const Message& message);
  std::uint64_t records() const;
  // UNKNOWN_OBJECT, NOT_OWNER or BUCKET_RIGHT, LIMIT, NO_ATTRIBUTE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
