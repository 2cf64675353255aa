// SPDX-License-Identifier: Apache-2.0
// Encoding in bounded memory (K-29): a blob that can be read at any place into its metadata and, if
// wanted, all 2n slivers. plan() says how much memory it takes, whatever the length. Small blobs go
// through encoder.h. The result is that of encode() and does not depend on the number of workers.
//
// Errors: BlobTooLarge and MemoryBudget before a byte is read; Io of what was handed in; Cancelled.
// What a sink got before an error is void. Thread rule: one call at a time works with a Source, a
// sink and a scratch.
#pragma once

#include "codec/io.h"

namespace wald::codec {

// `scratch` takes (n - s) * p * z bytes, about half the blob; it may be missing only where the plan
// is one_shot (WALD_CHECK).
Result<Metadata> encode(const Codec& codec, Source& blob, SliverSink& sink, Storage* scratch,
                        const StreamOptions& options);
// Metadata and blob id only.
Result<Metadata> describe(const Codec& codec, Source& blob, Storage* scratch,
                          const StreamOptions& options);

}  // namespace wald::codec
