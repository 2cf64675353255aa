// SPDX-License-Identifier: Apache-2.0
// A folder of slivers as the codec verbs see it (codec.md 10): `metadata.bcs` and slivers in any of
// the three formats under their names (codec/files.h). Every file gets its verdict; one bad file
// spoils nothing. Errors: Failure; what is missing is exit 3. Thread rule: plain functions.
#pragma once

#include <vector>

#include "codec/files.h"
#include "codec/recovery.h"
#include "node/client/failure.h"

namespace wald::cli {

using client::Outcome;

struct DirSliver {
  std::string file;
  shape::Sliver sliver;  // well formed, not verified
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

// The bytes of a file, or of standard input for "-". Exit 3 if there is none.
Outcome<base::Bytes> read_input(const std::string& path);
Outcome<void> write_output(const std::string& path, base::ByteView bytes);

// metadata.bcs, verified (K-21).
struct DirMetadata {
  codec::Codec codec;
  codec::Metadata metadata;
};
Outcome<DirMetadata> read_metadata(const std::string& dir);

// Slivers of one axis, or of both.
Outcome<SliverDir> read_slivers(const std::string& dir, const shape::Params& params,
                                const codec::Metadata& metadata, std::optional<codec::Axis> axis);
// Without metadata: raw and bcs files of a blob of this length.
Outcome<SliverDir> read_slivers(const std::string& dir, const shape::Params& params,
                                std::uint64_t len, std::optional<codec::Axis> axis);

}  // namespace wald::cli
