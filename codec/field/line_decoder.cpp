// SPDX-License-Identifier: Apache-2.0
#include "codec/field/line_decoder.h"

#include "codec/kernels.h"

namespace wald::codec {
namespace {

// Beyond this many factor tables the direct form falls out of the cache.
constexpr std::uint64_t kDirectTables = 16'384;

// Walsh-Hadamard transform in place; arithmetic mod 2^64.
void walsh(std::vector<std::uint64_t>& v) {
  for (std::size_t d = 1; d < v.size(); d *= 2)
    for (std::size_t at = 0; at < v.size(); at += 2 * d)
      for (std::size_t i = at; i < at + d; ++i) {
        const std::uint64_t a = v[i], b = v[i + d];
        v[i] = a + b;
        v[i + d] = a - b;
      }
}

// For every x below `size` (a power of two): the sum over q in `set`, q != x, of log(x ^ q), mod
// 65535. An XOR convolution: true sums are below 2^32 and the factor `size` at most 2^16, so
// arithmetic mod 2^64 is exact at the end.
std::vector<std::uint32_t> log_sums(const std::vector<bool>& set) {
  std::vector<std::uint64_t> flags(set.size()), logs(set.size());
  for (std::size_t i = 0; i < set.size(); ++i) {
    flags[i] = set[i] ? 1 : 0;
    logs[i] = i == 0 ? 0 : field().log[i];
  }
  walsh(flags);
  walsh(logs);
  for (std::size_t i = 0; i < set.size(); ++i) flags[i] *= logs[i];
  walsh(flags);
  std::vector<std::uint32_t> out(set.size());
  for (std::size_t i = 0; i < set.size(); ++i) {
    WALD_CHECK(flags[i] % set.size() == 0);
    out[i] = static_cast<std::uint32_t>(flags[i] / set.size() % kOrder);
  }
  return out;
}

// Logarithm of the locator l of K-12 at every position. High rate: over the erased positions. Low
// rate: one over the product of the others, because all non-zero words multiply to 1.
std::vector<std::uint32_t> locator(const LineCode& code, const std::vector<std::uint32_t>& have) {
  std::vector<bool> set(code.span(), false);
  if (code.high_rate()) {
    for (std::uint32_t i = 0; i < code.rate_unit() + code.k(); ++i) set[i] = true;
    for (const std::uint32_t x : have) set[code.position(x)] = false;
    return log_sums(set);
  }
  for (std::uint32_t i = code.k(); i < code.rate_unit(); ++i) set[i] = true;
  for (const std::uint32_t x : have) set[code.position(x)] = true;
  std::vector<std::uint32_t> out = log_sums(set);
  for (std::uint32_t& log : out) log = (kOrder - log) % kOrder;
  return out;
}

}  // namespace

LineDecoder::LineDecoder(const LineCode& code, std::vector<std::uint32_t> have, Method method)
    : code_(&code), have_(std::move(have)) {
  WALD_CHECK(have_.size() == code.k());
  std::vector<bool> seen(code.k() + code.m(), false);
  for (const std::uint32_t x : have_) {
    WALD_CHECK(x < seen.size() && !seen[x]);
    seen[x] = true;
  }
  for (std::uint32_t x = 0; x < code.k(); ++x)
    if (!seen[x]) missing_.push_back(x);
  if (missing_.empty()) return;
  const std::vector<std::uint32_t> log = locator(code, have_);
  const std::uint64_t products = std::uint64_t{missing_.size()} * code.k();
  const std::uint64_t limit =
      std::min(kDirectTables, std::uint64_t{code.span()} * log2_of(code.span()));
  direct_ = method == Method::kDirect || (method == Method::kAuto && products <= limit);
  if (direct_)
    prepare_direct(log);
  else
    prepare_transform(log);
}

void LineDecoder::prepare_direct(const std::vector<std::uint32_t>& log) {
  const Field& f = field();
  factors_.reserve(missing_.size() * have_.size());
  for (const std::uint32_t x : missing_) {
    const std::uint32_t e = code_->position(x);
    for (const std::uint32_t y : have_) {
      const std::uint32_t r = code_->position(y);
      const std::uint32_t power = log[r] + 2 * kOrder - log[e] - f.log[r ^ e];
      factors_.push_back(mul_table(f.exp[power % kOrder]));
    }
  }
}

void LineDecoder::prepare_transform(const std::vector<std::uint32_t>& log) {
  const Field& f = field();
  std::vector<bool> live(code_->span(), false), wanted(code_->span(), false);
  for (const std::uint32_t x : have_) {
    live[code_->position(x)] = true;
    factors_.push_back(mul_table(f.power(log[code_->position(x)])));
  }
  for (const std::uint32_t x : missing_) {
    wanted[code_->position(x)] = true;
    factors_.push_back(mul_table(f.power(kOrder - log[code_->position(x)])));
  }
  both_.push_back(Transform::inverse(0, live));
  both_.push_back(Transform::forward(0, wanted));
  // The formal derivative: coefficient i adds into those that lack one of its bits. What the
  // forward transform does not look at is left as it is.
  const std::vector<bool> needed = both_[1].needed(wanted);
  for (std::uint32_t i = 1; i < code_->span(); ++i) {
    const std::uint32_t v = i & (~i + 1);
    std::uint32_t first = i - v, end = i;
    while (first < end && !needed[first]) ++first;
    while (first < end && !needed[end - 1]) --end;
    if (first < end) derivative_.push_back(Addition{first, first + v, end - first});
  }
}

void LineDecoder::decode(InPointers in, OutPointers out, const Batch& batch) const {
  WALD_CHECK(in.size() == have_.size() && out.size() == missing_.size() && batch.z % 2 == 0);
  if (missing_.empty()) return;
  const std::size_t lines = direct_ ? missing_.size() + 1 : code_->span();
  const std::size_t width = tile_width(lines);
  RawBytes rows(lines * std::min(width, padded(batch.count * batch.z)));
  each_tile(batch, width, [&](const Tile& tile) {
    if (direct_)
      direct(tile, batch, in, out, rows);
    else
      transform(tile, batch, in, out, rows);
  });
}

void LineDecoder::direct(const Tile& tile, const Batch& batch, InPointers in, OutPointers out,
                         RawBytes& rows) const {
  const Kernels& use = kernels();
  WALD_CHECK((missing_.size() + 1) * tile.width <= rows.size());
  std::uint8_t* sums = rows.data() + tile.width;
  std::memset(sums, 0, missing_.size() * tile.width);
  for (std::size_t r = 0; r < have_.size(); ++r) {
    load_row(tile, batch, rows.data(), in[r]);
    for (std::size_t e = 0; e < missing_.size(); ++e)
      use.mul_add(sums + e * tile.width, rows.data(), tile.width, &factors_[e * have_.size() + r]);
  }
  for (std::size_t e = 0; e < missing_.size(); ++e)
    store_row(tile, batch, sums + e * tile.width, out[e]);
}

void LineDecoder::transform(const Tile& tile, const Batch& batch, InPointers in, OutPointers out,
                            RawBytes& rows) const {
  const Kernels& use = kernels();
  const std::size_t span = code_->span();
  WALD_CHECK(span * tile.width <= rows.size());
  std::uint8_t* const d = rows.data();
  Rows lines;
  lines.lay(d, span, tile.width);
  for (std::size_t r = 0; r < have_.size(); ++r) {
    std::uint8_t* row = lines[code_->position(have_[r])];
    load_row(tile, batch, row, in[r]);
    use.mul(row, row, tile.width, &factors_[r]);
  }
  both_[0].run(use, code_->tables(), lines, {});
  for (const Addition& step : derivative_)
    use.add(d + step.to * tile.width, d + step.from * tile.width, step.rows * tile.width);
  both_[1].run(use, code_->tables(), lines, {});
  for (std::size_t e = 0; e < missing_.size(); ++e) {
    std::uint8_t* row = lines[code_->position(missing_[e])];
    use.mul(row, row, tile.width, &factors_[have_.size() + e]);
    store_row(tile, batch, row, out[e]);
  }
}

}  // namespace wald::codec
