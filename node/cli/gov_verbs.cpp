// SPDX-License-Identifier: Apache-2.0
// wal gov: ballots from the proposal to what became of them, the votes on prices, powers.
#include <algorithm>
#include <map>

#include "codec/base/hash.h"
#include "codec/base/text.h"
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "node/os/files.h"
#include "node/reflect/units.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_gov.pb.h"
#include "specs/proto/query_market.pb.h"
#include "specs/proto/query_powers.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::usage;

constexpr std::size_t kMostText = 64 * 1024;  // what a field may carry; the rule says less (G-1)

Outcome<std::uint32_t> number_of(const Given& given) {
  TRY_ASSIGN(const std::uint64_t number, whole_of("BALLOT", given.one("BALLOT"), UINT32_MAX));
  if (number == 0) return usage("ballots are numbered from 1");
  return static_cast<std::uint32_t>(number);
}

Outcome<client::Reply> read_ballot(Session& session, const Given& given) {
  TRY_ASSIGN(const std::uint32_t number, number_of(given));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  return remote->get("/v1/gov/proposals/" + std::to_string(number));
}

Outcome<void> list_of(Session& session, const std::string& query) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows, remote->list("/v1/gov/proposals" + query));
  session.show_list(*spec::Ballot::descriptor(), rows,
                    {{"id", "ID"},
                     {"kind", "KIND"},
                     {"state", "STATE"},
                     {"weightFor", "FOR"},
                     {"weightAgainst", "AGAINST"},
                     {"missing", "MISSING"},
                     {"title", "TITLE"}});
  return {};
}

Outcome<void> list(Session& session, const Given& given) {
  if (!given.has("state")) return list_of(session, "");
  return list_of(session, "?state=" + net::percent_encode(given.one("state")));
}

Outcome<void> history(Session& session, const Given&) { return list_of(session, "?state=closed"); }

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const client::Reply reply, read_ballot(session, given));
  session.show(*spec::Ballot::descriptor(), reply);
  return {};
}

// What a count would say: in text the members that are missing as a table.
Outcome<void> tally(Session& session, const Given& given) {
  TRY_ASSIGN(client::Reply reply, read_ballot(session, given));
  if (!reply.data.is_object())
    return client::fail(Exit::kUnexpected, "STRANGE_ANSWER", "the ballot is no object");
  const json::object whole = reply.data.get_object();
  json::object seen;
  for (const char* key : {"id", "kind", "state", "weightFor", "weightAgainst", "quorum", "missing",
                          "deadline", "notVoted"})
    if (const auto* value = whole.if_contains(key)) seen[key] = *value;
  json::array rows;
  if (session.globals().output == "text") {
    if (const auto* missing = seen.if_contains("notVoted"); missing && missing->is_array())
      rows = missing->get_array();
    seen.erase("notVoted");
  }
  reply.data = std::move(seen);
  session.show(*spec::Ballot::descriptor(), reply);
  if (!rows.empty())
    session.show_list(*spec::BallotMember::descriptor(), rows,
                      {{"node", "NOT VOTED"}, {"weight", "WEIGHT"}});
  return {};
}

Outcome<void> votes(Session& session, const Given& given) {
  TRY_ASSIGN(const std::uint32_t number, number_of(given));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows,
             remote->list("/v1/gov/proposals/" + std::to_string(number) + "/votes"));
  session.show_list(*spec::BallotVote::descriptor(), rows,
                    {{"yes", "YES"},
                     {"weight", "WEIGHT"},
                     {"height", "HEIGHT"},
                     {"node", "NODE"},
                     {"stake", "STAKE"}});
  return {};
}

Outcome<void> prices(Session& session, const Given&) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->get("/v1/gov/votes/parameters"));
  json::array rows;
  if (session.globals().output == "text" && reply.data.is_object()) {
    auto* members = reply.data.get_object().if_contains("members");
    if (members != nullptr && members->is_array()) rows = members->get_array();
    reply.data.get_object().erase("members");
  }
  session.show(*spec::ParameterVotes::descriptor(), reply);
  if (!rows.empty())
    session.show_list(*spec::MemberVote::descriptor(), rows,
                      {{"node", "NODE"},
                       {"weight", "SHARDS"},
                       {"storagePrice", "STORAGE PRICE"},
                       {"writePrice", "WRITE PRICE"},
                       {"capacity", "CAPACITY"}});
  return {};
}

Outcome<void> pauses(Session& session, const Given&) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows, remote->list("/v1/gov/pauses"));
  session.show_list(*spec::PauseState::descriptor(), rows,
                    {{"group", "GROUP"}, {"paused", "PAUSED"}, {"until", "UNTIL"}});
  return {};
}

Outcome<void> foundation(Session& session, const Given&) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/gov/foundation"));
  session.show(*spec::FoundationState::descriptor(), reply);
  return {};
}

Outcome<std::string> text_of_file(const std::string& path) {
  const auto bytes = os::read_file(path, kMostText);
  if (!bytes.ok()) return usage(bytes.error().text);
  return base::string_of(*bytes);
}

base::Hash hash_of(const std::string& text) { return base::blake2b(base::as_bytes(text)); }

Outcome<void> digest(Session& session, const Given& given) {
  TRY_ASSIGN(const std::string text, text_of_file(given.one("FILE")));
  session.show_local({{"file", given.one("FILE")},
                      {"bytes", text.size()},
                      {"hash", id_text(hash_of(text).view())}});
  return {};
}

// One of --text, --text-file and --link; with the last the file only gives the hash.
Outcome<void> fill_text(const Given& given, spec::Propose& out) {
  out.set_title(given.one("title"));
  if (given.has("text") && given.has("text-file"))
    return usage("either --text or --text-file is due, not both");
  std::string text = given.one("text");
  if (given.has("text-file")) {
    TRY_ASSIGN(text, text_of_file(given.one("text-file")));
  }
  if (!given.has("link")) {
    out.set_text(text);
    return {};
  }
  if (!given.has("text-file"))
    return usage("--link needs --text-file, whose hash goes into the ballot",
                 "--link https://.. --text-file why.md");
  out.set_url(given.one("link"));
  out.set_text_hash(base::string_of(hash_of(text).view()));
  return {};
}

Outcome<void> fill_parameter(const Given& given, spec::Propose& out) {
  if (given.all("set").empty()) return usage("--set is missing", "--set price_step=1000");
  for (const std::string& pair : given.all("set")) {
    const auto at = pair.find('=');
    if (at == std::string::npos || at == 0)
      return usage("--set \"" + pair + "\": NAME=VALUE is due", "--set price_step=1000");
    TRY_ASSIGN(const std::uint64_t value, whole_of("--set", pair.substr(at + 1), UINT64_MAX));
    auto& change = *out.mutable_parameter()->add_values();
    change.set_name(pair.substr(0, at));
    change.set_value(value);
  }
  return {};
}

// All four of them, or none: then the whole is free at once (T-3).
Outcome<void> fill_vesting(const Given& given, spec::TreasurySubject& out) {
  const char* const kFlags[] = {"vesting-start", "vesting-cliff", "vesting-end", "vesting-steps"};
  int count = 0;
  for (const char* flag : kFlags) count += given.has(flag) ? 1 : 0;
  if (count == 0) return {};
  if (count != 4)
    return usage(
        "--vesting-start, --vesting-cliff, --vesting-end and --vesting-steps belong "
        "together");
  std::uint64_t times[3] = {};
  for (int i = 0; i < 3; ++i) {
    const auto time = reflect::parse_time(given.one(kFlags[i]));
    if (!time.ok()) return usage(time.error().message, time.error().hint);
    times[i] = *time;
  }
  TRY_ASSIGN(const std::uint64_t steps,
             whole_of("--vesting-steps", given.one("vesting-steps"), UINT32_MAX));
  out.mutable_vesting()->set_start(times[0]);
  out.mutable_vesting()->set_cliff(times[1]);
  out.mutable_vesting()->set_end(times[2]);
  out.mutable_vesting()->set_steps(static_cast<std::uint32_t>(steps));
  return {};
}

Outcome<void> fill_payment(Session& session, const Given& given, spec::Propose& out) {
  if (!given.has("payee") || !given.has("amount"))
    return usage("--payee and --amount are due", "--payee ACCOUNT --amount 5WAL");
  TRY_ASSIGN(const base::AccountId payee, session.account(given.one("payee")));
  TRY_ASSIGN(const std::uint64_t frost, amount_of("--amount", given.one("amount")));
  auto& payment = *out.mutable_treasury();
  payment.set_fund(given.has("fund") ? given.one("fund") : "treasury");
  payment.set_payee(base::string_of(payee.view()));
  payment.set_amount(frost);
  return fill_vesting(given, payment);
}

Outcome<base::Hash> hash_given(const std::string& flag, const std::string& text) {
  const auto bytes = text.starts_with("0x") ? base::from_hex(text.substr(2)) : std::nullopt;
  if (!bytes || bytes->size() != base::Hash::kSize)
    return usage("--" + flag + " \"" + text + "\": 0x and 64 hexadecimal digits are due",
                 "`wal gov digest FILE` shows the hash of a file");
  return base::Hash::from(*bytes);
}

Outcome<std::uint64_t> number_given(const Given& given, const std::string& flag,
                                    std::uint64_t most) {
  if (!given.has(flag)) return usage("--" + flag + " is missing", "--" + flag + " N");
  return whole_of("--" + flag, given.one(flag), most);
}

Outcome<void> fill_slash(Session& session, const Given& given, spec::Propose& out) {
  if (!given.has("node")) return usage("--node is missing", "--node NODE");
  TRY_ASSIGN(const base::NodeId node, session.node(given.one("node")));
  out.mutable_slash()->set_node(base::string_of(node.view()));
  return {};
}

// An urgent one has no epoch: it comes a day after its count (G-8).
Outcome<void> fill_upgrade(const Given& given, spec::Propose& out) {
  auto& plan = *out.mutable_upgrade();
  TRY_ASSIGN(const std::uint64_t version, number_given(given, "protocol", UINT32_MAX));
  plan.set_version(static_cast<std::uint32_t>(version));
  if (given.all("program").empty())
    return usage("--program is missing", "--program 0x.., once for each program");
  for (const std::string& text : given.all("program")) {
    TRY_ASSIGN(const base::Hash program, hash_given("program", text));
    plan.add_binaries(base::string_of(program.view()));
  }
  plan.set_urgent(given.has("urgent"));
  if (given.has("urgent") && given.has("activation"))
    return usage("an urgent upgrade comes a day after its count: no --activation with --urgent");
  if (given.has("urgent")) return {};
  TRY_ASSIGN(const std::uint64_t epoch, number_given(given, "activation", UINT32_MAX));
  plan.set_activation(static_cast<std::uint32_t>(epoch));
  return {};
}

Outcome<void> fill_deny_list(Session& session, const Given& given, spec::Propose& out) {
  if (!given.has("node")) return usage("--node is missing", "--node NODE");
  if (!given.has("root")) return usage("--root is missing", "--root 0x..");
  auto& list = *out.mutable_deny_list();
  TRY_ASSIGN(const base::NodeId node, session.node(given.one("node")));
  list.set_node(base::string_of(node.view()));
  TRY_ASSIGN(const base::Hash root, hash_given("root", given.one("root")));
  list.set_root(base::string_of(root.view()));
  if (!given.has("size")) return usage("--size is missing", "--size 5GiB");
  TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
  list.set_size(size);
  TRY_ASSIGN(const std::uint64_t sequence, number_given(given, "sequence", UINT64_MAX));
  list.set_sequence(sequence);
  return {};
}

// Flags of another kind of ballot are refused, so that nothing is left out unseen.
Outcome<void> only_flags_of(const std::string& kind, const Given& given) {
  const std::map<std::string, std::vector<std::string>> kOf{
      {"parameter", {"set"}},
      {"slash", {"node"}},
      {"treasury",
       {"fund", "payee", "amount", "vesting-start", "vesting-cliff", "vesting-end",
        "vesting-steps"}},
      {"upgrade", {"protocol", "program", "activation", "urgent"}},
      {"deny-list", {"node", "root", "size", "sequence"}}};
  const auto own = kOf.find(kind);
  for (const auto& [owner, flags] : kOf)
    for (const std::string& flag : flags) {
      const bool fits = own != kOf.end() && std::find(own->second.begin(), own->second.end(),
                                                      flag) != own->second.end();
      if (!given.has(flag) || fits) continue;
      return usage(
          std::string("--").append(flag).append(" belongs to a ballot of kind ").append(owner));
    }
  return {};
}

Outcome<void> fill_subject(Session& session, const std::string& kind, const Given& given,
                           spec::Propose& ballot) {
  if (kind == "text") return {};
  if (kind == "parameter") return fill_parameter(given, ballot);
  if (kind == "slash") return fill_slash(session, given, ballot);
  if (kind == "treasury") return fill_payment(session, given, ballot);
  if (kind == "upgrade") return fill_upgrade(given, ballot);
  if (kind == "deny-list") return fill_deny_list(session, given, ballot);
  return usage("no ballot of kind \"" + kind + "\"",
               "text, parameter, slash, treasury, upgrade, deny-list");
}

Outcome<void> propose(Session& session, const Given& given) {
  TRY(may_change(session));
  const std::string kind = given.one("KIND");
  TRY(only_flags_of(kind, given));
  Change one;
  spec::Propose& ballot = *one.operation.mutable_propose();
  TRY(fill_text(given, ballot));
  TRY(fill_subject(session, kind, given, ballot));
  one.notes.push_back("the deposit returns if a tenth of the shards says yes, else it is burned");
  return change(session, one);
}

Outcome<void> vote(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const std::uint32_t number, number_of(given));
  const std::string choice = given.one("CHOICE");
  if (choice != "yes" && choice != "no") return usage("\"" + choice + "\": yes or no is due");
  if (given.has("as") == given.has("stake"))
    return usage("either --as NODE or --stake STAKE is due",
                 "--as votes with a member's shards, --stake with one's own part of them");
  Change one;
  spec::Vote& message = *one.operation.mutable_vote();
  message.set_proposal(number);
  message.set_yes(choice == "yes");
  if (given.has("as")) {
    TRY_ASSIGN(const base::NodeId node, session.node(given.one("as")));
    message.set_node(base::string_of(node.view()));
  }
  for (const std::string& text : given.all("stake")) {
    TRY_ASSIGN(const base::ObjectId stake, session.object(text));
    message.add_stakes(base::string_of(stake.view()));
  }
  if (given.has("reason-file")) {
    TRY_ASSIGN(const std::string reason, text_of_file(given.one("reason-file")));
    message.set_reason(base::string_of(hash_of(reason).view()));
  }
  one.notes.push_back("a vote is final");
  return change(session, one);
}

Outcome<void> execute(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const std::uint32_t number, number_of(given));
  Change one;
  one.operation.mutable_execute_proposal()->set_proposal(number);
  return change(session, one);
}

Verbs reading_verbs(const Argument& ballot) {
  return {{"gov",
           "list",
           "ballots, the newest first",
           {},
           {{"state", "WORD", "open or closed; without it all"}},
           list},
          {"gov", "show", "a ballot with its text, subject and tally", {ballot}, {}, show},
          {"gov",
           "tally",
           "weight, quorum, what is missing and who has not voted",
           {ballot},
           {},
           tally},
          {"gov", "votes", "who voted what", {ballot}, {}, votes},
          {"gov", "history", "ballots that are over, the newest first", {}, {}, history},
          {"gov", "params", "parameters in force with their bounds", {}, {}, show_params},
          {"gov",
           "prices",
           "votes of members on prices and capacity, and what follows",
           {},
           {},
           prices},
          {"gov", "pauses", "what is paused or asked to be", {}, {}, pauses},
          {"gov", "foundation", "the foundation's powers and what it spent", {}, {}, foundation},
          {"gov",
           "digest",
           "hash of a text, as ballots and votes name it; no network",
           {{"FILE", "the text"}},
           {},
           digest}};
}

}  // namespace

Verbs gov_verbs() {
  const Argument ballot{"BALLOT", "its number"};
  Verbs out = reading_verbs(ballot);
  out.push_back({"gov",
                 "propose",
                 "open a ballot",
                 {{"KIND", "text, parameter, slash, treasury, upgrade or deny-list"}},
                 {{"title", "TEXT", "what it is, at most 200 bytes", true},
                  {"text", "TEXT", "why"},
                  {"text-file", "FILE", "why, from a file"},
                  {"link", "URL", "where the text of --text-file is found; only its hash is sent"},
                  {"set", "NAME=VALUE", "of a parameter ballot, up to 16", false, true},
                  {"node", "NODE", "of a slash: the accused; of a deny list: whose it is"},
                  {"fund", "NAME", "of a payment: treasury (default) or subsidy"},
                  {"payee", "ACCOUNT", "of a payment: who is paid"},
                  {"amount", "AMOUNT", "of a payment: how much"},
                  {"vesting-start", "TIME", "of a payment in steps: when the first begins"},
                  {"vesting-cliff", "TIME", "nothing is free before"},
                  {"vesting-end", "TIME", "all is free from here on"},
                  {"vesting-steps", "N", "number of equal steps"},
                  {"protocol", "N", "of an upgrade: the version after the running one"},
                  {"program", "HASH", "a program that knows it, up to 16", false, true},
                  {"activation", "EPOCH", "the change into this epoch brings it"},
                  {"urgent", "", "by the foundation: a day after its quorum instead"},
                  {"root", "HASH", "of a deny list: its root"},
                  {"size", "SIZE", "encoded bytes of its blobs"},
                  {"sequence", "N", "its number, above that of the list in force"}},
                 propose});
  out.push_back({"gov",
                 "vote",
                 "vote on a ballot, for good",
                 {ballot, {"CHOICE", "yes or no"}},
                 {{"as", "NODE", "the member whose shards vote"},
                  {"stake", "STAKE", "a stake that votes its own part", false, true},
                  {"reason-file", "FILE", "a reason; its hash goes with the vote"}},
                 vote});
  out.push_back({"gov", "execute", "do what an approved ballot asks for", {ballot}, {}, execute});
  return out;
}

}  // namespace wald::cli
