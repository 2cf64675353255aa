// SPDX-License-Identifier: Apache-2.0
// A chain to measure: the node's own core, pool of transactions and sequencer over a folder, with
// accounts and signed transfers made from a seed (W-3). Names of accounts do not matter here, so
// most accounts are ids without a key. Thread rule: as of the parts it hands out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/core/ledger_core.h"
#include "node/keys/secret.h"
#include "node/sequencer/sequencer.h"
#include "specs/proto/block.pb.h"

namespace wald::bench {

struct ChainSize {
  std::size_t accounts = 1'000'000;
  std::size_t signers = 20'000;  // of them, with keys
  std::size_t transfers = 200'000;
};

struct Signer {
  std::array<std::uint8_t, 64> secret{};  // libsodium's form: seed and public key
  base::PublicKey key;
  base::AccountId account;
  std::uint64_t nonce = 0;  // next one
};
std::vector<Signer> make_signers(std::size_t count, std::uint64_t seed);

// What a raw verification needs of a transaction.
struct Signed {
  base::Bytes envelope;
  std::array<std::uint8_t, 80> message{};
  std::array<std::uint8_t, 64> signature{};
  base::PublicKey key;
};

// Canonical bytes of a test chain's document with these accounts, each with 1,000 WAL; the first
// `signers` are theirs. `accounts` gets all ids.
spec::Genesis chain_document(const std::vector<Signer>& signers, std::size_t accounts,
                             std::uint64_t seed, std::vector<base::AccountId>* all);

// Transfers of 1 to 1,000 FROST from one signer after the other to random accounts.
std::vector<Signed> make_transfers(const base::ChainId& chain, std::vector<Signer>& signers,
                                   const std::vector<base::AccountId>& accounts, std::size_t count,
                                   std::uint64_t seed);

// A core in a folder of its own, removed with it.
class Chain {
 public:
  Chain(const spec::Genesis& document, const std::string& folder);
  ~Chain();

  core::LedgerCore& core() { return *core_; }
  const ledger::GenesisState& genesis() const { return genesis_; }
  const std::string& folder() const { return folder_; }
  // The next block's input, `ms` after the last one.
  ledger::BlockInput next(std::vector<base::Bytes> transactions, std::uint64_t ms = 1) const;
  // Executes, signs and commits; every transaction must be accepted.
  void commit(const ledger::BlockInput& input);
  void commit(const ledger::BlockInput& input, std::span<const core::SharedVerdict> verdicts);
  void commit(core::Staged staged);
  // Closes the core and opens it again on the same folder.
  void reopen();
  void close() { core_.reset(); }
  const keys::Secret32& sequencer_key() const { return key_; }

 private:
  void open();

  std::string folder_;
  keys::Secret32 key_;
  ledger::GenesisState genesis_;
  std::unique_ptr<core::LedgerCore> core_;
};

// Of every bench chain's sequencer.
base::PublicKey sequencer_public_key();

}  // namespace wald::bench
