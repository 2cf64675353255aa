// SPDX-License-Identifier: Apache-2.0
// The names and forms in which slivers lie in a directory: `metadata.bcs` (BlobMetadataWithId), and
// `primary-00000`, `secondary-00000`, each raw (the body), bcs (SliverData) or stored (K-28). Bytes
// in, bytes out; node/ owns the files. What is read here is well formed, verify_sliver() decides
// the rest.
#pragma once

#include <optional>

#include "codec/codec.h"

namespace wald::codec {

enum class SliverFormat : std::uint8_t { kRaw, kBcs, kStored };
std::optional<SliverFormat> parse_format(std::string_view text);  // raw, bcs, stored

struct SliverName {
  Axis axis = Axis::kPrimary;
  std::uint32_t index = 0;
};
std::string to_text(const SliverName& name);  // primary-00017
std::optional<SliverName> parse_sliver_name(std::string_view text);

// The sliver's form is checked: errors of check_form.
Result<Bytes> write_sliver(const Params& params, const Metadata& metadata, SliverFormat format,
                           const SliverView& sliver);
// Finds out the format by itself. `name` is the file's; what bcs and stored files say about index
// and symbol size is kept, for the decoder to judge, but must be of the name's axis and, for stored
// ones, of this blob and shard count: SliverIndex, SliverHash. A body that fits none: SliverLength,
// Bcs, Stored.
Result<shape::Sliver> read_sliver(const Params& params, const Metadata& metadata,
                                  const SliverName& name, ByteView file);
// The same where only shard count and length are known (raw and bcs; stored ones of any blob).
Result<shape::Sliver> read_sliver(const Params& params, std::uint64_t len, const SliverName& name,
                                  ByteView file);

}  // namespace wald::codec
