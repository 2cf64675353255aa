// SPDX-License-Identifier: Apache-2.0
#include "tests/support/workload.h"

#include "tests/support/spoil.h"

namespace wald::tests {
namespace {

constexpr std::uint64_t kSmallStake = 600;  // WAL, under the threshold of a seat

std::vector<std::string> names(const std::string& stem, std::size_t count) {
  std::vector<std::string> out;
  out.reserve(count);
  for (std::size_t i = 1; i <= count; ++i) out.push_back(stem + std::to_string(i));
  return out;
}

std::vector<std::string> people_of(std::size_t count) {
  std::vector<std::string> out{"ann", "bob", "cat", "dan"};
  for (std::size_t i = out.size(); i < count; ++i) out.push_back("p" + std::to_string(i));
  out.resize(count);
  return out;
}

// Little, so that purchases meet its end: bytes.
std::uint64_t room_of(Workload::Mix mix) {
  return std::uint64_t{1} << (mix == Workload::Mix::kEverything ? 34 : 30);
}

spec::Genesis document(const Workload::Setup& setup, const std::vector<std::string>& people,
                       const std::vector<std::string>& comers) {
  using Mix = Workload::Mix;
  const auto has = [&](Mix mix) { return setup.mix == mix || setup.mix == Mix::kEverything; };
  std::map<std::string, std::uint64_t> accounts = setup.accounts;
  for (const auto& name : people) accounts[name] = 30'000 * kWal;
  if (has(Mix::kNodes))
    for (const auto& name : comers) accounts[name] = 2'000 * kWal;
  if (has(Mix::kRights) || has(Mix::kBallots)) accounts[kFoundation] = 1'000 * kWal;
  std::vector<std::uint64_t> stakes = setup.members;
  stakes.push_back(kSmallStake);
  spec::Genesis out = network(stakes, accounts);
  set_param(out, "horizon", 12);
  set_param(out, "shift_epochs", 2);
  if (has(Mix::kNodes))
    set_param(out, "pools_max", setup.members.size() + (setup.mix == Mix::kNodes ? 3 : 6));
  if (has(Mix::kDuties)) {
    set_param(out, "liveness_window", 6);
    const base::Bytes policy = policy_of({1, {{people[0], 1}}}).encode();
    out.set_sequencer_authority(base::string_of(policy));
  }
  auto& subsidy = *out.add_funds();
  subsidy.set_name("subsidy");
  subsidy.set_amount(1000 * kWal);
  set_param(out, "buyer", 500);
  set_param(out, "per_shard", 1'000'000);
  for (auto& node : *out.mutable_nodes())
    node.mutable_registration()->set_capacity(room_of(setup.mix));
  if (has(Mix::kRights) || has(Mix::kBallots)) {
    out.mutable_foundation()->set_account(ledger::text_of(account_of(kFoundation)));
    out.mutable_foundation()->set_sunset_epoch(setup.mix == Mix::kRights ? 40 : 36);
  }
  if (has(Mix::kBallots)) {
    set_param(out, "gov_deposit", 5 * kWal);
    set_param(out, "gov_delay", 20'000);
    set_param(out, "slash_delay", 10'000);
  }
  for (const auto& [name, value] : setup.parameters) set_param(out, name, value);
  balance_treasury(out);
  return out;
}

// Ballots bring one version after the other.
constexpr std::uint32_t kManyVersions = 1'000;

// Two epochs of coming, two of leaving.
bool is_leaving(base::Epoch epoch) { return epoch.value() % 4 >= 2; }

}  // namespace

const std::vector<std::string> Workload::kComers = names("c", 8);
const std::vector<std::string> Workload::kMoreComers = names("c", 30);

Workload::Workload(Setup setup)
    : setup_(std::move(setup)),
      people_(people_of(setup_.people)),
      members_(names("n", setup_.members.size())),
      small_("n" + std::to_string(setup_.members.size() + 1)),
      world_(document(setup_, people_, comers_of()), kManyVersions, setup_.trust),
      random_(setup_.seed) {
  for (const std::string& name : people_)
    for (int i = 1; i <= 2; ++i) world_.learn(name + std::to_string(i));
}

std::vector<std::string> Workload::all_nodes() const {
  std::vector<std::string> out = members_;
  out.push_back(small_);
  out.insert(out.end(), comers_of().begin(), comers_of().end());
  return out;
}

std::uint64_t Workload::room() const { return room_of(setup_.mix); }

std::string Workload::anybody() { return people_[random_.below(people_.size())]; }

// In times of leaving the small node's stakes alone, so that its pool falls empty: from the second
// time on, after others have paid it a bonus, its own as well.
std::vector<base::ObjectId> Workload::stakes_of(const std::string& name) const {
  const bool leaving = is_leaving(world_.epoch());
  return owned<economics::Stake>(ledger::kStakes, name, [&](const economics::Stake& stake) {
    return !leaving || stake.node == node_of(small_);
  });
}

std::vector<base::ObjectId> Workload::blobs_of(const std::string& name) const {
  const auto owner = account_of(name);
  return all_of<ledger::BlobRecord>(ledger::kBlobs, [&](const ledger::BlobRecord& blob) {
    if (!blob.bucket) return blob.owner == owner;
    return ledger::must_load(world_.view(), ledger::kBuckets, *blob.bucket).owner == owner;
  });
}

std::vector<base::ObjectId> Workload::resources_of(const std::string& name) const {
  return owned<ledger::ResourceRecord>(ledger::kResources, name);
}

void Workload::send(const std::string& from, const spec::Operation& operation) {
  if (setup_.spoil == 0) {
    world_.send(from, operation);
  } else {
    remember_ids(operation, ids_);
    if (random_.below(setup_.spoil) != 0) {
      world_.send(from, operation);
    } else if (random_.below(4) == 0) {
      world_.send(anybody(), operation);
    } else {
      spec::Operation other = operation;
      spoil(random_, other, ids_);
      world_.send(from, other);
    }
  }
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
      const bool too_much = everything() && random_.below(8) == 0;
      return send(from, transfer(to, random_.below(10 * kWal) + (too_much ? 1'000'000 * kWal : 0)));
    }
  }
}

void Workload::stake() {
  const bool leaving = is_leaving(world_.epoch());
  const bool small = !leaving && random_.below(2) == 0;
  const std::string node = small ? small_ : members_[random_.below(members_.size())];
  // Odd amounts, so that shares round; a few below the least stake.
  const std::uint64_t amount = kWal * 99 / 100 + random_.below((small ? 20 : 100) * kWal);
  if (random_.below(20) == 0) return send(node, delegate(node, amount, true));
  send(anybody(), delegate(node, amount));
}

void Workload::leave() {
  const bool own = world_.epoch().value() >= 6 && random_.below(5) == 0;
  const std::string who = own ? small_ : anybody();
  const auto id = pick(stakes_of(who));
  if (!id) return stake();
  if (is_leaving(world_.epoch()) || random_.below(2) == 0) return send(who, request_exit(*id));
  send(who, request_exit(*id, random_.below(20 * kWal)));
}

void Workload::take_out() {
  const bool own = world_.epoch().value() >= 6 && random_.below(5) == 0;
  const std::string who = own ? small_ : anybody();
  const auto all = stakes_of(who);
  if (all.empty()) return pay();
  std::vector<base::ObjectId> some;
  for (std::uint64_t i = 0; i < 4; ++i) some.push_back(*pick(all));
  send(who, withdraw(some));
}

void Workload::run_node() {
  const std::string& node = members_[random_.below(members_.size())];
  std::uint64_t draw = random_.below(4);
  if (everything() && draw == 0) {
    const auto pool = ledger::must_load(world_.view(), ledger::kPools, node_of(node));
    if (pool.free.amount().value() == 0 && random_.below(4) != 0) draw = 1;
  }
  switch (draw) {
    case 0:
      return send(node, collect_commission(node));
    case 1:
      return send(node, set_votes(node, {random_.below(200'000), random_.below(40'000),
                                         room() / 2 + random_.below(room() / 2)}));
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
  const auto now = world_.epoch();
  const auto free = owned<ledger::ResourceRecord>(
      ledger::kResources, who, [&](const ledger::ResourceRecord& resource) {
        return resource.start <= now && now < resource.end;
      });
  const auto resource = pick(free);
  if (!resource) return buy();
  const FileOf file = some_file();
  send(who, register_blob(*resource, file, random_.below(3) != 0));
}

// One that is real, where some are; or one that nobody will ask for.
FileOf Workload::some_file() {
  if (!setup_.files.empty() && random_.below(3) != 0)
    return setup_.files[random_.below(setup_.files.size())];
  return file_of(number_++, 1 + random_.below(1 << 20));
}

bool Workload::may_certify(const base::ObjectId& id) const {
  if (world_.epoch().value() < setup_.certify_from) return false;
  if (setup_.files.empty()) return true;
  const auto blob = ledger::must_load(world_.view(), ledger::kBlobs, id);
  return std::any_of(setup_.files.begin(), setup_.files.end(),
                     [&](const FileOf& file) { return file.id == blob.blob_id; });
}

void Workload::confirm() {
  const auto id = pick(blobs_of(anybody()));
  if (!id || !may_certify(*id)) return write();
  const auto blob = ledger::must_load(world_.view(), ledger::kBlobs, *id);
  bool deletable = blob.deletable;
  if (everything() && random_.below(10) == 0) deletable = !deletable;
  const auto object = deletable ? std::optional(*id) : std::nullopt;
  send(anybody(), certify(*id, confirmation(world_, members_, blob.blob_id, object)));
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
  world_.send_again(at->second);
}

void Workload::attest() {
  const std::string& node = members_[random_.below(members_.size())];
  world_.say(attest_sync(node, world_.chain(), world_.epoch()));
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
      return send(who, move_stake(*one, small ? small_ : members_[random_.below(4)]));
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
  const auto shared = pick(all_of<ledger::BlobRecord>(
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
    return send(anybody(), certify_batch(entries, batch_confirmation(world_, members_, entries)));
  std::vector<std::pair<base::BlobId, spec::Certificate>> ids;
  for (const BatchEntryOf& entry : entries) {
    const bool enough = random_.below(3) != 0;
    const std::vector<std::string> signers{enough ? "n1" : "n5", "n2"};
    ids.emplace_back(entry.blob_id,
                     certificate_of(world_, members_,
                                    {world_.epoch(), proofs::InvalidBlob{entry.blob_id}}, signers));
  }
  send(anybody(), invalidate(ids));
}

void Workload::rearrange() {
  const std::string who = anybody();
  if (has(Mix::kBuckets) && random_.below(3) == 0) return pack(who);
  switch (random_.below(has(Mix::kRights) ? 11 : 8)) {
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
      if (!one || !other || !may_certify(*one) || !may_certify(*other)) return write();
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
  ++sent_;
  if (everything()) return step_everything();
  if (setup_.mix == Mix::kNodes && random_.below(3) == 0) return come_and_go();
  if (setup_.mix == Mix::kDuties && random_.below(3) == 0) return serve();
  if (setup_.mix == Mix::kBallots && random_.below(2) == 0) return hold_ballots();
  if (setup_.mix != Mix::kFlow && random_.below(3) == 0) return rearrange();
  static constexpr std::array<Send, 20> kSteps{
      &Workload::pay,      &Workload::stake,    &Workload::stake,   &Workload::stake,
      &Workload::leave,    &Workload::leave,    &Workload::leave,   &Workload::take_out,
      &Workload::take_out, &Workload::take_out, &Workload::buy,     &Workload::buy,
      &Workload::write,    &Workload::write,    &Workload::confirm, &Workload::prolong,
      &Workload::remove,   &Workload::again,    &Workload::attest,  &Workload::run_node};
  (this->*kSteps[random_.below(kSteps.size())])();
}

void Workload::turn(std::uint64_t ms) {
  const base::Epoch before = world_.epoch();
  if (asleep_ > 0) {
    --asleep_;
    world_.miss({node_of(members_[4])});
  }
  const auto& out = world_.block(ms);
  for (std::size_t i = 0; i < out.receipts.size(); ++i) {
    const auto& receipt = out.receipts[i];
    const bool accepted = receipt.code == spec::OK;
    ++codes_[static_cast<spec::Code>(receipt.code)];
    if (accepted) ++accepted_;
    if (i > 0 && out.places[i] == out.places[i - 1]) continue;  // inside of a bundle
    Tries& tries = tries_[world_.kinds().at(out.places[i])];
    ++tries.tried;
    if (accepted)
      ++tries.accepted;
    else
      ++tries.refused[static_cast<spec::Code>(receipt.code)];
  }
  for (const auto& event : out.events) ++events_[static_cast<int>(event.body_case())];
  ledger::add_reports(laws_, out.laws);
  ++unrecounted_;
  // At each change of a young chain. What is kept for ever grows, and a chain of many epochs would
  // spend all its time on it: so not before as many blocks as make up for the records.
  constexpr std::uint64_t kRecordsPerBlock = 256;
  if (world_.epoch() == before ||
      unrecounted_ * kRecordsPerBlock < world_.view().records.rows.size())
    return;
  unrecounted_ = 0;
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
