// SPDX-License-Identifier: Apache-2.0
// What somebody holds: accounts, stakes, resources, blob objects, buckets.
#include <algorithm>

#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/http/epochs.h"
#include "node/http/history.h"
#include "node/http/shared.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace queries = ledger::queries;
using base::Err;

template <class R, class Id, class T>
Reply one(const Shared& shared, const net::Request& request, const ledger::Table<R, Id>& table,
          spec::Kind kind, const char* what,
          std::optional<T> (*question)(const ledger::Reader&, const Id&),
          const std::function<void(const store::View&, T&)>& complete = {}) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"proof"}));
  TRY_ASSIGN(const Id id, path_id<Id>(request, what, kind));
  auto found = question(*view, id);
  if (found && complete) complete(*view, *found);
  const base::Bytes key = ledger::key_of(table, id);
  if (found)
    return with_proof(shared, request, *view, key,
                      data_reply(at_of(*view), reflect::to_json(*found)));
  const std::string text = reflect::bytes_text(kind, id.view());
  std::string reason(what);
  for (char& c : reason) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return with_proof(
      shared, request, *view, key,
      not_found(reason + "_NOT_FOUND", "no " + std::string(what) + " " + text, {{what, text}}));
}

template <class T>
Reply owned(Shared& shared, const net::Request& request,
            std::vector<T> (*question)(const ledger::Reader&, const base::AccountId&)) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  return list_reply<T>(shared, request, asked, [&](const store::View& view) -> Got<std::vector<T>> {
    return question(view, id);
  });
}

Reply blobs_of_bucket(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::ObjectId>(request, "bucket", spec::KIND_OBJECT));
  return list_reply<spec::BlobObject>(
      shared, request, asked, [&](const store::View& view) -> Got<std::vector<spec::BlobObject>> {
        if (queries::bucket(view, id)) return queries::blobs_in(view, id);
        const std::string text = reflect::bytes_text(spec::KIND_OBJECT, id.view());
        return base::Err{not_found("BUCKET_NOT_FOUND", "no bucket " + text, {{"bucket", text}})};
      });
}

// Earnings per epoch: what its shares were worth at the end less at the beginning, for every epoch
// it worked through since it was minted. What it lost is not an earning: 0.
void add_accrued(const Shared& shared, const store::View& view, spec::Stake& stake) {
  if (stake.shares() == 0 || stake.bond()) return;
  PoolRates rates(shared.api.core, at_of(view).epoch);
  const auto node = base::NodeId::from(base::as_bytes(stake.node()));
  auto before = rates.at(node, base::Epoch(stake.mint_epoch()));
  if (!before) return;
  const economics::Scale written = rate_of(*before).scale;
  const auto worth = [&](const spec::PoolRate& rate) -> std::optional<economics::Amount> {
    const economics::Rate at = rate_of(rate);
    const auto own = economics::lift(economics::Shares(stake.shares()), written, at.scale);
    if (!own.ok()) return std::nullopt;
    const auto value = economics::to_frost(*own, at);
    return value.ok() ? std::optional(*value) : std::nullopt;
  };
  const std::uint32_t end = stake.has_exit()
                                ? std::min(stake.exit().epoch(), rates.running().value())
                                : rates.running().value();
  for (std::uint32_t e = stake.mint_epoch(); e < end; ++e) {
    auto after = rates.at(node, base::Epoch(e + 1));
    if (!after) return;
    const auto first = worth(*before);
    const auto last = worth(*after);
    if (!first || !last) return;
    const auto gain = last->minus(*first);
    auto& row = *stake.add_accrued();
    row.set_epoch(e);
    row.set_amount(gain.ok() ? gain->value() : 0);
    before = std::move(after);
  }
}

// Of all stakes that an account has, the newest epoch first; of equal ones by stake.
Reply rewards(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  return list_reply<spec::StakeReward>(
      shared, request, asked, [&](const store::View& view) -> Got<std::vector<spec::StakeReward>> {
        std::vector<spec::StakeReward> out;
        for (spec::Stake& stake : queries::stakes_of(view, id)) {
          add_accrued(shared, view, stake);
          for (const spec::EpochAmount& earned : stake.accrued()) {
            spec::StakeReward& row = out.emplace_back();
            row.set_epoch(earned.epoch());
            row.set_stake(stake.id());
            row.set_node(stake.node());
            row.set_amount(earned.amount());
          }
        }
        std::stable_sort(out.begin(), out.end(),
                         [](const auto& a, const auto& b) { return a.epoch() > b.epoch(); });
        return out;
      });
}

// Where a list goes on that walks stakes by id: the first eight bytes of the next one.
constexpr std::size_t kPlace = sizeof(std::uint64_t);
base::Bytes place_key(std::uint64_t place) {
  base::Writer out;
  out.u8(ledger::kStakes.prefix).be(place);
  return std::move(out).bytes();
}

// Stakes of a node, by id. No list of them is kept: a request looks at kMostLooked stakes of all
// and says where to go on, however few it found.
Reply delegations(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(auto first, asked_view(shared, request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const auto node, path_id<base::NodeId>(request, "node", spec::KIND_NODE));
  TRY_ASSIGN(const std::uint64_t limit, query_limit(request));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  TRY_ASSIGN(const auto view, page_view(shared, std::move(first), cursor));
  const std::string text = reflect::bytes_text(spec::KIND_NODE, node.view());
  if (!ledger::exists(*view, ledger::kNodes, node))
    return Err{not_found("NODE_NOT_FOUND", "no node " + text, {{"node", text}})};
  std::vector<base::ObjectId> found;
  std::uint64_t looked = 0;
  std::optional<std::uint64_t> next;
  std::uint64_t last = 0;
  view->scan(base::Bytes{ledger::kStakes.prefix}, place_key(cursor ? cursor->position : 0),
             [&](base::ByteView key, base::ByteView value) {
               const std::uint64_t place =
                   base::Reader(key.subspan(1, kPlace)).be<std::uint64_t>().value();
               // Those of one place are never parted.
               const bool full = found.size() >= limit || looked >= kMostLooked;
               if (full && place != last) {
                 next = place;
                 return false;
               }
               last = place;
               ++looked;
               const auto stake = ledger::decode_record<economics::Stake>(value);
               WALD_CHECK(stake.has_value());
               if (stake->node == node) found.push_back(stake->id);
               return true;
             });
  boost::json::array data;
  for (const base::ObjectId& id : found)
    data.push_back(reflect::to_json(queries::stake(*view, id).value()));
  Page page{limit, "", std::nullopt};
  if (next) page.next = write_cursor(request, {view->tip().height.value(), *next});
  return list_page(request, at_of(*view), *spec::Stake::descriptor(),
                   reflect::all_columns(*spec::Stake::descriptor()), std::move(data), page);
}

// By the event of the first certification, which the blob id names: no other index is needed.
Reply certificate(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const auto id, path_id<base::BlobId>(request, "blobId", spec::KIND_BLOB));
  const auto known = ledger::load(*view, ledger::kBlobIds, id);
  const std::string text = reflect::bytes_text(spec::KIND_BLOB, id.view());
  if (!known || !known->first_certified)
    return Err{not_found("CERTIFICATE_NOT_FOUND", "blob " + text + " was never certified",
                         {{"blob", text}})};
  const auto events = shared.api.core.events(known->certified_event - 1, 1);
  std::optional<spec::StoredCertificate> found;
  if (events.size() == 1 && events.front().record.has_blob_certified())
    found = queries::certificate(
        *view,
        base::ObjectId::from(base::as_bytes(events.front().record.blob_certified().object())));
  if (!found)
    return Err{not_found("CERTIFICATE_NOT_FOUND",
                         "the object of blob " + text + " that was certified first has ended",
                         {{"blob", text}})};
  found->set_event(known->certified_event);
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply balances(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const auto id, path_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  const auto found = queries::balances(*view, id);
  const std::string text = reflect::bytes_text(spec::KIND_ACCOUNT, id.view());
  if (!found)
    return base::Err{not_found("ACCOUNT_NOT_FOUND", "no account " + text, {{"account", text}})};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply one_stake(const Shared& shared, const net::Request& request) {
  return one<economics::Stake, base::ObjectId, spec::Stake>(
      shared, request, ledger::kStakes, spec::KIND_OBJECT, "stake", queries::stake,
      [&](const store::View& view, spec::Stake& stake) { add_accrued(shared, view, stake); });
}

}  // namespace

void add_holder_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, LimitClass limit,
                       const std::function<Reply(Shared&, const net::Request&)>& handler) {
    router.add(read_row(net::Method::kGet, std::move(pattern), limit,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/accounts/{account}", LimitClass::kPoint, [](Shared& s, const net::Request& r) {
    return one<ledger::AccountRecord, base::AccountId, spec::Account>(
        s, r, ledger::kAccounts, spec::KIND_ACCOUNT, "account", queries::account);
  });
  add("/v1/accounts/{account}/balances", LimitClass::kList, balances);
  add("/v1/accounts/{account}/stakes", LimitClass::kList, [](Shared& s, const net::Request& r) {
    return owned<spec::Stake>(s, r, queries::stakes_of);
  });
  add("/v1/accounts/{account}/resources", LimitClass::kList, [](Shared& s, const net::Request& r) {
    return owned<spec::Resource>(s, r, queries::resources_of);
  });
  add("/v1/accounts/{account}/blobs", LimitClass::kList, [](Shared& s, const net::Request& r) {
    return owned<spec::BlobObject>(s, r, queries::blobs_of);
  });
  add("/v1/accounts/{account}/vestings", LimitClass::kList, [](Shared& s, const net::Request& r) {
    return owned<spec::Vesting>(s, r, queries::vestings_of);
  });
  add("/v1/vestings/{vesting}", LimitClass::kPoint, [](Shared& s, const net::Request& r) {
    return one<ledger::VestingRecord, base::ObjectId, spec::Vesting>(
        s, r, ledger::kVestings, spec::KIND_OBJECT, "vesting", queries::vesting);
  });
  add("/v1/accounts/{account}/buckets", LimitClass::kList, [](Shared& s, const net::Request& r) {
    return owned<spec::Bucket>(s, r, queries::buckets_of);
  });
  add("/v1/accounts/{account}/rewards", LimitClass::kList, rewards);
  add("/v1/nodes/{node}/delegations", LimitClass::kList, delegations);
  add("/v1/certificates/{blobId}", LimitClass::kPoint, certificate);
  add("/v1/accounts/{account}/history", LimitClass::kList, account_history);
  add("/v1/stakes/{stake}", LimitClass::kPoint, one_stake);
  add("/v1/resources/{resource}", LimitClass::kPoint, [](Shared& s, const net::Request& r) {
    return one<ledger::ResourceRecord, base::ObjectId, spec::Resource>(
        s, r, ledger::kResources, spec::KIND_OBJECT, "resource", queries::resource);
  });
  add("/v1/blob-objects/{blob}", LimitClass::kPoint, [](Shared& s, const net::Request& r) {
    return one<ledger::BlobRecord, base::ObjectId, spec::BlobObject>(
        s, r, ledger::kBlobs, spec::KIND_OBJECT, "blob", queries::blob);
  });
  add("/v1/buckets/{bucket}/blobs", LimitClass::kList, blobs_of_bucket);
  add("/v1/buckets/{bucket}", LimitClass::kPoint, [](Shared& s, const net::Request& r) {
    return one<ledger::BucketRecord, base::ObjectId, spec::Bucket>(
        s, r, ledger::kBuckets, spec::KIND_OBJECT, "bucket", queries::bucket);
  });
}

}  // namespace wald::http
