// SPDX-License-Identifier: Apache-2.0
// One node as the client asks it: JSON in the success envelope, errors as Failures with their exit
// code. What comes back is foreign: of another form it is an error, never a crash.
// Thread rule: one thread.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>

#include "node/client/failure.h"
#include "node/net/client.h"

namespace wald::client {

struct Reply {
  int status = 200;
  boost::json::value data;
  boost::json::object at;
  std::string next;         // cursor of the next page; empty: the end
  std::uint64_t after = 0;  // last event looked at, where the list has one
};

class Remote {
 public:
  Remote(std::string url, std::uint64_t timeout_ms) : url_(std::move(url)), timeout_(timeout_ms) {}

  const std::string& url() const { return url_; }
  // From now on every question is about the state of this height (IF-20); the node refuses those
  // that are not about the state.
  void ask_at(std::uint64_t height) { height_ = height; }
  Outcome<Reply> get(const std::string& path);
  // All pages of a list, one after the other, as one array.
  Outcome<boost::json::array> list(const std::string& path);
  Outcome<Reply> post(const std::string& path, const boost::json::object& body);
  // A signed transaction. After the bytes left, silence means that the outcome is not known.
  Outcome<Reply> submit(const std::string& envelope);

 private:
  Outcome<Reply> ask(net::Ask ask);

  std::string url_;
  std::uint64_t timeout_;
  std::optional<std::uint64_t> height_;
  net::Client client_;
};

// The exit code of an error object: a ledger code is 4, what is missing 3, what may come again 6.
Exit exit_of(int http_status, const std::string& reason);
// Members of foreign objects: a wrong form is a Failure.
Outcome<std::string> text_at(const boost::json::value& object, std::string_view key);
Outcome<std::uint64_t> number_at(const boost::json::value& object, std::string_view key);

}  // namespace wald::client
