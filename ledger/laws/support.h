// SPDX-License-Identifier: Apache-2.0
// What laws share: decoding of what they are shown, ids in keys, wide sums, postings of events.
// A record that does not decode was damaged by us: CHECK.
#pragma once

#include <functional>

#include "ledger/laws/all.h"
#include "ledger/state/keys.h"

namespace wald::ledger::laws {

// Signed, wide enough for any number of amounts below 2^63.
__extension__ typedef __int128 Sum;

std::string shown(Sum value);
std::string shown(base::ByteView id);  // the first bytes of an id, enough to find it

template <class R>
std::optional<R> decoded(Law::Value value) {
  if (!value) return std::nullopt;
  auto record = decode_record<R>(*value);
  WALD_CHECK(record.has_value());
  return record;
}

template <class Id>
Id id_at(base::ByteView key, std::size_t offset = 0) {
  return Id::from(key.subspan(offset, Id::kSize));
}
base::Epoch epoch_at(base::ByteView key, std::size_t offset = 0);

// What a supply record counts, and what an account holds, read where the bytes lie: every transfer
// changes them.
struct Ends {
  Sum minted = 0;
  Sum burned = 0;
};
Ends ends_of(Law::Value supply);
struct AccountView {
  std::uint64_t nonce = 0;
  base::ByteView policy;
};
std::optional<AccountView> account_in(Law::Value account);

// Field 15 of an event's body: to be walked while the event lives.
const google::protobuf::RepeatedPtrField<spec::Posting>& postings_of(const spec::EventRecord&);

// The node named by an event's field.
inline base::NodeId node_in(const std::string& field) {
  return base::NodeId::from(base::as_bytes(field));
}

inline Sum frost(Amount amount) { return amount.value(); }

}  // namespace wald::ledger::laws
