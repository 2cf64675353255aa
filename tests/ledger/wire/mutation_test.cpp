// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/stubs/logging.h>
#include <catch2/catch.hpp>

#include <memory>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "tests/ledger/wire/samples.h"
#include "tests/support/canary.h"

namespace wald::wire {
namespace {

using base::Bytes;
using base::Prng;

constexpr std::size_t kLimit = 1 << 20;

// What the walker accepts must survive library parse and our writer unchanged (A-23, I31).
bool survives(const google::protobuf::Message& prototype, const Bytes& bytes) {
  std::unique_ptr<google::protobuf::Message> message(prototype.New());
  if (!parse_checked(*message, bytes).ok()) return false;
  return write_canonical(*message) == bytes;
}

Bytes mutate(Prng& prng, Bytes bytes) {
  const std::uint64_t kind = prng.below(6);
  const std::size_t at = bytes.empty() ? 0 : prng.below(bytes.size());
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  if (bytes.empty() || kind == 0) {
    bytes.insert(place, static_cast<std::uint8_t>(prng.below(256)));
  } else if (kind == 1) {
    bytes.erase(place);
  } else if (kind == 2) {
    *place = static_cast<std::uint8_t>(*place ^ (1u << prng.below(8)));
  } else if (kind == 3) {
    *place = static_cast<std::uint8_t>(prng.below(256));
  } else if (kind == 4) {  // a number in a longer form
    *place = static_cast<std::uint8_t>(*place | 0x80);
    bytes.insert(place + 1, 0);
  } else {  // a piece twice
    const std::size_t count = std::min<std::size_t>(prng.below(40), bytes.size() - at);
    const Bytes piece(place, place + static_cast<std::ptrdiff_t>(count));
    bytes.insert(place, piece.begin(), piece.end());
  }
  return bytes;
}

// Nothing, or which accepted bytes did not survive.
template <class T>
std::string lost(std::uint64_t seed, int messages, int mutations) {
  Prng prng(seed);
  const T prototype;
  int accepted = 0;
  for (int i = 0; i < messages; ++i) {
    T message;
    sample::fill(prng, message);
    const Bytes bytes = write_canonical(message);
    const auto verdict = check_canonical(*T::descriptor(), bytes, kLimit);
    INFO("seed " << seed << " message " << i);
    if (!verdict.ok()) FAIL(fault_name(verdict.error().fault) << " " << verdict.error().where);
    if (!survives(prototype, bytes)) return "what was written: 0x" + base::to_hex(bytes);
    for (int k = 0; k < mutations; ++k) {
      const Bytes bad = mutate(prng, bytes);
      if (!check_canonical(*T::descriptor(), bad, kLimit).ok()) continue;
      ++accepted;
      if (!survives(prototype, bad)) return "what was accepted: 0x" + base::to_hex(bad);
    }
  }
  CHECK(accepted > 0);  // a flipped bit inside an id is still canonical: the property was exercised
  return "";
}

template <class T>
void run(std::uint64_t seed, int messages, int mutations) {
  CHECK(lost<T>(seed, messages, mutations) == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: a number in a longer form is accepted", "[canary][rule:A-32][rule:I31]") {
  tests::check_canary("I31", [] { return lost<spec::Body>(1, 24, 40); });
}
#endif

TEST_CASE("mutation: bodies that are accepted survive parse and writer",
          "[wire][rule:A-23][rule:I31]") {
  run<spec::Body>(1, 300, 40);
}

TEST_CASE("mutation: envelopes and genesis too", "[wire][rule:A-23][rule:I31]") {
  run<spec::Envelope>(2, 100, 40);
  run<spec::Genesis>(3, 100, 40);
  run<spec::BlockInput>(4, 100, 40);
}

TEST_CASE("mutation: event records too", "[wire][rule:A-23][rule:I31]") {
  run<spec::EventRecord>(5, 400, 40);
}

TEST_CASE("mutation: random bytes never pass and come out changed", "[wire][rule:I31]") {
  Prng prng(6);
  const spec::Operation prototype;
  for (int i = 0; i < 20000; ++i) {
    const Bytes bytes = prng.bytes(prng.below(24));
    if (check_canonical(*spec::Operation::descriptor(), bytes, kLimit).ok())
      REQUIRE(survives(prototype, bytes));
  }
}

TEST_CASE("mutation: random text is judged as the library judges it", "[wire][rule:A-23]") {
  google::protobuf::LogSilencer quiet;  // it logs each text it refuses
  Prng prng(7);
  for (int i = 0; i < 20000; ++i) {
    Bytes text = prng.bytes(1 + prng.below(6));
    if (i % 2 == 0) {  // near the edges of the encoding
      const std::uint8_t leads[] = {0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5};
      text[0] = leads[prng.below(9)];
      for (std::size_t k = 1; k < text.size(); ++k)
        text[k] = static_cast<std::uint8_t>(0x70 + prng.below(0x60));
    }
    Bytes bytes = {0x0a, static_cast<std::uint8_t>(text.size())};
    bytes.insert(bytes.end(), text.begin(), text.end());
    spec::Pair pair;
    const bool library = pair.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    REQUIRE(check_canonical(*spec::Pair::descriptor(), bytes, kLimit).ok() == library);
  }
}

}  // namespace
}  // namespace wald::wire
