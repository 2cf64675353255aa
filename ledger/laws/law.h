// SPDX-License-Identifier: Apache-2.0
// A law judges a change: it is shown every record that changed, before and after,
// and then says nothing, or one sentence with the numbers. One file per law, all of them in all.h.
// A law that breaks on a transaction undoes it with LAW_BROKEN; on a block it stops the process.
// What looks at every object (recount) sees the whole state as if it were new, so the same file
// judges a step and an audit. Thread rule: laws live on one thread, judging one change after the
// other.
#pragma once

#include <memory>
#include <optional>
#include <span>
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
  EventList events;
  const std::vector<spec::Posting>& unnamed;  // balances that moved without an event
  Scope scope = Scope::kTransaction;
  // Of kBlock alone: the canonical bytes of each event, which its chain hashes.
  const EventBytes* event_bytes = nullptr;
  // One step of the chain, for what only the passing of time may do.
  bool is_step() const { return scope == Scope::kPhases || scope == Scope::kBlock; }
};

class Law {
 public:
  // The bytes of a record, if it is there.
  using Value = std::optional<base::ByteView>;

  Law() = default;
  Law(const Law&) = default;
  Law(Law&&) = default;
  Law& operator=(const Law&) = default;
  Law& operator=(Law&&) = default;
  virtual ~Law() = default;
  virtual std::string_view id() const = 0;
  // What it wants to see, always the same: changes of this scope, changed records of this table,
  // and every Held field of a changed record of any table.
  virtual bool judges(Scope) const { return true; }
  virtual bool wants(std::uint8_t) const { return false; }
  virtual bool wants_money() const { return false; }

  // A changed record; records come ascending by table and key. The views last until the verdict,
  // those of kState for the call.
  virtual void visit(std::uint8_t, base::ByteView, Value, Value) {}
  // A Held field of one, after visit(); a field that is not there holds nothing.
  struct Money {
    std::uint8_t table;
    base::ByteView key;  // lasts as in visit()
    const std::string& field;
    Amount was;
    Amount now;
  };
  virtual void money(const Money&) {}
  virtual std::optional<std::string> verdict(const Delta& delta) = 0;
  std::uint64_t seen() const { return seen_; }
  virtual void forget() = 0;  // all that it saw: the next change

 protected:
  std::uint64_t seen_ = 0;  // objects looked at: zero over a whole run is a failure too
};

// A law that keeps its room from change to change clears itself (clear()).
template <class Self>
class LawOf : public Law {
 public:
  void forget() final {
    seen_ = 0;
    Self& self = static_cast<Self&>(*this);
    if constexpr (requires { self.clear(); })
      self.clear();
    else
      self = Self();
  }
};

using Laws = std::vector<std::unique_ptr<Law>>;
// A fresh instance of every law, in the order of their ids.
Laws all_laws();

struct LawReport {
  std::string law;
  std::uint64_t objects = 0;
  std::optional<std::string> breach;  // the first one
};
using LawReports = std::vector<LawReport>;  // one of each law, in the order of all_laws()

// Every law, over one change after the other.
class Court {
 public:
  Court();
  // `I4: sentence` of each breach.
  std::vector<std::string> judge(const Delta& delta, std::span<const Change> changes);
  // Over every record of a state.
  std::vector<std::string> recount(const Reader& state);
  // Of all that was judged.
  const LawReports& reports() const { return reports_; }

 private:
  void show(Scope scope, base::ByteView key, Law::Value before, Law::Value after);
  std::vector<std::string> verdicts(const Delta& delta);

  Laws laws_;
  LawReports reports_;
  std::vector<base::Bytes> rooms_;  // of values that were read for a change
};

LawReports recount(const Reader& state);

// `I4: sentence` of each breach.
std::vector<std::string> breaches(const LawReports& reports);
// Adds the objects of `more`; the first breach of a law stays.
void add_reports(LawReports& sum, const LawReports& more);

}  // namespace wald::ledger
