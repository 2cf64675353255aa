// SPDX-License-Identifier: Apache-2.0
// "did you mean": the known name nearest to a misspelt one. Names are compared by the number of
// letters to insert, drop, replace or swap with their neighbour; a name is near when that takes no
// more than a third of the letters, but one always. Of equally near names the first one counts.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wald::reflect {

// Empty where none is near.
std::string nearest_name(std::string_view given, const std::vector<std::string>& names);

// `, did you mean "capacity"?`, or nothing.
std::string nearest_hint(std::string_view given, const std::vector<std::string>& names);

}  // namespace wald::reflect
