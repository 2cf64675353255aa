// SPDX-License-Identifier: Apache-2.0
// wal codec: the erasure code on files, offline (codec.md 10). One JSON document on stdout whatever
// the output mode; where a verdict is negative the document is followed by exit 10.
#include <boost/json.hpp>
#include <set>

#include "codec/base/text.h"
#include "codec/shape/accounting.h"
#include "codec/stream_encoder.h"
#include "node/cli/codec_tools.h"
#include "node/os/clock.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::fail;
using client::usage;
using codec::Axis;

template <class T>
Outcome<T> lift(codec::Result<T> result) {
  if (!result.ok()) return base::Err{failure_of(result.error())};
  return *std::move(result);
}

void print(const json::object& data) { print_line(json::serialize(json::object{{"data", data}})); }

// Bytes as a bare number, or in IEC units.
Outcome<std::uint64_t> length_of(const Given& given) {
  const std::string text = given.one("size");
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
    return whole_of("--size", text, INT64_MAX);
  return size_of("--size", text);
}

Outcome<codec::Codec> codec_of(const Given& given) {
  TRY_ASSIGN(const std::uint64_t shards, whole_of("--shards", given.one("shards"), UINT32_MAX));
  return lift(codec::Codec::make(shards));
}

Outcome<std::optional<Axis>> axis_of(const Given& given) {
  const std::string text = given.one("axis");
  if (text.empty()) return std::optional<Axis>();
  if (text == "primary") return std::optional(Axis::kPrimary);
  if (text == "secondary") return std::optional(Axis::kSecondary);
  return usage("--axis is primary or secondary");
}

Outcome<json::object> info_object(const shape::Params& params, std::uint64_t len) {
  TRY_ASSIGN(const shape::BlobInfo info, lift(shape::info(params, len)));
  return json::object{{"shards", info.shards},
                      {"f", info.f},
                      {"primarySourceSymbols", info.primary_source_symbols},
                      {"secondarySourceSymbols", info.secondary_source_symbols},
                      {"symbolSize", info.symbol_size},
                      {"primarySliverBytes", std::to_string(info.primary_sliver_bytes)},
                      {"secondarySliverBytes", std::to_string(info.secondary_sliver_bytes)},
                      {"unencodedLength", std::to_string(info.unencoded_length)},
                      {"encodedLength", std::to_string(info.encoded_length)},
                      {"maxBlobSize", std::to_string(info.max_blob_size)}};
}

Outcome<json::object> blob_object(const shape::Params& params, const codec::Metadata& metadata,
                                  std::uint64_t started_us) {
  TRY_ASSIGN(json::object out, info_object(params, metadata.len));
  out["blobId"] = base::to_base64url(metadata.blob_id.view());
  out["blobIdHex"] = base::shown_hex(metadata.blob_id.view());
  out["rootHash"] = base::shown_hex(shape::pairs_root(metadata.pairs).view());
  out["rotationOffset"] = shape::rotation_offset(params, metadata.blob_id);
  out["metadataBcsHash"] = base::shown_hex(base::blake2b(shape::bcs::without_id(metadata)).view());
  out["seconds"] = static_cast<double>(os::monotonic_us() - started_us) / 1e6;
  out["peakMemory"] = std::to_string(peak_memory());
  return out;
}

Outcome<void> info(Session&, const Given& given) {
  TRY_ASSIGN(const codec::Codec codec, codec_of(given));
  TRY_ASSIGN(const std::uint64_t len, length_of(given));
  TRY_ASSIGN(const json::object data, info_object(codec.params(), len));
  print(data);
  return {};
}

Outcome<void> id(Session& session, const Given& given) {
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "hashing"));
  TRY_ASSIGN(const codec::Codec codec, codec_of(given));
  TRY_ASSIGN(const auto input, tools->input(codec.params(), given.one("file")));
  const std::uint64_t started = os::monotonic_us();
  tools->expect(input->size());
  TRY_ASSIGN(const auto scratch, tools->scratch(codec.params(), input->size()));
  TRY_ASSIGN(const codec::Metadata metadata,
             tools->lift(codec::describe(codec, *input, scratch.get(), tools->options())));
  TRY(input->unchanged());
  TRY_ASSIGN(const json::object data, blob_object(codec.params(), metadata, started));
  print(data);
  return {};
}

// `0-9,17` as pair indices.
Outcome<std::set<std::uint32_t>> pairs_of(const Given& given, std::uint32_t n) {
  std::set<std::uint32_t> out;
  if (!given.has("pairs")) {
    for (std::uint32_t i = 0; i < n; ++i) out.insert(i);
    return out;
  }
  std::string rest = given.one("pairs") + ",";
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string part = rest.substr(0, comma);
    rest.erase(0, comma + 1);
    const std::size_t dash = part.find('-');
    TRY_ASSIGN(const std::uint64_t first, whole_of("--pairs", part.substr(0, dash), n - 1));
    std::uint64_t last = first;
    if (dash != std::string::npos) {
      TRY_ASSIGN(last, whole_of("--pairs", part.substr(dash + 1), n - 1));
    }
    if (last < first) return usage("--pairs: " + part + " runs backwards");
    for (std::uint64_t i = first; i <= last; ++i) out.insert(static_cast<std::uint32_t>(i));
  }
  return out;
}

Outcome<void> encode(Session& session, const Given& given) {
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "encoding"));
  TRY_ASSIGN(const codec::Codec codec, codec_of(given));
  TRY_ASSIGN(auto pairs, pairs_of(given, codec.params().n()));
  const auto format = codec::parse_format(given.has("format") ? given.one("format") : "bcs");
  if (!format) return usage("--format is raw, bcs or stored");
  TRY_ASSIGN(const auto input, tools->input(codec.params(), given.one("file")));
  const std::uint64_t started = os::monotonic_us();
  tools->expect(input->size());
  TRY_ASSIGN(const auto scratch, tools->scratch(codec.params(), input->size()));
  TRY_ASSIGN(const auto folder,
             client::SliverFolder::make(given.one("out"), codec.params(), input->size(), *format,
                                        std::move(pairs), tools->trouble()));
  TRY_ASSIGN(const codec::Metadata metadata,
             tools->lift(codec::encode(codec, *input, *folder, scratch.get(), tools->options())));
  TRY(input->unchanged());
  TRY_ASSIGN(const std::uint64_t files, folder->commit(metadata));
  TRY_ASSIGN(json::object data, blob_object(codec.params(), metadata, started));
  data["filesWritten"] = files;
  print(data);
  return {};
}

void add_bad(json::array& out, const std::string& file, std::uint32_t index,
             std::string_view reason) {
  out.push_back(json::object{{"file", file}, {"index", index}, {"reason", reason}});
}

json::array bad_of(const SliverDir& dir) {
  json::array out;
  for (const DirBad& bad : dir.bad) add_bad(out, bad.file, bad.index, bad.reason);
  return out;
}

struct Source {
  codec::Codec codec;
  std::optional<codec::Metadata> metadata;  // nothing: unverified
  std::uint64_t len = 0;
};

Outcome<Source> source_of(const Given& given) {
  if (!given.has("unverified")) {
    TRY_ASSIGN(const DirMetadata known, read_metadata(given.one("dir")));
    return Source{known.codec, known.metadata, known.metadata.len};
  }
  if (!given.has("shards") || !given.has("size"))
    return usage("--unverified needs --shards and --size");
  TRY_ASSIGN(const codec::Codec codec, codec_of(given));
  TRY_ASSIGN(const std::uint64_t len, length_of(given));
  return Source{codec, std::nullopt, len};
}

Outcome<codec::Check> check_of(const Given& given) {
  const std::string text = given.has("check") ? given.one("check") : "default";
  if (text == "skip") return codec::Check::kSkip;
  if (text == "default") return codec::Check::kStandard;
  if (text == "strict") return codec::Check::kStrict;
  return usage("--check is skip, default or strict");
}

std::string_view check_name(codec::Check check) {
  if (check == codec::Check::kSkip) return "skip";
  return check == codec::Check::kStandard ? "default" : "strict";
}

struct Decoded {
  codec::Report report;
  json::array skipped;
};

Outcome<codec::StreamDecoder> decoder_of(Tools& tools, const Source& source, Axis axis) {
  return tools.lift(
      source.metadata
          ? codec::StreamDecoder::make(source.codec, axis, *source.metadata, tools.options())
          : codec::StreamDecoder::unverified(source.codec, axis, source.len, tools.options()));
}

Outcome<Decoded> decode_axis(Tools& tools, const std::string& dir, const Source& source, Axis axis,
                             codec::Check check, codec::Storage& output) {
  const base::BlobId* id = source.metadata ? &source.metadata->blob_id : nullptr;
  TRY_ASSIGN(const SliverDir slivers,
             open_slivers(dir, source.codec.params(), source.len, id, axis, tools.trouble()));
  TRY_ASSIGN(codec::StreamDecoder decoder, decoder_of(tools, source, axis));
  json::array skipped = bad_of(slivers);
  for (const DirSliver& one : slivers.slivers) {
    if (interrupted()) return fail(Exit::kInterrupted, "INTERRUPTED", "stopped");
    const auto verdict = decoder.push(one.source());
    if (verdict.kind == codec::Verdict::Kind::kSkipped && verdict.reason)
      add_bad(skipped, one.file, one.body->index(), shape::name(verdict.reason->code));
  }
  std::unique_ptr<client::TempFile> scratch;
  if (check == codec::Check::kStrict) {
    TRY_ASSIGN(scratch, tools.scratch(source.codec.params(), source.len));
  }
  TRY_ASSIGN(codec::Report report, tools.lift(decoder.finish(output, scratch.get(), check)));
  return Decoded{std::move(report), std::move(skipped)};
}

// From the axis named, else from primaries, else from secondaries.
Outcome<Decoded> decode_any(Tools& tools, const Given& given, const Source& source,
                            codec::Check check, codec::Storage& output) {
  TRY_ASSIGN(const auto axis, axis_of(given));
  const std::string dir = given.one("dir");
  auto first = decode_axis(tools, dir, source, axis.value_or(Axis::kPrimary), check, output);
  if (first.ok() || axis ||
      first.error().reason != shape::name(shape::CodecCode::kNotEnoughSlivers))
    return first;
  auto second = decode_axis(tools, dir, source, Axis::kSecondary, check, output);
  return second.ok() ? std::move(second) : std::move(first);
}

Outcome<void> decode(Session& session, const Given& given) {
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "decoding"));
  TRY_ASSIGN(const codec::Check check, check_of(given));
  TRY_ASSIGN(const Source source, source_of(given));
  tools->expect(source.len);
  TRY_ASSIGN(const auto output, client::Output::make(given.one("out"), tools->trouble()));
  TRY(output->set_size(source.len));
  TRY_ASSIGN(const Decoded decoded, decode_any(*tools, given, source, check, *output));
  TRY(output->commit());
  json::object data;
  data["blobId"] = source.metadata
                       ? json::value(base::to_base64url(source.metadata->blob_id.view()))
                       : json::value(nullptr);
  data["unencodedLength"] = std::to_string(source.len);
  data["verified"] = decoded.report.verified;
  data["check"] = check_name(decoded.report.check);
  data["used"] = decoded.report.used;
  data["surplus"] = decoded.report.surplus;
  data["skipped"] = decoded.skipped;
  data["peakMemory"] = std::to_string(peak_memory());
  print(data);
  return {};
}

Outcome<void> verify(Session& session, const Given& given) {
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "verifying"));
  const auto known = read_metadata(given.one("dir"));
  if (!known.ok()) {
    if (known.error().exit == Exit::kProblem)
      print({{"metadataOk", false}, {"checked", 0}, {"good", 0}, {"bad", json::array()}});
    return base::Err{known.error()};
  }
  const codec::Metadata& metadata = known->metadata;
  TRY_ASSIGN(const SliverDir dir,
             open_slivers(given.one("dir"), known->codec.params(), metadata.len, &metadata.blob_id,
                          std::nullopt, tools->trouble()));
  json::array bad = bad_of(dir);
  std::uint64_t good = 0;
  for (const DirSliver& one : dir.slivers) {
    if (interrupted()) return fail(Exit::kInterrupted, "INTERRUPTED", "stopped");
    const auto judged =
        codec::verify_sliver(known->codec, metadata, one.source(), tools->options());
    if (judged.ok())
      ++good;
    else
      add_bad(bad, one.file, one.body->index(), shape::name(judged.error().code));
  }
  const std::size_t wrong = bad.size();
  json::object data{
      {"metadataOk", true}, {"checked", good + wrong}, {"good", good}, {"bad", std::move(bad)}};
  Outcome<void> strict;
  if (given.has("strict")) {
    TRY_ASSIGN(const auto output, client::TempFile::make(tools->scratch_dir(), tools->trouble()));
    const auto decoded = decode_any(*tools, given, {known->codec, metadata, metadata.len},
                                    codec::Check::kStrict, *output);
    data["strictOk"] = decoded.ok();
    if (!decoded.ok()) strict = base::Err{decoded.error()};
  }
  print(data);
  if (wrong > 0)
    return fail(Exit::kProblem, "BAD_SLIVERS",
                std::to_string(wrong) + " files are no slivers of it");
  return strict;
}

// The symbol that this file gives to the target; one body in memory at a time.
codec::Result<codec::RecoverySymbol> symbol_of(const DirMetadata& known, const DirSliver& one,
                                               std::uint32_t target) {
  const codec::Params& params = known.codec.params();
  const std::uint64_t want = std::uint64_t{params.symbol_size(known.metadata.len).value()} *
                             params.symbols(one.body->axis());
  if (one.body->size() != want)
    return shape::fail(shape::CodecCode::kSliverLength, one.body->size(), want);
  base::Bytes body(static_cast<std::size_t>(want));
  TRY(one.body->read_at(0, body));
  const codec::SliverView view{one.body->axis(), one.body->index(), one.body->symbol_size(), body};
  TRY(codec::check_form(params, known.metadata.len, view));
  return codec::recovery_symbol(known.codec, view, target);
}

Outcome<void> recover(Session& session, const Given& given) {
  TRY_ASSIGN(const auto tools, Tools::make(session, given, "recovering"));
  TRY_ASSIGN(const DirMetadata known, read_metadata(given.one("dir")));
  TRY_ASSIGN(const auto axis, axis_of(given));
  if (!axis) return usage("--axis says which sliver is wanted");
  TRY_ASSIGN(const std::uint64_t index,
             whole_of("--sliver", given.one("sliver"), known.codec.params().n() - 1));
  const codec::Target target{*axis, static_cast<std::uint32_t>(index)};
  TRY_ASSIGN(const SliverDir dir,
             open_slivers(given.one("dir"), known.codec.params(), known.metadata.len,
                          &known.metadata.blob_id, shape::other(*axis), tools->trouble()));
  json::array skipped = bad_of(dir);
  std::vector<codec::RecoverySymbol> symbols;
  std::vector<const DirSliver*> sources;
  for (const DirSliver& one : dir.slivers) {
    if (interrupted()) return fail(Exit::kInterrupted, "INTERRUPTED", "stopped");
    auto symbol = symbol_of(known, one, target.index);
    if (symbol.ok()) {
      symbols.push_back(*std::move(symbol));
      sources.push_back(&one);
    } else {
      add_bad(skipped, one.file, one.body->index(), shape::name(symbol.error().code));
    }
  }
  TRY_ASSIGN(const codec::Recovered recovered,
             lift(codec::recover_sliver(known.codec, known.metadata, target, symbols)));
  for (const shape::Skipped& one : recovered.skipped)
    add_bad(skipped, sources.at(one.position)->file, one.index, shape::name(one.code));
  const auto* sliver = std::get_if<shape::Sliver>(&recovered.result);
  const base::Bytes bytes =
      sliver != nullptr
          ? shape::bcs::to_bytes(sliver->data)
          : shape::bcs::to_bytes(std::get<codec::InconsistencyProof>(recovered.result));
  TRY(write_output(given.one("out"), bytes));
  print({{"symbolsUsed", recovered.symbols_used},
         {"skipped", std::move(skipped)},
         {"verdict", sliver != nullptr ? "recovered" : "inconsistent"}});
  if (sliver == nullptr)
    return fail(Exit::kProblem, "InvalidBlob", "the blob is inconsistent; the file is the proof");
  return {};
}

}  // namespace

Verbs codec_verbs() {
  const Argument file{"file", "the file, or - for standard input"};
  const Argument dir{"dir", "folder with metadata.bcs and slivers"};
  const Option shards{"shards", "N", "shard count, 4 to 49155", true};
  const Option out{"out", "PATH", "where the result goes", true};
  const Option axis{"axis", "AXIS", "primary or secondary"};
  Verbs verbs{
      {"codec",
       "info",
       "lengths that follow from size and shard count",
       {},
       {{"size", "BYTES", "length of the blob", true}, shards},
       info},
      {"codec", "id", "the blob id of a file", {file}, {shards}, id},
      {"codec",
       "encode",
       "a file into metadata and slivers",
       {file},
       {shards,
        out,
        {"pairs", "LIST", "pairs to write, as 0-9,17; else all"},
        {"format", "FORM", "raw, bcs (default) or stored"}},
       encode},
      {"codec",
       "decode",
       "slivers back into the file",
       {dir},
       {out,
        axis,
        {"check", "HOW", "skip, default or strict"},
        {"unverified", "", "without metadata; needs --shards and --size"},
        {"shards", "N", "shard count, with --unverified"},
        {"size", "BYTES", "length of the blob, with --unverified"}},
       decode},
      {"codec",
       "verify",
       "judge metadata and every sliver",
       {dir},
       {{"strict", "", "decode too, and compute the blob id again"}},
       verify},
      {"codec",
       "recover",
       "rebuild one sliver from the others",
       {dir},
       {{"axis", "AXIS", "primary or secondary", true},
        {"sliver", "INDEX", "its index", true},
        out},
       recover},
  };
  for (Verb& verb : verbs) {
    verb.always_json = true;
    if (verb.name == "info") continue;
    for (Option& flag : codec_flags()) verb.options.push_back(std::move(flag));
  }
  return verbs;
}

}  // namespace wald::cli
