// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/set_subsidy_rates.h"

#include "ledger/gov.h"
#include "ledger/params.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<SetSubsidyRates> SetSubsidyRates::parse(const Message& message) {
  SetSubsidyRates tx;
  if (message.has_rho()) tx.rates["rho"] = message.rho();
  if (message.has_per_shard()) tx.rates["per_shard"] = message.per_shard();
  if (message.has_buyer()) tx.rates["buyer"] = message.buyer();
  if (message.has_system()) tx.rates["system"] = message.system();
  if (tx.rates.empty()) return malformed("rho");
  return tx;
}

base::Result<void, Rejected> SetSubsidyRates::apply(Context& ctx) const {
  TRY(require_foundation(ctx));
  // As they will stand in the next epoch: what waits already, and this on top.
  const base::Epoch next = ctx.epoch().next();
  Params then = ctx.params();
  for (const ParamRule& rule : param_rules()) {
    const ParamRecord record = must_load(ctx.state(), kParams, std::string(rule.name));
    if (record.pending && record.pending_epoch <= next) rule.at(then) = *record.pending;
  }
  for (const auto& [name, value] : rates) {
    const ParamRule* rule = find_param(name);
    WALD_CHECK(rule != nullptr && !rule->genesis_only);
    if (value < rule->low || value > rule->high)
      return ctx.reject(spec::OUT_OF_BOUNDS, {{"parameter", name}});
    rule->at(then) = value;
  }
  const std::string_view conflict = params_conflict(then);
  if (!conflict.empty())
    return ctx.reject(spec::OUT_OF_BOUNDS, {{"reason", std::string(conflict)}});
  for (const auto& [name, value] : rates) {
    ParamRecord record = must_load(ctx.state(), kParams, name);
    record.pending = value;
    record.pending_epoch = next;
    save(ctx.state(), kParams, record, name);
  }
  spec::GovSubsidyRatesChanged event;
  event.set_epoch(next.value());
  event.set_account(text_of(ctx.sender()));
  event.set_rho(then.economics.rho);
  event.set_per_shard(then.economics.per_shard);
  event.set_buyer(then.economics.buyer);
  event.set_system(then.economics.system);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
