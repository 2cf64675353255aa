// SPDX-License-Identifier: Apache-2.0
// wal node: storage nodes.
#include <map>

#include "node/cli/session.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_explain.pb.h"
#include "specs/proto/query_history.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;

Outcome<void> list(Session& session, const Given& given) {
  std::string query;
  const auto add = [&](const std::string& key, const std::string& value) {
    query += (query.empty() ? "?" : "&") + key + "=" + net::percent_encode(value);
  };
  for (const char* key : {"status", "sort", "seed", "q"})
    if (given.has(key)) add(key, given.one(key));
  if (given.has("max-commission")) {
    TRY_ASSIGN(const std::uint32_t bps, rate_of("--max-commission", given.one("max-commission")));
    add("maxCommissionBps", std::to_string(bps));
  }
  if (given.has("min-stake")) {
    TRY_ASSIGN(const std::uint64_t frost, amount_of("--min-stake", given.one("min-stake")));
    add("minStake", std::to_string(frost));
  }
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows, remote->list("/v1/nodes" + query));
  session.show_list(*spec::Node::descriptor(), rows,
                    {{"name", "NAME"},
                     {"status", "STATUS"},
                     {"stake.now", "STAKE"},
                     {"stake.next", "NEXT"},
                     {"shards", "SHARDS"},
                     {"commissionBps", "COMMISSION"},
                     {"apr.e1", "APR 1"},
                     {"apr.e4", "APR 4"},
                     {"id", "ID"}});
  return {};
}

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const base::NodeId id, session.node(given.one("NODE")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  if (session.globals().verify) {
    TRY_ASSIGN(const client::Trust trust, session.trust());
    TRY_ASSIGN(const client::Reply proved, client::verified_node(*remote, trust, id));
    session.show(*spec::Node::descriptor(), proved);
    return {};
  }
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/nodes/" + id_text(id.view())));
  session.show(*spec::Node::descriptor(), reply);
  return {};
}

Outcome<void> history(Session& session, const Given& given) {
  TRY_ASSIGN(const base::NodeId id, session.node(given.one("NODE")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows, remote->list("/v1/nodes/" + id_text(id.view()) + "/history"));
  session.show_list(*spec::NodeEpoch::descriptor(), rows,
                    {{"epoch", "EPOCH"},
                     {"shards", "SHARDS"},
                     {"scorePpm", "SCORE"},
                     {"full", "FULL"},
                     {"reward", "REWARD"},
                     {"commission", "COMMISSION"},
                     {"delegators", "DELEGATORS"},
                     {"fine", "FINE"}});
  return {};
}

json::array taken(json::object& data, const char* key) {
  auto* found = data.if_contains(key);
  json::array out = found != nullptr && found->is_array() ? found->get_array() : json::array();
  data.erase(key);
  return out;
}

// In the order of counting, so that the row that decides is where the sum reaches the quorum.
Outcome<void> votes(Session& session, const Given& given) {
  const std::map<std::string, std::string> kWhat{
      {"storage-price", "storage"}, {"write-price", "write"}, {"capacity", "capacity"}};
  const auto what = kWhat.find(given.has("param") ? given.one("param") : "storage-price");
  if (what == kWhat.end())
    return client::usage("--param \"" + given.one("param") + "\"",
                         "storage-price, write-price or capacity");
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->get("/v1/explain/price?what=" + what->second));
  json::array rows;
  if (session.globals().output == "text" && reply.data.is_object())
    rows = taken(reply.data.get_object(), "votes");
  session.show(*spec::ExplainPrice::descriptor(), reply);
  if (!rows.empty())
    session.show_list(*spec::CountedVote::descriptor(), rows,
                      {{"value", "VOTE"},
                       {"weight", "SHARDS"},
                       {"sum", "SUM"},
                       {"decides", "DECIDES"},
                       {"node", "NODE"}});
  return {};
}

Outcome<void> delegators(Session& session, const Given& given) {
  TRY_ASSIGN(const base::NodeId id, session.node(given.one("NODE")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows,
             remote->list("/v1/nodes/" + id_text(id.view()) + "/delegations"));
  session.show_list(*spec::Stake::descriptor(), rows,
                    {{"id", "ID"},
                     {"owner", "OWNER"},
                     {"state", "STATE"},
                     {"principal", "PRINCIPAL"},
                     {"valueNow", "VALUE"}});
  return {};
}

// full less each loss is what was earned; less the commission, what the delegators got.
std::vector<std::string> account_for(const Session& session, const json::value& data,
                                     const json::array& losses) {
  const auto closed = data.get_object().if_contains("closed");
  if (closed == nullptr || !closed->is_bool() || !closed->get_bool())
    return {"The epoch is not paid yet: figures are what they would be now."};
  std::vector<std::pair<std::string, std::string>> rows;
  const auto add = [&](const std::string& what, const json::value& of, const char* key,
                       const char* sign) {
    const auto frost = client::number_at(of, key);
    if (frost.ok()) rows.emplace_back(what, sign + session.money(*frost));
  };
  add("full reward of its shards", data, "full", "");
  for (const auto& loss : losses) {
    const auto cause = client::text_at(loss, "cause");
    const auto points = client::text_at(loss, "points");
    if (cause.ok() && points.ok())
      add("lost: " + reflect::safe(*cause) + " (" + reflect::safe(*points) + " points)", loss,
          "amount", "- ");
  }
  add("earned", data, "reward", "= ");
  add("commission", data, "commission", "- ");
  add("to the delegators", data, "delegators", "= ");
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (const auto& [what, figure] : rows) {
    std::string& line = out.emplace_back(what);
    line.append(width + 2 - what.size(), ' ').append(figure);
  }
  return out;
}

Outcome<void> explain(Session& session, const Given& given) {
  TRY_ASSIGN(const base::NodeId id, session.node(given.one("NODE")));
  std::string path = "/v1/explain/reward?node=" + id_text(id.view());
  if (given.has("epoch")) {
    TRY_ASSIGN(const std::uint64_t epoch, whole_of("--epoch", given.one("epoch"), UINT32_MAX));
    path += "&epoch=" + std::to_string(epoch);
  }
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->get(path));
  if (session.globals().output != "text" || !reply.data.is_object()) {
    session.show(*spec::ExplainReward::descriptor(), reply);
    return {};
  }
  json::object& data = reply.data.get_object();
  const json::array rounds = taken(data, "byRound");
  const json::array losses = taken(data, "losses");
  session.show(*spec::ExplainReward::descriptor(), reply);
  if (!rounds.empty())
    session.show_list(*spec::RoundScore::descriptor(), rounds,
                      {{"round", "ROUND"},
                       {"outcome", "OUTCOME"},
                       {"due", "DUE"},
                       {"ok", "OK"},
                       {"credits", "CREDITS"},
                       {"unavailable", "UNAVAILABLE"},
                       {"lost", "LOST"},
                       {"revealed", "REVEALED"},
                       {"row", "ROW"}});
  for (const std::string& line : account_for(session, data, losses)) print_line(line);
  return {};
}

}  // namespace

Verbs node_verbs() {
  const Argument which{"NODE", "0x.. or the node's name"};
  return {{"node",
           "list",
           "nodes; without --sort in the order of a shuffle",
           {},
           {{"status", "WORD", "active, candidate, leaving or left"},
            {"max-commission", "RATE", "as 5% or 500bps"},
            {"min-stake", "AMOUNT", "stake that counts now"},
            {"q", "TEXT", "part of the name or address"},
            {"sort", "KEY", "id, name, stake, shards, commission, apr; -KEY: greatest first"},
            {"seed", "TEXT", "of the shuffle"}},
           list},
          {"node", "show", "all about one node", {which}, {}, show},
          {"node",
           "history",
           "score, rewards and commission of each epoch it was paid for",
           {which},
           {},
           history},
          {"node",
           "votes",
           "votes of members on a price or the capacity, in the order of counting",
           {},
           {{"param", "WORD", "storage-price (default), write-price or capacity"}},
           votes},
          {"node", "delegators", "stakes with a node", {which}, {}, delegators},
          {"node",
           "explain",
           "its reward of an epoch taken apart: credits and FROST lost, by cause",
           {which},
           {{"epoch", "EPOCH", "without it the running one, as far as it came"}},
           explain}};
}

}  // namespace wald::cli
