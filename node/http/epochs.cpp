// SPDX-License-Identifier: Apache-2.0
#include "node/http/epochs.h"

#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/reflect/schema.h"

namespace wald::http {
namespace {

constexpr std::size_t kEventsAtOnce = 64;
constexpr std::uint64_t kYearMs = 31'557'600'000;  // 365.25 days
constexpr std::uint64_t kDecimals = 10'000;

// Every event of the block in which event `first` stands, from there on; false ends it.
void rest_of_block(const core::LedgerCore& core, std::uint64_t first,
                   const std::function<bool(const spec::EventRecord&)>& visit) {
  std::optional<std::uint64_t> height;
  for (std::uint64_t after = first - 1;;) {
    const auto batch = core.events(after, kEventsAtOnce);
    for (const core::StoredEvent& event : batch) {
      if (height && *height != event.record.height()) return;
      height = event.record.height();
      if (!visit(event.record)) return;
      after = event.record.seq();
    }
    if (batch.size() < kEventsAtOnce) return;
  }
}

void take_start(const spec::EpochStarted& event, spec::Epoch& out) {
  out.set_starts_at(event.starts());
  out.set_handover_at(event.handover());
  out.set_selects_at(event.selects());
  out.set_ends_at(event.ends());
}

void take_close(const spec::EpochClosed& event, spec::Epoch& out) {
  out.set_used(event.used());
  out.set_pot(event.pot());
  out.set_rewards(event.rewards());
  out.set_burned(event.burned());
  out.set_subsidy(event.subsidy());
  out.set_carry(event.carry());
  out.set_rounds(event.rounds());
  out.set_void_rounds(event.void_rounds());
}

std::uint64_t first_event_of(const core::LedgerCore& core, base::Epoch epoch) {
  return first_event_where(core,
                           [&](const core::StoredEvent& event) { return event.epoch < epoch; });
}

// `-0.0841` of a change of `base` by `change` within `ms`.
std::optional<std::string> yearly(std::uint64_t base, std::uint64_t change, bool down,
                                  std::uint64_t ms) {
  const auto amount = economics::Amount::make(change);
  if (!amount.ok() || ms == 0 || base == 0) return std::nullopt;
  const auto year = amount->mul_div(kYearMs, ms, economics::Round::kDown);
  if (!year.ok()) return std::nullopt;
  const auto parts = year->mul_div(kDecimals, base, economics::Round::kDown);
  if (!parts.ok()) return std::nullopt;
  const std::uint64_t value = parts->value();
  return std::string(down && value > 0 ? "-" : "") + std::to_string(value / kDecimals) + "." +
         std::to_string(kDecimals + value % kDecimals).substr(1);
}

std::optional<std::string> yield_of(const spec::PoolRate& before, const spec::PoolRate& after) {
  const auto value = value_after(before, after);
  if (!value.ok() || after.time() <= before.time()) return std::nullopt;
  const bool down = value->value() < before.wal();
  const std::uint64_t change = down ? before.wal() - value->value() : value->value() - before.wal();
  return yearly(before.wal(), change, down, after.time() - before.time());
}

}  // namespace

std::uint64_t first_event_where(const core::LedgerCore& core,
                                const std::function<bool(const core::StoredEvent&)>& before) {
  std::uint64_t low = 1;
  std::uint64_t high = core.head().events + 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto event = core.event(middle);
    if (event && before(*event))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::optional<spec::Epoch> past_epoch(const core::LedgerCore& core, const store::View& view,
                                      base::Epoch epoch) {
  const std::uint64_t first = first_event_of(core, epoch);
  if (first == first_event_of(core, epoch.next())) return std::nullopt;
  spec::Epoch out;
  out.set_epoch(epoch.value());
  out.set_state("closed");
  rest_of_block(core, first, [&](const spec::EventRecord& event) {
    if (event.has_epoch_started() && event.epoch_started().epoch() == epoch.value())
      take_start(event.epoch_started(), out);
    if (event.has_epoch_params_fixed() && event.epoch_params_fixed().epoch() == epoch.value()) {
      out.set_storage_price(event.epoch_params_fixed().storage_after());
      out.set_write_price(event.epoch_params_fixed().write_after());
      out.set_capacity(event.epoch_params_fixed().capacity_after());
    }
    return true;
  });
  const bool by_genesis = out.ends_at() == 0;
  const std::uint32_t next = epoch.next().value();
  if (by_genesis) out.set_starts_at(core.genesis().start.value());
  rest_of_block(core, first_event_of(core, epoch.next()), [&](const spec::EventRecord& event) {
    if (event.has_epoch_closed() && event.epoch_closed().epoch() == epoch.value())
      take_close(event.epoch_closed(), out);
    if (!by_genesis) return true;
    if (event.has_epoch_started() && event.epoch_started().epoch() == next)
      out.set_ends_at(event.epoch_started().starts());
    if (event.has_epoch_params_fixed() && event.epoch_params_fixed().epoch() == next) {
      out.set_storage_price(event.epoch_params_fixed().storage_before());
      out.set_write_price(event.epoch_params_fixed().write_before());
      out.set_capacity(event.epoch_params_fixed().capacity_before());
    }
    return true;
  });
  if (const auto committee = ledger::queries::committee(view, epoch)) {
    out.set_shards(committee->shards());
    out.set_quorum(committee->quorum());
  }
  if (const auto sync = ledger::load(view, ledger::kSync, epoch)) out.set_attested(sync->weight);
  return out;
}

std::uint64_t PoolRates::first_event(base::Epoch epoch) {
  const auto known = firsts_.find(epoch);
  if (known != firsts_.end()) return known->second;
  return firsts_[epoch] = first_event_of(core_, epoch);
}

// The rate stands among the pool's first events of the epoch, those of the block that changed it.
std::optional<spec::PoolRate> PoolRates::at(const base::NodeId& node, base::Epoch epoch) {
  if (epoch > running_) return std::nullopt;
  constexpr std::size_t kFew = 16;
  std::optional<std::uint64_t> height;
  for (std::uint64_t after = first_event(epoch) - 1;;) {
    const auto batch = core_.events_of(node, after, kFew);
    for (const core::StoredEvent& event : batch) {
      if (height && *height != event.record.height()) return std::nullopt;
      height = event.record.height();
      after = event.record.seq();
      if (!event.record.has_pool_rate_fixed()) continue;
      const spec::PoolRateFixed& fixed = event.record.pool_rate_fixed();
      if (fixed.epoch() != epoch.value() || fixed.shares() == 0 || fixed.wal() == 0)
        return std::nullopt;
      spec::PoolRate out;
      out.set_epoch(epoch.value());
      out.set_time(event.time.value());
      out.set_wal(fixed.wal());
      out.set_shares(fixed.shares());
      out.set_scale(fixed.scale());
      return out;
    }
    if (batch.size() < kFew) return std::nullopt;
  }
}

std::vector<spec::PoolRate> PoolRates::last(const base::NodeId& node, std::uint32_t count) {
  std::vector<spec::PoolRate> out;
  const std::uint32_t running = running_.value();
  for (std::uint32_t e = running > count ? running - count : 0; e <= running; ++e)
    if (auto rate = at(node, base::Epoch(e))) out.push_back(*std::move(rate));
  return out;
}

std::optional<std::pair<spec::PoolRate, spec::PoolRate>> PoolRates::span(const base::NodeId& node,
                                                                         std::uint32_t epochs) {
  if (running_.value() < epochs) return std::nullopt;
  const auto after = at(node, running_);
  const auto before = at(node, base::Epoch(running_.value() - epochs));
  if (!before || !after) return std::nullopt;
  return std::pair{*before, *after};
}

std::optional<spec::Apr> PoolRates::apr(const base::NodeId& node) {
  spec::Apr out;
  bool any = false;
  const auto over = [&](std::uint32_t epochs) -> std::optional<std::string> {
    const auto found = span(node, epochs);
    auto text = found ? yield_of(found->first, found->second) : std::nullopt;
    any = any || text.has_value();
    return text;
  };
  if (const auto text = over(1)) out.set_e1(*text);
  if (const auto text = over(4)) out.set_e4(*text);
  if (const auto text = over(12)) out.set_e12(*text);
  if (!any) return std::nullopt;
  return out;
}

std::optional<std::uint64_t> PoolRates::gain_per_epoch(const base::NodeId& node,
                                                       std::uint32_t epochs,
                                                       economics::Amount amount) {
  const auto found = span(node, epochs);
  if (!found) return std::nullopt;
  const auto value = value_after(found->first, found->second);
  if (!value.ok()) return std::nullopt;
  const auto gain = value->minus(economics::Amount::of(found->first.wal()));
  if (!gain.ok()) return 0;  // it lost
  const auto part = amount.mul_div(gain->value(), found->first.wal(), economics::Round::kDown);
  if (!part.ok()) return std::nullopt;
  return part->value() / epochs;
}

economics::Rate rate_of(const spec::PoolRate& rate) {
  return {economics::Amount::of(rate.wal()), economics::Shares(rate.shares()),
          economics::Scale(static_cast<std::uint16_t>(rate.scale()))};
}

economics::Outcome<economics::Amount> value_after(const spec::PoolRate& before,
                                                  const spec::PoolRate& after) {
  const economics::Rate from = rate_of(before);
  const economics::Rate to = rate_of(after);
  TRY_ASSIGN(const economics::Shares shares, economics::lift(from.s, from.scale, to.scale));
  return economics::to_frost(shares, to);
}

}  // namespace wald::http
