// SPDX-License-Identifier: Apache-2.0
// wal blob: store files, read them back, ask about them. Ctrl-C while storing says what is durable;
// storing again resumes by the blob id.
#include "codec/base/text.h"
#include "codec/encoder.h"
#include "node/cli/change.h"
#include "node/cli/codec_dir.h"
#include "node/cli/interrupt.h"
#include "node/cli/session.h"
#include "node/cli/terminal.h"
#include "node/client/read_blob.h"
#include "node/client/remote_ledger.h"
#include "node/client/store_blob.h"
#include "node/reflect/units.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::fail;
using client::usage;

constexpr std::uint64_t kPeerTimeoutMs = 30'000;

std::string blob_text(const base::BlobId& id) { return base::to_base64url(id.view()); }

Outcome<base::BlobId> blob_of(const Given& given) {
  const std::string text = given.has("blob-id") ? given.one("blob-id") : given.one("id");
  if (text.empty())
    return usage("the blob id is missing", "an id that begins with - goes into --blob-id=ID");
  const auto bytes = base::from_base64url(text);
  if (text.size() != 43 || !bytes || bytes->size() != base::BlobId::kSize)
    return usage("\"" + text + "\" is no blob id", "43 characters of base64url");
  return base::BlobId::from(*bytes);
}

// The chain's code, and somebody to ask.
struct Network {
  std::unique_ptr<client::RemoteLedger> ledger;
  client::CommitteeView committee;
  codec::Codec codec;
  std::unique_ptr<net::Client> http = std::make_unique<net::Client>();
  std::unique_ptr<storage::PeerClient> peers{};
};

Outcome<Network> connect(Session& session, client::RemoteLedgerOptions options) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(auto ledger, client::RemoteLedger::connect(*remote, std::move(options)));
  TRY_ASSIGN(client::CommitteeView committee, ledger->committee());
  const auto codec = codec::Codec::make(committee.shards);
  if (!codec.ok())
    return fail(Exit::kUnexpected, "STRANGE_ANSWER", "the chain has no legal shard count");
  Network out{std::move(ledger), std::move(committee), *codec};
  out.peers = std::make_unique<storage::PeerClient>(out.codec, *out.http, kPeerTimeoutMs);
  return out;
}

std::string_view step_name(client::StoreProgress::Step step) {
  using Step = client::StoreProgress::Step;
  switch (step) {
    case Step::kEncoded:
      return "encoded";
    case Step::kRegistered:
      return "registered";
    case Step::kUploading:
      return "slivers sent";
    case Step::kConfirmed:
      return "shards confirmed";
    case Step::kCertified:
      return "certified";
  }
  return "";
}

// A line per step, and one for each tenth of the slivers.
std::function<void(const client::StoreProgress&)> progress_of(Session& session,
                                                              const std::string& file) {
  auto last = std::make_shared<std::string>();
  return [&session, file, last](const client::StoreProgress& progress) {
    std::string line = file + ": " + std::string(step_name(progress.step));
    if (progress.total > 0) {
      const std::uint64_t tenth = progress.done * 10 / progress.total;
      line += " " + std::to_string(tenth * 10) + " %";
      if (progress.step == client::StoreProgress::Step::kConfirmed)
        line += ", quorum at " + std::to_string(progress.quorum * 100 / progress.total) + " %";
    }
    if (line == *last) return;
    *last = line;
    if (session.globals().progress == "none") return;
    if (session.globals().progress == "auto") return session.say(line);
    const json::object object{{"file", file},
                              {"step", std::string(step_name(progress.step))},
                              {"done", progress.done},
                              {"total", progress.total},
                              {"quorum", progress.quorum}};
    std::fprintf(stderr, "%s\n", json::serialize(object).c_str());
  };
}

// The first transaction of a run is asked for; the certificate it leads to costs its fee only.
client::RemoteLedgerOptions paying(Session& session, const client::WalletKey& key) {
  client::RemoteLedgerOptions out;
  out.account = key.account;
  out.build = session.build_options();
  out.timeout_ms = session.timeout_ms();
  out.open_key = [&session, key](bool test_chain) {
    return session.wallet().open(key, test_chain, session.passphrase());
  };
  out.approve = [&session](const spec::Operation& operation,
                           const client::Draft& draft) -> Outcome<void> {
    std::vector<std::string> lines = reflect::describe(operation);
    add_consequences(draft, lines);
    for (const auto& line : lines) session.say(line);
    session.say("Fee " + session.money(draft.fee) + "; balance afterwards " +
                session.money(draft.balance_after));
    if (operation.has_certify_blob() || session.globals().yes) return {};
    const bool yes = ask_yes("Sign and send? [y/N] ");
    if (interrupted())
      return fail(Exit::kInterrupted, "INTERRUPTED", "stopped; nothing of it was sent");
    if (!yes) return fail(Exit::kDeclined, "DECLINED", "declined; nothing was sent");
    return {};
  };
  return out;
}

// Figures of a local answer as people read them.
void in_words(const Session& session, json::object& object) {
  for (const char* key : {"size", "encodedLength"})
    if (const auto bytes = client::number_at(json::value(object), key); bytes.ok())
      object[key] = reflect::format_size(*bytes);
  if (const auto cost = client::number_at(json::value(object), "cost"); cost.ok())
    object["cost"] = session.money(*cost);
}
void show_figures(Session& session, json::object object) {
  if (session.globals().output == "text") in_words(session, object);
  session.show_local(object);
}

json::object stored_object(const std::string& file, const client::Stored& stored) {
  json::array failed;
  for (const std::string& line : stored.failed) failed.emplace_back(line);
  return {{"file", file},
          {"blobId", blob_text(stored.blob_id)},
          {"object", id_text(stored.object.view())},
          {"endEpoch", stored.end.value()},
          {"size", std::to_string(stored.length)},
          {"encodedLength", std::to_string(stored.encoded)},
          {"cost", std::to_string(stored.cost)},
          {"alreadyCertified", stored.certified_before},
          {"resumed", stored.registered_before && !stored.certified_before},
          {"confirmedShards", stored.weight},
          {"failedNodes", std::move(failed)}};
}

// Epochs from the running one to the one in which `date` lies, by today's timetable.
Outcome<std::uint64_t> epochs_until(Session& session, const std::string& date) {
  const auto time = reflect::parse_time(date.size() == 10 ? date + "T00:00:00Z" : date);
  if (!time.ok())
    return usage("--until: " + time.error().message, "as 2026-12-31 or 2026-12-31T12:00:00Z");
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply epoch, remote->get("/v1/epoch"));
  TRY_ASSIGN(const std::string ends, client::text_at(epoch.data, "endsAt"));
  const auto end = reflect::parse_time(ends);
  TRY_ASSIGN(const client::Reply params, remote->get("/v1/params"));
  std::uint64_t length = 0;
  if (const auto* rows =
          params.data.is_object() ? params.data.get_object().if_contains("params") : nullptr;
      rows != nullptr && rows->is_array())
    for (const auto& row : rows->get_array()) {
      const auto name = client::text_at(row, "name");
      const auto value = client::number_at(row, "value");
      if (name.ok() && value.ok() && *name == "epoch_length") length = *value;
    }
  if (!end.ok() || length == 0)
    return fail(Exit::kUnexpected, "STRANGE_ANSWER", "the node tells no timetable");
  if (*time <= session.show_options().now_ms) return usage("--until " + date + ": that is over");
  return *time <= *end ? 1 : 1 + (*time - *end + length - 1) / length;
}

Outcome<client::Stored> store_file(Session& session, Network& network, const std::string& file,
                                   client::StoreOptions options) {
  TRY_ASSIGN(const base::Bytes bytes, read_input(file));
  options.progress = progress_of(session, file);
  return client::store_blob(*network.ledger, *network.peers, network.codec, bytes, options);
}

Outcome<void> store(Session& session, const Given& given) {
  if (session.globals().dry_run || !session.globals().unsigned_file.empty())
    return usage("storing sends slivers: it has no dry run and no unsigned form",
                 "wal storage price shows what it costs");
  TRY(may_change(session));
  client::StoreOptions options;
  if (given.has("epochs") == given.has("until"))
    return usage("either --epochs or --until is due", "--epochs 10, or --until 2026-12-31");
  std::uint64_t epochs = 0;
  if (given.has("until")) {
    TRY_ASSIGN(epochs, epochs_until(session, given.one("until")));
    if (epochs > 10'000) return usage("--until " + given.one("until") + " is too far ahead");
    session.say("until then it is " + std::to_string(epochs) + " epochs");
  } else {
    TRY_ASSIGN(epochs, whole_of("--epochs", given.one("epochs"), 10'000));
  }
  options.epochs = static_cast<std::uint32_t>(epochs);
  TRY_ASSIGN(options.max_cost, amount_of("--max-cost", given.one("max-cost")));
  options.permanent = given.has("permanent");
  options.cancel = &interrupted();
  TRY_ASSIGN(const client::WalletKey key, session.sender());
  TRY_ASSIGN(Network network, connect(session, paying(session, key)));
  const Patient patient;

  const auto& files = given.all("file");
  json::array done;
  std::optional<Failure> first;
  for (const std::string& file : files) {
    const auto stored = store_file(session, network, file, options);
    if (stored.ok()) {
      done.emplace_back(stored_object(file, *stored));
      continue;
    }
    session.say(file + ": " + stored.error().message);
    if (!first) first = stored.error();
    if (stored.error().exit == Exit::kInterrupted) break;
  }
  if (files.size() == 1 && first) return base::Err<Failure>{*first};
  if (session.globals().output == "json")
    print_line(json::serialize(
        json::object{{"data", files.size() == 1 ? json::value(done.front()) : json::value(done)}}));
  else
    for (const auto& one : done) show_figures(session, one.as_object());
  if (!first) return {};
  if (first->exit == Exit::kInterrupted || done.empty()) return base::Err<Failure>{*first};
  return fail(Exit::kInPart, "IN_PART", "not all files were stored: " + first->message,
              "run it again: it resumes by the blob id");
}

Outcome<void> read(Session& session, const Given& given) {
  TRY_ASSIGN(const base::BlobId id, blob_of(given));
  client::ReadOptions options;
  if (given.has("strict") && given.has("skip-check"))
    return usage("--strict and --skip-check exclude each other");
  if (given.has("strict")) options.check = codec::Check::kStrict;
  if (given.has("skip-check")) options.check = codec::Check::kSkip;
  options.timeout_ms = std::max<std::uint64_t>(session.timeout_ms(), 1'000);
  options.cancel = &interrupted();
  TRY_ASSIGN(Network network, connect(session, {}));
  const Patient patient;
  TRY_ASSIGN(const client::ReadBlob blob,
             client::read_blob(*network.ledger, *network.peers, network.codec, id, options));
  const std::string out = given.one("out");
  if (out == "-") {
    std::fwrite(blob.bytes.data(), 1, blob.bytes.size(), stdout);
    return {};
  }
  TRY(write_output(out, blob.bytes));
  show_figures(session, {{"blobId", blob_text(id)},
                         {"file", out},
                         {"size", std::to_string(blob.bytes.size())},
                         {"axis", blob.axis == codec::Axis::kPrimary ? "primary" : "secondary"},
                         {"used", blob.used},
                         {"badSlivers", blob.bad}});
  return {};
}

Outcome<void> id(Session& session, const Given& given) {
  std::uint64_t shards = 0;
  if (given.has("shards")) {
    TRY_ASSIGN(shards, whole_of("--shards", given.one("shards"), UINT32_MAX));
  } else {
    TRY_ASSIGN(const Network network, connect(session, {}));
    shards = network.committee.shards;
  }
  const auto codec = codec::Codec::make(shards);
  if (!codec.ok()) return base::Err<Failure>{failure_of(codec.error())};
  TRY_ASSIGN(const base::Bytes bytes, read_input(given.one("file")));
  const auto metadata = codec::describe(*codec, bytes);
  if (!metadata.ok()) return base::Err<Failure>{failure_of(metadata.error())};
  show_figures(session, {{"blobId", blob_text(metadata->blob_id)},
                         {"blobIdHex", id_text(metadata->blob_id.view())},
                         {"size", std::to_string(metadata->len)},
                         {"shards", shards}});
  return {};
}

// What members of more than f shards say in the same words.
Outcome<void> status(Session& session, const Given& given) {
  TRY_ASSIGN(const base::BlobId blob, blob_of(given));
  TRY_ASSIGN(const Network network, connect(session, {}));
  std::map<std::string, std::size_t> said;
  std::string last;
  for (const auto& member : network.committee.members) {
    const auto answer = network.peers->status(member.address, blob);
    if (!answer.ok()) {
      last = answer.error().text;
      continue;
    }
    if ((said[*answer] += member.shards.size()) <= network.codec.params().f()) continue;
    json::error_code error;
    const json::value parsed = json::parse(*answer, error);
    if (error) return fail(Exit::kUnexpected, "STRANGE_ANSWER", "the status is no JSON");
    session.show_local({{"blobId", blob_text(blob)}, {"status", parsed}});
    if (parsed == "nonexistent")
      return fail(Exit::kNotFound, "BLOB_NOT_FOUND", "no object of this blob stands");
    return {};
  }
  return fail(Exit::kUnreachable, "NO_AGREEMENT",
              "too few nodes answer the same" + (last.empty() ? "" : "; last: " + last),
              "try again: nodes may be a block apart");
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId owner, session.account(given.one("owner")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows,
             remote->list("/v1/accounts/" + id_text(owner.view()) + "/blobs"));
  session.show_list(*spec::BlobObject::descriptor(), rows,
                    {{"blobId", "BLOB"},
                     {"id", "OBJECT"},
                     {"length", "SIZE"},
                     {"registered", "REGISTERED"},
                     {"certified", "CERTIFIED"},
                     {"end", "END"},
                     {"deletable", "DELETABLE"}});
  return {};
}

}  // namespace

Verbs blob_verbs() {
  const Argument blob{"id", "blob id", false};
  const Option blob_option{"blob-id", "ID", "the same, for ids that begin with -"};
  return {
      {"blob",
       "store",
       "store files: register, upload, certify",
       {{"file", "files, or - for standard input", true, true}},
       {{"epochs", "N", "for how many epochs, the running one included"},
        {"until", "DATE", "instead of --epochs: up to a day or moment (UTC)"},
        {"max-cost", "AMOUNT", "the most each file may cost", true},
        {"permanent", "", "not deletable before its end"}},
       store},
      {"blob",
       "read",
       "read a blob into a file",
       {blob},
       {{"out", "FILE", "where it goes; - is standard output", true},
        {"strict", "", "compute the blob id again"},
        {"skip-check", "", "trust the writer's encoding"},
        blob_option},
       read},
      {"blob",
       "id",
       "the blob id of a file on this chain",
       {{"file", "the file, or - for standard input"}},
       {{"shards", "N", "shard count; else the chain's"}},
       id},
      {"blob", "status", "what the nodes say about a blob", {blob}, {blob_option}, status},
      {"blob",
       "list",
       "blob objects of an account",
       {},
       {{"owner", "ACCOUNT", "else the account of --from"}},
       list},
  };
}

}  // namespace wald::cli
