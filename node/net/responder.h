// SPDX-License-Identifier: Apache-2.0
// Responder: the right and the duty to answer one request, once, from any thread, now or later.
// Dropped without an answer it sends 500, so no client waits for ever. It outlives the server
// safely: an answer after the end goes nowhere.
//
// An endless body is pulled, not pushed: the server asks for the next piece when the client has
// taken the last one. So nothing queues up for a slow reader (it only falls behind in what it
// reads, at its own pace), and a reader that takes nothing for a while is cut. wake() says that
// there may be more.
#pragma once

#include <functional>
#include <memory>

#include "node/net/http.h"

namespace wald::net {

class Exchange;  // the server's side

struct Piece {
  enum class Kind { kData, kNothingNow, kEnd } kind = Kind::kNothingNow;
  // Of kData; at most 32 MiB (CHECK), which the largest block of the parameters is below. It is
  // what a slow reader holds of memory, so where it can be less it should be.
  std::string bytes;

  static Piece data(std::string bytes) { return {Kind::kData, std::move(bytes)}; }
  static Piece nothing_now() { return {}; }
  static Piece end() { return {Kind::kEnd, {}}; }
};
// Called on a worker, never twice at once. `idle`: the idle time has passed without data, so a
// heartbeat is due. Must not block.
using NextPiece = std::function<Piece(bool idle)>;

struct StreamOptions {
  std::uint64_t idle_ms = 5'000;
};

class StreamHandle {
 public:
  StreamHandle() = default;
  explicit StreamHandle(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  void wake() const;  // any thread; cheap; nothing happens if the stream is over
  bool open() const;

 private:
  std::shared_ptr<Exchange> exchange_;
};

class Responder {
 public:
  explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&&) = delete;
  ~Responder();

  void send(Response response);
  // `head` gives status, type and headers; its body is not used. `ready` receives the handle before
  // the first piece is asked for, so that no wake-up is missed; it may be empty.
  void stream(Response head, NextPiece next, StreamOptions options = {},
              const std::function<void(StreamHandle)>& ready = {});

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace wald::net
