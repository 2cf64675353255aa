// SPDX-License-Identifier: Apache-2.0
// An encoder in the structure of the reference: the whole matrix in memory, one call of the code
// for every row and column, one stream of libsodium for every leaf and node, one tree after the
// other. Its code is ours, since no packaged library gives these bytes; whoever measures it gives
// multiplication AVX2 shuffles and hashing libsodium (force_tiers).
#pragma once

#include "codec/codec.h"

namespace wald::bench {

base::BlobId baseline_encode(const codec::Codec& codec, const base::Bytes& blob);

}  // namespace wald::bench
