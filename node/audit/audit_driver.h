// SPDX-License-Identifier: Apache-2.0
// AuditDriver: the audit half of a node in one object (O-35 to O-38): RoundDriver, Outbox and
// Exchange on a thread of their own. The ledger's commit listener calls wake(), nothing else; the
// thread then looks at the newest state, so a commit never waits for a proof. It also looks every
// quarter of a second, for what is due by time.
//
// Wiring:
//   auto audit = AuditDriver::open(std::move(parts)).value();
//   audit->add_routes(router);                       // before the server starts
//   core.on_commit([&](auto&, auto&) { audit->wake(); });
//   ShardSync's attest: [&](base::Epoch e) { audit->attest(e); }
//   audit->start(); .. audit->stop();
//
// Errors: open() answers the disk's or the sign log's. Thread rule: wake(), attest() and stats()
// from any thread; start(), stop() and step() from one, and step() only while not started.
#pragma once

#include <condition_variable>
#include <thread>

#include "node/audit/round_driver.h"

namespace wald::audit {

class AuditDriver {
 public:
  static os::IoResult<std::unique_ptr<AuditDriver>> open(AuditParts parts);
  ~AuditDriver();  // stop()

  void add_routes(net::Router& router) const { add_exchange_routes(router, exchange_); }
  void start();
  void stop();
  void wake();
  void attest(base::Epoch epoch);
  AuditStats stats() const { return driver_->stats(); }

  // stop() waits for the sliver or the question at hand: at most about ten seconds.

  // One look on the caller's thread, for tests and simulators.
  void step(std::uint64_t now_ms) { driver_->step(now_ms); }
  const Exchange& exchange() const { return exchange_; }
  const Outbox& outbox() const { return *outbox_; }

 private:
  explicit AuditDriver(AuditParts parts)
      : parts_(std::move(parts)), exchange_(parts_.self, parts_.peer_of) {}
  void run();

  const AuditParts parts_;
  Exchange exchange_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<RoundDriver> driver_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace wald::audit
