// SPDX-License-Identifier: Apache-2.0
// What a handler or a phase sees: an overlay to write, the facts of its block, who sends,
// and a place for events; nothing else. A handler may return at any line: after reject() its
// overlay is dropped, there is no undo code. Events name the balances that moved since the event
// before, so a handler writes records first and then emits what it did; what is left unnamed breaks
// law I32.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <vector>

#include "ledger/events.h"
#include "ledger/params.h"
#include "ledger/refusal.h"
#include "ledger/state/chain.h"
#include "ledger/store.h"

namespace wald::ledger {

// An id as the bytes field of a message.
template <class Id>
std::string text_of(const Id& id) {
  return base::string_of(id.view());
}

// All of a block that its transactions and phases may depend on besides state.
struct BlockFacts {
  base::ChainId chain;
  base::Height height;
  base::TimeMs time;      // max(previous, given)
  base::Hash prior_root;  // state root after the block before
  Params params;          // in force in this block
  // What no transaction can change; unknown while the phases of the block still may.
  struct Running {
    base::Epoch epoch;
    std::uint32_t version = 0;  // of the protocol
    static Running of(const ChainRecord& chain) { return {chain.clock.epoch, chain.version}; }
  };
  std::optional<Running> running = std::nullopt;
  // The state before the block, which snapshots show (G-2); null where there is no block.
  const Reader* prior = nullptr;
};

// Where the next posting is to be written.
using NewPosting = std::function<spec::Posting&()>;

class Context {
 public:
  // A transaction's view; `sender` is zero for statements and phases, `tx` for phases. `next_seq`
  // is the number of the next event; 0 where nothing will be numbered, as in a look at the state.
  // Events are added to `log`, or without one kept here.
  Context(Overlay& state, const BlockFacts& block, base::AccountId sender, base::TxId tx,
          std::uint64_t next_seq = 0, Events* log = nullptr);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Overlay& state() { return state_; }
  const Overlay& state() const { return state_; }
  const BlockFacts& block() const { return block_; }
  const Params& params() const { return block_.params; }
  base::Epoch epoch() const;  // the running one
  // The state before the block; only where a block is made or tried (CHECK).
  const Reader& prior() const {
    WALD_CHECK(block_.prior != nullptr);
    return *block_.prior;
  }
  base::AccountId sender() const { return sender_; }
  base::TxId tx() const { return tx_; }

  // Refuses the transaction: `return ctx.reject(Code::..)`. Coins taken so far become void.
  base::Err<Rejected> reject(Code code, std::map<std::string, std::string> facts = {});
  base::Err<Rejected> reject(economics::Refusal refusal);

  // Id of the next object this transaction makes (U-9); counts on over a whole Batch.
  base::ObjectId new_object();
  // Inside a Batch an id of 30 zero bytes | k u16 is the k-th object made so far (U-9).
  base::ObjectId resolve(const base::ObjectId& named) const;

  // Records what happened; `body` is one of the messages of event.proto.
  template <class Body>
  void emit(const Body& body) {
    emit<Body>([&](Body& into) { into = body; });
  }
  // The same, filled where it lies.
  template <class Body, std::invocable<Body&> Fill>
  void emit(const Fill& fill) {
    static const google::protobuf::FieldDescriptor& kField = body_field(*Body::descriptor());
    static const auto kCase = static_cast<spec::EventRecord::BodyCase>(kField.number());
    spec::EventRecord& event = log_.add(kCase);
    auto& into = static_cast<Body&>(*event.GetReflection()->MutableMessage(&event, &kField));
    fill(into);
    // Field 15 of every event (event.proto).
    tell_moved([&]() -> spec::Posting& { return *into.add_postings(); });
    if (loses_posting() && into.postings_size() > 0) into.mutable_postings()->RemoveLast();
    file(event);
  }
  // Those that are kept here.
  Events take_events() { return std::move(own_); }
  // The number that the next event gets.
  std::uint64_t next_seq() const { return first_seq_ + emitted_; }
  // Balances that changed and that no event has named: nothing in a sound transaction (law I32).
  std::vector<spec::Posting> unnamed();

  // Runs one item of a list on a nested overlay of its own. Accepted: absorbed, with its events and
  // objects, and true. Refused: nothing of it stays but a line in items(), and false.
  using Item = std::function<base::Result<void, Rejected>(Context&)>;
  bool attempt(std::uint32_t place, const Item& item);
  // Refused items by place; told to the sender, not hashed.
  std::map<std::uint32_t, Refused> take_items() { return std::move(items_); }

  // Of the fee of a type that waits for its apply (U-5) this part comes back: floor(fee * done /
  // of).
  struct FeePart {
    std::uint32_t done = 0;
    std::uint32_t of = 1;  // at least `done` and 1
  };
  void give_back(FeePart part) { back_ = part; }
  FeePart given_back() const { return back_; }

  std::uint32_t objects_made() const { return static_cast<std::uint32_t>(made_.size()); }

 private:
  static const google::protobuf::FieldDescriptor& body_field(
      const google::protobuf::Descriptor& body);
  // What moved since the event before.
  void tell_moved(const NewPosting& made);
  static bool loses_posting();  // canary I2
  void file(spec::EventRecord& event);

  Overlay& state_;
  const BlockFacts& block_;
  base::AccountId sender_;
  base::TxId tx_;
  std::uint64_t first_seq_;
  std::vector<base::ObjectId> made_;
  Events own_;
  Events& log_;
  std::uint64_t emitted_ = 0;
  std::map<std::uint32_t, Refused> items_;
  std::vector<spec::Posting> left_unnamed_;  // by items
  FeePart back_;
};

// True for tables whose records hold money: those the journal of an overlay watches.
bool table_holds_money(std::uint8_t table);
// All Held money of a record, ascending by field.
using HeldFields = std::vector<std::pair<std::string, Amount>>;
HeldFields held_money(base::ByteView key, base::ByteView value);
// Each Held field of a record before and after, ascending; one that is not there holds nothing.
using EachMoney = std::function<void(const std::string& field, Amount was, Amount now)>;
void each_money(std::uint8_t table, const std::optional<base::ByteView>& before,
                const std::optional<base::ByteView>& after, const EachMoney& each);
// Differences of Held money between a journal and what the state shows now, by key and field.
void tell_postings(Overlay::Journal journal, const Reader& now, const NewPosting& made);

}  // namespace wald::ledger
