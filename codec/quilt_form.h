// SPDX-License-Identifier: Apache-2.0
// What writer and reader of quilts share (K-27): which texts may stand in one, and the bytes of
// strings and tags. Internal to the codec.
#pragma once

#include "codec/quilt.h"
#include "codec/shape/bcs_cursor.h"

namespace wald::codec::quilt {

constexpr std::uint8_t kVersionByte = 1;
constexpr std::uint8_t kHasTags = 1;            // in the mask of a patch
constexpr std::size_t kPatchPrefix = 8;         // version, length, mask, length of the identifier
constexpr std::uint64_t kLongestPart = 0xFFFF;  // of a patch header: lengths are 16 bits

// 1 to 65,535 bytes of UTF-8 without control characters and without white space at the end, whose
// BCS form has a length of 16 bits too: 65,532 bytes at most.
bool good_identifier(std::string_view text);
bool good_tags(const Tags& tags);

Bytes string_bytes(std::string_view text);
// Entries sorted by their serialised keys, so that a shorter key comes first.
Bytes tags_bytes(const Tags& tags);

// Any bytes: what stands there is judged by good_identifier() and good_tags().
Result<std::string> take_string(shape::bcs::Cursor& in);
// Keys strictly ascending in their serialised form: Bcs {kUnsortedKeys}.
Result<Tags> take_tags(shape::bcs::Cursor& in);

inline base::Err<CodecError> fail(Kind kind, std::uint64_t patch) {
  return shape::fail(CodecCode::kQuilt, static_cast<std::uint8_t>(kind), patch);
}

}  // namespace wald::codec::quilt
