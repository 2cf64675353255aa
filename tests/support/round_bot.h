// SPDX-License-Identifier: Apache-2.0
// RoundWorld: a chain whose committee is a handful of test nodes with real keys, and a few small
// blobs whose slivers are noise under real hashes. It plays challenge rounds: makes the statements
// of any member, answers and opens points, moves time. The epoch never ends by itself.
#pragma once

#include "proofs/deny.h"
#include "tests/support/round_desk.h"
#include "tests/support/world.h"

namespace wald::tests {

struct RoundSetup {
  std::vector<std::uint16_t> weights{2, 2, 2, 2, 2};  // n = their sum
  std::size_t blobs = 3;
  std::map<std::string, std::uint64_t> params;
};

class RoundWorld {
 public:
  explicit RoundWorld(const RoundSetup& setup = {});

  std::size_t members() const { return signers_.size(); }
  const base::NodeId& node(std::size_t i) const { return nodes_.at(i); }
  const prove::Signer& signer(std::size_t i) const { return signers_.at(i); }
  const prove::VrfSecret& vrf(std::size_t i) const { return vrfs_.at(i); }
  const SmallBlob& blob(std::size_t k) const { return blobs_.at(k); }

  // Blocks. `ms` after the last one.
  const ledger::BlockOutput& block(std::uint64_t ms = 100);
  // A bare envelope for a statement; send() lets one wait for the next block.
  base::Bytes bare(const spec::Operation& operation) const;
  void send(const spec::Operation& operation);
  spec::Code run(const spec::Operation& operation, std::uint64_t ms = 10);
  // What the next block would say with this alone, or empty; nothing of it is kept.
  ledger::BlockOutput tried(const std::optional<spec::Operation>& operation = {}) const;
  const ledger::BlockOutput& last() const { return last_; }
  const MapView& view() const { return view_; }
  base::TimeMs time() const { return time_; }
  base::Height height() const { return height_; }
  const base::ChainId& chain() const { return machine_.chain(); }
  const ledger::StateMachine& machine() const { return machine_; }
  const std::vector<ledger::BlockInput>& inputs() const { return inputs_; }
  const std::vector<base::Hash>& roots() const { return roots_; }
  const MapView& origin() const { return origin_; }
  // Writes to the state between blocks, as a transaction of another kind would.
  void change(const std::function<void(ledger::Context&)>& write);
  void end_blob(std::size_t k);

  // The round at hand.
  ledger::ChainRecord clock() const { return ledger::must_load(view_, ledger::kChain); }
  ledger::rounds::RoundView round() const;
  ledger::RoundPhase phase() const { return round().record.phase; }
  ledger::TallyRecord tally(std::size_t i) const;

  // Statements. `edit` may spoil the header before it is signed.
  using Edit = RoundDesk::Edit;
  proofs::Header header(std::size_t i, proofs::Kind kind) const;
  base::Bytes statement(std::size_t i, proofs::Header header, const proofs::Body& body) const;
  spec::Operation reveal(std::size_t i, const Edit& edit = {}) const;
  spec::Operation commit(std::size_t i, const std::vector<std::uint16_t>& unavailable = {},
                         const Edit& edit = {}) const;
  using Named = RoundDesk::Named;
  spec::Operation commit_naming(std::size_t i, const Named& named, const Edit& edit = {}) const;
  proofs::RowReport row_body(std::size_t i, const std::set<std::size_t>& verified) const;
  spec::Operation row(std::size_t i, const std::set<std::size_t>& verified,
                      const Edit& edit = {}) const;
  spec::Operation self_proof(std::size_t i, const std::vector<std::uint16_t>& leaves,
                             const Edit& edit = {}) const;
  // All leaves a member commits to, and one of them laid open.
  std::vector<base::Bytes> answers(std::size_t i, const Named& named) const;
  proofs::LedgerOpening opening(std::size_t i, std::uint16_t t) const;
  // The list that opening() proves DENIED leaves of this member by.
  void denies(std::size_t i, proofs::DenyList list) { lists_.insert_or_assign(i, std::move(list)); }

  // Phases by the book: each goes to the first block of the next one.
  void open();
  void reach_commit(const std::set<std::size_t>& silent = {});
  void reach_verify(const std::set<std::size_t>& silent = {});
  void rows(const std::set<std::size_t>& silent = {}, const std::set<std::size_t>& unseen = {});
  void reach_inspect() { block(3000); }
  void reach_end() { block(1500); }
  // A whole round.
  void play(const std::set<std::size_t>& silent = {}, const std::set<std::size_t>& unseen = {});

 private:
  RoundDesk desk() const;
  Seat seat(std::size_t i) const {
    return {static_cast<std::uint16_t>(i), signers_.at(i), vrfs_.at(i)};
  }
  const SmallBlob& blob_of(const base::BlobId& id) const;
  void found(const RoundSetup& setup, std::uint16_t shards);
  void absorb(const ledger::Overlay& overlay);

  ledger::GenesisState genesis_;
  MapView view_;
  MapView origin_;
  ledger::StateMachine machine_;
  base::Height height_;
  base::TimeMs time_;
  std::vector<base::NodeId> nodes_;
  std::vector<prove::Signer> signers_;
  std::vector<prove::VrfSecret> vrfs_;
  std::vector<SmallBlob> blobs_;
  std::vector<base::Bytes> pending_;
  std::vector<ledger::BlockInput> inputs_;
  std::vector<base::Hash> roots_;
  std::map<std::size_t, proofs::DenyList> lists_;
  ledger::BlockOutput last_;
};

// A list of these blobs, each `more` bytes longer than it is.
proofs::DenyList list_over(const RoundWorld& world, const std::vector<std::size_t>& blobs,
                           std::uint64_t more = 0);
// What the ledger takes for the list of member i; deny() has the member prove by it as well. From
// the next snapshot on.
void put_in_force(RoundWorld& world, std::size_t i, const ledger::DenyListed& list);
void deny(RoundWorld& world, std::size_t i, proofs::DenyList list);
// Leaves of member i that ask for blob k in the round at hand: one at least.
using Leaves = std::vector<std::uint16_t>;
Leaves leaves_about(const RoundWorld& world, std::size_t i, std::size_t k);

}  // namespace wald::tests
