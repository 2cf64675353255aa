// SPDX-License-Identifier: Apache-2.0
// A small ledger for histories: pools, stakes, ring, funds and committees in maps, moved by nothing
// but the pure functions of economics/. One History plays one history of a file; each call of
// `play` answers an operation or throws Refused. What a function refuses leaves no trace, as in the
// ledger.
#pragma once

#include <map>
#include <set>

#include "economics/boundary.h"
#include "economics/committee.h"
#include "economics/stakes.h"
#include "tests/economics/json_case.h"

namespace wald::economics::cases {

struct NodeRecord {
  Pool pool;
  bool leaving = false;
  bool left = false;
  bool barred = false;
  std::uint64_t storage_vote = 0;
  std::uint64_t write_vote = 0;
  std::uint64_t capacity_vote = 0;
};

class History {
 public:
  explicit History(const json::object& form);

  json::object play(const json::object& op);
  json::object state(bool with_market) const;

  // Laws after each operation: empty, or the first that is broken.
  std::string broken_law() const;

 private:
  using Key = std::pair<NodeId, Epoch>;

  // history.cpp
  NodeRecord& node(const json::value& id);
  Stake& stake(const json::value& label);
  NodeView view(NodeId id) const;
  Moment now() const { return {epoch_, chosen_.has_value()}; }
  std::optional<Mint> mint_of(const Stake& stake) const;
  void store_mint(const Stake& stake, const std::optional<Mint>& mint);
  ObjectId object(const std::string& label);
  AccountId owner(const std::string& label);
  json::object pool_state(NodeId id, const NodeRecord& record) const;
  json::value bond_state(const Pool& pool) const;

  // history_stakes.cpp
  json::object op_stake(const json::object& op);
  json::object op_request(const json::object& op);
  json::object op_withdraw(const json::object& op);
  json::object op_split(const json::object& op);
  json::object op_merge(const json::object& op);
  json::object op_give(const json::object& op);
  json::object op_move(const json::object& op);
  json::object op_observe(const json::object& op);
  void book(const Withdrawal& done);
  json::object paid_form(const Withdrawal& done) const;

  // history_pools.cpp
  json::object op_rate(const json::object& op);
  json::object op_collect(const json::object& op);
  json::object op_ballot(const json::object& op);
  json::object op_slash(const json::object& op);
  json::object op_charge(const json::object& op);
  json::object op_flag(const json::object& op);
  json::object op_left(const json::object& op);
  json::object op_value(const json::object& op);
  json::object op_lost(const json::object& op);
  json::object op_restored(const json::object& op);
  json::object charge_form(const Charge& charge) const;
  void close_bond(const Charge& charge);

  // history_epochs.cpp
  json::object op_choose(const json::object& op);
  json::object op_select(const json::object& op);
  json::object op_step(const json::object& op);
  json::object op_close(const json::object& op);
  json::object op_buy(const json::object& op);
  json::object op_write(const json::object& op);
  json::object op_topup(const json::object& op);
  json::object op_subsidise(const json::object& op);
  json::object op_vote(const json::object& op);
  void step_all(std::map<NodeId, PoolTurn>& turns, Amount unspent, json::object& answer);
  void keep_records(NodeId id, const StepOutcome& out);
  void open_committee();
  std::map<NodeId, PoolTurn> turns() const;

  Params params_;
  std::uint16_t shards_ = 0;
  Amount genesis_;
  Epoch epoch_;
  Funds funds_;
  Ring ring_;
  Market market_;
  bool no_committee_yet_ = true;
  std::map<NodeId, NodeRecord> nodes_;
  std::map<std::string, Stake> stakes_;
  std::map<Key, Mint> mints_;
  std::map<Key, Claim> claims_;
  std::map<std::uint64_t, Amount> earmarks_;
  std::set<NodeId> members_;
  std::optional<std::set<NodeId>> chosen_;
  Assignment seats_;         // of the committee of the running epoch
  Assignment chosen_seats_;  // of the next, once selected
  std::map<ObjectId, std::string> labels_;
  std::map<AccountId, std::string> owners_;
};

// A case of a pure function: its answer, or Refused; Malformed for an unknown fn.
json::object call_function(const std::string& fn, const json::object& in);

}  // namespace wald::economics::cases
