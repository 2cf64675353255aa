// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/first.h"

#include "economics/stakes.h"
#include "ledger/epoch/market.h"
#include "ledger/epoch/pools.h"
#include "ledger/epoch/select.h"
#include "ledger/epoch/sync.h"
#include "ledger/nodes.h"
#include "ledger/signing.h"
#include "ledger/vesting.h"

namespace wald::ledger::epoch {
namespace {

using Done = base::Result<void, GenesisError>;

base::Err<GenesisError> wrong(std::string field, std::string message) {
  return base::Err<GenesisError>{GenesisError{std::move(field), std::move(message)}};
}

// The name of a code and the field of a registration it is about.
base::Err<GenesisError> refused(const std::string& node, const Refused& refusal) {
  const auto at = refusal.facts.find("field");
  const std::string field = at == refusal.facts.end() ? "" : "." + at->second;
  return wrong(node + ".registration" + field, spec::Code_Name(refusal.code));
}

// Stakes of the document become objects in its order, then vestings (T-2).
struct Build {
  Overlay& state;
  const base::ChainId& chain;
  const Params& params;
  Coin& money;
  std::uint32_t objects = 0;

  base::ObjectId new_object() { return object_id(base::TxId(chain.bytes()), objects++); }
};

Done add_stake(Build& build, const base::NodeId& id, const NodeRecord& node,
               const spec::GenesisStake& given, const std::string& field) {
  const auto owner = base::AccountId::from(base::as_bytes(given.owner()));
  if (!exists(build.state, kAccounts, owner)) return wrong(field + ".owner", "no such account");
  if (given.bond() && owner != node.operator_account && owner != node.commission_account)
    return wrong(field + ".bond", "must belong to the operator or commission account");
  if (given.amount() > build.money.amount().value())
    return wrong(field + ".amount", "the amounts exceed the supply");
  economics::Stake stake;
  stake.id = build.new_object();
  stake.owner = owner;
  stake.node = id;
  stake.principal = Amount::of(given.amount());
  stake.bond = given.bond();
  OpenPool open = open_pool(build.state, id);
  const auto activation =
      economics::accept_stake(open.figures, {stake.id, stake.principal, stake.bond},
                              {base::Epoch(0), false}, {}, build.params.economics);
  if (activation.ok()) open.money.add(build.money.split(stake.principal));
  close_pool(build.state, id, std::move(open));
  if (!activation.ok())
    return wrong(field, std::string(economics::refusal_name(activation.error())));
  stake.activation = activation.value();
  save(build.state, kStakes, stake, stake.id);
  save(build.state, kOwned, OwnedRecord(), owner, stake.id);
  return {};
}

Done add_node(Build& build, const spec::GenesisNode& given, const std::string& field) {
  const auto operator_account = base::AccountId::from(base::as_bytes(given.operator_()));
  if (!exists(build.state, kAccounts, operator_account))
    return wrong(field + ".operator", "no such account");
  const auto registration = parse_registration(given.registration(), operator_account);
  if (!registration.ok()) return refused(field, registration.error());
  const base::Epoch first(1);
  const auto checked = check_registration(build.state, build.params, *registration,
                                          {base::ChainId(), base::Epoch(0), first});
  if (!checked.ok()) return refused(field, checked.error());
  if (given.deposit() != build.params.node_deposit)
    return wrong(field + ".deposit",
                 "must be node_deposit, " + std::to_string(build.params.node_deposit));
  if (given.deposit() > build.money.amount().value())
    return wrong(field + ".deposit", "the amounts exceed the supply");
  const base::NodeId id = install_node(
      build.state, *registration, build.money.split(Amount::of(given.deposit())), first, first);
  const NodeRecord node = must_load(build.state, kNodes, id);
  for (int i = 0; i < given.stakes_size(); ++i)
    TRY(add_stake(build, id, node, given.stakes(i), field + ".stakes[" + std::to_string(i) + "]"));
  return {};
}

// T-3 from the start: nobody paid for it, so nothing but the object comes of it.
Done add_vesting(Build& build, const spec::GenesisVesting& given, const std::string& field) {
  VestingRecord record;
  record.beneficiary = base::AccountId::from(base::as_bytes(given.beneficiary()));
  record.start = base::TimeMs(given.start());
  record.cliff = base::TimeMs(given.cliff());
  record.end = base::TimeMs(given.end());
  record.steps = given.steps();
  if (!exists(build.state, kAccounts, record.beneficiary))
    return wrong(field + ".beneficiary", "no such account");
  if (given.amount() == 0) return wrong(field + ".amount", "must not be 0");
  if (given.amount() > build.money.amount().value())
    return wrong(field + ".amount", "the amounts exceed the supply");
  if (record.steps == 0) return wrong(field + ".steps", "must be at least 1");
  if (record.end <= record.start) return wrong(field + ".end", "must lie behind start");
  if (!is_schedule(record)) return wrong(field + ".cliff", "must lie between start and end");
  record.total = Noted(Amount::of(given.amount()));
  record.locked.put(build.money.split(record.total.amount()));
  const base::ObjectId id = build.new_object();
  save(build.state, kVestings, record, id);
  save(build.state, kOwned, OwnedRecord(), record.beneficiary, id);
  return {};
}

// P-5 into epoch 1 with reward 0: the stakes count.
void mint_stakes(Overlay& state, const Params& params) {
  for (const auto& [id, node] : on_roll(state)) {
    OpenPool open = open_pool(state, id);
    economics::StepInput input;
    input.into = base::Epoch(1);
    const auto outcome = economics::pool_step(open.figures, input, params.economics);
    WALD_CHECK(outcome.ok());  // stakes are within the supply
    keep_rates(state, id, input.into, *outcome);
    open.stepped = input.into;
    close_pool(state, id, std::move(open));
  }
}

Done open_first_epoch(Build& build, ChainRecord& chain) {
  const base::Epoch first(1);
  mint_stakes(build.state, build.params);
  const Choice choice = choose(build.state, build.chain, build.params, first, {}, {});
  if (choice.committee.members.empty()) return wrong("nodes", "no candidate for a committee");
  save(build.state, kCommittees, choice.committee, first);
  for (const CommitteeMember& member : choice.committee.members) {
    NodeRecord node = must_load(build.state, kNodes, member.node);
    node.last_seat = first;
    save(build.state, kNodes, node, member.node);
  }
  chain.clock.epoch = first;
  chain.clock.length = build.params.epoch_length;
  const MarketChange market = revise_market(build.state, first, build.params);
  WALD_CHECK(market.after.priced);
  chain.clock.synced = false;  // everybody gained its shards
  start_sync(build.state, first);
  return {};
}

}  // namespace

base::Result<void, GenesisError> first(Overlay& state, const base::ChainId& chain_id,
                                       const Params& params, const spec::Genesis& document,
                                       Coin& money) {
  ChainRecord chain = must_load(state, kChain);
  chain.clock.start = base::TimeMs(document.start_ms());
  chain.clock.next_length = params.epoch_length;  // fixed by the selection
  MarketRecord market;
  market.storage_price = Noted(Amount::of(100'000));
  market.write_price = Noted(Amount::of(20'000));
  save(state, kMarket, market);
  save(state, kIndexTop, IndexTop());
  const bool with_nodes = document.nodes_size() > 0;
  widen_ring(state, base::Epoch(with_nodes ? 1 : 0), params.economics.horizon);

  if (static_cast<std::uint64_t>(document.nodes_size()) > params.pools_max)
    return wrong("nodes", "more than pools_max");
  Build build{state, chain_id, params, money};
  for (int i = 0; i < document.nodes_size(); ++i)
    TRY(add_node(build, document.nodes(i), "nodes[" + std::to_string(i) + "]"));
  for (int i = 0; i < document.vestings_size(); ++i)
    TRY(add_vesting(build, document.vestings(i), "vestings[" + std::to_string(i) + "]"));
  if (with_nodes) {
    TRY(open_first_epoch(build, chain));
  } else {
    chain.clock.length = params.epoch_zero;
    chain.clock.sync_closed = true;  // no committee, nothing to hand over
  }
  save(state, kChain, chain);
  return {};
}

}  // namespace wald::ledger::epoch
