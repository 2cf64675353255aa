// SPDX-License-Identifier: Apache-2.0
#include "node/core/audit.h"

#include <algorithm>

namespace wald::core {
namespace {

class Records final : public ledger::Reader {
 public:
  explicit Records(const std::map<base::Bytes, base::Bytes>& rows) : rows_(rows) {}
  std::optional<base::Bytes> get(base::ByteView key) const override {
    const auto at = rows_.find(base::Bytes(key.begin(), key.end()));
    return at == rows_.end() ? std::nullopt : std::optional(at->second);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    const base::Bytes low(prefix.begin(), prefix.end());
    auto at = rows_.lower_bound(std::max(low, base::Bytes(from.begin(), from.end())));
    for (; at != rows_.end() && at->first.size() >= low.size() &&
           std::equal(low.begin(), low.end(), at->first.begin());
         ++at)
      if (!visit(at->first, at->second)) return;
  }

 private:
  const std::map<base::Bytes, base::Bytes>& rows_;
};

}  // namespace

EventFold::EventFold(const ledger::Changes& genesis) {
  for (const auto& [key, value] : genesis) {
    if (!value || !ledger::table_holds_money(key[0])) continue;
    for (const auto& [field, amount] : ledger::held_money(key, *value))
      money_[{base::Bytes(key.begin(), key.end()), field}] = amount.value();
  }
}

void EventFold::add(const ledger::Events& events) {
  for (const auto& event : events) {
    if (event.seq() != ++seq_ && !broken_)
      broken_ = "event " + std::to_string(event.seq()) + " stands where " + std::to_string(seq_) +
                " belongs";
    for (const spec::Posting& posting : ledger::laws::postings_of(event)) {
      base::Bytes key{static_cast<std::uint8_t>(posting.table())};
      key.insert(key.end(), posting.key().begin(), posting.key().end());
      std::uint64_t& amount = money_[{key, posting.field()}];
      if (amount != posting.before() && !broken_)
        broken_ = "event " + std::to_string(event.seq()) + " says " + posting.field() + " was " +
                  std::to_string(posting.before()) + ", by the events before it was " +
                  std::to_string(amount);
      amount = posting.after();
    }
  }
}

std::optional<std::string> EventFold::compare(
    const std::map<base::Bytes, base::Bytes>& records) const {
  if (broken_) return broken_;
  std::map<Place, std::uint64_t> there;
  for (const auto& [key, value] : records) {
    if (!ledger::table_holds_money(key[0])) continue;
    for (const auto& [field, amount] : ledger::held_money(key, value))
      there[{key, field}] = amount.value();
  }
  // A field without a record holds nothing, on either side.
  for (const auto& [place, amount] : money_) there.try_emplace(place, 0);
  for (const auto& [place, amount] : there) {
    const auto at = money_.find(place);
    const std::uint64_t folded = at == money_.end() ? 0 : at->second;
    if (folded != amount)
      return place.second + " of table " + std::to_string(place.first[0]) + " holds " +
             std::to_string(amount) + " FROST, by the events " + std::to_string(folded);
  }
  return std::nullopt;
}

base::Result<std::optional<store::Tip>, std::string> read_checkpoint(
    const ledger::GenesisState& genesis, const std::string& state_dir) {
  if (!os::exists(state_dir)) return std::optional<store::Tip>();
  store::StateStoreOptions options;
  options.dir = state_dir;
  options.chain = genesis.chain;
  options.map_bytes = 1u << 20;  // LMDB takes the size the store was made with, if that is larger
  const auto opened = store::StateStore::open(options);
  if (!opened.ok()) return base::Err{"the checkpoint is damaged: " + opened.error().text};
  return opened.value()->checkpoint_tip();
}

base::Result<Audited, std::string> audit_log(const ledger::GenesisState& genesis,
                                             const std::string& log_dir,
                                             const std::optional<store::Tip>& checkpoint) {
  Audited out;
  EventFold fold(genesis.records);
  std::optional<base::Hash> there;  // the log's root at the checkpoint's height
  if (checkpoint && checkpoint->height == base::Height(0)) there = genesis.tree.root();
  const auto done = replay_log(genesis, log_dir, base::Height(0),
                               [&](base::Height height, const ledger::BlockOutput& block) {
                                 ledger::add_reports(out.laws, block.laws);
                                 fold.add(block.events);
                                 if (checkpoint && checkpoint->height == height)
                                   there = block.state_root;
                               });
  if (!done.ok()) return base::Err{done.error()};
  if (checkpoint && there != checkpoint->root)
    return base::Err{
        "the checkpoint of height " + std::to_string(checkpoint->height.value()) +
        (there ? " has another state root than the log" : " stands above the end of the log")};
  out.height = done->height;
  out.root = done->root;
  out.events = fold.events();
  ledger::add_reports(out.laws, ledger::recount(Records(done->records)));
  const auto folded = fold.compare(done->records);
  for (auto& report : out.laws)
    if (report.law == "I32" && folded && !report.breach) report.breach = folded;
  return out;
}

}  // namespace wald::core
