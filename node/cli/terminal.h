// SPDX-License-Identifier: Apache-2.0
// The person at the terminal: questions and answers through /dev/tty's streams, secrets unseen.
// Thread rule: main.
#pragma once

#include <string>

#include "node/client/failure.h"

namespace wald::cli {

bool writes_to_terminal();  // stdout
bool has_terminal();        // somebody can read stderr and answer on stdin
// `y` or `yes`, in either case; everything else is no.
bool ask_yes(const std::string& question);
client::Outcome<std::string> ask_hidden(const std::string& question);

}  // namespace wald::cli
