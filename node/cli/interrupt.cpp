// SPDX-License-Identifier: Apache-2.0
#include "node/cli/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "codec/base/check.h"
#include "node/client/failure.h"

namespace wald::cli {
namespace {

std::atomic<bool> g_interrupted{false};
std::atomic<int> g_patience{0};
std::atomic<const termios*> g_terminal{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free &&
              std::atomic<const termios*>::is_always_lock_free);

// Only what POSIX allows inside a handler.
void on_interrupt(int) {
  const bool first = !g_interrupted.exchange(true);
  if (first && g_patience.load() > 0) return;
  if (const termios* before = g_terminal.load(); before != nullptr)
    ::tcsetattr(STDIN_FILENO, TCSANOW, before);
  ::_exit(static_cast<int>(client::Exit::kInterrupted));
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  WALD_CHECK(::sigaction(SIGINT, &action, nullptr) == 0);
}

const std::atomic<bool>& interrupted() { return g_interrupted; }

Patient::Patient() { g_patience.fetch_add(1); }
Patient::~Patient() { g_patience.fetch_sub(1); }

void restore_on_interrupt(const termios* before) { g_terminal.store(before); }

}  // namespace wald::cli
