// SPDX-License-Identifier: Apache-2.0
// Epochs that are over and what pool shares were worth when they began, read out of the log: the
// events of the block that changed the epoch say it, and events are kept for ever. An epoch's first
// event is found by halving, so a question costs the same however long the chain is.
// Thread rule: one answer, one object; the log may grow meanwhile.
#pragma once

#include <map>
#include <optional>

#include "economics/shares.h"
#include "node/core/ledger_core.h"
#include "specs/proto/query.pb.h"

namespace wald::http {

// Number of the first event that is not `before`; one above the last where all are. `before` must
// hold for a beginning of the log and no more.
std::uint64_t first_event_where(const core::LedgerCore& core,
                                const std::function<bool(const core::StoredEvent&)>& before);

// `epoch` is below the running one. The first epoch was begun by the genesis document: its prices
// are those that the change out of it found. Nothing for an epoch without any event: the chain
// began after it, since every epoch that ran has chosen a committee.
std::optional<spec::Epoch> past_epoch(const core::LedgerCore& core, const store::View& view,
                                      base::Epoch epoch);

// Rates of pools by epoch.
class PoolRates {
 public:
  PoolRates(const core::LedgerCore& core, base::Epoch running) : core_(core), running_(running) {}

  // Nothing where the pool had no shares, or the epoch lies ahead.
  std::optional<spec::PoolRate> at(const base::NodeId& node, base::Epoch epoch);
  // The running epoch and the last `count` before it, ascending, as far as there are rates.
  std::vector<spec::PoolRate> last(const base::NodeId& node, std::uint32_t count);

  // Yearly yield over the last 1, 4 and 12 epochs, net of commission, four decimals; a span that
  // the pool has not lived through is left out. All three left out: nothing.
  std::optional<spec::Apr> apr(const base::NodeId& node);
  // What `amount` at work would have gained per epoch over the last `span`, rounded down.
  std::optional<std::uint64_t> gain_per_epoch(const base::NodeId& node, std::uint32_t span,
                                              economics::Amount amount);
  base::Epoch running() const { return running_; }

 private:
  std::uint64_t first_event(base::Epoch epoch);
  std::optional<std::pair<spec::PoolRate, spec::PoolRate>> span(const base::NodeId& node,
                                                                std::uint32_t epochs);
  const core::LedgerCore& core_;
  base::Epoch running_;
  std::map<base::Epoch, std::uint64_t> firsts_;
};

// What `before.shares` became in money between the two rates; an error where a figure is beyond all
// bounds.
economics::Outcome<economics::Amount> value_after(const spec::PoolRate& before,
                                                  const spec::PoolRate& after);
economics::Rate rate_of(const spec::PoolRate& rate);

}  // namespace wald::http
