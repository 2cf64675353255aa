// SPDX-License-Identifier: Apache-2.0
#include "tests/support/operations.h"

#include <algorithm>

#include "codec/shape/commitment.h"
#include "ledger/state/keys.h"
#include "proofs/prove/signer.h"

namespace wald::tests {
namespace {

// The first object that `find` sees in an event of the last block.
template <class Find>
base::ObjectId made(const World& world, const Find& find) {
  for (const auto& event : world.last().events) {
    const std::string* id = find(event);
    if (id != nullptr) return base::ObjectId::from(base::as_bytes(*id));
  }
  throw std::runtime_error("the last block made no such object");
}

}  // namespace

spec::Operation transfer(const std::string& to, std::uint64_t amount) {
  spec::Operation op;
  op.mutable_transfer()->set_to(base::string_of(account_of(to).view()));
  op.mutable_transfer()->set_amount(amount);
  return op;
}

spec::Operation burn(std::uint64_t amount) {
  spec::Operation op;
  op.mutable_burn()->set_amount(amount);
  return op;
}

spec::Operation add_rewards(std::uint64_t amount, std::uint32_t epochs) {
  spec::Operation op;
  op.mutable_add_rewards()->set_amount(amount);
  op.mutable_add_rewards()->set_epochs(epochs);
  return op;
}

spec::Operation add_rewards(const std::vector<std::uint64_t>& amounts) {
  spec::Operation op;
  for (const std::uint64_t amount : amounts) op.mutable_add_rewards()->add_amounts(amount);
  return op;
}

spec::Operation add_subsidy(std::uint64_t amount) {
  spec::Operation op;
  op.mutable_add_subsidy()->set_amount(amount);
  return op;
}

spec::Operation add_treasury(std::uint64_t amount) {
  spec::Operation op;
  op.mutable_add_treasury()->set_amount(amount);
  return op;
}

spec::Operation batch(const std::vector<spec::Operation>& operations, bool atomic) {
  spec::Operation op;
  for (const auto& one : operations) *op.mutable_batch()->add_operations() = one;
  op.mutable_batch()->set_atomic(atomic);
  return op;
}

spec::Operation delegate(const std::string& node, std::uint64_t amount, bool bond) {
  spec::Operation op;
  op.mutable_delegate_stake()->set_node(base::string_of(node_of(node).view()));
  op.mutable_delegate_stake()->set_amount(amount);
  op.mutable_delegate_stake()->set_bond(bond);
  return op;
}

spec::Operation request_exit(const base::ObjectId& stake, std::optional<std::uint64_t> amount) {
  spec::Operation op;
  op.mutable_request_exit()->set_stake(base::string_of(stake.view()));
  if (amount) op.mutable_request_exit()->set_amount(*amount);
  return op;
}

spec::Operation withdraw(const std::vector<base::ObjectId>& stakes) {
  spec::Operation op;
  for (const auto& stake : stakes)
    op.mutable_withdraw_stake()->add_stakes(base::string_of(stake.view()));
  return op;
}

spec::Operation split_stake(const base::ObjectId& stake, std::uint64_t amount) {
  spec::Operation op;
  op.mutable_split_stake()->set_stake(base::string_of(stake.view()));
  op.mutable_split_stake()->set_amount(amount);
  return op;
}

spec::Operation merge_stakes(const base::ObjectId& stake, const base::ObjectId& other) {
  spec::Operation op;
  op.mutable_merge_stakes()->set_stake(base::string_of(stake.view()));
  op.mutable_merge_stakes()->set_other(base::string_of(other.view()));
  return op;
}

spec::Operation move_stake(const base::ObjectId& stake, const std::string& node) {
  spec::Operation op;
  op.mutable_move_stake()->set_stake(base::string_of(stake.view()));
  op.mutable_move_stake()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation give(const base::ObjectId& object, const std::string& to) {
  spec::Operation op;
  op.mutable_transfer_object()->set_object(base::string_of(object.view()));
  op.mutable_transfer_object()->set_to(base::string_of(account_of(to).view()));
  return op;
}

ledger::Policy policy_of(const KeysOf& keys) {
  std::map<base::PublicKey, std::uint8_t> weights;
  for (const auto& [name, weight] : keys.weights) weights[key_of_name(name).key] = weight;
  std::vector<ledger::PolicyKey> list;
  list.reserve(weights.size());
  for (const auto& [key, weight] : weights) list.push_back({key, weight});
  return ledger::Policy::make(keys.threshold, list).value();
}

spec::Operation set_keys(const World& world, const std::string& account, const KeysOf& keys,
                         std::uint64_t nonce) {
  const ledger::Policy policy = policy_of(keys);
  const auto digest = ledger::setkeys_digest(world.chain(), account_of(account), nonce, policy);
  spec::Operation op;
  auto& message = *op.mutable_set_keys();
  message.set_policy(base::string_of(policy.encode()));
  for (const ledger::PolicyKey& entry : policy.keys())
    for (const auto& [name, weight] : keys.weights) {
      const Key key = key_of_name(name);
      if (key.key != entry.key) continue;
      const auto signature = key.sign(digest.view());
      message.add_proofs(std::string(signature.begin(), signature.end()));
    }
  return op;
}

spec::Operation create_vesting(const std::string& beneficiary, std::uint64_t amount,
                               const ScheduleOf& schedule) {
  spec::Operation op;
  auto& message = *op.mutable_create_vesting();
  message.set_beneficiary(base::string_of(account_of(beneficiary).view()));
  message.set_amount(amount);
  message.set_start(schedule.start);
  message.set_cliff(schedule.cliff);
  message.set_end(schedule.end);
  message.set_steps(schedule.steps);
  return op;
}

spec::Operation release_vested(const base::ObjectId& vesting) {
  spec::Operation op;
  op.mutable_release_vested()->set_vesting(base::string_of(vesting.view()));
  return op;
}

spec::Operation delegate_vested(const std::string& node, std::uint64_t amount,
                                const base::ObjectId& vesting) {
  spec::Operation op = delegate(node, amount);
  op.mutable_delegate_stake()->set_vesting(base::string_of(vesting.view()));
  return op;
}

spec::Operation announce_key(const World& world, const std::string& node, spec::KeyRole role,
                             const std::string& key) {
  const Key made = key_of_name(key);
  const auto hashed =
      role == spec::KEY_ROLE_CONSENSUS ? ledger::KeyRole::kConsensus : ledger::KeyRole::kProtocol;
  const auto digest =
      ledger::key_possession_digest(world.chain(), node_of(node), hashed, made.key, world.epoch());
  const auto signature = made.sign(digest.view());
  spec::Operation op;
  auto& message = *op.mutable_announce_key();
  message.set_node(base::string_of(node_of(node).view()));
  message.set_role(role);
  message.set_key(base::string_of(made.key.view()));
  message.set_possession(std::string(signature.begin(), signature.end()));
  return op;
}

spec::Operation foundation_spend(const std::string& payee, std::uint64_t amount) {
  spec::Operation op;
  op.mutable_foundation_spend()->set_payee(base::string_of(account_of(payee).view()));
  op.mutable_foundation_spend()->set_amount(amount);
  return op;
}

namespace {
template <class Message>
void name_groups(const std::string& groups, Message& message) {
  for (const char group : groups) {
    if (group == 'p') message.set_purchases(true);
    if (group == 'r') message.set_registrations(true);
    if (group == 'd') message.set_delegation(true);
    if (group == 't') message.set_treasury(true);
  }
}
}  // namespace

spec::Operation pause(const std::string& groups, std::uint64_t until, const std::string& node) {
  spec::Operation op;
  name_groups(groups, *op.mutable_emergency_pause());
  op.mutable_emergency_pause()->set_until(until);
  if (!node.empty()) op.mutable_emergency_pause()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation resume(const std::string& groups, const std::string& node) {
  spec::Operation op;
  name_groups(groups, *op.mutable_resume());
  op.mutable_resume()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation set_commission(const std::string& node, std::uint32_t bps) {
  spec::Operation op;
  op.mutable_set_commission()->set_node(base::string_of(node_of(node).view()));
  op.mutable_set_commission()->set_commission(bps);
  return op;
}

spec::Operation collect_commission(const std::string& node) {
  spec::Operation op;
  op.mutable_collect_commission()->set_node(base::string_of(node_of(node).view()));
  return op;
}

spec::Operation set_votes(const std::string& node, const VotesOf& votes) {
  spec::Operation op;
  auto& message = *op.mutable_set_votes();
  message.set_node(base::string_of(node_of(node).view()));
  if (votes.storage_price) message.set_storage_price(*votes.storage_price);
  if (votes.write_price) message.set_write_price(*votes.write_price);
  if (votes.capacity) message.set_capacity(*votes.capacity);
  return op;
}

FileOf file_of(std::uint64_t number, std::uint64_t length) {
  FileOf file{length, base::blake2b(base::as_bytes("file " + std::to_string(number))), {}};
  file.id = shape::blob_id(file.root, length);
  return file;
}

spec::Operation reserve(std::uint64_t size, std::optional<std::uint32_t> start, std::uint32_t end,
                        std::uint64_t max_cost) {
  spec::Operation op;
  auto& message = *op.mutable_reserve_storage();
  message.set_size(size);
  if (start) message.set_start(*start);
  message.set_end(end);
  message.set_max_cost(max_cost);
  return op;
}

spec::Operation split_at(const base::ObjectId& resource, std::uint32_t epoch) {
  spec::Operation op;
  op.mutable_split_storage()->set_resource(base::string_of(resource.view()));
  op.mutable_split_storage()->set_epoch(epoch);
  return op;
}

spec::Operation split_keep(const base::ObjectId& resource, std::uint64_t size) {
  spec::Operation op;
  op.mutable_split_storage()->set_resource(base::string_of(resource.view()));
  op.mutable_split_storage()->set_size(size);
  return op;
}

spec::Operation merge_storage(const base::ObjectId& resource, const base::ObjectId& other) {
  spec::Operation op;
  op.mutable_merge_storage()->set_resource(base::string_of(resource.view()));
  op.mutable_merge_storage()->set_other(base::string_of(other.view()));
  return op;
}

spec::Operation release_storage(const base::ObjectId& resource) {
  spec::Operation op;
  op.mutable_release_storage()->set_resource(base::string_of(resource.view()));
  return op;
}

spec::Operation register_blob(const base::ObjectId& resource, const FileOf& file, bool deletable,
                              std::uint64_t max_cost) {
  spec::Operation op;
  auto& message = *op.mutable_register_blob();
  message.set_resource(base::string_of(resource.view()));
  message.set_blob_id(base::string_of(file.id.view()));
  message.set_root(base::string_of(file.root.view()));
  message.set_length(file.length);
  message.set_encoding(1);
  message.set_deletable(deletable);
  message.set_max_cost(max_cost);
  return op;
}

spec::Operation certify(const base::ObjectId& blob, const spec::Certificate& certificate) {
  spec::Operation op;
  op.mutable_certify_blob()->set_blob(base::string_of(blob.view()));
  *op.mutable_certify_blob()->mutable_certificate() = certificate;
  return op;
}

spec::Operation extend(const base::ObjectId& blob, std::uint32_t epochs, std::uint64_t max_cost) {
  spec::Operation op;
  op.mutable_extend_blob()->set_blob(base::string_of(blob.view()));
  op.mutable_extend_blob()->set_epochs(epochs);
  op.mutable_extend_blob()->set_max_cost(max_cost);
  return op;
}

spec::Operation extend_with(const base::ObjectId& blob, const base::ObjectId& resource) {
  spec::Operation op;
  op.mutable_extend_blob()->set_blob(base::string_of(blob.view()));
  op.mutable_extend_blob()->set_resource(base::string_of(resource.view()));
  return op;
}

spec::Operation delete_blob(const base::ObjectId& blob) {
  spec::Operation op;
  op.mutable_delete_blob()->set_blob(base::string_of(blob.view()));
  return op;
}

spec::Operation set_attributes(const base::ObjectId& blob,
                               const std::vector<std::pair<std::string, std::string>>& pairs) {
  spec::Operation op;
  op.mutable_set_attributes()->set_blob(base::string_of(blob.view()));
  for (const auto& [key, value] : pairs) {
    spec::Attribute& pair = *op.mutable_set_attributes()->add_pairs();
    pair.set_key(key);
    pair.set_value(value);
  }
  return op;
}

spec::Operation remove_attributes(const base::ObjectId& blob,
                                  const std::vector<std::string>& keys) {
  spec::Operation op;
  op.mutable_remove_attributes()->set_blob(base::string_of(blob.view()));
  for (const std::string& key : keys) op.mutable_remove_attributes()->add_keys(key);
  return op;
}

spec::Operation remove_all_attributes(const base::ObjectId& blob) {
  spec::Operation op;
  op.mutable_remove_attributes()->set_blob(base::string_of(blob.view()));
  op.mutable_remove_attributes()->set_all(true);
  return op;
}

spec::Operation share(const base::ObjectId& blob, std::uint64_t price_limit,
                      const std::string& refund) {
  spec::Operation op;
  op.mutable_share_blob()->set_blob(base::string_of(blob.view()));
  op.mutable_share_blob()->set_price_limit(price_limit);
  op.mutable_share_blob()->set_refund(base::string_of(account_of(refund).view()));
  return op;
}

spec::Operation fund(const base::ObjectId& blob, std::uint64_t amount) {
  spec::Operation op;
  op.mutable_fund_blob()->set_blob(base::string_of(blob.view()));
  op.mutable_fund_blob()->set_amount(amount);
  return op;
}

spec::Operation extend_from_fund(const base::ObjectId& blob, std::uint32_t epochs,
                                 std::uint64_t max_cost) {
  spec::Operation op = extend(blob, epochs, max_cost);
  op.mutable_extend_blob()->set_from_fund(true);
  return op;
}

spec::Operation certify_batch(const std::vector<BatchEntryOf>& entries,
                              const spec::Certificate& certificate) {
  spec::Operation op;
  for (const BatchEntryOf& entry : entries) {
    spec::BatchItem& item = *op.mutable_certify_batch()->add_blobs();
    item.set_blob(base::string_of(entry.blob.view()));
    item.set_blob_id(base::string_of(entry.blob_id.view()));
    item.set_deletable(entry.deletable);
  }
  *op.mutable_certify_batch()->mutable_certificate() = certificate;
  return op;
}

spec::Operation invalidate(const std::vector<std::pair<base::BlobId, spec::Certificate>>& ids) {
  spec::Operation op;
  for (const auto& [id, certificate] : ids) {
    spec::InvalidId& item = *op.mutable_invalidate_blob()->add_ids();
    item.set_blob_id(base::string_of(id.view()));
    *item.mutable_certificate() = certificate;
  }
  return op;
}

spec::Certificate certificate_of(const World& world, const std::vector<std::string>& nodes,
                                 const proofs::Message& message,
                                 const std::vector<std::string>& signers) {
  return certificate_on(world.view(), world.chain(), signers.empty() ? nodes : signers, message);
}

spec::Certificate certificate_on(const ledger::Reader& state, const base::ChainId& chain,
                                 const std::vector<std::string>& signers,
                                 const proofs::Message& message) {
  const base::Epoch epoch = ledger::must_load(state, ledger::kChain).clock.epoch;
  const auto committee = ledger::must_load(state, ledger::kCommittees, epoch);
  spec::Certificate out;
  const base::Bytes bytes = proofs::encode_message(message);
  out.set_message(std::string(bytes.begin(), bytes.end()));
  std::string bitmap((committee.members.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < committee.members.size(); ++i)
    for (const std::string& name : signers) {
      if (node_of(name) != committee.members[i].node) continue;
      const prove::Signer signer(base::ByteView(protocol_key(name).seed));
      const auto signature = signer.message(chain, message);
      out.add_signatures(std::string(signature.begin(), signature.end()));
      bitmap[i / 8] = static_cast<char>(bitmap[i / 8] | 1 << (i % 8));
    }
  out.set_bitmap(bitmap);
  return out;
}

spec::Certificate confirmation(const World& world, const std::vector<std::string>& nodes,
                               const base::BlobId& blob,
                               const std::optional<base::ObjectId>& object) {
  return certificate_of(world, nodes, {world.epoch(), proofs::StorageConfirmation{blob, object}});
}

spec::Certificate batch_confirmation(const World& world, const std::vector<std::string>& nodes,
                                     const std::vector<BatchEntryOf>& entries,
                                     const std::vector<std::string>& signers) {
  std::vector<proofs::StorageConfirmation> list;
  for (const BatchEntryOf& entry : entries) {
    const proofs::StorageConfirmation one{
        entry.blob_id, entry.deletable ? std::optional(entry.blob) : std::nullopt};
    if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
  }
  return certificate_of(world, nodes, {world.epoch(), proofs::certify_batch(list).value()},
                        signers);
}

base::ObjectId made_stake(const World& world) {
  return made(world, [](const spec::EventRecord& event) {
    return event.has_stake_delegated() ? &event.stake_delegated().stake() : nullptr;
  });
}

base::ObjectId made_vesting(const World& world) {
  return made(world, [](const spec::EventRecord& event) {
    return event.has_token_vesting_created() ? &event.token_vesting_created().vesting() : nullptr;
  });
}

base::ObjectId made_resource(const World& world) {
  return made(world, [](const spec::EventRecord& event) {
    return event.has_storage_reserved() ? &event.storage_reserved().resource() : nullptr;
  });
}

base::ObjectId made_bucket(const World& world) {
  return made(world, [](const spec::EventRecord& event) {
    return event.has_bucket_created() ? &event.bucket_created().bucket() : nullptr;
  });
}

base::ObjectId made_blob(const World& world) {
  return made(world, [](const spec::EventRecord& event) {
    return event.has_blob_registered() ? &event.blob_registered().object() : nullptr;
  });
}

}  // namespace wald::tests
