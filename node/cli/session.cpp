// SPDX-License-Identifier: Apache-2.0
#include "node/cli/session.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "codec/base/text.h"
#include "node/cli/terminal.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "node/reflect/error.h"
#include "node/reflect/value.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::fail;
using client::usage;

constexpr std::size_t kMostConfig = 1u << 20;
constexpr std::size_t kMostPassphrase = 4'096;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string config_home() {
  const std::string given = environment("XDG_CONFIG_HOME");
  if (!given.empty()) return given + "/wald";
  const std::string home = environment("HOME");
  return home.empty() ? "" : home + "/.config/wald";
}

std::string first_of(std::initializer_list<std::string> choices) {
  for (const std::string& choice : choices)
    if (!choice.empty()) return choice;
  return "";
}

// The columns of one object as a row: every member that is no list, by its path.
void add_columns(const json::object& object, const std::string& above,
                 std::vector<reflect::Column>& out) {
  for (const auto& pair : object) {
    const std::string path = above + std::string(pair.key());
    if (pair.value().is_object())
      add_columns(pair.value().get_object(), path + ".", out);
    else if (!pair.value().is_array())
      out.push_back({path, path});
  }
}
std::vector<reflect::Column> flat_columns(const json::value& object) {
  std::vector<reflect::Column> out;
  if (object.is_object()) add_columns(object.get_object(), "", out);
  return out;
}

template <class T>
Outcome<T> or_usage(const std::string& flag, reflect::Parsed<T> parsed) {
  if (parsed.ok()) return *std::move(parsed);
  return usage(flag + ": " + parsed.error().message, parsed.error().hint);
}

}  // namespace

Outcome<void> Session::prepare() {
  TRY(read_config());
  return read_flags();
}

Outcome<void> Session::read_config() {
  const std::string home = config_home();
  const std::string named = first_of({globals_.config, environment("WAL_CONFIG")});
  const std::string path = named.empty() && !home.empty() ? home + "/wal.toml" : named;
  if (!named.empty() || (!path.empty() && os::exists(path))) {
    const auto bytes = os::read_file(path, kMostConfig);
    if (!bytes.ok()) return usage(bytes.error().text);
    auto parsed = client::parse_client_config(base::string_of(*bytes), path);
    if (!parsed.ok()) {
      std::string all;
      for (const auto& error : parsed.error()) all += (all.empty() ? "" : "\n") + error;
      return fail(Exit::kUsage, "CONFIG", all);
    }
    config_ = std::move(parsed).value();
  }
  const std::string name = first_of({globals_.context, config_.context});
  if (!name.empty()) {
    const auto at = config_.contexts.find(name);
    if (at == config_.contexts.end())
      return usage("--context " + name + ": no such context in the configuration");
    context_ = at->second;
  }
  keys_dir_ = first_of({globals_.keys, config_.keys, home.empty() ? "" : home + "/keys"});
  return {};
}

Outcome<void> Session::read_flags() {
  if (globals_.json) globals_.output = "json";
  if (globals_.output != "text" && globals_.output != "json" && globals_.output != "jsonl" &&
      globals_.output != "csv")
    return usage("--output " + globals_.output + ": text, json, jsonl or csv is due");
  if (globals_.progress != "auto" && globals_.progress != "json" && globals_.progress != "none")
    return usage("--progress " + globals_.progress + ": auto, json or none is due");
  globals_.units = first_of({globals_.units, context_.units, "wal"});
  if (globals_.units != "wal" && globals_.units != "frost")
    return usage("--units " + globals_.units + ": wal or frost is due");
  TRY_ASSIGN(timeout_ms_, parse_duration("--timeout", globals_.timeout));
  if (globals_.wait == "none")
    wait_ = client::Wait::kNone;
  else if (globals_.wait == "accepted")
    wait_ = client::Wait::kAccepted;
  else if (globals_.wait != "committed")
    return usage("--wait " + globals_.wait + ": none, accepted or committed is due");
  if (!globals_.max_fee.empty()) {
    TRY_ASSIGN(build_.max_fee, amount_of("--max-fee", globals_.max_fee));
  }
  TRY_ASSIGN(build_.valid_for, whole_of("--valid-for", globals_.valid_for, 10'000'000));
  if (!globals_.at_height.empty()) {
    TRY_ASSIGN(at_height_, whole_of("--at-height", globals_.at_height, INT64_MAX));
  }
  if (!globals_.at_epoch.empty()) {
    TRY_ASSIGN(at_epoch_, whole_of("--at-epoch", globals_.at_epoch, UINT32_MAX));
  }
  const std::string signer = first_of({globals_.signer, context_.signer, "file"});
  if (signer.starts_with("exec:") && signer.size() > 5)
    signer_.emplace(signer.substr(5));
  else if (signer != "file")
    return usage("--signer " + signer + ": file or exec:PROGRAM is due");
  if (at_height_ && at_epoch_) return usage("--at-height and --at-epoch: one of them is due");
  if (asks_past() && globals_.verify)
    return usage("--verify proves the newest state alone, not one of the past",
                 "leave out --at-height and --at-epoch");
  return {};
}

// All that a verb asks is about one height, so an epoch is made one before the first question.
Outcome<void> Session::go_back(client::Remote& remote) const {
  if (at_height_) remote.ask_at(*at_height_);
  if (!at_epoch_) return {};
  TRY_ASSIGN(const client::Reply begun,
             remote.get("/v1/epoch?epoch=" + std::to_string(*at_epoch_)));
  TRY_ASSIGN(const std::uint64_t height, client::number_at(begun.at, "height"));
  remote.ask_at(height);
  return {};
}

Outcome<client::Remote*> Session::remote() {
  if (!remote_) {
    const std::string url = first_of({globals_.url, context_.node, "http://127.0.0.1:9185"});
    if (!net::parse_url(url)) return usage("\"" + url + "\" is not an address", "http://host:port");
    std::string trimmed = url;
    while (trimmed.ends_with('/')) trimmed.pop_back();
    // A read answers soon; a wait for a block asks for its own time on top.
    auto remote = std::make_unique<client::Remote>(
        trimmed, std::max<std::uint64_t>(timeout_ms_, 1'000) + 11'000);
    TRY(go_back(*remote));
    remote_ = std::move(remote);
  }
  return remote_.get();
}

client::Passphrase Session::passphrase() const {
  const std::string file = first_of({globals_.passphrase_file, context_.passphrase_file});
  return [file](const std::string& name, bool again) -> Outcome<std::string> {
    if (!file.empty()) {
      const auto bytes = os::read_private_file(file, kMostPassphrase);
      if (!bytes.ok()) return fail(Exit::kKey, "PASSPHRASE", bytes.error().text);
      std::string text(base::as_text(*bytes));
      while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
      return text;
    }
    if (!has_terminal())
      return fail(Exit::kKey, "PASSPHRASE", "the key \"" + name + "\" needs its passphrase",
                  "--passphrase-file names a file of mode 0600 that holds it");
    TRY_ASSIGN(const std::string first, ask_hidden("Passphrase of " + name + ": "));
    if (again) {
      TRY_ASSIGN(const std::string second, ask_hidden("Once more: "));
      if (first != second) return fail(Exit::kKey, "PASSPHRASE", "the two are not equal");
    }
    return first;
  };
}

Outcome<std::vector<client::WalletKey>> Session::keys() const {
  if (!signer_) return wallet().list();
  if (!signer_keys_) {
    TRY_ASSIGN(signer_keys_, signer_->list());
  }
  return *signer_keys_;
}

Outcome<client::WalletKey> Session::key(const std::string& name) const {
  if (!signer_) return wallet().find(name);
  TRY_ASSIGN(const std::vector<client::WalletKey> all, keys());
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const client::WalletKey& one) { return one.name == name; });
  if (at == all.end())
    return fail(Exit::kKey, "NO_KEY", "no key \"" + name + "\" at the signer " + signer_->path(),
                "wal keys list --signer exec:" + signer_->path() + " shows them");
  return *at;
}

Outcome<client::WalletKey> Session::sender() const {
  const std::string name = first_of({globals_.from, context_.from});
  if (name.empty())
    return usage("--from is missing", "--from KEY names the key that signs; see wal keys list");
  return key(name);
}

Outcome<client::Signature> Session::sign(const client::WalletKey& key, bool test_chain,
                                         const client::ToSign& what) {
  if (signer_) {
    say("Waiting for the signer " + signer_->path());
    return signer_->sign(key, what);
  }
  if (!opened_ || opened_->info.public_key != key.info.public_key) {
    TRY_ASSIGN(keys::Key opened, wallet().open(key, test_chain, passphrase()));
    opened_.emplace(std::move(opened));
  }
  return keys::sign(opened_->seed, what.preimage);
}

Outcome<base::Bytes> Session::seal(const client::WalletKey& key, bool test_chain,
                                   const base::ChainId& chain, const base::Bytes& body,
                                   const std::vector<std::string>& preview) {
  TRY_ASSIGN(const client::Signature signature,
             sign(key, test_chain, {client::preimage_of(chain, body), body, preview}));
  return client::seal(body, key.info.public_key, signature);
}

Outcome<client::Trust> Session::trust() const {
  const std::string path = first_of({globals_.genesis, context_.genesis});
  if (path.empty())
    return usage("--verify needs the genesis document", "--genesis FILE, or genesis in a context");
  return client::trust_genesis(path);
}

Outcome<base::AccountId> Session::account(const std::string& text) const {
  if (text.empty()) {
    const std::string name = first_of({globals_.from, context_.from});
    if (!name.empty()) return account(name);
    TRY_ASSIGN(const client::WalletKey key, sender());
    return key.account;
  }
  if (text.starts_with("0x")) {
    TRY_ASSIGN(const std::string id,
               or_usage(text, reflect::parse_bytes(spec::KIND_ACCOUNT, text)));
    return base::AccountId::from(base::as_bytes(id));
  }
  if (client::has_multisig(keys_dir_, text)) {
    TRY_ASSIGN(const client::Multisig multisig, client::read_multisig(keys_dir_, text));
    return multisig.account;
  }
  if (signer_) {
    const auto theirs = key(text);
    if (theirs.ok()) return theirs->account;
    if (theirs.error().reason != "NO_KEY") return base::Err<Failure>{theirs.error()};
  }
  TRY_ASSIGN(const client::WalletKey key, wallet().find(text));
  return key.account;
}

std::uint64_t Session::signers_of(const base::AccountId& account) const {
  const std::string name = first_of({globals_.from, context_.from});
  if (name.starts_with("0x")) return ledger::Policy::kMaxKeys;
  if (name.empty() || !client::has_multisig(keys_dir_, name)) return 1;
  const auto multisig = client::read_multisig(keys_dir_, name);
  return multisig.ok() && multisig->account == account ? multisig->policy.keys().size() : 1;
}

Outcome<base::NodeId> Session::node(const std::string& text) {
  if (text.starts_with("0x")) {
    TRY_ASSIGN(const std::string id, or_usage(text, reflect::parse_bytes(spec::KIND_NODE, text)));
    return base::NodeId::from(base::as_bytes(id));
  }
  TRY_ASSIGN(client::Remote * node, remote());
  TRY_ASSIGN(const json::array rows, node->list("/v1/nodes?q=" + net::percent_encode(text)));
  std::vector<std::string> found;
  for (const auto& row : rows) {
    TRY_ASSIGN(const std::string name, client::text_at(row, "name"));
    TRY_ASSIGN(const std::string id, client::text_at(row, "id"));
    if (name == text) found.push_back(id);
  }
  if (found.size() > 1)
    return usage("several nodes are called \"" + text + "\"", "name it by its id, 0x..");
  if (found.empty())
    return fail(Exit::kNotFound, "NODE_NOT_FOUND", "no node is called \"" + text + "\"",
                "wal node list shows them");
  return this->node(found.front().starts_with("0x") ? found.front() : "0x" + found.front());
}

Outcome<base::ObjectId> Session::object(const std::string& text) const {
  TRY_ASSIGN(const std::string id, or_usage(text, reflect::parse_bytes(spec::KIND_OBJECT, text)));
  return base::ObjectId::from(base::as_bytes(id));
}

reflect::ShowOptions Session::show_options() const {
  return {globals_.units == "frost", os::wall_time().value()};
}

std::string Session::money(std::uint64_t frost) const {
  return globals_.units == "frost" ? reflect::format_frost(frost) : reflect::format_wal(frost);
}

void Session::show(const reflect::Descriptor& type, const client::Reply& reply) {
  if (globals_.output == "json")
    return print_line(json::serialize(json::object{{"data", reply.data}, {"at", reply.at}}));
  if (globals_.output == "jsonl") return print_line(json::serialize(reply.data));
  if (!reply.data.is_object()) return print_line(json::serialize(reply.data));
  if (globals_.output == "csv") return show_list(type, {reply.data}, flat_columns(reply.data));
  for (const auto& line : reflect::show_object(type, reply.data.get_object(), show_options()))
    print_line(line);
}

void Session::show_list(const reflect::Descriptor& type, const json::array& rows,
                        const std::vector<reflect::Column>& columns) {
  if (globals_.output == "json") return print_line(json::serialize(json::object{{"data", rows}}));
  if (globals_.output == "jsonl") {
    for (const auto& row : rows) print_line(json::serialize(row));
    return;
  }
  const auto lines = globals_.output == "csv"
                         ? reflect::show_csv(type, rows, columns)
                         : reflect::show_table(type, rows, columns, show_options());
  for (const auto& line : lines) print_line(line);
}

void Session::show_local(const json::object& object) {
  if (globals_.output == "json") return print_line(json::serialize(json::object{{"data", object}}));
  if (globals_.output == "jsonl") return print_line(json::serialize(object));
  if (globals_.output == "csv")
    return show_list(*spec::Transfer::descriptor(), {object}, flat_columns(object));
  for (const auto& line :
       reflect::show_object(*spec::Transfer::descriptor(), object, show_options()))
    print_line(line);
}

void Session::say(const std::string& line) const {
  if (!globals_.quiet) std::fprintf(stderr, "%s\n", line.c_str());
}

Outcome<std::uint64_t> parse_duration(const std::string& flag, const std::string& text) {
  constexpr std::uint64_t kMost = 86'400'000;
  TRY_ASSIGN(const std::uint64_t ms, or_usage(flag, reflect::parse_duration(text)));
  if (ms > kMost) return usage(flag + " " + text + ": too long", "at most 24h");
  return ms;
}

Outcome<std::uint64_t> amount_of(const std::string& flag, const std::string& text) {
  return or_usage(flag, reflect::parse_amount(text));
}
Outcome<std::uint64_t> size_of(const std::string& flag, const std::string& text) {
  return or_usage(flag, reflect::parse_size(text));
}
Outcome<std::uint32_t> rate_of(const std::string& flag, const std::string& text) {
  return or_usage(flag, reflect::parse_rate(text));
}
Outcome<std::uint64_t> whole_of(const std::string& flag, const std::string& text,
                                std::uint64_t most) {
  TRY_ASSIGN(const std::uint64_t number, or_usage(flag, reflect::parse_whole(text)));
  if (number > most)
    return usage(flag + " " + text + ": too large", "at most " + std::to_string(most));
  return number;
}

std::string id_text(base::ByteView id) { return base::shown_hex(id); }

void print_line(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void print_failure(const Failure& failure, bool as_json) {
  if (!as_json) {
    const bool named = failure.message.starts_with("wal ") || failure.message.starts_with("wal:");
    std::fprintf(stderr, "%s%s\n", named ? "" : "wal: ", failure.message.c_str());
    if (!failure.hint.empty()) std::fprintf(stderr, "     %s\n", failure.hint.c_str());
    return;
  }
  json::object out = reflect::error_object(failure.code, failure.status, failure.reason,
                                           failure.domain, failure.message, failure.metadata);
  out["exitCode"] = static_cast<int>(failure.exit);
  out["retryable"] = failure.retryable();
  out["hint"] = failure.hint;
  std::fprintf(stderr, "%s\n", json::serialize(out).c_str());
}

}  // namespace wald::cli
