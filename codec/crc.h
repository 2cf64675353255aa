// SPDX-License-Identifier: Apache-2.0
// Checksums that find rot on a disk cheaply; they never replace a hash (K-28). CRC-32C as in iSCSI
// ("123456789" -> E3069283h) and CRC-64 ECMA reflected ("123456789" -> 995DC9BBDF1939FAh). ISA-L
// does the work and chooses its own kernel. Any length, any thread.
#pragma once

#include "codec/base/bytes.h"

namespace wald::codec {

std::uint32_t crc32c(base::ByteView bytes);
// `before`: the CRC of what came earlier, 0 at the start.
std::uint64_t crc64(base::ByteView bytes, std::uint64_t before = 0);

}  // namespace wald::codec
