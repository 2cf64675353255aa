// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <future>

#include "codec/base/prng.h"
#include "node/net/client.h"
#include "node/net/server.h"
#include "tests/node/net/raw_client.h"

using namespace wald;
using namespace wald::net;
using namespace wald::tests;

namespace {

const std::string kHost = " HTTP/1.1\r\nHost: h\r\n";

std::shared_ptr<Router> echo_routes(std::uint64_t cap) {
  auto router = std::make_shared<Router>();
  router->add(route(
      Method::kPost, "/echo",
      answer([](const Request& r) { return bytes_response(std::to_string(r.body.size())); }), cap));
  router->add(
      route(Method::kPost, "/wide", answer([](const Request&) { return Response{}; }), 1u << 20));
  return router;
}

std::string chunk(std::size_t size) {
  std::array<char, 20> head{};
  std::snprintf(head.data(), head.size(), "%zx\r\n", size);
  return head.data() + std::string(size, 'c') + "\r\n";
}

}  // namespace

TEST_CASE("server limits: a body over the route's cap is 413, told by length or found on the way",
          "[node][net][rule:IF-6]") {
  const auto server = Server::start(loopback(), echo_routes(1'000)).value();
  const auto talk = [&](const std::string& bytes) {
    RawSocket socket = RawSocket::connect(server->ports().at(0));
    socket.send(bytes);
    socket.end_sending();
    return socket.read_all();
  };
  const std::string fits(1'000, 'x');
  REQUIRE(talk("POST /echo" + kHost + "Content-Length: 1000\r\n\r\n" + fits).ends_with("1000"));
  const std::string over = talk("POST /echo" + kHost + "Content-Length: 1001\r\n\r\n" + fits + "x");
  REQUIRE(over.starts_with("HTTP/1.1 413 "));
  REQUIRE(over.find("\"limit\":\"1000\"") != std::string::npos);
  const std::string chunked = "POST /echo" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
  REQUIRE(talk(chunked + chunk(500) + chunk(500) + "0\r\n\r\n").ends_with("1000"));
  REQUIRE(talk(chunked + chunk(500) + chunk(501) + "0\r\n\r\n").starts_with("HTTP/1.1 413 "));
  REQUIRE(
      talk("POST /wide" + kHost + "Content-Length: 99999999\r\n\r\n").starts_with("HTTP/1.1 413 "));
  // The answer comes before the body was sent, and a body sent anyway does not destroy it.
  RawSocket eager = RawSocket::connect(server->ports().at(0));
  eager.send("POST /echo" + kHost + "Content-Length: 200000\r\n\r\n" + std::string(200'000, 'x'));
  REQUIRE(eager.read_all().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("server limits: headers over 16 KiB or 64 lines and targets over 2 KiB are refused",
          "[node][net][rule:IF-6]") {
  const auto server = Server::start(loopback(), echo_routes(0)).value();
  const auto status = [&](const std::string& bytes) {
    RawSocket socket = RawSocket::connect(server->ports().at(0));
    socket.send(bytes);
    return socket.read_until("\r\n").substr(9, 3);
  };
  REQUIRE(status("GET /x" + kHost + "A: " + std::string(15'000, 'a') + "\r\n\r\n") == "404");
  REQUIRE(status("GET /x" + kHost + "A: " + std::string(17'000, 'a') + "\r\n\r\n") == "431");
  REQUIRE(status("GET /x" + kHost + "A: " + std::string(500'000, 'a')) == "431");
  std::string lines;
  for (int i = 0; i < 63; ++i) lines += "A" + std::to_string(i) + ": b\r\n";
  REQUIRE(status("GET /x" + kHost + lines + "\r\n") == "404");
  REQUIRE(status("GET /x" + kHost + lines + "Z: b\r\n\r\n") == "431");
  REQUIRE(status("GET /" + std::string(2'047, 'p') + kHost + "\r\n") == "404");
  REQUIRE(status("GET /" + std::string(2'048, 'p') + kHost + "\r\n") == "414");
}

TEST_CASE("server limits: a body that trickles is cut after the grace, a header too",
          "[node][net][rule:IF-6]") {
  ServerOptions options = loopback();
  options.slow_grace_ms = 100;
  {
    const auto server = Server::start(options, echo_routes(1'000'000)).value();
    RawSocket slow = RawSocket::connect(server->ports().at(0));
    slow.send("POST /echo" + kHost + "Content-Length: 100000\r\n\r\nabc");
    REQUIRE(slow.read_all().empty());  // returns when the server closes
    while (server->stats().cut_slow == 0) std::this_thread::yield();  // counted after the close
  }
  options.idle_timeout_ms = 100;
  const auto server = Server::start(options, echo_routes(1'000'000)).value();
  RawSocket silent = RawSocket::connect(server->ports().at(0));
  silent.send("GET /x HTTP/1.1\r\nHo");
  REQUIRE(silent.read_all().empty());
  RawSocket mute = RawSocket::connect(server->ports().at(0));
  REQUIRE(mute.read_all().empty());
}

TEST_CASE("server limits: a request cut in its middle reaches no handler and leaves nothing behind",
          "[node][net][rule:IF-6]") {
  std::atomic<int> handled{0};
  auto router = std::make_shared<Router>();
  router->add(route(Method::kPost, "/echo", answer([&](const Request& r) {
                      ++handled;
                      return bytes_response(std::to_string(r.body.size()));
                    }),
                    1u << 20));
  const auto server = Server::start(loopback(), router).value();
  const std::string head = "POST /echo" + kHost;
  for (const std::string& bytes :
       {std::string("POST /ec"), head + "Content-Le", head + "Content-Length: 9000\r\n\r\n",
        head + "Content-Length: 9000\r\n\r\n" + std::string(8'999, 'x'),
        head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(500),
        head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(500) + "1f4\r\nccc"}) {
    {
      RawSocket ended = RawSocket::connect(server->ports().at(0));
      ended.send(bytes);
      ended.end_sending();
      const std::string reply = ended.read_all();
      REQUIRE((reply.empty() || reply.starts_with("HTTP/1.1 400 ")));
    }
    RawSocket reset = RawSocket::connect(server->ports().at(0));
    reset.send(bytes);
    const linger at_once{1, 0};
    REQUIRE(::setsockopt(reset.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  }
  while (server->stats().open_connections != 0) std::this_thread::yield();
  REQUIRE(server->stats().body_bytes_in_flight == 0);
  REQUIRE(handled == 0);
  RawSocket whole = RawSocket::connect(server->ports().at(0));
  whole.send(head + "Content-Length: 5\r\n\r\nhello");
  REQUIRE(whole.read_until("\r\n\r\n5").starts_with("HTTP/1.1 200 "));
  REQUIRE(handled == 1);
}

TEST_CASE("server limits: over the rate it is 429 with Retry-After, and health is never limited",
          "[node][net][rule:IF-6]") {
  auto router = std::make_shared<Router>();
  Route row = route(Method::kGet, "/p", answer([](const Request&) { return text_response("p"); }));
  row.limit = LimitClass::kPoint;
  router->add(std::move(row));
  router->add(
      route(Method::kGet, "/livez", answer([](const Request&) { return text_response("ok"); })));
  ServerOptions options = loopback();
  options.limits.classes[static_cast<std::size_t>(LimitClass::kPoint)] = {{1, 5}, {0, 0}};
  const auto server = Server::start(options, router).value();
  const std::string url = "http://127.0.0.1:" + std::to_string(server->ports().at(0));
  Client client;
  int limited = 0;
  for (int i = 0; i < 20; ++i) {
    const auto reply = client.request({.method = Method::kGet, .url = url + "/p"}).value();
    REQUIRE(reply.header("ratelimit-limit") == "1");
    if (reply.status == 429) {
      ++limited;
      REQUIRE(reply.header("retry-after") == "1");
      REQUIRE(reply.body.find("RESOURCE_EXHAUSTED") != std::string::npos);
    }
    REQUIRE(client.request({.method = Method::kGet, .url = url + "/livez"})->status == 200);
  }
  REQUIRE(limited >= 10);
  REQUIRE(server->stats().limited == static_cast<std::uint64_t>(limited));
  REQUIRE(server->stats().accepted == 1);  // a refusal keeps the connection
}

TEST_CASE("server limits: connections per address are capped and come free again",
          "[node][net][rule:IF-6]") {
  ServerOptions options = loopback();
  options.max_connections_per_address = 3;
  const auto server = Server::start(options, echo_routes(10)).value();
  const auto ask = [&](RawSocket& socket) {
    socket.send("GET /x" + kHost + "\r\n");
    return socket.read_until("\r\n").substr(9, 3);
  };
  std::vector<RawSocket> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(RawSocket::connect(server->ports().at(0)));
    REQUIRE(ask(held.back()) == "404");
  }
  RawSocket fourth = RawSocket::connect(server->ports().at(0));
  REQUIRE(fourth.read_all().starts_with("HTTP/1.1 503 "));
  held.back().end_sending();
  held.back().read_all();
  held.pop_back();
  // The server frees the slot after it has closed; until then it answers 503.
  std::string status = "503";
  for (int i = 0; i < 1'000 && status == "503"; ++i) {
    RawSocket again = RawSocket::connect(server->ports().at(0));
    status = ask(again);
  }
  REQUIRE(status == "404");
}

TEST_CASE("server limits: a full worker queue is 503, bodies in memory are bounded",
          "[node][net][rule:IF-6]") {
  std::promise<void> release;
  std::promise<void> running;
  const auto gate = release.get_future().share();
  auto router = std::make_shared<Router>();
  router->add(route(Method::kGet, "/wait", answer([&](const Request&) {
                      running.set_value();
                      gate.wait();
                      return text_response("done");
                    })));
  router->add(route(Method::kGet, "/x", answer([](const Request&) { return text_response("x"); })));
  router->add(route(Method::kPost, "/put",
                    answer([](const Request&) { return text_response("put"); }), 100'000));
  ServerOptions options = loopback();
  options.workers = 1;
  options.worker_queue = 1;
  options.max_body_bytes_in_flight = 50'000;
  const auto server = Server::start(options, router).value();
  const auto send = [&](const std::string& bytes) {
    RawSocket socket = RawSocket::connect(server->ports().at(0));
    socket.send(bytes);
    return socket;
  };
  RawSocket first = send("GET /wait" + kHost + "\r\n");
  running.get_future().wait();
  // One of the next two takes the queue's only place, the other is shed at once.
  RawSocket second = send("GET /x" + kHost + "\r\n");
  RawSocket third = send("GET /x" + kHost + "\r\n");
  while (server->stats().shed == 0) std::this_thread::yield();
  release.set_value();
  REQUIRE(first.read_until("done").find(" 200 ") != std::string::npos);
  const std::string both = second.read_until("\r\n\r\n") + third.read_until("\r\n\r\n");
  REQUIRE(count(both, " 200 ") == 1);
  REQUIRE(count(both, " 503 ") == 1);
  RawSocket large =
      send("POST /put" + kHost + "Content-Length: 60000\r\n\r\n" + std::string(60'000, 'x'));
  REQUIRE(large.read_until("\r\n").find(" 503 ") != std::string::npos);
  RawSocket small =
      send("POST /put" + kHost + "Content-Length: 40000\r\n\r\n" + std::string(40'000, 'x'));
  REQUIRE(small.read_until("put").find(" 200 ") != std::string::npos);
  while (server->stats().body_bytes_in_flight != 0) std::this_thread::yield();
}

TEST_CASE("server limits: random bytes never stop it", "[node][net][rule:IF-6]") {
  ServerOptions options = loopback();
  options.idle_timeout_ms = 2'000;
  options.max_connections_per_address = 1'000;
  const auto server = Server::start(options, echo_routes(100)).value();
  base::Prng prng(11);
  const std::string good = "POST /echo" + kHost + "Content-Length: 5\r\n\r\nhello";
  for (int i = 0; i < 300; ++i) {
    std::string bytes = good;
    for (std::uint64_t edits = 1 + prng.below(4); edits > 0; --edits) {
      const std::size_t at = prng.below(bytes.size());
      if (prng.below(2) == 0)
        bytes[at] = static_cast<char>(prng.below(256));
      else
        bytes.insert(at, 1 + prng.below(3), static_cast<char>(prng.below(256)));
    }
    RawSocket socket = RawSocket::connect(server->ports().at(0));
    socket.send(bytes);
    socket.end_sending();
    const std::string reply = socket.read_all();
    REQUIRE((reply.empty() || reply.starts_with("HTTP/1.1 ")));
  }
  RawSocket socket = RawSocket::connect(server->ports().at(0));
  socket.send(good);
  REQUIRE(socket.read_until("\r\n\r\n5").starts_with("HTTP/1.1 200 "));
}
