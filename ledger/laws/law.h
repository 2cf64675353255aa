// SPDX-License-Identifier: Apache-2.0
// A law judges a change: it is shown every record that changed, before and after,
// and then says nothing, or one sentence with the numbers. One file per law, all of them in all.h.
// A law that breaks on a transaction undoes it with LAW_BROKEN; on a block it stops the process.
// What looks at every object (recount) sees the whole state as if it were new, so the same file
// judges a step and an audit. Thread rule: a law lives for one judgement, on one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/context.h"
#include "ledger/laws/mutant.h"

namespace wald::ledger {

// What a change is the change of.
enum class Scope : std::uint8_t {
  kTransaction,  // an accepted one, without its fee
  kRefused,      // what a rejected one leaves
  kPhases,       // what happened by itself at the start of a block
  kBlock,        // a whole block
  kState,        // all records as if they were new: genesis, audit
};

struct Delta {
  const Reader& before;
  const Reader& after;
  const std::vector<spec::EventRecord>& events;
  const std::vector<spec::Posting>& unnamed;  // balances that moved without an event
  Scope scope = Scope::kTransaction;
  // One step of the chain, for what only the passing of time may do.
  bool is_step() const { return scope == Scope::kPhases || scope == Scope::kBlock; }
};

class Law {
 public:
  virtual ~Law() = default;
  virtual std::string_view id() const = 0;
  virtual void visit(std::uint8_t table, base::ByteView key, const base::Bytes* before,
                     const base::Bytes* after) = 0;
  virtual std::optional<std::string> verdict(const Delta& delta) = 0;
  std::uint64_t seen() const { return seen_; }

 protected:
  std::uint64_t seen_ = 0;  // objects looked at: zero over a whole run is a failure too
};

using Laws = std::vector<std::unique_ptr<Law>>;
// A fresh instance of every law, in the order of their ids.
Laws all_laws();

struct LawReport {
  std::string law;
  std::uint64_t objects = 0;
  std::optional<std::string> breach;
};
using LawReports = std::vector<LawReport>;  // one of each law, in the order of all_laws()

LawReports judge(const Delta& delta, const Overlay::Changes& changes);
// Every law over every record of a state.
LawReports recount(const Reader& state);

// `I4: sentence` of each breach.
std::vector<std::string> breaches(const LawReports& reports);
// Adds the objects of `more`; the first breach of a law stays.
void add_reports(LawReports& sum, const LawReports& more);

}  // namespace wald::ledger
