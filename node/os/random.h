// SPDX-License-Identifier: Apache-2.0
// Secret randomness, from the kernel through libsodium. Never used by a rule of the ledger.
// Any thread. sodium_ready() must have run once; the calls here see to it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace wald::os {

void sodium_ready();  // idempotent; CHECKs that the library starts
void random_fill(std::span<std::uint8_t> out);

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
  std::array<std::uint8_t, N> out{};
  random_fill(out);
  return out;
}

}  // namespace wald::os
