// SPDX-License-Identifier: Apache-2.0
// The form of protocol.json as its replayers see it: a reader over one entry's input, makers for
// the answer, and the tables of sections. A section's function computes every field from the input;
// the runner compares those that are expected. Integers are JSON numbers or decimal strings. A new
// section is one function and one line in a table of its file.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/hash.h"
#include "codec/base/text.h"
#include "proofs/beacon.h"

namespace wald::vectors {

namespace json = boost::json;

// Read access to an object; a missing or ill-typed field throws, which fails the entry.
class Input {
 public:
  explicit Input(const json::object& object) : object_(object) {}

  const json::object& object() const { return object_; }
  bool has(std::string_view key) const;  // present and not null
  const json::value& at(std::string_view key) const { return object_.at(key); }
  const json::array& list(std::string_view key) const { return at(key).as_array(); }
  std::string text(std::string_view key) const { return std::string(at(key).as_string()); }
  bool flag(std::string_view key) const { return at(key).as_bool(); }
  std::uint64_t num(std::string_view key) const;
  template <class T>
  T num_as(std::string_view key) const {
    return base::narrow<T>(num(key));
  }
  base::Bytes bytes(std::string_view key) const;
  template <class Id>
  Id id(std::string_view key) const {
    return Id::from(bytes(key));
  }
  template <class Array>
  Array array(std::string_view key) const {
    return to_array<Array>(bytes(key));
  }
  std::vector<std::uint16_t> u16s(std::string_view key) const;
  std::vector<std::uint64_t> nums(std::string_view key) const;
  proofs::RoundId round_id() const;  // chain, epoch, round

  template <class Array>
  static Array to_array(const base::Bytes& bytes) {
    Array out;
    if (bytes.size() != out.size()) throw std::invalid_argument("wrong length");
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  }

 private:
  const json::object& object_;
};

std::uint64_t number(const json::value& value);
base::Bytes from_hex(const json::value& value);
std::vector<base::Hash> hashes(const json::array& list);

inline json::string hex(base::ByteView bytes) { return json::string(base::to_hex(bytes)); }
template <class Id>
json::string hex_id(const Id& id) {
  return hex(id.view());
}
json::array hex_list(const std::vector<base::Hash>& list);
template <class T>
json::array num_list(const std::vector<T>& list) {
  json::array out;
  for (const T& item : list) out.emplace_back(std::uint64_t{item});
  return out;
}

using Replay = json::object (*)(const Input&);
struct Section {
  std::string_view name;
  Replay replay;
};
using Sections = std::vector<Section>;

// One table per file of replayers.
const Sections& hash_sections();
const Sections& message_sections();
const Sections& statement_sections();
const Sections& beacon_sections();
const Sections& exam_sections();
const Sections& ledger_sections();
const Sections& tree_sections();
const Sections& economic_sections();

}  // namespace wald::vectors
