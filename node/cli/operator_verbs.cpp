// SPDX-License-Identifier: Apache-2.0
// wal operator: a node's registration, votes and commission.
#include "codec/base/text.h"
#include "ledger/signing.h"
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "node/client/registration.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_market.pb.h"
#include "specs/proto/query_powers.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::usage;

// --node, or the one node for which the sender has this right.
Outcome<base::NodeId> own_node(Session& session, const Given& given, const std::string& right) {
  if (given.has("node") && !given.one("node").empty()) return session.node(given.one("node"));
  TRY_ASSIGN(const base::AccountId mine, session.account(""));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows, remote->list("/v1/nodes"));
  std::vector<std::string> found;
  for (const auto& row : rows) {
    const auto holder = client::text_at(row, right);
    if (!holder.ok() || *holder != id_text(mine.view())) continue;
    TRY_ASSIGN(const std::string id, client::text_at(row, "id"));
    found.push_back(id);
  }
  if (found.size() == 1) return session.node(found.front());
  return usage(found.empty() ? "no node belongs to this key" : "several nodes belong to this key",
               "--node NODE says which");
}

Outcome<void> status(Session& session, const Given& given) {
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/nodes/" + id_text(node.view())));
  session.show(*spec::Node::descriptor(), reply);
  return {};
}

// What a node said and missed beside its proofs, and how far it is from its next shard.
template <class Row>
Outcome<void> of_own_node(Session& session, const Given& given, const char* part) {
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/nodes/" + id_text(node.view()) + part));
  session.show(*Row::descriptor(), reply);
  return {};
}

Outcome<void> duties(Session& session, const Given& given) {
  return of_own_node<spec::NodeDuties>(session, given, "/duties");
}

Outcome<void> next_seat(Session& session, const Given& given) {
  return of_own_node<spec::NextSeat>(session, given, "/next-seat");
}

Outcome<keys::Key> node_key(Session& session, const std::string& name, keys::Role role,
                            bool test_chain) {
  TRY_ASSIGN(const client::WalletKey key, session.wallet().find(name));
  if (key.info.role != role)
    return client::fail(Exit::kKey, "WRONG_ROLE",
                        "the key \"" + name + "\" has the role " +
                            std::string(keys::role_name(key.info.role)) + ", due is " +
                            std::string(keys::role_name(role)),
                        "wal keys new NAME --role " + std::string(keys::role_name(role)));
  return session.wallet().open(key, test_chain, session.passphrase());
}

// What is given of a description, into the metadata of a message that has some.
template <class Message>
bool describe(const Given& given, Message& out) {
  bool any = false;
  for (const char* key : {"description", "image-url", "project-url"}) {
    if (!given.has(key)) continue;
    any = true;
    auto& metadata = *out.mutable_metadata();
    if (key == std::string("description")) metadata.set_description(given.one(key));
    if (key == std::string("image-url")) metadata.set_image_url(given.one(key));
    if (key == std::string("project-url")) metadata.set_project_url(given.one(key));
  }
  return any;
}

// All but the keys and their proofs.
Outcome<spec::RegisterNode> described_node(Session& session, const Given& given) {
  spec::RegisterNode out;
  out.set_name(given.one("name"));
  out.set_address(given.one("address"));
  describe(given, out);
  TRY_ASSIGN(const std::uint32_t commission, rate_of("--commission", given.one("commission")));
  TRY_ASSIGN(const std::uint64_t storage, amount_of("--storage-price", given.one("storage-price")));
  TRY_ASSIGN(const std::uint64_t write, amount_of("--write-price", given.one("write-price")));
  TRY_ASSIGN(const std::uint64_t capacity, size_of("--capacity", given.one("capacity")));
  out.set_commission(commission);
  out.set_storage_price(storage);
  out.set_write_price(write);
  out.set_capacity(capacity);
  TRY_ASSIGN(const base::AccountId receiver, session.account(given.one("commission-account")));
  TRY_ASSIGN(const base::AccountId voter, session.account(given.one("governance-account")));
  out.set_commission_account(base::string_of(receiver.view()));
  out.set_governance_account(base::string_of(voter.view()));
  return out;
}

Outcome<void> register_node(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(spec::RegisterNode node, described_node(session, given));
  TRY_ASSIGN(const base::AccountId sender, session.account(""));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply status, remote->get("/v1/status"));
  TRY_ASSIGN(const std::uint64_t epoch, client::number_at(status.data, "epoch"));
  TRY_ASSIGN(const std::string chain, client::text_at(status.data, "chain"));
  const auto* test = status.data.get_object().if_contains("test");
  const bool test_chain = test != nullptr && test->is_bool() && test->get_bool();
  const auto chain_bytes = base::from_hex(chain.substr(std::min<std::size_t>(2, chain.size())));
  if (!chain_bytes || chain_bytes->size() != 32)
    return client::fail(Exit::kUnexpected, "STRANGE_ANSWER", "the chain id is no hash");
  TRY_ASSIGN(const keys::Key protocol,
             node_key(session, given.one("protocol-key"), keys::Role::kProtocol, test_chain));
  TRY_ASSIGN(const keys::Key vrf,
             node_key(session, given.one("vrf-key"), keys::Role::kVrf, test_chain));
  const base::Epoch running(static_cast<std::uint32_t>(epoch));
  client::prove_possession(node,
                           {base::ChainId::from(*chain_bytes), sender, running, running.next()},
                           protocol.seed, vrf.seed);
  Change one;
  *one.operation.mutable_register_node() = node;
  one.notes.push_back("node id   " + id_text(ledger::node_id(protocol.info.public_key).view()));
  one.notes.push_back("good in epoch " + std::to_string(epoch) + " only");
  return change(session, one);
}

Outcome<void> set_votes(Session& session, const Given& given) {
  TRY(may_change(session));
  Change one;
  auto& votes = *one.operation.mutable_set_votes();
  if (given.has("storage-price")) {
    TRY_ASSIGN(const std::uint64_t frost, amount_of("--storage-price", given.one("storage-price")));
    votes.set_storage_price(frost);
  }
  if (given.has("write-price")) {
    TRY_ASSIGN(const std::uint64_t frost, amount_of("--write-price", given.one("write-price")));
    votes.set_write_price(frost);
  }
  if (given.has("capacity")) {
    TRY_ASSIGN(const std::uint64_t bytes, size_of("--capacity", given.one("capacity")));
    votes.set_capacity(bytes);
  }
  if (!votes.has_storage_price() && !votes.has_write_price() && !votes.has_capacity())
    return usage("nothing to vote for", "see --help");
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  votes.set_node(base::string_of(node.view()));
  return change(session, one);
}

Outcome<void> set_commission(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const std::uint32_t bps, rate_of("RATE", given.one("RATE")));
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  Change one;
  one.operation.mutable_set_commission()->set_node(base::string_of(node.view()));
  one.operation.mutable_set_commission()->set_commission(bps);
  return change(session, one);
}

// Name and address stay where they are not named; description and links are one thing and are
// replaced together.
Outcome<void> set_info(Session& session, const Given& given) {
  TRY(may_change(session));
  Change one;
  auto& info = *one.operation.mutable_set_node_info();
  bool any = describe(given, info);
  if (given.has("name")) info.set_name(given.one("name"));
  const std::string address = given.one("HOST:PORT");
  if (!address.empty()) info.set_address(address);
  any = any || given.has("name") || !address.empty();
  if (!any) return usage("nothing to change", "see --help");
  if (info.has_metadata())
    one.notes.push_back("description and links are replaced together: what is not named goes");
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  info.set_node(base::string_of(node.view()));
  return change(session, one);
}

Outcome<void> hand_on(Session& session, const Given& given, spec::NodeRole role,
                      const std::string& right) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::AccountId account, session.account(given.one("ACCOUNT")));
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, right));
  Change one;
  auto& authority = *one.operation.mutable_set_authority();
  authority.set_node(base::string_of(node.view()));
  authority.set_role(role);
  authority.set_account(base::string_of(account.view()));
  one.notes.push_back("only the other account can hand the role back");
  return change(session, one);
}

Outcome<void> leave(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  Change one;
  one.operation.mutable_leave_node()->set_node(base::string_of(node.view()));
  one.notes.push_back("no new stake from now on, and no shards from the next selection on");
  one.notes.push_back("wal operator return takes it back until then, later nothing does");
  return change(session, one);
}

Outcome<void> stay(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "operator"));
  Change one;
  one.operation.mutable_return_node()->set_node(base::string_of(node.view()));
  return change(session, one);
}

Outcome<void> collect(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::NodeId node, own_node(session, given, "commissionAccount"));
  Change one;
  one.operation.mutable_collect_commission()->set_node(base::string_of(node.view()));
  return change(session, one);
}

Option node_option() {
  return {"node", "NODE", "0x.. or the node's name; without it the sender's", false, true};
}

// What the node tells about itself, who holds its roles, and that it leaves.
Verbs standing_verbs() {
  const Option node = node_option();
  return {{"operator",
           "set-metadata",
           "change what the node tells about itself",
           {},
           {node,
            {"name", "TEXT", "name shown to people"},
            {"description", "TEXT", "a few sentences"},
            {"image-url", "URL", "a picture"},
            {"project-url", "URL", "the operator's page"}},
           set_info},
          {"operator",
           "set-address",
           "change the public address of the storage service",
           {{"HOST:PORT", "where clients and other nodes find it"}},
           {node},
           set_info},
          {"operator",
           "set-operator",
           "hand the node on to another account",
           {{"ACCOUNT", "0x.. or a key"}},
           {node},
           [](Session& session, const Given& given) {
             return hand_on(session, given, spec::NODE_ROLE_OPERATOR, "operator");
           }},
          {"operator",
           "set-commission-receiver",
           "another account collects and receives the commission",
           {{"ACCOUNT", "0x.. or a key"}},
           {node},
           [](Session& session, const Given& given) {
             return hand_on(session, given, spec::NODE_ROLE_COMMISSION, "commissionAccount");
           }},
          {"operator",
           "set-governance",
           "another account votes in ballots",
           {{"ACCOUNT", "0x.. or a key"}},
           {node},
           [](Session& session, const Given& given) {
             return hand_on(session, given, spec::NODE_ROLE_GOVERNANCE, "governanceAccount");
           }},
          {"operator", "leave", "announce that the node leaves", {}, {node}, leave},
          {"operator", "return", "take that back before the next selection", {}, {node}, stay}};
}

}  // namespace

Verbs operator_verbs() {
  const Option node = node_option();
  const Option storage{"storage-price", "AMOUNT", "vote: per unit of 1 MiB and epoch"};
  const Option write{"write-price", "AMOUNT", "vote: for writing a unit of 1 MiB"};
  const Option capacity{"capacity", "SIZE", "bytes it offers, as 20TiB"};
  const auto required = [](Option option) {
    option.required = true;
    return option;
  };
  Verbs out{
      {"operator",
       "register",
       "register a storage node; the sender becomes its operator",
       {},
       {{"name", "TEXT", "name shown to people", true},
        {"address", "HOST:PORT", "public address of its storage service", true},
        {"protocol-key", "KEY", "key of the role protocol", true},
        {"vrf-key", "KEY", "key of the role vrf", true},
        {"commission", "RATE", "part of the rewards, as 6%", true},
        required(storage),
        required(write),
        required(capacity),
        {"commission-account", "ACCOUNT", "receives the commission; without it the sender"},
        {"governance-account", "ACCOUNT", "votes in ballots; without it the sender"},
        {"description", "TEXT", "a few sentences"},
        {"image-url", "URL", "a picture"},
        {"project-url", "URL", "the operator's page"}},
       register_node},
      {"operator", "status", "the node as the ledger sees it", {}, {node}, status},
      {"operator", "duties", "deny lists, signal, absences, hand-over", {}, {node}, duties},
      {"operator", "next-seat", "stake missing for one shard more", {}, {node}, next_seat},
      {"operator",
       "set-price",
       "change the votes for prices",
       {},
       {node, storage, write},
       set_votes},
      {"operator",
       "set-capacity",
       "change the vote for capacity",
       {},
       {node, required(capacity)},
       set_votes},
      {"operator",
       "set-commission",
       "announce another rate",
       {{"RATE", "as 5% or 500bps"}},
       {node},
       set_commission},
      {"operator", "collect-commission", "pay out what is out of escrow", {}, {node}, collect}};
  for (Verb& verb : standing_verbs()) out.push_back(std::move(verb));
  return out;
}

}  // namespace wald::cli
