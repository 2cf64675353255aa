// SPDX-License-Identifier: Apache-2.0
// A folder of slivers as the codec verbs see it (codec.md 10): `metadata.bcs` and slivers in any of
// the three formats under their names (codec/files.h). Bodies stay on disk. Every file gets its
// verdict; one bad file spoils nothing. Errors: Failure; what is missing is exit 3. Thread rule:
// plain functions.
#pragma once

#include <vector>

#include "codec/recovery.h"
#include "codec/stream_decoder.h"
#include "node/client/sliver_files.h"

namespace wald::cli {

using client::Outcome;

struct DirSliver {
  std::string file;
  std::unique_ptr<client::SliverFile> body;  // well formed, not verified
  codec::SliverSource source() const {
    return {body->axis(), body->index(), body->symbol_size(), body.get()};
  }
};
struct DirBad {
  std::string file;
  std::uint32_t index = 0;
  std::string reason;  // name of the CodecError
};
struct SliverDir {
  std::vector<DirSliver> slivers;  // by axis, then index
  std::vector<DirBad> bad;         // files that are no sliver of this blob at all
};

// A CodecError as a Failure: arguments 2, verdicts 10.
client::Failure failure_of(const shape::CodecError& error);

Outcome<void> write_output(const std::string& path, base::ByteView bytes);

// metadata.bcs, verified (K-21).
struct DirMetadata {
  codec::Codec codec;
  codec::Metadata metadata;
};
Outcome<DirMetadata> read_metadata(const std::string& dir);

// Slivers of one axis, or of both, of a blob of this length. `id`: unless it is not known.
Outcome<SliverDir> open_slivers(const std::string& dir, const shape::Params& params,
                                std::uint64_t len, const base::BlobId* id,
                                std::optional<codec::Axis> axis, client::Trouble& trouble);

}  // namespace wald::cli
