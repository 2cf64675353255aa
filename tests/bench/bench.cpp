// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench.h"

#include <algorithm>

#include "codec/base/check.h"

namespace wald::bench {

double median(std::vector<double> values) {
  WALD_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<double> Figure::ratios() const {
  WALD_CHECK(numerators.size() == denominators.size());
  std::vector<double> out;
  for (std::size_t i = 0; i < numerators.size(); ++i)
    out.push_back(numerators[i] / denominators[i]);
  return out;
}

double Figure::ratio() const { return median(ratios()); }

bool Figure::missed() const {
  if (!must || !skipped.empty()) return false;
  return better == Better::kMore ? ratio() < *must : ratio() > *must;
}

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void measure(Figure& figure, std::size_t pairs, const std::function<double()>& numerator,
             const std::function<double()>& denominator) {
  static_cast<void>(numerator());
  static_cast<void>(denominator());
  for (std::size_t i = 0; i < pairs; ++i) {
    // A drift within a pair shows in both directions.
    if (i % 2 == 0) {
      figure.numerators.push_back(numerator());
      figure.denominators.push_back(denominator());
    } else {
      figure.denominators.push_back(denominator());
      figure.numerators.push_back(numerator());
    }
  }
}

const std::vector<Benchmark>& benchmarks() {
  static const std::vector<Benchmark> kAll = {
      {"B1", "signed throughput: the whole pipeline over raw verification", &signed_throughput},
      {"B4", "durable apply over SQLite", &durable_apply},
      {"B5", "durable apply over PostgreSQL", &durable_over_postgres},
      {"B6", "allocations of an applied transfer", &heap_of_transfers},
      {"B9", "hashing in lanes over one hash at a time", &hashing},
      {"B11", "epoch step with many stakes over few", &epoch_step},
      {"B12", "epoch step over rewriting every stake", &epoch_over_rewrite},
      {"B13", "apportionment over a naive scan", &apportionment},
      {"B15", "restart: replay of the log over apply", &restart},
      {"B16", "encode over @mysten/walrus-wasm", &encode_against_wasm},
      {"B17", "encode with all kernels over shuffles and one hash at a time",
       &kernels_over_shuffles},
      {"B18", "encode on two threads over one", &threads_over_one},
      {"B19", "decode over encode without hashing", &decode_over_encode},
      {"B20", "a recovery symbol with its proof over expanding the sliver", &symbol_over_expansion},
      {"B21", "repair of a sliver over that of a blob", &sliver_over_blob},
      {"B22", "memory of an encode to files, for 9 GiB of disk and by name only", &encode_memory,
       true},
      {"B26", "the line code and encode over a native peer", &encode_against_native},
  };
  return kAll;
}

}  // namespace wald::bench
