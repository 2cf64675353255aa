// SPDX-License-Identifier: Apache-2.0
#include "node/cli/change.h"

#include <algorithm>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/cli/interrupt.h"
#include "node/cli/terminal.h"
#include "node/os/files.h"
#include "specs/proto/query.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::Draft;
using client::fail;
using client::usage;

std::vector<std::string> preview(const Session& session, const Change& change, const Draft& draft) {
  std::vector<std::string> out = reflect::describe(change.operation);
  for (const auto& note : change.notes) out.push_back("  " + note);
  add_consequences(draft, out);
  out.push_back("Sender " + id_text(draft.sender.view()) + ", nonce " +
                std::to_string(draft.body.nonce()));
  out.push_back("Fee " + session.money(draft.fee) + "; balance afterwards " +
                session.money(draft.balance_after) + "; expires at height " +
                std::to_string(draft.body.valid_until()));
  return out;
}

Failure rejected(const Draft& draft) {
  Failure out = fail(Exit::kRejected, draft.code,
                     "would be rejected: " + draft.message + " (" + draft.code + ")", draft.advice)
                    .error;
  out.status = "FAILED_PRECONDITION";
  out.domain = "ledger.wald";
  if (const auto* facts = draft.simulation.if_contains("facts");
      facts != nullptr && facts->is_object())
    for (const auto& pair : facts->get_object())
      if (pair.value().is_string())
        out.metadata[std::string(pair.key())] = std::string(pair.value().get_string());
  return out;
}

void show_dry_run(Session& session, const Draft& draft, const std::vector<std::string>& lines) {
  if (!session.json_mode()) {
    print_line("code " + draft.code);
    return;
  }
  json::object out = draft.simulation;
  json::array words;
  for (const auto& line : lines) words.emplace_back(line);
  out["preview"] = std::move(words);
  session.show_local(out);
}

Outcome<void> write_unsigned(Session& session, const Draft& draft,
                             const std::vector<std::string>& lines) {
  json::array words;
  for (const auto& line : lines) words.emplace_back(line);
  const json::object file{{"body", base::to_base64(draft.bytes)},
                          {"sender", id_text(draft.sender.view())},
                          {"digest", base::to_base58(client::body_id(draft.bytes).view())},
                          {"testChain", draft.test_chain},
                          {"preview", std::move(words)}};
  const std::string text = json::serialize(file) + "\n";
  const Patient patient;
  const auto written = os::write_file_atomic(session.globals().unsigned_file, base::as_bytes(text));
  if (!written.ok()) return usage(written.error().text);
  session.say("unsigned transaction in " + session.globals().unsigned_file);
  return {};
}

Outcome<std::optional<client::Sent>> send_statement(Session& session, const Change& change) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply status, remote->get("/v1/status"));
  TRY_ASSIGN(const std::string chain, client::text_at(status.data, "chain"));
  TRY_ASSIGN(const std::uint64_t version, client::number_at(status.data, "protocolVersion"));
  const auto bytes = base::from_hex(chain.substr(std::min<std::size_t>(2, chain.size())));
  if (!bytes) return fail(Exit::kUnexpected, "STRANGE_ANSWER", "the chain id is no hash");
  spec::Body body;
  body.set_chain(base::string_of(*bytes));
  body.set_version(static_cast<std::uint32_t>(version));
  *body.mutable_operation() = change.operation;
  spec::Envelope envelope;
  envelope.set_body(base::string_of(wire::write_canonical(body)));
  for (const auto& line : reflect::describe(change.operation)) session.say(line);
  std::optional<client::Sent> sent;
  if (session.globals().dry_run) return sent;
  TRY(send_and_show(session, wire::write_canonical(envelope), sent));
  return sent;
}

}  // namespace

// What the bytes say is decoded here; what they lead to is the node's word, from its simulation.
void add_consequences(const Draft& draft, std::vector<std::string>& lines) {
  const std::vector<std::string> own = lines;
  const auto* words = draft.simulation.if_contains("preview");
  if (words == nullptr || !words->is_array()) return;
  for (const auto& word : words->get_array()) {
    if (!word.is_string()) continue;
    const std::string line = reflect::safe(std::string(word.get_string()));
    if (std::find(own.begin(), own.end(), line) == own.end()) lines.push_back(line);
  }
}

Outcome<void> may_change(const Session& session) {
  const Globals& globals = session.globals();
  if (session.asks_past())
    return usage("the past is not changed", "--at-height and --at-epoch are for verbs that read");
  if (globals.yes || globals.dry_run || !globals.unsigned_file.empty() || has_terminal()) return {};
  return usage("there is nobody to ask for confirmation",
               "--yes sends without a question, --dry-run only shows what would happen");
}

Outcome<void> send_and_show(Session& session, const base::Bytes& envelope,
                            std::optional<client::Sent>& sent) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(sent, client::send(*remote, envelope, session.wait(), session.timeout_ms()));
  client::Reply reply;
  reply.data = sent->result;
  session.show(*spec::TxResult::descriptor(), reply);
  return {};
}

Outcome<std::optional<client::Sent>> apply_change(Session& session, const Change& change) {
  TRY(may_change(session));
  if (reflect::is_statement(change.operation)) return send_statement(session, change);
  // Only who signs here needs a key.
  const bool signs = !session.globals().dry_run && session.globals().unsigned_file.empty();
  std::optional<client::WalletKey> key;
  if (signs) {
    TRY_ASSIGN(key, session.sender());
  }
  TRY_ASSIGN(const base::AccountId account,
             key ? Outcome<base::AccountId>(key->account) : session.account(""));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(Draft draft,
             client::build(*remote, account, change.operation, session.build_options()));
  const std::uint64_t signers = session.signers_of(account);
  if (signers > 1 && !session.build_options().max_fee) {
    // The trial is priced with one signature: each further one costs less than all of that.
    client::BuildOptions options = session.build_options();
    options.max_fee = draft.fee * signers;
    TRY_ASSIGN(draft, client::build(*remote, account, change.operation, options));
  }
  const std::vector<std::string> lines = preview(session, change, draft);
  for (const auto& line : lines) session.say(line);
  std::optional<client::Sent> sent;
  if (session.globals().dry_run) show_dry_run(session, draft, lines);
  if (draft.code != "OK") return base::Err<Failure>{rejected(draft)};
  if (session.globals().dry_run) return sent;
  if (!session.globals().unsigned_file.empty()) {
    TRY(write_unsigned(session, draft, lines));
    return sent;
  }
  if (!session.globals().yes && !ask_yes("Sign and send? [y/N] "))
    return fail(Exit::kDeclined, "DECLINED", "declined; nothing was sent");
  TRY_ASSIGN(const base::Bytes envelope,
             session.seal(*key, draft.test_chain, draft.chain, draft.bytes, lines));
  TRY(send_and_show(session, envelope, sent));
  return sent;
}

Outcome<void> change(Session& session, const Change& change) {
  TRY_ASSIGN(const auto sent, apply_change(session, change));
  static_cast<void>(sent);
  return {};
}

Outcome<void> transfer_object(Session& session, const std::string& object, const std::string& to) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(object));
  TRY_ASSIGN(const base::AccountId account, session.account(to));
  Change one;
  one.operation.mutable_transfer_object()->set_object(base::string_of(id.view()));
  one.operation.mutable_transfer_object()->set_to(base::string_of(account.view()));
  one.notes.push_back("it is the other account's from then on; nothing is paid for it");
  return change(session, one);
}

}  // namespace wald::cli
