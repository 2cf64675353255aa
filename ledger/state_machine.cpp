// SPDX-License-Identifier: Apache-2.0
#include "ledger/state_machine.h"

#include "codec/base/bitmap.h"
#include "ledger/gov.h"
#include "ledger/laws/mutant.h"
#include "ledger/signing.h"
#include "ledger/stages.h"
#include "ledger/state/keys.h"
#include "ledger/tx/account/bundle.h"
#include "ledger/wire/canonical.h"
#include "proofs/signature.h"

namespace wald::ledger {
namespace {

base::Err<Dropped> drop(Code code, std::map<std::string, std::string> facts = {}) {
  return base::Err<Dropped>{Dropped{{code, std::move(facts)}}};
}

base::Err<Dropped> malformed(const wire::WireError& error) {
  return drop(spec::MALFORMED, {{"fault", wire::fault_name(error.fault)},
                                {"field", error.where},
                                {"offset", std::to_string(error.offset)}});
}

base::ByteView view(const std::string& bytes) { return base::as_bytes(bytes); }

constexpr std::uint64_t kSignatureCost = 60;  // U-6

base::Result<Amount, Dropped> within_limit(std::uint64_t fee, Amount most) {
  const auto amount = Amount::make(fee);
  if (!amount.ok()) return drop(spec::FEE_OVER_LIMIT);
  if (amount.value() > most)
    return drop(spec::FEE_OVER_LIMIT,
                {{"fee", std::to_string(fee)}, {"maxFee", std::to_string(most.value())}});
  return amount.value();
}

// U-8: as if every envelope in it were dropped.
base::Result<Amount, Dropped> carriage_of(const CheckedTx& tx, const Params& params) {
  std::uint64_t most = 0;
  for (const base::Bytes& envelope : tx.operation->inside())
    most += carriage(params, envelope.size());
  return within_limit(most, tx.max_fee);
}

// The kinds whose statements carry openings may be larger (O-16).
bool carries_openings(const spec::Operation& operation) { return operation.has_self_proof(); }

// U-3: one signature per set bit, each over the preimage, with enough weight.
base::Result<std::uint32_t, Dropped> verify_envelope(const spec::Envelope& envelope,
                                                     const base::ChainId& chain,
                                                     const base::TxId& id, Signatures known) {
  const auto policy = Policy::parse(view(envelope.policy()));
  if (!policy) return drop(spec::MALFORMED, {{"field", "policy"}});
  const auto weight = policy->weight_of(view(envelope.bitmap()));
  if (!weight) return drop(spec::MALFORMED, {{"field", "bitmap"}});
  if (*weight < policy->threshold())
    return drop(spec::KEYS_NOT_AUTHORISED, {{"weight", std::to_string(*weight)},
                                            {"threshold", std::to_string(policy->threshold())}});
  const auto preimage = tx_preimage(chain, id);
  int used = 0;
  for (std::size_t i = 0; i < policy->keys().size(); ++i) {
    if (!base::bit_at(view(envelope.bitmap()), i)) continue;
    if (used == envelope.signatures_size()) return drop(spec::MALFORMED, {{"field", "signatures"}});
    if (known == Signatures::kUnknown &&
        !proofs::verify_signature(policy->keys()[i].key, preimage, view(envelope.signatures(used))))
      return drop(spec::BAD_SIGNATURE, {{"signature", std::to_string(used)}});
    ++used;
  }
  if (used != envelope.signatures_size()) return drop(spec::MALFORMED, {{"field", "signatures"}});
  return static_cast<std::uint32_t>(used);
}

// O-16: a statement's envelope is a body, its body chain, version and operation.
bool is_bare(const spec::Envelope& envelope, const spec::Body& body) {
  return envelope.policy().empty() && envelope.bitmap().empty() &&
         envelope.signatures_size() == 0 && body.sender().empty() && body.nonce() == 0 &&
         body.valid_until() == 0 && body.max_fee() == 0;
}

}  // namespace

std::uint64_t carriage(const Params& params, std::size_t bytes) {
  return params.fee_base + params.fee_per_byte * bytes;
}

base::Result<Amount, Dropped> fee_of(const CheckedTx& tx, const Params& params) {
  if (tx.is_statement()) return Amount();
  const auto& op = *tx.operation;
  if (!op.inside().empty()) return carriage_of(tx, params);
  // Each factor is bounded (parameters by 10^9, bytes by 2^17, counts by 2^17): no overflow.
  const std::uint64_t signatures = std::uint64_t{tx.signatures} + op.signatures();
  const std::uint64_t bases = mutate("I37") ? 1 : op.bases();
  const std::uint64_t fee = params.fee_base * bases + op.surcharge() +
                            params.fee_per_byte * tx.bytes + params.fee_per_signature * signatures;
  return within_limit(fee, tx.max_fee);
}

std::uint64_t cost_of(const CheckedTx& tx) {
  std::uint64_t cost = kSignatureCost * tx.signatures + tx.operation->cost();
  if (!tx.inside) return cost;
  for (const TxVerdict& verdict : tx.inside->verdicts)
    cost += verdict.ok() ? cost_of(*verdict) : kSignatureCost;
  return cost;
}

TxVerdict StateMachine::check(base::ByteView bytes, Signatures signatures) const {
  TRY_ASSIGN(CheckedTx tx, check_one(bytes, signatures));
  const auto& envelopes = tx.operation->inside();
  if (envelopes.empty() || envelopes.size() > tx::Bundle::kMostEnvelopes) return tx;
  auto inside = std::make_shared<Inside>();
  inside->verdicts.reserve(envelopes.size());
  for (const base::Bytes& envelope : envelopes)
    inside->verdicts.push_back(check_inside(envelope, tx.sender));
  WALD_CHECK(inside->verdicts.size() == envelopes.size());
  tx.inside = std::move(inside);
  return tx;
}

// U-8: no nesting, no statement, and nothing of the gateway's own, whose balance has to be there
// for what is dropped. Signatures are always verified: that the bundle was in a block once says
// nothing about those in it.
TxVerdict StateMachine::check_inside(base::ByteView envelope,
                                     const base::AccountId& gateway) const {
  TRY_ASSIGN(CheckedTx tx, check_one(envelope, Signatures::kUnknown));
  if (tx.is_statement() || !tx.operation->inside().empty())
    return drop(spec::MALFORMED, {{"field", "operation"}});
  if (tx.sender == gateway) return drop(spec::MALFORMED, {{"field", "sender"}});
  return tx;
}

TxVerdict StateMachine::check_one(base::ByteView bytes, Signatures signatures) const {
  if (bytes.size() > kMaxOpenings) return drop(spec::TOO_LARGE);
  auto envelope = wire::parse_canonical<spec::Envelope>(bytes, kMaxOpenings);
  if (!envelope.ok()) return malformed(envelope.error());
  auto body = wire::parse_canonical<spec::Body>(view(envelope->body()), kMaxOpenings);
  if (!body.ok()) return malformed(body.error());
  if (bytes.size() > kMaxTx && !carries_openings(body->operation())) return drop(spec::TOO_LARGE);
  if (!base::equal(view(body->chain()), chain_.view())) return drop(spec::WRONG_CHAIN);

  CheckedTx tx;
  tx.id = tx_id(view(envelope->body()));
  tx.envelope = base::blake2b(bytes);
  tx.bytes = bytes.size();
  tx.version = body->version();
  TRY_ASSIGN(tx.operation, parse_operation(body->operation()));
  if (tx.is_statement()) {
    if (!is_bare(*envelope, *body)) return drop(spec::MALFORMED, {{"field", "envelope"}});
    return tx;
  }
  if (body->sender().size() != base::AccountId::kSize)
    return drop(spec::MALFORMED, {{"field", "sender"}});
  tx.sender = base::AccountId::from(view(body->sender()));
  tx.nonce = body->nonce();
  tx.valid_until = base::Height(body->valid_until());
  const auto max_fee = Amount::make(body->max_fee());
  if (!max_fee.ok()) return drop(spec::MALFORMED, {{"field", "max_fee"}});
  tx.max_fee = max_fee.value();
  tx.policy.assign(envelope->policy().begin(), envelope->policy().end());
  TRY_ASSIGN(tx.signatures, verify_envelope(*envelope, chain_, tx.id, signatures));
  if (signatures == Signatures::kUnknown) TRY(tx.operation->check({chain_, tx.sender, tx.nonce}));
  return tx;
}

namespace {

// U-1 to U-4: the account, its keys, its nonce, the expiry. Returns its balance.
base::Result<Amount, Dropped> authorise(const Reader& state, const BlockFacts& block,
                                        const CheckedTx& tx) {
  thread_local AccountRecord account;
  if (!load_into(account, state, kAccounts, tx.sender)) return drop(spec::NO_ACCOUNT);
  if (account.policy.empty()) {
    const auto policy = Policy::parse(tx.policy);
    WALD_CHECK(policy.has_value());  // check() parsed it
    if (policy->account_id() != tx.sender) return drop(spec::KEYS_NOT_AUTHORISED);
    for (const auto& key : policy->keys())
      if (!proofs::is_prime_order_key(key.key)) return drop(spec::BAD_POLICY);
  } else if (account.policy != tx.policy) {
    return drop(spec::KEYS_NOT_AUTHORISED);
  }
  const bool again = mutate("I30") && account.nonce == tx.nonce + 1;
  if (account.nonce != tx.nonce && !again)
    return drop(spec::NONCE,
                {{"next", std::to_string(account.nonce)}, {"given", std::to_string(tx.nonce)}});
  const std::uint64_t height = block.height.value();
  if (tx.valid_until.value() < height || tx.valid_until.value() - height > block.params.valid_max)
    return drop(spec::EXPIRED, {{"height", std::to_string(height)},
                                {"validUntil", std::to_string(tx.valid_until.value())}});
  return account.balance.amount();
}

}  // namespace

base::Result<Amount, Dropped> admit_tx(Context& view, const CheckedTx& tx) {
  WALD_CHECK(view.block().running.has_value());
  if (tx.version != view.block().running->version) return drop(spec::WRONG_VERSION);
  if (tx.is_statement()) {
    TRY(tx.operation->admit(view));
    return Amount();
  }
  TRY_ASSIGN(const Amount balance, authorise(view.state(), view.block(), tx));
  TRY_ASSIGN(const Amount fee, fee_of(tx, view.params()));
  if (balance < fee)
    return drop(spec::CANNOT_PAY_FEE, {{"fee", std::to_string(fee.value())},
                                       {"balance", std::to_string(balance.value())}});
  TRY(require_running(view.state(), tx.operation->groups(), view.block().time));
  return fee;
}

AccountRecord& used_account(const Reader& state, const CheckedTx& tx) {
  thread_local AccountRecord account;
  WALD_CHECK(load_into(account, state, kAccounts, tx.sender));
  if (account.policy.empty()) account.policy = tx.policy;
  account.nonce = tx.nonce + 1;
  return account;
}

Coin take_fee(Context& ctx, const CheckedTx& tx, Amount fee) {
  AccountRecord& account = used_account(ctx.state(), tx);
  Coin coin = account.balance.take(ctx.state(), fee);
  save(ctx.state(), kAccounts, account, tx.sender);
  return coin;
}

Amount fee_back(Amount fee, Context::FeePart back) {
  WALD_CHECK(back.done <= back.of && back.of > 0);
  return fee.mul_div(back.done, back.of, economics::Round::kDown).value();
}

Amount settle_fee(Context& ctx, Coin coin, Context::FeePart back) {
  const Amount returned = fee_back(coin.amount(), back);
  if (!returned.is_zero()) {
    AccountRecord account = must_load(ctx.state(), kAccounts, ctx.sender());
    account.balance.put(coin.split(returned));
    save(ctx.state(), kAccounts, account, ctx.sender());
  }
  const Amount fee = coin.amount();
  const economics::Halves halves = economics::halves(fee);
  Mint::burn(ctx.state(), coin.split(halves.burn), spec::BURN_FEE);
  const base::Epoch epoch = ctx.epoch();
  RingSlot slot = must_load(ctx.state(), kRing, epoch);
  slot.money.put(std::move(coin));
  save(ctx.state(), kRing, slot, epoch);
  ctx.emit<spec::AccountFeeCharged>([&](spec::AccountFeeCharged& charged) {
    charged.mutable_account()->assign(base::as_text(ctx.sender().view()));
    charged.set_fee(fee.value());
    charged.set_burned(halves.burn.value());
  });
  return fee;
}

std::string StateMachine::unknown_version(const Reader& state) const {
  const ChainRecord chain = must_load(state, kChain);
  if (chain.version <= newest_) return {};
  return "block " + std::to_string(chain.height.value() + 1) +
         " of this chain is of protocol version " + std::to_string(chain.version) +
         ", this program knows versions up to " + std::to_string(newest_) +
         ": install a program that knows it; nothing is lost, it goes on from here";
}

BlockFacts StateMachine::next_facts(const StateView& state) const {
  const ChainRecord chain = must_load(state, kChain);
  return {chain_,
          chain.height.next(),
          chain.time,
          state.tree().root(),
          load_params(state),
          BlockFacts::Running::of(chain),
          &state};
}

base::Result<void, Dropped> StateMachine::admit(const StateView& state, const CheckedTx& tx) const {
  return admit(state, next_facts(state), tx);
}

base::Result<void, Dropped> StateMachine::admit(const StateView& state, const BlockFacts& next,
                                                const CheckedTx& tx) const {
  Overlay scratch(&state);
  Context view(scratch, next, tx.sender, tx.id);
  TRY(admit_tx(view, tx));
  return {};
}

}  // namespace wald::ledger
