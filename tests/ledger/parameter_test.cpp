// SPDX-License-Identifier: Apache-2.0
// Every parameter at its minimum and its maximum by ballot, and one beyond each. What a dry run
// refuses alone comes together with what it needs.
#include <catch2/catch.hpp>
#include <set>

#include "tests/ledger/ballot_support.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kDay = 86'400'000;
using Values = std::map<std::string, std::uint64_t>;

// Times of a real chain and stakes beyond the greatest threshold, so that nearly every parameter
// can go to either end by itself.
spec::Genesis document() {
  constexpr std::uint64_t kMuch = 1'050'000'000;  // WAL
  spec::Genesis out = network({kMuch, kMuch, kMuch, kMuch}, {{"ann", 5000 * kWal}});
  const Values values{{"epoch_length", 7 * kDay},
                      {"handover", 3'600'000},
                      {"gov_delay", 0},
                      {"gov_deposit", kDeposit},
                      {"epoch_min_blocks", 1},
                      {"points", 8192},
                      {"blobs", 64},
                      {"tick", 50}};
  for (const auto& [name, value] : values) set_param(out, name, value);
  return out;
}
std::uint64_t value_of(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kParams, name).value;
}
// Blocks of hours until that epoch.
void until(World& world, std::uint32_t epoch) {
  while (world.epoch().value() < epoch) {
    world.block(4 * 3'600'000);
    REQUIRE(world.law_failures.empty());
  }
}
// Voted in, in force from epoch 4 on, and ten days lived with it.
void bring(const Values& values) {
  World world(document());
  const std::vector<std::pair<std::string, std::uint64_t>> list(values.begin(), values.end());
  const auto number = opened(world, "ann", propose_parameters(list));
  all_say_yes(world, number);
  until(world, 4);
  CHECK(ballot(world, number).state == ledger::BallotState::kExecuted);
  for (const auto& [name, value] : values) CHECK(value_of(world, name) == value);
  for (int i = 0; i < 60; ++i) world.block(4 * 3'600'000);
  CHECK(conserved(world));
}

// What has to come along with one end of a parameter, by "name = value".
const std::map<std::string, Values> kWith{
    {"handover = 1296000000", {{"epoch_length", 60 * kDay}}},  // a quarter of the longest epoch
};
// What no other value makes right: who pays nothing could buy all space.
const std::set<std::string> kNever{"buyer = 10000"};

// In a build with sanitizers and canaries ten days take thirty times as long: every third is lived.
#ifdef WALD_CANARY
constexpr std::size_t kLivedEach = 3;
#else
constexpr std::size_t kLivedEach = 1;
#endif

}  // namespace

TEST_CASE("parameters: each at its minimum and its maximum by ballot",
          "[ledger][epoch][rule:G-5]") {
  World world(document());
  std::size_t tried = 0;
  for (const ledger::ParamRule& rule : ledger::param_rules()) {
    const std::string name(rule.name);
    for (const std::uint64_t value : {rule.low, rule.high}) {
      const std::string what = name + " = " + std::to_string(value);
      INFO(what);
      World trial = world;
      const auto code = trial.run("ann", propose_parameters({{name, value}}));
      if (rule.genesis_only) {
        CHECK(code == spec::BAD_SUBJECT);
        continue;
      }
      if (name == "horizon" && value < value_of(world, name)) {  // never lowered
        CHECK(code == spec::OUT_OF_BOUNDS);
        continue;
      }
      if (kNever.count(what) > 0) {
        CHECK(code == spec::DRY_RUN_FAILED);
        continue;
      }
      Values all{{name, value}};
      const auto with = kWith.find(what);
      CHECK(spec::Code_Name(code) ==
            spec::Code_Name(with == kWith.end() ? spec::OK : spec::DRY_RUN_FAILED));
      if (code != spec::OK && with == kWith.end()) continue;
      if (with != kWith.end()) all.insert(with->second.begin(), with->second.end());
      if (tried++ % kLivedEach == 0) bring(all);
    }
  }
}

TEST_CASE("parameters: a ballot one beyond a bound is refused, and so is the type's end",
          "[ledger][tx][rule:G-5]") {
  World world(document());
  for (const ledger::ParamRule& rule : ledger::param_rules()) {
    if (rule.genesis_only) continue;
    std::set<std::uint64_t> beyond{rule.high + 1, UINT64_MAX};
    if (rule.low > 0) beyond.insert({rule.low - 1, 0});
    for (const std::uint64_t value : beyond) {
      INFO(rule.name << " = " << value);
      CHECK(world.run("ann", propose_parameters({{std::string(rule.name), value}})) ==
            spec::OUT_OF_BOUNDS);
    }
  }
  CHECK(conserved(world));
}

TEST_CASE("parameters: the hand-over ends before the selection to the millisecond",
          "[ledger][rule:G-5]") {
  World world(document());
  ledger::Params params = ledger::load_params(world.view());
  params.select = 2'500;
  params.epoch_length = 86'409'999;  // its selection is due after 21,602,499.75 ms
  params.handover = 21'602'499;
  CHECK(ledger::params_conflict(params).empty());
  params.epoch_length = 86'409'996;  // on the dot
  params.handover = 21'602'498;
  CHECK(ledger::params_conflict(params).empty());
  params.handover = 21'602'499;
  CHECK(ledger::params_conflict(params) == "handover must end before the selection");
}
