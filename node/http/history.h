// SPDX-License-Identifier: Apache-2.0
// Lists over the numbered log: events with filters, and what happened to one account as ledger
// lines. A list continues by number, so its cursor never expires. One request looks at no more than
// kMostLooked events, however few of them pass; `page.after` says how far it came.
// Thread rule: pure functions over what the core answers.
#pragma once

#include "node/http/shared.h"

namespace wald::http {

inline constexpr std::size_t kMostLooked = 4'096;

struct EventFilter {
  std::vector<std::uint16_t> types;  // numbers in EventRecord, ascending; none: all
  std::optional<base::AccountId> account;
  std::optional<base::NodeId> node;
};

struct EventRange {
  std::vector<core::StoredEvent> events;
  std::uint64_t looked = 0;  // up to this number all that passes is among them
  bool at_end = false;
};

// At most `limit` that pass, above `after`.
EventRange find_events(const core::LedgerCore& core, const EventFilter& filter, std::uint64_t after,
                       std::size_t limit);

boost::json::object event_line(const core::StoredEvent& event);
std::vector<reflect::Column> event_columns();  // of its CSV form

// What an event is for an account: fee, transfer, burn, stake, reward, commission, storage, node,
// other.
std::string_view kind_of(std::string_view type);
Reply account_history(Shared& shared, const net::Request& request);

// `a,b,c` without empty parts.
std::vector<std::string> split_list(std::string_view text);

}  // namespace wald::http
