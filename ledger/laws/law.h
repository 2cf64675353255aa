// SPDX-License-Identifier: Apache-2.0
// A law judges a change: it is shown every record that changed, before and after,
// and then says nothing, or one sentence with the numbers. One file per law, all of them in all.h.
// A law that breaks on a transaction undoes it with LAW_BROKEN; on a block it stops the process.
// `mutate` is the planted bug of a law (WALD_CANARY builds): constexpr false everywhere else.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/context.h"

namespace wald::ledger {

#ifdef WALD_CANARY
bool mutate(std::string_view law);
void choose_mutant(std::string_view law);  // empty: none
#else
constexpr bool mutate(std::string_view) { return false; }
#endif

// One change, of a transaction or of a whole block.
struct Delta {
  const Reader& before;
  const Reader& after;
  const Overlay::Changes& changes;
  const std::vector<spec::EventRecord>& events;
  const std::vector<spec::Posting>& unnamed;  // balances that moved without an event
  bool whole_block = false;
  bool refused = false;  // what a rejected transaction leaves
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
// A fresh instance of every law that judges transactions and blocks.
Laws all_laws();

struct Breach {
  std::string law;
  std::string sentence;
};
// All breaches of a change.
std::vector<Breach> judge(const Delta& delta);

}  // namespace wald::ledger
