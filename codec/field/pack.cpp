// SPDX-License-Identifier: Apache-2.0
#include "codec/field/pack.h"

#include <array>
#include <cstring>

#include "codec/base/check.h"

namespace wald::codec {
namespace {

// All low bytes and all high bytes of the tails at hand. Filled before it is read, and large for a
// function that is called for every row: without the zeros that the build gives to variables.
struct Planes {
  std::array<std::uint8_t, kMaxTails / 2> low, high;
};

// Copies h bytes, kStep <= h <= 2 * kStep, in two moves of fixed length that may overlap.
template <std::size_t kStep>
struct Copy {
  std::size_t h;
  void operator()(std::uint8_t* to, const std::uint8_t* from) const {
    std::array<std::uint8_t, kStep> first, last;
    std::memcpy(first.data(), from, kStep);
    std::memcpy(last.data(), from + h - kStep, kStep);
    std::memcpy(to, first.data(), kStep);
    std::memcpy(to + h - kStep, last.data(), kStep);
  }
};

// Calls work(copy) with the copy for halves of h bytes, 1 <= h < 32: the choice is made once.
template <class Work>
void with_copy(std::size_t h, Work work) {
  WALD_CHECK(h >= 1 && h < 32);
  if (h >= 16) return work(Copy<16>{h});
  if (h >= 8) return work(Copy<8>{h});
  if (h >= 4) return work(Copy<4>{h});
  if (h >= 2) return work(Copy<2>{h});
  work(Copy<1>{h});
}

void check(std::size_t count, std::size_t t) {
  WALD_CHECK(t % 2 == 0 && t > 0 && t < kBlock && count <= kMaxTails / t);
}

}  // namespace

void pack_tails(std::uint8_t* blocks, const std::uint8_t* first, std::size_t stride,
                std::size_t count, std::size_t t) {
  check(count, t);
  const std::size_t h = t / 2, words = count * h;
  if (count == 1) {
    std::memset(blocks, 0, kBlock);
    with_copy(h, [&](auto copy) {
      copy(blocks, first);
      copy(blocks + 32, first + h);
    });
    return;
  }
  Planes planes __attribute__((uninitialized));
  with_copy(h, [&](auto copy) {
    for (std::size_t g = 0; g < count; ++g) {
      copy(planes.low.data() + g * h, first + g * stride);
      copy(planes.high.data() + g * h, first + g * stride + h);
    }
  });
  const std::size_t rest = padded(count * t) / 2 - words;
  std::memset(planes.low.data() + words, 0, rest);
  std::memset(planes.high.data() + words, 0, rest);
  for (std::size_t at = 0; at < words; at += 32) {
    std::memcpy(blocks + 2 * at, planes.low.data() + at, 32);
    std::memcpy(blocks + 2 * at + 32, planes.high.data() + at, 32);
  }
}

void unpack_tails(const std::uint8_t* blocks, std::uint8_t* first, std::size_t stride,
                  std::size_t count, std::size_t t) {
  check(count, t);
  const std::size_t h = t / 2, words = count * h;
  if (count == 1) {
    with_copy(h, [&](auto copy) {
      copy(first, blocks);
      copy(first + h, blocks + 32);
    });
    return;
  }
  Planes planes __attribute__((uninitialized));
  for (std::size_t at = 0; at < words; at += 32) {
    std::memcpy(planes.low.data() + at, blocks + 2 * at, 32);
    std::memcpy(planes.high.data() + at, blocks + 2 * at + 32, 32);
  }
  with_copy(h, [&](auto copy) {
    for (std::size_t g = 0; g < count; ++g) {
      copy(first + g * stride, planes.low.data() + g * h);
      copy(first + g * stride + h, planes.high.data() + g * h);
    }
  });
}

}  // namespace wald::codec
