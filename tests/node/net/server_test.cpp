// SPDX-License-Identifier: Apache-2.0
#include "node/net/server.h"

#include <catch2/catch.hpp>
#include <future>

#include "node/net/client.h"
#include "node/net/errors.h"
#include "tests/node/net/raw_client.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::net;
using namespace wald::tests;

namespace {

std::shared_ptr<Router> sample_routes() {
  auto router = std::make_shared<Router>();
  router->add(route(Method::kGet, "/hello/{name}", answer([](const Request& r) {
                      return text_response("hello " + std::string(r.param("name")));
                    })));
  router->add(route(Method::kPost, "/echo",
                    answer([](const Request& r) { return bytes_response(r.body); }), 1'000));
  router->add(route(Method::kGet, "/throws", answer([](const Request&) -> Response {
                      throw std::runtime_error("a handler's bug");
                    })));
  router->add(route(Method::kGet, "/dropped", [](Request, Responder) {}));
  router->add(route(Method::kGet, "/big", answer([](const Request&) {
                      return bytes_response(std::string(3u << 20, 'x'));
                    })));
  Route admin = route(Method::kGet, "/admin", answer([](const Request& r) {
                        return text_response(std::to_string(r.peer_uid.value()));
                      }));
  admin.auth = Auth::kAdmin;
  router->add(std::move(admin));
  Route peers = route(Method::kGet, "/peers", answer([](const Request&) { return Response{}; }));
  peers.auth = Auth::kPeer;
  router->add(std::move(peers));
  Route quick =
      route(Method::kGet, "/livez", answer([](const Request&) { return text_response("ok"); }));
  quick.run_on = RunOn::kIoThread;
  router->add(std::move(quick));
  Route open = route(Method::kGet, "/v1/blobs/{b}",
                     answer([](const Request&) { return bytes_response("b"); }));
  open.surface = Surface::kAggregator;
  router->add(std::move(open));
  return router;
}

std::string talk(const Server& server, std::string_view bytes) {
  RawSocket socket = RawSocket::connect(server.ports().at(0));
  socket.send(bytes);
  socket.end_sending();
  return socket.read_all();
}

const std::string kHost = " HTTP/1.1\r\nHost: h\r\n";

}  // namespace

TEST_CASE("server: a request is answered, with its id echoed", "[node][net][rule:IF-1]") {
  const auto server = Server::start(loopback(), sample_routes()).value();
  const std::string reply =
      talk(*server, "GET /hello/w%C3%A4ld" + kHost + "X-Request-Id: abc-1\r\n\r\n");
  REQUIRE(reply.starts_with("HTTP/1.1 200 OK\r\n"));
  REQUIRE(reply.find("x-request-id: abc-1\r\n") != std::string::npos);
  REQUIRE(reply.ends_with("\r\n\r\nhello w\xC3\xA4ld"));
  // An id that could break a log line is replaced.
  const std::string odd = talk(*server, "GET /livez" + kHost + "X-Request-Id: a b\"\r\n\r\n");
  REQUIRE(odd.find("x-request-id: a b") == std::string::npos);
  REQUIRE(odd.find("x-request-id: ") != std::string::npos);
}

TEST_CASE("server: pipelined requests are answered in order", "[node][net]") {
  const auto server = Server::start(loopback(), sample_routes()).value();
  std::string bytes;
  for (int i = 0; i < 50; ++i) bytes += "GET /hello/" + std::to_string(i) + kHost + "\r\n";
  bytes += "POST /echo" + kHost + "Content-Length: 3\r\n\r\nabcGET /livez" + kHost + "\r\n";
  const std::string reply = talk(*server, bytes);
  REQUIRE(count(reply, "HTTP/1.1 200 OK") == 52);
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    const auto next = reply.find("hello " + std::to_string(i), at);
    REQUIRE(next != std::string::npos);
    at = next;
  }
  REQUIRE(reply.find("abcHTTP/1.1 200 OK", at) != std::string::npos);
}

TEST_CASE("server: what is not a request gets 400 and the end", "[node][net][rule:IF-5]") {
  const auto server = Server::start(loopback(), sample_routes()).value();
  const std::vector<std::string> bad{
      "NONSENSE\r\n\r\n",
      "GET\r\n\r\n",
      "GET  /livez HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /livez HTTP/1.1\nHost: h\n\n",
      "GET /livez HTTP/1.1\r\nHost h\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost : h\r\n\r\n",
      "GET /livez HTTP/1.1\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://h/livez HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
      "POST /echo" + kHost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo" + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "POST /echo" + kHost + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "POST /echo" + kHost + "Content-Length: -1\r\n\r\n",
      "POST /echo" + kHost + "Content-Length: 99999999999999999999\r\n\r\n",
      "POST /echo" + kHost + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
  };
  for (const std::string& bytes : bad) {
    INFO(bytes);
    const std::string reply = talk(*server, bytes);
    REQUIRE(reply.starts_with("HTTP/1.1 400 "));
    REQUIRE(reply.find("\"details\":[{\"@type\":\"ErrorInfo\"") != std::string::npos);
  }
  REQUIRE(talk(*server, "GET /livez HTTP/1.0\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 505 "));
  REQUIRE(talk(*server, "BREW /livez" + kHost + "\r\n").starts_with("HTTP/1.1 405 "));
  REQUIRE(talk(*server, "POST /echo" + kHost + "Expect: tea\r\nContent-Length: 1\r\n\r\n")
              .starts_with("HTTP/1.1 417 "));
  REQUIRE(talk(*server, "GET /livez" + kHost + "\r\n").starts_with("HTTP/1.1 200 "));
  REQUIRE(server->stats().malformed >= bad.size());
}

TEST_CASE("server: unknown paths are 404, wrong methods 405 with the right ones",
          "[node][net][rule:IF-1]") {
  const auto server = Server::start(loopback(), sample_routes()).value();
  REQUIRE(talk(*server, "GET /nowhere" + kHost + "\r\n").starts_with("HTTP/1.1 404 "));
  const std::string reply = talk(*server, "GET /echo" + kHost + "\r\n");
  REQUIRE(reply.starts_with("HTTP/1.1 405 "));
  REQUIRE(reply.find("allow: POST\r\n") != std::string::npos);
}

TEST_CASE("server: HEAD answers the length without the body", "[node][net]") {
  const auto server = Server::start(loopback(), sample_routes()).value();
  const std::string reply =
      talk(*server, "HEAD /hello/ann" + kHost + "\r\nGET /livez" + kHost + "\r\n");
  REQUIRE(count(reply, "HTTP/1.1 200") == 2);
  REQUIRE(reply.find("Content-Length: 9\r\n") != std::string::npos);
  REQUIRE(reply.find("hello") == std::string::npos);
}

TEST_CASE("server: a client that waits for 100 Continue gets it", "[node][net]") {
  const auto server = Server::start(loopback(), sample_routes()).value();
  RawSocket socket = RawSocket::connect(server->ports().at(0));
  socket.send("POST /echo" + kHost + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  REQUIRE(socket.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("hi");
  socket.end_sending();
  REQUIRE(socket.read_all().ends_with("hi"));
}

TEST_CASE("server: a throwing handler is a 500 and is reported; so is a dropped request",
          "[node][net]") {
  std::promise<std::string> reported;
  ServerOptions options = loopback();
  options.report = [&](const std::string& text) { reported.set_value(text); };
  const auto server = Server::start(options, sample_routes()).value();
  REQUIRE(talk(*server, "GET /throws" + kHost + "\r\n").starts_with("HTTP/1.1 500 "));
  REQUIRE(reported.get_future().get() == "/throws: a handler's bug");
  REQUIRE(talk(*server, "GET /dropped" + kHost + "\r\n").find("NO_ANSWER") != std::string::npos);
  REQUIRE(server->stats().handler_errors == 1);
}

TEST_CASE("server: admin routes live on the Unix socket, for its own user",
          "[node][net][rule:IF-5]") {
  const TempDir dir;
  ServerOptions options = loopback();
  options.listen.push_back("unix:" + (dir / "admin.sock"));
  const auto server = Server::start(options, sample_routes()).value();
  REQUIRE(talk(*server, "GET /admin" + kHost + "\r\n").starts_with("HTTP/1.1 403 "));
  Client client;
  Ask ask;
  ask.url = "http://local/admin";
  ask.unix_socket = dir / "admin.sock";
  const auto reply = client.request(ask);
  REQUIRE(reply.ok());
  REQUIRE(reply->status == 200);
  REQUIRE(reply->body == std::to_string(::geteuid()));
}

TEST_CASE("server: routes between nodes ask the judge, and without one are closed",
          "[node][net][rule:IF-5]") {
  {
    const auto server = Server::start(loopback(), sample_routes()).value();
    REQUIRE(talk(*server, "GET /peers" + kHost + "\r\n").starts_with("HTTP/1.1 401 "));
  }
  ServerOptions options = loopback();
  options.authorize = [](const Request& r, const Route&) -> std::optional<Response> {
    if (r.header("authorization") == "yes") return std::nullopt;
    return error_response(Status::kUnauthenticated, "NO", kGlobalDomain, "no");
  };
  const auto server = Server::start(options, sample_routes()).value();
  REQUIRE(talk(*server, "GET /peers" + kHost + "\r\n").starts_with("HTTP/1.1 401 "));
  REQUIRE(talk(*server, "GET /peers" + kHost + "Authorization: yes\r\n\r\n")
              .starts_with("HTTP/1.1 200 "));
}

TEST_CASE("server: foreign pages read what is open to all, listed ones the rest",
          "[node][net][rule:IF-1]") {
  ServerOptions options = loopback();
  options.cors_origins = {"https://dash.example"};
  options.host_names = {"h"};
  const auto server = Server::start(options, sample_routes()).value();
  const auto allow = [&](const std::string& line, const std::string& origin) {
    const std::string reply = talk(*server, line + kHost + "Origin: " + origin + "\r\n\r\n");
    const auto at = reply.find("access-control-allow-origin: ");
    return at == std::string::npos ? "" : reply.substr(at + 29, reply.find("\r\n", at) - at - 29);
  };
  REQUIRE(allow("GET /v1/blobs/x", "https://evil.example") == "*");
  REQUIRE(allow("GET /livez", "https://evil.example").empty());
  REQUIRE(allow("GET /livez", "https://dash.example") == "https://dash.example");
  REQUIRE(allow("OPTIONS /echo", "https://dash.example") == "https://dash.example");
  REQUIRE(talk(*server, "GET /livez HTTP/1.1\r\nHost: rebound\r\n\r\n").find("HOST_NOT_SERVED") !=
          std::string::npos);
}

TEST_CASE("server: many clients at once, each with many requests", "[node][net]") {
  ServerOptions options = loopback();
  options.io_threads = 2;
  const auto server = Server::start(options, sample_routes()).value();
  const std::string url = "http://127.0.0.1:" + std::to_string(server->ports().at(0));
  Client client;
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string name = std::to_string(t) + "-" + std::to_string(i);
        const auto reply = client.request({.method = Method::kGet, .url = url + "/hello/" + name});
        if (reply.ok() && reply->body == "hello " + name) ++good;
      }
    });
  for (std::thread& thread : threads) thread.join();
  REQUIRE(good == 400);
  REQUIRE(server->stats().accepted <= 16);  // connections were reused
  const auto big = client.request({.method = Method::kGet, .url = url + "/big"});
  REQUIRE(big.ok());
  REQUIRE(big->body.size() == 3u << 20);
}

TEST_CASE("server: an inherited socket is served, a wrong address is an error", "[node][net]") {
  auto listener = os::Listener::open("127.0.0.1:0").value();
  ServerOptions options = loopback();
  options.listen = {"fd:" + std::to_string(listener.release())};
  const auto server = Server::start(options, sample_routes()).value();
  REQUIRE(talk(*server, "GET /livez" + kHost + "\r\n").ends_with("ok"));
  options.listen = {"127.0.0.1:" + std::to_string(server->ports().at(0))};
  REQUIRE_FALSE(Server::start(options, sample_routes()).ok());
}
