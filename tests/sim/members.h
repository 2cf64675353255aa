// SPDX-License-Identifier: Apache-2.0
// The members of a simulated committee, who play the challenge rounds of its chain with real keys:
// they reveal, commit to answers that hold, report on each other and open leaves on the ledger.
// In each round most are honest; some are silent, late, shunned by the others so that they must
// show what they hold, miss slivers, or talk nonsense. Now and then one declares a shard lost and
// later restored. All of it follows from the generator.
#pragma once

#include <map>
#include <memory>

#include "tests/support/round_desk.h"
#include "tests/support/workload.h"

namespace wald::sim {

class Members {
 public:
  // blobs: all that is ever certified on the chain. The workload's chain and the blobs outlive
  // this.
  Members(tests::Workload& workload, const std::vector<tests::SmallBlob>& blobs);

  // Says what is due now, for the next block.
  void act();

 private:
  enum class Manner : std::uint8_t { kHonest, kSilent, kSlow, kShunned, kForgetful };
  struct Keys {
    std::string name;
    prove::Signer signer;
    std::map<base::PublicKey, prove::VrfSecret> vrfs;  // all that it ever announced
  };
  struct Part {  // of a member in the round at hand
    Manner manner = Manner::kHonest;
    std::uint32_t revealed = 0, committed = 0, reported = 0, shown = 0;  // how often
  };

  void enter(const ledger::rounds::RoundView& view);
  void play(const tests::RoundDesk& desk, const tests::Seat& seat, Part& part);
  void report(const tests::RoundDesk& desk, const tests::Seat& seat, Part& part);
  void show(const tests::RoundDesk& desk, const tests::Seat& seat, Part& part);
  void stray(const tests::RoundDesk& desk, const tests::Seat& seat);
  void lose_or_restore();
  void renew_key();
  void say(const spec::Operation& operation);
  tests::RoundDesk::Edit some_edit();
  Keys* some_member();

  tests::World& world_;
  base::Prng& random_;
  const std::vector<tests::SmallBlob>& blobs_;
  std::map<base::NodeId, std::unique_ptr<Keys>> keys_;
  std::optional<proofs::RoundId> round_;
  std::vector<Part> parts_;
};

}  // namespace wald::sim
