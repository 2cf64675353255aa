// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/players.h"

#include <algorithm>

#include "economics/governance.h"
#include "ledger/params.h"
#include "ledger/queries.h"

namespace wald::sim {
namespace {

using tests::kWal;

constexpr std::uint64_t kMoney = 5'000 * kWal;
constexpr std::uint64_t kStake = 2'000 * kWal;

// An account that counts what its transactions cost.
class Hand {
 public:
  Hand(tests::World& world, std::string name) : world_(world), name_(std::move(name)) {}

  void send(const spec::Operation& operation) {
    world_.send(name_, operation);
    places_.push_back(static_cast<std::uint32_t>(world_.pending().size() - 1));
  }
  void look() {
    const auto& out = world_.last();
    for (const std::uint32_t place : places_) {
      const auto at = std::lower_bound(out.places.begin(), out.places.end(), place);
      WALD_CHECK(at != out.places.end() && *at == place);
      fees_ += out.receipts[static_cast<std::size_t>(at - out.places.begin())].fee;
    }
    places_.clear();
  }
  std::vector<spec::Stake> stakes() const {
    return ledger::queries::stakes_of(world_.view(), tests::account_of(name_));
  }
  // Balance, stakes as they stand, and the fees of its transactions.
  std::uint64_t worth() const {
    std::uint64_t sum = world_.balance(name_) + fees_;
    for (const spec::Stake& stake : stakes()) sum += stake.value_now();
    return sum;
  }

 private:
  tests::World& world_;
  std::string name_;
  std::vector<std::uint32_t> places_;  // in the next block
  std::uint64_t fees_ = 0;
};

base::ObjectId id_of(const spec::Stake& stake) {
  return base::ObjectId::from(base::as_bytes(stake.id()));
}

// One against its honest twin.
class Twins : public Player {
 public:
  Twins(tests::Workload& workload, std::string plan, std::string node)
      : workload_(workload),
        plan_(std::move(plan)),
        node_(std::move(node)),
        cheat_(workload.chain(), plan_),
        twin_(workload.chain(), plan_ + ".twin") {}

  std::string name() const override { return plan_; }
  void act(bool first) override {
    if (workload_.world().epoch() < base::Epoch(1)) return;
    if (!begun_) {
      begun_ = true;
      twin_.send(tests::delegate(node_, kStake));
      begin();
    } else if (first) {
      go_on();
    }
  }
  void look() override {
    cheat_.look();
    twin_.look();
  }
  // As long as the pool has not lost anything, which who is outside does not share.
  std::optional<std::string> complaint() override {
    const std::uint64_t honest = twin_.worth();
    if (honest < best_) comparable_ = false;
    best_ = std::max(best_, honest);
    const std::uint64_t mine = cheat_.worth();
    if (!comparable_ || mine <= honest) return std::nullopt;
    return plan_ + " is worth " + std::to_string(mine) + " FROST, its honest twin " +
           std::to_string(honest);
  }

 protected:
  virtual void begin() { cheat_.send(tests::delegate(node_, kStake)); }
  virtual void go_on() = 0;
  base::Prng& random() { return workload_.random(); }
  tests::Workload& workload_;
  std::string plan_;
  std::string node_;
  Hand cheat_;

 private:
  Hand twin_;
  bool begun_ = false;
  bool comparable_ = true;
  std::uint64_t best_ = 0;
};

// atk-E2, atk-E3: splits and merges for fractions.
class Splitter : public Twins {
 public:
  explicit Splitter(tests::Workload& workload) : Twins(workload, "splitter", "n1") {}

 private:
  void go_on() override {
    const auto stakes = cheat_.stakes();
    if (stakes.empty()) return;
    const auto& one = stakes[random().below(stakes.size())];
    const auto& other = stakes[random().below(stakes.size())];
    if (stakes.size() > 6 || random().below(3) == 0)
      return cheat_.send(tests::merge_stakes(id_of(one), id_of(other)));
    cheat_.send(tests::split_stake(id_of(one), kWal + random().below(kStake / 4)));
  }
};

// atk-E2, atk-E13: a stake in the smallest parts there may be.
class Dust : public Twins {
 public:
  explicit Dust(tests::Workload& workload) : Twins(workload, "dust", "n2") {}

 private:
  static constexpr std::uint64_t kPieces = 8;
  void begin() override {
    for (std::uint64_t i = 0; i < kPieces; ++i) {
      const std::uint64_t more = i == 0 ? kStake - (kPieces - 1) * (kWal + 1) : kWal + 1;
      cheat_.send(tests::delegate(node_, more));
    }
  }
  void go_on() override {
    const auto stakes = cheat_.stakes();
    if (stakes.size() > 12 || stakes.empty()) return;
    cheat_.send(tests::split_stake(id_of(stakes[0]), kWal + 1));
  }
};

// atk-E6, atk-E19: in and out, as early as it may.
class Hopper : public Twins {
 public:
  explicit Hopper(tests::Workload& workload) : Twins(workload, "hopper", "n1") {}

 private:
  void go_on() override {
    const auto stakes = cheat_.stakes();
    if (stakes.empty()) return cheat_.send(tests::delegate(node_, kStake));
    for (const spec::Stake& stake : stakes) {
      if (stake.state() == "withdrawing")
        cheat_.send(tests::withdraw({id_of(stake)}));
      else
        cheat_.send(tests::request_exit(id_of(stake)));
    }
  }
};

// atk-E11: holds stake and buys space it does not use, for the subsidies on it.
class Farmer : public Twins {
 public:
  explicit Farmer(tests::Workload& workload) : Twins(workload, "farmer", "n3") {}

 private:
  void go_on() override {
    const std::uint32_t now = workload_.world().epoch().value();
    const std::uint64_t size = (1 + random().below(40)) << 20;
    cheat_.send(tests::reserve(size, now, now + 1 + static_cast<std::uint32_t>(random().below(4))));
  }
};

// atk-E8: a member that votes from one end to the other. Prices keep to one step an epoch.
class Flipper : public Player {
 public:
  explicit Flipper(tests::Workload& workload) : workload_(workload) { remember(); }

  std::string name() const override { return "flipper"; }
  void act(bool first) override {
    if (!first || workload_.random().below(3) != 0) return;
    up_ = !up_;
    const std::uint64_t price = up_ ? 1'000'000'000 : 0;
    workload_.chain().send("n1", tests::set_votes("n1", {price, price, std::uint64_t{1} << 30}));
  }
  std::optional<std::string> complaint() override {
    const ledger::MarketRecord before = market_;
    const std::uint64_t step = step_;
    remember();
    if (!before.priced) return std::nullopt;
    if (auto said = off("storage", before.storage_price, market_.storage_price, step)) return said;
    return off("write", before.write_price, market_.write_price, step);
  }

 private:
  static constexpr std::uint64_t kHighest = 1'000'000'000'000'000;
  static std::optional<std::string> off(const char* which, const ledger::Noted& before,
                                        const ledger::Noted& after, std::uint64_t step) {
    const std::uint64_t was = before.amount().value(), is = after.amount().value();
    const std::uint64_t low = economics::price_step(was, 0, step);
    const std::uint64_t high = economics::price_step(was, kHighest, step);
    if (low <= is && is <= high) return std::nullopt;
    return std::string("the price of ") + which + " went from " + std::to_string(was) + " to " +
           std::to_string(is) + " in one epoch";
  }
  void remember() {
    market_ = ledger::must_load(workload_.world().view(), ledger::kMarket);
    step_ = ledger::load_params(workload_.world().view()).economics.price_step;
  }

  tests::Workload& workload_;
  ledger::MarketRecord market_;
  std::uint64_t step_ = 0;
  bool up_ = false;
};

// atk-E14: a member that works for nothing, and takes as much as it may as soon as others came, and
// again. Who reads at the beginning of an epoch what the next one takes can leave in time; no rate
// that comes was not to be read then, and none is more than a step above the one before. Its draws
// are its own, so that the others' histories stay as they were.
class Bait : public Player {
 public:
  Bait(tests::Workload& workload, std::uint64_t seed)
      : workload_(workload), random_(seed ^ 0xBA17) {
    remember();
  }

  std::string name() const override { return "bait"; }
  void act(bool first) override {
    if (!first) return;
    const auto at = rates_.find(tests::node_of("n2"));
    if (at == rates_.end()) return;
    const Rates& mine = at->second;
    const std::uint32_t last =
        mine.coming.empty() ? mine.rate : mine.coming.rbegin()->second.value();
    const bool lures = random_.below(4) == 0;
    const std::uint32_t rate = lures ? 0 : last + step_ + (random_.below(8) == 0 ? 1 : 0);
    workload_.chain().send("n2", tests::set_commission("n2", rate));
  }
  std::optional<std::string> complaint() override {
    const auto before = std::move(rates_);
    const std::uint32_t step = step_;
    remember();
    const base::Epoch now = workload_.world().epoch();
    for (const auto& [node, was] : before) {
      if (rates_.count(node) == 0) continue;
      const std::uint32_t rate = rates_.at(node).rate;
      const auto told = was.coming.find(now);
      const std::uint32_t due = told == was.coming.end() ? was.rate : told->second.value();
      if (rate != due || rate > was.rate + step)
        return "a commission went from " + std::to_string(was.rate) + " to " +
               std::to_string(rate) + " bps where " + std::to_string(due) + " was to be read";
    }
    return std::nullopt;
  }

 private:
  struct Rates {
    std::uint32_t rate;
    std::map<base::Epoch, economics::Bps> coming;
  };
  void remember() {
    const auto& view = workload_.world().view();
    rates_.clear();
    for (const std::string& name : workload_.members()) {
      const base::NodeId node = tests::node_of(name);
      if (ledger::exists(view, ledger::kQuarantine, node)) continue;  // it stands still
      const economics::Pool pool = ledger::peek_pool(view, node);
      rates_.emplace(node, Rates{pool.rate.value(), pool.scheduled});
    }
    step_ = static_cast<std::uint32_t>(ledger::load_params(view).economics.step_max);
  }

  tests::Workload& workload_;
  base::Prng random_;
  std::map<base::NodeId, Rates> rates_;
  std::uint32_t step_ = 0;
};

}  // namespace

std::map<std::string, std::uint64_t> player_accounts() {
  std::map<std::string, std::uint64_t> out;
  for (const char* plan : {"splitter", "dust", "hopper", "farmer"}) {
    out[plan] = kMoney;
    out[std::string(plan) + ".twin"] = kMoney;
  }
  return out;
}

std::vector<std::unique_ptr<Player>> make_players(tests::Workload& workload, std::uint64_t seed) {
  std::vector<std::unique_ptr<Player>> out;
  out.push_back(std::make_unique<Splitter>(workload));
  out.push_back(std::make_unique<Dust>(workload));
  out.push_back(std::make_unique<Hopper>(workload));
  out.push_back(std::make_unique<Farmer>(workload));
  out.push_back(std::make_unique<Flipper>(workload));
  out.push_back(std::make_unique<Bait>(workload, seed));
  return out;
}

}  // namespace wald::sim
