// SPDX-License-Identifier: Apache-2.0
#include "node/demo/verdict.h"

#include <cstdio>
#include <map>

#include "economics/amount.h"
#include "node/core/audit.h"
#include "node/core/replay.h"
#include "node/os/files.h"
#include "node/reflect/units.h"

namespace wald::demo {
namespace {

Step<ledger::GenesisState> genesis_of(const Network& network) {
  const auto bytes = os::read_file(network.genesis_path(), 64u << 20);
  if (!bytes.ok()) return base::Err{bytes.error().text};
  auto genesis = ledger::build_genesis(*bytes);
  if (!genesis.ok()) return base::Err{genesis.error().field + ": " + genesis.error().message};
  return std::move(genesis).value();
}

unsigned long long shown(std::uint64_t number) { return number; }

}  // namespace

Step<void> check_supply(Desk& desk) {
  TRY_ASSIGN(const boost::json::value supply, desk.ask("/v1/supply"));
  std::uint64_t sum = 0;
  std::printf("supply\n");
  const auto line = [](const char* place, std::uint64_t amount) {
    std::printf("  %-12s %28s\n", place, reflect::format_wal(amount).c_str());
  };
  for (const char* place : {"balances", "staked", "commission", "prepaid", "subsidyFund",
                            "repairFund", "bonus", "treasury", "deposits"}) {
    sum += number_in(supply, place);
    line(place, number_in(supply, place));
  }
  const std::uint64_t burned = number_in(supply, "burned");
  line("burned", burned);
  if (sum != number_in(supply, "supply")) return broken("the places sum to the supply");
  if (sum + burned != economics::kGenesisSupply.value())
    return broken("supply and burned sum to what genesis made");
  return {};
}

Step<void> compare_roots(const Network& network, Desk& desk) {
  TRY_ASSIGN(const std::uint64_t height, desk.number("/v1/status", "height"));
  std::string want;
  for (const Member& member : network.members()) {
    if (member.killed) continue;
    std::string root;
    TRY(desk.until(member.name + " reaches height " + std::to_string(height), 30'000,
                   [&]() -> Step<bool> {
                     const auto header = desk.get(member, "/v1/headers/" + std::to_string(height));
                     if (!header.ok()) return false;
                     root = text_in(*header, "root");
                     return !root.empty();
                   }));
    if (want.empty()) want = root;
    if (root != want) return broken(member.name + " has the state root of the others");
  }
  std::printf("every node that lives has the state root %s at height %llu\n", want.c_str(),
              shown(height));
  return {};
}

Step<void> replay_logs(const Network& network, const std::vector<std::size_t>& members) {
  TRY_ASSIGN(const ledger::GenesisState genesis, genesis_of(network));
  std::map<std::uint64_t, base::Hash> roots;
  for (const std::size_t place : members) {
    const Member& member = network.members()[place];
    bool equal = true;
    const auto replayed = core::replay_log(
        genesis, member.dir + "/log", base::Height(0),
        [&](base::Height height, const ledger::BlockOutput& block) {
          const auto known = roots.try_emplace(height.value(), block.state_root).first;
          equal = equal && known->second == block.state_root;
        });
    if (!replayed.ok()) return base::Err{member.name + ": " + replayed.error()};
    if (!equal) return broken(member.name + " has the roots of the others");
    std::printf("replay of %s from genesis: %llu blocks, %llu transactions, every root equal\n",
                member.name.c_str(), shown(replayed->height.value()),
                shown(replayed->transactions));
  }
  return {};
}

Step<void> audit_log_of(const Network& network, std::size_t place) {
  TRY_ASSIGN(const ledger::GenesisState genesis, genesis_of(network));
  const auto audited = core::audit_log(genesis, network.members()[place].dir + "/log");
  if (!audited.ok()) return base::Err{"audit: " + audited.error()};
  for (const auto& law : audited->laws)
    if (law.breach) return broken("law " + law.law + " holds: " + *law.breach);
  std::printf("audit: %zu laws hold over %llu blocks; %llu events give the money of the state\n",
              audited->laws.size(), shown(audited->height.value()), shown(audited->events));
  return {};
}

}  // namespace wald::demo
