// SPDX-License-Identifier: Apache-2.0
// One value of a field <-> its text (interfaces.md 1), for JSON, flags and tables alike.
//
// Ids `0x` and 64 hex digits (on input also shorter, filled with zeros on the left), blob ids 43
// characters of base64url (hex accepted), transaction ids base58 (hex accepted), keys, hashes and
// signatures `0x` hex of full length, other bytes standard base64. Errors are sentences. Pure.
#pragma once

#include <string>
#include <string_view>

#include "codec/base/bytes.h"
#include "node/reflect/units.h"
#include "specs/proto/options.pb.h"

namespace wald::reflect {

std::string bytes_text(spec::Kind kind, base::ByteView bytes);
Parsed<std::string> parse_bytes(spec::Kind kind, std::string_view text);

}  // namespace wald::reflect
