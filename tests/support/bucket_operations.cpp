// SPDX-License-Identifier: Apache-2.0
// Operations of buckets, for tests; see operations.h.
#include "ledger/buckets.h"
#include "tests/support/operations.h"

namespace wald::tests {
spec::Operation create_bucket(std::uint64_t size, std::uint32_t epochs, std::uint64_t max_cost) {
  spec::Operation op;
  op.mutable_create_bucket()->set_size(size);
  op.mutable_create_bucket()->set_epochs(epochs);
  op.mutable_create_bucket()->set_max_cost(max_cost);
  return op;
}

spec::Operation create_bucket_of(const base::ObjectId& resource) {
  spec::Operation op;
  op.mutable_create_bucket()->set_resource(base::string_of(resource.view()));
  return op;
}

spec::Operation register_inside(const base::ObjectId& bucket, const FileOf& file, bool deletable) {
  spec::Operation op = register_blob(bucket, file, deletable);
  op.mutable_register_blob()->clear_resource();
  op.mutable_register_blob()->set_bucket(base::string_of(bucket.view()));
  return op;
}

spec::Operation grow_bucket(const base::ObjectId& bucket, std::uint64_t size,
                            std::uint64_t max_cost) {
  spec::Operation op;
  op.mutable_grow_bucket()->set_bucket(base::string_of(bucket.view()));
  op.mutable_grow_bucket()->set_size(size);
  op.mutable_grow_bucket()->set_max_cost(max_cost);
  return op;
}

spec::Operation grow_bucket_with(const base::ObjectId& bucket, const base::ObjectId& resource) {
  spec::Operation op;
  op.mutable_grow_bucket()->set_bucket(base::string_of(bucket.view()));
  op.mutable_grow_bucket()->set_resource(base::string_of(resource.view()));
  return op;
}

spec::Operation shrink_bucket(const base::ObjectId& bucket, std::uint64_t size) {
  spec::Operation op;
  op.mutable_shrink_bucket()->set_bucket(base::string_of(bucket.view()));
  op.mutable_shrink_bucket()->set_size(size);
  return op;
}

spec::Operation shrink_bucket_percent(const base::ObjectId& bucket, std::uint32_t percent) {
  spec::Operation op;
  op.mutable_shrink_bucket()->set_bucket(base::string_of(bucket.view()));
  op.mutable_shrink_bucket()->set_percent(percent);
  return op;
}

spec::Operation extend_bucket(const base::ObjectId& bucket, std::uint32_t epochs,
                              std::uint64_t max_cost) {
  spec::Operation op;
  op.mutable_extend_bucket()->set_bucket(base::string_of(bucket.view()));
  op.mutable_extend_bucket()->set_epochs(epochs);
  op.mutable_extend_bucket()->set_max_cost(max_cost);
  return op;
}

spec::Operation grant_bucket(const base::ObjectId& bucket, const std::string& account,
                             std::uint8_t rights) {
  spec::Operation op;
  op.mutable_grant_bucket()->set_bucket(base::string_of(bucket.view()));
  op.mutable_grant_bucket()->set_account(base::string_of(account_of(account).view()));
  *op.mutable_grant_bucket()->mutable_rights() = ledger::rights_message(rights);
  return op;
}

spec::Operation destroy_bucket(const base::ObjectId& bucket) {
  spec::Operation op;
  op.mutable_destroy_bucket()->set_bucket(base::string_of(bucket.view()));
  return op;
}

}  // namespace wald::tests
