// SPDX-License-Identifier: Apache-2.0
// An upstream that answers /v1/blocks/stream with one record, whatever is asked.
#pragma once

#include <atomic>

#include "codec/base/bytes.h"
#include "node/net/server.h"

namespace wald::tests {

class FakeUpstream {
 public:
  explicit FakeUpstream(const base::Bytes& record) {
    const base::Bytes frame =
        base::Writer().le(static_cast<std::uint32_t>(record.size())).raw(record).bytes();
    net::Route route;
    route.pattern = "/v1/blocks/stream";
    route.limit = net::LimitClass::kFree;
    route.handler = net::answer([this, frame](const net::Request&) {
      ++asked_;
      return net::bytes_response(base::string_of(frame));
    });
    auto router = std::make_shared<net::Router>();
    router->add(std::move(route));
    net::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = net::Server::start(options, router).value();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports().at(0)); }
  int asked() const { return asked_; }

 private:
  std::atomic<int> asked_{0};
  std::unique_ptr<net::Server> server_;  // ends before the count it writes
};

}  // namespace wald::tests
