// SPDX-License-Identifier: Apache-2.0
// wal gov: ballots from the proposal to what became of them, the votes on prices, powers.
#include "codec/base/hash.h"
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
  return std::string(base::as_text(*bytes));
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
  out.set_text_hash(raw(hash_of(text).view()));
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
  payment.set_payee(raw(payee.view()));
  payment.set_amount(frost);
  return fill_vesting(given, payment);
}

// Flags of another kind of ballot are refused, so that nothing is left out unseen.
Outcome<void> only_flags_of(const std::string& kind, const Given& given) {
  const std::pair<const char*, const char*> kOf[] = {
      {"set", "parameter"},          {"node", "slash"},           {"fund", "treasury"},
      {"payee", "treasury"},         {"amount", "treasury"},      {"vesting-start", "treasury"},
      {"vesting-cliff", "treasury"}, {"vesting-end", "treasury"}, {"vesting-steps", "treasury"}};
  for (const auto& [flag, owner] : kOf)
    if (given.has(flag) && kind != owner)
      return usage("--" + std::string(flag) + " belongs to a ballot of kind " + owner);
  return {};
}

Outcome<void> propose(Session& session, const Given& given) {
  TRY(may_change(session));
  const std::string kind = given.one("KIND");
  TRY(only_flags_of(kind, given));
  Change one;
  spec::Propose& ballot = *one.operation.mutable_propose();
  TRY(fill_text(given, ballot));
  if (kind == "parameter") {
    TRY(fill_parameter(given, ballot));
  } else if (kind == "slash") {
    if (!given.has("node")) return usage("--node is missing", "--node NODE");
    TRY_ASSIGN(const base::NodeId node, session.node(given.one("node")));
    ballot.mutable_slash()->set_node(raw(node.view()));
  } else if (kind == "treasury") {
    TRY(fill_payment(session, given, ballot));
  } else if (kind != "text") {
    return usage("no ballot of kind \"" + kind + "\"", "text, parameter, slash, treasury");
  }
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
    message.set_node(raw(node.view()));
  }
  for (const std::string& text : given.all("stake")) {
    TRY_ASSIGN(const base::ObjectId stake, session.object(text));
    message.add_stakes(raw(stake.view()));
  }
  if (given.has("reason-file")) {
    TRY_ASSIGN(const std::string reason, text_of_file(given.one("reason-file")));
    message.set_reason(raw(hash_of(reason).view()));
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
                 {{"KIND", "text, parameter, slash or treasury"}},
                 {{"title", "TEXT", "what it is, at most 200 bytes", true},
                  {"text", "TEXT", "why"},
                  {"text-file", "FILE", "why, from a file"},
                  {"link", "URL", "where the text of --text-file is found; only its hash is sent"},
                  {"set", "NAME=VALUE", "of a parameter ballot, up to 16", false, true},
                  {"node", "NODE", "of a slash: the accused"},
                  {"fund", "NAME", "of a payment: treasury (default) or subsidy"},
                  {"payee", "ACCOUNT", "of a payment: who is paid"},
                  {"amount", "AMOUNT", "of a payment: how much"},
                  {"vesting-start", "TIME", "of a payment in steps: when the first begins"},
                  {"vesting-cliff", "TIME", "nothing is free before"},
                  {"vesting-end", "TIME", "all is free from here on"},
                  {"vesting-steps", "N", "number of equal steps"}},
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
