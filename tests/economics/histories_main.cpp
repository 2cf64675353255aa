// SPDX-License-Identifier: Apache-2.0
// histories FILE.json: replays histories of the money rules and cases of their pure functions.
// Every failure prints entry, field, want and got; the last line is `N passed, N failed`.
#include "tests/economics/history.h"

namespace wald::economics::cases {
namespace {

void play_op(History& history, const std::string& entry, const json::object& op, Score& score) {
  const json::object before = history.state(true);
  try {
    const json::object got = history.play(op);
    if (const auto* error = op.if_contains("error")) {
      score.fail(entry, "error", json::serialize(*error), json::serialize(got));
      return;
    }
    score.compare(entry, op.at("want").as_object(), got);
  } catch (const Refused& refused) {
    json::object got{{"error", json::string(refusal_name(refused.why))}};
    if (refused.at) got["error_epoch"] = dec(*refused.at);
    json::object want;
    for (const char* key : {"error", "error_epoch"}) {
      if (op.contains(key)) want[key] = op.at(key);
    }
    if (!op.contains("error")) {
      score.fail(entry, "error", json::serialize(op.at("want")), json::serialize(got));
      return;
    }
    score.compare(entry, want, got);
    if (history.state(true) != before) {
      score.fail(entry, "state", "nothing changed", json::serialize(history.state(true)));
    }
  }
  const std::string law = history.broken_law();
  if (!law.empty()) score.fail(entry, "law", "kept", law);
}

void play_history(const json::object& form, Score& score) {
  const std::string name = text(form.at("name"));
  History history(form);
  std::size_t index = 0;
  for (const auto& op : form.at("ops").as_array()) {
    const std::string entry =
        name + "[" + std::to_string(index++) + "] " + text(op.as_object().at("op"));
    try {
      play_op(history, entry, op.as_object(), score);
    } catch (const std::exception& error) {
      score.fail(entry, "form", "an operation of the format", error.what());
    }
  }
}

void play_function(const std::string& entry, const json::object& form, Score& score) {
  try {
    const json::object got = call_function(text(form.at("fn")), form.at("in").as_object());
    if (form.contains("error")) {
      score.fail(entry, "error", json::serialize(form.at("error")), json::serialize(got));
    } else {
      score.compare(entry, form.at("want").as_object(), got);
    }
  } catch (const Refused& refused) {
    const json::object got{{"error", json::string(refusal_name(refused.why))}};
    if (form.contains("error")) {
      score.compare(entry, {{"error", form.at("error")}}, got);
    } else {
      score.fail(entry, "want", json::serialize(form.at("want")), json::serialize(got));
    }
  } catch (const std::exception& error) {
    score.fail(entry, "form", "a case of the format", error.what());
  }
}

void play_file(const json::value& file, Score& score) {
  for (const auto& section : file.as_object()) {
    const json::array& entries = section.value().as_array();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const json::object& form = entries[i].as_object();
      if (section.key() == "histories") {
        try {
          play_history(form, score);
        } catch (const Refused& refused) {  // the start itself is out of range
          score.fail(text(form.at("name")), "params", "a start",
                     std::string(refusal_name(refused.why)));
        }
      } else if (section.key() == "functions") {
        play_function("functions[" + std::to_string(i) + "] " + text(form.at("fn")), form, score);
      } else {
        score.fail(std::string(section.key()), "section", "a known one", "unknown");
      }
    }
  }
}

}  // namespace
}  // namespace wald::economics::cases

int main(int argc, char** argv) {
  return wald::economics::cases::replay(argc, argv, wald::economics::cases::play_file);
}
