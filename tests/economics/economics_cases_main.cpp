// SPDX-License-Identifier: Apache-2.0
// economics_cases FILE.json: numeric cases of token, storage, pools, committee, votes and rewards.
// Every failure prints entry, field, want and got; the last line is `N passed, N failed`.
#include <algorithm>

#include "tests/economics/case_world.h"

namespace wald::economics::cases {
namespace {

CaseAnswer answer_case(const json::object& input) {
  const std::string fn = text(input.at("fn"));
  if (fn == "pool") return pool_case(input);
  if (fn == "staked") return staked_case(input);
  if (fn == "system") return system_case(input);
  return simple_case(fn, input);
}

// An integer below 2^256 in hex: the same with and without leading zeros.
void drop_leading_zeros(json::object& values) {
  const auto* hex = values.if_contains("blob_id_hex");
  if (hex == nullptr || !hex->is_string()) return;
  const std::string digits = text(*hex);
  values["blob_id_hex"] = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

void play_case(const std::string& entry, const json::object& form, Score& score) {
  json::object want = form.at("expected").as_object();
  const CaseAnswer answer = answer_case(form.at("input").as_object());
  json::object got = answer.values;
  if (answer.refused) got["error"] = true;
  if (answer.at_op) got["at_op"] = dec(*answer.at_op);
  if (answer.refused && !want.contains("error")) {
    score.fail(entry, "error", "accepted", json::serialize(got));
    return;
  }
  drop_leading_zeros(want);
  drop_leading_zeros(got);
  score.compare(entry, want, got);
}

void play_file(const json::value& file, Score& score) {
  std::size_t index = 0;
  for (const auto& item : file.as_array()) {
    const json::object& form = item.as_object();
    const std::string entry =
        "[" + std::to_string(index++) + "] " + text(form.at("area")) + ": " + text(form.at("name"));
    try {
      play_case(entry, form, score);
    } catch (const Refused& refused) {  // before the first operation
      score.fail(entry, "error", "a case", std::string(refusal_name(refused.why)));
    } catch (const std::exception& error) {
      score.fail(entry, "form", "a case of the format", error.what());
    }
  }
}

}  // namespace
}  // namespace wald::economics::cases

int main(int argc, char** argv) {
  return wald::economics::cases::replay(argc, argv, wald::economics::cases::play_file);
}
