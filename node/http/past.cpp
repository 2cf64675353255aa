// SPDX-License-Identifier: Apache-2.0
// Which version a question is about (IF-20).
#include "ledger/records.h"
#include "node/http/epochs.h"
#include "node/http/shared.h"

namespace wald::http {
namespace {

using base::Err;
using ViewPtr = std::shared_ptr<const store::View>;

std::string text_of(base::Height height) { return std::to_string(height.value()); }

Got<ViewPtr> view_behind(const Shared& shared, base::Height height) {
  const auto view = shared.api.core.view_at(height);
  if (view.ok()) return *view;
  const core::LedgerCore::Window window = view.error();
  if (height < window.oldest) return Err{pruned(height, window.oldest)};
  return Err{bad_argument(
      "HEIGHT_AHEAD",
      "there is no height " + text_of(height) + " yet; the last is " + text_of(window.newest),
      {{"height", text_of(height)}, {"newest", text_of(window.newest)}})};
}

// The first block behind which this epoch ran; for the one that the chain began with height 0. All
// events of a block are filed under the epoch behind it, and no epoch begins without an event.
Got<base::Height> height_of_epoch(const core::LedgerCore& core, base::Epoch epoch) {
  const std::string number = std::to_string(epoch.value());
  const base::Epoch running = core.head().epoch;
  if (epoch > running)
    return Err{bad_argument("EPOCH_AHEAD",
                            "epoch " + number + " has not begun; epoch " +
                                std::to_string(running.value()) + " is running",
                            {{"epoch", number}, {"running", std::to_string(running.value())}})};
  const auto* record = core.genesis().records.find(ledger::key_of(ledger::kChain));
  WALD_CHECK(record != nullptr && record->value.has_value());
  const auto first = ledger::decode_record<ledger::ChainRecord>(*record->value);
  WALD_CHECK(first.has_value());
  if (epoch == first->clock.epoch) return base::Height(0);
  const auto event = core.event(
      first_event_where(core, [&](const core::StoredEvent& at) { return at.epoch < epoch; }));
  if (!event || event->epoch != epoch)
    return Err{
        not_found("EPOCH_NOT_FOUND", "the chain began after epoch " + number, {{"epoch", number}})};
  return base::Height(event->record.height());
}

}  // namespace

net::Response pruned(base::Height height, base::Height oldest) {
  return net::error_response(net::Status::kPruned, "HEIGHT_PRUNED", net::kLedgerDomain,
                             "the state of height " + text_of(height) +
                                 " is no longer kept; the oldest is " + text_of(oldest),
                             {{"height", text_of(height)}, {"oldest", text_of(oldest)}});
}

Got<ViewPtr> asked_view(const Shared& shared, const net::Request& request,
                        std::vector<std::string_view> keys) {
  const bool own_epoch = std::find(keys.begin(), keys.end(), "epoch") != keys.end();
  keys.emplace_back("height");
  if (!own_epoch) keys.emplace_back("epoch");
  TRY(allow_keys(request, keys));
  TRY_ASSIGN(const auto height, query_number(request, "height", 0, INT64_MAX));
  if (height && !own_epoch && request.query_value("epoch"))
    return Err{bad_argument("INVALID_PARAMETER", "height or epoch is due, not both",
                            {{"parameter", "epoch"}})};
  if (height) return view_behind(shared, base::Height(*height));
  if (own_epoch) return shared.api.core.view();
  TRY_ASSIGN(const auto epoch, query_number(request, "epoch", 0, UINT32_MAX));
  if (!epoch) return shared.api.core.view();
  TRY_ASSIGN(const base::Height begun,
             height_of_epoch(shared.api.core, base::Epoch(static_cast<std::uint32_t>(*epoch))));
  return view_behind(shared, begun);
}

Got<ViewPtr> page_view(const Shared& shared, ViewPtr first, const std::optional<Cursor>& cursor) {
  if (!cursor) return first;
  const auto view = shared.api.core.view_at(base::Height(cursor->height));
  if (view.ok()) return *view;
  return Err{net::error_response(
      net::Status::kPruned, "CURSOR_EXPIRED", net::kLedgerDomain,
      "the version this list began with is no longer kept; begin again",
      {{"height", std::to_string(cursor->height)}, {"oldest", text_of(view.error().oldest)}})};
}

}  // namespace wald::http
