// SPDX-License-Identifier: Apache-2.0
// model_history: a random history for the second ledger on standard output (history.h).
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/model/history.h"
#include "tests/sim/simulation.h"
#include "tests/support/workload.h"

using namespace wald;

namespace {

// A member, which has rewards and commission; with an odd seed the node too small for a seat.
std::string hurt_node(const tests::Workload& workload, std::uint64_t seed) {
  return workload.all_nodes()[workload.members().size() - (seed % 2 == 0 ? 1 : 0)];
}

// With a pool that is hurt (sim): a version tries it in vain, and the one after repairs it.
void run_economy(sim::Simulation& economy) {
  const auto epoch = [&] { return economy.workload().world().epoch(); };
  while (!economy.done() && economy.run_epoch())
    if (epoch() == base::Epoch(4) || epoch() == base::Epoch(6)) economy.upgrade();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("a random history in words, for tests/model/replay.py");
  std::uint64_t seed = 1, operations = 3000, spoil = 0, idle = 0;
  std::uint32_t rounds = 0;
  tests::Workload::Mix mix = tests::Workload::Mix::kAll;
  const std::map<std::string, tests::Workload::Mix> mixes{
      {"all", tests::Workload::Mix::kAll},
      {"duties", tests::Workload::Mix::kDuties},
      {"nodes", tests::Workload::Mix::kNodes},
      {"rights", tests::Workload::Mix::kRights},
      {"buckets", tests::Workload::Mix::kBuckets},
      {"ballots", tests::Workload::Mix::kBallots},
      {"everything", tests::Workload::Mix::kEverything}};
  app.add_option("--seed", seed, "of all that is random");
  app.add_option("--operations", operations, "how many are sent");
  app.add_option("--mix", mix,
                 "what is sent: all, duties, nodes, rights, buckets, ballots, everything")
      ->transform(CLI::CheckedTransformer(mixes));
  app.add_option("--spoil", spoil, "one operation in so many is changed in one place; 0: none");
  app.add_option("--idle", idle, "hours in which no block is made, halfway");
  app.add_option("--rounds", rounds, "instead of a mix: so many epochs of an economy with rounds");
  CLI11_PARSE(app, argc, argv);

  tests::Workload::Setup setup;
  setup.seed = seed;
  setup.mix = mix;
  setup.spoil = spoil;
  std::optional<sim::Simulation> economy;
  std::optional<tests::Workload> mixed;
  if (rounds > 0) {
    economy.emplace(sim::Plan{seed, rounds, true});
    economy->hurt_pool_at(base::Epoch(2), hurt_node(economy->workload(), seed));
  } else {
    mixed.emplace(setup);
  }
  const tests::Workload& workload = economy ? economy->workload() : *mixed;
  const model::History history(workload.world(), economy.has_value());
  if (mixed && idle > 0) {
    mixed->run(operations / 2);
    mixed->chain().block(idle * 3'600'000);
  }
  if (mixed) mixed->run(operations);
  if (economy) run_economy(*economy);
  if (!history.write(stdout)) {
    std::fprintf(stderr, "the blocks did not lead where they led before\n");
    return 1;
  }
  for (const std::string& sentence : workload.broken())
    std::fprintf(stderr, "law broken: %s\n", sentence.c_str());
  return workload.broken().empty() ? 0 : 1;
}
