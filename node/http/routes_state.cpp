// SPDX-License-Identifier: Apache-2.0
// The chain as a whole: status, health, parameters, supply, committee, shards, nodes, prices.
#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/http/epochs.h"
#include "node/http/shared.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace json = boost::json;
namespace queries = ledger::queries;
using base::Err;

Reply status(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  const core::Head head = shared.api.core.head();
  const auto view = shared.api.core.view();
  spec::Status out;
  out.set_version(shared.api.version);
  out.set_protocol_version(ledger::must_load(*view, ledger::kChain).version);
  out.set_network(shared.api.network);
  out.set_chain(base::string_of(shared.api.core.chain().view()));
  out.set_mode(shared.api.mode);
  out.set_height(head.height.value());
  out.set_time(head.time.value());
  out.set_epoch(head.epoch.value());
  out.set_root(base::string_of(head.root.view()));
  out.set_oldest_height(shared.api.core.window().oldest.value());
  if (shared.api.node) out.set_node(base::string_of(shared.api.node->view()));
  out.set_next_event(head.events + 1);
  out.set_test(shared.api.core.genesis().test);
  return data_reply(at_of(head), reflect::to_json(out));
}

Reply alive(const Shared& shared, const net::Request&) {
  return data_reply(at_of(shared.api.core.head()), json::object{{"alive", true}});
}

Reply ready(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"verbose"}));
  std::vector<HealthRow> rows;
  if (shared.api.health) rows = shared.api.health();
  json::array table;
  std::string failing;
  for (const HealthRow& row : rows) {
    table.push_back(json::object{{"check", row.check}, {"ok", row.ok}, {"detail", row.detail}});
    if (!row.ok) failing += (failing.empty() ? "" : "; ") + row.check + ": " + row.detail;
  }
  if (failing.empty()) {
    json::object data{{"ready", true}};
    if (request.query_value("verbose")) data["checks"] = std::move(table);
    return data_reply(at_of(shared.api.core.head()), std::move(data));
  }
  net::Pairs metadata;
  for (const HealthRow& row : rows) metadata.emplace_back(row.check, row.ok ? "ok" : row.detail);
  return Err{net::error_response(net::Status::kUnavailable, "NOT_READY", net::kLedgerDomain,
                                 "not ready: " + failing, metadata)};
}

template <class T>
Reply whole(const Shared& shared, const net::Request& request,
            T (*question)(const ledger::Reader&)) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  return data_reply(at_of(*view), reflect::to_json(question(*view)));
}

// previous, current, next, or the number of an epoch.
Got<base::Epoch> named_epoch(const net::Request& request, const At& at, std::string_view key) {
  const std::string_view which = request.query_value(key).value_or("current");
  if (which == "current") return at.epoch;
  if (which == "next") return at.epoch.next();
  if (which == "previous") {
    if (at.epoch.value() == 0)
      return Err{not_found("NO_COMMITTEE", "there is no epoch before epoch 0")};
    return base::Epoch(at.epoch.value() - 1);
  }
  if (key == "which")
    return Err{bad_argument(
        "INVALID_PARAMETER",
        "which \"" + std::string(which) + "\": previous, current, next or projected is due",
        {{"parameter", "which"}, {"value", std::string(which)}})};
  TRY_ASSIGN(const std::uint64_t number, parse_number(key, which, 0, UINT32_MAX));
  return base::Epoch(static_cast<std::uint32_t>(number));
}

template <class T>
Reply of_epoch(const Shared& shared, const net::Request& request, std::string_view key,
               std::optional<T> (*question)(const ledger::Reader&, base::Epoch)) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {key}));
  const At at = at_of(*view);
  TRY_ASSIGN(const base::Epoch epoch, named_epoch(request, at, key));
  const auto found = question(*view, epoch);
  const std::string number = std::to_string(epoch.value());
  if (!found)
    return Err{not_found(
        "NO_COMMITTEE",
        "no committee of epoch " + number + " is known (not chosen yet, or no longer kept)",
        {{"epoch", number}})};
  return data_reply(at, reflect::to_json(*found));
}

Reply committee(const Shared& shared, const net::Request& request) {
  if (request.query_value("which") != "projected")
    return of_epoch<spec::Committee>(shared, request, "which", queries::committee);
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"which"}));
  const auto found = queries::projected_committee(*view, shared.api.core.chain());
  if (!found)
    return Err{
        not_found("NO_COMMITTEE", "nobody has the stake that a seat takes, and nobody sits")};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply document(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  return net::json_response(json::serialize(openapi(shared.api.version)));
}

struct NodeFilter {
  std::optional<std::string> status;
  std::optional<std::uint64_t> least_stake;
  std::optional<std::uint64_t> most_bps;
  std::string words;
  std::string sort;
  std::string seed;
};

Got<NodeFilter> node_filter(const net::Request& request) {
  NodeFilter out;
  if (const auto status = request.query_value("status")) out.status = std::string(*status);
  TRY_ASSIGN(out.least_stake, query_number(request, "minStake", 0, INT64_MAX));
  TRY_ASSIGN(out.most_bps, query_number(request, "maxCommissionBps", 0, 10'000));
  out.words = std::string(request.query_value("q").value_or(""));
  out.seed = std::string(request.query_value("seed").value_or(""));
  out.sort = std::string(request.query_value("sort").value_or(""));
  std::string_view key = out.sort;
  if (!key.empty() && key.front() == '-') key.remove_prefix(1);
  if (!key.empty() && key != "name" && key != "stake" && key != "commission" && key != "id" &&
      key != "shards" && key != "apr")
    return Err{bad_argument("INVALID_PARAMETER",
                            "sort \"" + out.sort +
                                "\": id, name, stake, shards, commission or apr is due, with - "
                                "before it from the greatest down",
                            {{"parameter", "sort"}, {"value", out.sort}})};
  return out;
}

bool contains(std::string_view text, std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::search(text.begin(), text.end(), word.begin(), word.end(),
                     [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool passes(const spec::Node& node, const NodeFilter& filter) {
  if (filter.status && node.status() != *filter.status) return false;
  if (filter.least_stake && node.stake().now() < *filter.least_stake) return false;
  if (filter.most_bps && node.commission_bps() > *filter.most_bps) return false;
  return filter.words.empty() || contains(node.name(), filter.words) ||
         contains(node.address(), filter.words);
}

// Texts of rates in an order in which they can be compared: unknown, the losses, the gains.
std::string rate_place(std::string_view rate) {
  if (rate.empty()) return "";
  const bool loss = rate.front() == '-';
  if (loss) rate.remove_prefix(1);
  std::string digits = std::string(rate.size() < 24 ? 24 - rate.size() : 0, '0').append(rate);
  if (loss)
    for (char& c : digits) c = c == '.' ? c : static_cast<char>('0' + ('9' - c));
  return (loss ? "1" : "2") + digits;
}

// Where a node stands in the list; equal places fall back to the id. Without `sort` a shuffle that
// depends on the seed alone, so that nobody is first for ever.
std::string place_of(const spec::Node& node, const NodeFilter& filter) {
  std::string_view key = filter.sort;
  if (!key.empty() && key.front() == '-') key.remove_prefix(1);
  const auto number = [](std::uint64_t value) {
    return base::string_of(base::Writer().be(value).bytes());
  };
  if (key == "name") return node.name();
  if (key == "stake") return number(node.stake().now());
  if (key == "commission") return number(node.commission_bps());
  if (key == "shards") return number(node.shards());
  if (key == "apr") return rate_place(node.apr().e1());
  if (key == "id") return node.id();
  base::Writer out;
  out.le(std::uint64_t{filter.seed.size()}).text(filter.seed).text(node.id());
  return base::string_of(base::tagged_hash("wald.shuffle", {}, out.bytes()).view());
}

void add_apr(PoolRates& rates, spec::Node& node) {
  const auto apr = rates.apr(base::NodeId::from(base::as_bytes(node.id())));
  if (apr) *node.mutable_apr() = *apr;
}

std::vector<spec::Node> chosen_nodes(const core::LedgerCore& core, const store::View& view,
                                     const NodeFilter& filter) {
  PoolRates rates(core, at_of(view).epoch);
  std::vector<std::pair<std::string, spec::Node>> rows;
  for (spec::Node& node : queries::nodes(view)) {
    if (!passes(node, filter)) continue;
    add_apr(rates, node);
    rows.emplace_back(place_of(node, filter), std::move(node));
  }
  const bool down = !filter.sort.empty() && filter.sort.front() == '-';
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return down ? b.first < a.first : a.first < b.first;
  });
  std::vector<spec::Node> out;
  out.reserve(rows.size());
  for (auto& [place, node] : rows) out.push_back(std::move(node));
  return out;
}

Reply nodes(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request,
                                          {"status", "minStake", "maxCommissionBps", "q", "sort",
                                           "seed", "format", "limit", "cursor"}));
  TRY_ASSIGN(const NodeFilter filter, node_filter(request));
  return list_reply<spec::Node>(shared, request, asked,
                                [&](const store::View& view) -> Got<std::vector<spec::Node>> {
                                  return chosen_nodes(shared.api.core, view, filter);
                                });
}

Reply one_node(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"proof"}));
  TRY_ASSIGN(const auto id, path_id<base::NodeId>(request, "node", spec::KIND_NODE));
  auto node = queries::node(*view, id);
  const base::Bytes key = ledger::key_of(ledger::kNodes, id);
  if (!node) return with_proof(shared, request, *view, key, no_node(id));
  PoolRates rates(shared.api.core, at_of(*view).epoch);
  add_apr(rates, *node);
  return with_proof(shared, request, *view, key, data_reply(at_of(*view), reflect::to_json(*node)));
}

Reply exchange_rates(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::NodeId>(request, "node", spec::KIND_NODE));
  const core::Head head = shared.api.core.head();
  if (!ledger::exists(*shared.api.core.view(), ledger::kNodes, id)) return Err{no_node(id)};
  PoolRates rates(shared.api.core, head.epoch);
  return epoch_page(request, at_of(head), *spec::PoolRate::descriptor(),
                    [&](base::Epoch epoch) -> std::optional<json::object> {
                      const auto rate = rates.at(id, epoch);
                      if (!rate) return std::nullopt;
                      return reflect::to_json(*rate);
                    });
}

Reply node_history(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::NodeId>(request, "node", spec::KIND_NODE));
  const auto view = shared.api.core.view();
  if (!ledger::exists(*view, ledger::kNodes, id)) return Err{no_node(id)};
  return epoch_page(request, at_of(*view), *spec::NodeEpoch::descriptor(),
                    [&](base::Epoch epoch) -> std::optional<json::object> {
                      const auto row = queries::node_epoch(*view, id, epoch);
                      if (!row) return std::nullopt;
                      return reflect::to_json(*row);
                    });
}

Reply node_flows(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::NodeId>(request, "node", spec::KIND_NODE));
  return list_reply<spec::StakeFlow>(
      shared, request, asked, [&](const store::View& view) -> Got<std::vector<spec::StakeFlow>> {
        auto rows = queries::flows(view, id);
        if (!rows) return Err{no_node(id)};
        return *std::move(rows);
      });
}

void add_health_rows(net::Router& router, const SharedPtr& shared) {
  for (const bool readiness : {false, true}) {
    net::Route row = read_row(net::Method::kGet, readiness ? "/v1/readyz" : "/v1/livez",
                              net::LimitClass::kFree, [shared, readiness](const net::Request& r) {
                                return readiness ? ready(*shared, r) : alive(*shared, r);
                              });
    row.run_on = net::RunOn::kIoThread;
    router.add(std::move(row));
  }
}

}  // namespace

void add_state_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  add_health_rows(router, shared);
  const auto add = [&](std::string pattern, LimitClass limit,
                       const std::function<Reply(Shared&, const net::Request&)>& handler) {
    router.add(read_row(net::Method::kGet, std::move(pattern), limit,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/status", LimitClass::kPoint, status);
  add("/v1/openapi.json", LimitClass::kPoint, document);
  add("/v1/params", LimitClass::kPoint,
      [](auto& s, auto& r) { return whole<spec::Params>(s, r, queries::params); });
  add("/v1/supply", LimitClass::kPoint,
      [](auto& s, auto& r) { return whole<spec::Supply>(s, r, queries::supply); });
  add("/v1/storage/prices", LimitClass::kPoint,
      [](auto& s, auto& r) { return whole<spec::StoragePrices>(s, r, queries::storage_prices); });
  add("/v1/committee", LimitClass::kPoint, committee);
  add("/v1/shards", LimitClass::kPoint,
      [](auto& s, auto& r) { return of_epoch<spec::Shards>(s, r, "epoch", queries::shards); });
  add("/v1/nodes/{node}", LimitClass::kPoint, one_node);
  add("/v1/nodes/{node}/exchange-rates", LimitClass::kList, exchange_rates);
  add("/v1/nodes/{node}/history", LimitClass::kList, node_history);
  add("/v1/nodes/{node}/flows", LimitClass::kPoint, node_flows);
  add("/v1/nodes", LimitClass::kList, nodes);
}

}  // namespace wald::http
