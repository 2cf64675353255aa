// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <condition_variable>
#include <future>

#include "node/net/client.h"
#include "node/net/server.h"
#include "tests/node/net/raw_client.h"

using namespace wald;
using namespace wald::net;
using namespace wald::tests;

namespace {

// A growing list that streams read at their own pace: the shape of the block log.
class Feed {
 public:
  void push(std::string item) {
    std::vector<StreamHandle> readers;
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(std::move(item));
      readers = readers_;
    }
    for (const StreamHandle& reader : readers) reader.wake();
  }
  void serve(const Request& request, Responder responder, std::uint64_t idle_ms) {
    auto at = std::make_shared<std::size_t>(
        std::stoull(std::string(request.query_value("from").value_or("0"))));
    responder.stream(
        bytes_response(""),
        [this, at](bool idle) {
          const std::lock_guard lock(mutex_);
          ++asked_;
          if (*at < items_.size()) return Piece::data(items_[(*at)++] + ";");
          return idle ? Piece::data("-") : Piece::nothing_now();
        },
        {idle_ms},
        [this](StreamHandle handle) {
          const std::lock_guard lock(mutex_);
          readers_.push_back(std::move(handle));
        });
  }
  std::size_t asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  bool last_open() const {
    const std::lock_guard lock(mutex_);
    return !readers_.empty() && readers_.back().open();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> items_;
  std::vector<StreamHandle> readers_;
  std::size_t asked_ = 0;
};

std::shared_ptr<Router> feed_routes(Feed& feed, std::uint64_t idle_ms) {
  auto router = std::make_shared<Router>();
  Route row = route(Method::kGet, "/stream", [&feed, idle_ms](Request request, Responder r) {
    feed.serve(request, std::move(r), idle_ms);
  });
  row.holds = true;
  router->add(std::move(row));
  router->add(route(Method::kGet, "/x", answer([](const Request&) { return text_response("x"); })));
  return router;
}

std::string url_of(const Server& server, const std::string& target) {
  return "http://127.0.0.1:" + std::to_string(server.ports().at(0)) + target;
}

}  // namespace

TEST_CASE("long poll: a request may be answered later, from another thread", "[node][net]") {
  std::promise<Responder> waiting;
  auto router = std::make_shared<Router>();
  Route row = route(Method::kGet, "/poll",
                    [&](Request, Responder responder) { waiting.set_value(std::move(responder)); });
  row.holds = true;
  router->add(std::move(row));
  const auto server = Server::start(loopback(), router).value();
  auto reply = std::async(std::launch::async, [&] {
    Client client;
    return client.request({.method = Method::kGet, .url = url_of(*server, "/poll")});
  });
  Responder responder = waiting.get_future().get();
  REQUIRE(server->stats().open_holds == 1);
  responder.send(text_response("at last"));
  REQUIRE(reply.get().value().body == "at last");
}

TEST_CASE("long poll: an answer after the server's end goes nowhere", "[node][net]") {
  std::promise<Responder> waiting;
  auto router = std::make_shared<Router>();
  router->add(route(Method::kGet, "/poll", [&](Request, Responder responder) {
    waiting.set_value(std::move(responder));
  }));
  auto server = Server::start(loopback(), router).value();
  RawSocket socket = RawSocket::connect(server->ports().at(0));
  socket.send("GET /poll HTTP/1.1\r\nHost: h\r\n\r\n");
  Responder responder = waiting.get_future().get();
  server.reset();
  REQUIRE(socket.read_all().empty());
  responder.send(text_response("too late"));
}

TEST_CASE("stream: pieces arrive as they are made, and a reader resumes where it stopped",
          "[node][net]") {
  Feed feed;
  const auto server = Server::start(loopback(), feed_routes(feed, 60'000)).value();
  for (int i = 0; i < 5; ++i) feed.push(std::to_string(i));
  Client client;
  std::string seen;
  Ask ask;
  ask.url = url_of(*server, "/stream?from=0");
  const auto first = client.stream(ask, [&](std::string_view bytes) {
    seen += bytes;
    if (seen == "0;1;2;3;4;") feed.push("5");  // made while the stream waits
    return seen.size() < 12;
  });
  REQUIRE(first.ok());
  REQUIRE(first->status == 200);
  REQUIRE(seen == "0;1;2;3;4;5;");
  for (int i = 6; i < 9; ++i) feed.push(std::to_string(i));
  std::string more;
  ask.url = url_of(*server, "/stream?from=6");
  REQUIRE(client
              .stream(ask,
                      [&](std::string_view bytes) {
                        more += bytes;
                        return more.size() < 6;
                      })
              .ok());
  REQUIRE(more == "6;7;8;");
}

TEST_CASE("stream: silence is broken by heartbeats, and a stopped reader returns", "[node][net]") {
  Feed feed;
  const auto server = Server::start(loopback(), feed_routes(feed, 5)).value();
  Client client;
  Ask ask;
  ask.url = url_of(*server, "/stream");
  std::size_t beats = 0;
  std::atomic<bool> stop{false};
  const auto result = client.stream(
      ask,
      [&](std::string_view bytes) {
        beats += bytes.size();
        if (beats >= 3) stop = true;
        return true;
      },
      &stop);
  REQUIRE_FALSE(result.ok());
  REQUIRE(result.error().kind == NetError::Kind::kStopped);
  REQUIRE(beats >= 3);
}

TEST_CASE("stream: a reader who takes nothing holds one piece, not a queue, and is cut",
          "[node][net][rule:IF-6]") {
  Feed feed;
  ServerOptions options = loopback();
  options.slow_grace_ms = 200;
  options.slow_bytes_per_s = 1'000'000'000;
  const auto server = Server::start(options, feed_routes(feed, 60'000)).value();
  for (int i = 0; i < 64; ++i) feed.push(std::string(1u << 20, 'x'));
  RawSocket socket = RawSocket::connect(server->ports().at(0));
  socket.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
  while (server->stats().cut_slow == 0) std::this_thread::yield();
  // What the kernel's buffers took, and one more.
  REQUIRE(feed.asked() < 32);
  while (feed.last_open()) std::this_thread::yield();
  RawSocket other = RawSocket::connect(server->ports().at(0));
  other.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(other.read_until("\r\n\r\nx").starts_with("HTTP/1.1 200"));
}

TEST_CASE("stream: places for streams are few, per address too", "[node][net][rule:IF-6]") {
  Feed feed;
  ServerOptions options = loopback();
  options.max_holds_per_address = 2;
  const auto server = Server::start(options, feed_routes(feed, 60'000)).value();
  feed.push("0");
  std::vector<RawSocket> open;
  for (int i = 0; i < 2; ++i) {
    open.push_back(RawSocket::connect(server->ports().at(0)));
    open.back().send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(open.back().read_until("0;").find("200 OK") != std::string::npos);
  }
  Client client;
  Ask ask;
  ask.url = url_of(*server, "/stream");
  const auto third = client.stream(ask, [](std::string_view) { return true; });
  REQUIRE(third.ok());
  REQUIRE(third->status == 429);
  REQUIRE(third->body.find("TOO_MANY_STREAMS") != std::string::npos);
}

TEST_CASE("stream: stopping the server ends streams properly and lets a running request finish",
          "[node][net]") {
  Feed feed;
  std::promise<void> entered;
  std::promise<void> release;
  auto router = feed_routes(feed, 60'000);
  router->add(route(Method::kGet, "/slow", answer([&](const Request&) {
                      entered.set_value();
                      release.get_future().wait();
                      return text_response("finished");
                    })));
  const auto server = Server::start(loopback(), router).value();
  feed.push("0");
  RawSocket stream = RawSocket::connect(server->ports().at(0));
  stream.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
  stream.read_until("0;");
  RawSocket idle = RawSocket::connect(server->ports().at(0));
  RawSocket slow = RawSocket::connect(server->ports().at(0));
  slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  entered.get_future().wait();
  std::thread stopper([&] { server->stop(10'000); });
  REQUIRE(stream.read_all().ends_with("0\r\n\r\n"));
  REQUIRE(idle.read_all().empty());
  release.set_value();
  REQUIRE(slow.read_all().ends_with("finished"));
  stopper.join();
  REQUIRE(server->stats().open_connections == 0);
}
