// SPDX-License-Identifier: Apache-2.0
#include "codec/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace wald::codec {

Cpu cpu() {
  Cpu out;
#if defined(__x86_64__)
  const auto bit = [](unsigned word, unsigned at) { return (word >> at & 1) != 0; };
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return out;
  out.ssse3 = bit(c, 9);
  const bool osxsave = bit(c, 27), avx = bit(c, 28);
  if (!osxsave || !avx) return out;
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 0x06) != 0x06) return out;  // XMM and YMM
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return out;
  out.avx2 = bit(b, 5);
  out.gfni = bit(c, 8);
  if ((low & 0xE6) != 0xE6) return out;  // and masks and both parts of ZMM
  out.avx512 = bit(b, 16) && bit(b, 30) && bit(b, 31);
#endif
  return out;
}

}  // namespace wald::codec
