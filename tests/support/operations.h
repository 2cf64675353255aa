// SPDX-License-Identifier: Apache-2.0
// Operations as tests write them: accounts and nodes by name, objects by id; and what a transaction
// made, found in the events of its block. Files are small and known by their root.
#pragma once

#include <optional>

#include "proofs/certificate.h"
#include "tests/support/nodes.h"

namespace wald::tests {

spec::Operation transfer(const std::string& to, std::uint64_t amount);
spec::Operation burn(std::uint64_t amount);
spec::Operation add_rewards(std::uint64_t amount, std::uint32_t epochs);
spec::Operation add_rewards(const std::vector<std::uint64_t>& amounts);
spec::Operation add_subsidy(std::uint64_t amount);
spec::Operation add_treasury(std::uint64_t amount);
spec::Operation batch(const std::vector<spec::Operation>& operations, bool atomic);

spec::Operation delegate(const std::string& node, std::uint64_t amount, bool bond = false);
spec::Operation request_exit(const base::ObjectId& stake,
                             std::optional<std::uint64_t> amount = std::nullopt);
spec::Operation withdraw(const std::vector<base::ObjectId>& stakes);

spec::Operation split_stake(const base::ObjectId& stake, std::uint64_t amount);
spec::Operation merge_stakes(const base::ObjectId& stake, const base::ObjectId& other);
spec::Operation move_stake(const base::ObjectId& stake, const std::string& node);
spec::Operation give(const base::ObjectId& object, const std::string& to);

// A policy of the keys of these names.
struct KeysOf {
  std::uint16_t threshold = 1;
  std::map<std::string, std::uint8_t> weights;  // by name
};
ledger::Policy policy_of(const KeysOf& keys);
// Every key agrees, for the transaction with this nonce.
spec::Operation set_keys(const World& world, const std::string& account, const KeysOf& keys,
                         std::uint64_t nonce);

struct ScheduleOf {
  std::uint64_t start;
  std::uint64_t cliff;
  std::uint64_t end;
  std::uint32_t steps;
};
spec::Operation create_vesting(const std::string& beneficiary, std::uint64_t amount,
                               const ScheduleOf& schedule);
spec::Operation release_vested(const base::ObjectId& vesting);
spec::Operation delegate_vested(const std::string& node, std::uint64_t amount,
                                const base::ObjectId& vesting);
// The key of the name `key` for a node, good in the running epoch.
spec::Operation announce_key(const World& world, const std::string& node, spec::KeyRole role,
                             const std::string& key);

spec::Operation foundation_spend(const std::string& payee, std::uint64_t amount);
// Groups by the letters p(urchases), r(egistrations), d(elegation), t(reasury). Without a node the
// foundation sends it.
spec::Operation pause(const std::string& groups, std::uint64_t until, const std::string& node = "");
spec::Operation resume(const std::string& groups, const std::string& node);

spec::Operation set_commission(const std::string& node, std::uint32_t bps);
spec::Operation collect_commission(const std::string& node);
struct VotesOf {
  std::optional<std::uint64_t> storage_price;
  std::optional<std::uint64_t> write_price;
  std::optional<std::uint64_t> capacity;
};
spec::Operation set_votes(const std::string& node, const VotesOf& votes);

// A file of this length whose root is the hash of `number`: nobody checks it against bytes here.
struct FileOf {
  std::uint64_t length;
  base::Hash root;
  base::BlobId id;
};
FileOf file_of(std::uint64_t number, std::uint64_t length);

spec::Operation reserve(std::uint64_t size, std::optional<std::uint32_t> start, std::uint32_t end,
                        std::uint64_t max_cost = 1000 * kWal);
spec::Operation split_at(const base::ObjectId& resource, std::uint32_t epoch);
spec::Operation split_keep(const base::ObjectId& resource, std::uint64_t size);
spec::Operation merge_storage(const base::ObjectId& resource, const base::ObjectId& other);
spec::Operation release_storage(const base::ObjectId& resource);
spec::Operation register_blob(const base::ObjectId& resource, const FileOf& file,
                              bool deletable = false, std::uint64_t max_cost = 1000 * kWal);
spec::Operation certify(const base::ObjectId& blob, const spec::Certificate& certificate);
spec::Operation extend(const base::ObjectId& blob, std::uint32_t epochs,
                       std::uint64_t max_cost = 1000 * kWal);
spec::Operation extend_with(const base::ObjectId& blob, const base::ObjectId& resource);
spec::Operation delete_blob(const base::ObjectId& blob);

spec::Operation set_attributes(const base::ObjectId& blob,
                               const std::vector<std::pair<std::string, std::string>>& pairs);
spec::Operation remove_attributes(const base::ObjectId& blob, const std::vector<std::string>& keys);
spec::Operation remove_all_attributes(const base::ObjectId& blob);
spec::Operation share(const base::ObjectId& blob, std::uint64_t price_limit,
                      const std::string& refund);
spec::Operation fund(const base::ObjectId& blob, std::uint64_t amount);
spec::Operation extend_from_fund(const base::ObjectId& blob, std::uint32_t epochs,
                                 std::uint64_t max_cost = 1000 * kWal);

// A certificate of the running committee over this message, signed by the members of `signers`
// (names; empty: all of `nodes`).
spec::Certificate certificate_of(const World& world, const std::vector<std::string>& nodes,
                                 const proofs::Message& message,
                                 const std::vector<std::string>& signers = {});
spec::Certificate certificate_on(const ledger::Reader& state, const base::ChainId& chain,
                                 const std::vector<std::string>& signers,
                                 const proofs::Message& message);
spec::Certificate confirmation(const World& world, const std::vector<std::string>& nodes,
                               const base::BlobId& blob,
                               const std::optional<base::ObjectId>& object = std::nullopt);

spec::Operation create_bucket(std::uint64_t size, std::uint32_t epochs,
                              std::uint64_t max_cost = 1000 * kWal);
spec::Operation create_bucket_of(const base::ObjectId& resource);
spec::Operation register_inside(const base::ObjectId& bucket, const FileOf& file,
                                bool deletable = false);
spec::Operation grow_bucket(const base::ObjectId& bucket, std::uint64_t size,
                            std::uint64_t max_cost = 1000 * kWal);
spec::Operation grow_bucket_with(const base::ObjectId& bucket, const base::ObjectId& resource);
spec::Operation shrink_bucket(const base::ObjectId& bucket, std::uint64_t size);
spec::Operation shrink_bucket_percent(const base::ObjectId& bucket, std::uint32_t percent);
spec::Operation extend_bucket(const base::ObjectId& bucket, std::uint32_t epochs,
                              std::uint64_t max_cost = 1000 * kWal);
// rights: bits of ledger::BucketRight.
spec::Operation grant_bucket(const base::ObjectId& bucket, const std::string& account,
                             std::uint8_t rights);
spec::Operation destroy_bucket(const base::ObjectId& bucket);

// Blob objects and what is signed about them together.
struct BatchEntryOf {
  base::ObjectId blob;
  base::BlobId blob_id;
  bool deletable = false;
};
spec::Certificate batch_confirmation(const World& world, const std::vector<std::string>& nodes,
                                     const std::vector<BatchEntryOf>& entries,
                                     const std::vector<std::string>& signers = {});
spec::Operation certify_batch(const std::vector<BatchEntryOf>& entries,
                              const spec::Certificate& certificate);
spec::Operation invalidate(const std::vector<std::pair<base::BlobId, spec::Certificate>>& ids);

// The object that the last block's first event of its kind made.
base::ObjectId made_stake(const World& world);
base::ObjectId made_vesting(const World& world);
base::ObjectId made_resource(const World& world);
base::ObjectId made_blob(const World& world);
base::ObjectId made_bucket(const World& world);

}  // namespace wald::tests
