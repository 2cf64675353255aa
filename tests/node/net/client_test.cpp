// SPDX-License-Identifier: Apache-2.0
#include "node/net/client.h"

#include <catch2/catch.hpp>

#include "tests/node/net/raw_client.h"

using namespace wald;
using namespace wald::net;
using namespace wald::tests;
using Kind = NetError::Kind;

namespace {

std::function<void(RawSocket&)> reply(std::string bytes) {
  return [bytes = std::move(bytes)](RawSocket& socket) {
    socket.read_until("\r\n\r\n");
    socket.send(bytes);
  };
}

Kind failure(const std::string& url, std::uint64_t timeout_ms = 10'000) {
  Client client;
  Ask ask;
  ask.url = url;
  ask.timeout_ms = timeout_ms;
  ask.max_response_bytes = 1'000;
  const auto result = client.request(ask);
  REQUIRE_FALSE(result.ok());
  return result.error().kind;
}

}  // namespace

TEST_CASE("client: an answer cut in the middle of its body is an error, not a short body",
          "[node][net]") {
  const RawServer by_length(reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"));
  REQUIRE(failure(by_length.url()) == Kind::kClosed);
  const RawServer by_chunks(
      reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
  REQUIRE(failure(by_chunks.url()) == Kind::kClosed);
  const RawServer in_header(reply("HTTP/1.1 200 OK\r\nContent-Le"));
  REQUIRE(failure(in_header.url()) == Kind::kClosed);
  const RawServer nothing(reply(""));
  REQUIRE(failure(nothing.url()) == Kind::kClosed);
}

TEST_CASE("client: answers over the cap, endless headers and nonsense are refused", "[node][net]") {
  const RawServer at_once(reply("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"));
  REQUIRE(failure(at_once.url()) == Kind::kTooLarge);
  const RawServer bit_by_bit(reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n" +
                                   std::string(1'001, 'x') + "\r\n0\r\n\r\n"));
  REQUIRE(failure(bit_by_bit.url()) == Kind::kTooLarge);
  const RawServer until_close(reply("HTTP/1.1 200 OK\r\n\r\n" + std::string(2'000, 'x')));
  REQUIRE(failure(until_close.url()) == Kind::kTooLarge);
  const RawServer header(reply("HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'x')));
  REQUIRE(failure(header.url()) == Kind::kTooLarge);
  const RawServer nonsense(reply("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  REQUIRE(failure(nonsense.url()) == Kind::kProtocol);
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const RawServer patience(reply(interim));
  REQUIRE(failure(patience.url()) == Kind::kProtocol);
}

TEST_CASE("client: a silent server, a closed port and a bad address each have their error",
          "[node][net]") {
  const RawServer silent([](RawSocket& socket) { socket.read_all(); });
  REQUIRE(failure(silent.url(), 100) == Kind::kTimeout);
  std::string closed;
  {
    const RawServer gone(reply(""));
    closed = gone.url();
  }
  REQUIRE(failure(closed) == Kind::kConnect);
  REQUIRE(failure("https://127.0.0.1/") == Kind::kBadUrl);
  Client client;
  Ask ask;
  ask.url = silent.url();
  ask.headers = {{"x", "a\r\nEvil: b"}};
  REQUIRE(client.request(ask).error().kind == Kind::kBadUrl);
}

TEST_CASE("client: a kept connection that died is replaced, but a POST is never sent twice",
          "[node][net]") {
  std::atomic<int> connections{0};
  std::atomic<int> requests{0};
  // Each connection answers one request, promises to stay, reads the next one and closes.
  const RawServer server([&](RawSocket& socket) {
    ++connections;
    socket.read_until("\r\n\r\n");
    ++requests;
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (!socket.read_until("\r\n\r\n").empty()) ++requests;
  });
  {
    Client client;
    REQUIRE(client.request({.method = Method::kGet, .url = server.url()})->body == "ok");
    REQUIRE(client.request({.method = Method::kGet, .url = server.url()})->body == "ok");
    REQUIRE(connections == 2);
    REQUIRE(requests == 3);
    const auto post = client.request({.method = Method::kPost, .url = server.url()});
    REQUIRE_FALSE(post.ok());
    REQUIRE(post.error().kind == Kind::kClosed);
  }
  REQUIRE(connections == 2);
  REQUIRE(requests == 4);
}

TEST_CASE("client: interim answers are skipped, HEAD has no body", "[node][net]") {
  const RawServer server(reply(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 1\r\n\r\nz"));
  Client client;
  const auto result = client.request({.method = Method::kPut, .url = server.url()});
  REQUIRE(result.ok());
  REQUIRE(result->status == 201);
  REQUIRE(result->header("x-a") == "b");
  const RawServer head(reply("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"));
  REQUIRE(client.request({.method = Method::kHead, .url = head.url()})->status == 200);
}
