// SPDX-License-Identifier: Apache-2.0
// wal bucket: storage that holds many blobs with one end, and who else may use it (L-12). Blobs go
// into it by `wal blob store --bucket`.
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_storage.pb.h"

namespace wald::cli {
namespace {

using client::usage;

Outcome<std::string> path_of(const Session& session, const Given& given) {
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BUCKET")));
  return "/v1/buckets/" + id_text(id.view());
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId owner, session.account(given.one("owner")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const boost::json::array rows,
             remote->list("/v1/accounts/" + id_text(owner.view()) + "/buckets"));
  session.show_list(
      *spec::Bucket::descriptor(), rows,
      {{"size", "SIZE"}, {"used", "USED"}, {"blobs", "BLOBS"}, {"end", "END"}, {"id", "ID"}});
  return {};
}

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const std::string path, path_of(session, given));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get(path));
  session.show(*spec::Bucket::descriptor(), reply);
  return {};
}

Outcome<void> blobs(Session& session, const Given& given) {
  TRY_ASSIGN(const std::string path, path_of(session, given));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const boost::json::array rows, remote->list(path + "/blobs"));
  session.show_list(*spec::BlobObject::descriptor(), rows,
                    {{"blobId", "BLOB ID"},
                     {"length", "SIZE"},
                     {"certified", "CERTIFIED"},
                     {"deletable", "DELETABLE"},
                     {"id", "ID"}});
  return {};
}

// Bytes for money: both flags; or a resource, which stands alone.
Outcome<bool> with_resource(const Given& given, std::initializer_list<const char*> money) {
  bool all = true, any = false;
  std::string names;
  for (const char* name : money) {
    all &= given.has(name);
    any |= given.has(name);
    names.append(names.empty() ? "--" : " and --").append(name);
  }
  if (given.has("resource") ? any : !all)
    return usage("either " + names + " are due, or --resource alone");
  return given.has("resource");
}

Outcome<void> create(Session& session, const Given& given) {
  TRY(may_change(session));
  Change one;
  auto& message = *one.operation.mutable_create_bucket();
  TRY_ASSIGN(const bool taken, with_resource(given, {"size", "epochs", "max-cost"}));
  if (taken) {
    TRY_ASSIGN(const base::ObjectId resource, session.object(given.one("resource")));
    message.set_resource(base::string_of(resource.view()));
    return change(session, one);
  }
  TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
  TRY_ASSIGN(const std::uint64_t epochs, whole_of("--epochs", given.one("epochs"), 1'000'000));
  TRY_ASSIGN(const std::uint64_t most, amount_of("--max-cost", given.one("max-cost")));
  message.set_size(size);
  message.set_epochs(static_cast<std::uint32_t>(epochs));
  message.set_max_cost(most);
  return change(session, one);
}

Outcome<void> grow(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BUCKET")));
  Change one;
  auto& message = *one.operation.mutable_grow_bucket();
  message.set_bucket(base::string_of(id.view()));
  TRY_ASSIGN(const bool taken, with_resource(given, {"size", "max-cost"}));
  if (taken) {
    TRY_ASSIGN(const base::ObjectId resource, session.object(given.one("resource")));
    message.set_resource(base::string_of(resource.view()));
    return change(session, one);
  }
  TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
  TRY_ASSIGN(const std::uint64_t most, amount_of("--max-cost", given.one("max-cost")));
  message.set_size(size);
  message.set_max_cost(most);
  return change(session, one);
}

Outcome<void> shrink(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BUCKET")));
  if (given.has("size") == given.has("percent"))
    return usage("either --size or --percent is due", "--percent 50");
  Change one;
  auto& message = *one.operation.mutable_shrink_bucket();
  message.set_bucket(base::string_of(id.view()));
  if (given.has("size")) {
    TRY_ASSIGN(const std::uint64_t size, size_of("--size", given.one("size")));
    message.set_size(size);
  } else {
    TRY_ASSIGN(const std::uint64_t percent, whole_of("--percent", given.one("percent"), 100));
    message.set_percent(static_cast<std::uint32_t>(percent));
  }
  one.notes.push_back("what it gives up comes back as a resource of its owner");
  return change(session, one);
}

Outcome<void> extend(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BUCKET")));
  TRY_ASSIGN(const std::uint64_t epochs, whole_of("--epochs", given.one("epochs"), 1'000'000));
  TRY_ASSIGN(const std::uint64_t most, amount_of("--max-cost", given.one("max-cost")));
  Change one;
  auto& message = *one.operation.mutable_extend_bucket();
  message.set_bucket(base::string_of(id.view()));
  message.set_epochs(static_cast<std::uint32_t>(epochs));
  message.set_max_cost(most);
  return change(session, one);
}

Outcome<void> grant(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BUCKET")));
  TRY_ASSIGN(const base::AccountId account, session.account(given.one("ACCOUNT")));
  const auto& words = given.all("RIGHT");
  if (words.empty() != given.has("none")) return usage("rights are due, or --none");
  Change one;
  auto& message = *one.operation.mutable_grant_bucket();
  message.set_bucket(base::string_of(id.view()));
  message.set_account(base::string_of(account.view()));
  spec::BucketRights& rights = *message.mutable_rights();
  for (const std::string& word : words) {
    if (word == "register")
      rights.set_register_blobs(true);
    else if (word == "delete")
      rights.set_delete_blobs(true);
    else if (word == "extend")
      rights.set_extend(true);
    else if (word == "grow")
      rights.set_grow(true);
    else if (word == "attributes")
      rights.set_attributes(true);
    else
      return usage("no right " + word, "register, delete, extend, grow, attributes");
  }
  one.notes.push_back("it takes the place of what this account was granted before");
  return change(session, one);
}

Outcome<void> destroy(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const base::ObjectId id, session.object(given.one("BUCKET")));
  Change one;
  one.operation.mutable_destroy_bucket()->set_bucket(base::string_of(id.view()));
  return change(session, one);
}

}  // namespace

Verbs bucket_verbs() {
  const Argument bucket{"BUCKET", "id of the bucket, 0x.."};
  const Option most{"max-cost", "AMOUNT", "the most that may cost"};
  Option must_most = most;
  must_most.required = true;
  return {
      {"bucket",
       "list",
       "buckets of an account",
       {},
       {{"owner", "ACCOUNT", "whose; without it that of --from"}},
       list},
      {"bucket", "show", "a bucket, its bytes and who may use it", {bucket}, {}, show},
      {"bucket", "blobs", "what is inside", {bucket}, {}, blobs},
      {"bucket",
       "create",
       "buy a bucket, or make one of a resource",
       {},
       {{"size", "SIZE", "encoded bytes, as 5GiB"},
        {"epochs", "N", "for how many epochs, the running one included"},
        most,
        {"resource", "RESOURCE", "that covers the running epoch; instead of money"}},
       create},
      {"bucket",
       "grow",
       "give a bucket more bytes until its end",
       {bucket},
       {{"size", "SIZE", "encoded bytes more"},
        most,
        {"resource", "RESOURCE", "with the same end; instead of money"}},
       grow},
      {"bucket",
       "shrink",
       "give up bytes that no blob uses",
       {bucket},
       {{"size", "SIZE", "encoded bytes"}, {"percent", "N", "of what is unused"}},
       shrink},
      {"bucket",
       "extend",
       "prolong a bucket with all that is inside",
       {bucket},
       {{"epochs", "N", "by how many epochs", true}, must_most},
       extend},
      {"bucket",
       "grant",
       "say all that an account may do with a bucket",
       {bucket,
        {"ACCOUNT", "who may"},
        {"RIGHT", "register, delete, extend, grow, attributes", false, true}},
       {{"none", "", "nothing any more"}},
       grant},
      {"bucket", "destroy", "end an empty bucket; its resource comes back", {bucket}, {}, destroy}};
}

}  // namespace wald::cli
