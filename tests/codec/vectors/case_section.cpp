// SPDX-License-Identifier: Apache-2.0
// Entries of `cases`: every figure and hash of an encoded blob, then the blob back out of several
// sets of slivers, with bad ones thrown in.
#include <numeric>
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/decoder.h"
#include "codec/shape/accounting.h"
#include "codec/stream_encoder.h"
#include "tests/codec/memory_storage.h"
#include "tests/codec/vectors/form.h"

namespace wald::vectors {
namespace {

using codec::Axis;
using codec::Check;
using codec::Decoder;
using codec::Encoded;
using codec::SliverView;
using codec::Verdict;

void check_figures(Entry& entry, const json::object& item, const codec::Params& params,
                   std::uint64_t len) {
  const auto info = shape::info(params, len);
  if (!info.ok()) throw std::invalid_argument(info.error().message());
  entry.field(item, "f", info->f);
  entry.field(item, "primary_source_symbols", info->primary_source_symbols);
  entry.field(item, "secondary_source_symbols", info->secondary_source_symbols);
  entry.field(item, "symbol_size", info->symbol_size);
  entry.field(item, "encoding_type", "RS2");
  entry.field(item, "encoding_type_byte", shape::kEncodingRs2);
  entry.field(item, "unencoded_length", info->unencoded_length);
  entry.field(item, "encoded_length", info->encoded_length);
  entry.field(item, "primary_sliver_bytes", info->primary_sliver_bytes);
  entry.field(item, "secondary_sliver_bytes", info->secondary_sliver_bytes);
}

void check_names(Entry& entry, const json::object& item, const codec::Params& params,
                 const codec::Metadata& m) {
  entry.hex_field(item, "blob_id_hex", m.blob_id.view());
  entry.field(item, "blob_id", base::to_base64url(m.blob_id.view()));
  entry.hex_field(item, "root_hash", shape::pairs_root(m.pairs).view());
  entry.field(item, "rotation_offset", shape::rotation_offset(params, m.blob_id));
  entry.field(item, "shard_of_pair_0",
              shape::shard_of_pair(params, m.blob_id, base::PairIndex(0)).value());
  entry.field(item, "pair_of_shard_0",
              shape::pair_of_shard(params, m.blob_id, base::ShardIndex(0)).value());
  for (const json::value& value : item.at("sliver_pair_hashes").as_array()) {
    const json::object& pair = value.as_object();
    const std::uint64_t at = number(pair, "pair_index");
    entry.under("sliver_pair_hashes[" + std::to_string(at) + "].");
    entry.hex_field(pair, "primary_hash", m.pairs.at(at).primary.view());
    entry.hex_field(pair, "secondary_hash", m.pairs.at(at).secondary.view());
  }
  entry.under("");
  const base::Bytes plain = shape::bcs::without_id(m);
  entry.field(item, "metadata_bcs_length", plain.size());
  entry.equal("metadata_bcs_length (by formula)", plain.size(), shape::metadata_bcs_length(params));
  entry.hash_field(item, "metadata_bcs_blake2b256", plain);
  const base::Bytes with_id = shape::bcs::to_bytes(m);
  entry.hash_field(item, "metadata_with_id_bcs_blake2b256", with_id);
  const auto back = shape::bcs::from_bytes<shape::Metadata>(with_id);
  entry.truth("metadata read back", back.ok() && *back == m);
}

void check_slivers(Entry& entry, const json::object& item, const codec::Params& params,
                   const Encoded& encoded) {
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    const std::string kind = axis == Axis::kPrimary ? "primary" : "secondary";
    for (const json::value& value : item.at(kind + "_slivers").as_array()) {
      const json::object& want = value.as_object();
      const auto index = static_cast<std::uint32_t>(number(want, "sliver_index"));
      const SliverView sliver = encoded.sliver(axis, index);
      entry.under(kind + "_slivers[" + std::to_string(index) + "].");
      const base::SliverIndex at(static_cast<std::uint16_t>(index));
      entry.field(want, "pair_index", shape::pair_of_sliver(params, axis, at).value());
      entry.hash_field(want, "blake2b256", sliver.body);
      entry.hash_field(want, "bcs_blake2b256", shape::bcs::to_bytes(codec::to_data(sliver)));
    }
    entry.under("");
    entry.hash_field(item, "all_" + kind + "_slivers_blake2b256", encoded.bodies(axis));
  }
}

std::vector<std::uint32_t> random_set(std::uint32_t n, std::uint32_t count, base::Prng& prng) {
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0U);
  for (std::uint32_t i = 0; i < count; ++i) std::swap(all[i], all[i + prng.below(n - i)]);
  all.resize(count);
  return all;
}

// Decodes from `set` and compares; with `spoiled`, three bad slivers come in first.
void decode(Entry& entry, const std::string& name, const Encoded& encoded, base::ByteView blob,
            Axis axis, const std::vector<std::uint32_t>& set, Check check, bool spoiled) {
  entry.under(name + ": ");
  const codec::Codec& codec = codec_of(encoded.metadata().pairs.size());
  auto decoder = Decoder::make(codec, axis, encoded.metadata());
  if (!decoder.ok()) return entry.equal("metadata", "accepted", decoder.error().message());
  const auto push = [&](const SliverView& sliver, std::string_view want) {
    const Verdict verdict = decoder->push(sliver);
    entry.equal("verdict", want, verdict.reason ? shape::name(verdict.reason->code) : "good");
  };
  if (spoiled) {
    SliverView sliver = encoded.sliver(axis, set[0]);
    base::Bytes body(sliver.body.begin(), sliver.body.end());
    body[body.size() / 2] ^= 0x40;
    sliver.body = body;
    push(sliver, "SliverHash");
    body.push_back(0);
    sliver.body = body;
    push(sliver, "SliverLength");
    push(encoded.sliver(axis, set[0]), "good");
    push(encoded.sliver(axis, set[0]), "Duplicate");
  }
  for (std::size_t i = spoiled ? 1 : 0; i < set.size(); ++i)
    push(encoded.sliver(axis, set[i]), "good");
  const auto report = decoder->finish(check);
  if (!report.ok()) return entry.equal("outcome", "decoded", report.error().message());
  entry.truth("bytes", base::equal(report->blob, blob));
  entry.truth("verified", report->verified);
  entry.equal("used", set.size(), report->used);
  entry.equal("skipped", spoiled ? 3 : 0, report->skipped.size());
  entry.under("");
}

void check_decoding(Entry& entry, const json::object& item, const codec::Params& params,
                    const Encoded& encoded, base::ByteView blob) {
  base::Prng prng(params.n() + blob.size());
  std::vector<std::uint32_t> first(params.p()), last(params.p());
  for (std::uint32_t i = 0; i < params.p(); ++i) {
    first[i] = i;
    last[i] = params.n() - 1 - i;
  }
  const auto run = [&](const std::string& name, const std::vector<std::uint32_t>& set, Check check,
                       bool spoiled) {
    decode(entry, name, encoded, blob, Axis::kPrimary, set, check, spoiled);
  };
  const auto some = random_set(params.n(), params.p(), prng);
  for (const json::value& value : item.at("oracle_decode_ok").as_array()) {
    const std::string_view name = value.as_string();
    entry.truth("oracle_decode_ok " + std::string(name),
                name == "systematic" || name == "last" || name == "random");
  }
  run("systematic", first, Check::kStandard, false);
  run("last", last, Check::kStandard, false);
  run("random primaries", some, Check::kStandard, true);
  decode(entry, "random secondaries", encoded, blob, Axis::kSecondary,
         random_set(params.n(), params.s(), prng), Check::kStrict, true);
}

// The other plan (K-29): by tiles, with a budget that makes several steps of it.
void check_tiles(Entry& entry, const codec::Codec& codec, const Encoded& encoded,
                 base::ByteView blob) {
  codec::StreamOptions options;
  options.one_shot = false;
  options.memory = 1;
  const auto refused = codec::plan(codec.params(), blob.size(), options);
  if (refused.ok()) return entry.equal("budget of one byte", "refused", "accepted");
  options.memory = refused.error().numbers.at(0) + encoded.bodies(Axis::kPrimary).size();
  codec::MemorySource source(blob);
  codec::MemorySink sink(codec.params(), encoded.symbol_size());
  codec::MemoryStorage scratch;
  const auto metadata = codec::encode(codec, source, sink, &scratch, options);
  if (!metadata.ok()) return entry.equal("tiles", "encoded", metadata.error().message());
  entry.truth("tiles: metadata", *metadata == encoded.metadata());
  entry.truth("tiles: every byte written once", sink.complete());
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary})
    entry.truth("tiles: slivers",
                base::equal(sink.bodies[static_cast<std::size_t>(axis)], encoded.bodies(axis)));
}

}  // namespace

void replay_case(Entry& entry, const json::object& item) {
  const codec::Codec& codec = codec_of(number(item, "n_shards"));
  const json::object& input = item.at("input").as_object();
  const base::Bytes blob = input_bytes(input);
  entry.hash_field(input, "blake2b256", blob);
  check_figures(entry, item, codec.params(), blob.size());
  const auto encoded = codec::encode(codec, blob);
  if (!encoded.ok()) return entry.equal("encode", "done", encoded.error().message());
  check_names(entry, item, codec.params(), encoded->metadata());
  check_slivers(entry, item, codec.params(), *encoded);
  check_tiles(entry, codec, *encoded, blob);
  check_decoding(entry, item, codec.params(), *encoded, blob);
}

}  // namespace wald::vectors
