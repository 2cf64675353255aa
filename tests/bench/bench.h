// SPDX-License-Identifier: Apache-2.0
// How a benchmark is measured and told (specs/performance.md). A figure is a ratio of two rates
// that are measured in turn in one process: machines are shared and drift, a ratio of neighbours
// does not. Slices take at most two seconds; the median of the pairwise ratios is the result.
// Thread rule: one benchmark at a time, on the main thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wald::bench {

struct Figure;

struct Settings {
  bool quick = false;      // tiny data, one pair: shows that it works, measures nothing
  std::size_t pairs = 9;   // at least, but for quick
  std::string scratch;     // folder for data files, on the disk that is to be measured
  std::string peers;       // where tests/bench/peers put them
  std::string source_dir;  // of tests/bench, for the scripts of peers
  // Takes a figure of several as soon as it is there; one that was handed here is not returned.
  std::function<void(const Figure&)> tell;
};

enum class Better { kMore, kLess };  // numerator over denominator is to be high, or low

struct Figure {
  std::string id;    // B1
  std::string part;  // "integer keys", or nothing
  std::string numerator;
  std::string denominator;
  std::string unit;  // of both rates
  Better better = Better::kMore;
  std::optional<double> must;
  std::optional<double> aim;
  std::vector<double> numerators;    // one of each pair
  std::vector<double> denominators;  // in the same order
  std::string data;                  // how large the data set was
  std::string skipped;               // why it was not measured

  std::vector<double> ratios() const;
  double ratio() const;  // the median
  bool missed() const;   // the must, if there is one and it was measured
};

double median(std::vector<double> values);

// Seconds that `work` takes.
double seconds(const std::function<void()>& work);

// One slice of each side in turn, `pairs` times, the first of a pair changing; a slice answers its
// rate. Beforehand one slice of each to warm up. Fills numerators and denominators.
void measure(Figure& figure, std::size_t pairs, const std::function<double()>& numerator,
             const std::function<double()>& denominator);

struct Benchmark {
  std::string id;
  std::string title;
  std::vector<Figure> (*run)(const Settings& settings);
  bool by_name = false;  // only run if it is named: it takes gigabytes of disk
};
// In the order of their numbers.
const std::vector<Benchmark>& benchmarks();

std::vector<Figure> signed_throughput(const Settings& settings);      // B1
std::vector<Figure> durable_apply(const Settings& settings);          // B4
std::vector<Figure> durable_over_postgres(const Settings& settings);  // B5
std::vector<Figure> heap_of_transfers(const Settings& settings);      // B6
std::vector<Figure> epoch_step(const Settings& settings);             // B11
std::vector<Figure> epoch_over_rewrite(const Settings& settings);     // B12
std::vector<Figure> apportionment(const Settings& settings);          // B13
std::vector<Figure> restart(const Settings& settings);                // B15
std::vector<Figure> encode_against_wasm(const Settings& settings);    // B16
std::vector<Figure> hashing(const Settings& settings);                // B9
std::vector<Figure> kernels_over_shuffles(const Settings& settings);  // B17
std::vector<Figure> threads_over_one(const Settings& settings);       // B18
std::vector<Figure> decode_over_encode(const Settings& settings);     // B19
std::vector<Figure> symbol_over_expansion(const Settings& settings);  // B20
std::vector<Figure> sliver_over_blob(const Settings& settings);       // B21
std::vector<Figure> encode_memory(const Settings& settings);          // B22
std::vector<Figure> encode_against_native(const Settings& settings);  // B26

}  // namespace wald::bench
