// SPDX-License-Identifier: Apache-2.0
#include "economics/refusal.h"

#include <array>

namespace wald::economics {

std::string_view refusal_name(Refusal refusal) {
  static constexpr std::array<std::string_view, kRefusals> kNames = {
      "OVERFLOW",           "INSUFFICIENT",    "DIV_ZERO",         "BAD_RANGE",
      "BAD_SIZE",           "CAPACITY",        "COST_ABOVE_LIMIT", "BAD_SPLIT",
      "BAD_FUSE",           "BAD_PERCENT",     "BAD_SHARDS",       "BLOB_TOO_LARGE",
      "STAKE_TOO_SMALL",    "POOL_IMPAIRED",   "NODE_LEAVING",     "STAKE_NOT_MATURE",
      "EXIT_NOT_REQUESTED", "ALREADY_LEAVING", "USE_DIRECT_EXIT",  "RATE_TOO_HIGH",
      "RATE_STEP",          "MERGE_MISMATCH",  "SAME_NODE",        "BOND_FIXED",
      "BOND_LEAVING",       "NO_STAKE",        "BAD_ASSIGNMENT",   "NO_VOTES",
      "BAD_VOTE",           "OUT_OF_BOUNDS"};
  const auto index = static_cast<std::size_t>(refusal);
  WALD_CHECK(index < kNames.size());
  return kNames[index];
}

}  // namespace wald::economics
