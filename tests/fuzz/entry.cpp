// SPDX-License-Identifier: Apache-2.0
// The entry point of libFuzzer for the target WALD_FUZZ_RUN.
#include "tests/fuzz/targets_impl.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wald::fuzz::WALD_FUZZ_RUN({data, size});
  return 0;
}
