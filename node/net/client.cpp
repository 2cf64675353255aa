// SPDX-License-Identifier: Apache-2.0
// Each connection owns an io_context that only its caller's thread runs: Beast has deadlines for
// asynchronous calls alone, so a blocking call is "start, then run until it is done".
#include "node/net/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <mutex>

#include "node/net/request_rules.h"
#include "node/os/clock.h"

namespace wald::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Generic = asio::generic::stream_protocol;
using Kind = NetError::Kind;

constexpr std::uint32_t kHeaderBytes = 64 * 1024;
constexpr std::size_t kPieceBytes = 64 * 1024;

NetError make_error(ErrorCode code, const std::string& where) {
  Kind kind = Kind::kProtocol;
  if (code == beast::error::timeout) kind = Kind::kTimeout;
  if (code == http::error::body_limit || code == http::error::header_limit ||
      code == http::error::buffer_overflow)
    kind = Kind::kTooLarge;
  if (code == http::error::end_of_stream || code == http::error::partial_message ||
      code == asio::error::eof || code == asio::error::connection_reset ||
      code == asio::error::broken_pipe)
    kind = Kind::kClosed;
  return {kind, where + ": " + code.message()};
}

class Link {
 public:
  Link() : stream_(context_) {}

  NetResult<void> connect(const Ask& ask, const Url& url, std::uint64_t deadline_ms);
  NetResult<Response> request(const Ask& ask, const Url& url, std::uint64_t deadline_ms);
  NetResult<Response> stream(const Ask& ask, const Url& url, const Client::Visit& visit,
                             const std::atomic<bool>* stop);

  bool answered() const { return answered_; }  // a byte of an answer has come
  bool reusable() const { return reusable_; }
  std::uint64_t idle_since = 0;
  // Open, silent and not closed by the other side.
  bool fresh() {
    char byte = 0;
    const ssize_t n = ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

 private:
  // Runs what was started until it is done; `stop` ends it early.
  ErrorCode finish(const ErrorCode& result, const bool& done, const std::atomic<bool>* stop) {
    context_.restart();
    while (!done) {
      if (context_.run_for(std::chrono::milliseconds(100)) == 0 && context_.stopped() && !done)
        context_.restart();
      if (!done && stop != nullptr && stop->load()) {
        stream_.close();
        stop = nullptr;
      }
    }
    return result;
  }
  template <class Start>
  ErrorCode run(Start start, const std::atomic<bool>* stop = nullptr) {
    ErrorCode result;
    bool done = false;
    start([&](ErrorCode error, auto&&...) {
      result = error;
      done = true;
    });
    return finish(result, done, stop);
  }
  void expire_at(std::uint64_t deadline_ms) {
    const std::uint64_t now = os::monotonic_ms();
    stream_.expires_after(std::chrono::milliseconds(deadline_ms > now ? deadline_ms - now : 0));
  }
  NetResult<void> send(const Ask& ask, const Url& url, std::uint64_t deadline_ms);

  asio::io_context context_{1};
  beast::basic_stream<Generic> stream_;
  beast::flat_buffer buffer_{128 * 1024};
  bool answered_ = false;
  bool reusable_ = false;
};

NetResult<std::vector<Generic::endpoint>> resolve(const Ask& ask, const Url& url,
                                                  asio::io_context& context) {
  std::vector<Generic::endpoint> out;
  if (!ask.unix_socket.empty()) {
    if (ask.unix_socket.size() >= 108)
      return base::Err{NetError{Kind::kBadUrl, "socket path too long: " + ask.unix_socket}};
    out.emplace_back(asio::local::stream_protocol::endpoint(ask.unix_socket));
    return out;
  }
  ErrorCode error;
  asio::ip::tcp::resolver resolver(context);
  for (const auto& entry : resolver.resolve(url.host, url.port, error))
    out.emplace_back(entry.endpoint());
  if (error || out.empty())
    return base::Err{NetError{Kind::kResolve, url.host + ": " + error.message()}};
  return out;
}

NetResult<void> Link::connect(const Ask& ask, const Url& url, std::uint64_t deadline_ms) {
  TRY_ASSIGN(const auto endpoints, resolve(ask, url, context_));
  ErrorCode error;
  for (const auto& endpoint : endpoints) {
    expire_at(deadline_ms);
    error = run([&](auto handler) { stream_.async_connect(endpoint, handler); });
    if (!error) break;
    stream_.close();
  }
  if (!error) return {};
  const Kind kind = error == beast::error::timeout ? Kind::kTimeout : Kind::kConnect;
  return base::Err{NetError{kind, url.authority() + ": " + error.message()}};
}

NetResult<void> Link::send(const Ask& ask, const Url& url, std::uint64_t deadline_ms) {
  answered_ = reusable_ = false;
  const std::string_view method = method_name(ask.method);
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(beast::string_view(method.data(), method.size()));
  message.target(url.target);
  message.set(http::field::host, url.authority());
  for (const auto& [name, value] : ask.headers) {
    if (!plain_header(name, value))
      return base::Err{NetError{Kind::kBadUrl, "header " + name + " has control characters"}};
    message.set(name, value);
  }
  message.body() = ask.body;
  if (!ask.body.empty() || ask.method == Method::kPut || ask.method == Method::kPost)
    message.content_length(ask.body.size());
  expire_at(deadline_ms);
  const ErrorCode error = run([&](auto handler) { http::async_write(stream_, message, handler); });
  // A server may answer and close before it has read all (413): then the answer is what counts.
  const bool closed = error == asio::error::broken_pipe || error == asio::error::connection_reset;
  if (error && !closed) return base::Err{make_error(error, url.authority())};
  return {};
}

template <class Message>
Response take_head(const Message& message) {
  Response out;
  out.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    const std::string name = lower_case(std::string_view(field.name_string()));
    if (name == "content-type") out.content_type = std::string(field.value());
    out.headers.emplace_back(name, std::string(field.value()));
  }
  return out;
}

NetResult<Response> Link::request(const Ask& ask, const Url& url, std::uint64_t deadline_ms) {
  TRY(send(ask, url, deadline_ms));
  // Interim answers (100 Continue) are skipped, a bounded number of them.
  for (int interim = 0; interim < 8; ++interim) {
    http::response_parser<http::string_body> parser;
    parser.header_limit(kHeaderBytes);
    parser.body_limit(ask.max_response_bytes);
    parser.skip(ask.method == Method::kHead);
    expire_at(deadline_ms);
    const ErrorCode error =
        run([&](auto handler) { http::async_read(stream_, buffer_, parser, handler); });
    answered_ = answered_ || parser.got_some() || buffer_.size() > 0;
    if (error) return base::Err{make_error(error, url.authority())};
    answered_ = true;
    if (parser.get().result_int() / 100 == 1) continue;
    reusable_ = parser.get().keep_alive() && buffer_.size() == 0;
    Response out = take_head(parser.get());
    out.body = std::move(parser.get().body());
    return out;
  }
  return base::Err{NetError{Kind::kProtocol, url.authority() + ": too many interim answers"}};
}

NetResult<Response> Link::stream(const Ask& ask, const Url& url, const Client::Visit& visit,
                                 const std::atomic<bool>* stop) {
  const auto deadline = [&] { return os::monotonic_ms() + ask.timeout_ms; };
  TRY(send(ask, url, deadline()));
  http::response_parser<http::buffer_body> parser;
  parser.header_limit(kHeaderBytes);
  parser.body_limit(boost::none);
  expire_at(deadline());
  ErrorCode error =
      run([&](auto handler) { http::async_read_header(stream_, buffer_, parser, handler); }, stop);
  Response out;
  const bool good = !error && parser.get().result_int() / 100 == 2;
  if (!error) out = take_head(parser.get());
  std::vector<char> piece(kPieceBytes);
  while (!error && !parser.is_done()) {
    if (stop != nullptr && stop->load()) break;
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    parser.get().body().more = true;
    expire_at(deadline());
    error =
        run([&](auto handler) { http::async_read_some(stream_, buffer_, parser, handler); }, stop);
    if (error == http::error::need_buffer) error = {};
    const std::string_view bytes(piece.data(), piece.size() - parser.get().body().size);
    if (bytes.empty()) continue;
    if (good && !visit(bytes)) return out;
    if (good) continue;
    if (out.body.size() + bytes.size() > ask.max_response_bytes)
      return base::Err{NetError{Kind::kTooLarge, url.authority() + ": the answer is too large"}};
    out.body.append(bytes);
  }
  if (stop != nullptr && stop->load())
    return base::Err{NetError{Kind::kStopped, url.authority() + ": stopped"}};
  if (error) return base::Err{make_error(error, url.authority())};
  return out;
}

}  // namespace

struct Client::Pool {
  explicit Pool(const ClientOptions& o) : options(o) {}

  std::unique_ptr<Link> take(const std::string& key) {
    const std::lock_guard lock(mutex);
    auto& links = idle[key];
    while (!links.empty()) {
      std::unique_ptr<Link> link = std::move(links.back());
      links.pop_back();
      if (os::monotonic_ms() - link->idle_since < options.idle_ms && link->fresh()) return link;
    }
    idle.erase(key);
    return nullptr;
  }
  void give_back(const std::string& key, std::unique_ptr<Link> link) {
    if (!link->reusable()) return;
    link->idle_since = os::monotonic_ms();
    const std::lock_guard lock(mutex);
    auto& links = idle[key];
    if (links.size() < options.idle_per_host) links.push_back(std::move(link));
  }

  const ClientOptions options;
  std::mutex mutex;
  std::map<std::string, std::vector<std::unique_ptr<Link>>> idle;
};

Client::Client(const ClientOptions& options) : pool_(std::make_unique<Pool>(options)) {}
Client::~Client() = default;

NetResult<Response> Client::request(const Ask& ask) {
  const auto url = parse_url(ask.url);
  if (!url) return base::Err{NetError{Kind::kBadUrl, "not an http:// address: " + ask.url}};
  const std::uint64_t deadline = os::monotonic_ms() + ask.timeout_ms;
  const std::string key = ask.unix_socket + "|" + url->host + ":" + url->port;
  if (auto link = pool_->take(key)) {
    auto result = link->request(ask, *url, deadline);
    const bool stale = !result.ok() && result.error().kind == Kind::kClosed && !link->answered();
    if (!stale || ask.method == Method::kPost) {
      if (result.ok()) pool_->give_back(key, std::move(link));
      return result;
    }
  }
  auto link = std::make_unique<Link>();
  TRY(link->connect(ask, *url, deadline));
  auto result = link->request(ask, *url, deadline);
  if (result.ok()) pool_->give_back(key, std::move(link));
  return result;
}

NetResult<Response> Client::stream(const Ask& ask, const Visit& visit,
                                   const std::atomic<bool>* stop) {
  const auto url = parse_url(ask.url);
  if (!url) return base::Err{NetError{Kind::kBadUrl, "not an http:// address: " + ask.url}};
  Link link;
  TRY(link.connect(ask, *url, os::monotonic_ms() + ask.timeout_ms));
  return link.stream(ask, *url, visit, stop);
}

}  // namespace wald::net
