// SPDX-License-Identifier: Apache-2.0
// bench_codec: the codec's parts on one thread at n = 1000, for work on the kernels; the gates are
// those of wald_bench. `encode/baseline` is that of baseline.h. Options are those of Google
// Benchmark.
#include <benchmark/benchmark.h>

#include <iostream>
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/crc.h"
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/field/lines.h"
#include "codec/hash/kernel.h"
#include "codec/kernels.h"
#include "tests/bench/baseline.h"
#include "tests/bench/machine.h"

namespace wald::bench {
namespace {

using base::Bytes;
using base::Hash;
using codec::Axis;
using codec::Codec;
using codec::Encoded;
using codec::Tier;

constexpr std::uint64_t kShards = 1'000;

const Codec& shared_codec() {
  static const Codec codec = Codec::make(kShards).value();
  return codec;
}

Bytes blob_of(std::int64_t mebibytes) {
  return base::Prng(12).bytes(static_cast<std::size_t>(mebibytes) << 20);
}

void rate(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void use_tier(std::int64_t tier) {
  if (!codec::force_tier(static_cast<Tier>(tier))) throw std::runtime_error("no such tier here");
}

void encode(benchmark::State& state) {
  const Bytes blob = blob_of(state.range(0));
  use_tier(state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(codec::encode(shared_codec(), blob).value());
  rate(state, blob.size());
}

void baseline(benchmark::State& state) {
  const Bytes blob = blob_of(state.range(0));
  const base::BlobId want = codec::encode(shared_codec(), blob).value().metadata().blob_id;
  if (!codec::force_tiers(Tier::kAvx2, Tier::kScalar)) return state.SkipWithError("no AVX2");
  for (auto _ : state)
    if (baseline_encode(shared_codec(), blob) != want) state.SkipWithError("another blob id");
  rate(state, blob.size());
}

void describe(benchmark::State& state) {
  const Bytes blob = blob_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(codec::describe(shared_codec(), blob).value());
  rate(state, blob.size());
}

// From the last slivers of the axis, none of which is plain data.
void decode(benchmark::State& state) {
  const Bytes blob = blob_of(16);
  const auto axis = static_cast<Axis>(state.range(0));
  const Encoded e = codec::encode(shared_codec(), blob).value();
  codec::Decoder decoder = codec::Decoder::unverified(shared_codec(), axis, blob.size()).value();
  for (std::uint32_t i = 0; !decoder.complete(); ++i)
    static_cast<void>(decoder.push(e.sliver(axis, kShards - 1 - i)));
  for (auto _ : state) benchmark::DoNotOptimize(decoder.finish(codec::Check::kSkip).value());
  rate(state, blob.size());
}

void one_symbol(benchmark::State& state) {
  use_tier(state.range(1));
  const Bytes body = base::Prng(14).bytes(1'024 * std::size_t{shared_codec().params().s()});
  const auto axis = static_cast<Axis>(state.range(0));
  const std::size_t bytes = std::size_t{1'024} * shared_codec().params().symbols(axis);
  const codec::SliverView sliver{axis, 3, 1'024, base::ByteView(body).first(bytes)};
  Bytes out(1'024);
  std::uint32_t index = 0;
  for (auto _ : state) {
    codec::symbol(shared_codec(), sliver, kShards - 1 - index, out);
    index = (index + 1) % 300;
  }
}

void leaf_lanes(benchmark::State& state) {
  use_tier(state.range(1));
  const auto z = static_cast<std::size_t>(state.range(0));
  const Bytes data = base::Prng(15).bytes(1'000 * z);
  const auto symbols = codec::pointers(data.data(), 1'000, z);
  for (auto _ : state) benchmark::DoNotOptimize(codec::leaf_hashes(symbols, z));
  state.SetItemsProcessed(state.iterations() * 1'000);
}

void tree(benchmark::State& state) {
  use_tier(state.range(0));
  base::Prng prng(16);
  std::vector<Hash> leaves;
  leaves.reserve(1'000);
  for (int i = 0; i < 1'000; ++i) leaves.push_back(Hash::from(prng.bytes(32)));
  for (auto _ : state) benchmark::DoNotOptimize(codec::tree_root(leaves));
  state.SetItemsProcessed(state.iterations() * 1'001);
}

// 32 codewords of 1 KiB symbols.
void line(benchmark::State& state) {
  use_tier(state.range(1));
  const codec::LineCode& code = shared_codec().along(static_cast<Axis>(state.range(0)));
  const std::size_t z = 1'024, count = 32;
  const Bytes in = base::Prng(17).bytes(code.k() * z * count);
  Bytes out(code.m() * z * count);
  for (auto _ : state) {
    code.encode(codec::pointers(in.data(), code.k(), z * count),
                codec::pointers(out.data(), code.m(), z * count), codec::Batch{count, z, z, z});
    benchmark::ClobberMemory();
  }
  rate(state, in.size());
}

void crc(benchmark::State& state) {
  const Bytes data = base::Prng(18).bytes(1 << 20);
  for (auto _ : state) benchmark::DoNotOptimize(codec::crc64(data) ^ codec::crc32c(data));
  rate(state, 2 * data.size());
}

void enrol() {
  const auto milliseconds = benchmark::kMillisecond;
  for (const std::int64_t size : {1, 16, 100}) {
    benchmark::RegisterBenchmark("encode/baseline", baseline)->Arg(size)->Unit(milliseconds);
    benchmark::RegisterBenchmark("describe", describe)->Arg(size)->Unit(milliseconds);
    for (const Tier tier : codec::tiers())
      if (tier != Tier::kScalar)
        benchmark::RegisterBenchmark(("encode/" + std::string(codec::name(tier))).c_str(), encode)
            ->Args({size, static_cast<std::int64_t>(tier)})
            ->Unit(milliseconds);
  }
  for (const std::int64_t axis : {0, 1}) {
    benchmark::RegisterBenchmark("decode", decode)->Arg(axis)->Unit(milliseconds);
  }
  for (const Tier tier : codec::tiers()) {
    const auto number = static_cast<std::int64_t>(tier);
    const std::string suffix = "/" + std::string(codec::name(tier));
    for (const std::int64_t z : {64, 472, 1'024})
      benchmark::RegisterBenchmark(("leaves" + suffix).c_str(), leaf_lanes)->Args({z, number});
    benchmark::RegisterBenchmark(("tree" + suffix).c_str(), tree)->Arg(number);
    for (const std::int64_t axis : {0, 1}) {
      benchmark::RegisterBenchmark(("line" + suffix).c_str(), line)->Args({axis, number});
      benchmark::RegisterBenchmark(("symbol" + suffix).c_str(), one_symbol)->Args({axis, number});
    }
  }
  benchmark::RegisterBenchmark("crc", crc);
}

}  // namespace
}  // namespace wald::bench

int main(int argc, char** argv) {
  for (const auto& [name, value] : wald::bench::machine())
    std::cout << name << ": " << value << "\n";
  wald::bench::enrol();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
