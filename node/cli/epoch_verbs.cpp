// SPDX-License-Identifier: Apache-2.0
// wal epoch: reads about the chain as a whole.
#include "node/cli/session.h"
#include "specs/proto/query.pb.h"

namespace wald::cli {
namespace {

Outcome<void> read(Session& session, const std::string& path, const reflect::Descriptor& type) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get(path));
  session.show(type, reply);
  return {};
}

// A list inside an answer, as a table in the text mode.
Outcome<void> read_rows(Session& session, const std::string& path, const reflect::Descriptor& whole,
                        const char* member, const reflect::Descriptor& row,
                        const std::vector<reflect::Column>& columns) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->get(path));
  const bool table = session.globals().output == "text" || session.globals().output == "csv";
  auto* rows = reply.data.is_object() ? reply.data.get_object().if_contains(member) : nullptr;
  if (!table || rows == nullptr || !rows->is_array()) {
    session.show(whole, reply);
    return {};
  }
  session.show_list(row, rows->get_array(), columns);
  return {};
}

Outcome<void> show(Session& session, const Given& given) {
  if (!given.has("EPOCH")) return read(session, "/v1/epoch", *spec::Epoch::descriptor());
  TRY_ASSIGN(const std::uint64_t epoch, whole_of("EPOCH", given.one("EPOCH"), UINT32_MAX));
  return read(session, "/v1/epochs/" + std::to_string(epoch), *spec::Epoch::descriptor());
}

// Until when stake still counts, and from which epoch (P-4): what is staked before the selection is
// at work in the next epoch, what comes after it in the one behind that.
Outcome<void> schedule(Session& session, const Given&) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/epoch"));
  TRY_ASSIGN(const std::uint64_t epoch, client::number_at(reply.data, "epoch"));
  TRY_ASSIGN(const std::string state, client::text_at(reply.data, "state"));
  TRY_ASSIGN(const std::string ends, client::text_at(reply.data, "endsAt"));
  const bool chosen = state == "selected";
  boost::json::object out;
  for (const char* key : {"epoch", "state", "startsAt", "handoverAt", "selectsAt", "endsAt"})
    if (const auto* value = reply.data.as_object().if_contains(key)) out[key] = *value;
  const auto selects = client::text_at(reply.data, "selectsAt");
  out["stakeNowCountsFromEpoch"] = epoch + (chosen ? 2 : 1);
  if (!chosen && selects.ok()) out["until"] = *selects;
  if (!chosen) out["thenFromEpoch"] = epoch + 2;
  session.show_local(out);
  return {};
}

Outcome<void> history(Session& session, const Given&) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const boost::json::array rows, remote->list("/v1/epochs"));
  session.show_list(*spec::Epoch::descriptor(), rows,
                    {{"epoch", "EPOCH"},
                     {"state", "STATE"},
                     {"startsAt", "STARTS"},
                     {"storagePrice", "STORAGE PRICE"},
                     {"used", "USED"},
                     {"pot", "POT"},
                     {"rewards", "REWARDS"},
                     {"burned", "BURNED"},
                     {"rounds", "ROUNDS"},
                     {"voidRounds", "VOID"}});
  return {};
}

Outcome<void> committee(Session& session, const Given& given) {
  const std::string which = given.has("which") ? given.one("which") : "current";
  return read_rows(session, "/v1/committee?which=" + net::percent_encode(which),
                   *spec::Committee::descriptor(), "members", *spec::Member::descriptor(),
                   {{"weight", "SHARDS"}, {"address", "ADDRESS"}, {"node", "NODE"}});
}

// `3, 7-9, 12` of a list of numbers in order.
std::string ranges(const boost::json::array& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1].is_int64() && numbers[last].is_int64() &&
           numbers[last + 1].get_int64() == numbers[last].get_int64() + 1)
      ++last;
    out += (out.empty() ? "" : ", ") + boost::json::serialize(numbers[i]);
    if (last > i) out += "-" + boost::json::serialize(numbers[last]);
    i = last + 1;
  }
  return out;
}

Outcome<void> shards(Session& session, const Given& given) {
  const std::string which = given.has("of") ? given.one("of") : "current";
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->get("/v1/shards?epoch=" + net::percent_encode(which)));
  auto* rows = reply.data.is_object() ? reply.data.get_object().if_contains("holders") : nullptr;
  if (session.globals().output != "text" || rows == nullptr || !rows->is_array()) {
    session.show(*spec::Shards::descriptor(), reply);
    return {};
  }
  for (auto& row : rows->get_array()) {
    auto* list = row.is_object() ? row.get_object().if_contains("shards") : nullptr;
    if (list == nullptr || !list->is_array()) continue;
    const std::size_t count = list->get_array().size();
    *list = ranges(list->get_array());
    row.get_object()["count"] = count;  // last: it may move the members
  }
  session.show_list(*spec::ShardHolder::descriptor(), rows->get_array(),
                    {{"node", "NODE"}, {"count", "COUNT"}, {"shards", "SHARDS"}});
  return {};
}

}  // namespace

Outcome<void> show_params(Session& session, const Given&) {
  return read_rows(session, "/v1/params", *spec::Params::descriptor(), "params",
                   *spec::ParamValue::descriptor(),
                   {{"name", "NAME"},
                    {"value", "VALUE"},
                    {"least", "LEAST"},
                    {"most", "MOST"},
                    {"pending", "PENDING"},
                    {"pendingEpoch", "FROM EPOCH"}});
}

Verbs epoch_verbs() {
  return {{"epoch",
           "show",
           "an epoch: times, prices, weight, money",
           {{"EPOCH", "its number; without it the running one", false}},
           {},
           show},
          {"epoch",
           "schedule",
           "its phases, until when stake still counts, and from which epoch",
           {},
           {},
           schedule},
          {"epoch", "history", "all epochs, a row each", {}, {}, history},
          {"epoch",
           "committee",
           "members with weights and addresses",
           {},
           {{"which", "WORD", "previous, current (default), next or projected"}},
           committee},
          {"epoch",
           "shards",
           "which member holds which shards",
           {},
           {{"of", "EPOCH", "previous, current (default), next or a number"}},
           shards},
          {"epoch", "params", "parameters in force with their bounds", {}, {}, show_params},
          {"epoch", "supply", "where every FROST is", {}, {}, [](Session& session, const Given&) {
             return read(session, "/v1/supply", *spec::Supply::descriptor());
           }}};
}

}  // namespace wald::cli
