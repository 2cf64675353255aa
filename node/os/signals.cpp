// SPDX-License-Identifier: Apache-2.0
#include "node/os/signals.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "codec/base/check.h"

namespace wald::os {

void ignore_sigpipe() {
  WALD_CHECK(std::signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  // A file-size limit is a full disk: an error of the write, not the end of the process.
  WALD_CHECK(std::signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
}

void forbid_core_files() {
  const rlimit none{0, 0};
  WALD_CHECK(::setrlimit(RLIMIT_CORE, &none) == 0);
}

IoResult<Signals> Signals::catch_all(const std::vector<int>& signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : signals) sigaddset(&set, s);
  const int code = ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  if (code != 0) return base::Err{system_error(code, "block signals")};
  const int fd = ::signalfd(-1, &set, SFD_CLOEXEC);
  if (fd < 0) return base::Err{system_error(errno, "signalfd")};
  return Signals(fd);
}

Signals::Signals(Signals&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Signals::~Signals() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<int> Signals::wait(int timeout_ms) const {
  pollfd ready{fd_, POLLIN, 0};
  if (::poll(&ready, 1, timeout_ms) != 1) return std::nullopt;
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace wald::os
