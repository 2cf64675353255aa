// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/propose.h"

#include <algorithm>

#include "codec/base/hash.h"
#include "ledger/accounts.h"
#include "ledger/ballots.h"
#include "ledger/duties.h"
#include "ledger/epoch/dry_run.h"
#include "ledger/epoch/upgrades.h"
#include "ledger/gov.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {
namespace {

Parsed<Payment> parse_payment(const spec::TreasurySubject& message) {
  Payment payment;
  payment.fund = message.fund();
  TRY_ASSIGN(payment.payee, id_field<base::AccountId>(message.payee(), "treasury.payee"));
  TRY_ASSIGN(const Amount amount, amount_field(message.amount(), "treasury.amount"));
  payment.amount = Noted(amount);
  if (!message.has_vesting()) return payment;
  const spec::VestingTerms& terms = message.vesting();
  payment.terms = PaymentTerms{base::TimeMs(terms.start()), base::TimeMs(terms.cliff()),
                               base::TimeMs(terms.end()), terms.steps()};
  return payment;
}

Parsed<UpgradePlan> parse_upgrade(const spec::UpgradeSubject& message) {
  UpgradePlan plan;
  plan.version = message.version();
  plan.activation = base::Epoch(message.activation());
  plan.urgent = message.urgent();
  for (const auto& hash : message.binaries()) {
    TRY_ASSIGN(const auto binary, id_field<base::Hash>(hash, "upgrade.binaries"));
    plan.binaries.push_back(binary);
  }
  // An urgent one has its time, the others their epoch.
  if (plan.urgent == (message.activation() != 0)) return malformed("upgrade.activation");
  return plan;
}

Parsed<BallotSubject> parse_subject(const spec::Propose& message) {
  BallotSubject subject;
  if (int{message.has_parameter()} + int{message.has_slash()} + int{message.has_treasury()} +
          int{message.has_upgrade()} + int{message.has_deny_list()} >
      1)
    return malformed("parameter");
  if (message.has_parameter()) {
    subject.kind = BallotKind::kParameter;
    for (const auto& change : message.parameter().values())
      subject.values.push_back({change.name(), change.value()});
  } else if (message.has_slash()) {
    subject.kind = BallotKind::kSlash;
    TRY_ASSIGN(subject.accused, id_field<base::NodeId>(message.slash().node(), "slash.node"));
  } else if (message.has_treasury()) {
    subject.kind = BallotKind::kTreasury;
    TRY_ASSIGN(subject.payment, parse_payment(message.treasury()));
  } else if (message.has_upgrade()) {
    subject.kind = BallotKind::kUpgrade;
    TRY_ASSIGN(subject.upgrade, parse_upgrade(message.upgrade()));
  } else if (message.has_deny_list()) {
    subject.kind = BallotKind::kDenyList;
    const spec::DenyListSubject& list = message.deny_list();
    ListPlan plan;
    TRY_ASSIGN(plan.node, id_field<base::NodeId>(list.node(), "deny_list.node"));
    TRY_ASSIGN(plan.list.root, id_field<base::Hash>(list.root(), "deny_list.root"));
    plan.list.size = list.size();
    plan.list.sequence = list.sequence();
    subject.deny_list = plan;
  }
  return subject;
}

// Names that a ballot can change, each once.
base::Result<void, Rejected> check_values(Context& ctx, const std::vector<ParamValue>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ParamRule* rule = find_param(values[i].name);
    const bool twice = i > 0 && values[i].name == values[i - 1].name;
    if (rule == nullptr || rule->genesis_only || twice)
      return ctx.reject(spec::BAD_SUBJECT, {{"parameter", values[i].name}});
  }
  const std::string wrong = wrong_values(ctx.params(), values);
  if (!wrong.empty()) return ctx.reject(spec::OUT_OF_BOUNDS, {{"reason", wrong}});
  // On top of what the foundation has set for the next epoch.
  Params then = ctx.params();
  for (const ParamRule& rule : param_rules()) {
    const ParamRecord record = must_load(ctx.state(), kParams, std::string(rule.name));
    if (record.pending) rule.at(then) = *record.pending;
  }
  const std::string reason =
      epoch::dry_run(ctx.state(), ctx.block().chain, with_values(then, values));
  if (!reason.empty()) return ctx.reject(spec::DRY_RUN_FAILED, {{"reason", reason}});
  return {};
}

base::Result<void, Rejected> check_payment(Context& ctx, const Payment& payment) {
  if (payment.fund != kFundTreasury && payment.fund != kFundSubsidy)
    return ctx.reject(spec::BAD_SUBJECT, {{"fund", payment.fund}});
  if (payment.terms) {
    VestingRecord schedule;
    schedule.start = payment.terms->start;
    schedule.cliff = payment.terms->cliff;
    schedule.end = payment.terms->end;
    schedule.steps = payment.terms->steps;
    if (!is_schedule(schedule)) return ctx.reject(spec::BAD_SUBJECT, {{"field", "vesting"}});
  }
  TRY(require_account(ctx, payment.payee));
  if (payment.amount.amount().is_zero()) return ctx.reject(spec::OUT_OF_BOUNDS, {{"amount", "0"}});
  return {};
}

base::Result<void, Rejected> check_upgrade(Context& ctx, const UpgradePlan& plan,
                                           base::Epoch deadline) {
  if (plan.binaries.empty()) return ctx.reject(spec::BAD_SUBJECT, {{"field", "binaries"}});
  // At least one epoch between the count and the change.
  if (!plan.urgent && plan.activation <= deadline)
    return ctx.reject(spec::OUT_OF_BOUNDS, {{"least", std::to_string(deadline.value() + 1)}});
  if (plan.urgent) TRY(require_foundation(ctx));
  const std::uint32_t next = must_load(ctx.state(), kChain).version + 1;
  if (plan.version != next)
    return ctx.reject(spec::VERSION_NOT_NEXT, {{"next", std::to_string(next)}});
  return {};
}

base::Result<void, Rejected> check_list(Context& ctx, const ListPlan& plan) {
  const auto node = load(ctx.state(), kNodes, plan.node);
  if (!node || node->left) return ctx.reject(spec::BAD_SUBJECT, {{"field", "node"}});
  const auto last = duties_of(ctx.state(), plan.node).deny_list;
  if (plan.list.sequence <= (last ? last->sequence : 0))
    return ctx.reject(spec::OUT_OF_BOUNDS, {{"field", "sequence"}});
  return {};
}

void emit_proposed(Context& ctx, std::uint32_t number, const ProposalRecord& record,
                   const std::string& title) {
  spec::GovProposed event;
  event.set_proposal(number);
  event.set_account(text_of(record.account));
  event.set_kind(kind_of(record));
  event.set_title(title);
  event.set_text_hash(text_of(record.text_hash));
  event.set_deadline(record.deadline.value());
  event.set_deposit(record.deposit.amount().value());
  if (record.subject.accused) event.set_node(text_of(*record.subject.accused));
  if (record.subject.deny_list) event.set_node(text_of(record.subject.deny_list->node));
  if (record.closes) event.set_closes(record.closes->value());
  if (record.subject.payment) event.set_payee(text_of(record.subject.payment->payee));
  ctx.emit(event);
}

}  // namespace

Parsed<Propose> Propose::parse(const Message& message) {
  Propose tx;
  tx.text = {message.title(), message.text(), message.url()};
  const bool given = !message.text_hash().empty();
  // A text, or the hash of one that lies elsewhere.
  if (given == message.url().empty() || (given && !message.text().empty()))
    return malformed("text_hash");
  tx.text_hash = base::blake2b(base::as_bytes(message.text()));
  if (given) {
    TRY_ASSIGN(tx.text_hash, id_field<base::Hash>(message.text_hash(), "text_hash"));
  }
  tx.has_text = given || !message.text().empty();
  TRY_ASSIGN(tx.subject, parse_subject(message));
  auto& values = tx.subject.values;
  std::sort(values.begin(), values.end(),
            [](const ParamValue& a, const ParamValue& b) { return a.name < b.name; });
  return tx;
}

base::Result<void, Rejected> Propose::apply(Context& ctx) const {
  if (text.title.size() > kTitleMax) return ctx.reject(spec::LIMIT, {{"field", "title"}});
  if (text.text.size() > kTextMax) return ctx.reject(spec::LIMIT, {{"field", "text"}});
  if (subject.values.size() > kValuesMax) return ctx.reject(spec::LIMIT, {{"field", "values"}});
  const base::Epoch shown = must_load(ctx.prior(), kChain).clock.epoch;
  if (!exists(ctx.prior(), kCommittees, shown)) return ctx.reject(spec::POWER_ENDED);
  TRY_ASSIGN(const QueuedBallot entry, require_room(ctx));
  if (subject.kind == BallotKind::kParameter) TRY(check_values(ctx, subject.values));
  if (subject.payment) TRY(check_payment(ctx, *subject.payment));
  if (subject.accused && (!has_text || !exists(ctx.state(), kNodes, *subject.accused)))
    return ctx.reject(spec::BAD_SUBJECT, {{"field", has_text ? "node" : "text"}});
  const base::Epoch deadline(
      base::narrow<std::uint32_t>(ctx.epoch().value() + 1 + ctx.params().vote_epochs));
  if (subject.upgrade) TRY(check_upgrade(ctx, *subject.upgrade, deadline));
  if (subject.deny_list) TRY(check_list(ctx, *subject.deny_list));
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), Amount::of(ctx.params().gov_deposit)));

  BallotCount count = load(ctx.state(), kBallotCount).value_or(BallotCount());
  const std::uint32_t number = ++count.last;
  WALD_CHECK(!exists(ctx.state(), kProposals, number));
  save(ctx.state(), kBallotCount, count);
  ProposalRecord record;
  record.account = ctx.sender();
  record.subject = subject;
  record.text_hash = text_hash;
  record.opened = ctx.block().height;
  record.opened_at = ctx.block().time;
  record.epoch = ctx.epoch();
  record.shown = shown;
  record.deadline = deadline;
  const bool urgent = subject.upgrade && subject.upgrade->urgent;
  if (urgent) record.closes = base::TimeMs(ctx.block().time.value() + epoch::kUrgentOpen);
  record.shards = take_snapshot(ctx, number, shown, subject.accused);
  record.deposit.put(std::move(coin));
  save(ctx.state(), kProposals, record, number);
  save(ctx.state(), kBallotTexts, text, number);
  const BallotStage stage = urgent ? BallotStage::kUrgent : BallotStage::kOpen;
  save(ctx.state(), kBallotQueue, entry, static_cast<std::uint8_t>(stage),
       urgent ? record.closes->value() : deadline.value(), number);
  emit_proposed(ctx, number, record, text.title);
  return {};
}

}  // namespace wald::ledger::tx
