// SPDX-License-Identifier: Apache-2.0
// Entries of `quilt`: the quilt as its reference writes it, its id, and every patch read back from
// the columns that its id names.
#include <stdexcept>

#include "tests/codec/quilts.h"
#include "tests/codec/vectors/form.h"

namespace wald::vectors {
namespace {

namespace quilt = codec::quilt;

quilt::Tags tags_of(const json::object& blob) {
  quilt::Tags out;
  for (const auto& tag : blob.at("tags").as_object())
    out.emplace(std::string(tag.key()), std::string(tag.value().as_string()));
  return out;
}

void check_patches(Entry& entry, const json::object& item, const quilt::Plan& plan,
                   const base::BlobId& id) {
  const json::array& rows = item.at("patches").as_array();
  entry.equal("patches", rows.size(), plan.patches.size());
  for (std::size_t i = 0; i < std::min(rows.size(), plan.patches.size()); ++i) {
    const json::object& row = rows[i].as_object();
    const quilt::Patch& patch = plan.patches[i];
    entry.under("patches[" + std::to_string(i) + "].");
    entry.field(row, "identifier", patch.identifier);
    entry.field(row, "start_index", patch.start);
    entry.field(row, "end_index", patch.end);
    const quilt::PatchId patch_id{id, patch.start, patch.end};
    entry.field(row, "patch_id", quilt::to_text(patch_id));
    entry.truth("patch_id read back", quilt::parse_patch_id(text(row, "patch_id")) == patch_id);
  }
  entry.under("");
}

void read_back(Entry& entry, const codec::Params& params, const quilt::Plan& plan,
               base::ByteView blob, const std::vector<base::Bytes>& data) {
  const std::uint32_t z = plan.symbol_size;
  const auto count = quilt::index_columns(params, z, quilt::columns(params, z, blob, 0, 1));
  if (!count.ok()) return entry.equal("index length", "read", count.error().message());
  entry.equal("index columns", plan.index_columns, *count);
  const auto index = quilt::read_index(params, z, quilt::columns(params, z, blob, 0, *count));
  if (!index.ok()) return entry.equal("index", "read", index.error().message());
  entry.truth("index read back", *index == plan.patches);
  for (std::size_t i = 0; i < plan.patches.size(); ++i) {
    const quilt::Patch& patch = plan.patches[i];
    const base::Bytes held = quilt::columns(params, z, blob, patch.start, patch.end);
    const auto content = quilt::patch_of(held, patch, i);
    entry.truth("data of " + patch.identifier,
                content.ok() && base::equal(quilt::data_of(held, *content), data[plan.source[i]]));
  }
}

}  // namespace

void replay_quilt(Entry& entry, const json::object& item) {
  const codec::Codec& codec = codec_of(number(item, "n_shards"));
  std::vector<quilt::Entry> entries;
  std::vector<base::Bytes> data;
  for (const json::value& value : item.at("blobs").as_array()) {
    const json::object& blob = value.as_object();
    data.push_back(input_bytes(blob.at("input").as_object()));
    entries.push_back({text(blob, "identifier"), tags_of(blob), data.back().size()});
  }
  const auto plan = quilt::plan(codec.params(), entries);
  if (!plan.ok()) return entry.equal("plan", "made", plan.error().message());
  entry.field(item, "symbol_size", plan->symbol_size);
  entry.field(item, "rust_symbol_size", plan->symbol_size);
  entry.field(item, "quilt_length", plan->length);
  const base::Bytes bytes = quilt::written(codec.params(), *plan, data);
  entry.hash_field(item, "quilt_blake2b256", bytes);
  if (item.contains("quilt_hex")) entry.hex_field(item, "quilt_hex", bytes);
  const auto metadata = codec::describe(codec, bytes);
  if (!metadata.ok()) return entry.equal("encode", "done", metadata.error().message());
  entry.field(item, "quilt_blob_id", base::to_base64url(metadata->blob_id.view()));
  check_patches(entry, item, *plan, metadata->blob_id);
  read_back(entry, codec.params(), *plan, bytes, data);
}

}  // namespace wald::vectors
