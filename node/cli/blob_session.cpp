// SPDX-License-Identifier: Apache-2.0
#include "node/cli/blob_session.h"

#include "codec/base/text.h"
#include "node/cli/change.h"
#include "node/cli/terminal.h"
#include "node/os/clock.h"
#include "node/reflect/units.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::fail;
using client::usage;

constexpr std::uint64_t kPeerTimeoutMs = 30'000;

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

// Figures of a local answer as people read them.
void in_words(const Session& session, json::object& object) {
  for (const char* key : {"size", "encodedLength"})
    if (const auto bytes = client::number_at(json::value(object), key); bytes.ok())
      object[key] = reflect::format_size(*bytes);
  if (const auto cost = client::number_at(json::value(object), "cost"); cost.ok())
    object["cost"] = session.money(*cost);
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

}  // namespace

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

std::function<void(const client::StoreProgress&)> progress_of(Session& session,
                                                              const std::string& file) {
  auto last = std::make_shared<std::string>();
  auto begun_us = std::make_shared<std::uint64_t>(0);  // of sending
  return [&session, file, last, begun_us](const client::StoreProgress& progress) {
    std::string line = file + ": " + std::string(step_name(progress.step));
    if (progress.total > 0) {
      const std::uint64_t tenth = progress.done * 10 / progress.total;
      line += " " + std::to_string(tenth * 10) + " %";
      if (progress.step == client::StoreProgress::Step::kConfirmed)
        line += ", quorum at " + std::to_string(progress.quorum * 100 / progress.total) + " %";
    }
    if (line == *last) return;
    *last = line;
    if (progress.step == client::StoreProgress::Step::kUploading) {
      const std::uint64_t now = os::monotonic_us();
      if (*begun_us == 0) *begun_us = now;
      if (const std::uint64_t spent = now - *begun_us; spent >= kQuietUs)
        line += pace(spent, progress.bytes, progress.done, progress.total - progress.done);
    }
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

client::RemoteLedgerOptions paying(Session& session, const client::WalletKey& key) {
  client::RemoteLedgerOptions out;
  out.account = key.account;
  out.build = session.build_options();
  out.timeout_ms = session.timeout_ms();
  out.sign = [&session, key](const client::Draft& draft) {
    return session.seal(key, draft.test_chain, draft.chain, draft.bytes,
                        reflect::describe(draft.body.operation()));
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

Outcome<std::unique_ptr<client::EncodedBlob>> encoded(Tools& tools, const codec::Codec& codec,
                                                      codec::Source& blob,
                                                      std::unique_ptr<client::EncodedBlob> spent) {
  const codec::Params& params = codec.params();
  const auto steps = codec::plan(params, blob.size(), tools.options());
  if (!steps.ok()) return base::Err{client::not_encoded(params, steps.error())};
  if (steps->one_shot) {
    base::Bytes bytes(static_cast<std::size_t>(blob.size()));
    if (!bytes.empty()) TRY(tools.lift(blob.read_at(0, bytes)));
    auto* const memory = dynamic_cast<client::MemoryBlob*>(spent.get());
    auto made = codec::encode(
        codec, bytes, {0, tools.options().executor, memory == nullptr ? nullptr : memory->spent()});
    if (!made.ok()) return base::Err{client::not_encoded(params, made.error())};
    return std::unique_ptr<client::EncodedBlob>(
        std::make_unique<client::MemoryBlob>(*std::move(made)));
  }
  spent.reset();
  tools.expect(blob.size());
  TRY_ASSIGN(const auto scratch, tools.scratch(params, blob.size()));
  TRY_ASSIGN(auto out,
             client::SpooledBlob::make(params, blob.size(), tools.scratch_dir(), tools.trouble()));
  TRY(tools.lift(out->encode(codec, blob, scratch.get(), tools.options())));
  return std::unique_ptr<client::EncodedBlob>(std::move(out));
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

Outcome<client::StoreOptions> store_options(Session& session, const Given& given) {
  if (session.globals().dry_run || !session.globals().unsigned_file.empty())
    return usage("storing sends slivers: it has no dry run and no unsigned form",
                 "wal storage price shows what it costs");
  TRY(may_change(session));
  client::StoreOptions options;
  if (given.has("epochs") + given.has("until") + given.has("bucket") != 1)
    return usage("either --epochs, --until or --bucket is due",
                 "--epochs 10, or --until 2026-12-31");
  std::uint64_t epochs = 1;
  if (given.has("bucket")) {
    TRY_ASSIGN(options.bucket, session.object(given.one("bucket")));
  } else if (given.has("until")) {
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
  return options;
}

}  // namespace wald::cli
