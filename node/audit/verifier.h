// SPDX-License-Identifier: Apache-2.0
// The verifier (O-38, O-20): in VERIFY and INSPECT it fetches the leaves assigned to this node
// (O-14) of every prover that committed, from the prover, then, from the second try on, from the
// other verifiers, and judges each against verified metadata. A prover is verified once all of its
// assigned leaves were good (one without such leaves at once), given up after three tries that got
// an answer or none; a node that says "busy" or "not there yet" costs no try, up to a bound.
//
// At most four provers are asked at the same time, in an order that differs from verifier to
// verifier. Answers are asked for in pieces whose size follows from the blobs' symbol size.
// Thread rule: one owner, which pass() makes wait for its own helper threads; openings() may be
// shared with others.
#pragma once

#include <atomic>
#include <set>

#include "node/audit/exchange.h"
#include "node/audit/parts.h"

namespace wald::audit {

class Verifier {
 public:
  static constexpr unsigned kTries = 3;
  static constexpr unsigned kBusyTries = 20;
  static constexpr std::size_t kInFlight = 4;
  static constexpr std::size_t kOthersAsked = 8;  // other verifiers per leaf and try

  // place: of this node in the round; verify_ms: how long VERIFY lasts, which sets the pace;
  // stopping: once true, nobody is asked any more.
  Verifier(const AuditParts& parts, std::uint16_t place, std::uint64_t verify_ms,
           const std::atomic<bool>& stopping)
      : parts_(parts), place_(place), verify_ms_(verify_ms), stopping_(stopping) {}

  // Takes up new commits and asks whom it is time to ask; up to kInFlight provers a call.
  void pass(const ledger::Reader& state, const ledger::rounds::RoundView& view,
            std::uint64_t now_ms);

  std::vector<bool> verified(std::size_t members) const;
  // Members that committed and are not verified.
  std::vector<bool> missing(std::size_t members) const;
  // Every commit seen so far is verified or given up.
  bool settled() const;
  std::map<std::uint16_t, base::Hash> roots() const;
  std::shared_ptr<const CheckedOpenings> openings() const { return checked_; }
  std::uint64_t false_openings() const { return false_; }

 private:
  struct Wanted {
    proofs::PointFacts facts;
    std::uint32_t symbol_size = 0;
    std::vector<std::uint16_t> others;  // verifiers of it beside this node
  };
  struct Job {
    std::uint16_t prover = 0;
    base::Hash root;
    base::Hash order;
    std::map<std::uint16_t, Wanted> wanted;  // by t; what is good is taken out
    unsigned tries = 0;
    unsigned busy = 0;
    std::uint64_t next_at = 0;
    bool over() const { return wanted.empty() || tries >= kTries; }
  };
  struct Outcome {
    std::vector<std::uint16_t> good;
    std::uint64_t wrong = 0;
    bool busy = false;
  };
  struct Context;

  void take_up(const ledger::Reader& state, const ledger::rounds::RoundView& view,
               std::uint64_t now_ms);
  Job make_job(const ledger::rounds::RoundView& view, const ledger::DrawRecord& draw,
               const proofs::Assignment& assignment, const ledger::TallyRecord& tally,
               std::uint16_t prover) const;
  Outcome ask_all(const Context& context, const Job& job) const;
  void ask_others(const Context& context, const Job& job, Outcome& outcome) const;
  bool ask(const Context& context, const Job& job, std::uint16_t member,
           const std::vector<std::uint16_t>& places, Outcome& outcome) const;
  bool ask_piece(const Context& context, const Job& job, const std::string& address,
                 std::span<const std::uint16_t> places, Outcome& outcome) const;
  void judge(const Context& context, const Job& job, std::uint16_t t,
             const proofs::Opening& opening, Outcome& outcome) const;
  std::shared_ptr<const shape::Metadata> metadata_of(const Context& context,
                                                     const base::BlobId& blob,
                                                     std::uint16_t prover) const;

  const AuditParts& parts_;
  const std::uint16_t place_;
  const std::uint64_t verify_ms_;
  const std::atomic<bool>& stopping_;
  std::map<std::uint16_t, Job> jobs_;
  std::shared_ptr<CheckedOpenings> checked_ = std::make_shared<CheckedOpenings>();
  std::uint64_t false_ = 0;
};

}  // namespace wald::audit
