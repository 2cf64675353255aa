// SPDX-License-Identifier: Apache-2.0
#include "tests/proofs/vectors/form.h"

#include <stdexcept>

namespace wald::vectors {

std::uint64_t number(const json::value& value) {
  if (value.is_uint64()) return value.get_uint64();
  if (value.is_int64() && value.get_int64() >= 0)
    return static_cast<std::uint64_t>(value.get_int64());
  if (!value.is_string()) throw std::invalid_argument("no unsigned integer");
  const std::string text(value.get_string());
  std::size_t used = 0;
  const std::uint64_t out = std::stoull(text, &used);
  if (used != text.size()) throw std::invalid_argument("no decimal string");
  return out;
}

base::Bytes from_hex(const json::value& value) {
  auto bytes = base::from_hex(std::string_view(value.as_string()));
  if (!bytes) throw std::invalid_argument("no hex");
  return std::move(*bytes);
}

std::vector<base::Hash> hashes(const json::array& list) {
  std::vector<base::Hash> out;
  for (const json::value& item : list) {
    const base::Bytes bytes = from_hex(item);
    if (bytes.size() != base::Hash::kSize) throw std::invalid_argument("no hash");
    out.push_back(base::Hash::from(bytes));
  }
  return out;
}

json::array hex_list(const std::vector<base::Hash>& list) {
  json::array out;
  for (const base::Hash& item : list) out.emplace_back(hex_id(item));
  return out;
}

bool Input::has(std::string_view key) const {
  const json::value* value = object_.if_contains(key);
  return value != nullptr && !value->is_null();
}

std::uint64_t Input::num(std::string_view key) const { return number(at(key)); }
base::Bytes Input::bytes(std::string_view key) const { return from_hex(at(key)); }

std::vector<std::uint16_t> Input::u16s(std::string_view key) const {
  std::vector<std::uint16_t> out;
  for (const json::value& item : list(key))
    out.push_back(base::narrow<std::uint16_t>(number(item)));
  return out;
}

std::vector<std::uint64_t> Input::nums(std::string_view key) const {
  std::vector<std::uint64_t> out;
  for (const json::value& item : list(key)) out.push_back(number(item));
  return out;
}

proofs::RoundId Input::round_id() const {
  return {id<base::ChainId>("chain"), base::Epoch(num_as<std::uint32_t>("epoch")),
          base::Round(num_as<std::uint16_t>("round"))};
}

}  // namespace wald::vectors
