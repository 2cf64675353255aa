// SPDX-License-Identifier: Apache-2.0
// What LedgerCore does beside the commit path: checkpoints, the recount of every epoch, and the end
// of the process when the data below it can no longer be trusted.
#include <cstdio>
#include <cstdlib>

#include "codec/base/text.h"
#include "ledger/judgement.h"
#include "node/core/ledger_core.h"
#include "node/os/clock.h"

namespace wald::core {

base::Result<void, std::string> LedgerCore::checkpoint() {
  try {
    store_->checkpoint({}, os::monotonic_ms());
    room_->measure();
  } catch (const store::StoreFailure& failure) {  // the alarm was told
    return base::Err{std::string(failure.what())};
  }
  return {};
}

// counted: the epoch that was running when the node started.
void LedgerCore::upkeep(base::Epoch counted) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    stop_signal_.wait_for(lock, std::chrono::milliseconds(500), [&] { return stopping_; });
    if (stopping_ || !fatal_.empty()) break;
    const bool turned = head_.epoch != counted;
    counted = head_.epoch;
    lock.unlock();
    try {
      if (store_->due(os::monotonic_ms())) static_cast<void>(checkpoint().ok());
      if (turned) recount();
    } catch (const store::StoreFailure&) {  // the alarm was told
    }
    lock.lock();
  }
}

// A state in which a law is broken is out of reach of any transaction: the node stops before more
// is built on it.
void LedgerCore::recount() {
  const auto at = view();
  const auto broken = ledger::breaches(ledger::recount(*at));
  if (broken.empty()) {
    ++recounts_;
    return;
  }
  const std::string height = std::to_string(at->tip().height.value());
  std::string text = "height " + height + "\nroot 0x" + base::to_hex(at->tip().root.view()) +
                     "\nchain 0x" + base::to_hex(chain().view()) + "\n";
  for (const auto& breach : broken) text += breach + "\n";
  const std::string dump = dir_ + "/broken-law-" + height + ".txt";
  const auto saved = os::write_file_atomic(dump, base::as_bytes(text), 0600);
  fail("the state of height " + height + " breaks a law: " + broken.front() +
       (saved.ok() ? " (all of it in " + dump + ")" : "") +
       "; run `wald audit` on this folder and on another node's, and report both");
}

void LedgerCore::fail(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!fatal_.empty()) return;
    fatal_ = why;
  }
  if (on_fatal_) return on_fatal_(why);
  std::fprintf(stderr, "wald: %s\n", why.c_str());
  std::abort();
}

std::string LedgerCore::fatal() const {
  const std::lock_guard lock(mutex_);
  return fatal_;
}

}  // namespace wald::core
