// SPDX-License-Identifier: Apache-2.0
// The version of the programs: that of CMakeLists.txt.
#pragma once

namespace wald::app {

inline constexpr const char* kVersion = WALD_VERSION;

}  // namespace wald::app
