// SPDX-License-Identifier: Apache-2.0
#include "node/core/index_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "ledger/judgement.h"
#include "ledger/records.h"
#include "node/reflect/json.h"

namespace wald::core {
namespace {

// Of each event who sent its transaction, or what inside of a Bundle; zeros for what happens by
// itself and for statements.
std::vector<base::AccountId> event_senders(const ledger::BlockOutput& output,
                                           std::span<const base::AccountId> senders) {
  std::vector<base::AccountId> out(output.events.size());
  for (std::size_t i = 0; i < output.receipts.size(); ++i) {
    const ledger::Receipt& receipt = output.receipts[i];
    for (std::uint32_t k = 0; k < receipt.events; ++k)
      out.at(receipt.first_seq - output.events.front().seq() + k) = senders[i];
  }
  return out;
}

// The accounts that an event is filed under, each once.
std::vector<std::string_view> accounts_of(const spec::EventRecord& event,
                                          const base::AccountId& sender,
                                          std::vector<std::string_view> named) {
  const auto add = [&](std::string_view id) {
    if (std::find(named.begin(), named.end(), id) == named.end()) named.push_back(id);
  };
  if (sender != base::AccountId()) add(base::as_text(sender.view()));
  for (const spec::Posting& posting : ledger::laws::postings_of(event))
    if (posting.table() == ledger::kAccounts.prefix) add(posting.key());
  return named;
}

void file_types(const ledger::Events& events, std::vector<store::Row>& rows) {
  std::map<int, std::vector<std::uint64_t>> by_type;
  for (const auto& event : events) by_type[event.body_case()].push_back(event.seq());
  for (const auto& [type, numbers] : by_type) {
    base::Writer key, value;
    key.be(base::narrow<std::uint16_t>(type)).be(numbers.back());
    for (const std::uint64_t seq : numbers)
      value.be(base::narrow<std::uint32_t>(numbers.back() - seq));
    rows.push_back({store::Table::kTypeEvents, std::move(key).bytes(), std::move(value).bytes()});
  }
}

}  // namespace

std::vector<store::Row> index_rows(const BlockMoment& at, const ledger::BlockOutput& output,
                                   std::span<const base::AccountId> senders) {
  WALD_CHECK(senders.size() == output.receipts.size());
  std::vector<store::Row> rows;
  rows.reserve(3 * output.events.size() + output.receipts.size());  // most have one or two names
  const std::vector<base::AccountId> sent_by = event_senders(output, senders);
  for (std::size_t i = 0; i < output.events.size(); ++i) {
    const auto& event = output.events[i];
    const std::uint64_t seq = event.seq();
    const base::ByteView bytes = output.event_bytes[i];
    base::Writer value(sizeof(std::uint32_t) + sizeof(std::uint64_t) + bytes.size());
    value.be(at.epoch.value()).be(at.time.value()).raw(bytes);
    rows.push_back(
        {store::Table::kEvents, base::Writer().be(seq).bytes(), std::move(value).bytes()});
    const auto* body = reflect::event_body(event);
    WALD_CHECK(body != nullptr);
    reflect::EventNames names = reflect::event_names(*body);
    const auto file = [&](store::Table table, const std::vector<std::string_view>& ids) {
      for (const std::string_view id : ids)
        rows.push_back(
            {table, base::Writer(id.size() + sizeof seq).text(id).be(seq).bytes(), base::Bytes()});
    };
    file(store::Table::kAccountEvents, accounts_of(event, sent_by[i], std::move(names.accounts)));
    file(store::Table::kNodeEvents, names.nodes);
  }
  file_types(output.events, rows);
  WALD_CHECK(output.places.size() == output.receipts.size());
  std::set<base::TxId> seen;  // a block may carry the same bytes twice: the first one counts
  for (std::size_t i = 0; i < output.receipts.size(); ++i) {
    const ledger::Receipt& receipt = output.receipts[i];
    // What was dropped out of a Bundle, before its fee and so without an event, leaves no row:
    // anybody can put anything into one, also what has its row from an earlier block.
    const bool inside = i > 0 && output.places[i] == output.places[i - 1];
    if (inside && receipt.events == 0) continue;
    if (!seen.insert(receipt.tx).second) continue;
    base::Writer value(24 + ledger::Receipt::kSize);
    value.be(at.height.value())
        .be(output.places[i])
        .be(at.epoch.value())
        .be(at.time.value())
        .raw(ledger::encode(receipt));
    rows.push_back({store::Table::kTxs,
                    base::Bytes(receipt.tx.view().begin(), receipt.tx.view().end()),
                    std::move(value).bytes()});
  }
  return rows;
}

}  // namespace wald::core
