// SPDX-License-Identifier: Apache-2.0
#include "codec/field/line_code.h"

#include <algorithm>
#include <array>

#include "codec/kernels.h"

namespace wald::codec {
namespace {

// Sources of a single symbol whose tails are brought into blocks at once, or tables made.
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
  factors_.resize(unit_ * (1 + std::max(first_.size(), last_.size())));
  matrices_.resize(factors_.size());
  for (std::uint32_t at = unit_; at < factors_.size(); ++at) {
    factors_[at] = field().div(static_cast<Word>(at >> unit_bits_), static_cast<Word>(at));
    matrices_[at] = mul_table(factors_[at]).matrix;
  }
  for (const Transform& one : first_) work_ += one.work();
  for (const Transform& one : last_) work_ += one.work();
}

Word LineCode::generator(std::uint32_t i, std::uint32_t j) const {
  WALD_CHECK(i < m_ && j < k_);
  return factors_[high_ ? (unit_ + j) ^ i : (unit_ + i) ^ j];
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
  std::vector<Tile> tiles;
  each_tile(batch, width, [&](const Tile& tile) { tiles.push_back(tile); });
  Work work{batch, in, out, {}, {}, nullptr, false, {}};
  for (auto at = tiles.begin(); at != tiles.end(); ++at) {
    const Tile& tile = *at;
    const std::size_t bytes = unit_ * tile.width;
    WALD_CHECK(2 * bytes + kAside <= rows.size());
    work.tile = &tile;
    work.here.lay(rows.data(), unit_, tile.width);
    work.more.lay(rows.data() + bytes + kAside, unit_, tile.width);
    work.straight = whole && tile.plain() && unit_ >= Transform::kLeaf;
    Ahead::Lines results, symbols;
    if (work.straight) results = {out, tile.out(batch), tile.width};
    if (const auto next = at + 1; whole && next != tiles.end() && next->plain())
      symbols = {in, next->in(batch), next->width};
    work.ahead = Ahead(results, symbols, work_ * tile.width);
    if (high_)
      encode_high(work);
    else
      encode_low(work);
  }
}

// The originals of a chunk through an inverse transform; its values are added to `sum`, if any.
Transform::Job LineCode::take(Work& work, std::size_t chunk, const Rows& rows,
                              const Rows* sum) const {
  const std::size_t first = chunk * unit_;
  const InPointers in = work.in.subspan(first, std::min<std::size_t>(unit_, k_ - first));
  Transform::Job out{&first_[chunk], &rows, {}};
  if (work.straight) {
    out.ends.in = in;
    out.ends.in_at = work.tile->in(work.batch);
  } else {
    for (std::size_t i = 0; i < in.size(); ++i) load_row(*work.tile, work.batch, rows[i], in[i]);
  }
  out.ends.sum = sum;
  out.ends.ahead = &work.ahead;
  return out;
}

// A forward transform of `base`, or of `rows` if null, for the recovery symbols of a chunk.
Transform::Job LineCode::give(Work& work, std::size_t chunk, const Rows& rows,
                              const Rows* base) const {
  Transform::Job out{&last_[chunk], &rows, {}};
  if (work.straight) {
    const std::size_t first = chunk * unit_;
    out.ends.out = work.out.subspan(first, std::min<std::size_t>(unit_, m_ - first));
    out.ends.out_at = work.tile->out(work.batch);
  }
  out.ends.base = base;
  out.ends.ahead = &work.ahead;
  return out;
}

void LineCode::run(std::vector<Transform::Job>& jobs) const {
  Transform::run(kernels(), tables_, jobs);
  jobs.clear();
}

// The recovery symbols of a chunk out of their rows, unless they lie where they belong already.
void LineCode::store(const Work& work, std::size_t chunk, const Rows& rows) const {
  const std::size_t first = chunk * unit_;
  for (std::size_t i = first; !work.straight && i < std::min<std::size_t>(first + unit_, m_); ++i)
    store_row(*work.tile, work.batch, rows[i - first], work.out[i]);
}

// Of so many chunks each has a tile of its own, and all are done at once.
constexpr std::size_t kTiles = 2;

void LineCode::encode_high(Work& work) const {
  const bool at_once = first_.size() <= kTiles;
  std::vector<Transform::Job> jobs;
  for (std::size_t e = 0; e < first_.size(); ++e) {
    jobs.push_back(take(work, e, e == 0 ? work.here : work.more, e == 0 ? nullptr : &work.here));
    if (!at_once) run(jobs);
  }
  jobs.push_back(give(work, 0, work.here, nullptr));
  run(jobs);
  store(work, 0, work.here);
}

void LineCode::encode_low(Work& work) const {
  const bool at_once = last_.size() <= kTiles;
  std::vector<Transform::Job> jobs = {take(work, 0, work.here, nullptr)};
  if (!at_once) run(jobs);
  // The last one may spoil what is not needed any more.
  const auto rows = [&](std::size_t e) -> const Rows& {
    return e + 1 == last_.size() ? work.here : work.more;
  };
  for (std::size_t e = 0; e < last_.size(); ++e) {
    jobs.push_back(give(work, e, rows(e), &rows(e) == &work.here ? nullptr : &work.here));
    if (at_once && e + 1 < last_.size()) continue;
    run(jobs);
    for (std::size_t done = at_once ? 0 : e; done <= e; ++done) store(work, done, rows(done));
  }
}

void LineCode::symbol(const std::uint8_t* in, std::size_t step, std::uint32_t x, std::size_t z,
                      std::uint8_t* out) const {
  WALD_CHECK(x < k_ + m_);
  if (x < k_) {
    std::memcpy(out, in + x * step, z);
    return;
  }
  // Full blocks are summed up where they lie; tails are brought into blocks first.
  const std::size_t full = z / kBlock * kBlock;
  std::memset(out, 0, full);
  if (full != 0) add_sources(x - k_, 0, k_, in, step, full, out);
  if (full == z) return;
  std::array<std::uint8_t, kBlock> sum{};
  std::array<std::uint8_t, kSources * kBlock> tails __attribute__((uninitialized));
  for (std::uint32_t j = 0; j < k_; j += kSources) {
    const auto count = std::min<std::uint32_t>(kSources, k_ - j);
    for (std::uint32_t s = 0; s < count; ++s)
      pack_tails(tails.data() + s * kBlock, in + (j + s) * step + full, 0, 1, z - full);
    add_sources(x - k_, j, count, tails.data(), kBlock, kBlock, sum.data());
  }
  unpack_tails(sum.data(), out + full, 0, 1, z - full);
}

// `count` originals from j on, `step` bytes apart, whole blocks of each, into recovery symbol i.
void LineCode::add_sources(std::uint32_t i, std::uint32_t j, std::uint32_t count,
                           const std::uint8_t* in, std::size_t step, std::size_t bytes,
                           std::uint8_t* to) const {
  const Kernels& use = kernels();
  if (use.matrices)
    return use.dot(to, in, step, count, bytes, matrices_.data(), high_ ? unit_ + j : j,
                   high_ ? i : unit_ + i);
  // Tables some at a time: one that was just written can not be read by wide loads yet.
  std::array<MulTable, kSources> tables __attribute__((uninitialized));
  for (std::uint32_t done = 0; done < count; done += kSources) {
    const auto some = std::span(tables).first(std::min<std::size_t>(kSources, count - done));
    for (std::uint32_t s = done; MulTable & table : some) table = mul_table(generator(i, j + s++));
    for (const MulTable& table : some) {
      use.mul_add(to, in, bytes, &table);
      in += step;
    }
  }
}

}  // namespace wald::codec
