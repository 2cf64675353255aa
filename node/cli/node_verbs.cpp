// SPDX-License-Identifier: Apache-2.0
// wal node: storage nodes.
#include "node/cli/session.h"
#include "specs/proto/query.pb.h"

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

Outcome<void> explain(Session& session, const Given& given) {
  TRY_ASSIGN(const base::NodeId id, session.node(given.one("NODE")));
  std::string path = "/v1/explain/reward?node=" + id_text(id.view());
  if (given.has("epoch")) {
    TRY_ASSIGN(const std::uint64_t epoch, whole_of("--epoch", given.one("epoch"), UINT32_MAX));
    path += "&epoch=" + std::to_string(epoch);
  }
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get(path));
  session.show(*spec::ExplainReward::descriptor(), reply);
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
            {"sort", "KEY", "id, name, stake, shards or commission; -KEY from the greatest down"},
            {"seed", "TEXT", "of the shuffle"}},
           list},
          {"node", "show", "all about one node", {which}, {}, show},
          {"node",
           "explain",
           "its reward of an epoch taken apart: credits and FROST lost, by cause",
           {which},
           {{"epoch", "EPOCH", "without it the running one, as far as it came"}},
           explain}};
}

}  // namespace wald::cli
