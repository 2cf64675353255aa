// SPDX-License-Identifier: Apache-2.0
// The forms of economics.json: single functions, one pool, one system of ring, purchases and
// rewards. Parameters of all cases: shift_bps 0, step_max 10^4, fund cap 0, reserve_bps 0, no void
// round.
#pragma once

#include "tests/economics/history.h"

namespace wald::economics::cases {

// What a case answered: its values so far, and where it was refused.
struct CaseAnswer {
  json::object values;
  bool refused = false;
  std::optional<std::size_t> at_op;
};

Params case_params();

// Plays the operations of `ops` one after the other until one is refused.
template <class World>
CaseAnswer play_ops(World& world, const json::array& ops) {
  CaseAnswer answer;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    try {
      world.play(ops[i].as_object(), answer.values);
    } catch (const Refused&) {
      answer.refused = true;
      answer.at_op = i;
      return answer;
    }
  }
  return answer;
}

CaseAnswer pool_case(const json::object& input);
CaseAnswer staked_case(const json::object& input);
CaseAnswer system_case(const json::object& input);
// Every other form; Malformed for an unknown fn.
CaseAnswer simple_case(const std::string& fn, const json::object& input);

}  // namespace wald::economics::cases
