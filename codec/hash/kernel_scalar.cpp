// SPDX-License-Identifier: Apache-2.0
// The scalar twin: one message at a time, by libsodium.
#include "codec/base/merkle.h"
#include "codec/hash/kernel.h"

namespace wald::codec {
namespace {

void put(const base::Hash& hash, std::uint8_t* to) {
  std::copy(hash.bytes().begin(), hash.bytes().end(), to);
}

void leaves(const std::uint8_t* const* from, std::size_t bytes, std::uint8_t* to) {
  put(base::merkle_leaf({from[0], bytes}), to);
}

void nodes(const std::uint8_t* left, const std::uint8_t* right, std::size_t step,
           std::size_t groups, std::uint8_t* to) {
  for (std::size_t g = 0; g < groups; ++g) {
    const auto child = [&](const std::uint8_t* from) {
      return base::Hash::from({from + g * step, 32});
    };
    put(base::merkle_node(child(left), child(right)), to + 32 * g);
  }
}

}  // namespace

const HashKernels kScalarHash = {"scalar", 1, leaves, nodes};

}  // namespace wald::codec
