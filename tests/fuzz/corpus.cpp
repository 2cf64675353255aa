// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/corpus.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace wald::fuzz {

namespace fs = std::filesystem;

std::vector<fs::path> inputs_at(const fs::path& place) {
  if (fs::is_regular_file(place)) return {place};
  std::vector<fs::path> out;
  if (fs::exists(place))
    for (const auto& entry : fs::directory_iterator(place)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

base::Bytes read_input(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return base::Bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

void mutate(base::Bytes& bytes, base::Prng& prng) {
  for (std::uint64_t count = 1 + prng.below(4); count-- > 0;) {
    const std::uint64_t how = prng.below(5);
    const std::uint64_t at = bytes.empty() ? 0 : prng.below(bytes.size());
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    if (how == 0 || bytes.empty()) {
      bytes.insert(place, static_cast<std::uint8_t>(prng.next()));
    } else if (how == 1) {
      bytes.erase(place);
    } else if (how == 2) {
      *place = static_cast<std::uint8_t>(*place ^ 1U << prng.below(8));
    } else if (how == 3) {
      *place = static_cast<std::uint8_t>(prng.below(2) == 0 ? 0xFF : prng.below(4));
    } else {
      bytes.resize(prng.below(bytes.size() + 1));
    }
  }
}

}  // namespace wald::fuzz
