// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulation.h"

namespace wald::sim {
namespace {

constexpr std::uint64_t kShards = 36;
constexpr std::uint32_t kHurtFor = 3;     // epochs
constexpr std::uint32_t kPatience = 100;  // epochs, and again after as many
constexpr std::uint64_t kSpoiled = 2;     // one operation in so many is wrong in one place

std::vector<tests::SmallBlob> make_blobs(bool rounds) {
  std::vector<tests::SmallBlob> out;
  if (!rounds) return out;
  const auto shape = shape::Params::make(kShards).value();
  for (std::uint64_t number = 0; number < 6; ++number)
    out.emplace_back(shape, number, 100 + 997 * number);
  return out;
}

// Drawn apart from the history, so that a seed's world does not change with what happens in it.
tests::Workload::Setup setup_of(const Plan& plan, const std::vector<tests::SmallBlob>& blobs) {
  base::Prng prng(plan.seed ^ 0x57A1D);
  tests::Workload::Setup out;
  out.seed = plan.seed;
  out.mix = tests::Workload::Mix::kEverything;
  out.people = prng.below(4) == 0 ? 100 + prng.below(200) : 5 + prng.below(30);
  out.members.clear();
  const std::uint64_t members = 5 + prng.below(plan.rounds ? 5 : 20);
  for (std::uint64_t i = 0; i < members; ++i) out.members.push_back(1'500 + prng.below(4'000));
  out.accounts = player_accounts();
  out.trust = tests::World::Trust::kSenders;
  out.spoil = kSpoiled;
  out.certify_from = plan.rounds ? 1 : ~std::uint32_t{0};
  for (const auto& blob : blobs) out.files.push_back({blob.length(), blob.root(), blob.id()});
  out.parameters["burn_bps"] = prng.below(1'000);
  out.parameters["rho"] = prng.below(4'000);
  out.parameters["shift_epochs"] = 1 + prng.below(5);
  // In some, blocks are so small that not all which is sent finds room (U-6).
  if (plan.seed % 16 == 5) out.parameters["block_cost"] = 10'000;
  return out;
}

}  // namespace

Simulation::Simulation(const Plan& plan)
    : plan_(plan),
      blobs_(make_blobs(plan.rounds)),
      workload_(setup_of(plan, blobs_)),
      players_(make_players(workload_, plan.seed)),
      per_block_(plan.rounds ? 12 : 4) {
  if (plan.rounds) members_.emplace(workload_, blobs_);
  hurt_node_ = tests::node_of(workload_.all_nodes()[workload_.members().size()]);
  hurt_at_ = base::Epoch(static_cast<std::uint32_t>(5 + workload_.random().below(60)));
}

// It is to be quarantined with the change of epoch that comes (H-8); all others go on. One that is
// empty has nobody who could leave it.
void Simulation::hurt_pool() {
  const base::Epoch next = workload_.world().epoch().next();
  workload_.chain().edit([&](ledger::Overlay& state) {
    auto pool = ledger::must_load(state, ledger::kPools, hurt_node_);
    if (pool.shares.is_zero()) return;
    unhurt_ = pool.exits;
    pool.exits[next].shares = economics::Shares(~std::uint64_t{0});
    ledger::save(state, ledger::kPools, pool, hurt_node_);
  });
}

void Simulation::mend_pool() {
  workload_.chain().edit([&](ledger::Overlay& state) {
    auto pool = ledger::must_load(state, ledger::kPools, hurt_node_);
    pool.exits = *std::exchange(unhurt_, std::nullopt);
    const std::uint64_t active = pool.active.value();
    ledger::save(state, ledger::kPools, pool, hurt_node_);
    auto record = ledger::load(state, ledger::kQuarantine, hurt_node_);
    if (!record) return;  // the node had left, and its pool stood still
    record->missed.back().fine = ledger::Noted(economics::Amount::of(active / 4));
    record->missed.back().holders = {tests::account_of("ann"), tests::account_of("bob"),
                                     tests::account_of("ann")};
    ledger::save(state, ledger::kQuarantine, *record, hurt_node_);
  });
}

void Simulation::block() {
  if (unhurt_ && workload_.world().epoch().value() == hurt_at_.value() + kHurtFor) mend_pool();
  for (const auto& player : players_) player->act(first_);
  if (members_) members_->act();
  for (std::uint64_t i = workload_.random().below(2 * per_block_); i > 0; --i) workload_.step();
  const base::Epoch before = workload_.world().epoch();
  const std::uint64_t ms = plan_.rounds ? 600 + workload_.random().below(900) : 10'000;
  if (before == hurt_at_ && workload_.world().changes_after(ms)) hurt_pool();
  workload_.turn(ms);
  const auto& out = workload_.world().last();
  digest_ = base::blake2b(base::Writer()
                              .raw(digest_.view())
                              .raw(out.state_root.view())
                              .raw(out.event_head.view())
                              .bytes());
  for (const auto& player : players_) player->look();
  first_ = workload_.world().epoch() != before;
}

void Simulation::upgrade() {
  workload_.chain().edit([](ledger::Overlay& state) {
    auto count = ledger::load(state, ledger::kBallotCount).value_or(ledger::BallotCount());
    count.next_version = ledger::must_load(state, ledger::kChain).version + 1;
    ledger::save(state, ledger::kBallotCount, count);
  });
}

bool Simulation::run_epoch() {
  const base::Epoch before = workload_.world().epoch();
  // Who sends little hardly ever brings a ballot about: a pool that waits for a version gets one.
  if (before.value() != 0 && before.value() % kPatience == 0 &&
      ledger::exists(workload_.world().view(), ledger::kQuarantine, hurt_node_))
    upgrade();
  while (workload_.world().epoch() == before && workload_.broken().empty()) block();
  for (const auto& player : players_)
    if (const auto said = player->complaint()) said_.push_back(*said);
  return complaints().empty();
}

std::vector<std::string> Simulation::complaints() const {
  std::vector<std::string> out = workload_.broken();
  out.insert(out.end(), said_.begin(), said_.end());
  return out;
}

}  // namespace wald::sim
