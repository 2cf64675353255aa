// SPDX-License-Identifier: Apache-2.0
// The entry point of libFuzzer for the target WALD_FUZZ_TARGET.
#include "codec/base/check.h"
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const wald::fuzz::FuzzTarget* const target = [] {
    const wald::fuzz::FuzzTarget* found = nullptr;
    for (const auto& one : wald::fuzz::targets())
      if (one.name == WALD_FUZZ_TARGET) found = &one;
    return found;
  }();
  WALD_CHECK(target != nullptr);
  target->run({data, size});
  return 0;
}
