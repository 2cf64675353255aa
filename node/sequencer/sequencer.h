// SPDX-License-Identifier: Apache-2.0
// The stand-alone sequencer (engine.md 2): collects waiting transactions into a block, executes,
// signs, commits, and goes on. A batch closes when it is full or a moment after its first entry;
// while a block is synced the next one collects. Without transactions a block is made every `idle`,
// at least every second in FREEZE and COMMIT of a round, and as soon as the next time known to the
// state has passed, so that time moves. Without room for a block (EN-4) none is made; it looks
// again every second, and the waiting transactions stay. Errors: a failed commit ends the loop with
// its text; the process must end. Thread rule: one state thread inside; start and stop belong to
// the owner.
#pragma once

#include <atomic>
#include <condition_variable>
#include <string>
#include <thread>

#include "node/keys/secret.h"
#include "node/sequencer/mempool.h"

namespace wald::sequencer {

struct SequencerOptions {
  std::uint64_t idle_ms = 5'000;
  std::uint64_t batch_delay_ms = 5;
  std::size_t batch_txs = 1'000;
  base::NodeId proposer;  // zeros: the sequencer is no node
};

class Sequencer {
 public:
  Sequencer(core::LedgerCore& core, Mempool& mempool, const keys::Secret32& key,
            const SequencerOptions& options);
  ~Sequencer();

  // `on_fatal` is called on the state thread when a commit failed.
  void start(std::function<void(const std::string&)> on_fatal);
  void stop();
  // A transaction came in.
  void wake();

  // One block of what waits, now, on the caller's thread: what the loop does, for who drives it by
  // hand instead of start(). False: there is no room for one now.
  base::Result<bool, std::string> make_block();

 private:
  void run();
  std::uint64_t wait_ms(std::uint64_t since_last_ms) const;
  void loop();

  core::LedgerCore& core_;
  Mempool& mempool_;
  const keys::Secret32& key_;
  SequencerOptions options_;
  std::function<void(const std::string&)> on_fatal_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool work_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wald::sequencer
