// SPDX-License-Identifier: Apache-2.0
// The forms `pool` and `staked` of economics.json (P-4 to P-12, X-3, X-4).
#include "codec/base/hash.h"
#include "tests/economics/case_world.h"

namespace wald::economics::cases {
namespace {

ObjectId object_of(const std::string& label) {
  return ObjectId(base::blake2b(base::as_bytes(label)).bytes());
}

class PoolWorld {
 public:
  void play(const json::object& op, json::object& values) {
    const std::string name = text(op.at("op"));
    if (name == "next_epoch") {
      settle_epoch();
      epoch_ = epoch_.next();
      next_chosen_ = false;
      due_ = true;
      return;
    }
    if (name == "select_committee") {
      next_chosen_ = true;
      return;
    }
    if (name == "advance") {
      if (!due_) throw Malformed("advance without next_epoch");
      step(amount(op.at("rewards")));
      return;
    }
    settle_epoch();
    if (!stake_op(name, op, values)) commission_op(name, op, values);
    if (!identities_hold(pool_)) throw Malformed("the pool's identities are broken");
  }

 private:
  // Each epoch is stepped once: with the rewards of `advance`, or with none.
  void settle_epoch() {
    if (due_) step(Amount());
  }

  void step(Amount reward) {
    StepInput input;
    input.into = epoch_;
    input.full = input.reward = reward;
    const StepOutcome out = accepted(pool_step(pool_, input, params_));
    if (out.mint) mints_[epoch_] = *out.mint;
    if (out.claim) claims_[epoch_] = *out.claim;
    due_ = false;
  }

  std::optional<Mint> mint_of(const Stake& stake) const {
    const auto found = mints_.find(stake.activation);
    if (found == mints_.end()) return std::nullopt;
    return found->second;
  }

  Stake& stake(const json::object& op, const char* key) {
    const auto found = stakes_.find(text(op.at(key)));
    if (found == stakes_.end()) throw Malformed("unknown stake " + text(op.at(key)));
    return found->second;
  }

  NodeView view(const json::object& op) const {
    NodeView node;
    node.in_current = flag(op, "in_cur");
    node.in_next = flag(op, "in_next");
    return node;
  }

  Moment now() const { return {epoch_, next_chosen_}; }

  bool stake_op(const std::string& name, const json::object& op, json::object& values) {
    if (name == "new_pool") {
      const auto rate = Bps::make(u64(op.at("commission_bp")));
      pool_.rate = accepted(rate);
    } else if (name == "stake") {
      const std::string label = text(op.at("id"));
      const NewStake request{object_of(label), amount(op.at("amount")), false};
      Stake made;
      made.id = request.id;
      made.principal = request.amount;
      made.activation = accepted(accept_stake(pool_, request, now(), NodeView(), params_));
      stakes_[label] = made;
    } else if (name == "request") {
      Stake& leaving = stake(op, "id");
      accepted(request_exit(pool_, leaving, mint_of(leaving), now(), view(op), params_));
    } else if (name == "withdraw") {
      take_out(op, values);
    } else if (name == "split") {
      Stake& whole = stake(op, "id");
      const std::string label = text(op.at("new"));
      stakes_[label] = accepted(split_stake(pool_, whole, mint_of(whole), amount(op.at("amount")),
                                            object_of(label), params_));
    } else if (name == "join") {
      Stake& into = stake(op, "id");
      const Stake& other = stake(op, "other");
      accepted(merge_stakes(pool_, into, mint_of(into), other, mint_of(other)));
      stakes_.erase(text(op.at("other")));
    } else {
      return false;
    }
    return true;
  }

  void take_out(const json::object& op, json::object& values) {
    Stake leaving = stake(op, "id");
    std::optional<Mint> mint = mint_of(leaving);
    std::optional<Claim> claim;
    const auto found = leaving.leaving ? claims_.find(leaving.leaving->exit) : claims_.end();
    if (found != claims_.end()) claim = found->second;
    const Withdrawal done =
        accepted(withdraw(pool_, leaving, mint, claim, now(), view(op), params_));
    if (mint) mints_[leaving.activation] = *mint;
    if (found != claims_.end()) {
      if (claim)
        found->second = *claim;
      else
        claims_.erase(found);
    }
    stakes_.erase(text(op.at("id")));
    if (op.contains("as")) values[op.at("as").as_string()] = dec(done.paid);
  }

  void commission_op(const std::string& name, const json::object& op, json::object& values) {
    const auto answer = [&op, &values](const json::value& value) {
      if (op.contains("as")) values[op.at("as").as_string()] = value;
    };
    if (name == "set_commission") {
      accepted(announce_rate(pool_, u64(op.at("bp")), epoch_, params_.step_max));
    } else if (name == "add_commission") {
      const Amount more = amount(op.at("amount"));
      if (flag(op, "block")) {
        accepted(add_to(pool_.escrow, epoch_, more));
      } else {
        pool_.free = accepted(pool_.free.plus(more));
      }
    } else if (name == "clear_blocked") {
      pool_.free = accepted(pool_.free.plus(escrow_total(pool_)));
      pool_.escrow.clear();
    } else if (name == "collect") {
      answer(json::string(dec(collect(pool_))));
    } else if (name == "burn_commission") {
      answer(json::string(dec(accepted(burn_commission(pool_)))));
    } else if (name == "observe") {
      answer(observed(text(op.at("what")), op));
    } else {
      throw Malformed("unknown op " + name);
    }
  }

  json::value observed(const std::string& what, const json::object& op) {
    if (what == "is_empty") {
      return pool_.vault.is_zero() && pool_.free.is_zero() && pool_.escrow.empty();
    }
    return json::string(number(what, op));
  }

  std::string number(const std::string& what, const json::object& op) {
    if (what == "wal_balance") return dec(pool_.active);
    if (what == "num_shares") return dec(pool_.shares);
    if (what == "wal_balance_at_epoch") {
      return dec(weight_at(pool_, epoch(op.at("epoch")), NodeView()));
    }
    if (what == "commission") return dec(accepted(escrow_total(pool_).plus(pool_.free)));
    if (what == "blocked") return dec(escrow_total(pool_));
    if (what == "commission_bp") return dec(pool_.rate);
    if (what == "activation_epoch") return dec(stake(op, "id").activation);
    if (what == "value") return dec(stake(op, "id").principal);
    if (what == "withdraw_epoch" && stake(op, "id").leaving) {
      return dec(stake(op, "id").leaving->exit);
    }
    throw Malformed("unknown observation " + what);
  }

  Params params_ = case_params();
  Pool pool_;
  Epoch epoch_;
  bool next_chosen_ = false;
  bool due_ = false;
  std::map<std::string, Stake> stakes_;
  std::map<Epoch, Mint> mints_;
  std::map<Epoch, Claim> claims_;
};

// Stakes without a pool behind them: dates and principal only (P-12).
class StakedWorld {
 public:
  void play(const json::object& op, json::object& values) {
    const std::string name = text(op.at("op"));
    if (name == "mint") {
      Stake made;
      made.id = object_of(text(op.at("id")));
      made.node = NodeId(base::blake2b(base::as_bytes(text(op.at("node")))).bytes());
      made.principal = amount(op.at("amount"));
      made.activation = epoch(op.at("activation"));
      stakes_[text(op.at("id"))] = made;
    } else if (name == "split") {
      const std::string label = text(op.at("new"));
      stakes_[label] = accepted(split_stake(pool_, stake(op, "id"), std::nullopt,
                                            amount(op.at("amount")), object_of(label), params_));
    } else if (name == "join") {
      accepted(
          merge_stakes(pool_, stake(op, "id"), std::nullopt, stake(op, "other"), std::nullopt));
      stakes_.erase(text(op.at("other")));
    } else if (name == "set_withdrawing") {
      stake(op, "id").leaving = Leaving{epoch(op.at("epoch")), Ppm()};
    } else if (name == "observe") {
      values[op.at("as").as_string()] = json::string(observed(op));
    } else {
      throw Malformed("unknown op " + name);
    }
  }

 private:
  Stake& stake(const json::object& op, const char* key) {
    const auto found = stakes_.find(text(op.at(key)));
    if (found == stakes_.end()) throw Malformed("unknown stake " + text(op.at(key)));
    return found->second;
  }

  std::string observed(const json::object& op) {
    const Stake& seen = stake(op, "id");
    const std::string what = text(op.at("what"));
    if (what == "value") return dec(seen.principal);
    if (what == "activation_epoch") return dec(seen.activation);
    if (what == "withdraw_epoch" && seen.leaving) return dec(seen.leaving->exit);
    throw Malformed("unknown observation " + what);
  }

  Params params_ = case_params();
  Pool pool_;
  std::map<std::string, Stake> stakes_;
};

}  // namespace

Params case_params() {
  Params params;
  params.shift_bps = 0;
  params.step_max = 10'000;
  params.fund_cap = 0;
  params.reserve_bps = 0;
  return params;
}

CaseAnswer pool_case(const json::object& input) {
  PoolWorld world;
  return play_ops(world, input.at("ops").as_array());
}

CaseAnswer staked_case(const json::object& input) {
  StakedWorld world;
  return play_ops(world, input.at("ops").as_array());
}

}  // namespace wald::economics::cases
