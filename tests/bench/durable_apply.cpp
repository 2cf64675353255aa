// SPDX-License-Identifier: Apache-2.0
// B4: transfers that are durable, without signatures: the core's execute (apply, root) and commit
// (one log append and one sync, views, index rows, checkpoints beside), verdicts made beforehand,
// 10,000 a block; against SQLite doing two updates a transfer, 10,000 a transaction, as durable.
#include "tests/bench/bench.h"
#include "tests/bench/chain.h"
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
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(done_ * sizes_.block);
    ++done_;
    std::vector<base::Bytes> envelopes;
    std::vector<core::SharedVerdict> verdicts;
    for (auto at = first; at != first + static_cast<std::ptrdiff_t>(sizes_.block); ++at) {
      envelopes.push_back(at->envelope);
      verdicts.push_back(std::make_shared<const ledger::TxVerdict>(
          chain_.core().machine().check(at->envelope, ledger::Signatures::kKnown)));
    }
    const ledger::BlockInput input = chain_.next(std::move(envelopes));
    return static_cast<double>(sizes_.block) / seconds([&] { chain_.commit(input, verdicts); });
  }

  std::vector<base::Bytes> keys() const {
    std::vector<base::Bytes> out;
    for (const auto& id : accounts_) out.emplace_back(id.view().begin(), id.view().end());
    return out;
  }

 private:
  Sizes sizes_;
  std::vector<Signer> signers_;
  std::vector<base::AccountId> accounts_;
  Chain chain_;
  std::vector<Signed> items_;
  std::size_t done_ = 0;
};

}  // namespace

std::vector<Figure> durable_apply(const Settings& settings) {
  const Sizes sizes{settings.quick ? 500u : 1'000'000u, settings.quick ? 50u : 10'000u,
                    2 * (settings.pairs + 1)};
  std::vector<Figure> figures;
  for (const bool integers : {true, false}) {
    Figure& figure = figures.emplace_back();
    figure.id = "B4";
    figure.part = integers ? "integer keys" : "32-byte keys";
    figure.numerator = "apply, root, log with sync; no signatures";
    figure.unit = "transfers/s";
    figure.aim = integers ? 2 : 4;
    figure.skipped = Sqlite::missing();
    figure.data = std::to_string(sizes.accounts) + " accounts, " + std::to_string(sizes.block) +
                  " transfers a commit";
  }
  if (!Sqlite::missing().empty()) return figures;
  Durable ours(sizes, settings.scratch + "/b4");
  for (Figure& figure : figures) {
    const bool integers = &figure == &figures.front();
    figure.denominator = "SQLite " + Sqlite::version() + ", WAL, synchronous=FULL, " + figure.part;
    Sqlite theirs(settings.scratch + "/b4.sqlite", sizes.accounts,
                  integers ? std::vector<base::Bytes>{} : ours.keys());
    base::Prng prng(44);
    std::uint64_t moved = 0;
    measure(
        figure, settings.pairs, [&] { return ours.slice(); },
        [&] {
          std::vector<Move> moves;
          for (std::size_t i = 0; i < sizes.block; ++i)
            moves.push_back(
                {prng.below(sizes.accounts), prng.below(sizes.accounts), 1 + prng.below(1'000)});
          moved += moves.size();
          return static_cast<double>(moves.size()) / seconds([&] { theirs.transfer(moves); });
        });
    WALD_CHECK(theirs.sum_of_nonces() == moved);
  }
  return figures;
}

}  // namespace wald::bench
