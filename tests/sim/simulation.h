// SPDX-License-Identifier: Apache-2.0
// One simulated economy: everything about it, from the number of its nodes to the last mistake of a
// client, follows from its seed. One thread, virtual time, the real ledger under all its laws; the
// signatures of senders are taken as good, those of statements, certificates and VRFs are real.
// Rules: specs/simulation.md.
#pragma once

#include "ledger/state/pool.h"
#include "tests/sim/members.h"
#include "tests/sim/players.h"

namespace wald::sim {

struct Plan {
  std::uint64_t seed = 1;
  std::uint32_t epochs = 40;
  // With rounds blobs are certified and members prove what they hold; without, no blob ever is, and
  // an epoch is a handful of blocks.
  bool rounds = true;
};

class Simulation {
 public:
  explicit Simulation(const Plan& plan);

  // Runs one epoch to its end; false once something is wrong.
  bool run_epoch();
  bool done() const { return workload_.world().epoch().value() >= plan_.epochs; }
  // What laws and players said; empty where all is well.
  std::vector<std::string> complaints() const;
  // Over the roots of state and events of every block.
  const base::Hash& digest() const { return digest_; }
  std::uint64_t blocks() const { return workload_.world().height().value(); }
  const tests::Workload& workload() const { return workload_; }
  tests::World& chain() { return workload_.chain(); }
  // A fault that no transaction brings about: at the end of this epoch the pool of a node, else of
  // the one too small for a seat, is in a state that no step can take. A seed draws when. Three
  // epochs later it is mended, as the programs of a version would, and fined for one of the epochs
  // it missed, as evidence of fraud would; it waits for the next version (H-8).
  void hurt_pool_at(base::Epoch epoch, const std::optional<std::string>& node = {}) {
    hurt_at_ = epoch;
    if (node) hurt_node_ = tests::node_of(*node);
  }
  // The next version comes behind the next block, as if a ballot had brought it.
  void upgrade();

 private:
  void block();
  void hurt_pool();
  void mend_pool();

  Plan plan_;
  std::vector<tests::SmallBlob> blobs_;
  tests::Workload workload_;
  std::optional<Members> members_;
  std::vector<std::unique_ptr<Player>> players_;
  std::vector<std::string> said_;
  base::Hash digest_;
  std::uint64_t per_block_;
  base::Epoch hurt_at_;
  base::NodeId hurt_node_;
  std::optional<decltype(ledger::PoolRecord::exits)> unhurt_;
  bool first_ = true;  // of its epoch is the next block
};

}  // namespace wald::sim
