// SPDX-License-Identifier: Apache-2.0
#include "tests/support/world.h"

#include <sodium.h>

#include <algorithm>

#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"

namespace wald::tests {
std::array<std::uint8_t, 64> Key::sign(base::ByteView message) const {
  std::array<std::uint8_t, 64> out;
  WALD_CHECK(crypto_sign_detached(out.data(), nullptr, message.data(), message.size(),
                                  secret.data()) == 0);
  return out;
}

namespace {

struct Named {
  Key key;
  base::AccountId account;
};

Named make_named(const std::string& name) {
  Named out;
  out.key.seed = base::tagged_hash("test.key", {}, base::as_bytes(name)).bytes();
  std::array<std::uint8_t, 32> pk;
  WALD_CHECK(crypto_sign_seed_keypair(pk.data(), out.key.secret.data(), out.key.seed.data()) == 0);
  out.key.key = base::PublicKey(pk);
  out.account = ledger::Policy::single(out.key.key).account_id();
  return out;
}

// Histories ask for the same few names over and over.
const Named& named(const std::string& name) {
  thread_local std::map<std::string, Named> known;
  const auto at = known.find(name);
  return at != known.end() ? at->second : known.emplace(name, make_named(name)).first->second;
}

}  // namespace

const Key& key_of_name(const std::string& name) { return named(name).key; }

const base::AccountId& account_of(const std::string& name) { return named(name).account; }

void set_param(spec::Genesis& document, const std::string& name, std::uint64_t value) {
  auto& list = *document.mutable_parameters();
  const auto at = std::find_if(list.begin(), list.end(),
                               [&](const spec::Parameter& p) { return p.name() == name; });
  spec::Parameter& entry = at == list.end() ? *list.Add() : *at;
  entry.set_name(name);
  entry.set_value(value);
  std::sort(list.begin(), list.end(),
            [](const spec::Parameter& a, const spec::Parameter& b) { return a.name() < b.name(); });
}

void balance_treasury(spec::Genesis& document) {
  std::uint64_t used = 0;
  spec::GenesisFund* treasury = nullptr;
  for (const auto& account : document.accounts()) used += account.amount();
  for (const auto& vesting : document.vestings()) used += vesting.amount();
  for (const auto& node : document.nodes()) {
    used += node.deposit();
    for (const auto& stake : node.stakes()) used += stake.amount();
  }
  for (auto& fund : *document.mutable_funds()) {
    if (fund.name() == "treasury")
      treasury = &fund;
    else
      used += fund.amount();
  }
  if (treasury == nullptr) {
    treasury = document.add_funds();
    treasury->set_name("treasury");
  }
  treasury->set_amount(economics::kGenesisSupply.value() - used);
}

spec::Genesis small_genesis(const std::map<std::string, std::uint64_t>& accounts) {
  spec::Genesis document;
  document.set_network("world");
  document.set_test(true);
  document.set_start_ms(kStart);
  document.set_protocol_version(1);
  document.set_shards(36);
  const std::map<std::string, std::uint64_t> params{{"epoch_length", 30'000},
                                                    {"epoch_zero", 60'000},
                                                    {"handover", 5'000},
                                                    {"epoch_min_blocks", 3},
                                                    {"rounds", 2},
                                                    {"points", 64},
                                                    {"blobs", 64},
                                                    {"verifiers", 4},
                                                    {"k_spot", 1},
                                                    {"new_blob_grace", 0},
                                                    {"beacon_blocks", 1},
                                                    {"void_blocks", 1},
                                                    {"commit_blocks", 1},
                                                    {"verify_blocks", 1},
                                                    {"inspect_blocks", 1},
                                                    {"beacon_grace", 300},
                                                    {"void_max", 2'500},
                                                    {"commit_min", 700},
                                                    {"grace", 1'000},
                                                    {"commit_max", 3'500},
                                                    {"verify", 3'000},
                                                    {"inspect", 1'500},
                                                    {"slack", 1'000},
                                                    {"tick", 250}};
  for (const auto& [name, value] : params) set_param(document, name, value);
  std::map<base::AccountId, std::uint64_t> ids;
  for (const auto& [name, amount] : accounts) ids[account_of(name)] = amount;
  for (const auto& [id, amount] : ids) {
    auto& account = *document.add_accounts();
    account.set_account(base::string_of(id.view()));
    account.set_amount(amount);
  }
  balance_treasury(document);
  return document;
}

ledger::GenesisState World::build(const spec::Genesis& document) {
  auto built = ledger::build_genesis(wire::write_canonical(document));
  if (!built.ok()) throw std::runtime_error(built.error().field + ": " + built.error().message);
  return std::move(built).value();
}

World::World(const spec::Genesis& document, std::uint32_t newest, Trust trust)
    : World(build(document), newest, trust) {}

World::World(const ledger::GenesisState& state, std::uint32_t newest, Trust trust)
    : machine_(state.chain, newest),
      of_senders_(trust == Trust::kSenders ? ledger::Signatures::kKnown
                                           : ledger::Signatures::kUnknown),
      time_(state.start) {
  view_.records.merge(state.records);
  view_.state_tree = state.tree;
}

base::Bytes World::sign(const std::string& from, const spec::Operation& operation,
                        std::uint64_t nonce) const {
  return sign_at(from, operation, nonce, height_.value() + 50);
}

base::Bytes World::sign_at(const std::string& from, const spec::Operation& operation,
                           std::uint64_t nonce, std::uint64_t valid_until) const {
  spec::Body given = body(from, operation, nonce);
  given.set_valid_until(valid_until);
  return sealed(from, given, ledger::Signatures::kUnknown);
}

base::Bytes World::sealed(const std::string& from, const spec::Body& body,
                          ledger::Signatures signatures) const {
  const auto account = ledger::load(view_, ledger::kAccounts, account_of(from));
  const bool own = !account || account->policy.empty();
  const auto policy = own ? ledger::Policy::single(key_of_name(from).key)
                          : ledger::Policy::parse(account->policy).value();
  std::vector<std::string> signers{from};
  if (!own) signers.insert(signers.begin(), learnt_.begin(), learnt_.end());
  return wire::write_canonical(seal_by(policy, signers, wire::write_canonical(body), signatures));
}

spec::Envelope World::seal_by(const ledger::Policy& policy, const std::vector<std::string>& signers,
                              base::ByteView body, ledger::Signatures signatures) const {
  const bool trusted = signatures == ledger::Signatures::kKnown;
  spec::Envelope envelope;
  envelope.set_body(base::string_of(body));
  envelope.set_policy(base::string_of(policy.encode()));
  std::string bitmap((policy.keys().size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < policy.keys().size(); ++i)
    for (const std::string& name : signers) {
      const Key& key = key_of_name(name);
      if (key.key != policy.keys()[i].key) continue;
      bitmap[i / 8] = static_cast<char>(bitmap[i / 8] | 1 << (i % 8));
      envelope.add_signatures(
          trusted ? std::string(64, '\0')
                  : base::string_of(key.sign(ledger::tx_preimage(chain(), ledger::tx_id(body)))));
      break;
    }
  envelope.set_bitmap(bitmap);
  return envelope;
}

spec::Body World::body(const std::string& from, const spec::Operation& operation,
                       std::uint64_t nonce) const {
  spec::Body out;
  out.set_chain(base::string_of(chain().view()));
  out.set_version(version());
  out.set_sender(base::string_of(account_of(from).view()));
  out.set_nonce(nonce);
  out.set_valid_until(height_.value() + 50);
  out.set_max_fee(kWal);
  *out.mutable_operation() = operation;
  return out;
}

spec::Envelope World::seal(const std::string& signer, base::ByteView body) const {
  return seal_by(ledger::Policy::single(key_of_name(signer).key), {signer}, body);
}

base::Bytes World::bare(const spec::Operation& operation) const {
  spec::Body body;
  body.set_chain(base::string_of(chain().view()));
  body.set_version(version());
  *body.mutable_operation() = operation;
  spec::Envelope envelope;
  envelope.set_body(base::string_of(wire::write_canonical(body)));
  return wire::write_canonical(envelope);
}

void World::queue(base::Bytes envelope, Pending about) {
  pending_.push_back(std::move(envelope));
  about_.push_back(about);
}

void World::say(const spec::Operation& operation) {
  queue(bare(operation), {ledger::Signatures::kUnknown, static_cast<int>(operation.kind_case())});
}

void World::send(const std::string& from, const spec::Operation& operation) {
  send_as(from, body(from, operation, nonce(from) + queued_[from]++));
}

void World::send_as(const std::string& from, const spec::Body& body) {
  queue(sealed(from, body, of_senders_),
        {of_senders_, static_cast<int>(body.operation().kind_case())});
}

base::Bytes World::next(const std::string& from, const spec::Operation& operation) {
  return sign(from, operation, nonce(from) + queued_[from]++);
}

const ledger::BlockOutput& World::block(std::uint64_t ms) {
  ledger::BlockInput input;
  input.height = height_.next();
  input.time = base::TimeMs(time_.value() + ms);
  input.transactions = std::move(pending_);
  input.absent = std::exchange(absent_, {});
  pending_.clear();
  queued_.clear();
  std::vector<ledger::TxVerdict> verdicts;
  verdicts.reserve(input.transactions.size());
  kinds_.clear();
  for (std::size_t i = 0; i < input.transactions.size(); ++i) {
    verdicts.push_back(machine_.check(input.transactions[i], about_.at(i).signatures));
    kinds_.push_back(about_[i].kind);
  }
  about_.clear();
  std::vector<const ledger::TxVerdict*> shown;
  shown.reserve(verdicts.size());
  for (const ledger::TxVerdict& verdict : verdicts) shown.push_back(&verdict);
  last_ = machine_.apply_block(view_, input, shown);
  view_.records.merge(last_.changes);
  view_.state_tree = last_.tree;
  height_ = input.height;
  time_ = input.time;
  for (const auto& failure : last_.law_failures) law_failures.push_back(failure);
  inputs_.push_back(std::move(input));
  return last_;
}

void World::edit(const std::function<void(ledger::Overlay&)>& change) {
  ledger::Overlay overlay(&view_);
  change(overlay);
  const ledger::Changes written = overlay.changes();
  view_.overwrite(written);
  for (const auto& [key, value] : written) {
    auto& edit = edits_[height_][base::Bytes(key.begin(), key.end())];
    edit.reset();
    if (value) edit.emplace(value->begin(), value->end());
  }
}

void MapView::overwrite(const ledger::Changes& changes) {
  std::vector<ledger::StateTree::Change> rows;
  for (const auto& [key, value] : changes)
    rows.push_back({key, value ? std::optional(base::blake2b(*value)) : std::nullopt});
  state_tree = state_tree.apply(rows);
  records.merge(changes);
}

spec::Code World::run(const std::string& from, const spec::Operation& operation) {
  return run_raw(sign(from, operation, nonce(from)));
}

spec::Code World::run_raw(base::Bytes envelope) {
  WALD_CHECK(pending_.empty());
  send_raw(std::move(envelope));
  return static_cast<spec::Code>(block().receipts.at(0).code);
}

std::uint64_t World::balance(const std::string& name) const {
  const auto account = ledger::load(view_, ledger::kAccounts, account_of(name));
  return account ? account->balance.amount().value() : 0;
}

std::uint64_t World::nonce(const std::string& name) const {
  const auto account = ledger::load(view_, ledger::kAccounts, account_of(name));
  return account ? account->nonce : 0;
}

std::uint32_t World::version() const { return ledger::must_load(view_, ledger::kChain).version; }

base::Epoch World::epoch() const { return ledger::must_load(view_, ledger::kChain).clock.epoch; }

bool World::changes_after(std::uint64_t ms) const {
  const auto clock = ledger::must_load(view(), ledger::kChain).clock;
  const std::uint64_t blocks = height_.next().value() - clock.first_height.value();
  return clock.sync_closed && clock.selected && clock.end().value() <= time_.value() + ms &&
         blocks >= ledger::load_params(view()).epoch_min_blocks;
}

}  // namespace wald::tests
