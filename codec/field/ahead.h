// SPDX-License-Identifier: Apache-2.0
// Asks for the rows that a tile's results go to while the tile is worked on, some for each part of
// the work: they lie far from each other, so the processor does not foresee them, and waits for
// each once it writes there. Internal to the codec.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "codec/base/check.h"

namespace wald::codec {

class Ahead {
 public:
  Ahead() = default;
  // Of each row `width` bytes from `at` on, to be here when `work` is done.
  Ahead(std::span<std::uint8_t* const> rows, std::size_t at, std::size_t width, std::uint64_t work)
      : rows_(rows), at_(at), width_(width), work_(work) {
    WALD_CHECK(work != 0);
  }

  void worked(std::uint64_t some) {
    done_ += some;
    const std::size_t end = std::min<std::uint64_t>(rows_.size(), rows_.size() * done_ / work_);
    for (; next_ < end; ++next_)
      for (std::size_t i = at_; i < at_ + width_; i += 64) __builtin_prefetch(rows_[next_] + i, 1);
  }

 private:
  std::span<std::uint8_t* const> rows_;
  std::size_t at_ = 0, width_ = 0, next_ = 0;
  std::uint64_t work_ = 1, done_ = 0;
};

}  // namespace wald::codec
