// SPDX-License-Identifier: Apache-2.0
#include "node/core/replay.h"

#include "codec/base/text.h"

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
  void merge(const ledger::Overlay::Changes& changes) {
    for (const auto& [key, value] : changes) {
      if (value)
        rows.insert_or_assign(key, *value);
      else
        rows.erase(key);
    }
  }
};

}  // namespace

base::Result<Replayed, std::string> replay_log(
    const ledger::GenesisState& genesis, const std::string& log_dir, base::Height to,
    const std::function<void(base::Height, const ledger::BlockOutput&)>& each) {
  store::BlockLogOptions options;
  options.dir = log_dir;
  options.chain = genesis.chain;
  auto log = store::BlockLog::open(options);
  if (!log.ok()) return base::Err{log.error().text};
  const ledger::StateMachine machine(genesis.chain);
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
        if (!record || record->header.height != height) {
          wrong = "height " + std::to_string(height.value()) + " holds no block record";
          return false;
        }
        const auto block = machine.apply_block(view, record->input);
        if (block.state_root != record->header.state_root ||
            block.receipts_hash != record->header.receipts_hash ||
            block.event_head != record->header.event_head) {
          wrong = "height " + std::to_string(height.value()) + " gives root 0x" +
                  base::to_hex(block.state_root.view()) + ", its header says 0x" +
                  base::to_hex(record->header.state_root.view());
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
