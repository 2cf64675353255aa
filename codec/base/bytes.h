// SPDX-License-Identifier: Apache-2.0
// Byte strings, an appending Writer and a checked Reader. Hashed and signed preimages use the _le
// calls, record keys and values the _be calls (rule A-39).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wald::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
// A copy, as a bytes field of a message takes it.
inline std::string string_of(ByteView bytes) { return std::string(as_text(bytes)); }
inline bool equal(ByteView a, ByteView b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

// Appends to a byte string it owns.
class Writer {
 public:
  Writer() = default;
  // Room for so many bytes is made at once; more may follow.
  explicit Writer(std::size_t expected) { out_.reserve(expected); }

  template <std::unsigned_integral T>
  Writer& le(T value) {
    std::uint8_t* const to = grow(sizeof(T));
    for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }
  template <std::unsigned_integral T>
  Writer& be(T value) {
    std::uint8_t* const to = grow(sizeof(T));
    for (std::size_t i = 0; i < sizeof(T); ++i)
      to[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
    return *this;
  }
  Writer& u8(std::uint8_t value) { return le(value); }
  Writer& raw(ByteView bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Writer& text(std::string_view bytes) { return raw(as_bytes(bytes)); }
  // ASCII tag padded with zeros to `width` bytes; the tag is at most that long.
  Writer& padded(std::string_view tag, std::size_t width) {
    text(tag);
    out_.insert(out_.end(), width - tag.size(), 0);
    return *this;
  }

  const Bytes& bytes() const& { return out_; }
  Bytes bytes() && { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  std::uint8_t* grow(std::size_t by) {
    const std::size_t at = out_.size();
    out_.resize(at + by);
    return out_.data() + at;
  }

  Bytes out_;
};

// Walks foreign bytes. Every call answers nothing once the input is too short, and stays so.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  std::optional<T> le() {
    const auto b = raw(sizeof(T));
    if (!b) return std::nullopt;
    std::uint64_t v = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) v = (v << 8) | (*b)[i];
    return static_cast<T>(v);
  }
  template <std::unsigned_integral T>
  std::optional<T> be() {
    const auto b = raw(sizeof(T));
    if (!b) return std::nullopt;
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) v = (v << 8) | (*b)[i];
    return static_cast<T>(v);
  }
  std::optional<std::uint8_t> u8() { return le<std::uint8_t>(); }
  std::optional<ByteView> raw(std::size_t count) {
    if (failed_ || count > rest_.size()) {
      failed_ = true;
      return std::nullopt;
    }
    const ByteView head = rest_.first(count);
    rest_ = rest_.subspan(count);
    return head;
  }
  template <class Id>
  std::optional<Id> id() {
    const auto b = raw(Id::kSize);
    if (!b) return std::nullopt;
    return Id::from(*b);
  }
  std::size_t remaining() const { return rest_.size(); }
  bool done() const { return !failed_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

}  // namespace wald::base
