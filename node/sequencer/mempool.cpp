// SPDX-License-Identifier: Apache-2.0
#include "node/sequencer/mempool.h"

#include "ledger/records.h"

namespace wald::sequencer {
namespace {

base::Err<Refusal> full(std::string message) {
  Refusal refusal;
  refusal.full = true;
  refusal.message = std::move(message);
  return base::Err{std::move(refusal)};
}

base::Err<Refusal> dropped(ledger::Dropped why) {
  Refusal refusal;
  refusal.dropped = std::move(why);
  return base::Err{std::move(refusal)};
}

std::uint64_t nonce_of(const ledger::Reader& state, const base::AccountId& account) {
  const auto record = ledger::load(state, ledger::kAccounts, account);
  return record ? record->nonce : 0;
}

// What no other lane may take of a pool of this size, nothing for the ordinary one (EN-26).
// Statements are free, and all that they get is their own part.
PoolSize reserve_of(spec::Lane lane, const PoolSize& most) {
  if (lane == spec::LANE_PROTOCOL) return {most.txs / 4, most.bytes / 4};
  if (lane == spec::LANE_RIGHTS) return {most.txs / 8, most.bytes / 8};
  return {};
}

// What a block may still take of each lane (U-6).
struct Room {
  std::size_t txs;
  std::uint64_t bytes;
  std::uint64_t cost;
  bool take(const ledger::CheckedTx& tx) {
    const std::uint64_t tx_cost = ledger::cost_of(tx);
    if (txs == 0 || tx.bytes > bytes || tx_cost > cost) return false;
    --txs;
    bytes -= tx.bytes;
    cost -= tx_cost;
    return true;
  }
};

}  // namespace

std::uint64_t Mempool::nonce_at_tip(const base::AccountId& account) const {
  return nonce_of(*core_.admission()->view, account);
}

// Behind others of its account a transaction is judged as if its turn had come.
base::Result<void, Refusal> Mempool::judge(const ledger::CheckedTx& tx) const {
  std::optional<ledger::CheckedTx> as_next;
  const auto waiting = tx.is_statement() ? by_account_.end() : by_account_.find(tx.sender);
  if (waiting != by_account_.end()) {
    const Queue& queue = waiting->second;
    if (queue.by_nonce.size() >= kMostPerAccount)
      return full("64 transactions of this account wait already");
    const std::uint64_t next = queue.by_nonce.rbegin()->first + 1;
    // Read anew: a block may be committed that is not settled here yet.
    const std::uint64_t stands = nonce_at_tip(tx.sender);
    if (tx.nonce == next && tx.nonce > stands) {
      as_next = tx;
      as_next->nonce = stands;
    }
  }
  auto admitted = core_.admit(as_next ? *as_next : tx);
  if (!admitted.ok()) return dropped(std::move(admitted).error());
  return {};
}

// If the lane held `then`. Statements stay within their part; of the others each lane counts as
// what it holds, but at least as what is kept for it.
bool Mempool::has_room(spec::Lane lane, const PoolSize& then) const {
  PoolSize sum, most = most_;
  if (lane == spec::LANE_PROTOCOL) {
    sum = then;
    most = reserve_of(lane, most_);
  } else {
    for (std::size_t i = 0; i < held_.size(); ++i) {
      const auto each = static_cast<spec::Lane>(i);
      const PoolSize kept = reserve_of(each, most_);
      const PoolSize& held = each == lane ? then : held_[i];
      sum.txs += std::max(kept.txs, held.txs);
      sum.bytes += std::max(kept.bytes, held.bytes);
    }
  }
  return sum.txs <= most.txs && sum.bytes <= most.bytes;
}

// The room ends in number and in bytes: a small statement weighs what a place has of the bytes.
// Rounded up, so that weights within a part of the room never mean more places than it has.
std::size_t Mempool::weight_of(std::size_t bytes) const {
  return std::max(bytes, (most_.bytes + most_.txs - 1) / most_.txs);
}

// The newest statements of those who hold most, one after the other, until there is room; nothing
// if it does not suffice to take from those who hold more than `author` would.
std::optional<std::vector<Mempool::Entries::iterator>> Mempool::would_go(const base::NodeId& author,
                                                                         std::size_t bytes) const {
  const auto own = by_author_.find(author);
  const std::size_t weight = weight_of(bytes) + (own == by_author_.end() ? 0 : own->second.weight);
  std::multimap<std::size_t, Arrivals::const_reverse_iterator> heavier;  // what they are left with
  for (const auto& [id, other] : by_author_)
    if (other.weight > weight) heavier.emplace(other.weight, other.statements.rbegin());
  std::vector<Entries::iterator> out;
  PoolSize then = of(spec::LANE_PROTOCOL);
  ++then.txs;
  then.bytes += bytes;
  while (!has_room(spec::LANE_PROTOCOL, then)) {
    if (heavier.empty()) return std::nullopt;
    auto heaviest = heavier.extract(std::prev(heavier.end()));
    const Entries::iterator newest = heaviest.mapped()->second;
    out.push_back(newest);
    --then.txs;
    then.bytes -= newest->second.envelope.size();
    heaviest.key() -= weight_of(newest->second.envelope.size());
    ++heaviest.mapped();
    if (heaviest.key() > weight) heavier.insert(std::move(heaviest));
  }
  return out;
}

base::Result<base::TxId, Refusal> Mempool::add(base::Bytes envelope) {
  auto verdict = core_.check(envelope);
  if (!verdict->ok()) return dropped(verdict->error());
  const ledger::CheckedTx& tx = **verdict;
  const std::lock_guard lock(mutex_);
  if (entries_.contains(tx.id)) return tx.id;
  const spec::Lane lane = tx.operation->rule().lane();
  const auto author = tx.operation->author();
  PoolSize& held = of(lane);
  std::vector<Entries::iterator> displaced;
  if (!has_room(lane, {held.txs + 1, held.bytes + envelope.size()})) {
    auto gone = author ? would_go(*author, envelope.size()) : std::nullopt;
    if (!gone) return full("the pool of waiting transactions is full");
    displaced = *std::move(gone);
  }
  // Only what its author has signed displaces anything.
  TRY(judge(tx));
  for (const Entries::iterator at : displaced) erase(at);
  if (!author) {
    const auto [queue, fresh] = by_account_.try_emplace(tx.sender);
    // Admitted with no other before it: its nonce is the one whose turn it is.
    if (fresh) queue->second.stands = tx.nonce;
    if (!queue->second.by_nonce.emplace(tx.nonce, tx.id).second)
      return dropped({{spec::NONCE, {{"waiting", std::to_string(tx.nonce)}}}});
  }
  ++held.txs;
  held.bytes += envelope.size();
  const std::uint64_t order = next_order_++;
  const auto at = entries_.emplace(tx.id, Entry{verdict, std::move(envelope), order, lane}).first;
  if (author) {
    statements_.emplace(order, at);
    Author& mine = by_author_[*author];
    mine.weight += weight_of(at->second.envelope.size());
    mine.statements.emplace(order, at);
  } else {
    paid_.emplace(order, at);
    expiries_.emplace(std::pair(tx.valid_until, order), at);
  }
  return tx.id;
}

bool Mempool::contains(const base::TxId& id) const {
  const std::lock_guard lock(mutex_);
  return entries_.contains(id);
}

bool Mempool::empty() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty();
}

std::size_t Mempool::bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (const PoolSize& lane : held_) sum += lane.bytes;
  return sum;
}

Mempool::Chosen Mempool::choose(std::size_t most) const {
  const ledger::Params params = core_.admission()->next.params;
  const std::lock_guard lock(mutex_);
  Chosen out;
  std::set<std::uint64_t> chosen;                 // of the rights, by order
  std::map<base::AccountId, std::uint64_t> next;  // nonce whose turn it is, where others wait
  Room all{most, params.block_bytes, params.block_cost};
  const auto pass = [&](const Arrivals& arrivals, std::optional<spec::Lane> wanted, Room lane) {
    for (const auto& [order, at] : arrivals) {
      if (all.txs == 0 || lane.txs == 0) return;
      const Entry& entry = at->second;
      const ledger::CheckedTx& tx = entry.tx();
      if ((wanted && entry.lane != *wanted) || chosen.contains(order)) continue;
      auto turn = next.end();
      if (!tx.is_statement()) {
        const Queue& queue = by_account_.at(tx.sender);
        if (queue.by_nonce.size() > 1) turn = next.try_emplace(tx.sender, queue.stands).first;
        if (tx.nonce != (turn == next.end() ? queue.stands : turn->second)) continue;
      }
      Room left = all;
      if (!lane.take(tx) || !left.take(tx)) continue;
      all = left;
      if (turn != next.end()) ++turn->second;
      if (wanted) chosen.insert(order);
      out.envelopes.push_back(entry.envelope);
      out.verdicts.push_back(entry.verdict);
    }
  };
  // Parts of the number are rounded up: a block of one transaction has to be of some lane.
  pass(statements_, std::nullopt, {(most + 1) / 2, params.block_bytes / 4, params.block_cost / 2});
  if (of(spec::LANE_RIGHTS).txs > 0)
    pass(paid_, spec::LANE_RIGHTS, {(most + 7) / 8, params.block_bytes / 8, params.block_cost});
  pass(paid_, std::nullopt, all);
  return out;
}

void Mempool::erase(Entries::iterator at) {
  const ledger::CheckedTx& tx = at->second.tx();
  if (const auto id = tx.operation->author()) {
    statements_.erase(at->second.order);
    const auto author = by_author_.find(*id);
    author->second.weight -= weight_of(at->second.envelope.size());
    author->second.statements.erase(at->second.order);
    if (author->second.statements.empty()) by_author_.erase(author);
  } else {
    const auto account = by_account_.find(tx.sender);
    account->second.by_nonce.erase(tx.nonce);
    if (account->second.by_nonce.empty()) by_account_.erase(account);
    paid_.erase(at->second.order);
    expiries_.erase({tx.valid_until, at->second.order});
  }
  PoolSize& held = of(at->second.lane);
  --held.txs;
  held.bytes -= at->second.envelope.size();
  entries_.erase(at);
}

void Mempool::judge_statements_again() {
  for (std::size_t i = std::min(statements_.size(), kMostAgain); i > 0; --i) {
    auto at = statements_.lower_bound(again_);
    if (at == statements_.end()) at = statements_.begin();
    again_ = at->first + 1;
    if (!core_.admit(at->second->second.tx()).ok()) erase(at->second);
    if (statements_.empty()) return;
  }
}

void Mempool::settle(base::Height height, std::span<const core::SharedVerdict> block) {
  const std::lock_guard lock(mutex_);
  std::set<base::AccountId> touched;  // senders of whom more waits
  for (const auto& verdict : block) {
    if (!verdict->ok()) continue;
    const ledger::CheckedTx& tx = **verdict;
    const auto at = entries_.find(tx.id);
    if (at != entries_.end()) erase(at);
    if (!tx.is_statement() && by_account_.contains(tx.sender)) touched.insert(tx.sender);
    if (!tx.inside) continue;
    // What a Bundle carried may wait here too: the nonces say whether it is done.
    for (const ledger::TxVerdict& inside : tx.inside->verdicts)
      if (inside.ok() && by_account_.contains(inside->sender)) touched.insert(inside->sender);
  }
  // Nonces that another transaction has used, expiries whose time is over, and statements.
  for (const base::AccountId& sender : touched) {
    const std::uint64_t stands = nonce_at_tip(sender);
    auto waiting = by_account_.find(sender);
    while (waiting != by_account_.end() && waiting->second.by_nonce.begin()->first < stands) {
      erase(entries_.find(waiting->second.by_nonce.begin()->second));
      waiting = by_account_.find(sender);
    }
    if (waiting != by_account_.end()) waiting->second.stands = stands;
  }
  while (!expiries_.empty() && expiries_.begin()->first.first <= height)
    erase(expiries_.begin()->second);
  judge_statements_again();
}

}  // namespace wald::sequencer
