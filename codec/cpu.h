// SPDX-License-Identifier: Apache-2.0
// What processor and operating system offer the kernels: an instruction set counts only if the
// system also saves the registers it uses (CPUID, XGETBV). All false on other architectures.
#pragma once

namespace wald::codec {

struct Cpu {
  bool ssse3 = false;
  bool avx2 = false;
  bool avx512 = false;  // F, BW and VL
  bool gfni = false;
};

Cpu cpu();

}  // namespace wald::codec
