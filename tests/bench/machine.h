// SPDX-License-Identifier: Apache-2.0
// What a figure was seen on (W-2): processor, its features that our kernels ask for, the codec's
// tier, compiler, load. Pairs of name and text, in the order to print. Reads /proc and CPUID.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace wald::bench {

std::vector<std::pair<std::string, std::string>> machine();

}  // namespace wald::bench
