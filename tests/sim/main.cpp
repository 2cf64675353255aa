// SPDX-License-Identifier: Apache-2.0
// sim: simulated economies, one of each seed. Ends with 0 where no law broke, no player gained what
// it should not, the same seed gave the same digest and, with --coverage, everything was seen often
// enough; with 1 otherwise; with 2 for wrong usage.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <thread>

#include "codec/base/text.h"
#include "tests/model/history.h"
#include "tests/sim/coverage.h"
#include "tests/sim/simulation.h"

using namespace wald;

namespace {

struct Told {
  bool ok = false;
  base::Hash digest;
  std::string line;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// One line on a terminal, renewed with each epoch.
void progress(const sim::Simulation& simulation, const sim::Plan& plan,
              std::chrono::steady_clock::time_point start) {
  const double seconds = seconds_since(start);
  std::fprintf(stderr, "\rseed %llu  epoch %u of %u  %.0f operations/s ",
               static_cast<unsigned long long>(plan.seed),
               simulation.workload().world().epoch().value(), plan.epochs,
               seconds > 0 ? static_cast<double>(simulation.workload().sent()) / seconds : 0.0);
}

// Replays it in the second ledger (tests/model): what that says against it, or nothing where both
// agree. The file of a history that it does not agree with stays.
std::optional<std::string> refuted(const model::History& history, std::uint64_t seed) {
  const std::string file =
      std::filesystem::temp_directory_path() /
      ("sim-" + std::to_string(::getpid()) + "-" + std::to_string(seed) + ".jsonl");
  std::FILE* const to = std::fopen(file.c_str(), "w");
  if (to == nullptr) return "no history can be written to " + file;
  const bool same = history.write(to);
  if (std::fclose(to) != 0) return "the history did not fit where " + file + " lies";
  if (!same) return "the blocks did not lead where they led before: " + file;
  std::FILE* const said = ::popen(("python3 '" WALD_MODEL "' '" + file + "' 2>&1").c_str(), "r");
  if (said == nullptr) return "python3 did not start";
  std::string answer;
  for (int c = std::fgetc(said); c != EOF; c = std::fgetc(said))
    answer.push_back(static_cast<char>(c));
  if (::pclose(said) != 0) return "the model differs: " + answer + "  history: " + file;
  std::filesystem::remove(file);
  return std::nullopt;
}

class Runs {
 public:
  Runs(sim::Plan first, std::uint64_t seeds, bool show, bool model)
      : first_(first), told_(seeds), show_(show), model_(model) {}

  // Takes seeds until none is left. Any number of threads.
  void work() {
    for (std::uint64_t i = next_++; i < told_.size(); i = next_++) {
      sim::Plan plan = first_;
      plan.seed += i;
      Told told = run(plan);
      const std::lock_guard lock(mutex_);
      told_[i] = std::move(told);
      if (show_) std::fprintf(stderr, "\r%70s\r", "");
      for (; shown_ < told_.size() && !told_[shown_].line.empty(); ++shown_)
        std::printf("%s\n", told_[shown_].line.c_str());
      std::fflush(stdout);
    }
  }
  bool ok() const {
    return std::all_of(told_.begin(), told_.end(), [](const Told& told) { return told.ok; });
  }
  // Of all seeds in their order.
  base::Hash digest() const {
    base::Hash out;
    for (const Told& told : told_)
      out = base::blake2b(base::Writer().raw(out.view()).raw(told.digest.view()).bytes());
    return out;
  }
  const sim::Coverage& coverage() const { return coverage_; }
  std::uint64_t operations() const { return operations_; }

 private:
  Told run(const sim::Plan& plan) {
    const auto start = std::chrono::steady_clock::now();
    sim::Simulation simulation(plan);
    std::optional<model::History> history;
    if (model_) history.emplace(simulation.workload().world(), true);
    while (!simulation.done() && simulation.run_epoch())
      if (show_) progress(simulation, plan, start);
    Told out;
    out.digest = simulation.digest();
    auto complaints = simulation.complaints();
    if (history)
      if (const auto sentence = refuted(*history, plan.seed)) complaints.push_back(*sentence);
    out.ok = complaints.empty();
    out.line = "seed " + std::to_string(plan.seed) + ": " +
               std::to_string(simulation.workload().world().epoch().value()) + " epochs, " +
               std::to_string(simulation.blocks()) + " blocks, " +
               std::to_string(simulation.workload().sent()) + " operations, digest 0x" +
               base::to_hex(out.digest.view());
    for (const std::string& sentence : complaints) out.line += "\n  wrong: " + sentence;
    const std::lock_guard lock(mutex_);
    coverage_.add(simulation.workload());
    operations_ += simulation.workload().sent();
    return out;
  }

  sim::Plan first_;
  std::vector<Told> told_;
  bool show_, model_;
  std::atomic<std::uint64_t> next_ = 0;
  std::mutex mutex_;
  sim::Coverage coverage_;
  std::uint64_t operations_ = 0;
  std::size_t shown_ = 0;  // seeds are told of in their order
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("simulated economies on the real ledger, each from one seed", "sim");
  sim::Plan plan;
  std::uint64_t seeds = 1;
  unsigned jobs = 1;
  bool empty = false, coverage = false, table = false, model = false;
  app.add_option("--seed", plan.seed, "the first seed");
  app.add_option("--seeds", seeds, "how many, one after the other")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--epochs", plan.epochs, "of each seed")->check(CLI::Range(1, 1'000'000));
  app.add_option("--jobs", jobs, "seeds at once; a seed runs on one thread")
      ->check(CLI::Range(1, 64));
  app.add_flag("--empty", empty, "no blob is ever certified: no rounds, short epochs");
  app.add_flag("--coverage", coverage, "fail unless everything was seen often enough");
  app.add_flag("--model", model, "fail unless the second ledger (tests/model) agrees, by python3");
  app.add_flag("--table", table, "print what was seen how often");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  plan.rounds = !empty;

  const auto start = std::chrono::steady_clock::now();
  Runs runs(plan, seeds, ::isatty(2) == 1, model);
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < jobs; ++i) threads.emplace_back([&] { runs.work(); });
  runs.work();
  for (std::thread& thread : threads) thread.join();

  if (table)
    for (const std::string& line : runs.coverage().table()) std::printf("%s\n", line.c_str());
  bool ok = runs.ok();
  if (coverage) {
    for (const std::string& line : runs.coverage().gaps()) {
      std::printf("gap: %s\n", line.c_str());
      ok = false;
    }
  }
  std::printf("all seeds: digest 0x%s, %llu operations\n",
              base::to_hex(runs.digest().view()).c_str(),
              static_cast<unsigned long long>(runs.operations()));
  // Beside the output, which is the same on every machine.
  std::fprintf(stderr, "figure simulated operations a second: %.0f\n",
               static_cast<double>(runs.operations()) / seconds_since(start));
  std::printf("sim: %s\n", ok ? "ok" : "failed");
  return ok ? 0 : 1;
}
