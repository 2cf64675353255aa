// SPDX-License-Identifier: Apache-2.0
// GF(2^16) in the Cantor basis (K-6): a data word is a coordinate vector, addition is XOR, products
// go through discrete logarithms. Built once, tested against known values, then constant; any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codec/base/check.h"
#include "codec/field/kernel.h"

namespace wald::codec {

using Word = std::uint16_t;
constexpr std::uint32_t kOrder = 65'535;  // of the multiplicative group

struct Field {
  std::array<Word, 65'536> log;  // log[0] is 0 and means nothing
  std::array<Word, 65'536> exp;  // exp[65535] = exp[0]

  Word mul(Word a, Word b) const {
    if (a == 0 || b == 0) return 0;
    return power(std::uint32_t{log[a]} + log[b]);
  }
  Word div(Word a, Word b) const {
    WALD_CHECK(b != 0);
    if (a == 0) return 0;
    return power(std::uint32_t{log[a]} + kOrder - log[b]);
  }
  // x^e for e < 2 * 65535.
  Word power(std::uint32_t e) const { return exp[e >= kOrder ? e - kOrder : e]; }
};

const Field& field();

// Multiplication is linear in the constant too: the table of any is the sum of those of its bits.
MulTable mul_table(Word constant);
// The same with the matrices of words in pairs (kernel.h).
MulTable pair_table(Word constant);
// From a word to its pair, and from a pair to its word.
Word paired(Word word);

}  // namespace wald::codec
