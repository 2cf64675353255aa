// SPDX-License-Identifier: Apache-2.0
// Epochs: the running one, one by number, all of them.
#include "ledger/queries.h"
#include "node/http/epochs.h"
#include "node/http/shared.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

std::optional<json::object> row_of(const Shared& shared, const store::View& view,
                                   base::Epoch running, base::Epoch epoch) {
  if (epoch == running) return reflect::to_json(ledger::queries::running_epoch(view));
  const auto past = past_epoch(shared.api.core, view, epoch);
  if (!past) return std::nullopt;
  return reflect::to_json(*past);
}

Reply running(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  return data_reply(at_of(*view), reflect::to_json(ledger::queries::running_epoch(*view)));
}

Reply by_number(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(const std::uint64_t number,
             parse_number("epoch", request.param("epoch"), 0, UINT32_MAX));
  const auto view = shared.api.core.view();
  const At at = at_of(*view);
  const std::string text = std::to_string(number);
  if (number > at.epoch.value())
    return Err{not_found("EPOCH_NOT_FOUND",
                         "epoch " + text + " has not begun; epoch " +
                             std::to_string(at.epoch.value()) + " is running",
                         {{"epoch", text}})};
  auto row = row_of(shared, *view, at.epoch, base::Epoch(static_cast<std::uint32_t>(number)));
  if (!row)
    return Err{
        not_found("EPOCH_NOT_FOUND", "the chain began after epoch " + text, {{"epoch", text}})};
  return data_reply(at, *std::move(row));
}

Reply all(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"format", "limit", "cursor"}));
  const auto view = shared.api.core.view();
  const At at = at_of(*view);
  return epoch_page(request, at, *spec::Epoch::descriptor(),
                    [&](base::Epoch epoch) -> std::optional<json::object> {
                      return row_of(shared, *view, at.epoch, epoch);
                    });
}

}  // namespace

void add_epoch_rows(net::Router& router, const SharedPtr& shared) {
  const auto add = [&](std::string pattern, net::LimitClass limit,
                       Reply (*handler)(const Shared&, const net::Request&)) {
    router.add(read_row(net::Method::kGet, std::move(pattern), limit,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/epoch", net::LimitClass::kPoint, running);
  add("/v1/epochs", net::LimitClass::kList, all);
  add("/v1/epochs/{epoch}", net::LimitClass::kPoint, by_number);
}

}  // namespace wald::http
