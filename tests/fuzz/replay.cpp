// SPDX-License-Identifier: Apache-2.0
// fuzz_replay CORPUS [--rounds N] [--write]: runs every file of the corpus through its target, and
// N mutations of each (seeded, so every run is the same). --write puts the true inputs of each
// target into the corpus. Last line: `N inputs, M targets`; a broken demand aborts.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

#include "tests/fuzz/corpus.h"
#include "tests/fuzz/targets.h"

namespace {

namespace fs = std::filesystem;
using wald::base::Bytes;

bool write_seeds(const fs::path& folder, const wald::fuzz::FuzzTarget& target) {
  fs::create_directories(folder);
  std::size_t number = 0;
  for (const Bytes& seed : target.seeds()) {
    std::ofstream file(folder / ("seed-" + std::to_string(number++)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()),
               static_cast<std::streamsize>(seed.size()));
    if (!file) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::string corpus;
  std::uint64_t rounds = 0, inputs = 0;
  bool write = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
      rounds = std::strtoull(argv[++i], nullptr, 10);
    else if (std::strcmp(argv[i], "--write") == 0)
      write = true;
    else
      corpus = argv[i];
  }
  if (corpus.empty()) {
    std::cerr << "usage: fuzz_replay CORPUS [--rounds N] [--write]\n";
    return 2;
  }
  for (const auto& target : wald::fuzz::targets()) {
    const fs::path folder = fs::path(corpus) / target.name;
    if (write && !write_seeds(folder, target)) return 1;
    const std::vector<fs::path> files = wald::fuzz::inputs_at(folder);
    if (files.empty()) {
      std::cerr << "no corpus in " << folder << "\n";
      return 1;
    }
    wald::base::Prng prng(2026);
    for (const fs::path& path : files) {
      const Bytes bytes = wald::fuzz::read_input(path);
      target.run(bytes);
      const std::uint64_t times = rounds / target.slow;
      for (std::uint64_t round = 0; round < times; ++round) {
        Bytes changed = bytes;
        wald::fuzz::mutate(changed, prng);
        target.run(changed);
      }
      inputs += 1 + times;
    }
  }
  std::cout << inputs << " inputs, " << wald::fuzz::targets().size() << " targets\n";
  return 0;
}
