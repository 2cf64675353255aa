// SPDX-License-Identifier: Apache-2.0
#include "node/client/remote_ledger.h"

#include "node/reflect/json.h"
#include "node/reflect/value.h"

namespace wald::client {
namespace {

template <class T>
Outcome<T> read_as(const boost::json::value& json) {
  T out;
  const auto read = reflect::from_json(json, out);
  if (!read.ok())
    return fail(Exit::kUnexpected, "STRANGE_ANSWER",
                "the answer does not read: " + read.error().path + ": " + read.error().message);
  return out;
}

template <class T>
Outcome<std::vector<T>> read_list(Remote& remote, const std::string& path) {
  TRY_ASSIGN(const boost::json::array rows, remote.list(path));
  std::vector<T> out;
  for (const auto& row : rows) {
    TRY_ASSIGN(T one, read_as<T>(row));
    out.push_back(std::move(one));
  }
  return out;
}

std::string bucket_path(const base::ObjectId& id) {
  return "/v1/buckets/" + reflect::bytes_text(spec::KIND_OBJECT, id.view());
}

}  // namespace

Outcome<std::unique_ptr<RemoteLedger>> RemoteLedger::connect(Remote& remote,
                                                             RemoteLedgerOptions options) {
  std::unique_ptr<RemoteLedger> out(new RemoteLedger(remote, std::move(options)));
  TRY_ASSIGN(const Reply status, remote.get("/v1/status"));
  TRY_ASSIGN(const std::string text, text_at(status.data, "chain"));
  const auto chain = reflect::parse_bytes(spec::KIND_HASH, text);
  if (!chain.ok() || chain->size() != base::ChainId::kSize)
    return fail(Exit::kUnexpected, "STRANGE_ANSWER", "the chain id is no hash");
  out->chain_ = base::ChainId::from(base::as_bytes(*chain));
  return out;
}

Outcome<CommitteeView> RemoteLedger::committee_of(const std::string& which) {
  TRY_ASSIGN(const Reply members, remote_.get("/v1/committee?which=" + which));
  TRY_ASSIGN(const spec::Committee committee, read_as<spec::Committee>(members.data));
  // By number: between the two questions the epoch may have turned.
  TRY_ASSIGN(const Reply held,
             remote_.get("/v1/shards?epoch=" + std::to_string(committee.epoch())));
  TRY_ASSIGN(const spec::Shards shards, read_as<spec::Shards>(held.data));
  return committee_view(committee, shards);
}

Outcome<CommitteeView> RemoteLedger::committee() { return committee_of("current"); }

Outcome<CommitteeView> RemoteLedger::previous_committee() {
  auto before = committee_of("previous");
  if (!before.ok() && before.error().exit == Exit::kNotFound) return CommitteeView();
  return before;
}

Outcome<spec::StoragePrices> RemoteLedger::prices() {
  TRY_ASSIGN(const Reply reply, remote_.get("/v1/storage/prices"));
  return read_as<spec::StoragePrices>(reply.data);
}

Outcome<std::string> RemoteLedger::account_path(const std::string& rest) const {
  if (!options_.account) return usage("--from is missing", "--from KEY names the key that pays");
  return "/v1/accounts/" + reflect::bytes_text(spec::KIND_ACCOUNT, options_.account->view()) + rest;
}

Outcome<std::vector<spec::Resource>> RemoteLedger::resources() {
  TRY_ASSIGN(const std::string path, account_path("/resources"));
  return read_list<spec::Resource>(remote_, path);
}

Outcome<std::vector<spec::BlobObject>> RemoteLedger::blobs() {
  TRY_ASSIGN(const std::string path, account_path("/blobs"));
  return read_list<spec::BlobObject>(remote_, path);
}

Outcome<spec::Bucket> RemoteLedger::bucket(const base::ObjectId& id) {
  TRY_ASSIGN(const Reply reply, remote_.get(bucket_path(id)));
  return read_as<spec::Bucket>(reply.data);
}

Outcome<std::vector<spec::BlobObject>> RemoteLedger::blobs_in(const base::ObjectId& bucket) {
  return read_list<spec::BlobObject>(remote_, bucket_path(bucket) + "/blobs");
}

Outcome<base::TxId> RemoteLedger::submit(const spec::Operation& operation) {
  if (!options_.account || !options_.sign) return usage("there is no key to sign with");
  TRY_ASSIGN(const Draft draft, build(remote_, *options_.account, operation, options_.build));
  if (draft.code != "OK")
    return fail(Exit::kRejected, draft.code,
                "would be rejected: " + draft.message + " (" + draft.code + ")", draft.advice);
  if (options_.approve) TRY(options_.approve(operation, draft));
  TRY_ASSIGN(const base::Bytes envelope, options_.sign(draft));
  TRY(send(remote_, envelope, Wait::kCommitted, options_.timeout_ms));
  return body_id(draft.bytes);
}

}  // namespace wald::client
