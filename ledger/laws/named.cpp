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
    const base::Bytes head{table};  // which table it is, is all that counts there
    if (before != nullptr)
      for (const auto& [field, amount] : held_money(head, *before))
        at(table, key, field).was = amount.value();
    if (after != nullptr)
      for (const auto& [field, amount] : held_money(head, *after))
        at(table, key, field).now = amount.value();
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
        Move& move = at(static_cast<std::uint8_t>(posting.table()), base::as_bytes(posting.key()),
                        posting.field());
        if (posting.before() != move.folded.value_or(move.was))
          return "an event names " + told(posting) + ", which was " +
                 std::to_string(move.folded.value_or(move.was));
        move.folded = posting.after();
      }
    for (const auto& [place, move] : moves_)
      if (move.folded.value_or(move.was) != move.now)
        return place.field + " of " + shown(base::ByteView(place.key)) + " is " +
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
  // A field of a record, table byte and key as in the store.
  struct Place {
    base::Bytes key;
    std::string field;
  };
  struct PlaceView {
    std::uint8_t table;
    base::ByteView key;
    std::string_view field;
  };
  static PlaceView view(const Place& place) {
    return {place.key[0], base::ByteView(place.key).subspan(1), place.field};
  }
  static const PlaceView& view(const PlaceView& place) { return place; }
  // Lookups by view: a block has thousands of places, and most are asked for several times.
  struct PlaceLess {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const PlaceView x = view(a), y = view(b);
      if (x.table != y.table) return x.table < y.table;
      const int order = base::as_text(x.key).compare(base::as_text(y.key));
      return order != 0 ? order < 0 : x.field < y.field;
    }
  };
  Move& at(std::uint8_t table, base::ByteView key, std::string_view field) {
    const PlaceView wanted{table, key, field};
    // Records come in ascending order, so most new places belong at the end.
    auto found = moves_.end();
    if (!moves_.empty() && !PlaceLess()(std::prev(found)->first, wanted))
      found = moves_.lower_bound(wanted);
    if (found != moves_.end() && !PlaceLess()(wanted, found->first)) return found->second;
    Place place{{table}, std::string(field)};
    place.key.insert(place.key.end(), key.begin(), key.end());
    return moves_.emplace_hint(found, std::move(place), Move())->second;
  }
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

  std::map<Place, Move, PlaceLess> moves_;
  std::optional<ChainRecord> was_;
  std::optional<ChainRecord> now_;
};

}  // namespace

std::unique_ptr<Law> named() { return std::make_unique<Named>(); }

}  // namespace wald::ledger::laws
