// SPDX-License-Identifier: Apache-2.0
#include "codec/field/field.h"

#include <cstddef>
#include <cstring>
#include <memory>

namespace wald::codec {
namespace {

constexpr std::uint32_t kPolynomial = 0x1002D;
constexpr Word kBase = 0x0100;  // b of a pair
constexpr std::array<Word, 16> kCantor = {0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E,
                                          0x914C, 0x4012, 0x6C98, 0x10D8, 0x6A72, 0xB900,
                                          0xFDB8, 0xFB34, 0xFF38, 0x991E};

// The values of K-6 that a wrong polynomial, basis or byte order cannot all meet.
void self_test(const Field& f) {
  WALD_CHECK(f.log[1] == 0 && f.log[2] == 21'845 && f.log[3] == 43'690);
  WALD_CHECK(f.log[0x8000] == 26'315 && f.log[0xFFFF] == 45'925);
  WALD_CHECK(f.exp[1] == 0x4690 && f.exp[2] == 0x65D8 && f.exp[65'534] == 0x2646);
  WALD_CHECK(f.mul(2, 2) == 3 && f.mul(4, 4) == 6);
  WALD_CHECK(f.mul(0x1234, 0xABCD) == 0x43C1 && f.mul(0xFFFF, 0xFFFF) == 0x8000);
  WALD_CHECK(f.div(1, 2) == 3 && f.div(1, 0x1234) == 0x371E && f.div(1, 0xFFFF) == 0x0D5C);
}

std::unique_ptr<const Field> build() {
  auto f = std::make_unique<Field>();
  std::array<Word, 65'536> log_of_polynomial{};
  std::uint32_t state = 1;
  for (std::uint32_t e = 0; e < kOrder; ++e) {
    log_of_polynomial[state] = static_cast<Word>(e);
    state <<= 1;
    if (state >> 16 != 0) state ^= kPolynomial;
  }
  WALD_CHECK(state == 1);  // x generates the whole group
  f->log[0] = 0;
  for (std::uint32_t word = 1; word < 65'536; ++word) {
    std::uint32_t element = 0;
    for (std::size_t bit = 0; bit < 16; ++bit)
      if ((word >> bit & 1) != 0) element ^= kCantor[bit];
    WALD_CHECK(element != 0);  // the basis is independent
    f->log[word] = log_of_polynomial[element];
    f->exp[f->log[word]] = static_cast<Word>(word);
  }
  f->exp[kOrder] = f->exp[0];
  self_test(*f);
  return f;
}

// What the matrices of a table are of.
enum class Form : std::uint8_t { kWords, kPairs };

// The 8 x 8 bits that take one byte of a word to one byte of its product (see MulTable).
std::uint64_t matrix(Form form, Word constant, bool to_high, bool from_high) {
  const auto in_form = [&](Word word) { return form == Form::kPairs ? paired(word) : word; };
  std::uint64_t out = 0;
  for (unsigned j = 0; j < 8; ++j) {
    const Word one = in_form(static_cast<Word>(1U << (j + (from_high ? 8 : 0))));
    const unsigned product = unsigned{in_form(field().mul(one, constant))} >> (to_high ? 8 : 0);
    for (unsigned i = 0; i < 8; ++i) out |= std::uint64_t{product >> i & 1} << (8 * (7 - i) + j);
  }
  return out;
}

MulTable build_table(Form form, Word constant) {
  const Field& f = field();
  MulTable table{};
  for (unsigned nibble = 0; nibble < 4; ++nibble) {
    for (unsigned value = 0; value < 16; ++value) {
      const Word product = f.mul(static_cast<Word>(value << (4 * nibble)), constant);
      table.low[nibble][value] = static_cast<std::uint8_t>(product);
      table.high[nibble][value] = static_cast<std::uint8_t>(product >> 8);
    }
  }
  for (unsigned which = 0; which < 4; ++which)
    table.matrix.part[which] = matrix(form, constant, which == 1 || which == 2, which % 2 == 1);
  table.constant = constant;
  return table;
}

// All that a table holds but the constant itself, as numbers.
constexpr std::size_t kNumbers = offsetof(MulTable, constant) / 8;
static_assert(kNumbers == 20);
using Numbers = std::array<std::uint64_t, kNumbers>;

// By nibble of the constant and its value.
using ByNibble = std::array<std::array<Numbers, 16>, 4>;
ByNibble build_nibbles(Form form) {
  ByNibble out;
  for (unsigned nibble = 0; nibble < 4; ++nibble) {
    for (unsigned value = 0; value < 16; ++value) {
      const MulTable table = build_table(form, static_cast<Word>(value << (4 * nibble)));
      std::memcpy(out[nibble][value].data(), &table, sizeof(Numbers));
    }
  }
  return out;
}

}  // namespace

const Field& field() {
  static const std::unique_ptr<const Field> built = build();
  return *built;
}

namespace {

// Of words and of pairs, each made when it is first asked for.
const ByNibble& words_by_nibble() {
  static const ByNibble built = build_nibbles(Form::kWords);
  return built;
}
const ByNibble& pairs_by_nibble() {
  static const ByNibble built = [] {
    WALD_CHECK(matrix(Form::kWords, kBase, false, false) == kPairing);
    return build_nibbles(Form::kPairs);
  }();
  return built;
}

MulTable sum_table(const ByNibble& nibbles, Word constant) {
  const Numbers& a = nibbles[0][constant & 15U];
  const Numbers& b = nibbles[1][constant >> 4 & 15U];
  const Numbers& c = nibbles[2][constant >> 8 & 15U];
  const Numbers& d = nibbles[3][constant >> 12];
  Numbers sum __attribute__((uninitialized));
  for (std::size_t i = 0; i < kNumbers; ++i) sum[i] = a[i] ^ b[i] ^ c[i] ^ d[i];
  MulTable out;
  std::memcpy(&out, sum.data(), sizeof(Numbers));
  out.constant = constant;
  return out;
}

}  // namespace

MulTable mul_table(Word constant) { return sum_table(words_by_nibble(), constant); }
MulTable pair_table(Word constant) { return sum_table(pairs_by_nibble(), constant); }

Word paired(Word word) {
  const unsigned y = word >> 8;
  return static_cast<Word>(word ^ (field().mul(kBase, static_cast<Word>(y)) & 0xFFU));
}

}  // namespace wald::codec
