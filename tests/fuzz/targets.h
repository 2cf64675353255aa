// SPDX-License-Identifier: Apache-2.0
// One function for each decoder of foreign bytes in codec/ and for what strangers send to the
// ledger. Each takes any bytes and demands a true value or an error: what is accepted must be the
// one form of what was read, a blob or sliver that comes out must be the true one, a certificate
// counts only as what a quorum signed, and no law breaks. A broken demand aborts (WALD_CHECK), as a
// sanitizer does; libFuzzer and the replayer of the corpus call the same functions. Thread rule:
// pure.
#pragma once

#include <string_view>
#include <vector>

#include "codec/base/bytes.h"

namespace wald::fuzz {

struct FuzzTarget {
  std::string_view name;  // also of its folder in tests/fuzz/corpus
  void (*run)(base::ByteView input);
  std::vector<base::Bytes> (*seeds)();  // true inputs, which the corpus begins with
  std::uint64_t slow = 1;               // the replayer mutates so many times fewer
};

// bcs, metadata, sliver, stored, quilt, symbol, proof; transaction, block, certificate, genesis,
// sequence
const std::vector<FuzzTarget>& targets();

}  // namespace wald::fuzz
