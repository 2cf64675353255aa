// SPDX-License-Identifier: Apache-2.0
// Originals of a codeword out of any k of its symbols (K-12). What depends on the indices alone
// (the locator, the factors) is worked out once, then any number of codewords is decoded. Constant
// after construction; any thread.
#pragma once

#include "codec/field/line_code.h"

namespace wald::codec {

// All give the same bytes; kAuto takes the one with less work.
enum class Method : std::uint8_t { kAuto, kDirect, kTransform };

class LineDecoder {
 public:
  // `have`: exactly k distinct symbol numbers (WALD_CHECK). The code must outlive the decoder.
  LineDecoder(const LineCode& code, std::vector<std::uint32_t> have, Method method = Method::kAuto);

  // Originals that are not among `have`, ascending.
  const std::vector<std::uint32_t>& missing() const { return missing_; }

  // in: k pointers in the order of `have`; out: one per missing original, in its order.
  void decode(InPointers in, OutPointers out, const Batch& batch) const;

 private:
  void prepare_direct(const std::vector<std::uint32_t>& log);
  void prepare_transform(const std::vector<std::uint32_t>& log);
  void direct(const Tile& tile, const Batch& batch, InPointers in, OutPointers out,
              RawBytes& rows) const;
  void transform(const Tile& tile, const Batch& batch, InPointers in, OutPointers out,
                 RawBytes& rows) const;

  const LineCode* code_;
  std::vector<std::uint32_t> have_;
  std::vector<std::uint32_t> missing_;
  bool direct_ = true;
  std::vector<MulTable> factors_;  // direct: missing x have; transform: have, then missing
  std::vector<Transform> both_;    // transform: inverse, forward
  struct Addition {
    std::uint32_t to, from, rows;
  };
  std::vector<Addition> derivative_;  // transform: between the two
};

}  // namespace wald::codec
