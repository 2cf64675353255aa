// SPDX-License-Identifier: Apache-2.0
// The trial of a kernel table against its scalar twin, before the first use of a tier.
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "codec/base/prng.h"
#include "codec/field/field.h"
#include "codec/hash/kernel.h"
#include "codec/kernels.h"

namespace wald::codec {

namespace {

constexpr std::array<Word, 6> kTried = {0, 1, 2, 0x1234, 0xFFFF, 0x8001};

// Function `which` of the table over two buffers of 1 KiB.
constexpr int kFunctions = 8;
using Constants = const MulTable (&)[3];
void run(const Kernels& use, int which, Constants c, base::Bytes& x, base::Bytes& y) {
  const std::size_t bytes = x.size(), part = bytes / 4;
  if (which == 0) use.add(x.data(), y.data(), bytes);
  if (which == 1) use.mul(x.data(), y.data(), bytes, &c[0]);
  if (which == 2) use.mul_add(x.data(), y.data(), bytes, &c[0]);
  if (which == 3) use.inverse(x.data(), y.data(), bytes, &c[0]);
  if (which == 4) use.forward(x.data(), y.data(), bytes, &c[0]);
  if (which == 5) use.inverse2(x.data(), part, &c[0], &c[1], &c[2]);
  if (which == 6) use.forward2(x.data(), part, &c[0], &c[1], &c[2]);
  if (which == 7) use.place(x.data() + 3, 301, y.data() + 1, 250, 3, 249);
}

// A 64-byte block after the other, from words to pairs or back.
base::Bytes in_pairs(base::Bytes blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (i % 64 < 32)
      blocks[i] =
          static_cast<std::uint8_t>(paired(static_cast<Word>(blocks[i] | blocks[i + 32] << 8)));
  return blocks;
}

// Numbers of the first constant of three layers: at the origin, of the subfield, and further out by
// one layer each.
constexpr std::array<std::uint32_t, 5> kNumbers = {0, 240, 256, 512, 1024};
// The tables of all of them, and of the group after each. Constants beyond the subfield may be any.
using Tables = std::vector<MulTable>;
Tables tables_of(MulTable (*table)(Word)) {
  Tables out;
  for (std::uint32_t c = 0; c < kNumbers.back() + 15; ++c)
    out.push_back(table(static_cast<Word>(c < kSubfield ? c : c * 40'503)));
  return out;
}

// Sums of products of sources that overlap, of every number of sources that takes a way of its own.
bool same_dots(const Kernels& some, const Tables& words, const base::Bytes& a,
               const base::Bytes& b) {
  constexpr std::size_t kStep = 24, kBytes = 320, kFirst = 240, kMask = 13;
  std::vector<Matrix> c;
  for (const MulTable& one : words) c.push_back(one.matrix);
  for (const std::size_t count : {1U, 2U, 7U, 8U, 19U, 27U}) {
    base::Bytes sum = a, want = a;
    some.dot(sum.data(), b.data(), kStep, count, kBytes, c.data(), kFirst, kMask);
    for (std::size_t i = 0; i < count; ++i)
      kScalarKernels.mul_add(want.data(), b.data() + i * kStep, kBytes,
                             &words[(kFirst + i) ^ kMask]);
    if (sum != want) return false;
  }
  return true;
}

// Where three layers stand in a transform over pairs: at its outer end, to a tile of blocks or of
// halves apart, or between others.
enum class At : std::uint8_t { kWords, kEnd, kApart, kMiddle };

// Two groups of parts of three blocks: two together, and one.
constexpr std::size_t kParts = 16, kPart = 192;

// Of parts, from words to what a tile holds.
base::Bytes apart(base::Bytes parts) {
  for (std::size_t at = 0; at < parts.size(); at += kPart)
    std::swap_ranges(&parts[at + 32], &parts[at + 64], &parts[at + 64]);
  return parts;
}
base::Bytes to_tile(At at, base::Bytes parts) {
  if (at == At::kWords) return parts;
  parts = in_pairs(std::move(parts));
  return at == At::kApart ? apart(std::move(parts)) : parts;
}
base::Bytes from_tile(At at, base::Bytes parts) {
  if (at == At::kApart) parts = apart(std::move(parts));
  return at == At::kWords ? parts : in_pairs(std::move(parts));
}

// Over the groups in x, into themselves or into y; of `used` parts, and with a sum in y where they
// end in one. In words, whatever is inside.
base::Bytes triple(const Kernels& use, At at, const Tables& tables, std::uint32_t number,
                   std::size_t used, std::size_t way, base::Bytes x, base::Bytes y) {
  const bool inverse = way < 3, middle = at == At::kMiddle, words = at == At::kWords;
  if (!inverse || middle) x = to_tile(at, std::move(x));
  if (inverse || middle) y = to_tile(at, std::move(y));
  std::array<std::uint8_t*, kParts> here, there;
  std::array<const std::uint8_t*, kParts> from;
  for (std::size_t i = 0; i < kParts; ++i) {
    from[i] = here[i] = x.data() + i * kPart;
    there[i] = y.data() + i * kPart;
  }
  Three three{};
  three.from = from.data();
  three.to = way % 3 == 1 ? there.data() : here.data();
  three.sum = way == 2 ? there.data() : nullptr;
  three.bytes = kPart;
  three.groups = 2;
  three.used = used;
  three.c = tables.data();
  three.number = number;
  three.pairs = !words;
  three.pairing = !words && !middle;
  three.apart = at == At::kApart;
  (inverse ? use.inverse3 : use.forward3)(three);
  base::Bytes out = way % 3 == 0 ? std::move(x) : std::move(y);
  if (!inverse) {  // the others are undefined
    std::memset(out.data() + used * kPart, 0, (8 - used) * kPart);
    std::memset(out.data() + (8 + used) * kPart, 0, (8 - used) * kPart);
  }
  return inverse || middle ? from_tile(at, std::move(out)) : out;
}

bool same_triples(const Kernels& some, const Tables& words, const Tables& pairs,
                  const base::Bytes& a, const base::Bytes& b) {
  for (const std::uint32_t number : kNumbers)
    for (std::size_t used = 1; used <= 8; ++used)
      // In place and elsewhere take the same loops: by turns, since every program waits for this.
      for (const std::size_t way : {used % 2, std::size_t{2}, 3 + used % 2}) {
        const auto want = triple(kScalarKernels, At::kWords, words, number, used, way, a, b);
        for (const At at : {At::kWords, At::kEnd, At::kApart, At::kMiddle})
          if ((at == At::kWords || some.matrices) &&
              triple(some, at, at == At::kWords ? words : pairs, number, used, way, a, b) != want)
            return false;
      }
  return true;
}

// Where a code turns: numbers of the first constants, of inverse transforms, then of forward ones.
struct Turned {
  std::size_t inverses, forwards;
  std::array<std::uint32_t, 3> number;
};
constexpr std::array<Turned, 4> kTurns = {
    {{1, 1, {0, 8, 0}}, {1, 2, {0, 8, 16}}, {1, 1, {8, 0, 0}}, {2, 1, {8, 16, 0}}}};

// By the steps of the scalar kernels, or by the turn over pairs; the values asked for. Of two tiles
// of eight parts the first and the last transform work on one, the one between on the other. None
// if there was no turn.
base::Bytes turned(const Kernels& use, const Tables& tables, bool pairs, const Turned& turn,
                   std::size_t used, base::Bytes x, base::Bytes y) {
  if (pairs) {
    x = in_pairs(std::move(x));
    y = in_pairs(std::move(y));
  }
  const std::size_t count = turn.inverses + turn.forwards, bytes = x.size() / 8;
  std::array<std::uint8_t*, 8> here, there;
  for (std::size_t i = 0; i < 8; ++i) {
    here[i] = x.data() + i * bytes;
    there[i] = y.data() + i * bytes;
  }
  std::array<Three, 3> three{};
  for (std::size_t i = 0; i < count; ++i) {
    three[i].from = three[i].to = i == 0 || i + 1 == count ? here.data() : there.data();
    three[i].bytes = bytes;
    three[i].groups = 1;
    three[i].used = i % 2 == 0 ? used : 8;
    three[i].c = tables.data();
    three[i].number = turn.number[i];
    three[i].pairs = pairs;
  }
  Three* const forward = three.data() + turn.inverses;
  if (pairs) {
    if (!use.turn(three.data(), turn.inverses, forward, turn.forwards)) return {};
  } else {
    for (std::size_t i = 0; i < turn.inverses; ++i) {
      if (i != 0) three[i].sum = here.data();
      use.inverse3(three[i]);
    }
    for (std::size_t i = 0; i < turn.forwards; ++i) {
      forward[i].from = here.data();
      use.forward3(forward[i]);
    }
  }
  x.resize(three[count - 1].used * bytes);
  if (turn.forwards == 2) x.insert(x.end(), y.begin(), y.end());  // all of it is asked for
  return pairs ? in_pairs(std::move(x)) : x;
}

bool same_turns(const Kernels& some, const Tables& words, const Tables& pairs, const base::Bytes& a,
                const base::Bytes& b) {
  for (const Turned& turn : kTurns)
    for (const std::size_t used : {8U, 3U})
      if (turned(some, pairs, true, turn, used, a, b) !=
          turned(kScalarKernels, words, false, turn, used, a, b))
        return false;
  return true;
}

}  // namespace

bool agrees(const Kernels& some) {
  base::Prng prng(0x57414C44);
  const base::Bytes a = prng.bytes(1024);
  const base::Bytes b = prng.bytes(1024);
  for (std::size_t i = 0; i < kTried.size(); ++i) {
    const auto tried = [&](std::size_t k) { return mul_table(kTried[(i + k) % kTried.size()]); };
    // The second is zero with the first as well: that takes a way of its own.
    const MulTable c[3] = {tried(0), kTried[i] == 0 ? tried(0) : tried(1), tried(2)};
    for (int which = 0; which < kFunctions; ++which) {
      base::Bytes x = a, y = b, want_x = a, want_y = b;
      run(some, which, c, x, y);
      run(kScalarKernels, which, c, want_x, want_y);
      if (x != want_x || y != want_y) return false;
    }
  }
  const Tables words = tables_of(mul_table), pairs = tables_of(pair_table);
  const base::Bytes x = prng.bytes(kParts * kPart), y = prng.bytes(kParts * kPart);
  return same_triples(some, words, pairs, x, y) &&
         (!some.matrices || (same_dots(some, words, a, b) && same_turns(some, words, pairs, a, b)));
}

bool agrees(const HashKernels& some) {
  if (some.lanes == 0 || some.lanes > kMaxLanes) return false;
  base::Prng prng(0x57414C44);
  const base::Bytes data = prng.bytes(1024);
  std::array<const std::uint8_t*, kMaxLanes> from;
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = data.data() + 33 * i;
  std::array<std::uint8_t, 32 * kMaxLanes> out{};
  std::array<std::uint8_t, 32> one{};
  const auto same = [&](std::size_t lane) {
    return std::equal(one.begin(), one.end(), out.data() + 32 * lane);
  };
  for (const std::size_t bytes : {0U, 2U, 62U, 64U, 72U, 126U, 127U, 128U, 254U, 256U, 700U}) {
    some.leaves(from.data(), bytes, out.data());
    for (std::size_t i = 0; i < some.lanes; ++i) {
      kScalarHash.leaves(from.data() + i, bytes, one.data());
      if (!same(i)) return false;
    }
  }
  // Two groups, in place as well.
  for (const std::size_t step : {32U, 64U}) {
    const std::size_t count = 2 * some.lanes;
    const base::Bytes children = prng.bytes(count * step + 32);
    const std::uint8_t* const right = children.data() + 32;
    base::Bytes nodes(count * 32), want = nodes, here = children;
    kScalarHash.nodes(children.data(), right, step, count, want.data());
    some.nodes(children.data(), right, step, 2, nodes.data());
    some.nodes(here.data(), here.data() + 32, step, 2, here.data());
    here.resize(want.size());
    if (nodes != want || (step == 64 && here != want)) return false;
  }
  return true;
}

}  // namespace wald::codec
