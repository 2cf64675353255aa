// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/value.h"

#include "codec/base/text.h"
#include "ledger/wire/rules.h"

namespace wald::reflect {
namespace {

using base::Bytes;
using base::Err;

std::string as_string(const Bytes& bytes) { return base::string_of(bytes); }

Err<UnitError> refuse(std::string_view text, const std::string& why, std::string hint) {
  return Err<UnitError>{UnitError{"\"" + std::string(text) + "\": " + why, std::move(hint)}};
}

bool may_be_short(spec::Kind kind) {
  return kind == spec::KIND_ID32 || kind == spec::KIND_NODE || kind == spec::KIND_ACCOUNT ||
         kind == spec::KIND_OBJECT;
}

Parsed<std::string> parse_hex(spec::Kind kind, std::string_view text, std::size_t length) {
  const std::string hint = "write 0x and " + std::to_string(2 * length) + " hex digits";
  std::string digits(text.substr(2));
  if (digits.size() > 2 * length) return refuse(text, "too long", hint);
  if (may_be_short(kind) && !digits.empty()) digits.insert(0, 2 * length - digits.size(), '0');
  const auto bytes = base::from_hex(digits);
  if (!bytes) return refuse(text, "not hex", hint);
  if (bytes->size() != length) return refuse(text, "wrong length", hint);
  return as_string(*bytes);
}

}  // namespace

std::string bytes_text(spec::Kind kind, base::ByteView bytes) {
  if (kind == spec::KIND_BLOB) return base::to_base64url(bytes);
  if (kind == spec::KIND_TX) return base::to_base58(bytes);
  if (wire::fixed_length(kind) != 0) return base::shown_hex(bytes);
  return base::to_base64(bytes);
}

Parsed<std::string> parse_bytes(spec::Kind kind, std::string_view text) {
  const std::size_t length = wire::fixed_length(kind);
  if (length == 0) {
    const auto bytes = base::from_base64(text);
    if (!bytes) return refuse(text, "not base64", "write standard base64 with padding");
    return as_string(*bytes);
  }
  if (text.substr(0, 2) == "0x") return parse_hex(kind, text, length);
  if (kind == spec::KIND_BLOB) {
    const auto bytes = base::from_base64url(text);
    if (bytes && bytes->size() == length) return as_string(*bytes);
    return refuse(text, "not a blob id", "it has 43 characters of base64url");
  }
  if (kind == spec::KIND_TX) {
    const auto bytes = base::from_base58(text);
    if (bytes && bytes->size() == length) return as_string(*bytes);
    return refuse(text, "not a transaction digest", "it is base58 of 32 bytes");
  }
  return refuse(text, "not hex", "write 0x and " + std::to_string(2 * length) + " hex digits");
}

}  // namespace wald::reflect
