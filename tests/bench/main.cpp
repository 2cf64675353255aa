// SPDX-License-Identifier: Apache-2.0
// wald_bench [--list] [--quick] [--json FILE] [--pairs N] [--scratch DIR] [--peers DIR] [ID...]
// Measures paired ratios (specs/performance.md) and prints them with the machine they were seen on.
// Exit 0; 1 if a "must" is missed; 2 for a bad command line. --quick uses tiny data, measures
// nothing and misses nothing: it shows that every benchmark works.
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "node/os/files.h"
#include "tests/bench/bench.h"
#include "tests/bench/machine.h"

namespace {

using wald::bench::Benchmark;
using wald::bench::Figure;

std::string number(double value) {
  char out[32];
  std::snprintf(out, sizeof out, value >= 100 ? "%.0f" : "%.4g", value);
  return out;
}

std::string name_of(const Figure& figure) {
  return figure.part.empty() ? figure.id : figure.id + " " + figure.part;
}

void print(const Figure& figure, bool quick) {
  const std::string name = name_of(figure);
  if (!figure.skipped.empty()) {
    std::cout << "skipped " << name << ": " << figure.skipped << "\n";
    return;
  }
  std::vector<double> ratios = figure.ratios();
  std::sort(ratios.begin(), ratios.end());
  const char* bound = figure.better == wald::bench::Better::kMore ? ">= " : "<= ";
  std::cout << (quick ? "tried " : "figure ") << name << ": ratio " << number(figure.ratio());
  if (!quick) {
    std::cout << " (" << number(ratios.front()) << " to " << number(ratios.back()) << ", "
              << ratios.size() << " pairs)";
    if (figure.must) std::cout << ", must " << bound << number(*figure.must);
    if (figure.aim) std::cout << ", aim " << bound << number(*figure.aim);
    if (figure.must) std::cout << (figure.missed() ? ", MISSED" : ", met");
  }
  std::cout << "\n  " << figure.numerator << ": " << number(wald::bench::median(figure.numerators))
            << " " << figure.unit << "\n  " << figure.denominator << ": "
            << number(wald::bench::median(figure.denominators)) << " " << figure.unit
            << "\n  data: " << figure.data << "\n"
            << std::flush;
}

boost::json::object json_of(const Figure& figure) {
  boost::json::object out{{"id", figure.id}, {"part", figure.part}};
  if (!figure.skipped.empty()) {
    out["skipped"] = figure.skipped;
    return out;
  }
  out["ratio"] = figure.ratio();
  out["better"] = figure.better == wald::bench::Better::kMore ? "more" : "less";
  if (figure.must) out["must"] = *figure.must;
  if (figure.aim) out["aim"] = *figure.aim;
  out["missed"] = figure.missed();
  out["numerator"] = figure.numerator;
  out["denominator"] = figure.denominator;
  out["unit"] = figure.unit;
  out["data"] = figure.data;
  out["numerators"] = boost::json::value_from(figure.numerators);
  out["denominators"] = boost::json::value_from(figure.denominators);
  return out;
}

bool write_json(const std::string& file, bool quick, const std::vector<Figure>& figures) {
  boost::json::object machine;
  for (const auto& [name, value] : wald::bench::machine()) machine[name] = value;
  boost::json::array list;
  for (const Figure& figure : figures) list.push_back(json_of(figure));
  std::ofstream out(file);
  out << boost::json::serialize(boost::json::object{
             {"quick", quick}, {"machine", std::move(machine)}, {"figures", std::move(list)}})
      << "\n";
  return out.good();
}

std::vector<const Benchmark*> chosen(const std::vector<std::string>& ids) {
  std::vector<const Benchmark*> out;
  for (const Benchmark& benchmark : wald::bench::benchmarks())
    if ((ids.empty() && !benchmark.by_name) ||
        std::find(ids.begin(), ids.end(), benchmark.id) != ids.end())
      out.push_back(&benchmark);
  return out;
}

int run(wald::bench::Settings settings, const std::vector<std::string>& ids,
        const std::string& json) {
  const auto wanted = chosen(ids);
  if (!ids.empty() && wanted.size() != ids.size()) {
    std::cerr << "wald_bench: an id is unknown or named twice; --list names them\n";
    return 2;
  }
  wald::os::make_dirs(settings.scratch, 0700).value();
  for (const auto& [name, value] : wald::bench::machine())
    std::cout << name << ": " << value << "\n";
  std::vector<Figure> figures;
  bool missed = false;
  settings.tell = [&](const Figure& figure) {
    print(figure, settings.quick);
    missed |= !settings.quick && figure.missed();
    figures.push_back(figure);
  };
  for (const Benchmark* benchmark : wanted) {
    std::cout << "\n" << benchmark->id << ", " << benchmark->title << "\n" << std::flush;
    for (const Figure& figure : benchmark->run(settings)) settings.tell(figure);
  }
  if (!json.empty() && !write_json(json, settings.quick, figures)) {
    std::cerr << "wald_bench: cannot write " << json << "\n";
    return 2;
  }
  return missed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("paired benchmarks of Wald", "wald_bench");
  wald::bench::Settings settings;
  settings.scratch = WALD_BENCH_SCRATCH;
  settings.peers = WALD_BENCH_PEERS;
  settings.source_dir = WALD_BENCH_SOURCE;
  bool list = false;
  std::string json;
  std::vector<std::string> ids;
  app.add_flag("--list", list, "name the benchmarks and end");
  app.add_flag("--quick", settings.quick, "tiny data, once each: shows that they work");
  app.add_option("--json", json, "write all figures to this file");
  app.add_option("--pairs", settings.pairs, "pairs of slices, at least 9")
      ->check(CLI::Range(9, 1'000));
  app.add_option("--scratch", settings.scratch, "folder for data, on the disk to be measured");
  app.add_option("--peers", settings.peers, "folder of tests/bench/peers");
  app.add_option(
      "ids", ids,
      "benchmarks to run; if none is named, all that --list does not say are by name only");
  CLI11_PARSE(app, argc, argv);
  if (list) {
    for (const Benchmark& benchmark : wald::bench::benchmarks())
      std::cout << benchmark.id << "  " << benchmark.title << "\n";
    return 0;
  }
  if (settings.quick) settings.pairs = 1;
  if (sodium_init() < 0) return 2;
  try {
    return run(settings, ids, json);
  } catch (const std::exception& failure) {
    std::cerr << "wald_bench: " << failure.what() << "\n";
    return 2;
  }
}
