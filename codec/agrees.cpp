// SPDX-License-Identifier: Apache-2.0
// The trial of a kernel table against its scalar twin, before the first use of a tier.
#include <array>

#include "codec/base/prng.h"
#include "codec/field/field.h"
#include "codec/hash/kernel.h"
#include "codec/kernels.h"

namespace wald::codec {

namespace {

constexpr std::array<Word, 6> kTried = {0, 1, 2, 0x1234, 0xFFFF, 0x8001};

// Function `which` of the table over two buffers of 1 KiB.
constexpr int kFunctions = 9;
using Three = const MulTable (&)[3];
void run(const Kernels& use, int which, Three c, base::Bytes& x, base::Bytes& y) {
  const std::size_t bytes = x.size(), part = bytes / 4;
  if (which == 0) use.add(x.data(), y.data(), bytes);
  if (which == 1) use.mul(x.data(), y.data(), bytes, &c[0]);
  if (which == 2) use.mul_add(x.data(), y.data(), bytes, &c[0]);
  if (which == 3) use.inverse(x.data(), y.data(), bytes, &c[0]);
  if (which == 4) use.forward(x.data(), y.data(), bytes, &c[0]);
  if (which == 5) use.inverse2(x.data(), part, &c[0], &c[1], &c[2]);
  if (which == 6) use.forward2(x.data(), part, &c[0], &c[1], &c[2]);
  const std::uint8_t* const from[3] = {y.data(), y.data() + 65, y.data() + 130};
  const MulTable* const by[3] = {&c[0], &c[1], &c[2]};
  if (which == 7) use.dot(x.data(), from, 3, 832, by);
  if (which == 8) use.place(x.data() + 3, 301, y.data() + 1, 250, 3, 249);
}

// A 64-byte block after the other, from words to pairs or back.
base::Bytes in_pairs(base::Bytes blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (i % 64 < 32)
      blocks[i] =
          static_cast<std::uint8_t>(paired(static_cast<Word>(blocks[i] | blocks[i + 32] << 8)));
  return blocks;
}

// Constants of three layers, smallest distance first: at the origin, of the subfield, further out
// by one layer each, and any.
using Seven = std::array<Word, 7>;
constexpr std::array<Seven, 7> kTriples = {{{0, 2, 4, 6, 0, 2, 0},
                                            {248, 250, 252, 254, 124, 126, 62},
                                            {256, 258, 260, 262, 128, 130, 64},
                                            {512, 514, 516, 518, 256, 258, 128},
                                            {1024, 1026, 1028, 1030, 512, 514, 256},
                                            {0xFFFF, 0x1234, 0x8001, 2, 1, 0xABCD, 0x4321},
                                            {0, 0x1234, 0xFFFF, 0, 0, 0x8001, 0}}};

// Where three layers stand in a transform over pairs: at its outer end or between others.
enum class At : std::uint8_t { kWords, kEnd, kMiddle };

// Over parts of 128 bytes in x, into themselves or into y; of `used` parts, and with a sum in y
// where they end in one. In words, whatever is inside.
base::Bytes triple(const Kernels& use, At at, const Seven& constants, std::size_t used,
                   std::size_t way, base::Bytes x, base::Bytes y) {
  constexpr std::size_t kBytes = 128;
  const bool inverse = way < 3, pairing = at == At::kEnd, pairs = at != At::kWords;
  MulTable tables[7];
  const MulTable* c[7];
  for (std::size_t i = 0; i < 7; ++i) {
    tables[i] = pairs ? pair_table(constants[i]) : mul_table(constants[i]);
    c[i] = &tables[i];
  }
  if (at == At::kMiddle || (pairing && !inverse)) x = in_pairs(std::move(x));
  if (at == At::kMiddle || (pairing && inverse)) y = in_pairs(std::move(y));
  const std::uint8_t* from[8];
  std::uint8_t *here[8], *there[8];
  for (std::size_t i = 0; i < 8; ++i) {
    from[i] = here[i] = x.data() + i * kBytes;
    there[i] = y.data() + i * kBytes;
  }
  if (way == 0) use.inverse3(from, used, here, nullptr, kBytes, c, pairing);
  if (way == 1) use.inverse3(from, used, there, nullptr, kBytes, c, pairing);
  if (way == 2) use.inverse3(from, used, here, there, kBytes, c, pairing);
  if (way == 3) use.forward3(from, here, used, kBytes, c, pairing);
  if (way == 4) use.forward3(from, there, used, kBytes, c, pairing);
  base::Bytes out = way == 0 || way == 3 ? std::move(x) : std::move(y);
  if (!inverse) out.resize(used * kBytes);
  return at == At::kMiddle || (pairing && inverse) ? in_pairs(std::move(out)) : out;
}

bool same_triples(const Kernels& some, const base::Bytes& a, const base::Bytes& b) {
  for (const Seven& constants : kTriples)
    for (std::size_t used = 1; used <= 8; ++used)
      // In place and elsewhere take the same loops: by turns, since every program waits for this.
      for (const std::size_t way : {used % 2, std::size_t{2}, 3 + used % 2}) {
        const auto want = triple(kScalarKernels, At::kWords, constants, used, way, a, b);
        for (const At at : {At::kWords, At::kEnd, At::kMiddle})
          if ((at == At::kWords || some.matrices) &&
              triple(some, at, constants, used, way, a, b) != want)
            return false;
      }
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
  return same_triples(some, a, b);
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
  for (const std::size_t step : {32U, 64U}) {
    some.nodes(data.data(), data.data() + 300, step, out.data());
    for (std::size_t i = 0; i < some.lanes; ++i) {
      kScalarHash.nodes(data.data() + i * step, data.data() + 300 + i * step, step, one.data());
      if (!same(i)) return false;
    }
  }
  return true;
}

}  // namespace wald::codec
