// SPDX-License-Identifier: Apache-2.0
// wal storage: prices and reserved storage.
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_market.pb.h"
#include "specs/proto/query_storage.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::usage;

Outcome<void> price(Session& session, const Given& given) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  const int things = given.has("size") + given.has("blob") + given.has("bucket");
  if (things > 1 || given.has("epochs") != (things == 1))
    return usage("--epochs and one of --size, --blob and --bucket belong together");
  if (things == 0) {
    TRY_ASSIGN(const client::Reply prices, remote->get("/v1/storage/prices"));
    session.show(*spec::StoragePrices::descriptor(), prices);
    return {};
  }
  TRY_ASSIGN(const std::uint64_t epochs, whole_of("--epochs", given.one("epochs"), 1'000'000));
  json::object asked{{"epochs", std::to_string(epochs)}};
  if (given.has("size")) {
    TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
    asked["size"] = std::to_string(size);
    TRY_ASSIGN(const client::Reply reply, remote->post("/v1/estimate/storage", asked));
    session.show(*spec::StorageEstimate::descriptor(), reply);
    return {};
  }
  const std::string kind = given.has("blob") ? "blob" : "bucket";
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one(kind)));
  asked[kind] = id_text(id.view());
  TRY_ASSIGN(const client::Reply reply, remote->post("/v1/estimate/extension", asked));
  session.show(*spec::ExtensionEstimate::descriptor(), reply);
  return {};
}

Outcome<void> usage_by_epoch(Session& session, const Given&) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows, remote->list("/v1/storage/future"));
  session.show_list(*spec::FutureEpoch::descriptor(), rows,
                    {{"epoch", "EPOCH"},
                     {"time", "BEGINS"},
                     {"used", "USED"},
                     {"room", "ROOM"},
                     {"roomExtensions", "FOR EXTENSIONS"},
                     {"money", "MONEY"}});
  return {};
}

Outcome<void> reserve(Session& session, const Given& given) {
  TRY(may_change(session));
  if (given.has("epochs") == given.has("end"))
    return usage("either --epochs or --end is due", "--epochs 10");
  Change one;
  auto& storage = *one.operation.mutable_reserve_storage();
  TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
  TRY_ASSIGN(const std::uint64_t most, amount_of("--max-cost", given.one("max-cost")));
  storage.set_size(size);
  storage.set_max_cost(most);
  std::uint64_t start = 0;
  if (given.has("start")) {
    TRY_ASSIGN(start, whole_of("--start", given.one("start"), UINT32_MAX));
    storage.set_start(static_cast<std::uint32_t>(start));
  } else {
    TRY_ASSIGN(client::Remote * remote, session.remote());
    TRY_ASSIGN(const client::Reply now, remote->get("/v1/epoch"));
    TRY_ASSIGN(start, client::number_at(now.data, "epoch"));
  }
  std::uint64_t end = 0;
  if (given.has("end")) {
    TRY_ASSIGN(end, whole_of("--end", given.one("end"), UINT32_MAX));
  } else {
    TRY_ASSIGN(const std::uint64_t epochs, whole_of("--epochs", given.one("epochs"), 1'000'000));
    end = start + epochs;
  }
  if (end <= start || end > UINT32_MAX) return usage("the end must be above the first epoch");
  storage.set_end(static_cast<std::uint32_t>(end));
  return change(session, one);
}

Outcome<void> split(Session& session, const Given& given) {
  TRY(may_change(session));
  if (given.has("at-epoch") == given.has("keep"))
    return usage("either --at-epoch or --keep is due", "--keep 1GiB");
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("RESOURCE")));
  Change one;
  auto& cut = *one.operation.mutable_split_storage();
  cut.set_resource(base::string_of(id.view()));
  if (given.has("keep")) {
    TRY_ASSIGN(const std::uint64_t size, size_of("--keep", given.one("keep")));
    cut.set_size(size);
  } else {
    TRY_ASSIGN(const std::uint64_t epoch,
               whole_of("--at-epoch", given.one("at-epoch"), UINT32_MAX));
    cut.set_epoch(static_cast<std::uint32_t>(epoch));
  }
  return change(session, one);
}

Outcome<void> merge(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("RESOURCE")));
  TRY_ASSIGN(const base::ObjectId other, session.object(given.one("OTHER")));
  Change one;
  one.operation.mutable_merge_storage()->set_resource(base::string_of(id.view()));
  one.operation.mutable_merge_storage()->set_other(base::string_of(other.view()));
  return change(session, one);
}

Outcome<void> release(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("RESOURCE")));
  Change one;
  one.operation.mutable_release_storage()->set_resource(base::string_of(id.view()));
  one.notes.push_back("nothing is paid back: the room can be sold again, the money stays");
  return change(session, one);
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId owner, session.account(given.one("owner")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const json::array rows,
             remote->list("/v1/accounts/" + id_text(owner.view()) + "/resources"));
  session.show_list(
      *spec::Resource::descriptor(), rows,
      {{"size", "SIZE"}, {"start", "START"}, {"end", "END"}, {"blob", "BLOB"}, {"id", "ID"}});
  return {};
}

}  // namespace

Verbs storage_verbs() {
  const Argument resource{"RESOURCE", "id of the resource, 0x.."};
  return {
      {"storage",
       "price",
       "prices, capacity and what is free; with --epochs the cost of what is bought or prolonged",
       {},
       {{"size", "SIZE", "encoded bytes to buy, as 5GiB"},
        {"blob", "BLOB", "blob object to prolong, 0x.."},
        {"bucket", "BUCKET", "bucket to prolong, 0x.."},
        {"epochs", "N", "for how many epochs"}},
       price},
      {"storage",
       "usage",
       "epochs that can be sold: bytes, room and money, a row each",
       {},
       {},
       usage_by_epoch},
      {"storage",
       "reserve",
       "buy storage for a range of epochs",
       {},
       {{"size", "SIZE", "encoded bytes, as 5GiB", true},
        {"epochs", "N", "how many, from the first one on"},
        {"start", "EPOCH", "first epoch; without it the running one"},
        {"end", "EPOCH", "epoch after the last one, instead of --epochs"},
        {"max-cost", "AMOUNT", "the most it may cost", true}},
       reserve},
      {"storage",
       "split",
       "cut a resource in two, by epochs or by bytes",
       {resource},
       {{"at-epoch", "EPOCH", "the new resource begins there"},
        {"keep", "SIZE", "bytes that the old resource keeps, as 1GiB"}},
       split},
      {"storage",
       "merge",
       "join two resources of equal epochs, or of equal size that touch",
       {resource, {"OTHER", "id of the resource that ends in it, 0x.."}},
       {},
       merge},
      {"storage", "release", "give a resource up; no money comes back", {resource}, {}, release},
      {"storage",
       "transfer",
       "give a resource or a blob to another account",
       {{"OBJECT", "id of the resource or the blob object, 0x.."},
        {"TO", "account that gets it, 0x.. or a key"}},
       {},
       [](Session& session, const Given& given) {
         return transfer_object(session, given.one("OBJECT"), given.one("TO"));
       }},
      {"storage",
       "list",
       "storage that an account bought",
       {},
       {{"owner", "ACCOUNT", "0x.. or a key; without it that of --from"}},
       list}};
}

}  // namespace wald::cli
