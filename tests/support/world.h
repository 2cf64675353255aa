// SPDX-License-Identifier: Apache-2.0
// World: a chain in one process for scenarios. Accounts by name with real keys, transactions signed
// and sent through check, admit and whole blocks, as on a network. Time moves only by block().
// A world that trusts leaves out what costs most of the time of a long simulation: what is sent by
// send() bears signatures of zeros that count as verified.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "ledger/genesis.h"
#include "ledger/signing.h"
#include "ledger/state_machine.h"
#include "specs/proto/block.pb.h"
#include "tests/support/map_store.h"

namespace wald::tests {

// An ordered map with the tree over it: one committed version of a state.
class MapView : public ledger::StateView {
 public:
  // What somebody wrote past every transaction.
  void overwrite(const ledger::Changes& changes);

  MapReader records;
  ledger::StateTree state_tree;

  std::optional<base::Bytes> get(base::ByteView key) const override { return records.get(key); }
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes& room) const override {
    return records.look(key, room);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    records.scan(prefix, from, visit);
  }
  const ledger::StateTree& tree() const override { return state_tree; }
};

struct Key {
  std::array<std::uint8_t, 32> seed{};
  std::array<std::uint8_t, 64> secret{};  // as libsodium signs with it
  base::PublicKey key;
  std::array<std::uint8_t, 64> sign(base::ByteView message) const;
};
// The key of a name: equal names, equal keys. Made once a thread and name.
const Key& key_of_name(const std::string& name);
const base::AccountId& account_of(const std::string& name);

inline constexpr std::uint64_t kWal = economics::kFrostPerWal;
inline constexpr std::uint64_t kStart = 1'700'000'000'000;

// A document to start from: test chain, short times, the given accounts, the treasury takes the
// rest of the supply. Change it, then hand it to World.
spec::Genesis small_genesis(const std::map<std::string, std::uint64_t>& accounts);
// Lets the treasury take what other places of the document do not name.
void balance_treasury(spec::Genesis& document);
void set_param(spec::Genesis& document, const std::string& name, std::uint64_t value);

class World {
 public:
  enum class Trust : std::uint8_t { kNobody, kSenders };
  // newest: the last protocol version that its programs know (G-6).
  explicit World(const spec::Genesis& document, std::uint32_t newest = ledger::kNewestVersion,
                 Trust trust = Trust::kNobody);

  // A signed envelope with the account's next nonce; each send() counts it on.
  base::Bytes sign(const std::string& from, const spec::Operation& operation,
                   std::uint64_t nonce) const;
  base::Bytes sign_at(const std::string& from, const spec::Operation& operation,
                      std::uint64_t nonce, std::uint64_t valid_until) const;
  // The parts of it, for envelopes that are wrong in one place: a body, and bytes of a body signed
  // by the one key of `signer`.
  spec::Body body(const std::string& from, const spec::Operation& operation,
                  std::uint64_t nonce) const;
  spec::Envelope seal(const std::string& signer, base::ByteView body) const;
  // The same under a policy of several keys, signed by those of `signers` that are in it; zeros
  // where signatures count as known.
  spec::Envelope seal_by(const ledger::Policy& policy, const std::vector<std::string>& signers,
                         base::ByteView body,
                         ledger::Signatures signatures = ledger::Signatures::kUnknown) const;
  // From now on sign() also signs with the key of this name, where the account's policy has it.
  void learn(const std::string& key_name) { learnt_.push_back(key_name); }
  // A bare envelope for a statement.
  base::Bytes bare(const spec::Operation& operation) const;

  // Queues a transaction for the next block; block() makes it, `ms` after the last one.
  void send(const std::string& from, const spec::Operation& operation);
  // A body that sender put together; no nonce counts as used.
  void send_as(const std::string& from, const spec::Body& body);
  // Signed with the account's next nonce, which counts as used; for who carries it elsewhere.
  base::Bytes next(const std::string& from, const spec::Operation& operation);
  // Who is absent from the next block.
  void miss(std::vector<base::NodeId> nodes) { absent_ = std::move(nodes); }
  // Whatever somebody put together: its signatures are looked at.
  void send_raw(base::Bytes envelope) {
    queue(std::move(envelope), {ledger::Signatures::kUnknown, 0});
  }
  // A statement, bare.
  void say(const spec::Operation& operation);
  // Once more, as it was sent the first time.
  void send_again(base::Bytes envelope) { queue(std::move(envelope), {of_senders_, 0}); }
  const std::vector<base::Bytes>& pending() const { return pending_; }
  const ledger::BlockOutput& block(std::uint64_t ms = 1000);
  // One operation in a block of its own; its code.
  spec::Code run(const std::string& from, const spec::Operation& operation);
  spec::Code run_raw(base::Bytes envelope);

  std::uint64_t balance(const std::string& name) const;
  std::uint64_t nonce(const std::string& name) const;
  // Of the next send().
  std::uint64_t next_nonce(const std::string& name) const {
    const auto at = queued_.find(name);
    return nonce(name) + (at == queued_.end() ? 0 : at->second);
  }
  const ledger::BlockOutput& last() const { return last_; }
  // Of each transaction of the last block the type of its operation, by its number in tx.proto; 0
  // of what came as bytes.
  const std::vector<int>& kinds() const { return kinds_; }
  const MapView& view() const { return view_; }
  const ledger::StateMachine& machine() const { return machine_; }
  const base::ChainId& chain() const { return machine_.chain(); }
  base::Height height() const { return height_; }
  base::TimeMs time() const { return time_; }
  base::Epoch epoch() const;
  // Whether a block made so much later begins an epoch (H-2).
  bool changes_after(std::uint64_t ms) const;
  std::uint32_t version() const;  // of the protocol, of the next block
  // All inputs so far, for replays.
  const std::vector<ledger::BlockInput>& inputs() const { return inputs_; }
  std::vector<std::string> law_failures;
  // Changes the state between two blocks, for what no transaction can bring about.
  void edit(const std::function<void(ledger::Overlay&)>& change);
  // What edit() changed behind the block of this height, for replays; once a height.
  const std::map<base::Height, ChangeMap>& edits() const { return edits_; }

 private:
  static ledger::GenesisState build(const spec::Genesis& document);
  World(const ledger::GenesisState& state, std::uint32_t newest, Trust trust);
  struct Pending {
    ledger::Signatures signatures;
    int kind;  // as in kinds()
  };
  void queue(base::Bytes envelope, Pending about);
  base::Bytes sealed(const std::string& from, const spec::Body& body,
                     ledger::Signatures signatures) const;

  MapView view_;
  ledger::StateMachine machine_;
  ledger::Signatures of_senders_;
  base::Height height_;
  base::TimeMs time_;
  std::vector<base::Bytes> pending_;
  std::vector<Pending> about_;  // of pending_
  std::vector<int> kinds_;
  std::vector<base::NodeId> absent_;
  std::map<std::string, std::uint64_t> queued_;  // nonces used by pending transactions
  std::vector<std::string> learnt_;              // names of keys beside those of accounts
  std::vector<ledger::BlockInput> inputs_;
  std::map<base::Height, ChangeMap> edits_;
  ledger::BlockOutput last_;
};

}  // namespace wald::tests
