// SPDX-License-Identifier: Apache-2.0
// One function for each decoder of foreign bytes in codec/. Each takes any bytes and demands of the
// decoder a true value or an error: what it accepts must be the one form of what it read, a blob or
// sliver that comes out must be the true one. A broken demand aborts (WALD_CHECK), as a sanitizer
// does; libFuzzer and the replayer of the corpus call the same functions. Thread rule: pure.
#pragma once

#include <string_view>
#include <vector>

#include "codec/base/bytes.h"

namespace wald::fuzz {

struct FuzzTarget {
  std::string_view name;  // also of its folder in tests/fuzz/corpus
  void (*run)(base::ByteView input);
  std::vector<base::Bytes> (*seeds)();  // true inputs, which the corpus begins with
};

// bcs, metadata, sliver, stored, quilt, symbol, proof
const std::vector<FuzzTarget>& targets();

}  // namespace wald::fuzz
