// SPDX-License-Identifier: Apache-2.0
// BLAKE2b as the two forms in use: plain 256 bit (codec, H of K-16) and with a purpose, B(tag, key,
// data, L) of rule O-1: digest L bytes, key of 0 or 32 bytes, salt zero, personalisation = tag in
// ASCII padded with zeros to 16. Source: RFC 7693 through libsodium.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "codec/base/ids.h"

namespace wald::base {

Hash blake2b(ByteView data);

// tag: 1 to 16 ASCII bytes; key: 0 or 32 bytes (CHECKed, both are ours).
Hash tagged_hash(std::string_view tag, ByteView key, ByteView data);
std::array<std::uint8_t, 64> tagged_hash64(std::string_view tag, ByteView key, ByteView data);

// Either form over data that arrives in pieces.
class Hasher {
 public:
  Hasher();                                                  // plain
  explicit Hasher(std::string_view tag, ByteView key = {});  // with a purpose
  Hasher& update(ByteView data);
  Hash finish();

 private:
  alignas(64) std::array<std::uint8_t, 384> state_;
};

}  // namespace wald::base
