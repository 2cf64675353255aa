// SPDX-License-Identifier: Apache-2.0
#include "node/net/router.h"

#include <algorithm>

#include "codec/base/check.h"

namespace wald::net {

Handler answer(std::function<Response(const Request&)> handler) {
  return [handler = std::move(handler)](Request request, Responder responder) {
    responder.send(handler(request));
  };
}

Router::Pattern Router::parse(const std::string& pattern) {
  WALD_CHECK(!pattern.empty() && pattern.front() == '/');
  Pattern out;
  std::string_view rest = std::string_view(pattern).substr(1);
  for (bool more = true; more;) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    more = slash != std::string_view::npos;
    if (more) rest = rest.substr(slash + 1);
    if (part.size() > 2 && part.front() == '{' && part.back() == '}') {
      const std::string_view name = part.substr(1, part.size() - 2);
      const bool takes_rest = name.back() == '*';
      WALD_CHECK(!takes_rest || !more);
      if (takes_rest)
        out.push_back({Segment::Kind::kRest, std::string(name.substr(0, name.size() - 1))});
      else
        out.push_back({Segment::Kind::kParam, std::string(name)});
    } else {
      out.push_back({Segment::Kind::kLiteral, std::string(part)});
    }
  }
  return out;
}

bool Router::matches(const Pattern& pattern, const std::vector<std::string>& segments) {
  const bool open_end = pattern.back().kind == Segment::Kind::kRest;
  if (open_end ? segments.size() < pattern.size() : segments.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Segment::Kind::kLiteral && pattern[i].text != segments[i]) return false;
    if (pattern[i].kind == Segment::Kind::kParam && segments[i].empty()) return false;
  }
  return true;
}

// Both match one request, so equal kinds in a place mean equal meaning there.
bool Router::more_literal(const Pattern& a, const Pattern& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (a[i].kind != b[i].kind) return a[i].kind < b[i].kind;
  return a.size() > b.size();
}

void Router::add(Route route) {
  WALD_CHECK(route.handler != nullptr);
  Pattern pattern = parse(route.pattern);
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    if (routes_[i]->method != route.method || patterns_[i].size() != pattern.size()) continue;
    const bool told_apart = !std::equal(
        pattern.begin(), pattern.end(), patterns_[i].begin(),
        [](const Segment& a, const Segment& b) {
          return a.kind == b.kind && (a.kind != Segment::Kind::kLiteral || a.text == b.text);
        });
    WALD_CHECK(told_apart);
  }
  largest_body_cap_ = std::max(largest_body_cap_, route.body_cap);
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  patterns_.push_back(std::move(pattern));
}

Router::Match Router::match(Method method, const std::vector<std::string>& segments) const {
  Match out;
  const Pattern* best = nullptr;
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    if (!matches(patterns_[i], segments)) continue;
    if (routes_[i]->method != wanted) {
      out.other_methods.push_back(routes_[i]->method);
      continue;
    }
    if (best != nullptr && !more_literal(patterns_[i], *best)) continue;
    best = &patterns_[i];
    out.route = routes_[i].get();
  }
  if (best == nullptr) return out;
  for (std::size_t i = 0; i < best->size(); ++i) {
    const Segment& segment = (*best)[i];
    if (segment.kind == Segment::Kind::kParam) out.params.emplace_back(segment.text, segments[i]);
    if (segment.kind != Segment::Kind::kRest) continue;
    std::string rest = segments[i];
    for (std::size_t k = i + 1; k < segments.size(); ++k) rest += "/" + segments[k];
    out.params.emplace_back(segment.text, std::move(rest));
  }
  return out;
}

}  // namespace wald::net
