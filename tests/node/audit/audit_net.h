// SPDX-License-Identifier: Apache-2.0
// AuditNet: a committee of storage nodes in one process over one chain: real stores with really
// encoded blobs, real sign logs, an AuditDriver each. The test makes the blocks and moves the time;
// what the drivers submit waits for the next block. Openings are asked for by direct calls, or over
// loopback HTTP with signed requests.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "codec/encoder.h"
#include "ledger/challenges.h"
#include "node/audit/audit_driver.h"
#include "node/net/peer_auth.h"
#include "node/net/server.h"
#include "tests/node/temp_dir.h"
#include "tests/support/world.h"

namespace wald::tests {

// A statement that left a node, and how its gate stood at that moment.
struct Sent {
  std::size_t member = 0;
  proofs::Kind kind = proofs::Kind::kBeaconReveal;
  base::Bytes statement;
  storage::ReadGate::Mode gate = storage::ReadGate::Mode::kOpen;
};

class AuditNet {
 public:
  explicit AuditNet(bool over_http = false, std::size_t members = 5, std::size_t blobs = 3);
  ~AuditNet();

  struct Member;
  std::size_t members() const { return members_.size(); }
  audit::AuditDriver& driver(std::size_t i);
  storage::SliverStore& store(std::size_t i);
  storage::ReadGate& gate(std::size_t i);
  const base::NodeId& node(std::size_t i) const;
  const base::ChainId& chain() const { return machine_.chain(); }
  const codec::Codec& codec() const { return codec_; }
  const codec::Encoded& blob(std::size_t k) const { return *blobs_.at(k); }
  std::string outbox_dir(std::size_t i) const;
  std::string address(std::size_t i) const;
  const base::PublicKey& protocol_key(std::size_t i) const;
  // A kill and a new start over the same folder, gated as a new process is.
  void kill(std::size_t i);
  void revive(std::size_t i);
  void forget_answers(std::size_t i);

  // Members that do nothing, answer no openings, and lose what they submit.
  std::set<std::size_t> silent, deaf, unheard;
  bool caught_up = true;
  std::size_t repairs = 0;

  void block(std::uint64_t ms);
  // A block, then one look of every member.
  void tick(std::uint64_t ms);
  void look();
  // Phases by the book: each ends with the members' first look at the next one.
  void open();
  void reach_commit();
  void reach_verify();
  void reach_inspect();
  void reach_end();
  void play();

  std::shared_ptr<const MapView> state() const;
  ledger::rounds::RoundView round() const;
  ledger::RoundPhase phase() const { return round().record.phase; }
  ledger::TallyRecord tally(std::size_t i) const;
  std::vector<Sent> sent(std::optional<proofs::Kind> kind = {}) const;
  std::size_t waiting() const;
  std::uint64_t now() const { return now_; }
  net::Response ask(std::size_t asker, std::size_t asked, const proofs::OpeningsRequest& what);

 private:
  void found(std::size_t blobs);
  void fill();
  audit::AuditParts parts_of(std::size_t i);
  audit::AskOpenings direct(std::size_t asker);
  void change(const std::function<void(ledger::Context&)>& write);

  const bool over_http_;
  ledger::GenesisState genesis_;
  ledger::StateMachine machine_;
  codec::Codec codec_;
  std::vector<std::unique_ptr<codec::Encoded>> blobs_;
  std::vector<std::unique_ptr<Member>> members_;
  mutable std::mutex mutex_;  // of the three below
  std::shared_ptr<const MapView> view_;
  std::vector<base::Bytes> pool_;
  std::vector<Sent> sent_;
  base::Height height_;
  base::TimeMs time_;
  std::uint64_t now_ = 1'000'000;
};

}  // namespace wald::tests
