// SPDX-License-Identifier: Apache-2.0
// Counts what this program asks of the heap through operator new (B6), on the calling thread.
#pragma once

#include <cstdint>

namespace wald::bench {

std::uint64_t heap_allocations();

}  // namespace wald::bench
