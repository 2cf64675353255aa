// SPDX-License-Identifier: Apache-2.0
// The way out of a stake, by the functions that would go it, on copies (P-8, P-9, X-1).
#include "economics/penalties.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/stakes.h"

namespace wald::ledger::queries {
namespace {

struct Asked {
  economics::Stake stake;
  economics::Pool pool;
  std::optional<economics::Mint> mint;
  economics::StakeState state;
  economics::Moment now;
  economics::NodeView view;
};

std::string_view word_of(economics::StakeState state) {
  switch (state) {
    case economics::StakeState::kPending:
      return "pending";
    case economics::StakeState::kActive:
      return "active";
    case economics::StakeState::kBond:
      return "bond";
    case economics::StakeState::kReturned:
      return "returned";
  }
  WALD_CHECK(false);
  return {};
}

// What its shares are worth at the rate that stands; of one that is not at work its principal.
economics::Outcome<Amount> value_of(const Asked& asked) {
  const bool works =
      asked.state == economics::StakeState::kActive || asked.state == economics::StakeState::kBond;
  if (!works) return asked.stake.principal;
  WALD_CHECK(asked.stake.minted.has_value());  // it was settled
  TRY_ASSIGN(const economics::Shares own,
             economics::lift(asked.stake.minted->own, asked.stake.minted->scale, asked.pool.scale));
  return economics::to_frost(own, economics::running_rate(asked.pool));
}

// The part that leaves, split off as RequestExit does it.
base::Result<Asked, Refused> ask(const Reader& state, const economics::Stake& record,
                                 std::optional<std::uint64_t> amount, const Params& params) {
  if (exists(state, kQuarantine, record.node))
    return base::Err{Refused{spec::POOL_QUARANTINED, {}}};
  Asked out{record,
            peek_pool(state, record.node),
            mint_of(state, record.node, record.activation),
            economics::StakeState::kPending,
            moment(state),
            node_view(state, record.node)};
  out.state = economics::stake_state(record, out.pool, out.mint);
  const auto settled = economics::current(record, out.pool, out.mint);
  if (!settled.ok()) return base::Err{from_economics(settled.error())};
  out.stake = *settled;
  const std::uint64_t whole = out.stake.principal.value();
  if (!amount || *amount == whole) return out;
  if (*amount == 0 || *amount > whole) return base::Err{Refused{spec::BAD_AMOUNT, {}}};
  auto part = economics::split_stake(out.pool, out.stake, out.mint, Amount::of(*amount),
                                     base::ObjectId(), params.economics);
  if (!part.ok()) return base::Err{from_economics(part.error())};
  WALD_CHECK(part->principal.value() == *amount);
  out.stake = *part;
  return out;
}

void fill_money(Amount gross, Amount fee, spec::WayOut& out) {
  WALD_CHECK(fee <= gross);
  out.set_value_now(gross.value());
  out.set_fee_now(fee.value());
  out.set_paid_now(gross.value() - fee.value());
}

// At once, as WithdrawStake would pay it.
base::Result<void, Refused> direct(const Asked& asked, const Params& params, spec::WayOut& out) {
  economics::Stake stake = asked.stake;
  economics::Pool pool = asked.pool;
  auto mint = asked.mint;
  std::optional<economics::Claim> claim;
  const auto paid =
      economics::withdraw(pool, stake, mint, claim, asked.now, asked.view, params.economics);
  if (!paid.ok()) return base::Err{from_economics(paid.error())};
  WALD_CHECK(paid->way == economics::Withdrawal::Way::kDirect);
  const economics::DirectFee fee =
      economics::direct_fee(asked.state, paid->gross, asked.now.epoch, asked.stake.activation,
                            params.economics.shift_bps, params.economics.shift_epochs);
  WALD_CHECK(fee.fee == paid->fee);
  out.set_path("direct");
  fill_money(paid->gross, paid->fee, out);
  out.set_fee_ppm(fee.ppm.value());
  if (asked.state == economics::StakeState::kActive)
    out.set_age(base::narrow<std::uint32_t>(
        economics::direct_age(asked.now.epoch, asked.stake.activation)));
  return {};
}

base::Result<void, Refused> by_request(const Asked& asked, const economics::Leaving& way,
                                       spec::WayOut& out) {
  const auto value = value_of(asked);
  if (!value.ok()) return base::Err{from_economics(value.error())};
  out.set_path("request");
  fill_money(*value, economics::shift_fee(*value, way.fee), out);
  out.set_fee_ppm(way.fee.value());
  WALD_CHECK(way.exit > asked.stake.activation);
  out.set_age(way.exit.value() - asked.stake.activation.value());
  return {};
}

void fill_inputs(const Asked& asked, const Params& params, spec::WayOut& out) {
  out.set_stake(text_of(asked.stake.id));
  out.set_node(text_of(asked.stake.node));
  out.set_amount(asked.stake.principal.value());
  out.set_state(std::string(word_of(asked.state)));
  out.set_activation(asked.stake.activation.value());
  out.set_in_current(asked.view.in_current);
  out.set_in_next(asked.view.in_next);
  out.set_zero_from(asked.stake.activation.value() +
                    base::narrow<std::uint32_t>(params.economics.shift_epochs));
  for (const char* rule : {"P-9", "X-1"}) out.add_rules(rule);
  if (asked.state == economics::StakeState::kBond) out.add_rules("P-12");
}

}  // namespace

base::Result<spec::WayOut, Refused> estimate_exit(const Reader& state, const base::ObjectId& id,
                                                  std::optional<std::uint64_t> amount) {
  const auto record = load(state, kStakes, id);
  if (!record) return base::Err{Refused{spec::UNKNOWN_OBJECT, {}}};
  const Params params = load_params(state);
  TRY_ASSIGN(const Asked asked, ask(state, *record, amount, params));
  spec::WayOut out;
  fill_inputs(asked, params, out);
  out.set_stake(text_of(id));  // also where a part of it was asked about
  economics::Stake stake = asked.stake;
  economics::Pool pool = asked.pool;
  const auto way =
      economics::request_exit(pool, stake, asked.mint, asked.now, asked.view, params.economics);
  base::Epoch exit = asked.now.epoch;
  if (way.ok()) {
    TRY(by_request(asked, way.value(), out));
    exit = way->exit;
  } else if (way.error() == economics::Refusal::kUseDirectExit) {
    TRY(direct(asked, params, out));
  } else {
    return base::Err{from_economics(way.error())};
  }
  const ChainRecord chain = must_load(state, kChain);
  out.mutable_exit()->set_epoch(exit.value());
  out.mutable_exit()->set_time(exit > asked.now.epoch ? start_of(chain.clock, exit)
                                                      : chain.time.value());
  return out;
}

}  // namespace wald::ledger::queries
