// SPDX-License-Identifier: Apache-2.0
// The sections of protocol files that this module answers: credits, score, rewards, denied,
// election (O-29, O-30, R-2 to, C-1). For the runner of those files, and replayed here
// alone.
#pragma once

#include "tests/economics/json_case.h"

namespace wald::economics::cases {

bool is_economic_section(std::string_view section);

// Every field of `expected`, for one case of such a section. Throws Malformed.
json::object protocol_answer(std::string_view section, const json::object& input);

}  // namespace wald::economics::cases
