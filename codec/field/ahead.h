// SPDX-License-Identifier: Apache-2.0
// Asks for memory while a tile is worked on, some of it for each part of the work: the rows that
// its results go to and the symbols of the next tile. They lie far from each other, so the
// processor does not foresee them, and waits for each. They come into the second-level cache: the
// first is full of the rows that are worked on, and of many lines asked for at once some would
// never come. Internal to the codec.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "codec/base/check.h"

namespace wald::codec {

// The lines that hold these bytes.
inline void ask(const std::uint8_t* at, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  const std::size_t before = reinterpret_cast<std::uintptr_t>(at) % kLine;
  for (std::size_t i = 0; i < before + bytes; i += kLine) __builtin_prefetch(at - before + i, 0, 2);
}

class Ahead {
 public:
  // Of each row `width` bytes from `at` on.
  struct Lines {
    std::span<const std::uint8_t* const> rows;
    std::size_t at = 0, width = 0;
  };

  Ahead() = default;
  // All of it to be asked for when `work` is done; what is next from the half of it on, since there
  // is not much room in the cache.
  Ahead(const Lines& results, const Lines& next, std::uint64_t work)
      : lists_{{{results, 0}, {next, work / 2}}}, work_(work) {
    WALD_CHECK(work != 0);
  }

  void worked(std::uint64_t some) {
    done_ += some;
    for (List& list : lists_) {
      if (done_ < list.from) continue;
      const Lines& of = list.lines;
      const std::size_t rows = of.rows.size();
      const std::size_t end =
          std::min<std::uint64_t>(rows, rows * (done_ - list.from) / (work_ - list.from));
      for (; list.next < end; ++list.next) ask(of.rows[list.next] + of.at, of.width);
    }
  }

 private:
  struct List {
    Lines lines;
    std::uint64_t from = 0;  // work
    std::size_t next = 0;
  };
  std::array<List, 2> lists_;
  std::uint64_t work_ = 1, done_ = 0;
};

}  // namespace wald::codec
