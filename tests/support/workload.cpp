// SPDX-License-Identifier: Apache-2.0
#include "tests/support/workload.h"

namespace wald::tests {
namespace {

const std::string kSmall = "n6";

spec::Genesis document(Workload::Mix mix, const std::vector<std::string>& people,
                       const std::vector<std::string>& comers) {
  std::map<std::string, std::uint64_t> accounts;
  for (const auto& name : people) accounts[name] = 30'000 * kWal;
  if (mix == Workload::Mix::kNodes)
    for (const auto& name : comers) accounts[name] = 2'000 * kWal;
  if (mix == Workload::Mix::kRights || mix == Workload::Mix::kBallots)
    accounts[kFoundation] = 1'000 * kWal;
  spec::Genesis out = network({4000, 3000, 2500, 2000, 1500, 600}, accounts);
  set_param(out, "horizon", 12);
  set_param(out, "shift_epochs", 2);
  if (mix == Workload::Mix::kNodes) set_param(out, "pools_max", 8);
  if (mix == Workload::Mix::kDuties) {
    set_param(out, "liveness_window", 6);
    const base::Bytes policy = policy_of({1, {{people[0], 1}}}).encode();
    out.set_sequencer_authority(std::string(base::as_text(policy)));
  }
  auto& subsidy = *out.add_funds();
  subsidy.set_name("subsidy");
  subsidy.set_amount(1000 * kWal);
  set_param(out, "buyer", 500);
  set_param(out, "per_shard", 1'000'000);
  // Little room, so that purchases meet its end.
  for (auto& node : *out.mutable_nodes())
    node.mutable_registration()->set_capacity(std::uint64_t{1} << 30);
  if (mix == Workload::Mix::kRights || mix == Workload::Mix::kBallots) {
    out.mutable_foundation()->set_account(ledger::text_of(account_of(kFoundation)));
    out.mutable_foundation()->set_sunset_epoch(40);
  }
  if (mix == Workload::Mix::kBallots) {
    set_param(out, "gov_deposit", 5 * kWal);
    set_param(out, "gov_delay", 20'000);
    set_param(out, "slash_delay", 10'000);
  }
  balance_treasury(out);
  return out;
}

// Ballots bring one version after the other.
constexpr std::uint32_t kManyVersions = 1'000;

// Two epochs of coming, two of leaving.
bool is_leaving(base::Epoch epoch) { return epoch.value() % 4 >= 2; }

}  // namespace

const std::vector<std::string> Workload::kPeople{"ann", "bob", "cat", "dan"};
const std::vector<std::string> Workload::kMembers{"n1", "n2", "n3", "n4", "n5"};
const std::vector<std::string> Workload::kComers{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"};

Workload::Workload(std::uint64_t seed, Mix mix)
    : world_(document(mix, kPeople, kComers), kManyVersions), random_(seed), mix_(mix) {
  for (const std::string& name : kPeople)
    for (int i = 1; i <= 2; ++i) world_.learn(name + std::to_string(i));
}

std::string Workload::anybody() { return kPeople[random_.below(kPeople.size())]; }

// In times of leaving the small node's stakes alone, so that its pool falls empty: from the second
// time on, after others have paid it a bonus, its own as well.
std::vector<base::ObjectId> Workload::stakes_of(const std::string& name) const {
  const auto owner = account_of(name);
  const bool leaving = is_leaving(world_.epoch());
  return owned<economics::Stake>(ledger::kStakes, [&](const economics::Stake& stake) {
    return stake.owner == owner && (!leaving || stake.node == node_of(kSmall));
  });
}

std::vector<base::ObjectId> Workload::blobs_of(const std::string& name) const {
  const auto owner = account_of(name);
  return owned<ledger::BlobRecord>(ledger::kBlobs, [&](const ledger::BlobRecord& blob) {
    if (!blob.bucket) return blob.owner == owner;
    return ledger::must_load(world_.view(), ledger::kBuckets, *blob.bucket).owner == owner;
  });
}

std::vector<base::ObjectId> Workload::resources_of(const std::string& name) const {
  const auto owner = account_of(name);
  return owned<ledger::ResourceRecord>(
      ledger::kResources,
      [&](const ledger::ResourceRecord& resource) { return resource.owner == owner; });
}

void Workload::send(const std::string& from, const spec::Operation& operation) {
  world_.send(from, operation);
  latest_[from] = world_.pending().back();
}

// One draw a statement, here and below: compilers differ in the order of arguments.
void Workload::pay() {
  const std::string from = anybody();
  switch (random_.below(5)) {
    case 0:
      return send(from,
                  transfer("new" + std::to_string(number_++), 1'000'000 + random_.below(kWal)));
    case 1:
      return send(from, burn(random_.below(1000)));
    case 2: {
      const std::uint64_t amount = 1 + random_.below(20 * kWal);
      return send(from, add_rewards(amount, 1 + static_cast<std::uint32_t>(random_.below(12))));
    }
    case 3: {
      const std::string first = anybody(), second = anybody();
      const std::uint64_t some = random_.below(kWal), much = random_.below(100'000 * kWal);
      const bool atomic = random_.below(2) == 0;
      return send(
          from,
          batch({transfer(first, some), burn(random_.below(100)), transfer(second, much)}, atomic));
    }
    default: {
      const std::string to = anybody();
      return send(from, transfer(to, random_.below(10 * kWal)));
    }
  }
}

void Workload::stake() {
  const bool leaving = is_leaving(world_.epoch());
  const bool small = !leaving && random_.below(2) == 0;
  const std::string node = small ? kSmall : kMembers[random_.below(kMembers.size())];
  // Odd amounts, so that shares round; a few below the least stake.
  const std::uint64_t amount = kWal * 99 / 100 + random_.below((small ? 20 : 100) * kWal);
  if (random_.below(20) == 0) return send(node, delegate(node, amount, true));
  send(anybody(), delegate(node, amount));
}

void Workload::leave() {
  const bool own = world_.epoch().value() >= 6 && random_.below(5) == 0;
  const std::string who = own ? kSmall : anybody();
  const auto id = pick(stakes_of(who));
  if (!id) return stake();
  if (is_leaving(world_.epoch()) || random_.below(2) == 0) return send(who, request_exit(*id));
  send(who, request_exit(*id, random_.below(20 * kWal)));
}

void Workload::take_out() {
  const bool own = world_.epoch().value() >= 6 && random_.below(5) == 0;
  const std::string who = own ? kSmall : anybody();
  const auto all = stakes_of(who);
  if (all.empty()) return pay();
  std::vector<base::ObjectId> some;
  for (std::uint64_t i = 0; i < 4; ++i) some.push_back(*pick(all));
  send(who, withdraw(some));
}

void Workload::run_node() {
  const std::string& node = kMembers[random_.below(kMembers.size())];
  switch (random_.below(4)) {
    case 0:
      return send(node, collect_commission(node));
    case 1:
      return send(node, set_votes(node, {random_.below(200'000), random_.below(40'000),
                                         (std::uint64_t{1} << 29) + random_.below(1u << 29)}));
    default:
      return send(node, set_commission(node, static_cast<std::uint32_t>(random_.below(2000))));
  }
}

// The later epochs of a range are full before the first.
void Workload::buy() {
  const auto now = world_.epoch().value();
  const auto start = now + static_cast<std::uint32_t>(random_.below(4));
  const auto end = start + 1 + static_cast<std::uint32_t>(random_.below(9));
  const std::uint64_t size = (1 + random_.below(200)) << 20;
  send(anybody(), reserve(size, start, end));
}

void Workload::write() {
  const std::string who = anybody();
  const auto owner = account_of(who);
  const auto now = world_.epoch();
  const auto free = owned<ledger::ResourceRecord>(
      ledger::kResources, [&](const ledger::ResourceRecord& resource) {
        return resource.owner == owner && resource.start <= now && now < resource.end;
      });
  const auto resource = pick(free);
  if (!resource) return buy();
  const auto file = file_of(number_++, 1 + random_.below(1 << 20));
  send(who, register_blob(*resource, file, random_.below(3) != 0));
}

// Late, so that the epochs before close with every round excused and rewards paid.
void Workload::confirm() {
  const auto id = pick(blobs_of(anybody()));
  if (!id || world_.epoch().value() < 9) return write();
  const auto blob = ledger::must_load(world_.view(), ledger::kBlobs, *id);
  const auto object = blob.deletable ? std::optional(*id) : std::nullopt;
  send(anybody(), certify(*id, confirmation(world_, kMembers, blob.blob_id, object)));
}

void Workload::prolong() {
  const std::string who = anybody();
  const auto id = pick(blobs_of(who));
  if (!id) return write();
  send(who, extend(*id, 1 + static_cast<std::uint32_t>(random_.below(5))));
}

void Workload::remove() {
  const std::string who = anybody();
  const auto id = pick(blobs_of(who));
  if (!id) return write();
  send(who, delete_blob(*id));
}

void Workload::again() {
  const auto at = latest_.find(anybody());
  if (at == latest_.end()) return pay();
  world_.send_raw(at->second);
}

void Workload::attest() {
  const std::string& node = kMembers[random_.below(kMembers.size())];
  world_.send_raw(world_.bare(attest_sync(node, world_.chain(), world_.epoch())));
}

void Workload::rearrange_stakes(const std::string& who) {
  const auto one = pick(stakes_of(who));
  const auto other = pick(stakes_of(who));
  if (!one || !other) return stake();
  switch (random_.below(4)) {
    case 0:
      return send(who, split_stake(*one, random_.below(40 * kWal)));
    case 1:
      return send(who, merge_stakes(*one, *other));
    case 2:
      return send(who, give(*one, anybody()));
    default: {
      const bool small = random_.below(3) == 0;
      return send(who, move_stake(*one, small ? kSmall : kMembers[random_.below(4)]));
    }
  }
}

void Workload::rearrange_storage(const std::string& who) {
  const auto one = pick(resources_of(who));
  const auto other = pick(resources_of(who));
  if (!one || !other) return buy();
  switch (random_.below(6)) {
    case 0: {
      const auto epoch = world_.epoch().value() + 1 + static_cast<std::uint32_t>(random_.below(8));
      return send(who, split_at(*one, epoch));
    }
    case 1:
      return send(who, split_keep(*one, random_.below(64 << 20)));
    case 2:
    case 3:
      return send(who, merge_storage(*one, *other));
    case 4:
      return send(who, give(*one, anybody()));
    default:
      return send(who, release_storage(*one));
  }
}

void Workload::dress(const std::string& who, const base::ObjectId& blob) {
  const auto shared = pick(owned<ledger::BlobRecord>(
      ledger::kBlobs, [](const ledger::BlobRecord& record) { return record.fund.has_value(); }));
  const std::string key = "k" + std::to_string(random_.below(4));
  switch (random_.below(8)) {
    case 0:
    case 1: {
      const std::string value(random_.below(1100), 'v');
      return send(who, set_attributes(blob, {{key, value}}));
    }
    case 2:
      return send(who, remove_attributes(blob, {key}));
    case 3:
      return send(who, remove_all_attributes(blob));
    case 4:
    case 5: {
      const std::uint64_t limit = random_.below(400'000);
      return send(who, share(blob, limit, anybody()));
    }
    case 6: {
      const std::uint64_t amount = random_.below(20 * kWal);
      return send(anybody(), fund(shared.value_or(blob), amount));
    }
    default: {
      const auto epochs = static_cast<std::uint32_t>(random_.below(4));
      return send(anybody(), extend_from_fund(shared.value_or(blob), epochs));
    }
  }
}

// What members sign: two blobs held, or, seldom, one that is no file.
void Workload::witness(const base::ObjectId& one, const base::ObjectId& other) {
  std::vector<BatchEntryOf> entries;
  for (const base::ObjectId& id : {one, other}) {
    const auto blob = ledger::must_load(world_.view(), ledger::kBlobs, id);
    entries.push_back({id, blob.blob_id, blob.deletable});
  }
  if (random_.below(4) != 0)
    return send(anybody(), certify_batch(entries, batch_confirmation(world_, kMembers, entries)));
  std::vector<std::pair<base::BlobId, spec::Certificate>> ids;
  for (const BatchEntryOf& entry : entries) {
    const bool enough = random_.below(3) != 0;
    const std::vector<std::string> signers{enough ? "n1" : "n5", "n2"};
    ids.emplace_back(entry.blob_id,
                     certificate_of(world_, kMembers,
                                    {world_.epoch(), proofs::InvalidBlob{entry.blob_id}}, signers));
  }
  send(anybody(), invalidate(ids));
}

// One to three keys of the account's own, of which two may be due; sometimes a proof is missing.
void Workload::rekey() {
  if (random_.below(4) == 0) {
    const std::string& node = kMembers[random_.below(kMembers.size())];
    const std::string key = node + ".consensus" + std::to_string(random_.below(8));
    return send(node, announce_key(world_, node, spec::KEY_ROLE_CONSENSUS, key));
  }
  const std::string who = anybody();
  KeysOf keys{1, {{who, 1}}};
  for (std::uint64_t i = random_.below(3); i > 0; --i) keys.weights[who + std::to_string(i)] = 1;
  if (keys.weights.size() > 1) keys.threshold = static_cast<std::uint16_t>(1 + random_.below(2));
  auto operation = set_keys(world_, who, keys, world_.next_nonce(who));
  if (random_.below(8) == 0) operation.mutable_set_keys()->mutable_proofs()->RemoveLast();
  send(who, operation);
}

void Workload::vest() {
  const std::string who = anybody();
  const auto owner = account_of(who);
  const auto mine = pick(owned<ledger::VestingRecord>(
      ledger::kVestings,
      [&](const ledger::VestingRecord& record) { return record.beneficiary == owner; }));
  const std::uint64_t draw = random_.below(4);
  if (!mine || draw == 0) {
    const std::uint64_t now = world_.time().value();
    const std::uint64_t cliff = now + random_.below(100'000);
    const std::uint64_t end = cliff + random_.below(200'000);
    const std::uint64_t amount = random_.below(50 * kWal);
    const auto steps = static_cast<std::uint32_t>(random_.below(9));
    return send(who, create_vesting(anybody(), amount, {now, cliff, end, steps}));
  }
  if (draw == 1) return send(who, release_vested(*mine));
  const bool small = random_.below(2) == 0;
  const std::string node = small ? kSmall : kMembers[random_.below(kMembers.size())];
  send(who, delegate_vested(node, kWal + random_.below(20 * kWal), *mine));
}

void Workload::govern() {
  static const std::vector<std::string> kGroups{"p", "r", "d", "t", "pd", "rt"};
  const std::string& groups = kGroups[random_.below(kGroups.size())];
  const std::uint64_t until = world_.time().value() + random_.below(8'000);
  const std::string& node = kMembers[random_.below(kMembers.size())];
  switch (random_.below(8)) {
    case 0:
      return send(kFoundation, pause(groups, until));
    case 1:
    case 2:
      return send(node, pause(groups, until, node));
    case 3:
    case 4:
      return send(node, resume(groups, node));
    case 5: {
      spec::Operation rates;
      rates.mutable_set_subsidy_rates()->set_rho(random_.below(12'000));
      rates.mutable_set_subsidy_rates()->set_buyer(random_.below(2'000));
      return send(kFoundation, rates);
    }
    default: {
      const std::string payee = anybody();
      return send(kFoundation, foundation_spend(payee, random_.below(700'000 * kWal)));
    }
  }
}

void Workload::rearrange() {
  const std::string who = anybody();
  if (mix_ == Mix::kBuckets && random_.below(3) == 0) return pack(who);
  switch (random_.below(mix_ == Mix::kRights ? 11 : 8)) {
    case 10:
      return govern();
    case 8:
      return vest();
    case 9:
      return rekey();
    case 0:
    case 1:
      return rearrange_stakes(who);
    case 2:
    case 3:
      return rearrange_storage(who);
    case 5:
    case 6: {
      const auto blob = pick(blobs_of(who));
      if (!blob) return write();
      return dress(who, *blob);
    }
    case 7: {
      const auto one = pick(blobs_of(who));
      const auto other = pick(blobs_of(anybody()));
      if (!one || !other || world_.epoch().value() < 9) return write();
      return witness(*one, *other);
    }
    default: {
      const auto blob = pick(blobs_of(who));
      if (!blob) return write();
      return send(who, give(*blob, anybody()));
    }
  }
}

void Workload::step() {
  if (mix_ == Mix::kNodes && random_.below(3) == 0) {
    come_and_go();
    ++sent_;
    return;
  }
  if (mix_ == Mix::kDuties && random_.below(3) == 0) {
    serve();
    ++sent_;
    return;
  }
  if (mix_ == Mix::kBallots && random_.below(2) == 0) {
    hold_ballots();
    ++sent_;
    return;
  }
  if (mix_ != Mix::kFlow && random_.below(3) == 0) {
    rearrange();
    ++sent_;
    return;
  }
  static constexpr std::array<Send, 20> kSteps{
      &Workload::pay,      &Workload::stake,    &Workload::stake,   &Workload::stake,
      &Workload::leave,    &Workload::leave,    &Workload::leave,   &Workload::take_out,
      &Workload::take_out, &Workload::take_out, &Workload::buy,     &Workload::buy,
      &Workload::write,    &Workload::write,    &Workload::confirm, &Workload::prolong,
      &Workload::remove,   &Workload::again,    &Workload::attest,  &Workload::run_node};
  (this->*kSteps[random_.below(kSteps.size())])();
  ++sent_;
}

void Workload::turn() {
  const base::Epoch before = world_.epoch();
  world_.block(1000);
  for (const auto& receipt : world_.last().receipts) {
    ++codes_[static_cast<spec::Code>(receipt.code)];
    if (receipt.code == spec::OK) ++accepted_;
  }
  for (const auto& event : world_.last().events) ++events_[static_cast<int>(event.body_case())];
  ledger::add_reports(laws_, world_.last().laws);
  if (world_.epoch() == before) return;
  const auto reports = ledger::recount(world_.view());
  ledger::add_reports(laws_, reports);
  for (const auto& sentence : ledger::breaches(reports))
    world_.law_failures.push_back("recount of " + sentence);
}

void Workload::run(std::uint64_t operations) {
  while (sent_ < operations && broken().empty()) {
    for (int i = 0; i < 3; ++i) step();
    turn();
  }
}

}  // namespace wald::tests
