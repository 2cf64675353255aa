// SPDX-License-Identifier: Apache-2.0
// Whether the property that holds a law sees the bug planted for it: each such test calls
// this beside itself, in builds with WALD_CANARY=ON.
#pragma once
#ifdef WALD_CANARY

#include <catch2/catch.hpp>
#include <string>

#include "codec/base/mutant.h"

namespace wald::tests {

// `property()` looks at no more than a thousand cases and says the first breach, or nothing.
template <class Property>
void check_canary(const std::string& law, const Property& property) {
  struct Chosen {
    explicit Chosen(const std::string& id) { base::choose_mutant(id); }
    ~Chosen() { base::choose_mutant(""); }
  };
  CHECK(property() == "");
  const Chosen planted(law);
  const std::string breach = property();
  INFO(law << " was told: " << breach);
  CHECK(breach != "");
}

}  // namespace wald::tests

#endif
