// SPDX-License-Identifier: Apache-2.0
// wal storage: prices and reserved storage.
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "node/reflect/units.h"
#include "specs/proto/query.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::usage;

// a * b, or an error: what nobody could pay is not a price.
Outcome<std::uint64_t> times(std::uint64_t a, std::uint64_t b) {
  if (a != 0 && b > INT64_MAX / a) return usage("the cost is beyond all money there is");
  return a * b;
}

Outcome<void> price(Session& session, const Given& given) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(client::Reply reply, remote->get("/v1/storage/prices"));
  if (given.has("size") != given.has("epochs")) return usage("--size and --epochs belong together");
  if (given.has("size")) {
    TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
    TRY_ASSIGN(const std::uint64_t epochs, whole_of("--epochs", given.one("epochs"), 1'000'000));
    TRY_ASSIGN(const std::uint64_t unit, client::number_at(reply.data, "unit"));
    TRY_ASSIGN(const std::uint64_t each, client::number_at(reply.data, "storagePrice"));
    if (unit == 0) return client::fail(Exit::kUnexpected, "STRANGE_ANSWER", "a unit of no bytes");
    const std::uint64_t units = size / unit + (size % unit == 0 ? 0 : 1);
    TRY_ASSIGN(const std::uint64_t per_epoch, times(units, each));
    TRY_ASSIGN(const std::uint64_t cost, times(per_epoch, epochs));
    json::object& data = reply.data.get_object();
    data["units"] = std::to_string(units);
    data["cost"] = std::to_string(cost);
    if (!session.json_mode())
      data["cost"] =
          session.show_options().frost ? reflect::format_frost(cost) : reflect::format_wal(cost);
  }
  session.show(*spec::StoragePrices::descriptor(), reply);
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
  return {{"storage",
           "price",
           "prices, capacity and what is free; with --size and --epochs the cost",
           {},
           {{"size", "SIZE", "encoded bytes, as 5GiB"}, {"epochs", "N", "for how many epochs"}},
           price},
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
           "list",
           "storage that an account bought",
           {},
           {{"owner", "ACCOUNT", "0x.. or a key; without it that of --from"}},
           list}};
}

}  // namespace wald::cli
