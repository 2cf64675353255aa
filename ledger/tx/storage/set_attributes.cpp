// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/set_attributes.h"

#include "ledger/blobs.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

base::Err<Rejected> over(Context& ctx, std::size_t most) {
  return ctx.reject(spec::LIMIT, {{"most", std::to_string(most)}});
}

std::uint32_t bytes_of(const std::string& key, const std::string& value) {
  return base::narrow<std::uint32_t>(key.size() + value.size());
}

void put_one(Context& ctx, const base::ObjectId& id, BlobRecord& blob, const std::string& key,
             const std::string& value) {
  if (const auto before = load(ctx.state(), kAttributes, id, key)) {
    blob.attribute_bytes -= bytes_of(key, before->value);
    --blob.attributes;
  }
  save(ctx.state(), kAttributes, AttributeRecord{value}, id, key);
  blob.attribute_bytes += bytes_of(key, value);
  ++blob.attributes;
}

void tell(Context& ctx, const base::ObjectId& id, const BlobRecord& blob, const std::string& key,
          const std::string* value) {
  spec::BlobAttributeChanged event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(blob.blob_id));
  event.set_by(text_of(ctx.sender()));
  event.set_key(key);
  if (value != nullptr) event.set_value(*value);
  ctx.emit(event);
}

}  // namespace

Parsed<SetAttributes> SetAttributes::parse(const Message& message) {
  SetAttributes tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  for (const auto& pair : message.pairs())
    if (!tx.pairs.emplace(pair.key(), pair.value()).second) return malformed("pairs");
  if (tx.pairs.empty()) return malformed("pairs");
  return tx;
}

base::Result<void, Rejected> SetAttributes::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(BlobRecord record, own_blob(ctx, id, BucketRight::kDescribe));
  if (pairs.size() > kMost) return over(ctx, kMost);
  for (const auto& [key, value] : pairs) {
    if (key.size() > kKeyBytes) return over(ctx, kKeyBytes);
    if (value.size() > kValueBytes) return over(ctx, kValueBytes);
  }
  // What stays of those before was within the limits: the sums cannot wrap.
  for (const auto& [key, value] : pairs) put_one(ctx, id, record, key, value);
  if (record.attributes > kMost) return over(ctx, kMost);
  if (record.attribute_bytes > kBytes) return over(ctx, kBytes);
  save_blob(ctx, id, record);
  for (const auto& [key, value] : pairs) tell(ctx, id, record, key, &value);
  return {};
}

Parsed<RemoveAttributes> RemoveAttributes::parse(const Message& message) {
  RemoveAttributes tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  tx.keys.assign(message.keys().begin(), message.keys().end());
  tx.all = message.all();
  if (tx.all != tx.keys.empty()) return malformed("keys");
  return tx;
}

std::uint64_t RemoveAttributes::records() const {
  return 1 + (all ? SetAttributes::kMost : keys.size());
}

base::Result<void, Rejected> RemoveAttributes::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(BlobRecord record, own_blob(ctx, id, BucketRight::kDescribe));
  if (keys.size() > SetAttributes::kMost) return over(ctx, SetAttributes::kMost);
  for (const std::string& key : keys)
    if (key.size() > SetAttributes::kKeyBytes) return over(ctx, SetAttributes::kKeyBytes);
  std::vector<std::string> gone = keys;
  if (all)
    for (const auto& [key, value] : attributes_of(ctx.state(), id)) gone.push_back(key);
  if (gone.empty()) return ctx.reject(spec::NO_ATTRIBUTE);  // all of none
  for (const std::string& key : gone) {
    const auto before = load(ctx.state(), kAttributes, id, key);
    if (!before) return ctx.reject(spec::NO_ATTRIBUTE, {{"key", key}});
    remove(ctx.state(), kAttributes, id, key);
    WALD_CHECK(record.attributes > 0);
    --record.attributes;
    record.attribute_bytes -= bytes_of(key, before->value);
  }
  save_blob(ctx, id, record);
  for (const std::string& key : gone) tell(ctx, id, record, key, nullptr);
  return {};
}

}  // namespace wald::ledger::tx
