// SPDX-License-Identifier: Apache-2.0
// A socket that sends exactly the bytes a test wants, and a server that does the same. Reads give
// up after 20 s, which fails the test.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>

#include "codec/base/check.h"
#include "node/net/server.h"
#include "node/os/sockets.h"

namespace wald::tests {

class RawSocket {
 public:
  explicit RawSocket(int fd) : fd_(fd) { limit(); }
  static RawSocket connect(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    WALD_CHECK(::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0);
    return RawSocket(fd);
  }
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() {
    if (fd_ >= 0) ::close(fd_);
  }

  // False once the other side is gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void end_sending() const { ::shutdown(fd_, SHUT_WR); }

  // All until the other side closes (or resets).
  std::string read_all() {
    std::string out;
    while (read_more(out)) {
    }
    return out;
  }
  std::string read_until(std::string_view mark) {
    std::string out;
    while (out.find(mark) == std::string::npos && read_more(out)) {
    }
    return out;
  }
  int fd() const { return fd_; }

 private:
  void limit() const {
    const timeval wait{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
  }
  bool read_more(std::string& out) const {
    std::array<char, 4096> piece{};
    const ssize_t n = ::recv(fd_, piece.data(), piece.size(), 0);
    if (n <= 0) {
      WALD_CHECK(n == 0 || errno == ECONNRESET);
      return false;
    }
    out.append(piece.data(), static_cast<std::size_t>(n));
    return true;
  }
  int fd_;
};

// Answers each connection by a function, one after the other, until it is destroyed.
class RawServer {
 public:
  explicit RawServer(std::function<void(RawSocket&)> serve)
      : listener_(os::Listener::open("127.0.0.1:0").value()),
        thread_([this, serve = std::move(serve)] {
          for (;;) {
            const int fd = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            RawSocket socket(fd);
            serve(socket);
          }
        }) {}
  ~RawServer() {
    ::shutdown(listener_.fd(), SHUT_RDWR);
    thread_.join();
  }
  std::string url(const std::string& target = "/") const {
    return "http://127.0.0.1:" + std::to_string(listener_.port()) + target;
  }

 private:
  os::Listener listener_;
  std::thread thread_;
};

inline std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

inline net::ServerOptions loopback() {
  net::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  return options;
}

inline net::Route route(net::Method method, std::string pattern, net::Handler handler,
                        std::uint64_t body_cap = 0) {
  net::Route out;
  out.method = method;
  out.pattern = std::move(pattern);
  out.limit = net::LimitClass::kFree;
  out.body_cap = body_cap;
  out.handler = std::move(handler);
  return out;
}

}  // namespace wald::tests
