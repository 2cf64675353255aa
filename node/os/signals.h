// SPDX-License-Identifier: Apache-2.0
// Signals as a descriptor that can be waited on, so no code ever runs inside a handler.
// Made first thing in main, before any thread: threads inherit the blocked mask. SIGPIPE is
// ignored: a closed peer is an error code, not the end of the process; SIGXFSZ likewise, since a
// file-size limit is a full disk.
#pragma once

#include <optional>
#include <vector>

#include "node/os/error.h"

namespace wald::os {

void ignore_sigpipe();
// No core files: they would hold secrets. Called by the daemon's main.
void forbid_core_files();

class Signals {
 public:
  static IoResult<Signals> catch_all(
      const std::vector<int>& signals);  // e.g. SIGINT, SIGTERM, SIGHUP
  Signals(Signals&& other) noexcept;
  Signals& operator=(Signals&&) = delete;
  ~Signals();

  // The next signal; nothing after timeout_ms (negative: wait for ever).
  std::optional<int> wait(int timeout_ms) const;
  int fd() const { return fd_; }

 private:
  explicit Signals(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace wald::os
