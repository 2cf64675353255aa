// SPDX-License-Identifier: Apache-2.0
#include "codec/base/hash.h"

#include <sodium.h>

namespace wald::base {
namespace {

static_assert(sizeof(crypto_generichash_blake2b_state) <= 384);

std::array<std::uint8_t, 16> personal(std::string_view tag) {
  WALD_CHECK(!tag.empty() && tag.size() <= 16);
  std::array<std::uint8_t, 16> out{};
  std::copy(tag.begin(), tag.end(), out.begin());
  return out;
}

void tagged(std::span<std::uint8_t> out, std::string_view tag, ByteView key, ByteView data) {
  WALD_CHECK(key.empty() || key.size() == 32);
  const auto person = personal(tag);
  const std::array<std::uint8_t, 16> salt{};
  WALD_CHECK(crypto_generichash_blake2b_salt_personal(out.data(), out.size(), data.data(),
                                                      data.size(), key.data(), key.size(),
                                                      salt.data(), person.data()) == 0);
}

crypto_generichash_blake2b_state* state_of(std::array<std::uint8_t, 384>& storage) {
  return reinterpret_cast<crypto_generichash_blake2b_state*>(storage.data());
}

}  // namespace

Hash blake2b(ByteView data) {
  std::array<std::uint8_t, 32> out;
  WALD_CHECK(crypto_generichash_blake2b(out.data(), out.size(), data.data(), data.size(), nullptr,
                                        0) == 0);
  return Hash(out);
}

Hash tagged_hash(std::string_view tag, ByteView key, ByteView data) {
  std::array<std::uint8_t, 32> out;
  tagged(out, tag, key, data);
  return Hash(out);
}

std::array<std::uint8_t, 64> tagged_hash64(std::string_view tag, ByteView key, ByteView data) {
  std::array<std::uint8_t, 64> out;
  tagged(out, tag, key, data);
  return out;
}

Hasher::Hasher() {
  WALD_CHECK(crypto_generichash_blake2b_init(state_of(state_), nullptr, 0, 32) == 0);
}

Hasher::Hasher(std::string_view tag, ByteView key) {
  WALD_CHECK(key.empty() || key.size() == 32);
  const auto person = personal(tag);
  const std::array<std::uint8_t, 16> salt{};
  WALD_CHECK(crypto_generichash_blake2b_init_salt_personal(state_of(state_), key.data(), key.size(),
                                                           32, salt.data(), person.data()) == 0);
}

Hasher& Hasher::update(ByteView data) {
  WALD_CHECK(crypto_generichash_blake2b_update(state_of(state_), data.data(), data.size()) == 0);
  return *this;
}

Hash Hasher::finish() {
  std::array<std::uint8_t, 32> out;
  WALD_CHECK(crypto_generichash_blake2b_final(state_of(state_), out.data(), out.size()) == 0);
  return Hash(out);
}

}  // namespace wald::base
