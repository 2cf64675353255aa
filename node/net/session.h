// SPDX-License-Identifier: Apache-2.0
// Private to the server: what its connections share, and the two ends of a request in progress.
#pragma once

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <condition_variable>
#include <map>
#include <mutex>

#include "node/net/server.h"
#include "node/net/workers.h"

namespace wald::net {

using Socket = boost::asio::generic::stream_protocol::socket;

// A connection, as answers and the server's end see it. All calls from any thread.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void deliver(Exchange* exchange, Response response) = 0;
  virtual void deliver_stream(Exchange* exchange, Response head, NextPiece next,
                              StreamOptions options) = 0;
  virtual void deliver_wake(Exchange* exchange) = 0;
  virtual void drain() = 0;   // end when the present request is answered
  virtual void detach() = 0;  // close, cut off from responders; when no network thread runs
};

// One request between its arrival and its answer. Responders share it with the connection; the link
// back is weak and is cut before the network's objects go, under the mutex that every use takes.
class Exchange {
 public:
  explicit Exchange(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}
  void answer(Response response);
  void stream(Response head, NextPiece next, StreamOptions options);
  void wake();
  void wake_seen() { wake_pending_.store(false); }
  void finish();  // answered in full, or the connection is gone
  bool open() const;
  bool answered() const;

 private:
  mutable std::mutex mutex_;
  std::weak_ptr<Connection> connection_;
  bool answered_ = false;
  std::atomic<bool> wake_pending_{false};
};

struct ServerCore {
  ServerCore(ServerOptions o, std::shared_ptr<const Router> r)
      : options(std::move(o)),
        router(std::move(r)),
        limiter(options.limits),
        connections(options.max_connections, options.max_connections_per_address),
        holds(options.max_holds, options.max_holds_per_address),
        workers(options.workers, options.worker_queue) {}

  void report(const std::string& text) const {
    if (options.report) options.report(text);
  }
  std::uint64_t add(std::shared_ptr<Connection> connection);
  void remove(std::uint64_t id);
  std::vector<std::shared_ptr<Connection>> all() const;
  void wait_until_empty(std::uint64_t timeout_ms);
  void detach_all();  // when no network thread runs
  // Accounts for `bytes` of request bodies held in memory; false: over the cap, nothing counted.
  bool hold_body(std::uint64_t bytes);

  const ServerOptions options;
  const std::shared_ptr<const Router> router;
  Limiter limiter;
  Slots connections;
  Slots holds;
  Workers workers;
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> accepted{0}, refused{0}, requests{0}, limited{0}, shed{0},
      malformed{0}, cut_slow{0}, handler_errors{0}, body_bytes{0};

 private:
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::map<std::uint64_t, std::shared_ptr<Connection>> open_;
  std::uint64_t next_id_ = 1;
};

struct Peer {
  std::string text;
  std::string key;  // already holds a slot of core.connections; released with the connection
  std::optional<std::uint32_t> uid;
};
void start_session(ServerCore& core, Socket socket, Peer peer);

}  // namespace wald::net
