// SPDX-License-Identifier: Apache-2.0
// Seeds and starts of rounds.
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

std::vector<proofs::NodeOutput> outputs(const json::array& list) {
  std::vector<proofs::NodeOutput> out;
  for (const json::value& item : list) {
    const Input entry(item.as_object());
    out.push_back({entry.id<base::NodeId>("node"), entry.array<proofs::VrfOutput>("output")});
  }
  return out;
}

json::object seeds(const Input& in) {
  const proofs::RoundId id = in.round_id();
  const base::Hash seed0 = proofs::first_prev(id.chain);
  const base::Hash prev = in.has("prev") ? in.id<base::Hash>("prev") : seed0;
  const base::Hash seed = proofs::round_seed(prev, id, outputs(in.list("reveals")));
  return {{"seed0", hex_id(seed0)},
          {"alpha", hex_id(proofs::reveal_alpha(prev, id))},
          {"S", hex_id(seed)},
          {"alpha2", hex_id(proofs::row_alpha(seed, id))},
          {"S2", hex_id(proofs::second_seed(seed, id, outputs(in.list("rows"))))}};
}

json::object start(const Input& in) {
  proofs::RoundTimes times;
  times.void_max = in.num("void_max");
  times.commit_max = in.num("commit_max");
  times.verify = in.num("verify");
  times.inspect = in.num("inspect");
  times.slack = in.num("slack");
  times.void_blocks = in.num("void_blocks");
  times.commit_blocks = in.num("commit_blocks");
  times.verify_blocks = in.num("verify_blocks");
  times.inspect_blocks = in.num("inspect_blocks");
  times.tick = in.num("tick");
  const proofs::EpochSpan span{base::TimeMs(in.num("T")), base::TimeMs(in.num("T_next")),
                               in.num("handover"), in.num_as<std::uint16_t>("rounds")};
  json::object out{{"need", proofs::round_need(times)}, {"slot", proofs::round_slot(span)}};
  const auto start = proofs::round_start(in.round_id(), in.id<base::Hash>("prev"), span, times);
  if (start)
    out["start"] = start->value();
  else
    out["refused"] = true;
  return out;
}

}  // namespace

const Sections& beacon_sections() {
  static const Sections table = {{"seeds", seeds}, {"start", start}};
  return table;
}

}  // namespace wald::vectors
