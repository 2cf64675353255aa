// SPDX-License-Identifier: Apache-2.0
// I4: vault = active value + money of open claims + principal that waits + principal returned,
// exactly; and the pool's totals of claims and returned principal are those of the keyed records.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Vault final : public LawOf<Vault> {
 public:
  std::string_view id() const override { return "I4"; }
  bool wants(std::uint8_t table) const override {
    return table == kRates.prefix || table == kPools.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    if (table == kRates.prefix) {
      count(id_at<base::NodeId>(key), decoded<RateRecord>(after), 1);
      count(id_at<base::NodeId>(key), decoded<RateRecord>(before), -1);
    } else if (table == kPools.prefix) {
      const auto node = id_at<base::NodeId>(key);
      const auto now = decoded<PoolRecord>(after);
      total(node, now, 1);
      total(node, decoded<PoolRecord>(before), -1);
      if (!now) return;
      ++seen_;
      Sum parts = frost(now->active) + frost(now->claimed) + frost(now->returned);
      for (const auto& [epoch, amount] : now->pend) parts += frost(amount);
      if (parts != frost(now->vault.amount()))
        note("the vault of " + shown(node.view()) + " holds " + shown(frost(now->vault.amount())) +
             " FROST and its parts come to " + shown(parts));
    }
  }

  std::optional<std::string> verdict(const Delta&) override {
    for (const auto& [node, keyed] : keyed_)
      if (keyed.claims != 0 || keyed.returned != 0)
        note("claims of " + shown(node.view()) + " differ by " + shown(keyed.claims) +
             " FROST from the pool's total, returned principal by " + shown(keyed.returned));
    return broken_;
  }

 private:
  struct Keyed {  // records less the totals of the pool
    Sum claims = 0;
    Sum returned = 0;
  };
  void count(const base::NodeId& node, const std::optional<RateRecord>& record, int sign) {
    if (!record) return;
    keyed_[node].claims += sign * frost(record->claim_money);
    keyed_[node].returned += sign * frost(record->returned);
  }
  void total(const base::NodeId& node, const std::optional<PoolRecord>& pool, int sign) {
    if (!pool) return;
    keyed_[node].claims -= sign * frost(pool->claimed);
    keyed_[node].returned -= sign * frost(pool->returned);
  }
  void note(std::string sentence) {
    if (!broken_) broken_ = std::move(sentence);
  }

  std::map<base::NodeId, Keyed> keyed_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> vault() { return std::make_unique<Vault>(); }

}  // namespace wald::ledger::laws
