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
      const std::uint64_t stands = nonce_of(*core_.view(), tx.sender);
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
  const std::uint64_t order = next_order_++;
  arrivals_.emplace(order, tx.id);
  const base::TxId id = tx.id;
  entries_.emplace(id, Entry{std::move(checked).value(), std::move(envelope), order});
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
  const auto view = core_.view();
  const ledger::Params params = ledger::load_params(*view);
  const std::lock_guard lock(mutex_);
  std::vector<base::Bytes> out;
  std::set<base::TxId> chosen;
  std::map<base::AccountId, std::uint64_t> next;  // nonce whose turn it is
  Room all{params.block_bytes, params.block_cost};
  const auto pass = [&](auto wanted, Room lane) {
    for (const auto& [order, id] : arrivals_) {
      if (out.size() >= most) return;
      const Entry& entry = entries_.at(id);
      if (chosen.contains(id) || !wanted(entry.tx)) continue;
      if (!entry.tx.is_statement()) {
        const auto at = next.try_emplace(entry.tx.sender, nonce_of(*view, entry.tx.sender)).first;
        if (at->second != entry.tx.nonce) continue;
      }
      Room left = all;
      if (!lane.take(entry.tx) || !left.take(entry.tx)) continue;
      all = left;
      if (!entry.tx.is_statement()) ++next[entry.tx.sender];
      chosen.insert(id);
      out.push_back(entry.envelope);
    }
  };
  const auto statement = [](const ledger::CheckedTx& tx) { return tx.is_statement(); };
  const auto rights = [](const ledger::CheckedTx& tx) {
    return tx.operation->rule().lane() == spec::LANE_RIGHTS;
  };
  pass(statement, {params.block_bytes / 4, params.block_cost / 2});
  pass(rights, {params.block_bytes / 8, params.block_cost});
  pass([](const ledger::CheckedTx& tx) { return !tx.is_statement(); },
       {params.block_bytes, params.block_cost});
  return out;
}

void Mempool::erase(std::map<base::TxId, Entry>::iterator at) {
  const ledger::CheckedTx& tx = at->second.tx;
  if (!tx.is_statement()) {
    const auto account = by_account_.find(tx.sender);
    account->second.erase(tx.nonce);
    if (account->second.empty()) by_account_.erase(account);
  }
  bytes_ -= at->second.envelope.size();
  arrivals_.erase(at->second.order);
  entries_.erase(at);
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
  // Nonces that another transaction has used, statements and expiries whose time is over.
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto here = at++;
    const ledger::CheckedTx& tx = here->second.tx;
    const bool stale = tx.is_statement() ? !core_.admit(tx).ok()
                                         : (touched.contains(tx.sender) &&
                                            tx.nonce < nonce_of(*view, tx.sender)) ||
                                               tx.valid_until <= block.height;
    if (stale) erase(here);
  }
}

}  // namespace wald::sequencer
