// SPDX-License-Identifier: Apache-2.0
// A follower (engine.md 2): reads block records from an upstream node, checks each (chain, term,
// signature, previous hash, time), executes it, compares every hash and commits. It resumes by
// height after any break, with a growing pause. What the sequencer signed and cannot be the next
// block here (another result, another history, another time) ends it: the node stays at the last
// good height, keeps serving reads and says `diverged`. Without room for a block (EN-4) it waits.
// Thread rule: one state thread inside; the rest may be called from any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "node/core/ledger_core.h"
#include "node/net/client.h"
#include "node/sequencer/frames.h"

namespace wald::sequencer {

class Follower {
 public:
  Follower(core::LedgerCore& core, std::string upstream_url);
  ~Follower();

  // on_fatal: a commit failed, the process must end. report: what an operator should hear.
  using Tell = std::function<void(const std::string&)>;
  void start(Tell on_fatal, Tell report = {});
  void stop();

  // Height the upstream last named, 0 before the first contact.
  base::Height upstream_height() const { return base::Height(upstream_height_.load()); }
  // Empty, or why it stopped following for good.
  std::string diverged() const;
  std::string last_error() const;

 private:
  enum class Step { kGoOn, kRetry, kEnd };
  void run();
  void loop();
  Step follow();
  Step take(Frames& frames);
  Step take_record(base::ByteView record);
  void note(std::string text);

  core::LedgerCore& core_;
  const std::string upstream_;
  net::Client client_;
  Tell on_fatal_;
  Tell report_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> upstream_height_{0};
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  std::string diverged_;
  std::string last_error_;
  std::thread thread_;
};

}  // namespace wald::sequencer
