// SPDX-License-Identifier: Apache-2.0
// The reference pages of specs/generated, from the declarations: `wald docs` writes them, a test
// compares them with the committed text. Thread rule: pure functions.
#pragma once

#include <map>
#include <string>

namespace wald::reflect {

// File name -> text: transactions.md, events.md, codes.md.
std::map<std::string, std::string> generate_docs();

}  // namespace wald::reflect
