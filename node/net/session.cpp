// SPDX-License-Identifier: Apache-2.0
// One connection of the server. All its work runs on one strand; the only calls from other threads
// are the deliver_ functions, which post to it. A connection is in one state at a time:
//
//   reading a header -> reading a body -> with the handler -> writing -> reading a header ..
//                                                          -> streaming -> ..
//
// The registry of ServerCore owns it; close() takes it out.
#include "node/net/session.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "codec/base/text.h"
#include "node/net/errors.h"
#include "node/net/request_rules.h"
#include "node/os/clock.h"
#include "node/os/random.h"

namespace wald::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Ms = std::chrono::milliseconds;

constexpr std::uint32_t kHeaderBytes = 16 * 1024;
constexpr std::size_t kMaxPiece = 32u << 20;
constexpr std::uint64_t kLingerMs = 2'000;
constexpr std::size_t kLingerBytes = 256 * 1024;

class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(ServerCore& core, Socket socket, Peer peer)
      : core_(core),
        peer_(std::move(peer)),
        stream_(std::move(socket)),
        timer_(stream_.get_executor()) {}
  ~Session() override {
    release_request();
    core_.connections.release(peer_.key);
  }

  void start() {
    id_ = core_.add(shared_from_this());
    post([](Session& self) { self.read_header(); });
  }

  void deliver(Exchange* exchange, Response response) override {
    post([exchange, response = std::move(response)](Session& self) mutable {
      if (self.exchange_.get() == exchange) self.write(std::move(response));
    });
  }
  void deliver_stream(Exchange* exchange, Response head, NextPiece next,
                      StreamOptions options) override {
    post(
        [exchange, head = std::move(head), next = std::move(next), options](Session& self) mutable {
          if (self.exchange_.get() == exchange) self.begin_stream(head, std::move(next), options);
        });
  }
  void deliver_wake(Exchange* exchange) override {
    post([exchange](Session& self) {
      if (self.exchange_.get() == exchange) self.on_wake();
    });
  }
  void drain() override {
    post([](Session& self) {
      if (!self.exchange_) return self.close();
      if (self.waiting_) self.end_stream();
    });
  }
  void detach() override {
    if (exchange_) exchange_->finish();
    stream_.close();
  }

 private:
  template <class Action>
  void post(Action action) {
    asio::post(stream_.get_executor(), [self = shared_from_this(),
                                        action = std::move(action)]() mutable { action(*self); });
  }
  auto then(void (Session::*step)(ErrorCode, std::size_t)) {
    return beast::bind_front_handler(step, shared_from_this());
  }
  // By when `bytes` must have moved, counted from `started_ms_`.
  void expect_progress(std::uint64_t bytes) {
    const std::uint64_t allowed =
        core_.options.slow_grace_ms +
        bytes * 1'000 / std::max<std::uint64_t>(core_.options.slow_bytes_per_s, 1);
    const std::uint64_t passed = os::monotonic_ms() - started_ms_;
    deadline_ms_ = started_ms_ + allowed;
    stream_.expires_after(Ms(allowed > passed ? allowed - passed : 0));
  }

  void read_header();
  void on_header(ErrorCode error, std::size_t);
  void malformed(ErrorCode error);
  void receive();
  void read_body();
  void on_body(ErrorCode error, std::size_t);
  bool account_body();
  void dispatch();
  void run_handler(const Route& route, std::shared_ptr<Exchange> exchange);
  void write(Response response);
  void on_written(ErrorCode error, std::size_t);
  void next_request();
  void linger(ErrorCode, std::size_t bytes);
  void release_request();
  void close();

  void begin_stream(const Response& head, NextPiece next, StreamOptions options);
  void pull(bool idle);
  void on_piece(Piece piece);
  void wait_for_more(std::uint64_t ms, bool idle);
  void on_wake();
  void end_stream();

  template <class Message>
  void set_headers(Message& message, const Response& response);

  ServerCore& core_;
  Peer peer_;
  beast::basic_stream<asio::generic::stream_protocol> stream_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_{64 * 1024};
  std::uint64_t id_ = 0;

  // The present request.
  std::optional<http::request_parser<http::string_body>> parser_;
  std::shared_ptr<Exchange> exchange_;
  Request request_;
  const Route* route_ = nullptr;
  Limiter::Verdict verdict_;
  std::string origin_;
  std::string request_id_;
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool unread_body_ = false;
  bool holds_ = false;
  std::uint64_t body_held_ = 0;
  std::uint64_t started_ms_ = 0;
  std::uint64_t deadline_ms_ = 0;

  // Its stream, if it has one.
  NextPiece next_piece_;
  StreamOptions stream_options_;
  bool waiting_ = false;
  bool woken_ = false;
  std::uint64_t wait_number_ = 0;
  std::size_t lingered_ = 0;
};

void Session::read_header() {
  if (core_.draining) return close();
  parser_.emplace();
  parser_->header_limit(kHeaderBytes);
  // The route's own cap is judged once the route is known; this one bounds what Beast may collect.
  parser_->body_limit(core_.router->largest_body_cap());
  stream_.expires_after(Ms(core_.options.idle_timeout_ms));
  http::async_read_header(stream_, buffer_, *parser_, then(&Session::on_header));
}

void Session::on_header(ErrorCode error, std::size_t) {
  if (error == http::error::end_of_stream || error == beast::error::timeout ||
      error == asio::error::operation_aborted)
    return close();
  ++core_.requests;
  request_ = {};
  origin_.clear();
  request_id_ = base::to_hex(os::random_bytes<8>());
  exchange_ = std::make_shared<Exchange>(weak_from_this());
  keep_alive_ = false;
  unread_body_ = true;
  if (error) return malformed(error);
  receive();
}

void Session::malformed(ErrorCode error) {
  if (error.category() != make_error_code(http::error::bad_method).category()) return close();
  ++core_.malformed;
  if (error == http::error::body_limit)
    return write(error_response(Status::kPayloadTooLarge, "BODY_TOO_LARGE", kGlobalDomain,
                                "the body is larger than any route takes"));
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return write(error_response(Status::kHeaderTooLarge, "HEADER_TOO_LARGE", kGlobalDomain,
                                "the header is larger than 16 KiB"));
  if (error == http::error::partial_message) return close();
  write(error_response(Status::kInvalidArgument, "MALFORMED_REQUEST", kGlobalDomain,
                       error.message()));
}

// The header is whole: everything that can be refused without the body is refused here.
void Session::receive() {
  const auto& message = parser_->get();
  request_.target = std::string(message.target());
  for (const auto& field : message)
    request_.headers.emplace_back(lower_case(field.name_string()), std::string(field.value()));
  request_.peer = peer_.text;
  request_.peer_uid = peer_.uid;
  if (valid_request_id(request_.header("x-request-id")))
    request_id_ = std::string(request_.header("x-request-id"));
  request_.request_id = request_id_;
  origin_ = std::string(request_.header("origin"));
  HeaderFacts facts{std::string(message.method_string()), message.version(),
                    parser_->content_length().value_or(0)};
  Admission admission = admit(core_, request_, facts, peer_.key);
  route_ = admission.route;
  verdict_ = admission.verdict;
  holds_ = admission.holds;
  head_only_ = request_.method == Method::kHead;
  unread_body_ = !parser_->is_done();
  keep_alive_ = message.keep_alive() && !unread_body_;
  if (admission.refusal) return write(std::move(*admission.refusal));
  keep_alive_ = message.keep_alive();
  started_ms_ = os::monotonic_ms();
  if (unread_body_ && !request_.header("expect").empty()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    expect_progress(0);
    return asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                             then(&Session::on_body));
  }
  read_body();
}

void Session::read_body() {
  if (parser_->is_done()) return dispatch();
  expect_progress(parser_->get().body().size());
  http::async_read_some(stream_, buffer_, *parser_, then(&Session::on_body));
}

void Session::on_body(ErrorCode error, std::size_t) {
  // Bytes that came just as the time ran out make the next read fail in another way.
  const bool late =
      error.category() == asio::error::get_system_category() && os::monotonic_ms() >= deadline_ms_;
  if (error == beast::error::timeout || (error && late)) {
    ++core_.cut_slow;
    return close();
  }
  if (error) return malformed(error);
  if (!account_body()) return;
  read_body();
}

// Only now is a chunked body's size known; and all bodies together are bounded.
bool Session::account_body() {
  const std::uint64_t size = parser_->get().body().size();
  if (size > route_->body_cap) {
    keep_alive_ = false;
    write(body_too_large(route_->body_cap));
    return false;
  }
  if (!core_.hold_body(size - body_held_)) {
    ++core_.shed;
    keep_alive_ = false;
    write(retry_response(Status::kUnavailable, "BUSY", kGlobalDomain,
                         "too many request bodies are under way", 1));
    return false;
  }
  body_held_ = size;
  return true;
}

void Session::dispatch() {
  unread_body_ = false;
  request_.body = std::move(parser_->get().body());
  stream_.expires_never();
  if (route_->run_on == RunOn::kIoThread) return run_handler(*route_, exchange_);
  // From here on the request belongs to the worker; the session only waits for the answer.
  const auto run = [self = shared_from_this(), route = route_, exchange = exchange_] {
    self->run_handler(*route, exchange);
  };
  if (core_.workers.post(run)) return;
  ++core_.shed;
  write(retry_response(Status::kUnavailable, "BUSY", kGlobalDomain, "the node is busy", 1));
}

// Once the answer is given the strand goes on with the next request, so nothing of this one but the
// arguments may be touched behind that point.
void Session::run_handler(const Route& route, std::shared_ptr<Exchange> exchange) {
  Responder responder(std::move(exchange));
  try {
    if (route.auth == Auth::kPeer) {
      auto refusal = core_.options.authorize
                         ? core_.options.authorize(request_, route)
                         : std::optional<Response>(error_response(
                               Status::kUnauthenticated, "NO_PEER_AUTHORITY", kGlobalDomain,
                               "this node accepts no requests of other nodes"));
      if (refusal) return responder.send(std::move(*refusal));
    }
    route.handler(std::move(request_), std::move(responder));
  } catch (const std::exception& e) {
    ++core_.handler_errors;
    core_.report(route.pattern + ": " + e.what());
  }
}

template <class Message>
void Session::set_headers(Message& message, const Response& response) {
  const auto set = [&](std::string_view name, std::string_view value) {
    message.set(beast::string_view(name.data(), name.size()),
                beast::string_view(value.data(), value.size()));
  };
  for (const auto& [name, value] : response.headers)
    if (plain_header(name, value)) set(name, value);
  if (!response.content_type.empty()) set("content-type", response.content_type);
  set("x-request-id", request_id_);
  if (verdict_.limit != 0) {
    set("ratelimit-limit", std::to_string(verdict_.limit));
    set("ratelimit-remaining", std::to_string(verdict_.remaining));
  }
  const std::string_view allowed = cors_answer(core_.options, route_, request_.method, origin_);
  if (!allowed.empty()) {
    set("access-control-allow-origin", allowed);
    set("vary", "origin");
  }
  message.keep_alive(keep_alive_);
}

void Session::write(Response response) {
  if (core_.draining) keep_alive_ = false;
  started_ms_ = os::monotonic_ms();
  const auto status = static_cast<unsigned>(response.status);
  const bool no_body = head_only_ || status == 204 || status == 304;
  expect_progress(no_body ? 0 : response.body.size());
  if (no_body) {
    auto message = std::make_shared<http::response<http::empty_body>>();
    message->version(11);
    message->result(status);
    set_headers(*message, response);
    if (head_only_) message->content_length(response.body.size());
    return http::async_write(stream_, *message,
                             [self = shared_from_this(), message](ErrorCode error, std::size_t n) {
                               self->on_written(error, n);
                             });
  }
  auto message = std::make_shared<http::response<http::string_body>>();
  message->version(11);
  message->result(status);
  set_headers(*message, response);
  message->body() = std::move(response.body);
  message->prepare_payload();
  http::async_write(stream_, *message,
                    [self = shared_from_this(), message](ErrorCode error, std::size_t n) {
                      self->on_written(error, n);
                    });
}

void Session::on_written(ErrorCode error, std::size_t) {
  if (error == beast::error::timeout) ++core_.cut_slow;
  if (error) return close();
  next_request();
}

void Session::next_request() {
  release_request();
  if (keep_alive_ && !core_.draining) return read_header();
  if (!unread_body_) return close();
  // Closing now, with bytes unread, would make the kernel reset the connection and the client lose
  // the answer: say that no more comes, and swallow a bounded rest.
  ErrorCode ignored;
  stream_.socket().shutdown(Socket::shutdown_send, ignored);
  lingered_ = 0;
  stream_.expires_after(Ms(kLingerMs));
  linger({}, 0);
}

void Session::linger(ErrorCode error, std::size_t bytes) {
  lingered_ += bytes;
  if (error || lingered_ > kLingerBytes || core_.draining) return close();
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16 * 1024), then(&Session::linger));
}

void Session::release_request() {
  if (exchange_) exchange_->finish();
  exchange_.reset();
  if (body_held_ != 0) core_.body_bytes.fetch_sub(std::exchange(body_held_, 0));
  if (std::exchange(holds_, false)) core_.holds.release(peer_.key);
  next_piece_ = nullptr;
  waiting_ = woken_ = false;
  route_ = nullptr;
  verdict_ = {};
}

void Session::close() {
  release_request();
  ++wait_number_;
  timer_.cancel();
  ErrorCode ignored;
  stream_.socket().shutdown(Socket::shutdown_both, ignored);
  stream_.close();
  core_.remove(id_);
}

void Session::begin_stream(const Response& head, NextPiece next, StreamOptions options) {
  next_piece_ = std::move(next);
  stream_options_ = options;
  auto message = std::make_shared<http::response<http::empty_body>>();
  message->version(11);
  message->result(static_cast<unsigned>(head.status));
  set_headers(*message, head);
  message->chunked(true);
  auto writer = std::make_shared<http::response_serializer<http::empty_body>>(*message);
  started_ms_ = os::monotonic_ms();
  expect_progress(0);
  http::async_write_header(
      stream_, *writer, [self = shared_from_this(), message, writer](ErrorCode error, std::size_t) {
        if (error) return self->close();
        if (self->head_only_) return self->next_request();
        self->pull(false);
      });
}

void Session::pull(bool idle) {
  if (core_.draining) return end_stream();
  stream_.expires_never();
  woken_ = false;
  exchange_->wake_seen();
  const bool queued = core_.workers.post(
      [self = shared_from_this(), exchange = exchange_, idle, next = next_piece_] {
        Piece piece = Piece::end();
        try {
          piece = next(idle);
        } catch (const std::exception& e) {
          ++self->core_.handler_errors;
          self->core_.report(std::string("stream: ") + e.what());
        }
        self->post([exchange, piece = std::move(piece)](Session& session) mutable {
          if (session.exchange_ == exchange) session.on_piece(std::move(piece));
        });
      });
  if (!queued) wait_for_more(50, idle);
}

void Session::on_piece(Piece piece) {
  WALD_CHECK(piece.bytes.size() <= kMaxPiece);
  if (piece.kind == Piece::Kind::kEnd) return end_stream();
  if (piece.kind == Piece::Kind::kNothingNow || piece.bytes.empty()) {
    if (woken_) return pull(false);
    return wait_for_more(stream_options_.idle_ms, true);
  }
  auto bytes = std::make_shared<std::string>(std::move(piece.bytes));
  started_ms_ = os::monotonic_ms();
  expect_progress(bytes->size());
  asio::async_write(stream_, http::make_chunk(asio::buffer(*bytes)),
                    [self = shared_from_this(), bytes](ErrorCode error, std::size_t) {
                      if (error == beast::error::timeout) ++self->core_.cut_slow;
                      if (error) return self->close();
                      self->pull(false);
                    });
}

void Session::wait_for_more(std::uint64_t ms, bool idle) {
  if (core_.draining) return end_stream();
  waiting_ = true;
  timer_.expires_after(Ms(ms));
  timer_.async_wait([self = shared_from_this(), number = ++wait_number_, idle](ErrorCode) {
    if (number != self->wait_number_ || !self->waiting_) return;
    self->waiting_ = false;
    self->pull(idle);
  });
}

void Session::on_wake() {
  exchange_->wake_seen();
  if (!waiting_) {
    woken_ = true;
    return;
  }
  waiting_ = false;
  ++wait_number_;
  timer_.cancel();
  pull(false);
}

void Session::end_stream() {
  waiting_ = false;
  ++wait_number_;
  timer_.cancel();
  started_ms_ = os::monotonic_ms();
  expect_progress(0);
  asio::async_write(stream_, http::make_chunk_last(), then(&Session::on_written));
}

}  // namespace

void start_session(ServerCore& core, Socket socket, Peer peer) {
  std::make_shared<Session>(core, std::move(socket), std::move(peer))->start();
}

}  // namespace wald::net
