// SPDX-License-Identifier: Apache-2.0
#include "node/storage/read_gate.h"

#include <catch2/catch.hpp>

using namespace wald;
using storage::ReadGate;

namespace {

base::BlobId blob(std::uint8_t n) { return base::BlobId(std::array<std::uint8_t, 32>{n}); }

}  // namespace

TEST_CASE("read gate: it begins closed to members and opens on command",
          "[node][storage][rule:O-36]") {
  ReadGate gate;
  REQUIRE(gate.mode() == ReadGate::Mode::kFreeze);
  REQUIRE_FALSE(gate.allows(blob(1), true, 0));
  REQUIRE(gate.allows(blob(1), false, 0));
  gate.open();
  REQUIRE(gate.allows(blob(1), true, 0));
}

TEST_CASE("read gate: in COMMIT drawn blobs go to nobody, others to all",
          "[node][storage][rule:O-36]") {
  ReadGate gate;
  gate.commit({blob(1), blob(2)});
  for (const bool member : {false, true}) {
    REQUIRE_FALSE(gate.allows(blob(1), member, 5));
    REQUIRE_FALSE(gate.allows(blob(2), member, 5));
    REQUIRE(gate.allows(blob(3), member, 5));
  }
  gate.freeze();
  REQUIRE_FALSE(gate.allows(blob(3), true, 5));
  REQUIRE(gate.allows(blob(1), false, 5));
}

TEST_CASE("read gate: FREEZE lets strangers read one MiB a second together",
          "[node][storage][rule:O-36]") {
  ReadGate gate;
  gate.freeze();
  REQUIRE(gate.allows(blob(1), false, 1'000));
  gate.sent(3u << 20, 1'000);  // overdrawn by two seconds' worth
  REQUIRE_FALSE(gate.allows(blob(1), false, 1'000));
  REQUIRE_FALSE(gate.allows(blob(1), false, 2'900));
  REQUIRE(gate.allows(blob(1), false, 3'100));
  // However long it rests, no more than one second is saved up.
  gate.sent(1u << 20, 1'000'000);
  REQUIRE_FALSE(gate.allows(blob(1), false, 1'000'000));
  // Time that runs backwards gives nothing.
  REQUIRE_FALSE(gate.allows(blob(1), false, 10));
}
