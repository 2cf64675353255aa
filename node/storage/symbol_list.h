// SPDX-License-Identifier: Apache-2.0
// BCS vector of GeneralRecoverySymbol: the answer of B/recoverySymbols. Reading is strict and
// allocates nothing by a number that the bytes do not back. Errors: shape::CodecError, Bcs.
// BCS map from target index u16 to vector of (tag of the target's axis, DecodingSymbol): the answer
// of B/decodingSymbols, keys in the order of their bytes.
#pragma once

#include <map>
#include <vector>

#include "codec/codec.h"
#include "codec/shape/bcs.h"

namespace wald::storage {

base::Bytes to_bytes(const std::vector<shape::GeneralRecoverySymbol>& symbols);
shape::Result<std::vector<shape::GeneralRecoverySymbol>> symbols_from_bytes(base::ByteView bytes);

using DecodingSymbols = std::map<std::uint16_t, std::vector<shape::DecodingSymbol>>;
base::Bytes to_bytes(codec::Axis target_axis, const DecodingSymbols& symbols);

}  // namespace wald::storage
