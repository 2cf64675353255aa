// SPDX-License-Identifier: Apache-2.0
// I32: every Held field that changed is named by events, in a chain from what it was to what it is;
// nothing moved unnamed; and over a block the numbers and the hash chain of the events have no gap.
#include "ledger/laws/support.h"
#include "ledger/receipts.h"
#include "ledger/wire/canonical.h"

namespace wald::ledger::laws {
namespace {

class Named final : public Law {
 public:
  std::string_view id() const override { return "I32"; }

  void visit(std::uint8_t table, base::ByteView key, const base::Bytes* before,
             const base::Bytes* after) override {
    if (table == kChain.prefix) {
      was_ = decoded<ChainRecord>(before);
      now_ = decoded<ChainRecord>(after);
    }
    if (!table_holds_money(table)) return;
    base::Bytes full{table};
    full.insert(full.end(), key.begin(), key.end());
    if (before != nullptr)
      for (const auto& [field, amount] : held_money(full, *before))
        moves_[{full, field}].was = amount.value();
    if (after != nullptr)
      for (const auto& [field, amount] : held_money(full, *after))
        moves_[{full, field}].now = amount.value();
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (delta.scope == Scope::kState) return std::nullopt;
    if (!delta.unnamed.empty())
      return std::to_string(delta.unnamed.size()) + " balances moved unnamed, first " +
             told(delta.unnamed.front());
    // What events say, folded from what was.
    for (const auto& event : delta.events)
      for (const spec::Posting& posting : postings_in(event)) {
        ++seen_;
        base::Bytes full{static_cast<std::uint8_t>(posting.table())};
        full.insert(full.end(), posting.key().begin(), posting.key().end());
        Move& move = moves_[{full, posting.field()}];
        if (posting.before() != move.folded.value_or(move.was))
          return "an event names " + told(posting) + ", which was " +
                 std::to_string(move.folded.value_or(move.was));
        move.folded = posting.after();
      }
    for (const auto& [place, move] : moves_)
      if (move.folded.value_or(move.was) != move.now)
        return place.second + " of " + shown(base::ByteView(place.first)) + " is " +
               std::to_string(move.now) + " FROST, by its events " +
               std::to_string(move.folded.value_or(move.was));
    return delta.scope == Scope::kBlock ? chain(delta) : std::nullopt;
  }

 private:
  struct Move {
    std::uint64_t was = 0;
    std::uint64_t now = 0;
    std::optional<std::uint64_t> folded;
  };
  static std::string told(const spec::Posting& posting) {
    return posting.field() + " of table " + std::to_string(posting.table()) + " from " +
           std::to_string(posting.before()) + " to " + std::to_string(posting.after());
  }

  std::optional<std::string> chain(const Delta& delta) const {
    if (!was_ || !now_) return "a block left the chain record as it was";
    std::uint64_t seq = was_->event_seq;
    base::Hash head = was_->event_head;
    for (const auto& event : delta.events) {
      if (event.seq() != ++seq)
        return "event " + std::to_string(event.seq()) + " stands where " + std::to_string(seq) +
               " belongs";
      head = next_event_head(head, wire::write_canonical(event));
    }
    if (now_->event_seq != seq || now_->event_head != head)
      return "the chain counts " + std::to_string(now_->event_seq) + " events of " +
             std::to_string(seq) + ", or hashes others";
    return std::nullopt;
  }

  std::map<std::pair<base::Bytes, std::string>, Move> moves_;
  std::optional<ChainRecord> was_;
  std::optional<ChainRecord> now_;
};

}  // namespace

std::unique_ptr<Law> named() { return std::make_unique<Named>(); }

}  // namespace wald::ledger::laws
