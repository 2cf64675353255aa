// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 server: one or two network threads, a few workers, one route table. Everything a
// client can make it hold is capped (reliability.md 9): connections, header bytes and lines,
// target, bodies per route and in all, open polls and streams, the worker queue; whoever is slower
// than 8 KiB/s after 10 s of grace is cut, in both directions. A request beyond a cap is answered
// with the error object (400, 413, 414, 417, 429, 431, 503, 505) or, where nothing can be answered,
// closed.
//
// A message is framed by Content-Length or by chunks, never both; requests of one connection are
// answered in order; HTTP/1.0 is refused. An exception of a handler is a 500 and is reported.
// Thread rule: start and stop belong to the owner. Handlers run on workers, several at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/net/router.h"
#include "node/os/error.h"

namespace wald::net {

struct ServerOptions {
  std::vector<std::string> listen{"127.0.0.1:9185"};  // forms: os/sockets.h
  std::size_t io_threads = 1;
  std::size_t workers = 2;
  std::size_t worker_queue = 1'024;
  std::size_t max_connections = 1'024;
  std::size_t max_connections_per_address = 32;
  std::size_t max_holds = 256;  // long polls and streams
  std::size_t max_holds_per_address = 8;
  std::uint64_t max_body_bytes_in_flight = 512u << 20;
  LimitOptions limits;
  std::uint64_t idle_timeout_ms = 30'000;  // for a whole header, and between requests
  std::uint64_t slow_grace_ms = 10'000;
  std::uint64_t slow_bytes_per_s = 8'192;
  std::vector<std::string> cors_origins;  // beside storage and aggregator reads, open to all
  std::vector<std::string> host_names;    // accepted Host values; empty: any

  // Says no to a request of a route whose auth is kPeer; runs on a worker.
  std::function<std::optional<Response>(const Request&, const Route&)> authorize;
  // What an operator should know: exceptions of handlers, failing accepts.
  std::function<void(const std::string&)> report;
};

struct ServerStats {
  std::uint64_t accepted = 0;
  std::uint64_t refused_connections = 0;
  std::uint64_t requests = 0;
  std::uint64_t limited = 0;  // 429
  std::uint64_t shed = 0;     // 503: queue or body memory full
  std::uint64_t malformed = 0;
  std::uint64_t cut_slow = 0;
  std::uint64_t handler_errors = 0;
  std::size_t open_connections = 0;
  std::size_t open_holds = 0;
  std::uint64_t body_bytes_in_flight = 0;
};

class Server {
 public:
  // The router must not change any more.
  static os::IoResult<std::unique_ptr<Server>> start(ServerOptions options,
                                                     std::shared_ptr<const Router> router);
  ~Server();  // stop(0)
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Stops accepting, ends idle connections and streams, gives running requests `grace_ms`, then
  // closes all. Afterwards no handler runs and no responder reaches a socket.
  void stop(std::uint64_t grace_ms);
  std::vector<std::uint16_t> ports() const;  // one per listen address, 0 for a Unix socket
  ServerStats stats() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wald::net
