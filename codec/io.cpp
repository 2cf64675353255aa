// SPDX-License-Identifier: Apache-2.0
#include "codec/io.h"

#include <algorithm>

#include "codec/encoder.h"
#include "codec/field/pieces.h"

namespace wald::codec {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kCell = 64 * kMiB;    // the largest buffer of a step
constexpr std::uint64_t kBuffers = 3;         // of that size at once
constexpr std::uint64_t kOneShot = 8 * kMiB;  // blobs below are worked on in memory
constexpr std::uint64_t kWorker = 4 * kMiB;
constexpr std::uint64_t kTables = 8 * kMiB;
// Frontiers of 17 levels, roots, leaves and the hash state of a leaf.
constexpr std::uint64_t kPerShard = 1'536;

std::uint64_t allowed(const Params& params, const StreamOptions& options) {
  const std::uint64_t n = params.n();
  return options.memory != 0 ? options.memory : 256 * kMiB + n * n * 70;
}

}  // namespace

Result<void> MemorySource::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset)
    return io_error(IoRole::kInput, 0);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return {};
}

Result<void> StorageSource::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  const std::uint64_t at = from_ + offset;
  const std::uint64_t have = at < len_ ? std::min<std::uint64_t>(out.size(), len_ - at) : 0;
  if (have != 0) TRY(storage_.read_at(at, out.first(static_cast<std::size_t>(have))));
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(have), out.end(), std::uint8_t{0});
  return {};
}

Result<void> run_all(Executor& executor, std::size_t units,
                     const std::function<Result<void>(std::size_t)>& work) {
  std::vector<std::optional<CodecError>> errors(units);
  executor.run(units, [&](std::size_t unit) {
    auto done = work(unit);
    if (!done.ok()) errors[unit] = std::move(done).error();
  });
  for (auto& error : errors)
    if (error) return base::Err{*std::move(error)};
  return {};
}

Result<StreamPlan> plan(const Params& params, std::uint64_t len, const StreamOptions& options) {
  StreamPlan out;
  TRY_ASSIGN(out.symbol_size, params.symbol_size(len));
  const std::uint64_t budget = allowed(params, options);
  const std::uint64_t n = params.n(), z = out.symbol_size;
  const std::uint64_t workers = options.executor != nullptr ? options.executor->workers() : 1;
  TRY_ASSIGN(const std::uint64_t whole, encode_memory(params, len, workers));
  if (options.one_shot && len < kOneShot && whole + len <= budget) {
    out.one_shot = true;
    out.rows = params.p();
    out.columns = params.s();
    out.bytes = out.symbol_size;
    out.peak = whole + len;
    return out;
  }
  const std::uint64_t fixed = kTables + workers * kWorker + n * kPerShard;
  const std::uint64_t least = fixed + kBuffers * n * std::min<std::uint64_t>(z, 64);
  if (least > budget) return shape::fail(CodecCode::kMemoryBudget, least, budget);
  // Several lines also keep their leaf hashes, which of one are counted in kPerShard.
  const std::uint64_t room = budget - fixed, line = n * (kBuffers * z + Hash::kSize);
  const std::uint64_t most = std::max<std::uint64_t>(std::min(kCell / (n * z), room / line), 1);
  const std::uint64_t even = 4 * codewords_of_unit(z);
  const std::uint64_t lines = most < even ? most : most / even * even;
  const std::uint64_t cell = std::min(kCell, room / kBuffers);
  const std::uint64_t part = n * z <= cell ? z : cell / n / 64 * 64;
  WALD_CHECK(part != 0 && (part == z || lines == 1));
  out.rows = static_cast<std::uint32_t>(std::min<std::uint64_t>(lines, params.p()));
  out.columns = static_cast<std::uint32_t>(std::min<std::uint64_t>(lines, params.s()));
  out.bytes = static_cast<std::uint32_t>(part);
  out.peak = fixed + kBuffers * n * std::max(out.rows, out.columns) * part +
             (lines > 1 ? n * out.columns * Hash::kSize : 0);
  WALD_CHECK(out.peak <= budget);
  return out;
}

}  // namespace wald::codec
