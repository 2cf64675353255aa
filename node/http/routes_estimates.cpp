// SPDX-License-Identifier: Apache-2.0
// What-if questions, without signature: a delegation, a way out, rewards, storage, votes. Each is
// answered by the functions that would do it, and refused with the code the transaction would get.
#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/http/epochs.h"
#include "node/http/shared.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace json = boost::json;
namespace queries = ledger::queries;
using base::Err;

template <class Id>
Got<Id> body_id(const json::object& body, std::string_view key, spec::Kind kind) {
  TRY_ASSIGN(const std::string text, body_text(body, key));
  TRY_ASSIGN(const base::Bytes id, parse_id(kind, key, text));
  return Id::from(id);
}

Got<std::uint64_t> body_number(const json::object& body, std::string_view key, std::uint64_t most) {
  TRY_ASSIGN(const std::string text, body_text(body, key));
  return parse_number(key, text, 0, most);
}

struct NodeAmount {
  base::NodeId node;
  std::uint64_t amount;
};
Got<NodeAmount> node_and_amount(const net::Request& request) {
  TRY_ASSIGN(const json::object body, body_object(request, {"node", "amount"}));
  TRY_ASSIGN(const auto node, body_id<base::NodeId>(body, "node", spec::KIND_NODE));
  TRY_ASSIGN(const std::uint64_t amount, body_number(body, "amount", INT64_MAX));
  return NodeAmount{node, amount};
}

Reply estimate_stake(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const NodeAmount asked, node_and_amount(request));
  auto estimate = queries::estimate_stake(*view, asked.node, asked.amount);
  if (!estimate.ok()) return Err{code_reply(estimate.error().code, estimate.error().facts)};
  PoolRates rates(shared.api.core, at_of(*view).epoch);
  if (const auto apr = rates.apr(asked.node)) *estimate->mutable_apr() = *apr;
  json::object data = reflect::to_json(*estimate);
  data.erase("fee");  // it goes by the length of the signed bytes: simulate says it exactly
  return data_reply(at_of(*view), std::move(data));
}

Reply estimate_rewards(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const NodeAmount asked, node_and_amount(request));
  if (!ledger::exists(*view, ledger::kNodes, asked.node))
    return Err{code_reply(spec::UNKNOWN_NODE, {})};
  const auto amount = economics::Amount::of(asked.amount);  // read as at most 2^63 - 1
  PoolRates rates(shared.api.core, at_of(*view).epoch);
  spec::RewardEstimate out;
  out.set_node(base::string_of(asked.node.view()));
  out.set_amount(asked.amount);
  if (const auto gain = rates.gain_per_epoch(asked.node, 1, amount)) out.set_e1(*gain);
  if (const auto gain = rates.gain_per_epoch(asked.node, 4, amount)) out.set_e4(*gain);
  if (const auto gain = rates.gain_per_epoch(asked.node, 12, amount)) out.set_e12(*gain);
  for (const spec::PoolRate& rate : rates.last(asked.node, 12)) *out.add_rates() = rate;
  return data_reply(at_of(*view), reflect::to_json(out));
}

Reply estimate_unstake(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const json::object body, body_object(request, {"stake", "amount"}));
  TRY_ASSIGN(const auto id, body_id<base::ObjectId>(body, "stake", spec::KIND_OBJECT));
  std::optional<std::uint64_t> amount;
  if (body.contains("amount")) {
    TRY_ASSIGN(amount, body_number(body, "amount", INT64_MAX));
  }
  return way_out(*view, id, amount);
}

Reply estimate_votes(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const json::object body,
             body_object(request, {"node", "storagePrice", "writePrice", "capacity"}));
  TRY_ASSIGN(const auto node, body_id<base::NodeId>(body, "node", spec::KIND_NODE));
  queries::VotesAsked votes;
  const std::pair<const char*, std::optional<std::uint64_t>*> kVotes[] = {
      {"storagePrice", &votes.storage_price},
      {"writePrice", &votes.write_price},
      {"capacity", &votes.capacity}};
  bool any = false;
  for (const auto& [key, vote] : kVotes) {
    if (!body.contains(key)) continue;
    TRY_ASSIGN(*vote, body_number(body, key, UINT64_MAX));
    any = true;
  }
  if (!any)
    return Err{
        bad_argument("MISSING_PARAMETER", "one of storagePrice, writePrice and capacity is due")};
  const auto found = queries::estimate_votes(*view, shared.api.core.chain(), node, votes);
  if (!found.ok()) return Err{code_reply(found.error().code, found.error().facts)};
  if (!found.value())
    return Err{
        not_found("NO_COMMITTEE", "nobody has the stake that a seat takes, and nobody sits")};
  return data_reply(at_of(*view), reflect::to_json(**found));
}

Reply estimate_storage(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const json::object body, body_object(request, {"size", "epochs", "start"}));
  TRY_ASSIGN(const std::uint64_t size, body_number(body, "size", INT64_MAX));
  TRY_ASSIGN(const std::uint64_t epochs, body_number(body, "epochs", 1'000'000));
  const At at = at_of(*view);
  std::uint64_t start = at.epoch.value();
  if (body.contains("start")) {
    TRY_ASSIGN(start, body_number(body, "start", UINT32_MAX));
  }
  const std::uint64_t end = start + epochs;
  if (end > UINT32_MAX)
    return Err{bad_argument("INVALID_PARAMETER", "the range ends beyond all epochs")};
  const auto estimate =
      queries::estimate_storage(*view, size, base::Epoch(static_cast<std::uint32_t>(start)),
                                base::Epoch(static_cast<std::uint32_t>(end)));
  if (!estimate.ok()) return Err{code_reply(estimate.error().code, estimate.error().facts)};
  return data_reply(at, reflect::to_json(*estimate));
}

Reply estimate_extension(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const json::object body, body_object(request, {"blob", "bucket", "epochs"}));
  if (body.contains("blob") == body.contains("bucket"))
    return Err{bad_argument("MISSING_PARAMETER", "either blob or bucket is due")};
  const bool bucket = body.contains("bucket");
  TRY_ASSIGN(const auto id,
             body_id<base::ObjectId>(body, bucket ? "bucket" : "blob", spec::KIND_OBJECT));
  TRY_ASSIGN(const std::uint64_t asked, body_number(body, "epochs", UINT32_MAX));
  const auto epochs = static_cast<std::uint32_t>(asked);
  const auto estimate = bucket ? queries::estimate_bucket_extension(*view, id, epochs)
                               : queries::estimate_blob_extension(*view, id, epochs);
  if (!estimate.ok()) return Err{code_reply(estimate.error().code, estimate.error().facts)};
  return data_reply(at_of(*view), reflect::to_json(*estimate));
}

}  // namespace

Reply way_out(const store::View& view, const base::ObjectId& stake,
              std::optional<std::uint64_t> amount) {
  const std::string text = reflect::bytes_text(spec::KIND_OBJECT, stake.view());
  if (!ledger::exists(view, ledger::kStakes, stake))
    return Err{not_found("STAKE_NOT_FOUND", "no stake " + text, {{"stake", text}})};
  const auto found = queries::estimate_exit(view, stake, amount);
  if (!found.ok()) return Err{code_reply(found.error().code, found.error().facts)};
  return data_reply(at_of(view), reflect::to_json(*found));
}

void add_estimate_rows(net::Router& router, const SharedPtr& shared) {
  const auto add = [&](std::string pattern, Reply (*handler)(const Shared&, const net::Request&)) {
    net::Route row =
        read_row(net::Method::kPost, std::move(pattern), net::LimitClass::kPoint,
                 [shared, handler](const net::Request& r) { return handler(*shared, r); });
    row.body_cap = 4'096;
    router.add(std::move(row));
  };
  add("/v1/estimate/stake", estimate_stake);
  add("/v1/estimate/unstake", estimate_unstake);
  add("/v1/estimate/rewards", estimate_rewards);
  add("/v1/estimate/storage", estimate_storage);
  add("/v1/estimate/extension", estimate_extension);
  add("/v1/estimate/votes", estimate_votes);
}

}  // namespace wald::http
