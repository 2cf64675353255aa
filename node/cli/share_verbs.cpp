// SPDX-License-Identifier: Apache-2.0
// wal storage: what is done with a blob object after it was stored.
#include "node/cli/change.h"
#include "node/cli/session.h"

namespace wald::cli {
namespace {

using client::usage;

Outcome<void> share(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BLOB")));
  TRY_ASSIGN(const std::uint64_t limit, amount_of("--price-limit", given.one("price-limit")));
  TRY_ASSIGN(const base::AccountId refund, session.account(given.one("refund")));
  Change one;
  auto& message = *one.operation.mutable_share_blob();
  message.set_blob(base::string_of(id.view()));
  message.set_price_limit(limit);
  message.set_refund(base::string_of(refund.view()));
  one.notes.push_back("the fund stays open until the blob ends; what is left then goes to " +
                      id_text(refund.view()));
  return change(session, one);
}

Outcome<void> fund(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BLOB")));
  TRY_ASSIGN(const std::uint64_t amount, amount_of("AMOUNT", given.one("AMOUNT")));
  Change one;
  one.operation.mutable_fund_blob()->set_blob(base::string_of(id.view()));
  one.operation.mutable_fund_blob()->set_amount(amount);
  one.notes.push_back("what the fund does not use goes to its refund account, not back to you");
  return change(session, one);
}

Outcome<void> extend(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BLOB")));
  Change one;
  auto& message = *one.operation.mutable_extend_blob();
  message.set_blob(base::string_of(id.view()));
  if (given.has("resource")) {
    if (given.has("epochs") || given.has("max-cost") || given.has("from-fund"))
      return usage("--resource stands alone: it is the payment");
    TRY_ASSIGN(const base::ObjectId resource, session.object(given.one("resource")));
    message.set_resource(base::string_of(resource.view()));
    return change(session, one);
  }
  if (!given.has("epochs") || !given.has("max-cost"))
    return usage("--epochs and --max-cost are due, or --resource", "--epochs 5 --max-cost 2WAL");
  TRY_ASSIGN(const std::uint64_t epochs, whole_of("--epochs", given.one("epochs"), 1'000'000));
  TRY_ASSIGN(const std::uint64_t most, amount_of("--max-cost", given.one("max-cost")));
  message.set_epochs(static_cast<std::uint32_t>(epochs));
  message.set_max_cost(most);
  message.set_from_fund(given.has("from-fund"));
  return change(session, one);
}

Outcome<void> remove(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BLOB")));
  Change one;
  one.operation.mutable_delete_blob()->set_blob(base::string_of(id.view()));
  return change(session, one);
}

Outcome<void> attribute(Session& session, const Given& given) {
  TRY(may_change(session));
  const std::string action = given.one("ACTION");
  if (action != "set" && action != "remove") return usage("ACTION is set or remove");
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BLOB")));
  const auto& words = given.all("KEY");
  Change one;
  if (action == "remove") {
    if (words.empty() != given.has("all")) return usage("keys are due, or --all");
    auto& message = *one.operation.mutable_remove_attributes();
    message.set_blob(base::string_of(id.view()));
    for (const std::string& key : words) message.add_keys(key);
    message.set_all(given.has("all"));
    return change(session, one);
  }
  if (words.empty() || given.has("all")) return usage("pairs are due", "type=text");
  auto& message = *one.operation.mutable_set_attributes();
  message.set_blob(base::string_of(id.view()));
  for (const std::string& word : words) {
    const std::size_t at = word.find('=');
    if (at == std::string::npos || at == 0) return usage("a pair is KEY=VALUE, not " + word);
    spec::Attribute& pair = *message.add_pairs();
    pair.set_key(word.substr(0, at));
    pair.set_value(word.substr(at + 1));
  }
  return change(session, one);
}

}  // namespace

Verbs share_verbs() {
  const Argument blob{"BLOB", "id of the blob object, 0x.."};
  return {
      {"storage",
       "extend",
       "prolong a certified blob, for money or with a resource",
       {blob},
       {{"epochs", "N", "by how many epochs"},
        {"max-cost", "AMOUNT", "the most that may cost"},
        {"from-fund", "", "the fund of a shared blob pays"},
        {"resource", "RESOURCE", "of the same size, from the blob's end on; instead of money"}},
       extend},
      {"storage", "delete", "delete a blob; its resource comes back", {blob}, {}, remove},
      {"storage",
       "share",
       "open a fund from which anybody may prolong a blob",
       {blob},
       {{"price-limit", "AMOUNT", "it pays while a unit and epoch cost no more", true},
        {"refund", "ACCOUNT", "gets what is left at the end; without it that of --from"}},
       share},
      {"storage",
       "fund",
       "pay into the fund of a shared blob",
       {blob, {"AMOUNT", "how much, as 2WAL"}},
       {},
       fund},
      {"storage",
       "attribute",
       "set attributes of a blob, or remove them",
       {{"ACTION", "set or remove"}, blob, {"KEY", "KEY=VALUE to set, KEY to remove", false, true}},
       {{"all", "", "remove all"}},
       attribute}};
}

}  // namespace wald::cli
