// SPDX-License-Identifier: Apache-2.0
#include "node/net/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <cstring>
#include <thread>

#include "node/net/session.h"
#include "node/os/sockets.h"

namespace wald::net {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

Peer describe(Socket& socket) {
  Peer peer{"local", "local", std::nullopt};
  ErrorCode ignored;
  const auto remote = socket.remote_endpoint(ignored);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = remote.protocol().family();
  if (family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, remote.data(), sizeof(in));
    ::inet_ntop(AF_INET, &in.sin_addr, text.data(), text.size());
    peer.text = text.data();
  } else if (family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, remote.data(), sizeof(in6));
    ::inet_ntop(AF_INET6, &in6.sin6_addr, text.data(), text.size());
    peer.text = text.data();
  } else {
    const auto user = os::peer_user(socket.native_handle());
    if (user.ok()) peer.uid = user->uid;
  }
  peer.key = address_key(peer.text);
  return peer;
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, std::shared_ptr<const Router> router)
      : core(std::move(options), std::move(router)) {}

  struct Door {
    Door(asio::io_context& context, int family, int fd)
        : strand(asio::make_strand(context)),
          acceptor(strand, asio::generic::stream_protocol(family, 0), fd),
          retry(strand) {}
    asio::strand<asio::io_context::executor_type> strand;
    Acceptor acceptor;
    asio::steady_timer retry;
  };

  void accept(Door& door);
  void accepted(Door& door, ErrorCode error, Socket socket);
  void stop(std::uint64_t grace_ms);

  // Order matters: handlers in `context` hold sessions, and those use the core to their end.
  ServerCore core;
  asio::io_context context;
  // Keeps the threads in place while every request is with a handler and no socket waits.
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::vector<std::unique_ptr<Door>> doors;
  std::vector<std::uint16_t> ports;
  std::vector<std::thread> threads;
  bool stopped = false;
};

void Server::Impl::accept(Door& door) {
  door.acceptor.async_accept(
      asio::make_strand(context),
      [this, &door](ErrorCode error, Socket socket) { accepted(door, error, std::move(socket)); });
}

void Server::Impl::accepted(Door& door, ErrorCode error, Socket socket) {
  if (error == asio::error::operation_aborted || core.draining) return;
  if (error) {
    // Out of descriptors or memory: wait for others to close rather than spin.
    core.report("accept: " + error.message());
    door.retry.expires_after(std::chrono::milliseconds(100));
    door.retry.async_wait([this, &door](ErrorCode cancelled) {
      if (!cancelled) accept(door);
    });
    return;
  }
  Peer peer = describe(socket);
  if (core.connections.take(peer.key)) {
    ++core.accepted;
    const int on = 1;
    if (!peer.uid) ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    start_session(core, std::move(socket), std::move(peer));
  } else {
    ++core.refused;
    constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n"
        "Retry-After: 1\r\n\r\n";
    ::send(socket.native_handle(), kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  accept(door);
}

os::IoResult<std::unique_ptr<Server>> Server::start(ServerOptions options,
                                                    std::shared_ptr<const Router> router) {
  WALD_CHECK(options.io_threads >= 1 && options.workers >= 1);
  const std::vector<std::string> addresses = options.listen;
  auto impl = std::make_unique<Impl>(std::move(options), std::move(router));
  for (const std::string& address : addresses) {
    TRY_ASSIGN(os::Listener listener, os::Listener::open(address));
    const int family = listener.family();
    impl->ports.push_back(listener.port());
    impl->doors.push_back(std::make_unique<Impl::Door>(impl->context, family, listener.release()));
  }
  for (const auto& door : impl->doors) impl->accept(*door);
  for (std::size_t i = 0; i < impl->core.options.io_threads; ++i)
    impl->threads.emplace_back([context = &impl->context] { context->run(); });
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::Impl::stop(std::uint64_t grace_ms) {
  if (stopped) return;
  stopped = true;
  core.draining = true;
  for (const auto& door : doors) {
    asio::post(door->strand, [door = door.get()] {
      ErrorCode ignored;
      door->acceptor.close(ignored);
      door->retry.cancel();
    });
  }
  for (const auto& connection : core.all()) connection->drain();
  core.wait_until_empty(grace_ms);
  context.stop();
  for (std::thread& thread : threads) thread.join();
  core.workers.stop();
  core.detach_all();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(0); }
void Server::stop(std::uint64_t grace_ms) { impl_->stop(grace_ms); }
std::vector<std::uint16_t> Server::ports() const { return impl_->ports; }

ServerStats Server::stats() const {
  const ServerCore& core = impl_->core;
  return {core.accepted,       core.refused,        core.requests,
          core.limited,        core.shed,           core.malformed,
          core.cut_slow,       core.handler_errors, core.connections.in_use(),
          core.holds.in_use(), core.body_bytes};
}

}  // namespace wald::net
