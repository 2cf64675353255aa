// SPDX-License-Identifier: Apache-2.0
// The offline audit of a node's data (A-33, I32): the block log is executed again from genesis with
// every law judging, then each law looks at the whole final state, and the events, folded from the
// money of genesis, must give every money field of that state, numbered without a gap. Where the
// node keeps a checkpoint, its records must give the root that the log has at that height.
// Errors are sentences; a broken law is no error but a report with a breach. Thread rule: pure but
// for reading the log and the checkpoint.
#pragma once

#include "ledger/judgement.h"
#include "node/core/replay.h"

namespace wald::core {

// Follows money through the events alone.
class EventFold {
 public:
  explicit EventFold(const ledger::Changes& genesis);
  void add(const ledger::Events& events);
  // Against the state the events led to: nothing, or what does not fit.
  std::optional<std::string> compare(const std::map<base::Bytes, base::Bytes>& records) const;
  std::uint64_t events() const { return seq_; }

 private:
  using Place = std::pair<base::Bytes, std::string>;  // key and field
  std::map<Place, std::uint64_t> money_;
  std::uint64_t seq_ = 0;
  std::optional<std::string> broken_;
};

struct Audited {
  base::Height height;
  base::Hash root;
  std::uint64_t events = 0;
  ledger::LawReports laws;  // objects of all blocks and of the final state
};
// checkpoint: of the store beside the log, if it is to be compared.
base::Result<Audited, std::string> audit_log(
    const ledger::GenesisState& genesis, const std::string& log_dir,
    const std::optional<store::Tip>& checkpoint = std::nullopt);

// Every record of the store read, its check verified and its root recomputed; nothing where there
// is no store, or it is empty. No node may have it open.
base::Result<std::optional<store::Tip>, std::string> read_checkpoint(
    const ledger::GenesisState& genesis, const std::string& state_dir);

}  // namespace wald::core
