// SPDX-License-Identifier: Apache-2.0
#include "node/core/replay.h"

#include "codec/base/text.h"
#include "proofs/signature.h"

namespace wald::core {
namespace {

// The state in memory.
class MemoryView final : public ledger::StateView {
 public:
  std::map<base::Bytes, base::Bytes> rows;
  ledger::StateTree state_tree;

  std::optional<base::Bytes> get(base::ByteView key) const override {
    const auto at = rows.find(base::Bytes(key.begin(), key.end()));
    return at == rows.end() ? std::nullopt : std::optional(at->second);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    const base::Bytes low(prefix.begin(), prefix.end());
    auto at = rows.lower_bound(std::max(low, base::Bytes(from.begin(), from.end())));
    for (; at != rows.end() && at->first.size() >= low.size() &&
           std::equal(low.begin(), low.end(), at->first.begin());
         ++at)
      if (!visit(at->first, at->second)) return;
  }
  const ledger::StateTree& tree() const override { return state_tree; }
  void merge(const ledger::Changes& changes) {
    for (const auto& [key, value] : changes) {
      base::Bytes own(key.begin(), key.end());
      if (value)
        rows[std::move(own)].assign(value->begin(), value->end());
      else
        rows.erase(own);
    }
  }
};

// Judges records one after the other: nothing, or what is wrong with the next one.
class Chain {
 public:
  explicit Chain(const ledger::GenesisState& genesis)
      : genesis_(genesis), previous_(genesis.chain.bytes()), time_(genesis.start) {}

  // Of a header whose block gave `block`.
  std::optional<std::string> judge(const BlockRecord& record, const ledger::BlockOutput& block) {
    const ledger::BlockHeader& header = record.header;
    if (block.state_root != header.state_root)
      return "gives root " + base::shown_hex(block.state_root.view()) + ", its header says " +
             base::shown_hex(header.state_root.view());
    if (block.receipts_hash != header.receipts_hash) return "gives other receipts than its header";
    if (block.event_head != header.event_head) return "gives other events than its header";
    ledger::BlockHeader want = header;
    want.version = ledger::BlockHeader::kVersion;
    want.chain = genesis_.chain;
    want.previous = previous_;
    want.time = std::max(time_, record.input.time);
    want.input_hash = ledger::input_hash(record.input_bytes);
    if (want.input_hash != header.input_hash) return "holds another input than its header names";
    if (want.previous != header.previous) return "does not follow the header before it";
    if (want != header) return "has a header of another chain or time";
    const base::Hash hash = ledger::header_hash(header);
    if (genesis_.sequencer_key &&
        !proofs::verify_signature(*genesis_.sequencer_key, ledger::block_preimage(hash),
                                  record.signature))
      return "is not signed by the sequencer";
    previous_ = hash;
    time_ = header.time;
    return std::nullopt;
  }

 private:
  const ledger::GenesisState& genesis_;
  base::Hash previous_;
  base::TimeMs time_;
};

}  // namespace

base::Result<Replayed, std::string> replay_log(
    const ledger::GenesisState& genesis, const std::string& log_dir, base::Height to,
    const std::function<void(base::Height, const ledger::BlockOutput&)>& each,
    std::uint32_t newest_version) {
  store::BlockLogOptions options;
  options.dir = log_dir;
  options.chain = genesis.chain;
  options.read_only = true;
  auto log = store::BlockLog::open(options);
  if (!log.ok()) return base::Err{log.error().text};
  const ledger::StateMachine machine(genesis.chain, newest_version);
  Chain chain(genesis);
  MemoryView view;
  view.merge(genesis.records);
  view.state_tree = genesis.tree;
  Replayed out;
  out.root = genesis.tree.root();
  std::string wrong;
  const auto visited =
      log.value()->visit(base::Height(1), [&](base::Height height, base::ByteView bytes) {
        if (to.value() != 0 && height > to) return false;
        const auto record = parse_block_record(bytes);
        if (!record || record->header.height != height || record->input.height != height) {
          wrong = "height " + std::to_string(height.value()) + " holds no block record";
          return false;
        }
        wrong = machine.unknown_version(view);
        if (!wrong.empty()) return false;
        const auto block = machine.apply_block(view, record->input);
        if (const auto breach = chain.judge(*record, block)) {
          wrong = "height " + std::to_string(height.value()) + " " + *breach;
          return false;
        }
        view.merge(block.changes);
        view.state_tree = block.tree;
        out.height = height;
        out.root = block.state_root;
        out.transactions += record->input.transactions.size();
        each(height, block);
        return true;
      });
  if (!visited.ok()) return base::Err{visited.error().text};
  if (!wrong.empty()) return base::Err{std::move(wrong)};
  out.records = std::move(view.rows);
  return out;
}

}  // namespace wald::core
