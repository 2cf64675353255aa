// SPDX-License-Identifier: Apache-2.0
// B4, B5: transfers that are durable, without signatures: the core's execute (apply, root) and
// commit (one log append and one sync, views, index rows, checkpoints beside), verdicts made
// beforehand, 10,000 a block; against SQLite and PostgreSQL doing two updates a transfer, 10,000 a
// transaction, as durable. B6: what the execution of such a block asks of the heap.
#include "tests/bench/bench.h"
#include "tests/bench/chain.h"
#include "tests/bench/heap.h"
#include "tests/bench/postgres.h"
#include "tests/bench/sqlite.h"

#include <algorithm>

#include "codec/base/prng.h"

namespace wald::bench {
namespace {

struct Sizes {
  std::size_t accounts;
  std::size_t block;
  std::size_t blocks;
};

class Durable {
 public:
  Durable(const Sizes& sizes, const std::string& folder)
      : sizes_(sizes),
        signers_(make_signers(sizes.block, 41)),
        chain_(chain_document(signers_, sizes.accounts, 42, &accounts_), folder),
        items_(make_transfers(chain_.core().chain(), signers_, accounts_,
                              sizes.block * sizes.blocks, 43)) {}

  double slice() {
    const Block block = next();
    return static_cast<double>(sizes_.block) /
           seconds([&] { chain_.commit(block.input, block.verdicts); });
  }
  // Of the execution of one block, which is committed then.
  double allocations() {
    Block block = next();
    const std::uint64_t before = heap_allocations();
    core::Staged staged = chain_.core().execute(std::move(block.input), block.verdicts);
    const std::uint64_t made = heap_allocations() - before;
    chain_.commit(std::move(staged));
    return static_cast<double>(made) / static_cast<double>(sizes_.block);
  }

  std::vector<base::Bytes> keys() const {
    std::vector<base::Bytes> out;
    for (const auto& id : accounts_) out.emplace_back(id.view().begin(), id.view().end());
    return out;
  }

 private:
  struct Block {
    ledger::BlockInput input;
    std::vector<core::SharedVerdict> verdicts;
  };
  Block next() {
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(done_ * sizes_.block);
    ++done_;
    std::vector<base::Bytes> envelopes;
    std::vector<core::SharedVerdict> verdicts;
    for (auto at = first; at != first + static_cast<std::ptrdiff_t>(sizes_.block); ++at) {
      envelopes.push_back(at->envelope);
      verdicts.push_back(std::make_shared<const ledger::TxVerdict>(
          chain_.core().machine().check(at->envelope, ledger::Signatures::kKnown)));
    }
    return {chain_.next(std::move(envelopes)), std::move(verdicts)};
  }

  Sizes sizes_;
  std::vector<Signer> signers_;
  std::vector<base::AccountId> accounts_;
  Chain chain_;
  std::vector<Signed> items_;
  std::size_t done_ = 0;
};

Sizes sizes_for(const Settings& settings, std::size_t runs) {
  return {settings.quick ? 500u : 1'000'000u, settings.quick ? 50u : 10'000u,
          runs * (settings.pairs + 1)};
}

std::string told(const Sizes& sizes) {
  return std::to_string(sizes.accounts) + " accounts, " + std::to_string(sizes.block) +
         " transfers a commit";
}

// Slices of a peer that does what our transfers do, and at the end has done each of them.
template <class Peer>
void measure_with(Figure& figure, const Settings& settings, const Sizes& sizes, Durable& ours,
                  Peer& theirs) {
  base::Prng prng(44);
  std::uint64_t moved = 0;
  measure(
      figure, settings.pairs, [&] { return ours.slice(); },
      [&] {
        std::vector<Move> moves;
        moves.reserve(sizes.block);
        for (std::size_t i = 0; i < sizes.block; ++i) {
          Move& move = moves.emplace_back();
          move.from = prng.below(sizes.accounts);
          move.to = prng.below(sizes.accounts);
          move.amount = 1 + prng.below(1'000);
        }
        moved += moves.size();
        return static_cast<double>(moves.size()) / seconds([&] { theirs.transfer(moves); });
      });
  WALD_CHECK(theirs.sum_of_nonces() == moved);
}

}  // namespace

std::vector<Figure> durable_apply(const Settings& settings) {
  const Sizes sizes = sizes_for(settings, 2);
  std::vector<Figure> figures;
  for (const bool integers : {true, false}) {
    Figure& figure = figures.emplace_back();
    figure.id = "B4";
    figure.part = integers ? "integer keys" : "32-byte keys";
    figure.numerator = "apply, root, log with sync; no signatures";
    figure.unit = "transfers/s";
    figure.aim = integers ? 2 : 4;
    figure.skipped = Sqlite::missing();
    figure.data = told(sizes);
  }
  if (!Sqlite::missing().empty()) return figures;
  Durable ours(sizes, settings.scratch + "/b4");
  for (Figure& figure : figures) {
    const bool integers = &figure == &figures.front();
    figure.denominator = "SQLite " + Sqlite::version() + ", WAL, synchronous=FULL, " + figure.part;
    Sqlite theirs(settings.scratch + "/b4.sqlite", sizes.accounts,
                  integers ? std::vector<base::Bytes>{} : ours.keys());
    measure_with(figure, settings, sizes, ours, theirs);
  }
  return figures;
}

std::vector<Figure> durable_over_postgres(const Settings& settings) {
  const Sizes sizes = sizes_for(settings, 1);
  Figure figure;
  figure.id = "B5";
  figure.numerator = "apply, root, log with sync; no signatures";
  figure.unit = "transfers/s";
  figure.aim = 15;
  figure.data = told(sizes);
  figure.skipped = Postgres::missing(settings.scratch);
  if (!figure.skipped.empty()) return {figure};
  Durable ours(sizes, settings.scratch + "/b5");
  Postgres theirs(settings.scratch + "/b5.postgres", sizes.accounts);
  figure.denominator = "PostgreSQL " + theirs.version() + ", PL/pgSQL, integer keys";
  measure_with(figure, settings, sizes, ours, theirs);
  return {figure};
}

std::vector<Figure> heap_of_transfers(const Settings& settings) {
  const Sizes sizes = sizes_for(settings, 1);
  Figure figure;
  figure.id = "B6";
  figure.numerator = "operator new in the execution of a block, by transfer";
  figure.denominator = "a transfer";
  figure.unit = "times";
  figure.better = Better::kLess;
  figure.aim = 0;
  figure.data = told(sizes);
  Durable ours(sizes, settings.scratch + "/b6");
  measure(
      figure, settings.pairs, [&] { return ours.allocations(); }, [] { return 1.0; });
  return {figure};
}

}  // namespace wald::bench
