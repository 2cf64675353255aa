// SPDX-License-Identifier: Apache-2.0
// I30: each transaction that pays a fee uses up exactly one nonce of its account, and no other
// thing does; ids are unique; the keys of an account, once there, stay.
#include <set>

#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Nonces final : public Law {
 public:
  std::string_view id() const override { return "I30"; }

  void visit(std::uint8_t table, base::ByteView key, const base::Bytes* before,
             const base::Bytes* after) override {
    if (table != kAccounts.prefix) return;
    const auto was = decoded<AccountRecord>(before);
    const auto now = decoded<AccountRecord>(after);
    const auto id = id_at<base::AccountId>(key);
    ++seen_;
    if (was && (!now || (!was->policy.empty() && was->policy != now->policy)))
      broken_ = "the keys of account " + shown(id.view()) + " changed or the account ended";
    const Sum used = (now ? Sum{now->nonce} : 0) - (was ? Sum{was->nonce} : 0);
    if (used != 0) used_[id] = used;
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_ || delta.scope == Scope::kState) return broken_;
    std::map<base::AccountId, Sum> paid;
    std::set<std::string> ids;
    for (const auto& event : delta.events) {
      if (!event.has_account_fee_charged()) continue;
      ++paid[base::AccountId::from(base::as_bytes(event.account_fee_charged().account()))];
      if (!ids.insert(event.tx()).second)
        return "transaction " + shown(base::as_bytes(event.tx())) + " was executed twice";
    }
    for (const auto& [account, count] : used_) paid[account] -= count;
    for (const auto& [account, rest] : paid)
      if (rest != 0)
        return "account " + shown(account.view()) + " paid " + shown(rest) +
               " fees more than it used nonces";
    return std::nullopt;
  }

 private:
  std::map<base::AccountId, Sum> used_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> nonces() { return std::make_unique<Nonces>(); }

}  // namespace wald::ledger::laws
