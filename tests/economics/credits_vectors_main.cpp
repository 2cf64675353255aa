// SPDX-License-Identifier: Apache-2.0
// credits_vectors FILE.json: replays the economic sections of a protocol file and leaves the others
// to the runner of that file. The last line is `N passed, N failed`.
#include "tests/economics/protocol_cases.h"

namespace wald::economics::cases {
namespace {

void play_file(const json::value& file, Score& score) {
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
}

}  // namespace
}  // namespace wald::economics::cases

int main(int argc, char** argv) {
  return wald::economics::cases::replay(argc, argv, wald::economics::cases::play_file);
}
