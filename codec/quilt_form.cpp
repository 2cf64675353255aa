// SPDX-License-Identifier: Apache-2.0
#include "codec/quilt_form.h"

#include <algorithm>

#include "codec/base/text.h"
#include "codec/base/utf8.h"

namespace wald::codec::quilt {
namespace {

// Unicode's White_Space above ASCII, as UTF-8; U+0085 is a control character anyway.
constexpr std::string_view kSpaces[] = {
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

bool ends_in_space(std::string_view text) {
  if (text.back() == ' ') return true;
  return std::any_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
    return text.size() >= space.size() && text.substr(text.size() - space.size()) == space;
  });
}

// U+0000 to U+001F, U+007F, and U+0080 to U+009F, which are C2 80 to C2 9F.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xA0)
      return true;
  }
  return false;
}

}  // namespace

bool good_identifier(std::string_view text) {
  if (text.empty() || text.size() > kLongestPart) return false;
  if (!base::is_utf8(base::as_bytes(text)) || has_control(text) || ends_in_space(text))
    return false;
  return string_bytes(text).size() <= kLongestPart;
}

bool good_tags(const Tags& tags) {
  for (const auto& [key, value] : tags)
    if (!base::is_utf8(base::as_bytes(key)) || !base::is_utf8(base::as_bytes(value))) return false;
  return tags_bytes(tags).size() <= kLongestPart;
}

Bytes string_bytes(std::string_view text) {
  base::Writer out;
  shape::bcs::put_uleb(out, text.size());
  out.text(text);
  return std::move(out).bytes();
}

Bytes tags_bytes(const Tags& tags) {
  std::vector<std::pair<Bytes, std::string_view>> sorted;
  for (const auto& [key, value] : tags) sorted.emplace_back(string_bytes(key), value);
  std::sort(sorted.begin(), sorted.end());
  base::Writer out;
  shape::bcs::put_uleb(out, sorted.size());
  for (const auto& [key, value] : sorted) out.raw(key).raw(string_bytes(value));
  return std::move(out).bytes();
}

Result<std::string> take_string(shape::bcs::Cursor& in) {
  TRY_ASSIGN(const std::uint64_t length, in.uleb());
  TRY_ASSIGN(const ByteView bytes, in.raw(length));
  return base::string_of(bytes);
}

Result<Tags> take_tags(shape::bcs::Cursor& in) {
  TRY_ASSIGN(const std::uint64_t count, in.uleb());
  Tags out;
  Bytes last;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = in.offset();
    TRY_ASSIGN(std::string key, take_string(in));
    TRY_ASSIGN(std::string value, take_string(in));
    Bytes form = string_bytes(key);
    if (i != 0 && form <= last) return in.bad(shape::BcsKind::kUnsortedKeys, at);
    last = std::move(form);
    out.emplace(std::move(key), std::move(value));
  }
  WALD_CHECK(out.size() == count);
  return out;
}

}  // namespace wald::codec::quilt
