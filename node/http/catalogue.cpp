// SPDX-License-Identifier: Apache-2.0
#include "node/http/catalogue.h"

#include <algorithm>

#include "codec/base/check.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_account.pb.h"
#include "specs/proto/query_explain.pb.h"
#include "specs/proto/query_gov.pb.h"
#include "specs/proto/query_history.pb.h"
#include "specs/proto/query_market.pb.h"
#include "specs/proto/query_powers.pb.h"
#include "specs/proto/query_storage.pb.h"

namespace wald::http {
namespace {

using net::Method;

const Parameter kLimit{"limit", "rows of a page, 1 to 1000, else 50"};
const Parameter kCursor{"cursor", "page.next of the page before"};
const Parameter kFormat{"format", "json, or csv with a Link header to the next page"};

const Parameter kHeight{"height", "of a past state: the one behind this block"};
const Parameter kEpoch{"epoch", "of a past state: the first one of this epoch"};

// What the program, the log or closed epochs say: nothing that another height would change.
constexpr std::string_view kWithoutPast[] = {"/v1/livez",
                                             "/v1/readyz",
                                             "/v1/status",
                                             "/v1/openapi.json",
                                             "/v1/epochs",
                                             "/v1/epochs/{epoch}",
                                             "/v1/nodes/{node}/exchange-rates",
                                             "/v1/nodes/{node}/history",
                                             "/v1/accounts/{account}/history",
                                             "/v1/explain/code"};

RouteDoc one(std::string pattern, std::string summary, const reflect::Descriptor& type,
             std::vector<Parameter> query = {}) {
  return {Method::kGet, std::move(pattern), std::move(summary), std::move(query), {}, Answer::kOne,
          &type};
}

// One record of the state, which can be proved with its answer.
RouteDoc record(std::string pattern, std::string summary, const reflect::Descriptor& type) {
  RouteDoc out = one(std::move(pattern), std::move(summary), type,
                     {{"proof", "true: with the record's path, the header and its signature"}});
  out.proof = true;
  return out;
}

RouteDoc list(std::string pattern, std::string summary, const reflect::Descriptor& type,
              std::vector<Parameter> query = {}) {
  for (const Parameter& common : {kLimit, kCursor, kFormat}) query.push_back(common);
  return {Method::kGet, std::move(pattern), std::move(summary), std::move(query), {}, Answer::kList,
          &type};
}

RouteDoc asked(std::string pattern, std::string summary, const reflect::Descriptor& type,
               std::vector<Parameter> body) {
  return {Method::kPost, std::move(pattern), std::move(summary), {}, std::move(body), Answer::kOne,
          &type};
}

RouteDoc other(std::string pattern, std::string summary, Answer answer,
               std::vector<Parameter> query = {}) {
  return {Method::kGet, std::move(pattern), std::move(summary), std::move(query), {}, answer,
          nullptr};
}

std::vector<RouteDoc> chain_routes() {
  const std::vector<Parameter> node_filter{
      {"status", "active, candidate, leaving or left"},
      {"minStake", "least stake that counts now, FROST"},
      {"maxCommissionBps", "highest commission"},
      {"q", "part of the name or address"},
      {"sort", "id, name, stake, shards, commission or apr, - before it from the greatest down"},
      {"seed", "of the shuffle, which is the order without sort"}};
  return {
      other("/v1/livez", "whether the process answers", Answer::kPlain),
      other("/v1/readyz", "whether this node should be asked, with reasons", Answer::kPlain,
            {{"verbose", "with a row per check"}}),
      one("/v1/status", "versions, chain, height and epoch", *spec::Status::descriptor()),
      other("/v1/openapi.json", "this document", Answer::kJson),
      one("/v1/epoch", "the running epoch: times, prices, weight, money",
          *spec::Epoch::descriptor()),
      list("/v1/epochs", "all epochs, from the first to the running one",
           *spec::Epoch::descriptor()),
      one("/v1/epochs/{epoch}", "one epoch, closed or running", *spec::Epoch::descriptor()),
      one("/v1/params", "parameters in force with their bounds", *spec::Params::descriptor()),
      one("/v1/supply", "where every FROST is", *spec::Supply::descriptor()),
      one("/v1/storage/prices", "prices, capacity and what is free",
          *spec::StoragePrices::descriptor()),
      one("/v1/committee", "members in bitmap order with weights and keys",
          *spec::Committee::descriptor(),
          {{"which", "previous, current (default), next, or projected: today's stake shared out"}}),
      one("/v1/shards", "which member holds which shards", *spec::Shards::descriptor(),
          {{"epoch", "previous, current (default), next, or a number"}}),
      list("/v1/nodes", "nodes, filtered and sorted", *spec::Node::descriptor(), node_filter),
      record("/v1/nodes/{node}", "all about one node", *spec::Node::descriptor()),
      list("/v1/nodes/{node}/exchange-rates",
           "what its shares were worth when each epoch began, as exact pairs",
           *spec::PoolRate::descriptor()),
      list("/v1/nodes/{node}/history",
           "score, rewards and commission of each epoch it was paid for",
           *spec::NodeEpoch::descriptor()),
      list("/v1/nodes/{node}/delegations", "stakes with a node, by id", *spec::Stake::descriptor()),
      list("/v1/nodes/{node}/flows", "stake that comes and goes at coming epochs",
           *spec::StakeFlow::descriptor()),
      one("/v1/nodes/{node}/next-seat",
          "stake missing for its next shard, and what it can lose without losing one",
          *spec::NextSeat::descriptor()),
      one("/v1/nodes/{node}/duties", "deny lists, version signal, absences, hand-over",
          *spec::NodeDuties::descriptor()),
      list("/v1/storage/future", "epochs that can be sold: bytes, room, money promised",
           *spec::FutureEpoch::descriptor())};
}

std::vector<RouteDoc> explain_routes() {
  return {
      one("/v1/explain/reward", "a node's reward of an epoch taken apart",
          *spec::ExplainReward::descriptor(),
          {{"node", "node id", true}, {"epoch", "without it the running one"}}),
      one("/v1/explain/price", "a price of the next epoch, vote by vote",
          *spec::ExplainPrice::descriptor(), {{"what", "storage (default), write or capacity"}}),
      one("/v1/explain/shards", "how today's stake shares out the shards, with ties",
          *spec::ExplainShards::descriptor()),
      one("/v1/explain/commission", "commission free and locked, and of one epoch how it came",
          *spec::ExplainCommission::descriptor(),
          {{"node", "node id", true}, {"epoch", "a closed one, with what it earned"}}),
      one("/v1/explain/exit", "the way out of a stake that asks now, its date and fee",
          *spec::WayOut::descriptor(),
          {{"stake", "stake id", true}, {"amount", "principal of a part, FROST"}}),
      one("/v1/explain/slash", "what a ballot on a node's commission burns",
          *spec::ExplainSlash::descriptor(), {{"proposal", "its number", true}}),
      list("/v1/explain/code", "what codes say and what to do", *spec::ExplainCode::descriptor(),
           {{"code", "its name or number; without it all"}}),
      asked("/v1/explain/fee", "the fee of a signed transaction, part by part",
            *spec::ExplainFee::descriptor(), {{"envelope", "base64", true}})};
}

std::vector<RouteDoc> gov_routes() {
  return {
      list("/v1/gov/proposals", "ballots, the newest first", *spec::Ballot::descriptor(),
           {{"state", "open or closed, else all"}}),
      record("/v1/gov/proposals/{proposal}", "a ballot with its tally, by its number",
             *spec::Ballot::descriptor()),
      list("/v1/gov/proposals/{proposal}/votes", "votes of members and of stakes",
           *spec::BallotVote::descriptor()),
      list("/v1/gov/proposals/{proposal}/not-voted", "members that have not voted",
           *spec::BallotMember::descriptor()),
      one("/v1/gov/votes/parameters", "votes of members on prices and capacity, and what follows",
          *spec::ParameterVotes::descriptor()),
      list("/v1/gov/pauses", "what is paused or asked to be", *spec::PauseState::descriptor()),
      record("/v1/gov/foundation", "the foundation's powers and what it spent",
             *spec::FoundationState::descriptor())};
}

std::vector<RouteDoc> holder_routes() {
  return {
      record("/v1/accounts/{account}", "balance, nonce and policy", *spec::Account::descriptor()),
      one("/v1/accounts/{account}/balances", "all it has, by where it is",
          *spec::Balances::descriptor()),
      list("/v1/accounts/{account}/stakes", "stakes it owns", *spec::Stake::descriptor()),
      list("/v1/accounts/{account}/resources", "storage it bought", *spec::Resource::descriptor()),
      list("/v1/accounts/{account}/buckets", "its buckets", *spec::Bucket::descriptor()),
      list("/v1/accounts/{account}/blobs", "blob objects it owns", *spec::BlobObject::descriptor()),
      list("/v1/accounts/{account}/vestings", "WAL locked for it", *spec::Vesting::descriptor()),
      list("/v1/accounts/{account}/rewards", "what its stakes earned, epoch by epoch",
           *spec::StakeReward::descriptor()),
      record("/v1/vestings/{vesting}", "schedule and state of a vesting",
             *spec::Vesting::descriptor()),
      {Method::kGet,
       "/v1/accounts/{account}/history",
       "all that it sent, that names it or moved its balance",
       {{"kind",
         "fee, transfer, burn, stake, reward, commission, storage, node, other; with commas"},
        {"fromEpoch", "leave out what was before"},
        kLimit,
        kCursor,
        kFormat},
       {},
       Answer::kList,
       nullptr},
      record("/v1/stakes/{stake}", "state, value, way out and earnings of a stake",
             *spec::Stake::descriptor()),
      record("/v1/resources/{resource}", "a storage resource", *spec::Resource::descriptor()),
      record("/v1/buckets/{bucket}", "a bucket with its sums and grants",
             *spec::Bucket::descriptor()),
      list("/v1/buckets/{bucket}/blobs", "blob objects inside a bucket",
           *spec::BlobObject::descriptor()),
      record("/v1/blob-objects/{blob}", "a blob object with its attributes",
             *spec::BlobObject::descriptor()),
      one("/v1/certificates/{blobId}", "message and signatures that certified a blob id first",
          *spec::StoredCertificate::descriptor())};
}

std::vector<RouteDoc> estimate_routes() {
  return {asked("/v1/estimate/stake", "what a delegation would mean",
                *spec::StakeEstimate::descriptor(),
                {{"node", "node id", true}, {"amount", "FROST", true}}),
          asked("/v1/estimate/unstake", "what asking for a stake back would fix now",
                *spec::WayOut::descriptor(),
                {{"stake", "stake id", true}, {"amount", "principal of a part, FROST"}}),
          asked("/v1/estimate/rewards", "what an amount would gain in an epoch like the last ones",
                *spec::RewardEstimate::descriptor(),
                {{"node", "node id", true}, {"amount", "FROST", true}}),
          asked("/v1/estimate/storage", "what storage would cost now",
                *spec::StorageEstimate::descriptor(),
                {{"size", "encoded bytes", true},
                 {"epochs", "how many", true},
                 {"start", "first epoch; without it the running one"}}),
          asked("/v1/estimate/extension",
                "what more epochs of a blob object or a bucket would cost now",
                *spec::ExtensionEstimate::descriptor(),
                {{"blob", "id of the blob object; either this or bucket"},
                 {"bucket", "id of the bucket"},
                 {"epochs", "by how many", true}}),
          asked("/v1/estimate/votes", "what another vote of one node would change",
                *spec::VoteEstimate::descriptor(),
                {{"node", "node id", true},
                 {"storagePrice", "FROST"},
                 {"writePrice", "FROST"},
                 {"capacity", "bytes of the node"}})};
}

void add_past(RouteDoc& row) {
  row.past = std::find(std::begin(kWithoutPast), std::end(kWithoutPast), row.pattern) ==
             std::end(kWithoutPast);
  if (!row.past) return;
  const bool own_epoch = std::any_of(row.query.begin(), row.query.end(),
                                     [](const Parameter& one) { return one.name == "epoch"; });
  row.query.push_back(kHeight);
  if (!own_epoch) row.query.push_back(kEpoch);
}

std::vector<RouteDoc> log_routes() {
  return {
      asked("/v1/txs", "hand in a signed transaction", *spec::TxResult::descriptor(),
            {{"envelope", "base64; or the bytes themselves as application/octet-stream", true}}),
      asked("/v1/txs/simulate", "what a transaction would do, without signature",
            *spec::Simulation::descriptor(), {{"body", "canonical bytes in base64", true}}),
      asked("/v1/txs/explain", "what a transaction says, in words and by which rules",
            *spec::ExplainTx::descriptor(), {{"body", "canonical bytes in base64", true}}),
      one("/v1/txs/{digest}", "the result of a transaction, waited for",
          *spec::TxResult::descriptor(), {{"wait", "as 10s, at most 30s"}}),
      list("/v1/txs/{digest}/carried", "what a Bundle carried, and what became of each",
           *spec::TxResult::descriptor()),
      {Method::kGet,
       "/v1/events",
       "the numbered log, with filters and long poll",
       {{"after", "number of the last event known"},
        {"type", "as stake.*,reward.paid"},
        {"node", "node id"},
        {"account", "account id"},
        {"wait", "as 10s, at most 30s"},
        kLimit,
        kCursor,
        kFormat},
       {},
       Answer::kList,
       spec::EventRecord::descriptor()},
      {Method::kGet,
       "/v1/events/stream",
       "the log as server-sent events, resumed by Last-Event-ID or after",
       {{"after", "number of the last event known; without it only what happens from now on"},
        {"type", "as stake.*,reward.paid"},
        {"node", "node id"},
        {"account", "account id"}},
       {},
       Answer::kEvents,
       nullptr},
      one("/v1/events/{seq}", "one event", *spec::EventRecord::descriptor()),
      list("/v1/txs", "transactions, the newest first", *spec::TxRow::descriptor(),
           {{"before", "height below which to look"}, {"sender", "account id"}}),
      list("/v1/blocks", "blocks, the newest first", *spec::BlockRow::descriptor(),
           {{"before", "height below which to look"}}),
      one("/v1/blocks/{height}", "a block and what became of its transactions",
          *spec::Block::descriptor()),
      one("/v1/headers/{height}", "a header with its signature", *spec::Header::descriptor()),
      other("/v1/blocks/stream", "block records without end, for followers", Answer::kBytes,
            {{"from", "first height"}}),
      one("/v1/proofs/{table}/{key}", "a record or its absence, with path and header",
          *spec::Proof::descriptor())};
}

}  // namespace

const std::vector<RouteDoc>& ledger_routes() {
  static const std::vector<RouteDoc> kRoutes = [] {
    std::vector<RouteDoc> all = chain_routes();
    for (auto* part : {holder_routes, estimate_routes, explain_routes, gov_routes})
      for (RouteDoc& row : part()) all.push_back(std::move(row));
    for (RouteDoc& row : all) add_past(row);
    for (RouteDoc& row : log_routes()) all.push_back(std::move(row));
    return all;
  }();
  return kRoutes;
}

const RouteDoc& route_doc(net::Method method, std::string_view pattern) {
  const auto& all = ledger_routes();
  const auto at = std::find_if(all.begin(), all.end(), [&](const RouteDoc& row) {
    return row.method == method && row.pattern == pattern;
  });
  WALD_CHECK(at != all.end());
  return *at;
}

}  // namespace wald::http
