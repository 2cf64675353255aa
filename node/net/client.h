// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 client: blocking calls with a deadline, connections kept and reused, every answer
// bounded. What the other side sends is foreign: it can fail a call, never hang or bloat us.
// Plain HTTP only; TLS ends at a proxy. URLs: "http://host:port/path?query".
// A reused connection that turns out to be closed is replaced once, if the method may be repeated
// (all but POST) and no byte of an answer had come.
// Thread rule: any thread; a call holds its connection for itself.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "codec/base/result.h"
#include "node/net/http.h"

namespace wald::net {

struct NetError {
  enum class Kind {
    kBadUrl,
    kResolve,
    kConnect,
    kTimeout,
    kClosed,
    kTooLarge,
    kProtocol,
    kStopped
  };
  Kind kind = Kind::kProtocol;
  std::string text;
};
template <class T>
using NetResult = base::Result<T, NetError>;

struct Url {
  std::string host;  // without brackets
  std::string port = "80";
  std::string target = "/";
  std::string authority() const;  // for the Host header
};
std::optional<Url> parse_url(std::string_view text);

struct Ask {
  Method method = Method::kGet;
  std::string url;
  std::string unix_socket{};  // if set: connect there, and the URL's host is only a name
  Pairs headers{};
  std::string body{};
  std::uint64_t timeout_ms = 30'000;  // the whole call; of a stream: the longest silence
  std::uint64_t max_response_bytes = 64u << 20;
};

struct ClientOptions {
  std::size_t idle_per_host = 4;
  std::uint64_t idle_ms = 20'000;  // below the server's own limit
};

class Client {
 public:
  explicit Client(const ClientOptions& options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  NetResult<Response> request(const Ask& ask);

  // Reads an endless (or large) body. Pieces of a 2xx answer go to `visit` as they come, until it
  // returns false, the body ends, or *stop becomes true (looked at every 100 ms). The result is the
  // head; of any other status it carries the body, up to max_response_bytes. Not retried.
  using Visit = std::function<bool(std::string_view bytes)>;
  NetResult<Response> stream(const Ask& ask, const Visit& visit,
                             const std::atomic<bool>* stop = nullptr);

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace wald::net
