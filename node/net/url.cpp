// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "node/net/client.h"

namespace wald::net {

std::string Url::authority() const {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const auto end = text.find_first_of("/?");
  std::string_view place = text.substr(0, end);
  Url out;
  if (end != std::string_view::npos) out.target = std::string(text.substr(end));
  if (out.target.front() == '?') out.target = "/" + out.target;
  if (!parse_target(out.target)) return std::nullopt;
  if (place.starts_with('[')) {
    const auto close = place.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    out.host = std::string(place.substr(1, close - 1));
    place.remove_prefix(close + 1);
    if (!place.empty() && place.front() != ':') return std::nullopt;
  } else {
    const auto colon = place.find(':');
    out.host = std::string(place.substr(0, colon));
    place = colon == std::string_view::npos ? std::string_view() : place.substr(colon);
  }
  if (!place.empty()) {
    place.remove_prefix(1);
    std::uint16_t port = 0;
    const auto [stop, code] = std::from_chars(place.data(), place.data() + place.size(), port);
    if (code != std::errc() || stop != place.data() + place.size() || port == 0)
      return std::nullopt;
    out.port = std::to_string(port);
  }
  const bool name = !out.host.empty() && std::all_of(out.host.begin(), out.host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == ':';
  });
  if (!name) return std::nullopt;
  return out;
}

}  // namespace wald::net
