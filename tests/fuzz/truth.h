// SPDX-License-Identifier: Apache-2.0
// The one true blob that the fuzz targets know, with all that follows from it.
#pragma once

#include "codec/base/prng.h"
#include "codec/encoder.h"

namespace wald::fuzz {

struct Truth {
  codec::Codec codec = codec::Codec::make(7).value();
  base::Bytes blob = base::Prng(7).bytes(500);
  codec::Encoded encoded = codec::encode(codec, blob).value();
  const codec::Params& params() const { return codec.params(); }
  const codec::Metadata& metadata() const { return encoded.metadata(); }
};
inline const Truth& truth() {
  static const Truth value;
  return value;
}

}  // namespace wald::fuzz
