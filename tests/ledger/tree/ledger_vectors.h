// SPDX-License-Identifier: Apache-2.0
// Replays the sections of specs/vectors/protocol.json that belong to the hashed and signed
// preimages and to the state tree. A row computes every field that `expected` may hold from `input`
// alone; the runner compares. What a file of this form gets wrong (a missing field, a bad length,
// records that break A-38) is a BadEntry, never an abort.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <stdexcept>
#include <string_view>

namespace wald::ledger::vectors {

struct BadEntry : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Section {
  std::string_view name;
  boost::json::object (*run)(const boost::json::object& input);  // throws BadEntry
};

std::span<const Section> sections();

}  // namespace wald::ledger::vectors
