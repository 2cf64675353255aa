// SPDX-License-Identifier: Apache-2.0
// credits_vectors FILE.json: replays the economic sections of a protocol file and leaves the others
// to the runner of that file. The last line is `N passed, N failed`.
#include <cstdio>

#include "tests/economics/protocol_cases.h"

namespace wald::economics::cases {
namespace {

int run(const char* path) {
  Score score;
  try {
    const json::value file = parse_file(path);
    for (const auto& section : file.as_object()) {
      if (!is_economic_section(section.key())) continue;
      for (const auto& item : section.value().as_array()) {
        const json::object& form = item.as_object();
        const std::string entry = std::string(section.key()) + " " + text(form.at("name"));
        try {
          score.compare(entry, form.at("expected").as_object(),
                        protocol_answer(section.key(), form.at("input").as_object()));
        } catch (const Refused& refused) {
          score.fail(entry, "error", "accepted", std::string(refusal_name(refused.why)));
        } catch (const std::exception& error) {
          score.fail(entry, "form", "a case of the format", error.what());
        }
      }
    }
  } catch (const std::exception& error) {
    score.fail(path, "file", "the form of the format", error.what());
  }
  return score.finish();
}

}  // namespace
}  // namespace wald::economics::cases

int main(int argc, char** argv) {
  if (argc != 2) {
    std::printf("usage: credits_vectors FILE.json\n0 passed, 1 failed\n");
    return 2;
  }
  return wald::economics::cases::run(argv[1]);
}
