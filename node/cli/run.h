// SPDX-License-Identifier: Apache-2.0
// The program `wal`: command line -> verb -> exit code (interfaces.md 2). Thread rule: main.
#pragma once

#include <string>
#include <vector>

#include "node/cli/session.h"

namespace wald::cli {

// Everything after the program's name. Help and usage errors are printed here.
struct ParsedLine {
  Globals globals;
  const Verb* verb = nullptr;  // nothing: `exit` is the end
  Given given;
  int exit = 0;
};
ParsedLine parse_line(int argc, const char* const* argv, const Verbs& verbs);

int run(int argc, const char* const* argv);

}  // namespace wald::cli
