// SPDX-License-Identifier: Apache-2.0
// wal blob: store files, read them back, ask about them. Ctrl-C while storing says what is durable;
// storing again resumes by the blob id.
#include "codec/stream_encoder.h"
#include "node/cli/blob_session.h"
#include "node/cli/codec_dir.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::fail;
using client::usage;

Outcome<client::Stored> store_file(Session& session, Network& network, Tools& tools,
                                   const std::string& file, client::StoreOptions options,
                                   std::unique_ptr<client::EncodedBlob>& blob) {
  TRY_ASSIGN(const auto input, tools.input(network.codec.params(), file));
  options.progress = progress_of(session, file);
  TRY_ASSIGN(blob, encoded(tools, network.codec, *input, std::move(blob)));
  TRY(input->unchanged());
  return client::store_blob(*network.ledger, *network.peers, network.codec, *blob, options);
}

Outcome<void> store(Session& session, const Given& given) {
  TRY_ASSIGN(const client::StoreOptions options, store_options(session, given));
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "encoding"));
  TRY_ASSIGN(const client::WalletKey key, session.sender());
  TRY_ASSIGN(Network network, connect(session, paying(session, key)));

  const auto& files = given.all("file");
  json::array done;
  std::optional<Failure> first;
  std::unique_ptr<client::EncodedBlob> blob;  // the next one takes its memory
  for (const std::string& file : files) {
    const auto stored = store_file(session, network, *tools, file, options, blob);
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

Outcome<void> copy_out(client::TempFile& from, std::uint64_t size, const Tools& tools) {
  base::Bytes buffer(1 << 20);
  for (std::uint64_t at = 0; at < size; at += buffer.size()) {
    buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - at)));
    TRY(tools.lift(from.read_at(at, buffer)));
    if (std::fwrite(buffer.data(), 1, buffer.size(), stdout) != buffer.size())
      return fail(Exit::kUnexpected, "IO", "standard output takes no more");
  }
  return {};
}

Outcome<void> read(Session& session, const Given& given) {
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "decoding"));
  TRY_ASSIGN(const base::BlobId id, blob_of(given));
  client::ReadOptions options;
  if (given.has("strict") && given.has("skip-check"))
    return usage("--strict and --skip-check exclude each other");
  if (given.has("strict")) options.check = codec::Check::kStrict;
  if (given.has("skip-check")) options.check = codec::Check::kSkip;
  options.timeout_ms = std::max<std::uint64_t>(session.timeout_ms(), 1'000);
  options.cancel = &interrupted();
  options.progress = tools->progress("fetching");
  TRY_ASSIGN(Network network, connect(session, {}));
  const std::string out = given.one("out");
  client::ReadTo to;
  to.stream = tools->options();
  to.scratch_dir = tools->scratch_dir();
  // Nothing is shown before the checks passed, so standard output waits in a scratch file as well.
  std::unique_ptr<client::Output> file;
  std::unique_ptr<client::TempFile> waiting;
  std::uint64_t size = 0;
  to.open = [&](std::uint64_t length) -> Outcome<codec::Storage*> {
    size = length;
    tools->expect(length);
    if (out == "-") {
      TRY_ASSIGN(waiting, client::TempFile::make(tools->scratch_dir(), tools->trouble()));
      return waiting.get();
    }
    TRY_ASSIGN(file, client::Output::make(out, tools->trouble()));
    TRY(file->set_size(length));
    return file.get();
  };
  TRY_ASSIGN(const client::ReadBlob blob,
             client::read_blob(*network.ledger, *network.peers, network.codec, id, options, to));
  if (out == "-") return copy_out(*waiting, size, *tools);
  TRY(file->commit());
  show_figures(session, {{"blobId", blob_text(id)},
                         {"file", out},
                         {"size", std::to_string(size)},
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
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "hashing"));
  TRY_ASSIGN(const auto input, tools->input(codec->params(), given.one("file")));
  tools->expect(input->size());
  TRY_ASSIGN(const auto scratch, tools->scratch(codec->params(), input->size()));
  TRY_ASSIGN(const codec::Metadata metadata,
             tools->lift(codec::describe(*codec, *input, scratch.get(), tools->options())));
  TRY(input->unchanged());
  show_figures(session, {{"blobId", blob_text(metadata.blob_id)},
                         {"blobIdHex", id_text(metadata.blob_id.view())},
                         {"size", std::to_string(metadata.len)},
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
  Verbs verbs{
      {"blob",
       "store",
       "store files: register, upload, certify",
       {{"file", "files, or - for standard input", true, true}},
       {{"epochs", "N", "for how many epochs, the running one included"},
        {"until", "DATE", "instead of --epochs: up to a day or moment (UTC)"},
        {"bucket", "BUCKET", "instead of both: into a bucket, until its end"},
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
  for (Verb& verb : verbs) {
    if (verb.name != "store" && verb.name != "read" && verb.name != "id") continue;
    for (Option& flag : codec_flags()) verb.options.push_back(std::move(flag));
  }
  return verbs;
}

}  // namespace wald::cli
