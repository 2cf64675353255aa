// SPDX-License-Identifier: Apache-2.0
// A small world for tests of pools: nodes, stakes, funds and everything outside them, so that every
// FROST is somewhere. Calls return what the rules return; a refused call changes nothing, and after
// each accepted one the laws hold or `broken` says which does not.
#pragma once

#include <map>
#include <set>
#include <string>

#include "economics/boundary.h"
#include "economics/stakes.h"

namespace wald::economics::tests {

inline NodeId node_id(std::uint8_t number) {
  std::array<std::uint8_t, 32> bytes{};
  bytes[31] = number;
  return NodeId(bytes);
}
inline AccountId account_id(std::uint8_t number) { return AccountId(node_id(number).bytes()); }
inline constexpr Amount wal(std::uint64_t count) { return Amount::of(count * kFrostPerWal); }
inline constexpr Amount frost(std::uint64_t count) { return Amount::of(count); }

struct Due {
  Amount full;
  Amount reward;
  Amount fine;
  std::vector<AccountId> holders;
};

class PoolWorld {
 public:
  struct Node {
    Pool pool;
    bool leaving = false;
    bool left = false;
  };

  explicit PoolWorld(std::uint8_t nodes);

  // Chooses who sits in the next committee; without a call the present one stays.
  void choose(std::set<NodeId> members) { chosen_ = std::move(members); }
  void set_committee(std::set<NodeId> members) { current_ = std::move(members); }
  std::map<NodeId, Stepped> step(const std::map<NodeId, Due>& dues = {});

  Outcome<ObjectId> stake(NodeId node, Amount amount, bool bond = false, std::uint8_t owner = 1);
  Outcome<Leaving> request(ObjectId id);
  Outcome<Withdrawal> withdraw_stake(ObjectId id);
  Outcome<ObjectId> split(ObjectId id, Amount amount);
  Outcome<void> merge(ObjectId id, ObjectId other);
  Outcome<void> give(ObjectId id, std::uint8_t owner);
  Outcome<Moved> move(ObjectId id, NodeId to);
  Outcome<Charge> charge(NodeId node, Amount amount, Amount limit);
  Outcome<Left> leave_for_good(NodeId node);

  Node& at(NodeId id) { return nodes_.at(id); }
  Pool& pool(std::uint8_t number) { return nodes_.at(node_id(number)).pool; }
  Stake seen(ObjectId id) const;
  bool has(ObjectId id) const { return stakes_.count(id) != 0; }
  const std::map<ObjectId, Stake>& stakes() const { return stakes_; }
  NodeView view(NodeId id) const;
  Moment now() const { return {epoch, chosen_.has_value()}; }
  std::optional<Mint> mint_of(const Stake& stake) const;

  // Empty, or the first law that does not hold.
  std::string broken() const;

  Params params;
  Funds funds;
  Epoch epoch;
  Amount outside;  // all money that is in no pool and no fund

 private:
  using Key = std::pair<NodeId, Epoch>;
  ObjectId new_id();
  void book(const Withdrawal& done);
  void pay_out(Amount x);
  std::string broken_pool(NodeId id, const Node& node) const;

  std::map<NodeId, Node> nodes_;
  std::map<ObjectId, Stake> stakes_;
  std::map<Key, Mint> mints_;
  std::map<Key, Claim> claims_;
  std::set<NodeId> current_;
  std::optional<std::set<NodeId>> chosen_;
  std::uint32_t next_id_ = 0;
};

}  // namespace wald::economics::tests
