// SPDX-License-Identifier: Apache-2.0
// wal stake: delegate, leave, be paid.
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "node/reflect/units.h"
#include "specs/proto/query.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::usage;

Outcome<base::NodeId> node_given(Session& session, const Given& given) {
  if (given.one("node").empty()) return usage("--node is missing", "--node NODE");
  return session.node(given.one("node"));
}

Outcome<void> estimate(Session& session, const Given& given) {
  TRY_ASSIGN(const std::uint64_t frost, amount_of("--amount", given.one("amount")));
  TRY_ASSIGN(const base::NodeId node, node_given(session, given));
  const json::object asked{{"node", id_text(node.view())}, {"amount", std::to_string(frost)}};
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->post("/v1/estimate/stake", asked));
  TRY_ASSIGN(const client::Reply gains, remote->post("/v1/estimate/rewards", asked));
  json::object& data = reply.data.get_object();
  for (const auto& [from, to] : {std::pair{"e1", "gainLikeLast1"}, std::pair{"e4", "gainLikeLast4"},
                                 std::pair{"e12", "gainLikeLast12"}})
    if (const auto gain = client::number_at(gains.data, from); gain.ok())
      data[to] = session.json_mode() ? std::to_string(*gain) : session.money(*gain);
  session.show(*spec::StakeEstimate::descriptor(), reply);
  return {};
}

Outcome<void> add(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const std::uint64_t frost, amount_of("--amount", given.one("amount")));
  TRY_ASSIGN(const base::NodeId node, node_given(session, given));
  Change one;
  auto& delegate = *one.operation.mutable_delegate_stake();
  delegate.set_node(base::string_of(node.view()));
  delegate.set_amount(frost);
  delegate.set_bond(given.has("bond"));
  if (given.has("vesting")) {
    TRY_ASSIGN(const base::ObjectId vesting, session.object(given.one("vesting")));
    delegate.set_vesting(base::string_of(vesting.view()));
  }
  return change(session, one);
}

Outcome<client::Reply> read_stake(Session& session, const base::ObjectId& id) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  if (!session.globals().verify) return remote->get("/v1/stakes/" + id_text(id.view()));
  TRY_ASSIGN(const client::Trust trust, session.trust());
  return client::verified_stake(*remote, trust, id);
}

// The early-exit fee as it would be fixed now, and from when on there is none. Where nothing
// can be fixed the simulation says why.
Outcome<std::vector<std::string>> fee_notes(Session& session, const json::object& asked) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  const auto reply = remote->post("/v1/estimate/unstake", asked);
  if (!reply.ok()) return std::vector<std::string>();
  TRY_ASSIGN(const std::uint64_t ppm, client::number_at(reply->data, "feePpm"));
  TRY_ASSIGN(const std::uint64_t fee, client::number_at(reply->data, "feeNow"));
  TRY_ASSIGN(const std::uint64_t value, client::number_at(reply->data, "valueNow"));
  TRY_ASSIGN(const std::uint64_t zero, client::number_at(reply->data, "zeroFrom"));
  const std::string digits = std::to_string(10'000 + ppm % 10'000).substr(1);
  const std::string percent = std::to_string(ppm / 10'000) + "." + digits + " %";
  return std::vector<std::string>{
      "early-exit fee " + percent + ", now " + session.money(fee) + " of " + session.money(value),
      "nothing for a stake that is out in epoch " + std::to_string(zero) + " or later"};
}

Outcome<void> unstake(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("STAKE")));
  Change one;
  auto& exit = *one.operation.mutable_request_exit();
  exit.set_stake(base::string_of(id.view()));
  json::object asked{{"stake", id_text(id.view())}};
  if (given.has("amount")) {
    TRY_ASSIGN(const std::uint64_t frost, amount_of("--amount", given.one("amount")));
    exit.set_amount(frost);
    asked["amount"] = std::to_string(frost);
  }
  TRY_ASSIGN(one.notes, fee_notes(session, asked));
  return change(session, one);
}

Outcome<void> split(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("STAKE")));
  TRY_ASSIGN(const std::uint64_t frost, amount_of("--amount", given.one("amount")));
  Change one;
  one.operation.mutable_split_stake()->set_stake(base::string_of(id.view()));
  one.operation.mutable_split_stake()->set_amount(frost);
  return change(session, one);
}

Outcome<void> merge(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("STAKE")));
  TRY_ASSIGN(const base::ObjectId other, session.object(given.one("OTHER")));
  Change one;
  one.operation.mutable_merge_stakes()->set_stake(base::string_of(id.view()));
  one.operation.mutable_merge_stakes()->set_other(base::string_of(other.view()));
  return change(session, one);
}

// What may leave at once is staked at the target in one; else the plan has a second step, which the
// preview names.
Outcome<void> move(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("STAKE")));
  if (given.one("to").empty()) return usage("--to is missing", "--to NODE");
  TRY_ASSIGN(const base::NodeId node, session.node(given.one("to")));
  Change one;
  one.operation.mutable_move_stake()->set_stake(base::string_of(id.view()));
  one.operation.mutable_move_stake()->set_node(base::string_of(node.view()));
  one.notes.push_back(
      "a stake that cannot leave at once is asked back instead: wal stake show names");
  one.notes.push_back(
      "its exit epoch; from then on wal stake withdraw and wal stake add finish it");
  return change(session, one);
}

// Stakes of the sender whose exit epoch has come.
Outcome<std::vector<base::ObjectId>> all_ready(Session& session) {
  TRY_ASSIGN(const base::AccountId owner, session.account(""));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply now, remote->get("/v1/epoch"));
  TRY_ASSIGN(const std::uint64_t epoch, client::number_at(now.data, "epoch"));
  TRY_ASSIGN(const json::array rows,
             remote->list("/v1/accounts/" + id_text(owner.view()) + "/stakes"));
  std::vector<base::ObjectId> out;
  for (const auto& row : rows) {
    TRY_ASSIGN(const std::string state, client::text_at(row, "state"));
    const auto* exit = row.get_object().if_contains("exit");
    if (state != "withdrawing" || exit == nullptr) continue;
    TRY_ASSIGN(const std::uint64_t due, client::number_at(*exit, "epoch"));
    if (due > epoch) continue;
    TRY_ASSIGN(const std::string id, client::text_at(row, "id"));
    TRY_ASSIGN(const base::ObjectId stake, session.object(id));
    out.push_back(stake);
  }
  return out;
}

// Each is paid or refused alone: how many were, by the events of the transaction.
Outcome<void> count_paid(Session& session, const client::Sent& sent, std::size_t asked) {
  const json::value result = sent.result;
  const auto state = client::text_at(result, "state");
  if (!state.ok() || *state != "committed") return {};
  TRY_ASSIGN(const std::uint64_t first, client::number_at(result, "firstEvent"));
  TRY_ASSIGN(const std::uint64_t count, client::number_at(result, "events"));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply events, remote->get("/v1/events?limit=1000&after=" +
                                                     std::to_string(first == 0 ? 0 : first - 1)));
  std::size_t paid = 0;
  if (events.data.is_array())
    for (const auto& event : events.data.get_array()) {
      const auto seq = client::number_at(event, "seq");
      const auto type = client::text_at(event, "type");
      if (seq.ok() && type.ok() && *seq < first + count && *type == "stake.withdrawn") ++paid;
    }
  if (paid >= asked) return {};
  return client::fail(Exit::kInPart, "IN_PART",
                      std::to_string(paid) + " of " + std::to_string(asked) + " stakes were paid",
                      "wal stake show says of each when it can be withdrawn");
}

Outcome<void> withdraw(Session& session, const Given& given) {
  TRY(may_change(session));
  std::vector<base::ObjectId> ids;
  for (const auto& text : given.all("STAKE")) {
    TRY_ASSIGN(const base::ObjectId id, session.object(text));
    ids.push_back(id);
  }
  if (ids.empty() != given.has("all-ready"))
    return usage("either stakes or --all-ready is due", "wal stake withdraw 0x.. 0x..");
  if (ids.empty()) {
    TRY_ASSIGN(ids, all_ready(session));
    if (ids.empty()) {
      session.say("no stake can be withdrawn now");
      return {};
    }
  }
  if (ids.size() > 64) {
    session.say("only the first 64 of " + std::to_string(ids.size()) + "; run it again");
    ids.resize(64);
  }
  Change one;
  for (const auto& id : ids)
    one.operation.mutable_withdraw_stake()->add_stakes(base::string_of(id.view()));
  TRY_ASSIGN(const auto sent, apply_change(session, one));
  if (!sent) return {};
  return count_paid(session, *sent, ids.size());
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId owner, session.account(given.one("owner")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows,
             remote->list("/v1/accounts/" + id_text(owner.view()) + "/stakes"));
  session.show_list(*spec::Stake::descriptor(), rows,
                    {{"state", "STATE"},
                     {"principal", "PRINCIPAL"},
                     {"valueNow", "VALUE"},
                     {"activeFrom.epoch", "ACTIVE"},
                     {"exit.epoch", "EXIT"},
                     {"node", "NODE"},
                     {"id", "ID"}});
  return {};
}

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("STAKE")));
  TRY_ASSIGN(const client::Reply reply, read_stake(session, id));
  session.show(*spec::Stake::descriptor(), reply);
  return {};
}

}  // namespace

Verbs stake_verbs() {
  const Option node{"node", "NODE", "0x.. or the node's name (with ://, the node to ask)", true,
                    true};
  const Option amount{"amount", "AMOUNT", "as 1500WAL", true};
  const Argument stake{"STAKE", "id of the stake, 0x.."};
  return {{"stake",
           "add",
           "put stake behind a node",
           {},
           {node,
            amount,
            {"bond", "", "the operator's own bond: charged before the pool"},
            {"vesting", "ID", "stake WAL that is locked in this vesting"}},
           add},
          {"stake",
           "unstake",
           "ask for a stake back; exit epoch and fee are fixed now",
           {stake},
           {{"amount", "AMOUNT", "principal of a part; without it all"}},
           unstake},
          {"stake",
           "withdraw",
           "be paid what can leave",
           {{"STAKE", "ids of stakes", false, true}},
           {{"all-ready", "", "all whose exit epoch has come"}},
           withdraw},
          {"stake",
           "split",
           "make two stakes of one, with the same dates",
           {stake},
           {{"amount", "AMOUNT", "principal of the new stake", true}},
           split},
          {"stake",
           "merge",
           "make one stake of two of the same node and the same dates",
           {stake, {"OTHER", "id of the stake that ends in it, 0x.."}},
           {},
           merge},
          {"stake",
           "move",
           "to another node: at once where it may leave at once, else it is asked back",
           {stake},
           {{"to", "NODE", "0x.. or the node's name (with ://, the node to ask)", true, true}},
           move},
          {"stake",
           "transfer",
           "give a stake to another account",
           {stake, {"TO", "account that gets it, 0x.. or a key"}},
           {},
           [](Session& session, const Given& given) {
             return transfer_object(session, given.one("STAKE"), given.one("TO"));
           }},
          {"stake",
           "list",
           "stakes of an account",
           {},
           {{"owner", "ACCOUNT", "0x.. or a key; without it that of --from"}},
           list},
          {"stake", "show", "state, value and way out", {stake}, {}, show},
          {"stake", "estimate", "what a delegation would mean", {}, {node, amount}, estimate}};
}

}  // namespace wald::cli
