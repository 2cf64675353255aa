// SPDX-License-Identifier: Apache-2.0
#include "node/sequencer/sequencer.h"

#include "ledger/timetable.h"
#include "node/keys/keystore.h"
#include "node/os/clock.h"

namespace wald::sequencer {
namespace {

constexpr std::uint64_t kNoRoomPauseMs = 1'000;

}  // namespace

Sequencer::Sequencer(core::LedgerCore& core, Mempool& mempool, const keys::Secret32& key,
                     const SequencerOptions& options)
    : core_(core), mempool_(mempool), key_(key), options_(options) {}

Sequencer::~Sequencer() { stop(); }

void Sequencer::start(std::function<void(const std::string&)> on_fatal) {
  on_fatal_ = std::move(on_fatal);
  thread_ = std::thread([this] { run(); });
}

void Sequencer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sequencer::wake() {
  {
    const std::lock_guard lock(mutex_);
    work_ = true;
  }
  woken_.notify_all();
}

// Until the next block is due without any transaction.
std::uint64_t Sequencer::wait_ms(std::uint64_t since_last_ms) const {
  const auto view = core_.view();
  std::uint64_t idle = options_.idle_ms;
  if (ledger::wants_steady_blocks(*view)) idle = std::min<std::uint64_t>(idle, 1'000);
  std::uint64_t wait = idle > since_last_ms ? idle - since_last_ms : 0;
  if (const auto due = ledger::next_due_time(*view)) {
    const std::uint64_t now = os::wall_time().value();
    const std::uint64_t until = due->value() > now ? due->value() - now : 0;
    // Never busier than one block a batch delay, should a phase wait for blocks, not for time.
    wait = std::min(wait, std::max(until, options_.batch_delay_ms));
  }
  return wait;
}

void Sequencer::run() {
  try {
    loop();
  } catch (const store::StoreFailure& failure) {
    on_fatal_(failure.what());
  }
}

void Sequencer::loop() {
  std::uint64_t last = os::monotonic_ms();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const std::uint64_t wait = wait_ms(os::monotonic_ms() - last);
      woken_.wait_for(lock, std::chrono::milliseconds(wait), [&] { return work_ || stopping_; });
      if (stopping_) return;
      // Let a batch collect for a moment after its first entry.
      if (work_)
        woken_.wait_for(lock, std::chrono::milliseconds(options_.batch_delay_ms),
                        [&] { return stopping_; });
      if (stopping_) return;
      work_ = false;
    }
    const auto made = make_block();
    if (!made.ok()) {
      on_fatal_(made.error());
      return;
    }
    last = os::monotonic_ms();
    if (!*made) {
      std::unique_lock lock(mutex_);
      const std::uint64_t pause = std::min(options_.idle_ms, kNoRoomPauseMs);
      woken_.wait_for(lock, std::chrono::milliseconds(pause), [&] { return stopping_; });
    }
    if (!mempool_.empty()) wake();
  }
}

base::Result<bool, std::string> Sequencer::make_block() {
  if (std::string why = core_.unknown_version(); !why.empty()) return base::Err{std::move(why)};
  const core::Head at = core_.head();
  ledger::BlockInput input;
  input.height = at.height.next();
  input.time = std::max(os::wall_time(), base::TimeMs(at.time.value() + 1));
  input.proposer = options_.proposer;
  Mempool::Chosen chosen = mempool_.choose(options_.batch_txs);
  input.transactions = std::move(chosen.envelopes);
  if (core_.lacking(core::record_bound(input))) return false;
  const base::Height height = input.height;
  core::Staged staged = core_.execute(std::move(input), chosen.verdicts);
  const auto preimage = ledger::block_preimage(ledger::header_hash(staged.header));
  const auto committed = core_.commit(std::move(staged), keys::sign(key_, preimage));
  if (!committed.ok()) return base::Err{committed.error().text};
  mempool_.settle(height, chosen.verdicts);
  return true;
}

}  // namespace wald::sequencer
