// SPDX-License-Identifier: Apache-2.0
#include "ledger/duties.h"
#include "ledger/epoch/advance.h"
#include "ledger/epoch/upgrades.h"
#include "ledger/gov.h"
#include "ledger/laws/law.h"
#include "ledger/rounds/advance.h"
#include "ledger/stages.h"
#include "ledger/state/keys.h"
#include "ledger/state_machine.h"
#include "ledger/wire/canonical.h"

namespace wald::ledger {
namespace {

// What a handler wrote before it refused, as if it had not been thrown away (canary I34).
void copy_changes(const Changes& from, Overlay& to) {
  for (const auto& [key, value] : from) {
    if (value)
      to.put(key, *value);
    else
      to.erase(key);
  }
}

// What a block reads of the state before it, read once: records, parameters and the chain are asked
// for again and again, and each look below goes to the store.
class Remembered final : public Reader {
 public:
  explicit Remembered(const Reader& below) : below_(below) {}
  std::optional<base::Bytes> get(base::ByteView key) const override {
    const auto& value = at(key);
    if (!value) return std::nullopt;
    return base::Bytes(value->begin(), value->end());
  }
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes&) const override {
    return at(key);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    below_.scan(prefix, from, visit);
  }

 private:
  const std::optional<base::ByteView>& at(base::ByteView key) const {
    if (const Rows::Row* known = known_.find(key)) return known->value;
    const auto value = below_.look(key, room_);
    Rows::Row& made = known_.add(key);
    known_.set(made, value);
    return made.value;
  }

  const Reader& below_;
  mutable Rows known_;
  mutable base::Bytes room_;
};

// The fee of one transaction: taken first, distributed before the operation is applied or, where
// its type waits for that, right after (U-5).
class Fee {
 public:
  Fee(Overlay& state, const BlockFacts& facts, const CheckedTx& tx, std::uint64_t seq, Events& log,
      Amount fee)
      : ctx_(state, facts, tx.sender, tx.id, seq, &log), coin_(take_fee(ctx_, tx, fee)) {}

  void settle(Context::FeePart back, Receipt& receipt) {
    receipt.fee = settle_fee(ctx_, coin_.split_all(), back).value();
  }

 private:
  Context ctx_;
  Coin coin_;
};

// One block under way: its overlay, its facts, and what comes out so far.
class BlockRun {
 public:
  BlockRun(const StateView& below, const base::ChainId& chain, const BlockInput& input)
      : view_(below),
        prior_(below),
        state_(&prior_),
        before_(must_load(prior_, kChain)),
        absent_(input.absent) {
    WALD_CHECK(input.height == before_.height.next());
    ChainRecord record = before_;
    record.height = input.height;
    record.time = std::max(before_.time, input.time);  // H-2 (1)
    save(state_, kChain, record);
    facts_ = {chain, record.height, record.time, below.tree().root(), load_params(prior_)};
    facts_.prior = &prior_;
  }

  // What happens by itself, before any transaction (A-9, H-2).
  void phases() {
    Context ctx(state_, facts_, base::AccountId(), base::TxId(), seq() + 1, &events_);
    note_absences(ctx, absent_);
    epoch::advance(ctx);
    reread_params();  // those of the epoch that may have begun
    rounds::advance(ctx);
    number(0);
    const auto unnamed = ctx.unnamed();
    unnamed_.insert(unnamed_.end(), unnamed.begin(), unnamed.end());
    facts_.running = BlockFacts::Running::of(must_load(state_, kChain));
    judge_step(Scope::kPhases, state_.list(room_));
  }

  // A transaction of the block: its receipt, and those of what is inside of it.
  struct Ran {
    Receipt own;
    std::vector<Receipt> inside;
  };
  void run(const TxVerdict& verdict, base::ByteView bytes, Ran& out) {
    run_one(verdict, bytes, out.own, Travels::kAlone);
    out.inside = std::exchange(inside_, {});
  }

  BlockOutput finish(const std::vector<Ran>& ran);

 private:
  // Inside a Bundle a transaction takes no room of its own in the block.
  enum class Travels : std::uint8_t { kAlone, kInside };
  // Whether it got as far as its fee; what did not was dropped.
  struct Outcome {
    Code code = spec::OK;
    bool taken = false;
  };
  bool run_one(const TxVerdict& verdict, base::ByteView bytes, Receipt& receipt, Travels travels);
  Outcome execute(const CheckedTx& tx, Receipt& receipt, Travels travels);
  Code carry(const CheckedTx& tx, Amount limit, Receipt& receipt);
  void charge(const CheckedTx& tx, Amount owed, Receipt& receipt);
  // `settle(part of the fee that comes back)` is called once the operation has run, before anything
  // of it is taken over; it files `settled` events. Those of the transaction begin at `first`.
  template <class Settle>
  Code apply(const CheckedTx& tx, Overlay& outer, std::size_t first, std::uint64_t settled,
             const Settle& settle);
  bool keeps_laws(const Delta& delta, std::span<const Change> changes);
  void judge_step(Scope scope, std::span<const Change> changes,
                  const EventBytes* event_bytes = nullptr);
  void reread_params();
  bool fits(const CheckedTx& tx);
  std::uint64_t seq() const { return before_.event_seq + events_.size(); }
  void number(std::size_t first);  // of the events from this one on

  const StateView& view_;
  Remembered prior_;
  Overlay state_;
  ChainRecord before_;
  const std::vector<base::NodeId>& absent_;
  BlockFacts facts_;
  Events events_;
  std::vector<spec::Posting> unnamed_;
  std::vector<std::string> law_failures_;
  std::vector<Receipt> inside_;  // of the transaction under way
  std::vector<Change> room_;     // for the changes that are judged
  Court court_;
  std::uint64_t cost_ = 0;
  std::uint64_t free_cost_ = 0;
  std::uint64_t bytes_ = 0;
};

void BlockRun::reread_params() {
  if (state_.wrote(kParams.prefix)) facts_.params = load_params(state_);
}

void BlockRun::number(std::size_t first) {
  for (std::size_t i = first; i < events_.size(); ++i) {
    spec::EventRecord& event = events_.change(i);
    event.set_seq(before_.event_seq + i + 1);
    event.set_height(facts_.height.value());
    event.set_index(base::narrow<std::uint32_t>(i));
  }
}

// U-6: the block's budget in cost and bytes; statements take at most half of the cost.
bool BlockRun::fits(const CheckedTx& tx) {
  const std::uint64_t cost = cost_of(tx);
  const Params& params = facts_.params;
  if (cost_ + cost > params.block_cost || bytes_ + tx.bytes > params.block_bytes) return false;
  if (tx.is_statement() && free_cost_ + cost > params.block_cost / 2) return false;
  cost_ += cost;
  bytes_ += tx.bytes;
  if (tx.is_statement()) free_cost_ += cost;
  return true;
}

bool BlockRun::run_one(const TxVerdict& verdict, base::ByteView bytes, Receipt& receipt,
                       Travels travels) {
  receipt.first_seq = seq() + 1;
  if (!verdict.ok()) {
    receipt.tx = base::TxId(base::blake2b(bytes).bytes());  // no body to hash
    receipt.code = static_cast<std::uint32_t>(verdict.error().code);
    return false;
  }
  const CheckedTx& tx = verdict.value();
  receipt.tx = tx.id;
  const Outcome outcome = execute(tx, receipt, travels);
  receipt.code = static_cast<std::uint32_t>(outcome.code);
  receipt.events = base::narrow<std::uint32_t>(seq() + 1 - receipt.first_seq);
  return outcome.taken;
}

// U-8: the nonce is used up first, then each envelope runs as any other, then the gateway pays for
// those that were dropped. Its balance still has it: admission saw all of it there, and an
// account's balance falls by its own transactions alone.
Code BlockRun::carry(const CheckedTx& tx, Amount limit, Receipt& receipt) {
  save(state_, kAccounts, used_account(state_, tx), tx.sender);
  Overlay nothing(&state_);
  Context look(nothing, facts_, tx.sender, tx.id);
  const auto allowed = tx.operation->apply(look);
  WALD_CHECK(nothing.untouched() && allowed.ok() == (tx.inside != nullptr));
  const auto& envelopes = tx.operation->inside();
  std::uint64_t owed = 0;
  inside_.reserve(envelopes.size());
  for (std::size_t i = 0; i < envelopes.size(); ++i) {
    const bool taken = tx.inside && run_one(tx.inside->verdicts[i], envelopes[i],
                                            inside_.emplace_back(), Travels::kInside);
    if (!taken) owed += carriage(facts_.params, envelopes[i].size());
  }
  WALD_CHECK(owed <= limit.value());
  charge(tx, Amount::of(owed), receipt);
  return allowed.ok() ? spec::OK : allowed.error().code;
}

void BlockRun::charge(const CheckedTx& tx, Amount owed, Receipt& receipt) {
  receipt.first_seq = seq() + 1;
  const std::size_t first = events_.size();
  Overlay outer(&state_);
  Context ctx(outer, facts_, tx.sender, tx.id, seq() + 1, &events_);
  AccountRecord account = must_load(outer, kAccounts, tx.sender);
  WALD_CHECK(account.balance.amount() >= owed);
  Coin coin = account.balance.take(outer, owed);
  save(outer, kAccounts, account, tx.sender);
  receipt.fee = settle_fee(ctx, std::move(coin), {}).value();
  number(first);
  state_.absorb(outer);
}

BlockRun::Outcome BlockRun::execute(const CheckedTx& tx, Receipt& receipt, Travels travels) {
  Overlay scratch(&state_);
  Context view(scratch, facts_, tx.sender, tx.id);
  const auto full_fee = admit_tx(view, tx);
  if (!full_fee.ok()) return {full_fee.error().code, false};
  if (travels == Travels::kAlone && !fits(tx)) return {spec::OVER_BUDGET, false};
  if (!tx.operation->inside().empty()) return {carry(tx, *full_fee, receipt), true};
  Overlay outer(&state_);
  const std::size_t first = events_.size();
  std::optional<Fee> fee;
  if (!tx.is_statement()) fee.emplace(outer, facts_, tx, seq() + 1, events_, *full_fee);
  const bool waits = fee && tx.operation->fee_waits();
  if (fee && !waits) fee->settle({}, receipt);
  const Code code = apply(tx, outer, first, waits ? 1 : 0, [&](Context::FeePart back) {
    if (!waits) return;
    fee->settle(back, receipt);
    events_.move_last_to(first);  // the fee comes first
  });
  number(first);
  state_.absorb(outer);
  return {code, true};
}

// On an overlay of its own, so that a refusal at any line leaves what was before: the fee.
template <class Settle>
Code BlockRun::apply(const CheckedTx& tx, Overlay& outer, std::size_t first, std::uint64_t settled,
                     const Settle& settle) {
  Overlay inner(&outer);
  const std::size_t own = events_.size();
  Context ctx(inner, facts_, tx.sender, tx.id, seq() + 1 + settled, &events_);
  const auto result = tx.operation->apply(ctx);
  if (!result.ok()) {
    inner.mark_failed();
    events_.cut(own);
    settle(Context::FeePart());
    if (mutate("I34")) copy_changes(inner.changes(), outer);
    const Delta left{state_, outer, events_.from(first), {}, Scope::kRefused};
    // What the fee leaves is the same in every rejected transaction: nothing to fall back to.
    if (!tx.is_statement()) WALD_CHECK(keeps_laws(left, outer.list(room_)) || blocks_may_break());
    return result.error().code;
  }
  const auto unnamed = ctx.unnamed();
  const Delta made{outer, inner, events_.from(own), unnamed, Scope::kTransaction};
  if (!keeps_laws(made, inner.list(room_))) {
    inner.mark_failed();
    events_.cut(own);
    settle(Context::FeePart());
    return spec::LAW_BROKEN;
  }
  settle(ctx.given_back());
  outer.absorb(inner);
  return spec::OK;
}

bool BlockRun::keeps_laws(const Delta& delta, std::span<const Change> changes) {
  const auto broken = court_.judge(delta, changes);
  law_failures_.insert(law_failures_.end(), broken.begin(), broken.end());
  return broken.empty();
}

// A block has nothing to fall back to: wrong is worse than stopped.
void BlockRun::judge_step(Scope scope, std::span<const Change> changes,
                          const EventBytes* event_bytes) {
  const bool kept = keeps_laws({prior_, state_, events_, unnamed_, scope, event_bytes}, changes);
  WALD_CHECK(kept || blocks_may_break());
}

BlockOutput BlockRun::finish(const std::vector<Ran>& ran) {
  BlockOutput out;
  out.receipts.reserve(ran.size());
  out.places.reserve(ran.size());
  for (std::size_t i = 0; i < ran.size(); ++i) {
    out.receipts.push_back(ran[i].own);
    out.receipts.insert(out.receipts.end(), ran[i].inside.begin(), ran[i].inside.end());
    out.places.resize(out.receipts.size(), base::narrow<std::uint32_t>(i));
  }
  ChainRecord chain = must_load(state_, kChain);
  chain.event_seq = seq();
  out.event_bytes.reserve(events_.size());
  for (const auto& event : events_) {
    out.event_bytes.add(event);
    chain.event_head =
        next_event_head(chain.event_head, out.event_bytes[out.event_bytes.size() - 1]);
  }
  save(state_, kChain, chain);

  epoch::turn_version(state_);
  out.changes = state_.changes();
  judge_step(Scope::kBlock, out.changes.list(), &out.event_bytes);

  std::vector<StateTree::Change> changes;
  changes.reserve(out.changes.size());
  for (const auto& [key, value] : out.changes)
    changes.push_back({key, value ? std::optional(base::blake2b(*value)) : std::nullopt});
  out.tree = view_.tree().apply(changes);
  out.state_root = out.tree.root();
  out.receipts_hash = receipts_root(out.receipts);
  out.event_head = chain.event_head;
  out.events = std::move(events_);
  out.law_failures = std::move(law_failures_);
  out.laws = court_.reports();
  return out;
}

}  // namespace

BlockOutput StateMachine::apply_block(const StateView& state, const BlockInput& input,
                                      std::span<const TxVerdict* const> verdicts) const {
  WALD_CHECK(verdicts.empty() || verdicts.size() == input.transactions.size());
  WALD_CHECK(unknown_version(state).empty());
  std::vector<TxVerdict> own;
  std::vector<const TxVerdict*> own_places;
  if (verdicts.empty()) {
    own.reserve(input.transactions.size());
    for (const auto& bytes : input.transactions)
      own_places.push_back(&own.emplace_back(check(bytes)));
    verdicts = own_places;
  }
  BlockRun run(state, chain_, input);
  run.phases();
  std::vector<BlockRun::Ran> ran(input.transactions.size());
  // H-2 (5): the protocol lane first, then as listed; receipts stay in the order of the block.
  for (const bool statements : {true, false})
    for (std::size_t i = 0; i < verdicts.size(); ++i)
      if ((verdicts[i]->ok() && (**verdicts[i]).is_statement()) == statements)
        run.run(*verdicts[i], input.transactions[i], ran[i]);
  return run.finish(ran);
}

Simulated StateMachine::simulate(const StateView& state, const base::AccountId& sender,
                                 const spec::Operation& operation, std::uint64_t bytes) const {
  Simulated out;
  auto parsed = parse_operation(operation);
  if (!parsed.ok()) {
    out.code = parsed.error().code;
    out.facts = parsed.error().facts;
    return out;
  }
  const BlockFacts facts = next_facts(state);
  CheckedTx tx;
  tx.sender = sender;
  tx.bytes = bytes;
  tx.signatures = 1;
  tx.max_fee = Amount::of(economics::kMaxAmount);
  tx.operation = parsed.value();
  out.fee = fee_of(tx, facts.params).value();
  Overlay overlay(&state);
  Context ctx(overlay, facts, sender, base::TxId());
  const auto runs = require_running(state, tx.operation->groups(), facts.time);
  if (!runs.ok()) {
    out.code = runs.error().code;
    out.facts = runs.error().facts;
    return out;
  }
  const auto result = tx.operation->apply(ctx);
  if (result.ok()) {
    out.events = ctx.take_events();
    out.items = ctx.take_items();
    if (tx.operation->fee_waits())
      out.fee = out.fee.minus(fee_back(out.fee, ctx.given_back())).value();
  } else {
    overlay.mark_failed();
    out.code = result.error().code;
    out.facts = result.error().facts;
  }
  return out;
}

}  // namespace wald::ledger
