// SPDX-License-Identifier: Apache-2.0
// RoundDriver: what this node does about the round that its own state shows (O-35 to O-38).
//
//   FREEZE    the gate closes, then the reveal is made
//   COMMIT    no drawn blob goes out; all points are answered, the answers saved, the root
//   committed VERIFY    reads resume; a commit that is not done yet goes on, late rather than
//   never; openings
//             are served and fetched; a row leaves when all assigned leaves are good, or at two
//             thirds; a second and third one for what came later
//   INSPECT   a last row for what came later
//   none      reads go on, everything of the round is forgotten
//
// A commit that is not confirmed at five sixths of VERIFY, when the rows of two thirds are in,
// opens its leaves on the ledger (O-22), a few statements at a time. Until the state has reached
// the tip of the chain once, nothing happens: the gate is closed from the start.
//
// Thread rule: step() belongs to one thread; attest() and stop() may be called from any.
#pragma once

#include <atomic>
#include <mutex>

#include "ledger/params.h"
#include "node/audit/exchange.h"
#include "node/audit/outbox.h"
#include "node/audit/parts.h"
#include "node/audit/verifier.h"

namespace wald::audit {

struct AuditStats {
  std::uint64_t sent = 0;            // statements handed to the ledger, repeats included
  std::uint64_t answered = 0;        // rounds whose points this node answered
  std::uint64_t damaged = 0;         // slivers found missing, unreadable or wrong meanwhile
  std::uint64_t false_openings = 0;  // met as a verifier
};

class RoundDriver {
 public:
  RoundDriver(const AuditParts& parts, Outbox& outbox, Exchange& exchange)
      : parts_(parts), outbox_(outbox), exchange_(exchange) {}

  // Looks at the newest state and does what is due. Takes as long as the prover's reading or one
  // batch of questions to peers takes.
  void step(std::uint64_t now_ms);
  // All slivers of this epoch's new shards are in place: AttestSync (H-5) goes the outbox's way.
  void attest(base::Epoch epoch);
  // Lets a running step() end early; for good.
  void stop() { stopping_ = true; }
  AuditStats stats() const;

 private:
  using RoundView = ledger::rounds::RoundView;
  struct Work {
    explicit Work(const proofs::RoundId& round) : id(round) {}
    proofs::RoundId id;
    std::optional<std::uint16_t> place;  // nothing: this node takes no part
    std::optional<ledger::RoundPhase> gate;
    std::shared_ptr<const prove::Answers> answers;
    std::optional<Verifier> verifier;
  };
  struct Now {
    const ledger::Reader& state;
    const RoundView& view;
    const ledger::Params& params;
    std::uint64_t ms = 0;
  };

  void enter(const RoundView& view);
  void leave();
  void keep_answers_of(const std::string& name);
  void set_gate(const ledger::Reader& state, const RoundView& view);
  void act(const Now& now);
  void reveal(const Now& now);
  void answer(const Now& now);
  bool prove(const Now& now);
  bool still_asked();
  void publish(const Now& now);
  void report_row(const Now& now);
  void prove_self(const Now& now);
  void attest_pending(const ledger::Reader& state);
  void put(const Slot& slot, const base::Hash& seed, const proofs::Body& body);
  void tend(std::uint64_t now_ms);
  ledger::TallyRecord own_tally(const Now& now) const;
  std::string answers_path(const proofs::RoundId& id) const;

  const AuditParts& parts_;
  Outbox& outbox_;
  Exchange& exchange_;
  std::atomic<bool> stopping_{false};
  bool ready_ = false;
  bool tidy_ = false;  // no leftovers of an earlier life
  std::optional<Work> work_;
  mutable std::mutex mutex_;  // of the two below
  std::optional<base::Epoch> attest_;
  AuditStats stats_;
};

}  // namespace wald::audit
