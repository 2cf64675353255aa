// SPDX-License-Identifier: Apache-2.0
// Blocks, headers, what a Bundle carried, the endless stream for followers, and proofs of state.
#include "codec/base/text.h"
#include "ledger/records.h"
#include "node/http/epochs.h"
#include "node/http/shared.h"
#include "node/reflect/schema.h"
#include "node/reflect/value.h"
#include "specs/proto/query.pb.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

constexpr std::size_t kRecordPiece = 1u << 20;  // bytes of records in one piece of a stream

struct Found {
  core::BlockRecord record;
  core::Head head;
};

Got<core::BlockRecord> read_block(const Shared& shared, base::Height height) {
  const auto bytes = shared.api.core.block(height);
  auto record = bytes.ok() ? core::parse_block_record(*bytes) : std::nullopt;
  if (!record)
    return Err{net::error_response(net::Status::kInternal, "BLOCK_UNREADABLE", net::kLedgerDomain,
                                   "the block could not be read")};
  return *std::move(record);
}

Got<Found> block_at(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(const std::uint64_t height,
             parse_number("height", request.param("height"), 1, INT64_MAX));
  const core::Head head = shared.api.core.head();
  if (height > head.height.value())
    return Err{not_found(
        "BLOCK_NOT_FOUND",
        "no block " + std::to_string(height) + " yet; the last is " +
            std::to_string(head.height.value()),
        {{"height", std::to_string(height)}, {"last", std::to_string(head.height.value())}})};
  TRY_ASSIGN(core::BlockRecord record, read_block(shared, base::Height(height)));
  return Found{std::move(record), head};
}

spec::Header header_of(const Shared& shared, const core::BlockRecord& record) {
  const ledger::BlockHeader& h = record.header;
  spec::Header out;
  out.set_height(h.height.value());
  out.set_time(h.time.value());
  out.set_version(h.version);
  out.set_chain(base::string_of(h.chain.view()));
  out.set_term(h.term);
  out.set_previous(base::string_of(h.previous.view()));
  out.set_input(base::string_of(h.input_hash.view()));
  out.set_receipts(base::string_of(h.receipts_hash.view()));
  out.set_event_head(base::string_of(h.event_head.view()));
  out.set_root(base::string_of(h.state_root.view()));
  out.set_bytes(base::string_of(record.header_bytes));
  out.set_signature(base::string_of(record.signature));
  const auto& key = shared.api.core.genesis().sequencer_key;
  if (key) out.set_sequencer(base::string_of(key->view()));
  return out;
}

std::uint64_t first_event_from(const core::LedgerCore& core, std::uint64_t height) {
  return first_event_where(
      core, [&](const core::StoredEvent& event) { return event.record.height() < height; });
}

// What became of the transaction at a place of a block, or of one that it carried there; what no
// block could take has no place of its own.
spec::TxResult result_at(const core::LedgerCore& core, const core::BlockRecord& record,
                         std::size_t index, const ledger::TxVerdict& checked) {
  spec::TxResult out;
  out.set_state("dropped");
  out.set_height(record.header.height.value());
  out.set_index(static_cast<std::uint32_t>(index));
  if (!checked.ok()) {
    out.set_code(checked.error().code);
    out.set_message(reflect::code_rule(checked.error().code).sentence());
    return out;
  }
  out.set_digest(base::string_of(checked->id.view()));
  const auto place = core.transaction(checked->id);
  if (!place || place->height != record.header.height || place->index != index) return out;
  const auto code = static_cast<spec::Code>(place->receipt.code);
  const bool dropped = spec::Code_IsValid(code) && code != spec::OK &&
                       reflect::code_rule(code).stage() == spec::STAGE_BEFORE_FEE;
  out.set_state(dropped ? "dropped" : "committed");
  out.set_code(code);
  if (spec::Code_IsValid(code)) out.set_message(reflect::code_rule(code).sentence());
  out.set_fee(place->receipt.fee);
  out.set_first_event(place->receipt.first_seq);
  out.set_events(place->receipt.events);
  return out;
}

spec::TxResult result_in_block(const core::LedgerCore& core, const core::BlockRecord& record,
                               std::size_t index) {
  const auto verdict = core.check(record.input.transactions[index]);
  return result_at(core, record, index, *verdict);
}

// Envelopes of a Bundle in their order, each with its result; nothing for any other transaction.
Reply carried(Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::TxId>(request, "digest", spec::KIND_TX));
  const core::LedgerCore& core = shared.api.core;
  const auto place = core.transaction(id);
  const std::string text = reflect::bytes_text(spec::KIND_TX, id.view());
  if (!place)
    return Err{
        not_found("TX_NOT_FOUND", "no transaction " + text + " in a block", {{"digest", text}})};
  TRY_ASSIGN(const core::BlockRecord record, read_block(shared, place->height));
  const auto verdict = core.check(record.input.transactions.at(place->index));
  std::vector<spec::TxResult> rows;
  // What came inside a Bundle has its place, but is another transaction and carries nothing.
  if (verdict->ok() && (**verdict).id == id && (**verdict).inside)
    for (const ledger::TxVerdict& inner : (**verdict).inside->verdicts)
      rows.push_back(result_at(core, record, place->index, inner));
  return fixed_list_reply(shared, request, rows);
}

Reply block(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const Found found, block_at(shared, request));
  spec::Block out;
  *out.mutable_header() = header_of(shared, found.record);
  out.set_proposer(base::string_of(found.record.input.proposer.view()));
  for (std::size_t i = 0; i < found.record.input.transactions.size(); ++i)
    *out.add_transactions() = result_in_block(shared.api.core, found.record, i);
  const std::uint64_t height = found.record.header.height.value();
  const std::uint64_t first = first_event_from(shared.api.core, height);
  out.set_first_event(first);
  out.set_events(static_cast<std::uint32_t>(first_event_from(shared.api.core, height + 1) - first));
  return data_reply(at_of(found.head), reflect::to_json(out));
}

Reply header(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const Found found, block_at(shared, request));
  return data_reply(at_of(found.head), reflect::to_json(header_of(shared, found.record)));
}

// u32 length | record, little-endian, as many as fit; without a new block a heartbeat when one is
// due: length 0 | u64 height of the tip.
net::Piece next_records(const Shared& shared, std::uint64_t& next, bool idle) {
  const std::uint64_t tip = shared.api.core.head().height.value();
  base::Writer out;
  while (next <= tip && out.size() < kRecordPiece) {
    const auto record = shared.api.core.block(base::Height(next));
    if (!record.ok()) return net::Piece::end();
    // A record of its own may be larger: block_bytes of the parameters has its own bound.
    if (out.size() > 0 && out.size() + record->size() > kRecordPiece) break;
    out.le(static_cast<std::uint32_t>(record->size())).raw(*record);
    ++next;
  }
  if (out.size() == 0 && !idle) return net::Piece::nothing_now();
  if (out.size() == 0) out.le(std::uint32_t{0}).le(tip);
  return net::Piece::data(base::string_of(out.bytes()));
}

void stream_blocks(const SharedPtr& shared, const net::Request& request, net::Responder responder) {
  const auto from = [&]() -> Got<std::uint64_t> {
    TRY(allow_keys(request, {"from"}));
    const std::uint64_t most = shared->api.core.head().height.value() + 1;
    TRY_ASSIGN(const auto given, query_number(request, "from", 1, most));
    return given.value_or(1);
  }();
  if (!from.ok()) return responder.send(from.error());
  net::StreamOptions options;
  options.idle_ms = shared->api.heartbeat_ms;
  // The place is shared, since the server may call copies of this function.
  const auto next = std::make_shared<std::uint64_t>(*from);
  responder.stream(
      net::bytes_response(""),
      [shared, next](bool idle) { return next_records(*shared, *next, idle); }, options,
      [shared](net::StreamHandle handle) { shared->streams.add(std::move(handle)); });
}

std::optional<std::uint8_t> table_prefix(std::string_view name) {
  std::optional<std::uint8_t> found;
  std::apply(
      [&](const auto&... tables) {
        ((tables.name == name ? void(found = tables.prefix) : void()), ...);
      },
      ledger::kTables);
  return found;
}

Got<base::Bytes> proof_key(const net::Request& request) {
  const std::string_view table = request.param("table");
  const auto prefix = table_prefix(table);
  if (!prefix)
    return Err{not_found("TABLE_NOT_FOUND", "no table \"" + std::string(table) + "\"",
                         {{"table", std::string(table)}})};
  std::string_view text = request.param("key");
  if (text.starts_with("0x")) text.remove_prefix(2);
  const auto rest = text == "-" ? std::optional<base::Bytes>(base::Bytes()) : base::from_hex(text);
  if (!rest || rest->size() > 510)
    return Err{bad_argument("INVALID_KEY",
                            "key \"" + std::string(request.param("key")) +
                                "\": 0x and the hex digits of the record's key, or - where the "
                                "table has one record, is due",
                            {{"key", std::string(request.param("key"))}})};
  base::Bytes key{*prefix};
  key.insert(key.end(), rest->begin(), rest->end());
  return key;
}

Reply proof(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(const base::Bytes key, proof_key(request));
  const auto view = shared.api.core.view();
  TRY_ASSIGN(const spec::Proof out, prove(shared, *view, key));
  return data_reply(at_of(*view), reflect::to_json(out));
}

}  // namespace

void add_block_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, Reply (*handler)(const Shared&, const net::Request&)) {
    router.add(read_row(net::Method::kGet, std::move(pattern), LimitClass::kPoint,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/blocks/{height}", block);
  add("/v1/headers/{height}", header);
  add("/v1/proofs/{table}/{key}", proof);
  router.add(read_row(net::Method::kGet, "/v1/txs/{digest}/carried", LimitClass::kList,
                      [shared](const net::Request& r) { return carried(*shared, r); }));
  net::Route stream = documented_row(net::Method::kGet, "/v1/blocks/stream", LimitClass::kStream);
  stream.holds = true;
  stream.handler = [shared](const net::Request& request, net::Responder responder) {
    stream_blocks(shared, request, std::move(responder));
  };
  router.add(std::move(stream));
}

}  // namespace wald::http
