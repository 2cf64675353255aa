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
PoolSize reserve_of(spec::Lane lane, const PoolSize& most) {
  if (lane == spec::LANE_PROTOCOL) return {most.txs / 4, most.bytes / 4};
  if (lane == spec::LANE_RIGHTS) return {most.txs / 8, most.bytes / 8};
  return {};
}

// What a block may still take of each lane (U-6).
struct Room {
  std::uint64_t bytes;
  std::uint64_t cost;
  bool take(const ledger::CheckedTx& tx) {
    const std::uint64_t tx_cost = ledger::cost_of(tx);
    if (tx.bytes > bytes || tx_cost > cost) return false;
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

// Each lane counts as what it holds, but at least as what is kept for it.
bool Mempool::has_room(spec::Lane lane, std::size_t bytes) const {
  PoolSize sum;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const auto each = static_cast<spec::Lane>(i);
    const PoolSize kept = reserve_of(each, most_);
    const bool own = each == lane;
    sum.txs += std::max(kept.txs, held_[i].txs + (own ? 1 : 0));
    sum.bytes += std::max(kept.bytes, held_[i].bytes + (own ? bytes : 0));
  }
  return sum.txs <= most_.txs && sum.bytes <= most_.bytes;
}

base::Result<base::TxId, Refusal> Mempool::add(base::Bytes envelope) {
  auto verdict = core_.check(envelope);
  if (!verdict->ok()) return dropped(verdict->error());
  const ledger::CheckedTx& tx = **verdict;
  const std::lock_guard lock(mutex_);
  if (entries_.contains(tx.id)) return tx.id;
  const spec::Lane lane = tx.operation->rule().lane();
  if (!has_room(lane, envelope.size())) return full("the pool of waiting transactions is full");
  TRY(judge(tx));
  if (!tx.is_statement()) {
    const auto [queue, fresh] = by_account_.try_emplace(tx.sender);
    // Admitted with no other before it: its nonce is the one whose turn it is.
    if (fresh) queue->second.stands = tx.nonce;
    if (!queue->second.by_nonce.emplace(tx.nonce, tx.id).second)
      return dropped({{spec::NONCE, {{"waiting", std::to_string(tx.nonce)}}}});
  }
  PoolSize& held = of(lane);
  ++held.txs;
  held.bytes += envelope.size();
  const std::uint64_t order = next_order_++;
  const auto at = entries_.emplace(tx.id, Entry{verdict, std::move(envelope), order, lane}).first;
  if (tx.is_statement()) {
    statements_.emplace(order, at);
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
  Room all{params.block_bytes, params.block_cost};
  const auto pass = [&](const Arrivals& arrivals, std::optional<spec::Lane> wanted, Room lane) {
    for (const auto& [order, at] : arrivals) {
      if (out.envelopes.size() >= most) return;
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
  pass(statements_, std::nullopt, {params.block_bytes / 4, params.block_cost / 2});
  if (of(spec::LANE_RIGHTS).txs > 0)
    pass(paid_, spec::LANE_RIGHTS, {params.block_bytes / 8, params.block_cost});
  pass(paid_, std::nullopt, {params.block_bytes, params.block_cost});
  return out;
}

void Mempool::erase(Entries::iterator at) {
  const ledger::CheckedTx& tx = at->second.tx();
  if (tx.is_statement()) {
    statements_.erase(at->second.order);
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
