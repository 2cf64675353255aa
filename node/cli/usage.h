// SPDX-License-Identifier: Apache-2.0
// What is wrong with a command line, in words that help: the nearest verb or flag, and where to
// read on. Shared by `wal` and `wald`; only their parsers include this header, and CLI11 with it.
// Thread rule: main.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace wald::cli {

struct UsageFault {
  std::string message;
  std::string hint;
};

// `app` has just thrown `error` over this line. The first word that no verb has is named with its
// nearest verb, an unknown flag with the nearest flag that is legal at that place.
UsageFault usage_fault(const CLI::App& app, const CLI::Error& error, int argc,
                       const char* const* argv);

// What may stand where the last of these words is and begins as it does, with a sentence each:
// verbs, flags if it begins with a dash, values of a flag that has few. The words before it are
// followed as the parser would.
struct NextWord {
  std::string word;
  std::string help;
};
std::vector<NextWord> next_words(const CLI::App& app, const std::vector<std::string>& words);

// Help as CLI11 prints it, without the dots behind flags that may be given several times.
std::shared_ptr<CLI::Formatter> plain_help();

}  // namespace wald::cli
