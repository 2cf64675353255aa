// SPDX-License-Identifier: Apache-2.0
// B15: a node that comes back. Blocks lie in the log behind the last checkpoint; opening the core
// executes them again, every header compared, their signatures known from before. The other side
// executes the same blocks one after the other from memory, verdicts made beforehand: apply and
// root alone. From the time of an open that of the same open without a log is taken away (LMDB, the
// tree over the accounts), which is not a matter of transactions.
#include <filesystem>
#include <stdexcept>

#include "tests/bench/bench.h"
#include "tests/bench/chain.h"

namespace wald::bench {
namespace {

namespace fs = std::filesystem;

class Restart {
 public:
  Restart(std::size_t accounts, std::size_t blocks, std::size_t block, const std::string& folder)
      : signers_(make_signers(block, 21)),
        chain_(chain_document(signers_, accounts, 22, &accounts_), folder) {
    const auto items =
        make_transfers(chain_.core().chain(), signers_, accounts_, blocks * block, 23);
    chain_.close();
    // What a crash leaves that comes before the first checkpoint: the genesis rows and the log.
    fs::copy(folder + "/state", folder + "/state.start", fs::copy_options::recursive);
    chain_.reopen();
    for (std::size_t i = 0; i < blocks; ++i) {
      std::vector<base::Bytes> envelopes;
      for (std::size_t k = 0; k < block; ++k) envelopes.push_back(items[i * block + k].envelope);
      inputs_.push_back(chain_.next(std::move(envelopes)));
      chain_.commit(inputs_.back());
    }
    root_ = chain_.core().head().root;
    chain_.close();
  }

  std::size_t transactions() const { return inputs_.size() * inputs_.front().transactions.size(); }

  double replay() {
    const double bare = open_time(false);
    const double whole = open_time(true);
    if (chain_.core().head().root != root_) throw std::runtime_error("B15: another root");
    chain_.close();
    return static_cast<double>(transactions()) / (whole - bare);
  }

  double apply() {
    static_cast<void>(open_time(false));
    const ledger::StateMachine& machine = chain_.core().machine();
    std::vector<std::vector<ledger::TxVerdict>> verdicts;
    for (const auto& input : inputs_) {
      verdicts.emplace_back();
      for (const auto& bytes : input.transactions)
        verdicts.back().push_back(machine.check(bytes, ledger::Signatures::kKnown));
    }
    std::vector<std::vector<const ledger::TxVerdict*>> looked_at;
    for (const auto& block : verdicts) {
      looked_at.emplace_back();
      for (const auto& verdict : block) looked_at.back().push_back(&verdict);
    }
    const auto start = chain_.core().view();
    Memory state(*start);
    const double time = seconds([&] {
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        state.take(machine.apply_block(state, inputs_[i], looked_at[i]));
      }
    });
    if (state.top.root() != root_) throw std::runtime_error("B15: another root");
    chain_.close();
    return static_cast<double>(transactions()) / time;
  }

 private:
  // The state in memory over the one on disk.
  struct Memory final : ledger::StateView {
    explicit Memory(const store::View& below) : rows(&below), top(below.tree()) {}
    ledger::Overlay rows;
    ledger::StateTree top;

    std::optional<base::Bytes> get(base::ByteView key) const override { return rows.get(key); }
    void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
      rows.scan(prefix, from, visit);
    }
    const ledger::StateTree& tree() const override { return top; }
    void take(ledger::BlockOutput output) {
      top = std::move(output.tree);
      for (const auto& [key, value] : output.changes) {
        if (value)
          rows.put(key, *value);
        else
          rows.erase(key);
      }
    }
  };

  double open_time(bool with_log) {
    const std::string folder = chain_.folder();
    chain_.close();
    fs::remove_all(folder + "/state");
    fs::copy(folder + "/state.start", folder + "/state", fs::copy_options::recursive);
    if (!with_log) fs::rename(folder + "/log", folder + "/log.kept");
    const double time = seconds([&] { chain_.reopen(); });
    if (!with_log) {
      // The core has made no file there: nothing was appended.
      fs::remove_all(folder + "/log");
      fs::rename(folder + "/log.kept", folder + "/log");
    }
    return time;
  }

  std::vector<Signer> signers_;
  std::vector<base::AccountId> accounts_;
  Chain chain_;
  std::vector<ledger::BlockInput> inputs_;
  base::Hash root_;
};

}  // namespace

std::vector<Figure> restart(const Settings& settings) {
  const std::size_t accounts = settings.quick ? 500 : 100'000;
  const std::size_t block = settings.quick ? 50 : 1'000;
  Restart bench(accounts, settings.quick ? 3 : 20, block, settings.scratch + "/b15");
  Figure figure;
  figure.id = "B15";
  figure.numerator = "restart: log read, executed, every header compared; signatures known";
  figure.denominator = "apply_block with the root, from memory; signatures known";
  figure.unit = "transactions/s";
  figure.must = 0.7;
  figure.aim = 0.9;
  figure.data = std::to_string(accounts) + " accounts, " + std::to_string(bench.transactions()) +
                " transfers in blocks of " + std::to_string(block);
  measure(
      figure, settings.pairs, [&] { return bench.replay(); }, [&] { return bench.apply(); });
  return {figure};
}

}  // namespace wald::bench
