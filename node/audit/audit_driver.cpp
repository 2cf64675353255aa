// SPDX-License-Identifier: Apache-2.0
#include "node/audit/audit_driver.h"

#include <chrono>

#include "node/os/clock.h"

namespace wald::audit {
namespace {

constexpr std::chrono::milliseconds kTick(250);

}  // namespace

os::IoResult<std::unique_ptr<AuditDriver>> AuditDriver::open(AuditParts parts) {
  std::unique_ptr<AuditDriver> out(new AuditDriver(std::move(parts)));
  const AuditParts& kept = out->parts_;
  WALD_CHECK(kept.state && kept.submit && kept.ask);
  TRY_ASSIGN(out->outbox_, Outbox::open(kept.dir + "/outbox", kept.sign_log, kept.signer));
  out->driver_ = std::make_unique<RoundDriver>(kept, *out->outbox_, out->exchange_);
  return out;
}

AuditDriver::~AuditDriver() { stop(); }

void AuditDriver::start() {
  WALD_CHECK(!thread_.joinable());
  thread_ = std::thread([this] { run(); });
}

void AuditDriver::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (driver_) driver_->stop();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AuditDriver::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void AuditDriver::attest(base::Epoch epoch) {
  driver_->attest(epoch);
  wake();
}

void AuditDriver::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    try {
      driver_->step(os::monotonic_ms());
    } catch (const std::exception& failure) {  // of the store below the state
      parts_.tell(failure.what());
    }
    lock.lock();
    changed_.wait_for(lock, kTick, [this] { return stopping_ || woken_; });
  }
}

}  // namespace wald::audit
