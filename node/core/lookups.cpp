// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ledger/wire/canonical.h"
#include "node/core/ledger_core.h"

namespace wald::core {
namespace {

// Our own rows, behind the store's checksum: they always parse.
StoredEvent read_event(base::ByteView value) {
  base::Reader in(value);
  const auto epoch = in.be<std::uint32_t>();
  const auto time = in.be<std::uint64_t>();
  WALD_CHECK(epoch && time);
  auto record = wire::parse_canonical<spec::EventRecord>(*in.raw(in.remaining()), value.size());
  WALD_CHECK(record.ok());
  return {std::move(record).value(), base::TimeMs(*time), base::Epoch(*epoch)};
}

base::Bytes seq_key(std::uint64_t seq) { return base::Writer().be(seq).bytes(); }

}  // namespace

std::optional<StoredEvent> LedgerCore::event(std::uint64_t seq) const {
  const auto value = view()->get(store::Table::kEvents, seq_key(seq));
  if (!value) return std::nullopt;
  return read_event(*value);
}

std::vector<StoredEvent> LedgerCore::events(std::uint64_t after, std::size_t limit) const {
  std::vector<StoredEvent> out;
  if (after == UINT64_MAX || limit == 0) return out;
  view()->scan(store::Table::kEvents, {}, seq_key(after + 1),
               [&](base::ByteView, base::ByteView value) {
                 out.push_back(read_event(value));
                 return out.size() < limit;
               });
  return out;
}

std::vector<StoredEvent> LedgerCore::events_under(store::Table table, base::ByteView prefix,
                                                  std::uint64_t after, std::size_t limit) const {
  std::vector<StoredEvent> out;
  if (after == UINT64_MAX || limit == 0) return out;
  const auto at = view();
  const base::Bytes from = base::Writer().raw(prefix).raw(seq_key(after + 1)).bytes();
  at->scan(table, prefix, from, [&](base::ByteView key, base::ByteView) {
    const auto value = at->get(store::Table::kEvents, key.subspan(prefix.size()));
    WALD_CHECK(value.has_value());
    out.push_back(read_event(*value));
    return out.size() < limit;
  });
  return out;
}

std::vector<StoredEvent> LedgerCore::events_of(const base::AccountId& account, std::uint64_t after,
                                               std::size_t limit) const {
  return events_under(store::Table::kAccountEvents, account.view(), after, limit);
}

std::vector<StoredEvent> LedgerCore::events_of(const base::NodeId& node, std::uint64_t after,
                                               std::size_t limit) const {
  return events_under(store::Table::kNodeEvents, node.view(), after, limit);
}

std::vector<StoredEvent> LedgerCore::events_of(std::span<const std::uint16_t> types,
                                               std::uint64_t after, std::size_t limit) const {
  std::vector<StoredEvent> out;
  if (after == UINT64_MAX || limit == 0) return out;
  const auto at = view();
  std::vector<std::uint64_t> numbers;  // the first ones of each type
  for (const std::uint16_t type : types) {
    const base::Bytes prefix = base::Writer().be(type).bytes();
    const base::Bytes from = base::Writer().be(type).raw(seq_key(after + 1)).bytes();
    std::size_t left = limit;
    at->scan(store::Table::kTypeEvents, prefix, from,
             [&](base::ByteView key, base::ByteView value) {
               base::Reader last_in(key.subspan(prefix.size()));
               const auto last = last_in.be<std::uint64_t>();
               WALD_CHECK(last.has_value());
               base::Reader in(value);
               while (const auto before = in.be<std::uint32_t>()) {
                 const std::uint64_t seq = *last - *before;
                 if (seq <= after) continue;
                 numbers.push_back(seq);
                 if (--left == 0) return false;
               }
               return true;
             });
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.resize(std::min(numbers.size(), limit));
  out.reserve(numbers.size());
  for (const std::uint64_t seq : numbers) {
    const auto value = at->get(store::Table::kEvents, seq_key(seq));
    WALD_CHECK(value.has_value());
    out.push_back(read_event(*value));
  }
  return out;
}

std::optional<TxPlace> LedgerCore::transaction(const base::TxId& id) const {
  const auto value = view()->get(store::Table::kTxs, id.view());
  if (!value) return std::nullopt;
  base::Reader in(*value);
  const auto height = in.be<std::uint64_t>();
  const auto index = in.be<std::uint32_t>();
  const auto epoch = in.be<std::uint32_t>();
  const auto time = in.be<std::uint64_t>();
  const auto bytes = in.raw(ledger::Receipt::kSize);
  WALD_CHECK(height && index && epoch && time && bytes);
  const auto receipt = ledger::parse_receipt(*bytes);
  WALD_CHECK(receipt.has_value());
  return TxPlace{base::Height(*height), *index, *receipt, base::TimeMs(*time), base::Epoch(*epoch)};
}

}  // namespace wald::core
