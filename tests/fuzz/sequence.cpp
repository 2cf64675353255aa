// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/sequence.h"

#include <algorithm>
#include <cstdio>

#include "ledger/state/pool.h"

namespace wald::fuzz {
namespace {

using tests::Workload;

constexpr std::uint64_t kHour = 3'600'000;  // ms

// All that is ever certified where members prove what they hold.
const std::vector<tests::SmallBlob>& blobs() {
  static const std::vector<tests::SmallBlob> kBlobs = [] {
    const auto shape = shape::Params::make(36).value();
    std::vector<tests::SmallBlob> out;
    out.reserve(4);
    for (std::uint64_t number = 0; number < 4; ++number)
      out.emplace_back(shape, number, 100 + 997 * number);
    return out;
  }();
  return kBlobs;
}

std::uint64_t word(base::ByteView input, std::size_t at) {
  if (input.size() < at + kStep) return 0;
  return base::Reader(input.subspan(at, kStep)).le<std::uint64_t>().value();
}

bool proves(base::ByteView input) { return word(input, 0) % 2 == 0; }

Workload::Setup setup_of(base::ByteView input) {
  Workload::Setup out;
  out.seed = word(input, 0);
  base::Prng prng(out.seed);
  out.mix = Workload::Mix::kEverything;
  out.trust = tests::World::Trust::kSenders;
  out.spoil = 2;
  out.people = 4 + prng.below(5);
  out.members.clear();
  for (std::uint64_t i = 5 + prng.below(3); i > 0; --i)
    out.members.push_back(1'500 + prng.below(4'000));
  // The fifth is the one that falls asleep: the others go on without it only if it is small (N-8).
  std::sort(out.members.begin(), out.members.end(), std::greater<>());
  out.parameters["burn_bps"] = prng.below(1'000);
  out.parameters["rho"] = prng.below(4'000);
  out.parameters["shift_epochs"] = 1 + prng.below(5);
  // In some, blocks are so small that not all which is sent finds room (U-6).
  if (prng.below(16) == 0) out.parameters["block_cost"] = 10'000;
  out.certify_from = proves(input) ? 1 : 3;
  if (proves(input))
    for (const auto& blob : blobs()) out.files.push_back({blob.length(), blob.root(), blob.id()});
  return out;
}

}  // namespace

Sequence::Sequence(base::ByteView input) : input_(input), workload_(setup_of(input)) {
  if (proves(input)) members_.emplace(workload_, blobs());
}

// As no transaction could: it is to be quarantined with the change of epoch that comes (H-8). One
// that is empty has nobody who could leave it.
void Sequence::hurt_pool() {
  const auto nodes = workload_.members().size() + 1;  // and the one too small for a seat
  const auto node = tests::node_of(workload_.all_nodes()[input_[2] % nodes]);
  const base::Epoch next = workload_.world().epoch().next();
  if (ledger::must_load(workload_.world().view(), ledger::kPools, node).shares.is_zero()) return;
  workload_.chain().edit([&](ledger::Overlay& state) {
    auto pool = ledger::must_load(state, ledger::kPools, node);
    pool.exits[next].shares = economics::Shares(~std::uint64_t{0});
    ledger::save(state, ledger::kPools, pool, node);
  });
}

void Sequence::turn(std::uint64_t ms) {
  if (members_) members_->act();
  if (workload_.world().epoch().value() == input_[1] && workload_.world().changes_after(ms))
    hurt_pool();
  workload_.turn(ms);
}

void Sequence::begin() {
  while (workload_.world().epoch() < base::Epoch(1)) turn(25'000);
}

void Sequence::step(base::ByteView eight) {
  workload_.random() = base::Prng(word(eight, 0));
  workload_.step();
  const std::uint64_t first = eight[0], last = eight[kStep - 1];
  if (last == 0) return turn((1 + first) * kHour);  // longer than urgent ballots take
  if (last % 4 == 0) turn(members_ ? 600 + 10 * first : 1'000 + 100 * first);
}

void Sequence::end() {
  turn(1'000);
  turn(60'000);
  for (const std::string& sentence : workload_.broken())
    std::fprintf(stderr, "law broken: %s\n", sentence.c_str());
  WALD_CHECK(workload_.broken().empty());
}

void Sequence::play() {
  if (input_.size() < kStep) return;
  begin();
  std::size_t steps = 0;
  for (std::size_t at = kStep; at + kStep <= input_.size() && steps < kSteps; at += kStep, ++steps)
    step(input_.subspan(at, kStep));
  end();
}

namespace {

constexpr int kDraws = 24;  // for one step

// How often the type of what a step sends was accepted before; nothing where it is refused. What
// sends nothing (a member falls asleep) counts as a type.
std::optional<std::uint64_t> accepted_before(const Workload& before, base::ByteView eight) {
  Workload trial = before;
  const std::size_t sent = trial.world().pending().size();
  trial.random() = base::Prng(word(eight, 0));
  trial.step();
  if (trial.world().pending().size() == sent) return trial.sent() / 100;
  trial.turn();
  const auto& out = trial.world().last();
  const std::size_t place = trial.world().kinds().size() - 1;
  const auto at = std::find(out.places.begin(), out.places.end(), place);
  if (out.receipts.at(static_cast<std::size_t>(at - out.places.begin())).code != spec::OK)
    return std::nullopt;
  const int kind = trial.world().kinds().back();
  const auto known = before.tries().find(kind);
  if (known == before.tries().end()) return 0;
  // Only many of them bring about what others wait for.
  const bool many = kind == spec::Operation::kVote || kind == spec::Operation::kAnnounceKey;
  return known->second.accepted / (many ? 5 : 1);
}

}  // namespace

base::Bytes dense_sequence(std::uint64_t seed) {
  base::Prng prng(seed);
  base::Bytes out = prng.bytes(kStep);
  out[0] |= 1;  // members cannot be tried out
  const base::Bytes header = out;
  Sequence sequence(header);
  sequence.begin();
  for (std::size_t i = 0; i < kSteps; ++i) {
    base::Bytes best = prng.bytes(kStep);
    std::uint64_t least = ~std::uint64_t{0};
    for (int draw = prng.below(4) == 0 ? kDraws : 0; draw < kDraws; ++draw) {
      base::Bytes eight = prng.bytes(kStep);
      if (seed % 2 == 0) eight[0] /= 8;  // shorter blocks, so that pauses are seen
      const auto before = accepted_before(sequence.workload(), eight);
      if (!before || *before >= least) continue;
      least = *before;
      best = eight;
    }
    sequence.step(best);
    out.insert(out.end(), best.begin(), best.end());
  }
  sequence.end();
  return out;
}

}  // namespace wald::fuzz
