// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/nearest.h"

#include <algorithm>
#include <utility>

namespace wald::reflect {
namespace {

constexpr std::size_t kLongest = 256;  // a longer name is near to nothing: the table stays small

// Three rows of the table of edits are enough, since a swap looks two letters back.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> older;
  std::vector<std::size_t> above(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) above[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t change = above[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
      row[k] = std::min({above[k] + 1, row[k - 1] + 1, change});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        row[k] = std::min(row[k], older[k - 2] + 1);
    }
    older = std::exchange(above, std::move(row));
  }
  return above[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view given, const std::vector<std::string>& names) {
  std::string best;
  if (given.size() > kLongest) return best;
  std::size_t least = std::max<std::size_t>(given.size() / 3, 1) + 1;
  for (const std::string& name : names) {
    if (name.size() > kLongest) continue;
    const std::size_t distance = edits(given, name);
    if (distance >= least) continue;
    least = distance;
    best = name;
  }
  return best;
}

std::string nearest_hint(std::string_view given, const std::vector<std::string>& names) {
  const std::string near = nearest_name(given, names);
  return near.empty() ? "" : ", did you mean \"" + near + "\"?";
}

}  // namespace wald::reflect
