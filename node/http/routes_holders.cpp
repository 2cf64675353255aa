// SPDX-License-Identifier: Apache-2.0
// What somebody holds: accounts, stakes, resources, blob objects.
#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/http/history.h"
#include "node/http/shared.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace queries = ledger::queries;
using base::Err;

template <class Id, class T>
Reply one(const Shared& shared, const net::Request& request, spec::Kind kind, const char* what,
          std::optional<T> (*question)(const ledger::Reader&, const Id&)) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(const Id id, path_id<Id>(request, what, kind));
  const auto view = shared.api.core.view();
  const auto found = question(*view, id);
  if (found) return data_reply(at_of(*view), reflect::to_json(*found));
  const std::string text = reflect::bytes_text(kind, id.view());
  std::string reason(what);
  for (char& c : reason) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return Err{
      not_found(reason + "_NOT_FOUND", "no " + std::string(what) + " " + text, {{what, text}})};
}

template <class T>
Reply owned(Shared& shared, const net::Request& request,
            std::vector<T> (*question)(const ledger::Reader&, const base::AccountId&)) {
  TRY(allow_keys(request, {"limit", "cursor"}));
  TRY_ASSIGN(const auto id, path_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  return list_reply<T>(shared, request, [&](const store::View& view) -> Got<std::vector<T>> {
    return question(view, id);
  });
}

}  // namespace

void add_holder_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, LimitClass limit, std::string summary,
                       std::function<Reply(Shared&, const net::Request&)> handler) {
    router.add(read_row(std::move(pattern), limit, std::move(summary),
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/accounts/{account}", LimitClass::kPoint, "balance, nonce and policy",
      [](Shared& s, const net::Request& r) {
        return one<base::AccountId, spec::Account>(s, r, spec::KIND_ACCOUNT, "account",
                                                   queries::account);
      });
  add("/v1/accounts/{account}/stakes", LimitClass::kList, "stakes it owns",
      [](Shared& s, const net::Request& r) {
        return owned<spec::Stake>(s, r, queries::stakes_of);
      });
  add("/v1/accounts/{account}/resources", LimitClass::kList, "storage it bought",
      [](Shared& s, const net::Request& r) {
        return owned<spec::Resource>(s, r, queries::resources_of);
      });
  add("/v1/accounts/{account}/blobs", LimitClass::kList, "blob objects it owns",
      [](Shared& s, const net::Request& r) {
        return owned<spec::BlobObject>(s, r, queries::blobs_of);
      });
  add("/v1/accounts/{account}/history", LimitClass::kList, "every change of its balance",
      account_history);
  add("/v1/stakes/{stake}", LimitClass::kPoint, "state, value and way out of a stake",
      [](Shared& s, const net::Request& r) {
        return one<base::ObjectId, spec::Stake>(s, r, spec::KIND_OBJECT, "stake", queries::stake);
      });
  add("/v1/resources/{resource}", LimitClass::kPoint, "a storage resource",
      [](Shared& s, const net::Request& r) {
        return one<base::ObjectId, spec::Resource>(s, r, spec::KIND_OBJECT, "resource",
                                                   queries::resource);
      });
  add("/v1/blob-objects/{blob}", LimitClass::kPoint, "a blob object with its attributes",
      [](Shared& s, const net::Request& r) {
        return one<base::ObjectId, spec::BlobObject>(s, r, spec::KIND_OBJECT, "blob",
                                                     queries::blob);
      });
}

}  // namespace wald::http
