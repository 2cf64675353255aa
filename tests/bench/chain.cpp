// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/chain.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

#include "codec/base/prng.h"
#include "ledger/wire/canonical.h"
#include "node/keys/keystore.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "tests/support/world.h"

namespace wald::bench {
namespace {

constexpr std::uint64_t kBalance = 1'000 * economics::kFrostPerWal;

ledger::GenesisState built(const spec::Genesis& document) {
  auto out = ledger::build_genesis(wire::write_canonical(document));
  if (!out.ok()) throw std::runtime_error(out.error().field + ": " + out.error().message);
  return std::move(out).value();
}

base::Hash sequencer_seed() { return base::tagged_hash("bench.key", {}, {}); }

}  // namespace

base::PublicKey sequencer_public_key() {
  std::array<std::uint8_t, 32> key;
  std::array<std::uint8_t, 64> secret;
  WALD_CHECK(crypto_sign_seed_keypair(key.data(), secret.data(), sequencer_seed().view().data()) ==
             0);
  return base::PublicKey(key);
}

std::vector<Signer> make_signers(std::size_t count, std::uint64_t seed) {
  base::Prng prng(seed);
  std::vector<Signer> out(count);
  for (Signer& signer : out) {
    const base::Bytes of_key = prng.bytes(32);
    std::array<std::uint8_t, 32> key;
    WALD_CHECK(crypto_sign_seed_keypair(key.data(), signer.secret.data(), of_key.data()) == 0);
    signer.key = base::PublicKey(key);
    signer.account = ledger::Policy::single(signer.key).account_id();
  }
  return out;
}

spec::Genesis chain_document(const std::vector<Signer>& signers, std::size_t accounts,
                             std::uint64_t seed, std::vector<base::AccountId>* all) {
  spec::Genesis document;
  document.set_network("bench");
  document.set_test(true);
  document.set_start_ms(os::wall_time().value());
  document.set_protocol_version(1);
  document.set_shards(1'000);
  tests::set_param(document, "epoch_zero", std::uint64_t{14} * 24 * 3'600 * 1'000);
  document.set_sequencer_key(base::string_of(sequencer_public_key().view()));
  all->clear();
  for (const Signer& signer : signers) all->push_back(signer.account);
  base::Prng prng(seed);
  while (all->size() < accounts) all->push_back(base::AccountId::from(prng.bytes(32)));
  std::sort(all->begin(), all->end());
  for (const base::AccountId& id : *all) {
    spec::GenesisAccount& account = *document.add_accounts();
    account.set_account(base::string_of(id.view()));
    account.set_amount(kBalance);
  }
  tests::balance_treasury(document);
  return document;
}

std::vector<Signed> make_transfers(const base::ChainId& chain, std::vector<Signer>& signers,
                                   const std::vector<base::AccountId>& accounts, std::size_t count,
                                   std::uint64_t seed) {
  base::Prng prng(seed);
  std::vector<Signed> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    Signer& from = signers[i % signers.size()];
    const base::AccountId* to = &from.account;
    while (*to == from.account) to = &accounts[prng.below(accounts.size())];
    spec::Body body;
    body.set_chain(base::string_of(chain.view()));
    body.set_version(1);
    body.set_sender(base::string_of(from.account.view()));
    body.set_nonce(from.nonce++);
    body.set_valid_until(1'000'000);
    body.set_max_fee(economics::kFrostPerWal);
    body.mutable_operation()->mutable_transfer()->set_to(base::string_of(to->view()));
    body.mutable_operation()->mutable_transfer()->set_amount(1 + prng.below(1'000));
    const base::Bytes bytes = wire::write_canonical(body);
    Signed& made = out[i];
    made.message = ledger::tx_preimage(chain, ledger::tx_id(bytes));
    made.key = from.key;
    WALD_CHECK(crypto_sign_detached(made.signature.data(), nullptr, made.message.data(),
                                    made.message.size(), from.secret.data()) == 0);
    spec::Envelope envelope;
    envelope.set_body(base::string_of(bytes));
    envelope.set_policy(base::string_of(ledger::Policy::single(from.key).encode()));
    envelope.set_bitmap(std::string(1, '\x01'));
    envelope.add_signatures(base::string_of(made.signature));
    made.envelope = wire::write_canonical(envelope);
  }
  return out;
}

Chain::Chain(const spec::Genesis& document, const std::string& folder)
    : folder_(folder), genesis_(built(document)) {
  os::remove_tree(folder_).value();
  os::make_dirs(folder_, 0700).value();
  const base::Hash seed = sequencer_seed();
  std::copy(seed.view().begin(), seed.view().end(), key_.span().begin());
  open();
  // The genesis rows: what follows has the store of a running chain below it.
  core_->checkpoint().value();
}

Chain::~Chain() {
  core_.reset();
  static_cast<void>(os::remove_tree(folder_).ok());
}

void Chain::open() {
  core::CoreOptions options;
  options.dir = folder_;
  auto opened = core::LedgerCore::open(options, genesis_);
  if (!opened.ok()) throw std::runtime_error(opened.error());
  core_ = std::move(opened).value();
}

void Chain::reopen() {
  core_.reset();
  open();
}

ledger::BlockInput Chain::next(std::vector<base::Bytes> transactions, std::uint64_t ms) const {
  const core::Head at = core_->head();
  ledger::BlockInput input;
  input.height = at.height.next();
  input.time = base::TimeMs(at.time.value() + ms);
  input.transactions = std::move(transactions);
  return input;
}

void Chain::commit(const ledger::BlockInput& input) { commit(core_->execute(input)); }

void Chain::commit(const ledger::BlockInput& input, std::span<const core::SharedVerdict> verdicts) {
  commit(core_->execute(input, verdicts));
}

void Chain::commit(core::Staged staged) {
  for (const auto& receipt : staged.output.receipts) WALD_CHECK(receipt.code == spec::OK);
  const auto preimage = ledger::block_preimage(ledger::header_hash(staged.header));
  core_->commit(std::move(staged), keys::sign(key_, preimage)).value();
}

}  // namespace wald::bench
