// SPDX-License-Identifier: Apache-2.0
// wal blob store-quilt, list-patches, read-quilt: many small files in one blob (K-27). A patch is
// written under its identifier inside the folder asked for; an identifier that would lead out of it
// is refused, not changed.
#include "codec/quilt.h"

#include "codec/base/text.h"
#include "node/cli/blob_session.h"
#include "node/cli/codec_dir.h"
#include "node/os/files.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
namespace quilt = codec::quilt;
using client::fail;
using client::usage;

// One file of a new quilt.
struct Part {
  std::string path;
  quilt::Entry entry;
};

std::string base_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// {"path":"a.txt","identifier":"docs/a","tags":{"k":"v"}}; the identifier may be left out.
Outcome<Part> part_of(const std::string& text) {
  const auto bad = [&] {
    return usage("--part " + text + " does not say what to store",
                 R"(as {"path":"a.txt","identifier":"docs/a","tags":{"k":"v"}})");
  };
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return bad();
  Part out;
  for (const auto& field : value.get_object()) {
    if (field.key() == "path" && field.value().is_string()) {
      out.path = std::string(field.value().get_string());
    } else if (field.key() == "identifier" && field.value().is_string()) {
      out.entry.identifier = std::string(field.value().get_string());
    } else if (field.key() == "tags" && field.value().is_object()) {
      for (const auto& tag : field.value().get_object()) {
        if (!tag.value().is_string()) return bad();
        out.entry.tags.emplace(std::string(tag.key()), std::string(tag.value().get_string()));
      }
    } else {
      return bad();
    }
  }
  if (out.path.empty()) return bad();
  if (!value.get_object().contains("identifier")) out.entry.identifier = base_name(out.path);
  return out;
}

Outcome<void> store(Session& session, const Given& given) {
  TRY_ASSIGN(client::StoreOptions options, store_options(session, given));
  std::vector<Part> parts;
  for (const std::string& path : given.all("file")) {
    Part part;
    part.path = path;
    part.entry.identifier = base_name(path);
    parts.push_back(std::move(part));
  }
  for (const std::string& text : given.all("part")) {
    TRY_ASSIGN(Part part, part_of(text));
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return usage("no file to store", "name files, or --part for each");
  std::vector<base::Bytes> data;
  std::vector<quilt::Entry> entries;
  for (Part& part : parts) {
    TRY_ASSIGN(base::Bytes bytes, read_input(part.path));
    part.entry.length = bytes.size();
    data.push_back(std::move(bytes));
    entries.push_back(part.entry);
  }
  TRY_ASSIGN(const client::WalletKey key, session.sender());
  TRY_ASSIGN(Network network, connect(session, paying(session, key)));
  const Patient patient;
  const shape::Params& params = network.codec.params();
  const auto plan = quilt::plan(params, entries);
  if (!plan.ok()) {
    Failure failure = failure_of(plan.error());
    failure.exit = Exit::kUsage;
    return base::Err{std::move(failure)};
  }
  const base::Bytes bytes =
      quilt::write(params, *plan, std::vector<base::ByteView>(data.begin(), data.end()));
  data.clear();
  options.progress = progress_of(session, "quilt");
  TRY_ASSIGN(const client::Stored stored,
             client::store_blob(*network.ledger, *network.peers, network.codec, bytes, options));
  json::object out = stored_object("quilt", stored);
  json::array patches;
  for (const quilt::Patch& patch : plan->patches)
    patches.push_back(
        json::object{{"identifier", patch.identifier},
                     {"patchId", quilt::to_text({stored.blob_id, patch.start, patch.end})}});
  out["patches"] = std::move(patches);
  show_figures(session, out);
  return {};
}

// What a codec error says about a quilt that somebody else wrote.
template <class T>
Outcome<T> lift(codec::Result<T> result) {
  if (!result.ok()) return base::Err{failure_of(result.error())};
  return *std::move(result);
}

struct Opened {
  Network network;
  client::ReadOptions options;
  std::unique_ptr<client::ColumnReader> reader{};
};

// The reader keeps references into the object, so it is filled in place.
Outcome<std::unique_ptr<Opened>> open(Session& session, const base::BlobId& id) {
  client::ReadOptions options;
  options.timeout_ms = std::max<std::uint64_t>(session.timeout_ms(), 1'000);
  options.cancel = &interrupted();
  TRY_ASSIGN(Network network, connect(session, {}));
  auto out = std::make_unique<Opened>(Opened{std::move(network), options});
  TRY_ASSIGN(client::ColumnReader reader,
             client::ColumnReader::open(*out->network.ledger, *out->network.peers,
                                        out->network.codec, id, out->options));
  const shape::Params& params = out->network.codec.params();
  const std::uint64_t column = quilt::column_bytes(params, reader.symbol_size());
  if (reader.length() != column * params.s())
    return fail(Exit::kProblem, "Quilt", "this blob is no quilt: its length is not p*s*z");
  out->reader = std::make_unique<client::ColumnReader>(std::move(reader));
  return out;
}

Outcome<std::vector<quilt::Patch>> index_of(Opened& opened) {
  const shape::Params& params = opened.network.codec.params();
  const std::uint32_t z = opened.reader->symbol_size();
  TRY_ASSIGN(base::Bytes columns, opened.reader->columns(0, 1));
  TRY_ASSIGN(const std::uint32_t count, lift(quilt::index_columns(params, z, columns)));
  if (count > 1) {
    TRY_ASSIGN(columns, opened.reader->columns(0, count));
  }
  return lift(quilt::read_index(params, z, columns));
}

json::object tags_object(const quilt::Tags& tags) {
  json::object out;
  for (const auto& [key, value] : tags) out[key] = value;
  return out;
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const base::BlobId id, blob_of(given));
  const Patient patient;
  TRY_ASSIGN(const auto opened, open(session, id));
  TRY_ASSIGN(const auto index, index_of(*opened));
  json::array patches;
  for (const quilt::Patch& patch : index)
    patches.push_back(json::object{{"identifier", patch.identifier},
                                   {"patchId", quilt::to_text({id, patch.start, patch.end})},
                                   {"tags", tags_object(patch.tags)}});
  session.show_local({{"quiltId", blob_text(id)}, {"patches", std::move(patches)}});
  return {};
}

// A relative path without `.`, `..` and empty parts: it stays inside the folder.
bool stays_inside(const std::string& identifier) {
  std::string rest = identifier + "/";
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > 255) return false;
    rest.erase(0, slash + 1);
  }
  return true;
}

Outcome<std::string> write_patch(const std::string& dir, const quilt::Content& content) {
  if (!stays_inside(content.identifier))
    return fail(Exit::kProblem, "UNSAFE_NAME",
                "the identifier \"" + content.identifier + "\" is no name of a file in a folder");
  const std::string path = dir + "/" + content.identifier;
  if (const auto made = os::make_dirs(os::parent_dir(path)); !made.ok())
    return fail(Exit::kUnexpected, "IO", made.error().text);
  TRY(write_output(path, content.data));
  return path;
}

bool wanted(const Given& given, const quilt::Patch& patch) {
  const auto& names = given.all("identifier");
  if (!names.empty() && std::find(names.begin(), names.end(), patch.identifier) == names.end())
    return false;
  for (const std::string& tag : given.all("tag")) {
    const std::size_t equal = tag.find('=');
    const auto found = patch.tags.find(tag.substr(0, equal));
    if (found == patch.tags.end()) return false;
    if (equal != std::string::npos && found->second != tag.substr(equal + 1)) return false;
  }
  return true;
}

Outcome<json::object> read_one(Opened& opened, const base::BlobId& id, const quilt::Patch& patch,
                               bool known, const std::string& dir) {
  if (patch.end > opened.network.codec.params().s())
    return fail(Exit::kUsage, "BAD_PATCH", "the patch id names columns that no quilt here has");
  TRY_ASSIGN(const base::Bytes columns, opened.reader->columns(patch.start, patch.end));
  TRY_ASSIGN(const quilt::Content content,
             lift(known ? quilt::read_patch(columns, patch) : quilt::read_patch(columns)));
  TRY_ASSIGN(const std::string path, write_patch(dir, content));
  return json::object{{"identifier", content.identifier},
                      {"file", path},
                      {"size", std::to_string(content.data.size())},
                      {"patchId", quilt::to_text({id, patch.start, patch.end})},
                      {"tags", tags_object(content.tags)}};
}

// By patch ids no index is needed, and they say which quilt it is.
Outcome<std::vector<quilt::PatchId>> patch_ids(const Given& given) {
  std::vector<quilt::PatchId> out;
  for (const std::string& text : given.all("patch")) {
    const auto id = quilt::parse_patch_id(text);
    if (!id) return usage("\"" + text + "\" is no patch id", "50 characters of base64url");
    if (!out.empty() && out.front().quilt != id->quilt)
      return usage("the patches are of different quilts");
    out.push_back(*id);
  }
  return out;
}

Outcome<void> read(Session& session, const Given& given) {
  TRY_ASSIGN(const auto ids, patch_ids(given));
  if (!ids.empty() && (given.has("identifier") || given.has("tag") || given.has("id")))
    return usage("--patch names quilt and files already");
  base::BlobId quilt_id;
  if (ids.empty()) {
    TRY_ASSIGN(quilt_id, blob_of(given));
  } else {
    quilt_id = ids.front().quilt;
  }
  const Patient patient;
  TRY_ASSIGN(const auto opened, open(session, quilt_id));
  std::vector<quilt::Patch> patches;
  patches.reserve(ids.size());
  for (const quilt::PatchId& id : ids) patches.push_back({"", {}, id.start, id.end});
  if (ids.empty()) {
    TRY_ASSIGN(const auto index, index_of(*opened));
    for (const quilt::Patch& patch : index)
      if (wanted(given, patch)) patches.push_back(patch);
    if (patches.size() < given.all("identifier").size() || (patches.empty() && given.has("tag")))
      return fail(Exit::kNotFound, "PATCH_NOT_FOUND", "the quilt has no such patch",
                  "wal blob list-patches shows what it has");
  }
  json::array files;
  std::optional<Failure> first;
  for (const quilt::Patch& patch : patches) {
    auto file = read_one(*opened, quilt_id, patch, ids.empty(), given.one("out"));
    if (file.ok()) {
      files.emplace_back(*std::move(file));
      continue;
    }
    session.say(patch.identifier + ": " + file.error().message);
    if (!first) first = file.error();
    if (file.error().exit == Exit::kInterrupted) break;
  }
  if (files.empty() && first) return base::Err<Failure>{*first};
  session.show_local({{"quiltId", blob_text(quilt_id)}, {"files", std::move(files)}});
  if (!first) return {};
  if (first->exit == Exit::kInterrupted) return base::Err<Failure>{*first};
  return fail(Exit::kInPart, "IN_PART", "not all patches were written: " + first->message);
}

}  // namespace

Verbs quilt_verbs() {
  const Argument quilt_id{"id", "quilt id, which is a blob id", false};
  const Option quilt_option{"blob-id", "ID", "the same, for ids that begin with -"};
  return {
      {"blob",
       "store-quilt",
       "store many small files as one blob",
       {{"file", "files, each under its own name", false, true}},
       {{"part", "JSON", R"(a file as {"path":..,"identifier":..,"tags":{..}})", false, true},
        {"epochs", "N", "for how many epochs, the running one included"},
        {"until", "DATE", "instead of --epochs: up to a day or moment (UTC)"},
        {"bucket", "BUCKET", "instead of both: into a bucket, until its end"},
        {"max-cost", "AMOUNT", "the most the quilt may cost", true},
        {"permanent", "", "not deletable before its end"}},
       store},
      {"blob", "list-patches", "the files in a quilt", {quilt_id}, {quilt_option}, list},
      {"blob",
       "read-quilt",
       "read files of a quilt into a folder",
       {quilt_id},
       {{"out", "DIR", "where they go, each under its identifier", true},
        {"identifier", "NAME", "this file only", false, true},
        {"tag", "KEY=VALUE", "files with this tag only", false, true},
        {"patch", "ID", "by patch id, without the index", false, true},
        quilt_option},
       read},
  };
}

}  // namespace wald::cli
