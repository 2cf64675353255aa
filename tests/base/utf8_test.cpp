// SPDX-License-Identifier: Apache-2.0
#include "codec/base/utf8.h"

#include <catch2/catch.hpp>

#include "codec/base/text.h"

namespace wald::base {
namespace {

bool utf8(std::string_view hex) { return is_utf8(base::from_hex(hex).value()); }

TEST_CASE("utf8: shortest forms of all lengths pass", "[base]") {
  for (const char* good : {"", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf",
                           "f0908080", "f48fbfbf", "41c3bc42"})
    CHECK(utf8(good));
}

TEST_CASE("utf8: over-long forms, surrogates, strays and the far end are refused", "[base]") {
  for (const char* bad : {"80", "bf", "c080", "c1bf", "e09fbf", "eda080", "edbfbf", "f08fbfbf",
                          "f4908080", "f5808080", "ff", "c2", "e0a0", "f09080", "c241", "e0a041"})
    CHECK_FALSE(utf8(bad));
}

}  // namespace
}  // namespace wald::base
