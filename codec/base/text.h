// SPDX-License-Identifier: Apache-2.0
// Text forms of bytes: hex (lower case), base64 (RFC 4648 standard, padded; URL-safe, unpadded) and
// base58 (Bitcoin alphabet). Parsing is strict: one text per byte string, everything else is
// refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/base/bytes.h"

namespace wald::base {

std::string to_hex(ByteView bytes);
// With 0x before it, as people read ids.
std::string shown_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);  // even length, either case

std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);
std::string to_base64url(ByteView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

std::string to_base58(ByteView bytes);
std::optional<Bytes> from_base58(std::string_view text);  // at most 128 characters

}  // namespace wald::base
