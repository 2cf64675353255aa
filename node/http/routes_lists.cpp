// SPDX-License-Identifier: Apache-2.0
// Blocks and transactions as lists, the newest first, read from the block log. What is in a block
// never changes, so their cursors never expire. One request reads no more than kMostBlocks blocks
// and not many more than kMostBytes of them, however few rows they give: `page.next` says where to
// go on.
#include "ledger/state_machine.h"
#include "ledger/wire/canonical.h"
#include "node/http/shared.h"
#include "node/reflect/schema.h"
#include "specs/proto/query.pb.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

constexpr std::uint64_t kMostBlocks = 512;
constexpr std::uint64_t kMostBytes = 8u << 20;
constexpr std::uint64_t kAll = UINT64_MAX;

// Where a list goes on: rows of block `height` below `index`, then those of the blocks before.
struct Place {
  std::uint64_t height = 0;  // 0: the end
  std::uint64_t index = kAll;
};

Got<Place> read_place(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto before, query_number(request, "before", 1, INT64_MAX));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  const std::uint64_t newest = shared.api.core.head().height.value();
  if (cursor) return Place{std::min(cursor->height, newest), cursor->position};
  return Place{before ? std::min(*before - 1, newest) : newest, kAll};
}

struct Record {
  core::BlockRecord block;
  std::uint64_t bytes = 0;
};
Got<Record> record_at(const Shared& shared, std::uint64_t height) {
  const auto bytes = shared.api.core.block(base::Height(height));
  auto record = bytes.ok() ? core::parse_block_record(*bytes) : std::nullopt;
  if (!record)
    return Err{net::error_response(net::Status::kInternal, "BLOCK_UNREADABLE", net::kLedgerDomain,
                                   "block " + std::to_string(height) + " could not be read")};
  return Record{*std::move(record), bytes->size()};
}

// Rows of one block from `place.index` downwards; moves the place behind what it gave.
using RowsOf = std::function<void(const Record&, Place&, std::uint64_t limit, json::array&)>;

Reply page_of(const Shared& shared, const net::Request& request, const reflect::Descriptor& type,
              const RowsOf& rows_of) {
  TRY_ASSIGN(const std::uint64_t limit, query_limit(request));
  TRY_ASSIGN(Place place, read_place(shared, request));
  const At at = at_of(shared.api.core.head());
  json::array rows;
  std::uint64_t bytes = 0;
  for (std::uint64_t looked = 0;
       place.height > 0 && rows.size() < limit && looked < kMostBlocks && bytes < kMostBytes;
       ++looked) {
    TRY_ASSIGN(const Record record, record_at(shared, place.height));
    bytes += record.bytes;
    rows_of(record, place, limit, rows);
  }
  Page page{limit, "", std::nullopt};
  if (place.height > 0) page.next = write_cursor(request, {place.height, place.index});
  return list_page(request, at, type, reflect::all_columns(type), std::move(rows), page);
}

Reply blocks(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"before", "format", "limit", "cursor"}));
  return page_of(
      shared, request, *spec::BlockRow::descriptor(),
      [](const Record& record, Place& place, std::uint64_t, json::array& rows) {
        const core::BlockRecord& block = record.block;
        spec::BlockRow row;
        row.set_height(block.header.height.value());
        row.set_time(block.header.time.value());
        row.set_hash(base::string_of(ledger::header_hash(block.header).view()));
        row.set_root(base::string_of(block.header.state_root.view()));
        row.set_transactions(static_cast<std::uint32_t>(block.input.transactions.size()));
        row.set_size(record.bytes);
        row.set_proposer(base::string_of(block.input.proposer.view()));
        rows.push_back(reflect::to_json(row));
        --place.height;
      });
}

// The log holds what was decided, bytes that are no transaction among it; no signature is verified
// again to show them.
spec::TxRow tx_row(const core::LedgerCore& core, const core::BlockRecord& block,
                   std::uint64_t index) {
  spec::TxRow row;
  row.set_height(block.header.height.value());
  row.set_time(block.header.time.value());
  row.set_index(static_cast<std::uint32_t>(index));
  row.set_state("dropped");
  constexpr std::size_t kMost = ledger::StateMachine::kMaxOpenings;
  const auto envelope =
      wire::parse_canonical<spec::Envelope>(block.input.transactions[index], kMost);
  if (!envelope.ok()) return row;
  const base::ByteView bytes = base::as_bytes(envelope->body());
  const auto body = wire::parse_canonical<spec::Body>(bytes, kMost);
  if (!body.ok()) return row;
  const base::TxId id = ledger::tx_id(bytes);
  row.set_digest(base::string_of(id.view()));
  row.set_sender(body->sender());
  const auto* operation = reflect::chosen_operation(body->operation());
  if (operation != nullptr) row.set_type(operation->json_name());
  const auto place = core.transaction(id);
  if (!place || place->height != block.header.height || place->index != index) return row;
  const auto code = static_cast<spec::Code>(place->receipt.code);
  const bool known = spec::Code_IsValid(code);
  if (!known || code == spec::OK || reflect::code_rule(code).stage() != spec::STAGE_BEFORE_FEE)
    row.set_state("committed");
  if (known) row.set_code(code);
  row.set_fee(place->receipt.fee);
  row.set_first_event(place->receipt.first_seq);
  row.set_events(place->receipt.events);
  return row;
}

Reply transactions(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"before", "sender", "format", "limit", "cursor"}));
  TRY_ASSIGN(const auto sender, query_id<base::AccountId>(request, "sender", spec::KIND_ACCOUNT));
  const core::LedgerCore& core = shared.api.core;
  return page_of(shared, request, *spec::TxRow::descriptor(),
                 [&](const Record& record, Place& place, std::uint64_t limit, json::array& rows) {
                   std::uint64_t i = std::min(place.index, record.block.input.transactions.size());
                   for (; i > 0 && rows.size() < limit; --i) {
                     const spec::TxRow row = tx_row(core, record.block, i - 1);
                     if (sender && row.sender() != base::as_text(sender->view())) continue;
                     rows.push_back(reflect::to_json(row));
                   }
                   place = i > 0 ? Place{place.height, i} : Place{place.height - 1, kAll};
                 });
}

}  // namespace

void add_list_rows(net::Router& router, const SharedPtr& shared) {
  const auto add = [&](std::string pattern, Reply (*handler)(const Shared&, const net::Request&)) {
    router.add(read_row(net::Method::kGet, std::move(pattern), net::LimitClass::kList,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/blocks", blocks);
  add("/v1/txs", transactions);
}

}  // namespace wald::http
