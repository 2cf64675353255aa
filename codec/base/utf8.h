// SPDX-License-Identifier: Apache-2.0
// UTF-8 as of RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF. Accepts what
// the library's parse of a proto3 string accepts. Thread rule: pure.
#pragma once

#include "codec/base/bytes.h"

namespace wald::base {

bool is_utf8(ByteView bytes);

}  // namespace wald::base
