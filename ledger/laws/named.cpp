// SPDX-License-Identifier: Apache-2.0
// I32: every Held field that changed is named by events, in a chain from what it was to what it is;
// nothing moved unnamed; and over a block the numbers and the hash chain of the events have no gap.
#include <bit>

#include "ledger/laws/support.h"
#include "ledger/receipts.h"

namespace wald::ledger::laws {
namespace {

class Named final : public LawOf<Named> {
 public:
  std::string_view id() const override { return "I32"; }
  bool judges(Scope scope) const override { return scope != Scope::kState; }  // it has no events
  bool wants(std::uint8_t table) const override { return table == kChain.prefix; }
  bool wants_money() const override { return true; }

  void visit(std::uint8_t, base::ByteView, Value before, Value after) override {
    was_ = decoded<ChainRecord>(before);
    now_ = decoded<ChainRecord>(after);
  }
  void money(const Money& field) override {
    moves_.push_back(
        {{field.table, field.key, field.field}, field.was.value(), field.now.value(), {}});
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (!delta.unnamed.empty())
      return std::to_string(delta.unnamed.size()) + " balances moved unnamed, first " +
             told(delta.unnamed.front());
    // What events say, folded from what was.
    for (const auto& event : delta.events)
      for (const spec::Posting& posting : postings_of(event)) {
        ++seen_;
        Move& move = at(posting, delta.before);
        if (posting.before() != move.folded.value_or(move.was))
          return "an event names " + told(posting) + ", which was " +
                 std::to_string(move.folded.value_or(move.was));
        move.folded = posting.after();
      }
    for (const Move& move : moves_)
      if (auto sentence = unfolded(move)) return sentence;
    for (const Move& move : back_)
      if (auto sentence = unfolded(move)) return sentence;
    return delta.scope == Scope::kBlock ? chain(delta) : std::nullopt;
  }
  void clear() {
    moves_.clear();
    slots_.clear();
    back_.clear();
    was_.reset();
    now_.reset();
  }

 private:
  // A field of a record. The key is a view of the change's or of an event's.
  struct Place {
    std::uint8_t table;
    base::ByteView key;
    std::string field;
  };
  struct Move {
    Place place;
    std::uint64_t was = 0;
    std::uint64_t now = 0;
    std::optional<std::uint64_t> folded;
  };
  static bool is_at(const Place& place, const spec::Posting& posting) {
    return place.table == posting.table() && place.field == posting.field() &&
           base::equal(place.key, base::as_bytes(posting.key()));
  }
  // The move that a posting tells of: a block has tens of thousands of both, so places of moves_
  // are found by their hash once they are many.
  Move* shown_at(const spec::Posting& posting) {
    if (moves_.size() <= kFew) {
      for (Move& move : moves_)
        if (is_at(move.place, posting)) return &move;
      return nullptr;
    }
    if (slots_.empty()) index();
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = spot(base::as_bytes(posting.key()), posting.field()) & mask;
         slots_[at] != 0; at = (at + 1) & mask)
      if (is_at(moves_[slots_[at] - 1].place, posting)) return &moves_[slots_[at] - 1];
    return nullptr;
  }
  static std::uint64_t spot(base::ByteView key, std::string_view field) {
    return hash_of(key) + hash_of(base::as_bytes(field));
  }
  void index() {
    slots_.resize(std::bit_ceil(2 * moves_.size()));
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      std::size_t at = spot(moves_[i].place.key, moves_[i].place.field) & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = base::narrow<std::uint32_t>(i + 1);
    }
  }
  Move& at(const spec::Posting& posting, const Reader& below) {
    if (Move* known = shown_at(posting)) return *known;
    // A record that came back to what it was, or that never was there.
    for (Move& move : back_)
      if (is_at(move.place, posting)) return move;
    const auto table = static_cast<std::uint8_t>(posting.table());
    Move move{{table, base::as_bytes(posting.key()), posting.field()}, 0, 0, std::nullopt};
    const base::Bytes key = base::Writer().u8(table).text(posting.key()).bytes();
    base::Bytes room;
    if (const auto value = below.look(key, room))
      for (const auto& [field, amount] : held_money(key, *value))
        if (field == posting.field()) move.was = move.now = amount.value();
    return back_.emplace_back(std::move(move));
  }
  static std::optional<std::string> unfolded(const Move& move) {
    if (move.folded.value_or(move.was) == move.now) return std::nullopt;
    return move.place.field + " of " + shown(move.place.key) + " in table " +
           std::to_string(move.place.table) + " is " + std::to_string(move.now) +
           " FROST, by its events " + std::to_string(move.folded.value_or(move.was));
  }
  static std::string told(const spec::Posting& posting) {
    return posting.field() + " of table " + std::to_string(posting.table()) + " from " +
           std::to_string(posting.before()) + " to " + std::to_string(posting.after());
  }

  std::optional<std::string> chain(const Delta& delta) const {
    if (!was_ || !now_) return "a block left the chain record as it was";
    WALD_CHECK(delta.event_bytes != nullptr && delta.event_bytes->size() == delta.events.size());
    std::uint64_t seq = was_->event_seq;
    base::Hash head = was_->event_head;
    for (std::size_t i = 0; i < delta.events.size(); ++i) {
      if (delta.events[i].seq() != ++seq)
        return "event " + std::to_string(delta.events[i].seq()) + " stands where " +
               std::to_string(seq) + " belongs";
      head = next_event_head(head, (*delta.event_bytes)[i]);
    }
    if (now_->event_seq != seq || now_->event_head != head)
      return "the chain counts " + std::to_string(now_->event_seq) + " events of " +
             std::to_string(seq) + ", or hashes others";
    return std::nullopt;
  }

  static constexpr std::size_t kFew = 16;

  std::vector<Move> moves_;
  std::vector<std::uint32_t> slots_;  // 1 + place in moves_, or 0; a power of two of them
  std::vector<Move> back_;            // of fields that no changed record shows: few
  std::optional<ChainRecord> was_;
  std::optional<ChainRecord> now_;
};

}  // namespace

std::unique_ptr<Law> named() { return std::make_unique<Named>(); }

}  // namespace wald::ledger::laws
