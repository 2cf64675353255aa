// SPDX-License-Identifier: Apache-2.0
// The part of the workload that does everything on one chain, each kind of operation about as often
// as it can make sense: what asks for something rare (an object that fits another, a ballot that is
// due, a member that was switched off) looks for it first, and goes astray now and then.
#include "ledger/epoch/sync.h"
#include "ledger/rounds/view.h"
#include "tests/support/ballot_operations.h"
#include "tests/support/duties.h"
#include "tests/support/workload.h"

namespace wald::tests {
namespace {

constexpr std::uint32_t kSleep = 6;  // blocks: long enough to be switched off (N-8)

bool fits(const ledger::ResourceRecord& one, const ledger::ResourceRecord& other) {
  const bool same_time = one.start == other.start && one.end == other.end;
  const bool one_after_other =
      one.size == other.size && (one.end == other.start || other.end == one.start);
  return same_time || one_after_other;
}

}  // namespace

void Workload::step_everything() {
  struct Share {
    std::uint32_t weight;
    Send send;
  };
  static constexpr std::array kShares{
      Share{8, &Workload::pay},         Share{8, &Workload::stake},
      Share{6, &Workload::leave},       Share{6, &Workload::take_out},
      Share{5, &Workload::buy},         Share{10, &Workload::write},
      Share{6, &Workload::confirm},     Share{5, &Workload::prolong_certified},
      Share{3, &Workload::remove},      Share{3, &Workload::again},
      Share{3, &Workload::attest_all},  Share{5, &Workload::run_node},
      Share{6, &Workload::come_and_go}, Share{6, &Workload::serve_all},
      Share{3, &Workload::carry},       Share{10, &Workload::hold_ballots_all},
      Share{12, &Workload::rearrange},  Share{4, &Workload::fuse},
      Share{4, &Workload::govern_all},  Share{3, &Workload::misaddress},
      Share{2, &Workload::undress},     Share{2, &Workload::denounce},
      Share{2, &Workload::repack},      Share{1, &Workload::come_back}};
  std::uint32_t sum = 0;
  for (const Share& share : kShares) sum += share.weight;
  std::uint64_t draw = random_.below(sum);
  for (const Share& share : kShares) {
    if (draw < share.weight) return (this->*share.send)();
    draw -= share.weight;
  }
}

void Workload::prolong_certified() {
  const std::string who = anybody();
  const auto id =
      pick(owned<ledger::BlobRecord>(ledger::kBlobs, who, [](const ledger::BlobRecord& blob) {
        return blob.certified && !blob.bucket;
      }));
  if (!id || random_.below(4) == 0) return prolong();
  send(who, extend(*id, 1 + static_cast<std::uint32_t>(random_.below(4))));
}

// What is in a bucket, once more, or the end of one that is not empty.
void Workload::repack() {
  struct Inside {
    base::ObjectId bucket;
    FileOf file;
  };
  std::vector<Inside> found;
  ledger::for_each<ledger::BlobRecord>(world_.view(), ledger::kBlobs,
                                       [&](base::ByteView, const ledger::BlobRecord& blob) {
                                         for (const FileOf& file : setup_.files)
                                           if (blob.bucket && file.id == blob.blob_id)
                                             found.push_back({*blob.bucket, file});
                                         return found.size() < 10;
                                       });
  const auto one = pick(found);
  if (!one) return pack(anybody());
  const auto owner = ledger::must_load(world_.view(), ledger::kBuckets, one->bucket).owner;
  for (const std::string& name : people_) {
    if (account_of(name) != owner) continue;
    if (random_.below(20) == 0) return send(name, destroy_bucket(one->bucket));
    return send(name, register_inside(one->bucket, one->file));
  }
}

// Two resources that make one; one is split where there is nothing to put together.
void Workload::fuse() {
  const std::string who = anybody();
  const auto all = resources_of(who);
  for (const base::ObjectId& one : all)
    for (const base::ObjectId& other : all) {
      const auto first = ledger::must_load(world_.view(), ledger::kResources, one);
      const auto second = ledger::must_load(world_.view(), ledger::kResources, other);
      if (one != other && fits(first, second)) return send(who, merge_storage(one, other));
    }
  const auto one = pick(all);
  if (!one) return buy();
  const auto record = ledger::must_load(world_.view(), ledger::kResources, *one);
  send(who, split_keep(*one, (record.size >> 21) << 20));
}

void Workload::undress() {
  std::vector<std::pair<base::ObjectId, std::string>> found;
  ledger::for_each<ledger::AttributeRecord>(
      world_.view(), ledger::kAttributes, [&](base::ByteView key, const auto&) {
        found.emplace_back(base::ObjectId::from(key.first(32)), base::string_of(key.subspan(33)));
        return found.size() < 20;
      });
  const auto one = pick(found);
  if (!one) {
    const std::string who = anybody();
    const auto blob = pick(blobs_of(who));
    if (!blob) return write();
    return send(who, set_attributes(*blob, {{"k1", "v"}}));
  }
  const auto blob = ledger::load(world_.view(), ledger::kBlobs, one->first);
  for (const std::string& name : people_)
    if (blob && account_of(name) == blob->owner)
      return send(name, remove_attributes(one->first, {one->second}));
}

// ---- Nodes ----

// Whoever is leaving and may still change its mind (N-6).
void Workload::come_back() {
  const auto clock = ledger::must_load(world_.view(), ledger::kChain).clock;
  const base::Epoch chosen = clock.selected ? clock.epoch.next() : clock.epoch;
  const auto name = pick(comers([&](const ledger::NodeRecord& node) {
    return node.leaving && !node.left && chosen < node.leave_from;
  }));
  if (!name) return come_and_go();
  send(operator_of(*name), return_node(*name));
}

void Workload::serve_all() {
  const std::string& node = members_[random_.below(members_.size())];
  switch (random_.below(8)) {
    case 0:
    case 1:
      return next_list(node);
    case 2:
    case 3:
      return resume_member();
    case 4:
      return change_authority();
    default:
      return serve();
  }
}

// The list that follows the one in force, most of the time.
void Workload::next_list(const std::string& node) {
  const auto duty = ledger::load(world_.view(), ledger::kDuties, node_of(node));
  const std::uint64_t now = duty && duty->deny_list ? duty->deny_list->sequence : 0;
  const std::uint64_t size = random_.below(1 << 20);
  const DenyListOf list{node, now + random_.below(3), size};
  if (random_.below(2) == 0) return send(node, announce_deny_list(list));
  const auto announced = duty ? duty->announced : std::nullopt;
  if (!announced) return send(node, announce_deny_list(list));
  const DenyListOf asked{node, announced->sequence, announced->size, announced->root};
  send(anybody(), update_deny_list(world_, members_, asked, members_));
}

void Workload::resume_member() {
  const std::string& sleeper = members_[4];
  const auto duty = ledger::load(world_.view(), ledger::kDuties, node_of(sleeper));
  const bool off = duty && duty->consensus_off && asleep_ == 0;
  if (off || random_.below(40) == 0) return send(sleeper, resume_consensus(sleeper));
  asleep_ = kSleep;
}

// Whose report is still missing, most of the time.
void Workload::attest_all() {
  const auto clock = ledger::must_load(world_.view(), ledger::kChain).clock;
  const auto committee = ledger::load(world_.view(), ledger::kCommittees, clock.epoch);
  if (random_.below(6) == 0 || !committee) return attest();
  const auto sync = ledger::load(world_.view(), ledger::kSync, clock.epoch);
  std::vector<std::string> missing;
  for (const std::string& name : all_nodes()) {
    const auto place = ledger::rounds::place_of(*committee, node_of(name));
    if (place && !(sync && ledger::epoch::has_attested(*sync, *place))) missing.push_back(name);
  }
  const auto name = pick(missing);
  if (!name) return pay();
  world_.say(attest_sync(*name, world_.chain(), world_.epoch()));
}

// Files that are none, by members who say so; some of them again.
void Workload::denounce() {
  base::BlobId id = file_of(number_++, 1'000).id;
  if (!denounced_.empty() && random_.below(3) == 0)
    id = denounced_[random_.below(denounced_.size())];
  denounced_.push_back(id);
  const proofs::Message message{world_.epoch(), proofs::InvalidBlob{id}};
  send(anybody(), invalidate({{id, certificate_of(world_, members_, message, members_)}}));
}

// By who bears the authority's policy, to somebody who has keys already.
void Workload::change_authority() {
  const auto now = ledger::must_load(world_.view(), ledger::kAuthority).policy;
  const std::string to = anybody();
  const auto next = ledger::load(world_.view(), ledger::kAccounts, account_of(to));
  if (!next || next->policy.empty()) return pay();
  for (const std::string& name : people_) {
    const auto account = ledger::load(world_.view(), ledger::kAccounts, account_of(name));
    if (!account || account->policy != now) continue;
    return send(name, set_sequencer_authority(ledger::Policy::parse(next->policy).value()));
  }
  if (random_.below(4) == 0)
    return send(to, set_sequencer_authority(policy_of({1, {{people_[0], 1}}})));
  pay();
}

// ---- Governance ----

void Workload::hold_ballots_all() {
  const std::uint64_t draw = random_.below(19);
  if (draw == 18) return random_.below(4) != 0 ? vote_oldest() : hurry();
  if (draw >= 16) return signal();
  if (draw == 0 || draw == 1) {
    const bool member = random_.below(4) == 0;
    const std::string from =
        member ? members_[random_.below(members_.size())] : people_[random_.below(2)];
    return send(from, some_proposal());
  }
  if (draw < 7) return vote_oldest();
  if (draw < 9) return vote_member();
  if (draw < 13) return vote_stakes();
  const std::uint64_t now = world_.time().value();
  const bool early = random_.below(20) == 0;
  const auto passed = some_ballot([&](std::uint32_t, const ledger::ProposalRecord& record) {
    const bool by_hand = record.subject.kind == ledger::BallotKind::kSlash ||
                         record.subject.kind == ledger::BallotKind::kTreasury;
    return by_hand && record.state == ledger::BallotState::kPassed &&
           (early || record.due.value() <= now);
  });
  if (!passed && random_.below(150) != 0) return vote_member();
  const auto number = passed.value_or(static_cast<std::uint32_t>(random_.below(9)));
  send(anybody(), execute(number));
}

// Members agree one after the other on what is open longest, so that some of it passes.
void Workload::vote_oldest() {
  const auto open = some_ballot([](std::uint32_t, const ledger::ProposalRecord& record) {
    return record.state == ledger::BallotState::kOpen;
  });
  if (!open) return vote_member();
  std::uint32_t oldest = *open;
  while (oldest > 1 && ballot(world_, oldest - 1).state == ledger::BallotState::kOpen) --oldest;
  const auto accused = ballot(world_, oldest).subject.accused;
  for (const std::string& name : members_) {
    const auto voter = base::Hash::from(node_of(name).view());
    if (accused == node_of(name)) continue;
    if (ledger::exists(world_.view(), ledger::kVotes, oldest, voter)) continue;
    return send(name, vote_as(name, oldest, random_.below(8) != 0));
  }
  vote_member();
}

void Workload::govern_all() {
  static const std::array<std::string, 4> kGroups{"p", "r", "d", "t"};
  const std::uint64_t group = random_.below(4);  // one less than its number
  const std::string& node = members_[random_.below(members_.size())];
  const auto paused =
      ledger::load(world_.view(), ledger::kPauses, static_cast<std::uint8_t>(group + 1));
  if (paused && world_.time() < paused->until) {
    // Often all who have not asked yet, so that some pauses end early.
    const bool together = random_.below(3) == 0;
    bool asked = false;
    for (const std::string& name : members_) {
      const auto& before = paused->resume;
      if (std::find(before.begin(), before.end(), node_of(name)) != before.end()) continue;
      if (!asked || together) send(name, resume(kGroups[group], name));
      asked = true;
    }
    if (!asked) send(node, resume(kGroups[group], node));
    return;
  }
  const auto powers = ledger::must_load(world_.view(), ledger::kFoundation);
  if (world_.epoch().value() >= 30 && !powers.renounced && random_.below(6) == 0) {
    spec::Operation enough;
    enough.mutable_renounce_powers();
    return send(random_.below(2) == 0 ? anybody() : kFoundation, enough);
  }
  if (random_.below(3) == 0) {
    spec::Operation rates;
    rates.mutable_set_subsidy_rates()->set_rho(random_.below(6'000));
    return send(random_.below(4) == 0 ? anybody() : kFoundation, rates);
  }
  govern();
}

// ---- Envelopes that are wrong outside of their operation ----

void Workload::misaddress() {
  const std::string who = anybody();
  const spec::Operation operation = burn(random_.below(1'000));
  const std::uint64_t nonce = world_.next_nonce(who);
  spec::Body body = world_.body(who, operation, nonce);
  switch (random_.below(8)) {
    case 0:
      body.set_version(random_.below(2) == 0 ? 0 : body.version() + 1);
      break;
    case 1:
      body.set_chain(std::string(32, '\1'));
      break;
    case 2:
      body.set_valid_until(random_.below(2) == 0 ? world_.height().value() : ~std::uint64_t{0});
      break;
    case 3:
      body.set_max_fee(random_.below(1'000));
      break;
    case 4:
      return world_.send(("nobody" + std::to_string(random_.below(100))), operation);
    case 5:
      return world_.send_raw(base::Bytes(80'000, 8));
    case 6:
      return impoverish();
    default:
      body.set_nonce(nonce + 1 + random_.below(3));
  }
  world_.send_as(who, body);
}

// Somebody new, or with hardly anything left, sends it away until no fee can be paid.
void Workload::impoverish() {
  const std::string poor = "poor" + std::to_string(random_.below(3));
  const std::uint64_t balance = world_.balance(poor);
  if (balance < 2'000) return send(anybody(), transfer(poor, 1'000'000));
  world_.send(poor, burn(balance * 3 / 4));
}

}  // namespace wald::tests
