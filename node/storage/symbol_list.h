// SPDX-License-Identifier: Apache-2.0
// BCS vector of GeneralRecoverySymbol: the answer of B/recoverySymbols. Reading is strict and
// allocates nothing by a number that the bytes do not back. Errors: shape::CodecError, Bcs.
#pragma once

#include <vector>

#include "codec/shape/bcs.h"

namespace wald::storage {

base::Bytes to_bytes(const std::vector<shape::GeneralRecoverySymbol>& symbols);
shape::Result<std::vector<shape::GeneralRecoverySymbol>> symbols_from_bytes(base::ByteView bytes);

}  // namespace wald::storage
