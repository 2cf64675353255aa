// SPDX-License-Identifier: Apache-2.0
#include "codec/field/line_code.h"

#include <algorithm>
#include <array>

#include "codec/kernels.h"

namespace wald::codec {
namespace {

// Sources of a dot product that are taken at once: their tables stay in the first-level cache.
constexpr std::size_t kSources = 32;

// Parts of a tile lie a multiple of 4 KiB apart, so all of them share one set of the first-level
// cache. The second tile lies this far aside, since two times eight are more than a set has.
constexpr std::size_t kAside = 2048;

bool is_high(std::uint32_t k, std::uint32_t m) {
  const std::uint32_t kk = ceil2(k), mm = ceil2(m);
  return kk > mm || (kk == mm && k <= m);
}

}  // namespace

LineCode::LineCode(std::uint32_t k, std::uint32_t m)
    : k_(k),
      m_(m),
      high_(is_high(k, m)),
      unit_(high_ ? ceil2(m) : ceil2(k)),
      unit_bits_(log2_of(unit_)),
      span_(ceil2(unit_ + (high_ ? k : m))),
      tables_(span_, unit_ >= Transform::kLeaf) {
  const std::uint32_t many = high_ ? k : m;
  for (std::uint32_t at = 0; at < many; at += unit_) {
    const auto used = first_of(std::min(unit_, many - at), unit_);
    if (high_)
      first_.push_back(Transform::inverse(unit_ + at, used));
    else
      last_.push_back(Transform::forward(unit_ + at, used));
  }
  if (high_)
    last_.push_back(Transform::forward(0, first_of(m, unit_)));
  else
    first_.push_back(Transform::inverse(0, first_of(k, unit_)));
  WALD_CHECK(first_.size() == 1 || last_.size() == 1);
  for (const Transform& one : first_) work_ += one.work();
  for (const Transform& one : last_) work_ += one.work();
}

Word LineCode::generator(std::uint32_t i, std::uint32_t j) const {
  WALD_CHECK(i < m_ && j < k_);
  const std::uint32_t u = unit_ + (high_ ? j : i);
  const std::uint32_t x = high_ ? i : j;
  return field().div(static_cast<Word>(u >> unit_bits_), static_cast<Word>(u ^ x));
}

void LineCode::generator_row(std::uint32_t i, std::uint32_t j, std::span<Word> out) const {
  WALD_CHECK(i < m_ && j < k_ && out.size() <= k_ - j);
  const Field& f = field();
  // Neither u >> unit_bits_ nor u ^ x is zero, since x < unit_ <= u.
  if (high_) {
    for (Word& c : out) {
      const std::uint32_t u = unit_ + j++;
      c = f.power(f.log[u >> unit_bits_] + kOrder - f.log[u ^ i]);
    }
    return;
  }
  const std::uint32_t u = unit_ + i, top = f.log[u >> unit_bits_] + kOrder;
  for (Word& c : out) c = f.power(top - f.log[u ^ j++]);
}

std::uint32_t LineCode::position(std::uint32_t x) const {
  WALD_CHECK(x < k_ + m_);
  if (high_) return x < k_ ? unit_ + x : x - k_;
  return x < k_ ? x : unit_ + (x - k_);
}

void LineCode::encode(InPointers in, OutPointers out, const Batch& batch) const {
  WALD_CHECK(in.size() == k_ && out.size() == m_ && batch.z % 2 == 0);
  const std::size_t width = tile_width(std::size_t{2} * unit_);
  RawBytes rows(2 * unit_ * std::min(width, padded(batch.count * batch.z)) + kAside);
  const auto missing = [](const auto* at) { return at == nullptr; };
  const bool whole =
      std::none_of(in.begin(), in.end(), missing) && std::none_of(out.begin(), out.end(), missing);
  Work work{batch, in, out, {}, {}, nullptr, false, {}};
  each_tile(batch, width, [&](const Tile& tile) {
    const std::size_t bytes = unit_ * tile.width;
    WALD_CHECK(2 * bytes + kAside <= rows.size());
    work.tile = &tile;
    work.here.lay(rows.data(), unit_, tile.width);
    work.more.lay(rows.data() + bytes + kAside, unit_, tile.width);
    work.straight = whole && tile.plain() && unit_ >= Transform::kLeaf;
    work.ahead = Ahead();
    if (work.straight) work.ahead = Ahead(out, tile.out(batch), tile.width, work_ * tile.width);
    if (high_)
      encode_high(work);
    else
      encode_low(work);
  });
}

// Originals from `first` on, as many as there are of a chunk, through an inverse transform.
void LineCode::take(Work& work, const Transform& transform, std::size_t first, const Rows& rows,
                    const Rows* sum) const {
  const InPointers in = work.in.subspan(first, std::min<std::size_t>(unit_, k_ - first));
  Transform::Ends ends;
  if (work.straight) {
    ends.in = in;
    ends.in_at = work.tile->in(work.batch);
  } else {
    for (std::size_t i = 0; i < in.size(); ++i) load_row(*work.tile, work.batch, rows[i], in[i]);
  }
  ends.sum = sum;
  ends.ahead = &work.ahead;
  transform.run(kernels(), tables_, rows, ends);
}

// A forward transform of `base`, or of `rows` if null; its values are those from `first` on.
void LineCode::give(Work& work, const Transform& transform, std::size_t first, const Rows& rows,
                    const Rows* base) const {
  const OutPointers out = work.out.subspan(first, std::min<std::size_t>(unit_, m_ - first));
  Transform::Ends ends;
  if (work.straight) {
    ends.out = out;
    ends.out_at = work.tile->out(work.batch);
  }
  ends.base = base;
  ends.ahead = &work.ahead;
  transform.run(kernels(), tables_, rows, ends);
  for (std::size_t i = 0; !work.straight && i < out.size(); ++i)
    store_row(*work.tile, work.batch, rows[i], out[i]);
}

void LineCode::encode_high(Work& work) const {
  for (std::size_t e = 0; e < first_.size(); ++e)
    take(work, first_[e], e * unit_, e == 0 ? work.here : work.more, e == 0 ? nullptr : &work.here);
  give(work, last_[0], 0, work.here, nullptr);
}

void LineCode::encode_low(Work& work) const {
  take(work, first_[0], 0, work.here, nullptr);
  for (std::size_t e = 0; e < last_.size(); ++e) {
    // The last one may spoil what is not needed any more.
    const bool last = e + 1 == last_.size();
    give(work, last_[e], e * unit_, last ? work.here : work.more, last ? nullptr : &work.here);
  }
}

void LineCode::symbol(InPointers in, std::uint32_t x, std::size_t z, std::uint8_t* out) const {
  WALD_CHECK(in.size() == k_ && x < k_ + m_);
  if (x < k_) {
    std::memcpy(out, in[x], z);
    return;
  }
  // Full blocks are summed up where they lie; tails are brought into blocks first.
  const std::size_t full = z / kBlock * kBlock;
  std::array<std::uint8_t, kBlock> sum{};
  std::memset(out, 0, full);
  for (std::uint32_t j = 0; j < k_; j += kSources)
    add_sources(in.subspan(j, std::min<std::size_t>(kSources, k_ - j)), x - k_, j, z, out,
                sum.data());
  if (full != z) unpack_tails(sum.data(), out + full, 0, 1, z - full);
}

// Originals from j on into recovery symbol i: full blocks to `out`, the tail to the block `sum`.
void LineCode::add_sources(InPointers in, std::uint32_t i, std::uint32_t j, std::size_t z,
                           std::uint8_t* out, std::uint8_t* sum) const {
  WALD_CHECK(in.size() <= kSources);
  const Kernels& use = kernels();
  std::array<Word, kSources> constants __attribute__((uninitialized));
  const std::span row = std::span(constants).first(in.size());
  generator_row(i, j, row);
  std::array<MulTable, kSources> tables __attribute__((uninitialized));
  std::array<const MulTable*, kSources> by;
  if (use.matrices) mul_matrices(row, tables.data());
  for (std::size_t s = 0; s < in.size(); ++s) {
    if (!use.matrices) tables[s] = mul_table(row[s]);
    by[s] = &tables[s];
  }
  const std::size_t full = z / kBlock * kBlock;
  if (full != 0) use.dot(out, in.data(), in.size(), full, by.data());
  if (full == z) return;
  std::array<std::uint8_t, kSources * kBlock> tails __attribute__((uninitialized));
  std::array<const std::uint8_t*, kSources> from;
  for (std::size_t s = 0; s < in.size(); ++s) {
    from[s] = tails.data() + s * kBlock;
    pack_tails(tails.data() + s * kBlock, in[s] + full, 0, 1, z - full);
  }
  use.dot(sum, from.data(), in.size(), kBlock, by.data());
}

}  // namespace wald::codec
