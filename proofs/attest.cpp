// SPDX-License-Identifier: Apache-2.0
#include "proofs/attest.h"

#include <algorithm>
#include <map>

#include "proofs/certificate.h"

namespace wald::proofs {
namespace {

constexpr std::size_t kLeavesPerProver = 8, kLeavesInAll = 256;

std::vector<bool> either(const std::vector<bool>& a, const std::vector<bool>& b) {
  WALD_CHECK(a.size() == b.size());
  std::vector<bool> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = a[i] || b[i];
  return out;
}

// Takes the leaves of one row into the lists by member, within the limits of a row.
void join(std::map<std::uint16_t, std::vector<std::uint16_t>>& lists, std::size_t& total,
          const std::vector<Demand>& demands, const std::vector<bool>& verified) {
  for (const Demand& demand : demands) {
    WALD_CHECK(demand.member < verified.size());
    if (verified[demand.member]) continue;
    auto& list = lists[demand.member];
    for (const std::uint16_t leaf : demand.leaves) {
      if (list.size() >= kLeavesPerProver || total >= kLeavesInAll) break;
      const auto place = std::lower_bound(list.begin(), list.end(), leaf);
      if (place != list.end() && *place == leaf) continue;
      list.insert(place, leaf);
      ++total;
    }
  }
}

}  // namespace

bool confirmed(std::span<const std::uint16_t> weights, std::size_t prover,
               const std::vector<bool>& vouching, std::uint32_t shards) {
  WALD_CHECK(prover < weights.size() && vouching.size() == weights.size());
  std::uint64_t weight = 0;
  for (std::size_t v = 0; v < weights.size(); ++v)
    if (v == prover || vouching[v]) weight += weights[v];
  return reaches(Threshold::kQuorum, weight, shards);
}

bool demanded(std::uint32_t listed, std::uint32_t verifiers) {
  WALD_CHECK(listed <= verifiers);
  return 3 * std::uint64_t{listed} > verifiers;
}

RowReport merge_rows(const RowReport& earlier, const RowReport& later) {
  RowReport out = later;
  out.verified = either(earlier.verified, later.verified);
  out.missing = either(earlier.missing, later.missing);
  out.leaky = either(earlier.leaky, later.leaky);
  for (std::size_t i = 0; i < out.verified.size(); ++i)
    if (out.verified[i]) out.missing[i] = false;
  std::map<std::uint16_t, std::vector<std::uint16_t>> lists;
  std::size_t total = 0;
  join(lists, total, earlier.demands, out.verified);
  join(lists, total, later.demands, out.verified);
  WALD_CHECK(total <= kLeavesInAll);
  out.demands.clear();
  for (auto& [member, leaves] : lists)
    if (!leaves.empty()) out.demands.push_back({member, std::move(leaves)});
  return out;
}

std::optional<base::Hash> expected_rows_digest(
    const std::vector<bool>& verified, const std::vector<std::optional<base::Hash>>& roots) {
  WALD_CHECK(verified.size() == roots.size());
  std::vector<VerifiedRoot> rows;
  for (std::size_t i = 0; i < verified.size(); ++i) {
    if (!verified[i]) continue;
    if (!roots[i]) return std::nullopt;
    rows.push_back({base::narrow<std::uint16_t>(i), *roots[i]});
  }
  return rows_digest(rows);
}

}  // namespace wald::proofs
