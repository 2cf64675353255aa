// SPDX-License-Identifier: Apache-2.0
#include "node/http/history.h"

#include <algorithm>

#include "ledger/records.h"
#include "node/reflect/schema.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace json = boost::json;

constexpr std::size_t kBatch = 256;

std::string type_of(const spec::EventRecord& record) {
  const auto* body = reflect::event_body(record);
  return body == nullptr ? "" : reflect::event_type(*body->GetDescriptor());
}

bool names(const std::vector<std::string_view>& ids, base::ByteView id) {
  return std::find(ids.begin(), ids.end(), base::as_text(id)) != ids.end();
}

bool passes(const core::StoredEvent& event, const EventFilter& filter) {
  const auto& types = filter.types;
  if (!types.empty() && !std::binary_search(types.begin(), types.end(), event.record.body_case()))
    return false;
  if (!filter.account || !filter.node) return true;  // one of them chose the index
  const auto* body = reflect::event_body(event.record);
  return body != nullptr && names(reflect::event_names(*body).nodes, filter.node->view());
}

std::vector<core::StoredEvent> next_batch(const core::LedgerCore& core, const EventFilter& filter,
                                          std::uint64_t after) {
  if (filter.account) return core.events_of(*filter.account, after, kBatch);
  if (filter.node) return core.events_of(*filter.node, after, kBatch);
  if (!filter.types.empty()) return core.events_of(filter.types, after, kBatch);
  return core.events(after, kBatch);
}

// The move of an account's balance in this event, if there is one.
const spec::Posting* balance_move(const spec::EventRecord& record, const base::AccountId& account) {
  const auto* body = reflect::event_body(record);
  if (body == nullptr) return nullptr;
  const auto* field = body->GetDescriptor()->FindFieldByName("postings");
  if (field == nullptr) return nullptr;
  const auto& reflection = *body->GetReflection();
  for (int i = 0; i < reflection.FieldSize(*body, field); ++i) {
    const auto* posting =
        dynamic_cast<const spec::Posting*>(&reflection.GetRepeatedMessage(*body, field, i));
    if (posting != nullptr && posting->table() == ledger::kAccounts.prefix &&
        posting->field() == "balance" && posting->key() == base::as_text(account.view()))
      return posting;
  }
  return nullptr;
}

json::object history_line(const core::StoredEvent& event, const base::AccountId& account) {
  json::object out = event_line(event);
  const std::string type = type_of(event.record);
  out["kind"] = std::string(kind_of(type));
  const spec::Posting* move = balance_move(event.record, account);
  if (move == nullptr) return out;
  const bool in = move->after() >= move->before();
  const std::uint64_t amount = in ? move->after() - move->before() : move->before() - move->after();
  out["change"] = (in ? "" : "-") + std::to_string(amount);
  out["before"] = std::to_string(move->before());
  out["after"] = std::to_string(move->after());
  return out;
}

// The two forms of an amount that CSV has; a change may carry a sign.
void add_money_columns(json::object& row) {
  for (const char* name : {"change", "before", "after"}) {
    const auto* value = row.if_contains(name);
    if (value == nullptr) continue;
    const std::string text(value->as_string());
    const bool minus = text.starts_with('-');
    const auto frost = reflect::parse_whole(text.substr(minus ? 1 : 0));
    WALD_CHECK(frost.ok());  // written by history_line
    const std::string wal = reflect::format_wal(*frost);
    row[std::string(name) + "Frost"] = text;
    row[std::string(name) + "Wal"] = (minus ? "-" : "") + wal.substr(0, wal.find(' '));
  }
}

// Types of the kinds asked for; a kind that does not exist is refused.
Got<std::vector<std::string>> kinds_asked(const net::Request& request) {
  std::vector<std::string> kinds = split_list(request.query_value("kind").value_or(""));
  constexpr std::string_view kKnown[] = {"fee",        "transfer", "burn", "stake", "reward",
                                         "commission", "storage",  "node", "other"};
  for (const std::string& kind : kinds)
    if (std::find(std::begin(kKnown), std::end(kKnown), kind) == std::end(kKnown))
      return base::Err{bad_argument("INVALID_PARAMETER",
                                    "kind \"" + kind +
                                        "\": fee, transfer, burn, stake, reward, commission, "
                                        "storage, node or other is due",
                                    {{"parameter", "kind"}, {"value", kind}})};
  return kinds;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (comma != 0) out.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

EventRange find_events(const core::LedgerCore& core, const EventFilter& filter, std::uint64_t after,
                       std::size_t limit) {
  EventRange out;
  out.looked = after;
  const std::uint64_t newest = core.head().events;  // at most what is looked through below
  std::size_t looked = 0;
  while (out.events.size() < limit && looked < kMostLooked) {
    std::vector<core::StoredEvent> batch = next_batch(core, filter, out.looked);
    for (core::StoredEvent& event : batch) {
      if (out.events.size() == limit) return out;
      out.looked = event.record.seq();
      ++looked;
      if (passes(event, filter)) out.events.push_back(std::move(event));
    }
    if (batch.size() < kBatch) {
      out.looked = std::max(out.looked, newest);
      out.at_end = true;
      return out;
    }
  }
  return out;
}

json::object event_line(const core::StoredEvent& event) {
  return reflect::event_json(event.record, event.time.value(), event.epoch.value());
}

std::vector<reflect::Column> event_columns() {
  std::vector<reflect::Column> out;
  for (const char* name : {"seq", "height", "index", "time", "epoch", "txDigest", "type", "rule",
                           "accounts", "nodes", "body"})
    out.push_back({name, name});
  return out;
}

std::string_view kind_of(std::string_view type) {
  const std::string_view family = type.substr(0, type.find('.'));
  if (type == "account.feeCharged") return "fee";
  if (family == "account") return "transfer";
  if (type == "token.burned") return "burn";
  if (family == "storage" || family == "blob") return "storage";
  if (family == "stake" || family == "reward" || family == "commission" || family == "node")
    return family;
  return "other";
}

Reply account_history(Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"kind", "fromEpoch", "format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  TRY_ASSIGN(const std::uint64_t limit, query_limit(request));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  TRY_ASSIGN(const auto from_epoch, query_number(request, "fromEpoch", 0, UINT32_MAX));
  TRY_ASSIGN(const auto kinds, kinds_asked(request));
  EventFilter filter;
  filter.account = id;
  const core::Head head = shared.api.core.head();
  std::uint64_t after = cursor ? cursor->position : 0;
  json::array data;
  bool at_end = false;
  std::size_t looked = 0;
  while (data.size() < limit && !at_end && looked < kMostLooked) {
    const EventRange range = find_events(shared.api.core, filter, after, limit - data.size());
    for (const core::StoredEvent& event : range.events) {
      const std::string kind(kind_of(type_of(event.record)));
      const bool wanted =
          kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
      if (wanted && event.epoch.value() >= from_epoch.value_or(0))
        data.push_back(history_line(event, id));
    }
    looked += range.events.size();
    after = range.looked;
    at_end = range.at_end;
  }
  const Page page{limit, at_end ? "" : write_cursor(request, {0, after}), after};
  std::vector<reflect::Column> columns = event_columns();
  columns.push_back({"kind", "kind"});
  for (const char* amount : {"change", "before", "after"})
    for (const char* unit : {"Frost", "Wal"}) columns.push_back({std::string(amount) + unit, ""});
  if (request.query_value("format") == "csv")
    for (auto& row : data) add_money_columns(row.get_object());
  return list_page(request, at_of(head), *spec::EventRecord::descriptor(), columns, std::move(data),
                   page);
}

}  // namespace wald::http
