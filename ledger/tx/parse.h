// SPDX-License-Identifier: Apache-2.0
// From message fields to strong types, for the parse functions under tx/. Lengths and ranges that
// the declaration states were checked by the walker already; what it cannot state is here.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

inline base::Err<Dropped> malformed(std::string field) {
  return base::Err<Dropped>{Dropped{{spec::MALFORMED, {{"field", std::move(field)}}}}};
}

template <class Id>
Parsed<Id> id_field(const std::string& bytes, std::string_view field) {
  if (bytes.size() != Id::kSize) return malformed(std::string(field));
  return Id::from(base::as_bytes(bytes));
}

// An amount above the largest one is no money at all.
inline Parsed<Amount> amount_field(std::uint64_t frost, std::string_view field) {
  const auto made = Amount::make(frost);
  if (!made.ok()) return malformed(std::string(field));
  return made.value();
}

}  // namespace wald::ledger::tx
