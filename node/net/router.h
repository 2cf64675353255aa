// SPDX-License-Identifier: Apache-2.0
// The route table: each route is one row (interfaces.md 5.1). A pattern is a path whose segments
// are literals or {names}; a last segment {name*} takes all the rest, slashes included. Where two
// patterns match, the one with a literal in the first differing place wins; two rows that could
// never be told apart are refused when they are added (CHECK). Immutable once serving.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/net/http.h"
#include "node/net/limits.h"
#include "node/net/responder.h"

namespace wald::net {

enum class Surface { kLedger, kStorage, kPublisher, kAggregator, kWeb, kAdmin };
enum class Auth {
  kNone,   // reads are open, writes carry their own signature
  kPeer,   // Authorization: Wald1 (peer_auth.h), judged by ServerOptions::authorize
  kAdmin,  // Unix socket only, the user of this process or root
};
enum class RunOn {
  kWorker,    // may touch the store
  kIoThread,  // answers from memory at once (health)
};

// May answer now or keep the responder for later; called with no lock held.
using Handler = std::function<void(Request, Responder)>;
Handler answer(std::function<Response(const Request&)> handler);  // one that answers now

struct Route {
  Method method = Method::kGet;
  std::string pattern;
  Surface surface = Surface::kLedger;
  LimitClass limit = LimitClass::kPoint;
  Auth auth = Auth::kNone;
  RunOn run_on = RunOn::kWorker;
  std::uint64_t body_cap = 0;  // bytes; more is 413
  bool holds = false;          // long poll or stream: takes one of the slots for those
  Handler handler;
  std::string summary;  // for the documentation
};

class Router {
 public:
  void add(Route route);
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

  struct Match {
    const Route* route = nullptr;       // nothing: no row
    std::vector<Method> other_methods;  // of rows that match the path only (405)
    Pairs params;
  };
  Match match(Method method, const std::vector<std::string>& segments) const;
  std::uint64_t largest_body_cap() const { return largest_body_cap_; }

 private:
  struct Segment {
    enum class Kind { kLiteral, kParam, kRest } kind;
    std::string text;
  };
  using Pattern = std::vector<Segment>;
  static Pattern parse(const std::string& pattern);
  static bool matches(const Pattern& pattern, const std::vector<std::string>& segments);
  static bool more_literal(const Pattern& a, const Pattern& b);

  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<Pattern> patterns_;
  std::uint64_t largest_body_cap_ = 0;
};

}  // namespace wald::net
