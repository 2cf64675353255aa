// SPDX-License-Identifier: Apache-2.0
// What comes if nobody does anything: prices and capacity by the votes, epochs that can be sold,
// the next seat of a node; and what stands beside the timetable: pauses, powers, duties.
#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/http/shared.h"

namespace wald::http {
namespace {

namespace queries = ledger::queries;
using base::Err;

net::Response nobody() {
  return not_found("NO_COMMITTEE", "nobody has the stake that a seat takes, and nobody sits");
}

Reply parameter_votes(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  const auto found = queries::parameter_votes(*view, shared.api.core.chain());
  if (!found) return Err{nobody()};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply future(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  return list_reply<spec::FutureEpoch>(
      shared, request, asked, [](const store::View& view) -> Got<std::vector<spec::FutureEpoch>> {
        return queries::storage_future(view);
      });
}

Reply pauses(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  return list_reply<spec::PauseState>(
      shared, request, asked, [](const store::View& view) -> Got<std::vector<spec::PauseState>> {
        return queries::pauses(view);
      });
}

Reply foundation(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"proof"}));
  const auto found = queries::foundation(*view);
  return with_proof(
      shared, request, *view, ledger::key_of(ledger::kFoundation),
      found ? data_reply(at_of(*view), reflect::to_json(*found))
            : not_found("NO_FOUNDATION", "the genesis of this chain names no foundation"));
}

// A question about one node.
template <class Question>
Reply of_node(const Shared& shared, const net::Request& request, const Question& question) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const auto id, path_id<base::NodeId>(request, "node", spec::KIND_NODE));
  const auto found = question(*view, id);
  if (!found) return Err{no_node(id)};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply next_seat(Shared& shared, const net::Request& request) {
  return of_node(shared, request, [&](const store::View& view, const base::NodeId& id) {
    return queries::next_seat(view, shared.api.core.chain(), id);
  });
}

Reply duties(Shared& shared, const net::Request& request) {
  return of_node(shared, request, [](const store::View& view, const base::NodeId& id) {
    return queries::duties(view, id);
  });
}

}  // namespace

void add_outlook_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, LimitClass limit,
                       Reply (*handler)(Shared&, const net::Request&)) {
    router.add(read_row(net::Method::kGet, std::move(pattern), limit,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/gov/votes/parameters", LimitClass::kList, parameter_votes);
  add("/v1/gov/pauses", LimitClass::kPoint, pauses);
  add("/v1/gov/foundation", LimitClass::kPoint, foundation);
  add("/v1/storage/future", LimitClass::kList, future);
  add("/v1/nodes/{node}/next-seat", LimitClass::kList, next_seat);
  add("/v1/nodes/{node}/duties", LimitClass::kPoint, duties);
}

}  // namespace wald::http
