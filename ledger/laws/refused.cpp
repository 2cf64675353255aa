// SPDX-License-Identifier: Apache-2.0
// I34: a rejected transaction leaves its fee and its nonce and nothing else: the sender's balance,
// the running slot and the burned fees change by exactly that.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class RefusedLaw final : public LawOf<RefusedLaw> {
 public:
  std::string_view id() const override { return "I34"; }
  bool judges(Scope scope) const override { return scope == Scope::kRefused; }
  bool wants(std::uint8_t) const override { return true; }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    ++seen_;
    if (table == kAccounts.prefix && before && after) {
      accounts_[id_at<base::AccountId>(key)] = {*decoded<AccountRecord>(before),
                                                *decoded<AccountRecord>(after)};
    } else if (table == kRing.prefix && before && after) {
      slots_[epoch_at(key)] = {*decoded<RingSlot>(before), *decoded<RingSlot>(after)};
    } else if (table != kSupply.prefix) {
      ++others_;
      table_ = table;
    }
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (others_ != 0)
      return std::to_string(others_) + " records of a rejected transaction stay, one in table " +
             std::to_string(table_);
    if (delta.events.size() != 1 || !delta.events[0].has_account_fee_charged())
      return std::to_string(delta.events.size()) + " events of a rejected transaction stay";
    const auto& fee = delta.events[0].account_fee_charged();
    const auto sender = base::AccountId::from(base::as_bytes(fee.account()));
    const base::Epoch epoch = must_load(delta.after, kChain).clock.epoch;
    if (accounts_.size() != 1 || accounts_.begin()->first != sender || !pays(fee.fee()))
      return "a rejected transaction changed more than the fee of " + shown(sender.view());
    // A fee of one FROST is burned whole and reaches no slot.
    const Sum kept = Sum{fee.fee()} - Sum{fee.burned()};
    if (slots_.size() > 1 || (slots_.empty() && kept != 0) ||
        (!slots_.empty() && (slots_.begin()->first != epoch || !keeps(kept))))
      return "a rejected transaction changed more of the ring than " + shown(kept) + " FROST";
    return std::nullopt;
  }

 private:
  template <class R>
  struct Pair {
    R was;
    R now;
  };
  bool pays(std::uint64_t fee) const {
    const auto& [was, now] = accounts_.begin()->second;
    return now.nonce == was.nonce + 1 &&
           frost(was.balance.amount()) - frost(now.balance.amount()) == Sum{fee} &&
           (was.policy.empty() || was.policy == now.policy);
  }
  bool keeps(Sum kept) const {
    const auto& [was, now] = slots_.begin()->second;
    return was.used == now.used && was.sold == now.sold &&
           frost(now.money.amount()) - frost(was.money.amount()) == kept;
  }

  std::map<base::AccountId, Pair<AccountRecord>> accounts_;
  std::map<base::Epoch, Pair<RingSlot>> slots_;
  std::uint64_t others_ = 0;
  std::uint8_t table_ = 0;
};

}  // namespace

std::unique_ptr<Law> refused() { return std::make_unique<RefusedLaw>(); }

}  // namespace wald::ledger::laws
