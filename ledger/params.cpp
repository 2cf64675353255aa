// SPDX-License-Identifier: Apache-2.0
#include "ledger/params.h"

#include <algorithm>
#include <array>

#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

constexpr std::uint64_t kDay = 86'400'000;
constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kWal = economics::kFrostPerWal;

template <auto Member>
std::uint64_t& own(Params& p) {
  return p.*Member;
}
template <auto Member>
std::uint64_t& of_economics(Params& p) {
  return p.economics.*Member;
}

#define OWN(name, unit, low, high, genesis) \
  ParamRule { #name, unit, low, high, genesis, &own < &Params::name> }

constexpr std::array kOwn = {
    OWN(shards, "count", 4, 49'155, true),
    OWN(epoch_length, "ms", kDay, 60 * kDay, false),
    OWN(epoch_zero, "ms", kMinute, 60 * kDay, true),
    OWN(epoch_min_blocks, "blocks", 1, 100'000, false),
    OWN(handover, "ms", kMinute, 15 * kDay, false),
    OWN(select, "bps", 2'500, 7'500, false),
    OWN(commission_max, "bps", 0, 10'000, false),
    OWN(node_deposit, "frost", 0, 1'000'000 * kWal, false),
    OWN(pools_max, "count", 4, 2'000, false),
    OWN(fee_base, "frost", 0, kWal, false),
    OWN(fee_per_byte, "frost", 0, kWal, false),
    OWN(fee_per_signature, "frost", 0, kWal, false),
    OWN(account_min, "frost", 0, kWal, false),
    OWN(creation_fee, "frost", 0, kWal, false),
    OWN(valid_max, "blocks", 100, 1'000'000'000, false),
    OWN(block_cost, "count", 100'000, 10'000'000, false),
    OWN(block_bytes, "bytes", 1'000'000, 16'000'000, false),
    OWN(liveness_window, "blocks", 100, 1'000'000, false),
    OWN(gov_deposit, "frost", kWal, 1'000'000 * kWal, false),
    OWN(vote_epochs, "epochs", 1, 4, false),
    OWN(gov_delay, "ms", 0, 60 * kDay, false),
    OWN(slash_delay, "ms", 0, 60 * kDay, false),
    OWN(pause_max, "ms", 0, 14 * kDay, false),
    OWN(foundation_spend, "frost", 0, 100'000'000 * kWal, true),
    OWN(points, "count", 64, 8192, false),
    OWN(blobs, "count", 64, 8192, false),
    OWN(verifiers, "count", 4, 64, false),
    OWN(k_spot, "count", 1, 16, false),
    OWN(beacon_grace, "ms", 200, 60'000, false),
    OWN(void_max, "ms", 2'000, 900'000, false),
    OWN(commit_min, "ms", 500, 600'000, false),
    OWN(grace, "ms", 0, 300'000, false),
    OWN(commit_max, "ms", 2'000, 7'200'000, false),
    OWN(verify, "ms", 2'000, kDay, false),
    OWN(inspect, "ms", 1'000, 21'600'000, false),
    OWN(slack, "ms", 0, 7'200'000, false),
    OWN(beacon_blocks, "blocks", 1, 10'000, false),
    OWN(void_blocks, "blocks", 1, 10'000, false),
    OWN(commit_blocks, "blocks", 1, 10'000, false),
    OWN(verify_blocks, "blocks", 1, 10'000, false),
    OWN(inspect_blocks, "blocks", 1, 10'000, false),
    OWN(new_blob_grace, "ms", 0, 7 * kDay, false),
    OWN(tick, "ms", 50, 10'000, true),
    OWN(restore_epochs, "epochs", 1, 4, false),
};
#undef OWN

#define ECO(field, unit)                                                            \
  std::pair {                                                                       \
    std::string_view(#field),                                                       \
        std::pair(std::string_view(unit), &of_economics<&economics::Params::field>) \
  }

constexpr std::array kEconomics = {
    ECO(horizon, "epochs"),       ECO(min_stake, "frost"),
    ECO(threshold, "frost"),      ECO(max_members, "count"),
    ECO(step_max, "bps"),         ECO(shift_bps, "bps"),
    ECO(shift_epochs, "epochs"),  ECO(price_step, "bps"),
    ECO(burn_bps, "bps"),         ECO(rho, "bps"),
    ECO(per_shard, "frost"),      ECO(buyer, "bps"),
    ECO(system, "bps"),           ECO(fund_cap, "frost"),
    ECO(repair_epochs, "epochs"), ECO(bar_epochs, "epochs"),
    ECO(reserve_bps, "bps"),      ECO(rounds, "count"),
    ECO(fraud_deposit, "frost"),  ECO(kappa, "count"),
    ECO(equivocation_bps, "bps"), ECO(false_attestation_bps, "bps"),
    ECO(late_bad_bps, "bps"),     ECO(slash_floor_bps, "bps"),
};
#undef ECO

using RuleList = std::array<ParamRule, kOwn.size() + kEconomics.size()>;

RuleList make_rules() {
  RuleList rules{};
  std::copy(kOwn.begin(), kOwn.end(), rules.begin());
  std::size_t at = kOwn.size();
  WALD_CHECK(kEconomics.size() == economics::param_bounds().size());
  for (const auto& bound : economics::param_bounds()) {
    const auto* entry = std::find_if(kEconomics.begin(), kEconomics.end(),
                                     [&](const auto& e) { return e.first == bound.name; });
    WALD_CHECK(entry != kEconomics.end());
    rules[at++] = ParamRule{bound.name, entry->second.first, bound.low, bound.high,
                            false,      entry->second.second};
  }
  std::sort(rules.begin(), rules.end(),
            [](const ParamRule& a, const ParamRule& b) { return a.name < b.name; });
  return rules;
}

}  // namespace

std::span<const ParamRule> param_rules() {
  static const RuleList kRules = make_rules();
  return kRules;
}

const ParamRule* find_param(std::string_view name) {
  for (const ParamRule& rule : param_rules())
    if (rule.name == name) return &rule;
  return nullptr;
}

Params load_params(const Reader& state) {
  // As their keys come: a text is preceded by its length.
  static const std::vector<const ParamRule*> by_key = [] {
    std::vector<const ParamRule*> out;
    out.reserve(param_rules().size());
    for (const ParamRule& rule : param_rules()) out.push_back(&rule);
    std::sort(out.begin(), out.end(), [](const ParamRule* a, const ParamRule* b) {
      return std::pair(a->name.size(), a->name) < std::pair(b->name.size(), b->name);
    });
    return out;
  }();
  Params params;
  auto rule = by_key.begin();
  for_each<ParamRecord>(state, kParams, [&](base::ByteView rest, const ParamRecord& record) {
    WALD_CHECK(rule != by_key.end() && base::as_text(rest.subspan(1)) == (*rule)->name);
    (*rule++)->at(params) = record.value;
    return true;
  });
  WALD_CHECK(rule == by_key.end());
  return params;
}

void save_params(Overlay& state, const Params& params) {
  Params copy = params;
  for (const ParamRule& rule : param_rules()) {
    ParamRecord record;
    record.value = rule.at(copy);
    save(state, kParams, record, std::string(rule.name));
  }
}

std::string_view params_conflict(const Params& p) {
  if (p.blobs == 0 || p.points % p.blobs != 0) return "points must be a multiple of blobs";
  if (p.economics.rounds < 2) return "an epoch needs at least two rounds";
  if (p.handover * 10'000 >= p.select * p.epoch_length)
    return "handover must end before the selection";
  if (p.handover > p.epoch_length / 4) return "handover takes more than a quarter of an epoch";
  const auto at_least = [&](std::uint64_t time, std::uint64_t blocks) {
    return std::max(time, blocks * p.tick);
  };
  const std::uint64_t need =
      at_least(p.void_max, p.void_blocks) + at_least(p.commit_max, p.commit_blocks) +
      at_least(p.verify, p.verify_blocks) + at_least(p.inspect, p.inspect_blocks) + p.slack;
  if (need > (p.epoch_length - p.handover) / p.economics.rounds)
    return "a round needs more time than its slot has";
  if (!economics::subsidies_are_safe(p.economics.rho, p.economics.buyer, p.economics.system))
    return "the subsidies together exceed their bound";
  return {};
}

}  // namespace wald::ledger
