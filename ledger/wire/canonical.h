// SPDX-License-Identifier: Apache-2.0
// The canonical form of a message of specs/proto: one byte string per content (A-23, law I31).
//
// A field without explicit presence is written iff it is not its default, one with explicit
// presence iff it is present, fields ascending by number, each once (elements of a repeated one
// together), numbers of a repeated field packed into one record, varints in their shortest form. A
// message declared with a oneof has exactly one of its members. Lengths and counts keep to the rule
// of the field (options.proto). Everything else is refused: unknown fields and enum values, another
// wire type, groups, bad UTF-8, bytes after the end.
//
// Errors are values that name the place; foreign bytes never abort. Thread rule: pure functions.
// The library's own serialize calls are not canonical and are not used for bytes that are hashed.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "codec/base/bytes.h"
#include "codec/base/check.h"
#include "codec/base/result.h"

namespace wald::wire {

enum class Fault : std::uint8_t {
  kTooLarge,      // over the byte limit of the caller
  kTooDeep,       // messages inside messages beyond kMaxDepth
  kTruncated,     // ends inside a field
  kVarint,        // not the shortest form, over 64 bits, or too wide for its field
  kUnknownField,  // number not declared
  kWireType,      // another form than the declared one
  kOrder,         // not ascending, or twice
  kDefault,       // a default written out, or an empty packed list
  kBool,          // neither 0 nor 1
  kEnum,          // value not declared
  kUtf8,          // text that is not UTF-8
  kLength,        // bytes or text outside their length
  kCount,         // too few or too many elements
  kMissing,       // a field that must be there is not
  kOneof,         // two members of a oneof, or none
  kLibrary,       // the library refuses what the walker accepted: never seen, see the tests
};

// Lower-case name of a fault for messages and logs.
const char* fault_name(Fault fault);

struct WireError {
  Fault fault = Fault::kTruncated;
  std::size_t offset = 0;  // bytes into the input
  std::string where;       // full name of the message or field
};

// Messages inside messages; the deepest declared form needs 6.
inline constexpr int kMaxDepth = 8;

// Is `bytes` the canonical form of a message of this type, at most `limit` bytes long?
base::Result<void, WireError> check_canonical(const google::protobuf::Descriptor& type,
                                              base::ByteView bytes, std::size_t limit);

// The canonical form. Total for every content; what does not keep to the rules of its fields yields
// bytes that check_canonical refuses.
base::Bytes write_canonical(const google::protobuf::Message& message);
void append_canonical(base::Bytes& out, const google::protobuf::Message& message);
// One element of a repeated field of bytes, or of texts, behind those that are written already.
void append_delimited(base::Bytes& out, int field_number, base::ByteView element);

// Library parse of bytes that the walker accepted.
base::Result<void, WireError> parse_checked(google::protobuf::Message& into, base::ByteView bytes);

template <class T>
base::Result<T, WireError> parse_canonical(base::ByteView bytes, std::size_t limit) {
  TRY(check_canonical(*T::descriptor(), bytes, limit));
  T message;
  TRY(parse_checked(message, bytes));
  return message;
}

}  // namespace wald::wire
