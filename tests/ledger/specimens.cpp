// SPDX-License-Identifier: Apache-2.0
#include "tests/ledger/specimens.h"

#include <catch2/catch.hpp>

#include "proofs/prove/reveal.h"
#include "tests/support/round_desk.h"

namespace wald::tests {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const std::vector<std::string> kMembers{"n1", "n2", "n3", "n4"};
const std::vector<std::string> kGuests{"g1", "g2", "g3", "g4", "g5"};

void must(World& world, const std::string& from, const spec::Operation& operation) {
  const auto& out = send_alone(world, from, operation);
  WALD_CHECK(out.receipts.at(0).code == spec::OK);
}

struct Stage {
  World world;
  base::ObjectId first, second;  // stakes of ann's with node n1, at work since the same epoch
  base::ObjectId done;           // one that has left and can be taken
};

spec::Genesis document() {
  std::map<std::string, std::uint64_t> accounts;
  for (const std::string name :
       {"ann", "dan", "found", "seq", "op1", "com1", "gov1", "n9", "g1", "g2", "g3", "g4", "g5"})
    accounts[name] = 50'000 * kWal;
  spec::Genesis out = network({4000, 3000, 2000, 1500, 600}, accounts);
  out.mutable_foundation()->set_account(ledger::text_of(account_of("found")));
  out.mutable_foundation()->set_sunset_epoch(50);
  out.set_sequencer_authority(base::string_of(policy_of({1, {{"seq", 1}}}).encode()));
  set_param(out, "gov_deposit", kDeposit);
  set_param(out, "gov_delay", 40'000);
  set_param(out, "slash_delay", 10'000);
  return out;
}

Stage make_stage() {
  Stage stage{World(document(), ledger::kNewestVersion + 1), {}, {}, {}};
  World& world = stage.world;
  must(world, "n1", set_authority("n1", spec::NODE_ROLE_COMMISSION, "com1"));
  must(world, "n1", set_authority("n1", spec::NODE_ROLE_GOVERNANCE, "gov1"));
  must(world, "n1", set_authority("n1", spec::NODE_ROLE_OPERATOR, "op1"));
  for (base::ObjectId* stake : {&stage.first, &stage.second, &stage.done}) {
    must(world, "ann", delegate("n1", 100 * kWal));
    *stake = made_stake(world);
  }
  until_epoch(world, 2);
  must(world, "ann", request_exit(stage.done));
  until_epoch(world, 5);
  return stage;
}

const Stage& stage() {
  static const Stage kStage = make_stage();
  return kStage;
}

base::ObjectId resource(World& world, std::uint32_t epochs = 10, std::uint32_t start = 0) {
  const std::uint32_t now = world.epoch().value() + start;
  must(world, "ann",
       reserve(64 * kMiB, start == 0 ? std::nullopt : std::optional(now), now + epochs));
  return made_resource(world);
}
base::ObjectId blob(World& world, bool deletable = false, std::uint64_t number = 1) {
  must(world, "ann", register_blob(resource(world), file_of(number, 1000), deletable));
  return made_blob(world);
}
spec::Operation certifying(World& world, const base::ObjectId& object, std::uint64_t number = 1) {
  return certify(object, confirmation(world, kMembers, file_of(number, 1000).id));
}
base::ObjectId certified(World& world) {
  const auto object = blob(world);
  must(world, "ann", certifying(world, object));
  return object;
}
base::ObjectId shared(World& world) {
  const auto object = certified(world);
  must(world, "ann", share(object, 1'000'000 * kWal, "dan"));
  return object;
}
base::ObjectId bucket(World& world) {
  must(world, "ann", create_bucket(64 * kMiB, 5));
  const auto made = made_bucket(world);
  for (std::size_t i = 0; i < kGuests.size(); ++i)
    must(world, "ann", grant_bucket(made, kGuests[i], static_cast<std::uint8_t>(1u << i)));
  return made;
}
base::ObjectId inside(World& world) {
  must(world, "ann", register_inside(bucket(world), file_of(1, 1000), true));
  return made_blob(world);
}
base::ObjectId vesting(World& world, std::uint64_t start, std::uint64_t end) {
  must(world, "dan", create_vesting("ann", 1000 * kWal, {start, start, end, 4}));
  return made_vesting(world);
}
std::uint64_t now(const World& world) { return world.time().value(); }

// All members but n4 agree; the ballot's number.
std::uint32_t agreed(World& world, const spec::Operation& ballot) {
  const auto number = opened(world, "ann", ballot);
  must(world, "gov1", vote_as("n1", number, true));
  for (const std::string node : {"n2", "n3"}) must(world, node, vote_as(node, number, true));
  return number;
}
spec::Operation executing(World& world, const spec::Operation& proposal) {
  const auto number = agreed(world, proposal);
  until_epoch(world, ballot(world, number).deadline.value());
  for (int i = 0; i < 90; ++i) world.block(500);
  return execute(number);
}
void earn_commission(World& world, const std::string& node) {
  world.edit([&](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto pool = ledger::must_load(state, ledger::kPools, node_of(node));
    pool.free.put(treasury.amount.take(state, ledger::Amount::of(7 * kWal)));
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kPools, pool, node_of(node));
  });
}
spec::Operation announcing_vrf_key(World& world) {
  const prove::VrfSecret fresh(base::ByteView(vrf_seed("fresh").seed));
  const base::Epoch first = world.epoch().next().next();
  proofs::VrfKey body;
  body.key = fresh.public_key();
  body.pi =
      fresh.prove(proofs::vrf_pop_alpha(world.chain(), node_of("n1"), body.key, first).view());
  return operation_of(proofs::Kind::kVrfKey, statement_of("n1", world.chain(), world.epoch(),
                                                          proofs::Kind::kVrfKey, body));
}
base::ShardIndex shard_of(const World& world, const std::string& node) {
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  for (const auto& member : committee.members)
    if (member.node == node_of(node)) return member.shards.at(0);
  WALD_CHECK(false && "no member");
  return {};
}

using Make = std::function<spec::Operation(World&)>;
Make same(const spec::Operation& operation) {
  return [operation](World&) { return operation; };
}

std::vector<Specimen> of_accounts() {
  return {
      {"transfer", "ann", same(transfer("dan", 5))},
      {"burn", "ann", same(burn(5))},
      {"batch", "ann", same(batch({transfer("dan", 1), burn(1)}, true))},
      {"add_rewards", "ann", same(add_rewards(100, 2))},
      {"add_rewards.list", "ann", same(add_rewards({3, 4}))},
      {"bundle", "ann",
       [](World& w) { return bundle({w.sign("dan", transfer("ann", 1), w.nonce("dan"))}); }},
      {"add_subsidy", "ann", same(add_subsidy(100))},
      {"add_treasury", "ann", same(add_treasury(100))},
      {"transfer_object", "ann", same(give(stage().first, "dan"))},
      {"transfer_object.blob", "ann", [](World& w) { return give(blob(w), "dan"); }},
      {"set_keys", "ann",
       [](World& w) {
         return set_keys(w, "ann", {1, {{"ann", 1}, {"ann2", 1}}}, w.nonce("ann"));
       }},
      {"create_vesting", "ann",
       [](World& w) {
         return create_vesting("dan", 10 * kWal, {now(w), now(w) + 1000, now(w) + 8000, 4});
       }},
      {"release_vested", "ann", [](World& w) { return release_vested(vesting(w, 1'000, now(w))); }},
  };
}

std::vector<Specimen> of_stakes() {
  return {
      {"delegate_stake", "ann", same(delegate("n2", 100 * kWal))},
      {"delegate_stake.bond", "op1", same(delegate("n1", 100 * kWal, true))},
      {"delegate_stake.vesting", "ann",
       [](World& w) {
         return delegate_vested("n2", 100 * kWal, vesting(w, now(w), now(w) + 90'000'000));
       }},
      {"request_exit", "ann", same(request_exit(stage().first))},
      {"request_exit.part", "ann", same(request_exit(stage().first, 40 * kWal))},
      {"withdraw_stake", "ann", same(withdraw({stage().done}))},
      {"move_stake", "ann", same(move_stake(stage().first, "n2"))},
      {"move_stake.at_once", "ann",
       [](World& w) {
         must(w, "ann", delegate("n2", 100 * kWal));
         return move_stake(made_stake(w), "n3");
       }},
      {"split_stake", "ann", same(split_stake(stage().first, 30 * kWal))},
      {"merge_stakes", "ann", same(merge_stakes(stage().first, stage().second))},
  };
}

std::vector<Specimen> of_nodes() {
  spec::Operation info = set_node_info("n1");
  info.mutable_set_node_info()->set_name("another");
  return {
      {"register_node", "n9", [](World& w) { return register_node(w, "n9"); }},
      {"set_votes", "op1", same(set_votes("n1", {50'000, 10'000, 1ull << 33}))},
      {"set_commission", "op1", same(set_commission("n1", 900))},
      {"collect_commission", "com1",
       [](World& w) {
         earn_commission(w, "n1");
         return collect_commission("n1");
       }},
      {"attest_sync", "",
       [](World& w) {
         must(w, "ann", delegate("n1", 10'000 * kWal));  // who gains shards has to say so
         until_epoch(w, w.epoch().value() + 1);
         return attest_sync("n1", w.chain(), w.epoch());
       }},
      {"set_node_info", "op1", same(info)},
      {"set_authority.operator", "op1", same(set_authority("n1", spec::NODE_ROLE_OPERATOR, "dan"))},
      {"set_authority.commission", "com1",
       same(set_authority("n1", spec::NODE_ROLE_COMMISSION, "dan"))},
      {"set_authority.governance", "gov1",
       same(set_authority("n1", spec::NODE_ROLE_GOVERNANCE, "dan"))},
      {"leave_node", "op1", same(leave_node("n1"))},
      {"return_node", "op1",
       [](World& w) {
         must(w, "op1", leave_node("n1"));
         return return_node("n1");
       }},
      {"announce_key", "op1",
       [](World& w) { return announce_key(w, "n1", spec::KEY_ROLE_PROTOCOL, "fresh"); }},
      {"resume_consensus", "op1",
       [](World& w) {
         w.edit([](ledger::Overlay& state) {
           ledger::DutyRecord duty;
           duty.consensus_off = true;
           ledger::save(state, ledger::kDuties, duty, node_of("n1"));
         });
         return resume_consensus("n1");
       }},
      {"signal_version", "", [](World& w) { return signal_version(w, "n1", 2); }},
      {"announce_deny_list", "op1", same(announce_deny_list({"n1"}))},
      {"update_deny_list", "ann", [](World& w) { return update_deny_list(w, kMembers, {"n1"}); }},
      {"vrf_key", "", announcing_vrf_key},
      {"declare_lost", "",
       [](World& w) {
         return shard_notice(w, "n1", proofs::Kind::kDeclareLost, shard_of(w, "n1"));
       }},
      {"declare_restored", "",
       [](World& w) {
         w.say(shard_notice(w, "n1", proofs::Kind::kDeclareLost, shard_of(w, "n1")));
         w.block(10);
         return shard_notice(w, "n1", proofs::Kind::kDeclareRestored, shard_of(w, "n1"));
       }},
  };
}

std::vector<Specimen> of_storage() {
  return {
      {"reserve_storage", "ann", same(reserve(64 * kMiB, 7, 9))},
      {"register_blob", "ann",
       [](World& w) { return register_blob(resource(w), file_of(1, 1000)); }},
      {"certify_blob", "ann", [](World& w) { return certifying(w, blob(w)); }},
      {"extend_blob", "ann", [](World& w) { return extend(certified(w), 2); }},
      {"extend_blob.resource", "ann",
       [](World& w) {
         const auto object = certified(w);
         return extend_with(object, resource(w, 3, 10));
       }},
      {"extend_blob.fund", "ann",
       [](World& w) {
         const auto object = shared(w);
         must(w, "ann", fund(object, 100 * kWal));
         return extend_from_fund(object, 2);
       }},
      {"delete_blob", "ann", [](World& w) { return delete_blob(blob(w, true)); }},
      {"split_storage", "ann",
       [](World& w) { return split_at(resource(w), w.epoch().value() + 4); }},
      {"split_storage.size", "ann", [](World& w) { return split_keep(resource(w), 10 * kMiB); }},
      {"merge_storage", "ann",
       [](World& w) {
         const auto one = resource(w);
         return merge_storage(one, resource(w));
       }},
      {"release_storage", "ann", [](World& w) { return release_storage(resource(w)); }},
      {"set_attributes", "ann",
       [](World& w) {
         return set_attributes(blob(w), {{"k1", "v1"}, {"k2", "v2"}});
       }},
      {"remove_attributes", "ann",
       [](World& w) {
         const auto object = blob(w);
         must(w, "ann", set_attributes(object, {{"k1", "v1"}, {"k2", "v2"}}));
         return remove_attributes(object, {"k1"});
       }},
      {"share_blob", "ann", [](World& w) { return share(blob(w), 1'000'000, "dan"); }},
      {"fund_blob", "ann", [](World& w) { return fund(shared(w), 100); }},
      {"certify_batch", "ann",
       [](World& w) {
         std::vector<BatchEntryOf> entries{{blob(w, false, 1), file_of(1, 1000).id, false}};
         entries.push_back({blob(w, true, 2), file_of(2, 1000).id, true});
         return certify_batch(entries, batch_confirmation(w, kMembers, entries));
       }},
      {"invalidate_blob", "ann",
       [](World& w) {
         const auto id = file_of(1, 1000).id;
         return invalidate(
             {{id, certificate_of(w, kMembers, {w.epoch(), proofs::InvalidBlob{id}})}});
       }},
      {"deny_list_blob_deleted", "ann",
       [](World& w) { return deny_list_blob_deleted(w, kMembers, file_of(1, 1000).id); }},
  };
}

std::vector<Specimen> of_buckets() {
  return {
      {"create_bucket", "ann", same(create_bucket(64 * kMiB, 5))},
      {"create_bucket.resource", "ann", [](World& w) { return create_bucket_of(resource(w)); }},
      {"register_blob.bucket", "ann",
       [](World& w) { return register_inside(bucket(w), file_of(1, 1000)); }},
      {"delete_blob.bucket", "ann", [](World& w) { return delete_blob(inside(w)); }},
      {"set_attributes.bucket", "ann",
       [](World& w) {
         return set_attributes(inside(w), {{"k1", "v1"}});
       }},
      {"remove_attributes.bucket", "ann",
       [](World& w) {
         const auto object = inside(w);
         must(w, "ann", set_attributes(object, {{"k1", "v1"}}));
         return remove_all_attributes(object);
       }},
      {"grow_bucket", "ann", [](World& w) { return grow_bucket(bucket(w), 8 * kMiB); }},
      {"grow_bucket.resource", "ann",
       [](World& w) {
         const auto made = bucket(w);
         return grow_bucket_with(made, resource(w, 5));
       }},
      {"shrink_bucket", "ann", [](World& w) { return shrink_bucket(bucket(w), 8 * kMiB); }},
      {"shrink_bucket.percent", "ann",
       [](World& w) { return shrink_bucket_percent(bucket(w), 25); }},
      {"extend_bucket", "ann", [](World& w) { return extend_bucket(bucket(w), 2); }},
      {"grant_bucket", "ann", [](World& w) { return grant_bucket(bucket(w), "dan", 3); }},
      {"destroy_bucket", "ann", [](World& w) { return destroy_bucket(bucket(w)); }},
  };
}

std::vector<Specimen> of_governance() {
  spec::Operation rates;
  rates.mutable_set_subsidy_rates()->set_rho(100);
  rates.mutable_set_subsidy_rates()->set_per_shard(7);
  spec::Operation renounce;
  renounce.mutable_renounce_powers();
  const ScheduleOf steps{2'000'000'000'000, 2'000'000'000'000, 2'000'000'009'000, 3};
  return {
      {"propose", "ann", same(propose_text("a title"))},
      {"propose.parameter", "ann", same(propose_parameters({{"fee_base", 7}, {"vote_epochs", 2}}))},
      {"propose.slash", "ann", same(propose_slash("n1"))},
      {"propose.treasury", "ann", same(propose_payment("treasury", "dan", 5, steps))},
      {"propose.upgrade", "ann",
       [](World& w) {
         return propose_upgrade({2, w.epoch().value() + 4});
       }},
      {"propose.urgent", "found", same(propose_upgrade({2, 0, true}))},
      {"propose.deny_list", "ann", same(propose_deny_list({"n1"}))},
      {"vote", "gov1",
       [](World& w) { return vote_as("n1", opened(w, "ann", propose_text("t")), true); }},
      {"vote.stakes", "ann",
       [](World& w) {
         return vote_with({stage().first, stage().second}, opened(w, "ann", propose_text("t")),
                          true);
       }},
      {"execute_proposal.payment", "ann",
       [](World& w) { return executing(w, propose_payment("treasury", "dan", 5)); }},
      {"execute_proposal.slash", "ann",
       [](World& w) {
         earn_commission(w, "n4");
         return executing(w, propose_slash("n4"));
       }},
      {"set_sequencer_authority", "seq",
       same(set_sequencer_authority(policy_of({1, {{"ann", 1}}})))},
      {"set_subsidy_rates", "found", same(rates)},
      {"foundation_spend", "found", same(foundation_spend("dan", 5))},
      {"renounce_powers", "found", same(renounce)},
      {"emergency_pause", "found", [](World& w) { return pause("pd", now(w) + 5'000); }},
      {"emergency_pause.member", "gov1", [](World& w) { return pause("r", now(w) + 5'000, "n1"); }},
      {"resume", "gov1",
       [](World& w) {
         must(w, "found", pause("p", now(w) + 5'000));
         return resume("p", "n1");
       }},
  };
}

bool may_change(std::uint8_t table) {
  for (const std::uint8_t one : {ledger::kChain.prefix, ledger::kAccounts.prefix,
                                 ledger::kSupply.prefix, ledger::kRing.prefix})
    if (table == one) return true;
  return false;
}

// A refusal before the fee leaves what an empty block leaves; one after it the fee and the nonce.
std::string beyond_fee(const World& idle, const World& tried, const std::string& sender) {
  const std::uint64_t fee = tried.last().receipts.at(0).fee;
  const auto& was = idle.view().records.rows;
  const auto& now = tried.view().records.rows;
  if (fee == 0) return was == now ? "" : "something changed without a fee";
  if (tried.nonce(sender) != idle.nonce(sender) + 1) return "the nonce is another";
  if (tried.balance(sender) + fee != idle.balance(sender)) return "the balance is another";
  const auto slot = [](const World& w) {
    return ledger::must_load(w.view(), ledger::kRing, w.epoch());
  };
  const std::uint64_t kept = slot(tried).money.amount().value() - slot(idle).money.amount().value();
  if (burned(tried, spec::BURN_FEE) - burned(idle, spec::BURN_FEE) + kept != fee ||
      slot(tried).used != slot(idle).used || !(slot(tried).sold == slot(idle).sold))
    return "the fee went elsewhere";
  for (const auto& [key, value] : now) {
    const auto at = was.find(key);
    const bool same = at != was.end() && at->second == value;
    if (same) continue;
    const bool others_account = key[0] == ledger::kAccounts.prefix &&
                                key != ledger::key_of(ledger::kAccounts, account_of(sender));
    if (!may_change(key[0]) || others_account || at == was.end())
      return "a record of table " + std::to_string(key[0]) + " changed";
  }
  return was.size() == now.size() ? "" : "a record is gone";
}

}  // namespace

Scene::Scene(const Specimen& specimen)
    : world(specimen_world()), operation(specimen.make(world)), idle(world) {
  idle.block(10);
}

spec::Code outcome(const Scene& scene, const std::string& sender,
                   const spec::Operation& operation) {
  World world = scene.world;
  const auto& out = send_alone(world, sender, operation);
  CHECK(conserved(world));
  const auto code = static_cast<spec::Code>(out.receipts.at(0).code);
  if (code != spec::OK) CHECK(beyond_fee(scene.idle, world, sender) == "");
  return code;
}

World specimen_world() { return stage().world; }

const std::vector<Specimen>& specimens() {
  static const std::vector<Specimen> kAll = [] {
    std::vector<Specimen> all;
    for (auto* part :
         {&of_accounts, &of_stakes, &of_nodes, &of_storage, &of_buckets, &of_governance})
      for (Specimen& one : (*part)()) all.push_back(std::move(one));
    return all;
  }();
  return kAll;
}

const ledger::BlockOutput& send_alone(World& world, const std::string& sender,
                                      const spec::Operation& operation) {
  WALD_CHECK(world.pending().empty());
  if (sender.empty())
    world.say(operation);
  else
    world.send(sender, operation);
  return world.block(10);
}

}  // namespace wald::tests
