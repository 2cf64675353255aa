// SPDX-License-Identifier: Apache-2.0
// wal blob store-quilt, list-patches, read-quilt: many small files in one blob (K-27), in bounded
// memory (K-29): a new quilt and the columns of an old one wait in scratch files. A patch is
// written under its identifier inside the folder asked for; an identifier that would lead out of it
// is refused, not changed.
#include "codec/quilt.h"

#include <sys/resource.h>

#include "codec/base/text.h"
#include "node/cli/blob_session.h"
#include "node/os/files.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
namespace quilt = codec::quilt;
using client::fail;
using client::usage;

constexpr std::size_t kCopy = 1 << 20;
// An index is parsed in memory, where a tag of three bytes takes a hundred and more.
constexpr std::uint64_t kParsed = 64;
constexpr std::uint64_t kIndexMemory = 256 << 20;  // for whoever names no budget

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

Outcome<std::vector<Part>> parts_of(const Given& given) {
  std::vector<Part> out;
  for (const std::string& path : given.all("file")) {
    Part part;
    part.path = path;
    part.entry.identifier = base_name(path);
    out.push_back(std::move(part));
  }
  for (const std::string& text : given.all("part")) {
    TRY_ASSIGN(Part part, part_of(text));
    out.push_back(std::move(part));
  }
  if (out.empty()) return usage("no file to store", "name files, or --part for each");
  return out;
}

// All files of a quilt are open until it is written: as many as the system lets us.
void open_many_files() {
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) != 0) return;
  most.rlim_cur = most.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &most);
}

// Files as they are, put together in a scratch file.
struct Woven {
  quilt::Plan plan;
  std::unique_ptr<client::TempFile> file{};
};

Outcome<Woven> weave(Tools& tools, const codec::Params& params, const std::vector<Part>& parts) {
  open_many_files();
  std::vector<std::unique_ptr<client::Input>> inputs;
  std::vector<codec::Source*> sources;
  std::vector<quilt::Entry> entries;
  for (const Part& part : parts) {
    TRY_ASSIGN(auto input, tools.input(params, part.path));
    entries.push_back({part.entry.identifier, part.entry.tags, input->size()});
    sources.push_back(input.get());
    inputs.push_back(std::move(input));
  }
  auto plan = quilt::plan(params, entries);
  if (!plan.ok()) {
    Failure failure = failure_of(plan.error());
    failure.exit = Exit::kUsage;
    return base::Err{std::move(failure)};
  }
  Woven out{*std::move(plan)};
  TRY_ASSIGN(out.file, client::TempFile::make(tools.scratch_dir(), tools.trouble()));
  TRY(tools.lift(quilt::write(params, out.plan, sources, *out.file)));
  for (const auto& input : inputs) TRY(input->unchanged());
  return out;
}

Outcome<void> store(Session& session, const Given& given) {
  TRY_ASSIGN(client::StoreOptions options, store_options(session, given));
  TRY_ASSIGN(const std::vector<Part> parts, parts_of(given));
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "encoding"));
  TRY_ASSIGN(const client::WalletKey key, session.sender());
  TRY_ASSIGN(Network network, connect(session, paying(session, key)));
  TRY_ASSIGN(const Woven made, weave(*tools, network.codec.params(), parts));
  codec::StorageSource bytes(*made.file, made.plan.length, 0, made.plan.length);
  options.progress = progress_of(session, "quilt");
  TRY_ASSIGN(const auto blob, encoded(*tools, network.codec, bytes));
  TRY_ASSIGN(const client::Stored stored,
             client::store_blob(*network.ledger, *network.peers, network.codec, *blob, options));
  json::object out = stored_object("quilt", stored);
  json::array patches;
  for (const quilt::Patch& patch : made.plan.patches)
    patches.push_back(
        json::object{{"identifier", patch.identifier},
                     {"patchId", quilt::to_text({stored.blob_id, patch.start, patch.end})}});
  out["patches"] = std::move(patches);
  show_figures(session, out);
  return {};
}

// A quilt that is read. The reader keeps references into the object.
struct Opened {
  std::unique_ptr<Tools> tools;
  Network network;
  client::ReadOptions options;
  std::unique_ptr<client::ColumnReader> reader{};
  std::uint64_t done = 0, part = 0, total = 0;  // bytes of columns: before, of this part, of all

  const codec::Params& params() const { return network.codec.params(); }
  std::uint64_t column_bytes() const {
    return quilt::column_bytes(params(), reader->symbol_size());
  }
};

Outcome<std::unique_ptr<Opened>> open(Session& session, const Given& given,
                                      const base::BlobId& id) {
  TRY_ASSIGN(auto tools, Tools::make(session, given, "decoding"));
  TRY_ASSIGN(Network network, connect(session, {}));
  auto out = std::make_unique<Opened>(Opened{std::move(tools), std::move(network), {}});
  out->options.timeout_ms = std::max<std::uint64_t>(session.timeout_ms(), 1'000);
  out->options.cancel = &interrupted();
  if (const auto show = out->tools->progress("fetching"))
    // Where the whole blob is fetched, for want of a column, it stands for this part.
    out->options.progress = [show, &at = *out](std::uint64_t have, std::uint64_t need) {
      show(at.done +
               static_cast<std::uint64_t>(static_cast<double>(at.part) * static_cast<double>(have) /
                                          static_cast<double>(need)),
           at.total);
    };
  client::ReadTo to;
  to.stream = out->tools->options();
  to.scratch_dir = out->tools->scratch_dir();
  TRY_ASSIGN(client::ColumnReader reader,
             client::ColumnReader::open(*out->network.ledger, *out->network.peers,
                                        out->network.codec, id, out->options, to));
  out->reader = std::make_unique<client::ColumnReader>(std::move(reader));
  out->tools->expect(out->reader->length());
  return out;
}

// The first bytes of columns.
Outcome<base::Bytes> head_of(const Tools& tools, codec::Source& columns, std::uint64_t most) {
  base::Bytes out(static_cast<std::size_t>(std::min(columns.size(), most)));
  TRY(tools.lift(columns.read_at(0, out)));
  return out;
}

Outcome<std::vector<quilt::Patch>> index_of(Opened& opened) {
  const shape::Params& params = opened.params();
  const Tools& tools = *opened.tools;
  const std::uint32_t z = opened.reader->symbol_size();
  opened.part = opened.total = opened.column_bytes();
  TRY_ASSIGN(auto columns, opened.reader->columns(0, 1));
  TRY_ASSIGN(base::Bytes head, head_of(tools, *columns, quilt::kIndexPrefix));
  TRY_ASSIGN(const std::uint64_t length, tools.lift(quilt::index_length(params, z, head)));
  const std::uint64_t given = tools.options().memory;
  const std::uint64_t allowed = given == 0 ? kIndexMemory : given;
  if (length > allowed / kParsed)
    return base::Err<Failure>{tools.failure(
        shape::fail(shape::CodecCode::kMemoryBudget, length * kParsed, allowed).error)};
  const std::uint32_t count = quilt::columns_of(params, z, length);
  opened.part = opened.total = count * opened.column_bytes();
  TRY_ASSIGN(columns, opened.reader->columns(0, count));
  TRY_ASSIGN(const base::Bytes index, head_of(tools, *columns, length));
  return tools.lift(quilt::read_index(params, z, index));
}

json::object tags_object(const quilt::Tags& tags) {
  json::object out;
  for (const auto& [key, value] : tags) out[key] = value;
  return out;
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const base::BlobId id, blob_of(given));
  TRY_ASSIGN(const auto opened, open(session, given, id));
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

Outcome<std::string> write_patch(Tools& tools, const std::string& dir,
                                 const quilt::Content& content, codec::Source& columns) {
  if (!stays_inside(content.identifier))
    return fail(Exit::kProblem, "UNSAFE_NAME",
                "the identifier \"" + content.identifier + "\" is no name of a file in a folder");
  const std::string path = dir + "/" + content.identifier;
  if (const auto made = os::make_dirs(os::parent_dir(path)); !made.ok())
    return fail(Exit::kUnexpected, "IO", made.error().text);
  TRY_ASSIGN(const auto output, client::Output::make(path, tools.trouble()));
  TRY(output->set_size(content.length));
  base::Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(content.length, kCopy)));
  for (std::uint64_t at = 0; at < content.length; at += buffer.size()) {
    if (interrupted()) return fail(Exit::kInterrupted, "INTERRUPTED", "stopped");
    buffer.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), content.length - at)));
    TRY(tools.lift(columns.read_at(content.offset + at, buffer)));
    TRY(tools.lift(output->write_at(at, buffer)));
  }
  TRY(output->commit());
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
  opened.part = (patch.end - patch.start) * opened.column_bytes();
  TRY_ASSIGN(const auto columns, opened.reader->columns(patch.start, patch.end));
  opened.done += std::exchange(opened.part, 0);
  Tools& tools = *opened.tools;
  TRY_ASSIGN(const base::Bytes head, head_of(tools, *columns, quilt::kPatchHead));
  TRY_ASSIGN(const quilt::Content content,
             tools.lift(known ? quilt::read_patch(head, columns->size(), patch)
                              : quilt::read_patch(head, columns->size())));
  TRY_ASSIGN(const std::string path, write_patch(tools, dir, content, *columns));
  return json::object{{"identifier", content.identifier},
                      {"file", path},
                      {"size", std::to_string(content.length)},
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
  TRY_ASSIGN(const auto opened, open(session, given, quilt_id));
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
  opened->total = 0;
  for (const quilt::Patch& patch : patches)
    opened->total += (patch.end - patch.start) * opened->column_bytes();
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
  Verbs verbs{
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
  for (Verb& verb : verbs)
    for (Option& flag : codec_flags()) verb.options.push_back(std::move(flag));
  return verbs;
}

}  // namespace wald::cli
