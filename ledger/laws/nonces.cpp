// SPDX-License-Identifier: Apache-2.0
// I30: each transaction that pays a fee uses up exactly one nonce of its account, and no other
// thing does; ids are unique; the keys of an account, once there, change by SetKeys alone, and into
// those that account.keysChanged names.
#include <algorithm>
#include <map>

#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Nonces final : public LawOf<Nonces> {
 public:
  std::string_view id() const override { return "I30"; }
  bool wants(std::uint8_t table) const override { return table == kAccounts.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    const auto was = account_in(before);
    const auto now = account_in(after);
    const auto id = id_at<base::AccountId>(key);
    ++seen_;
    if (was && !now) broken_ = "account " + shown(id.view()) + " ended";
    if (was && now && !was->policy.empty() && !base::equal(was->policy, now->policy))
      changed_[id] = base::Bytes(now->policy.begin(), now->policy.end());
    const Sum used = (now ? Sum{now->nonce} : 0) - (was ? Sum{was->nonce} : 0);
    if (used != 0) rest_.emplace_back(id, -used);
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_ || delta.scope == Scope::kState) return broken_;
    std::map<base::AccountId, base::Bytes> announced;
    for (const auto& event : delta.events) {
      if (event.has_account_keys_changed()) {
        const auto& keys = event.account_keys_changed();
        const auto policy = base::as_bytes(keys.policy());
        announced[base::AccountId::from(base::as_bytes(keys.account()))] =
            base::Bytes(policy.begin(), policy.end());
      }
      if (!event.has_account_fee_charged()) continue;
      rest_.emplace_back(
          base::AccountId::from(base::as_bytes(event.account_fee_charged().account())), 1);
      ids_.emplace_back(event.tx());
    }
    for (const auto& [account, policy] : changed_) {
      const auto named = announced.find(account);
      if (named == announced.end() || named->second != policy)
        return "the keys of account " + shown(account.view()) + " changed without a word";
    }
    std::sort(ids_.begin(), ids_.end());
    const auto twice = std::adjacent_find(ids_.begin(), ids_.end());
    if (twice != ids_.end())
      return "transaction " + shown(base::as_bytes(*twice)) + " was executed twice";
    std::sort(rest_.begin(), rest_.end());
    for (auto at = rest_.begin(); at != rest_.end();) {
      const base::AccountId account = at->first;
      Sum rest = 0;
      for (; at != rest_.end() && at->first == account; ++at) rest += at->second;
      if (rest != 0)
        return "account " + shown(account.view()) + " paid " + shown(rest) +
               " fees more than it used nonces";
    }
    return std::nullopt;
  }
  void clear() {
    rest_.clear();
    ids_.clear();
    changed_.clear();
    broken_.reset();
  }

 private:
  std::vector<std::pair<base::AccountId, Sum>> rest_;  // fees paid less nonces used
  std::vector<std::string_view> ids_;                  // of transactions that paid
  std::map<base::AccountId, base::Bytes> changed_;     // policies that were replaced
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> nonces() { return std::make_unique<Nonces>(); }

}  // namespace wald::ledger::laws
