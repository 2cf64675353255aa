// SPDX-License-Identifier: Apache-2.0
// What the bytes of the target `sequence` mean (SM-9): operations of all kinds on the chain of one
// small economy, in an order and in blocks that the bytes decide. Equal bytes, equal chains. Eight
// bytes come first: they draw the economy. The lowest bit of the first of them says whether nobody
// proves what he holds, in long blocks, or members do, in short ones; the second says in which
// epoch a pool gets into a state that no step can take, if it is reached, and the third which pool.
// Each eight after them are a step: the generator of one operation, every second one with something
// wrong. Where their last byte is a multiple of four, a block ends; its first byte says how much
// later. One thread.
#pragma once

#include "tests/sim/members.h"
#include "tests/support/workload.h"

namespace wald::fuzz {

inline constexpr std::size_t kStep = 8;     // bytes
inline constexpr std::size_t kSteps = 600;  // at most, after the setup

class Sequence {
 public:
  // Fewer than eight bytes are an economy in which nothing happens. The input outlives this.
  explicit Sequence(base::ByteView input);

  // All of it, up to kSteps; aborts where a law breaks.
  void play();
  const tests::Workload& workload() const { return workload_; }
  // The parts of it.
  void begin();
  void step(base::ByteView eight);
  void end();

 private:
  void turn(std::uint64_t ms);
  void hurt_pool();

  base::ByteView input_;
  tests::Workload workload_;
  std::optional<sim::Members> members_;
};

// The input of a sequence in which as many types of operation as can be are accepted again and
// again: of some draws for a step that which brings the rarest comes in.
base::Bytes dense_sequence(std::uint64_t seed);

}  // namespace wald::fuzz
