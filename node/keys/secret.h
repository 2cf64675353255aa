// SPDX-License-Identifier: Apache-2.0
// Secret<N>: N bytes that stay out of swap and core files, between guard pages, and are wiped when
// they go. Move-only, so that each copy is on purpose. Reliability.md 10.
// Where the memory limit forbids locking, making one fails the CHECK: a node runs with
// LimitMEMLOCK.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "codec/base/bytes.h"

namespace wald::keys {

namespace detail {
std::uint8_t* secret_alloc(std::size_t size);  // zeros
void secret_free(std::uint8_t* bytes) noexcept;
}  // namespace detail

template <std::size_t N>
class Secret {
 public:
  Secret() : bytes_(detail::secret_alloc(N)) {}
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      detail::secret_free(bytes_);
      bytes_ = std::exchange(other.bytes_, nullptr);
    }
    return *this;
  }
  ~Secret() { detail::secret_free(bytes_); }

  Secret clone() const {
    Secret out;
    std::copy_n(bytes_, N, out.bytes_);
    return out;
  }
  std::span<std::uint8_t, N> span() { return std::span<std::uint8_t, N>(bytes_, N); }
  base::ByteView view() const { return {bytes_, N}; }
  bool holds() const { return bytes_ != nullptr; }  // false once moved away

 private:
  std::uint8_t* bytes_;
};

using Secret32 = Secret<32>;

}  // namespace wald::keys
