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

// Behind others of its account a transaction is judged as if its turn had come.
base::Result<void, Refusal> Mempool::judge(const ledger::CheckedTx& tx) const {
  ledger::CheckedTx as_next = tx;
  if (!tx.is_statement()) {
    const auto waiting = by_account_.find(tx.sender);
    if (waiting != by_account_.end()) {
      if (waiting->second.size() >= kMostPerAccount)
        return full("64 transactions of this account wait already");
      const std::uint64_t next = waiting->second.rbegin()->first + 1;
      const std::uint64_t stands = nonce_of(*core_.admission()->view, tx.sender);
      if (tx.nonce == next && tx.nonce > stands) as_next.nonce = stands;
    }
  }
  auto admitted = core_.admit(as_next);
  if (!admitted.ok()) return dropped(std::move(admitted).error());
  return {};
}

base::Result<base::TxId, Refusal> Mempool::add(base::Bytes envelope) {
  auto checked = core_.check(envelope);
  if (!checked.ok()) return dropped(std::move(checked).error());
  const ledger::CheckedTx& tx = *checked;
  const std::lock_guard lock(mutex_);
  if (entries_.contains(tx.id)) return tx.id;
  if (entries_.size() >= kMostTxs || bytes_ + envelope.size() > kMostBytes)
    return full("the pool of waiting transactions is full");
  TRY(judge(tx));
  if (!tx.is_statement() && !by_account_[tx.sender].emplace(tx.nonce, tx.id).second)
    return dropped({{spec::NONCE, {{"waiting", std::to_string(tx.nonce)}}}});
  bytes_ += envelope.size();
  const base::TxId id = tx.id;
  const std::uint64_t order = next_order_++;
  const spec::Lane lane = tx.operation->rule().lane();
  const auto at =
      entries_.emplace(id, Entry{std::move(checked).value(), std::move(envelope), order, lane})
          .first;
  if (at->second.tx.is_statement()) {
    statements_.emplace(order, at);
  } else {
    paid_.emplace(order, at);
    expiries_.emplace(at->second.tx.valid_until, id);
    if (lane == spec::LANE_RIGHTS) ++rights_;
  }
  return id;
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
  return bytes_;
}

std::vector<base::Bytes> Mempool::choose(std::size_t most) const {
  const auto at_tip = core_.admission();
  const auto& view = at_tip->view;
  const ledger::Params& params = at_tip->next.params;
  const std::lock_guard lock(mutex_);
  std::vector<base::Bytes> out;
  std::set<std::uint64_t> chosen;                 // of the rights, by order
  std::map<base::AccountId, std::uint64_t> next;  // nonce whose turn it is
  Room all{params.block_bytes, params.block_cost};
  const auto pass = [&](const Arrivals& arrivals, std::optional<spec::Lane> wanted, Room lane) {
    for (const auto& [order, at] : arrivals) {
      if (out.size() >= most) return;
      const Entry& entry = at->second;
      if ((wanted && entry.lane != *wanted) || chosen.contains(order)) continue;
      const bool statement = entry.tx.is_statement();
      auto turn = next.end();
      if (!statement) {
        turn = next.try_emplace(entry.tx.sender, nonce_of(*view, entry.tx.sender)).first;
        if (turn->second != entry.tx.nonce) continue;
      }
      Room left = all;
      if (!lane.take(entry.tx) || !left.take(entry.tx)) continue;
      all = left;
      if (!statement) ++turn->second;
      if (wanted) chosen.insert(order);
      out.push_back(entry.envelope);
    }
  };
  pass(statements_, std::nullopt, {params.block_bytes / 4, params.block_cost / 2});
  if (rights_ > 0) pass(paid_, spec::LANE_RIGHTS, {params.block_bytes / 8, params.block_cost});
  pass(paid_, std::nullopt, {params.block_bytes, params.block_cost});
  return out;
}

void Mempool::erase(Entries::iterator at) {
  const ledger::CheckedTx& tx = at->second.tx;
  if (tx.is_statement()) {
    statements_.erase(at->second.order);
  } else {
    const auto account = by_account_.find(tx.sender);
    account->second.erase(tx.nonce);
    if (account->second.empty()) by_account_.erase(account);
    paid_.erase(at->second.order);
    expiries_.erase({tx.valid_until, tx.id});
    if (at->second.lane == spec::LANE_RIGHTS) --rights_;
  }
  bytes_ -= at->second.envelope.size();
  entries_.erase(at);
}

void Mempool::judge_statements_again() {
  for (std::size_t i = std::min(statements_.size(), kMostAgain); i > 0; --i) {
    auto at = statements_.lower_bound(again_);
    if (at == statements_.end()) at = statements_.begin();
    again_ = at->first + 1;
    if (!core_.admit(at->second->second.tx).ok()) erase(at->second);
    if (statements_.empty()) return;
  }
}

void Mempool::settle(const ledger::BlockInput& block) {
  const auto view = core_.view();
  const std::lock_guard lock(mutex_);
  std::set<base::AccountId> touched;
  for (const auto& envelope : block.transactions) {
    const auto checked = core_.check(envelope);
    if (!checked.ok()) continue;
    if (!checked->is_statement()) touched.insert(checked->sender);
    const auto at = entries_.find(checked->id);
    if (at != entries_.end()) erase(at);
  }
  // Nonces that another transaction has used, expiries whose time is over, and statements.
  for (const base::AccountId& sender : touched) {
    auto waiting = by_account_.find(sender);
    if (waiting == by_account_.end()) continue;
    const std::uint64_t stands = nonce_of(*view, sender);
    while (waiting != by_account_.end() && waiting->second.begin()->first < stands) {
      erase(entries_.find(waiting->second.begin()->second));
      waiting = by_account_.find(sender);
    }
  }
  while (!expiries_.empty() && expiries_.begin()->first <= block.height)
    erase(entries_.find(expiries_.begin()->second));
  judge_statements_again();
}

}  // namespace wald::sequencer
