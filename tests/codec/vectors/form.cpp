// SPDX-License-Identifier: Apache-2.0
#include "tests/codec/vectors/form.h"

#include <iostream>
#include <map>
#include <stdexcept>

#include "codec/base/prng.h"

namespace wald::vectors {

void Entry::equal(std::string_view field, std::string_view want, std::string_view got) {
  if (want == got) return;
  good_ = false;
  std::cout << "FAIL " << name_ << " field " << prefix_ << field << "\n  want " << want
            << "\n  got  " << got << "\n";
}

void Entry::equal(std::string_view field, std::uint64_t want, std::uint64_t got) {
  equal(field, std::to_string(want), std::to_string(got));
}

void Entry::field(const json::object& object, std::string_view key, std::string_view got) {
  equal(key, text(object, key), got);
}

void Entry::field(const json::object& object, std::string_view key, std::uint64_t got) {
  equal(key, number(object, key), got);
}

void Entry::hex_field(const json::object& object, std::string_view key, base::ByteView got) {
  field(object, key, base::to_hex(got));
}

void Entry::hash_field(const json::object& object, std::string_view key, base::ByteView got) {
  hex_field(object, key, base::blake2b(got).view());
}

std::uint64_t number(const json::object& object, std::string_view key) {
  return object.at(key).to_number<std::uint64_t>();
}

std::string text(const json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

base::Bytes unhex(std::string_view digits) {
  auto bytes = base::from_hex(digits);
  if (!bytes) throw std::invalid_argument("not hex: " + std::string(digits));
  return *std::move(bytes);
}

base::Bytes input_bytes(const json::object& input) {
  const std::string gen = text(input, "gen");
  const auto length = static_cast<std::size_t>(number(input, "length"));
  if (gen == "hex") {
    base::Bytes out = unhex(text(input, "hex"));
    if (out.size() != length) throw std::invalid_argument("hex input of another length");
    return out;
  }
  base::Bytes out(length, gen == "ff" ? 0xFF : 0);
  if (gen == "zero" || gen == "ff") return out;
  const std::uint64_t seed = number(input, "seed");
  if (gen == "lin") {
    for (std::size_t i = 0; i < length; ++i)
      out[i] = static_cast<std::uint8_t>(i * 31 + seed * 17 + i / 256);
    return out;
  }
  if (gen != "sm64") throw std::invalid_argument("unknown generator " + gen);
  // Truncated little-endian words of SplitMix64 whose first state is the seed.
  base::Prng prng(seed);
  for (std::size_t at = 0; at < length; at += 8) {
    const std::uint64_t word = prng.next();
    for (std::size_t k = 0; k < 8 && at + k < length; ++k)
      out[at + k] = static_cast<std::uint8_t>(word >> (8 * k));
  }
  return out;
}

const codec::Codec& codec_of(std::uint64_t shards) {
  static std::map<std::uint64_t, codec::Codec> made;
  const auto found = made.find(shards);
  if (found != made.end()) return found->second;
  auto fresh = codec::Codec::make(shards);
  if (!fresh.ok()) throw std::invalid_argument(fresh.error().message());
  return made.emplace(shards, std::move(fresh).value()).first->second;
}

}  // namespace wald::vectors
