// SPDX-License-Identifier: Apache-2.0
// Listening sockets, made here so that the demo can bind ports before it starts the processes that
// serve them, and so that the server has one way to take a socket over. Forms of an address:
//   "127.0.0.1:9185", "[::1]:0" (0: the kernel picks)   "unix:/run/x.sock" (mode 0600)   "fd:3"
// Host names are not resolved: a node listens on addresses.
#pragma once

#include <cstdint>
#include <string>

#include "node/os/error.h"

namespace wald::os {

class Listener {
 public:
  static IoResult<Listener> open(const std::string& address, int backlog = 512);
  Listener() = default;
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;
  ~Listener();

  int fd() const { return fd_; }
  int release();               // gives the descriptor away
  std::uint16_t port() const;  // 0 for a Unix socket
  int family() const;          // AF_INET, AF_INET6, AF_UNIX

 private:
  explicit Listener(int fd) : fd_(fd) {}
  int fd_ = -1;
};

struct PeerUser {
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
};
IoResult<PeerUser> peer_user(int unix_socket_fd);  // SO_PEERCRED

}  // namespace wald::os
