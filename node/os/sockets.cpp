// SPDX-License-Identifier: Apache-2.0
#include "node/os/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace wald::os {
namespace {

template <class T>
bool parse_number(std::string_view text, T& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

IoResult<SocketAddress> parse_address(const std::string& text) {
  SocketAddress out;
  if (text.starts_with("unix:")) {
    const std::string path = text.substr(5);
    sockaddr_un un{};
    if (path.empty() || path.size() >= sizeof(un.sun_path))
      return content_error("listen " + text + ": a socket path has 1 to 107 bytes");
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, path.data(), path.size());
    std::memcpy(&out.storage, &un, sizeof(un));
    out.size = sizeof(un);
    return out;
  }
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon == std::string::npos || !parse_number(std::string_view(text).substr(colon + 1), port))
    return content_error("listen " + text + ": expected address:port, unix:path or fd:N");
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &in6.sin6_addr) == 1) {
      std::memcpy(&out.storage, &in6, sizeof(in6));
      out.size = sizeof(in6);
      return out;
    }
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.c_str(), &in.sin_addr) == 1) {
      std::memcpy(&out.storage, &in, sizeof(in));
      out.size = sizeof(in);
      return out;
    }
  }
  return content_error("listen " + text + ": not an IPv4 or [IPv6] address");
}

}  // namespace

IoResult<Listener> Listener::open(const std::string& address, int backlog) {
  if (address.starts_with("fd:")) {
    int fd = -1;
    int listening = 0;
    socklen_t size = sizeof(listening);
    if (!parse_number(std::string_view(address).substr(3), fd) || fd < 0 ||
        ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
      return content_error("listen " + address + ": not an inherited listening socket");
    return Listener(fd);
  }
  TRY_ASSIGN(const SocketAddress where, parse_address(address));
  const bool is_unix = where.storage.ss_family == AF_UNIX;
  Listener out(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (out.fd_ < 0) return base::Err{system_error(errno, "socket for " + address)};
  const int on = 1;
  if (!is_unix) ::setsockopt(out.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (is_unix) {
    // A socket left by a dead process would block the name; the data folder's lock is already ours.
    struct stat info {};
    const std::string path = address.substr(5);
    if (::lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) ::unlink(path.c_str());
  }
  const mode_t before = is_unix ? ::umask(0177) : 0;
  const int bound = ::bind(out.fd_, reinterpret_cast<const sockaddr*>(&where.storage), where.size);
  const int code = errno;
  if (is_unix) ::umask(before);
  if (bound != 0) return base::Err{system_error(code, "bind " + address)};
  if (::listen(out.fd_, backlog) != 0) return base::Err{system_error(errno, "listen " + address)};
  return out;
}

Listener::Listener(Listener&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Listener::~Listener() {
  if (fd_ >= 0) ::close(fd_);
}

int Listener::release() { return std::exchange(fd_, -1); }

int Listener::family() const {
  sockaddr_storage at{};
  socklen_t size = sizeof(at);
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) != 0) return AF_UNSPEC;
  return at.ss_family;
}

std::uint16_t Listener::port() const {
  sockaddr_storage at{};
  socklen_t size = sizeof(at);
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) != 0) return 0;
  std::uint16_t port = 0;
  if (at.ss_family == AF_INET) port = reinterpret_cast<const sockaddr_in*>(&at)->sin_port;
  if (at.ss_family == AF_INET6) port = reinterpret_cast<const sockaddr_in6*>(&at)->sin6_port;
  return ntohs(port);
}

IoResult<PeerUser> peer_user(int unix_socket_fd) {
  ucred who{};
  socklen_t size = sizeof(who);
  if (::getsockopt(unix_socket_fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return base::Err{system_error(errno, "peer of a local socket")};
  return PeerUser{who.uid, who.pid};
}

}  // namespace wald::os
