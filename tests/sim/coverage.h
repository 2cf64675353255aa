// SPDX-License-Identifier: Apache-2.0
// What simulations reached, summed over seeds: codes answered, operations tried and accepted,
// events told, and objects that laws looked at. A run that did not see enough has failed (SM-6).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/workload.h"

namespace wald::sim {

class Coverage {
 public:
  void add(const tests::Workload& workload);
  // A line of each thing that was seen too seldom or too often; none where the run was broad.
  std::vector<std::string> gaps() const;
  // All of it in lines.
  std::vector<std::string> table() const;

 private:
  std::map<spec::Code, std::uint64_t> codes_;
  std::map<int, tests::Workload::Tries> tries_;
  std::map<int, std::uint64_t> events_;
  std::map<std::string, std::uint64_t> laws_;
};

}  // namespace wald::sim
