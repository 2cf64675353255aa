// SPDX-License-Identifier: Apache-2.0
#include "node/net/http.h"

#include <algorithm>
#include <array>

namespace wald::net {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 6> kMethods{
    {{Method::kGet, "GET"},
     {Method::kHead, "HEAD"},
     {Method::kPut, "PUT"},
     {Method::kPost, "POST"},
     {Method::kDelete, "DELETE"},
     {Method::kOptions, "OPTIONS"}}};

std::string_view find(const Pairs& pairs, std::string_view name) {
  const auto at = std::find_if(pairs.begin(), pairs.end(),
                               [&](const auto& pair) { return pair.first == name; });
  return at == pairs.end() ? std::string_view() : std::string_view(at->second);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool parse_query(std::string_view text, Pairs& out) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view item = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    const auto name = percent_decode(item.substr(0, equals), true);
    const auto value = percent_decode(
        equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1), true);
    if (!name || !value) return false;
    out.emplace_back(*name, *value);
  }
  return true;
}

}  // namespace

std::string_view method_name(Method method) {
  for (const auto& [value, name] : kMethods)
    if (value == method) return name;
  return "";
}

std::optional<Method> parse_method(std::string_view name) {
  for (const auto& [value, text] : kMethods)
    if (text == name) return value;
  return std::nullopt;
}

std::string_view Request::header(std::string_view lower_name) const {
  return find(headers, lower_name);
}
std::string_view Request::param(std::string_view name) const { return find(params, name); }
std::string_view Response::header(std::string_view lower_name) const {
  return find(headers, lower_name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

Response json_response(std::string body, int status) {
  return {status, "application/json", {}, std::move(body)};
}
Response bytes_response(std::string body, int status) {
  return {status, "application/octet-stream", {}, std::move(body)};
}
Response text_response(std::string body, int status) {
  return {status, "text/plain; charset=utf-8", {}, std::move(body)};
}

std::optional<std::string> percent_decode(std::string_view text, bool plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus) c = ' ';
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out.push_back(c);
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

std::optional<Target> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return std::nullopt;
  const auto printable = [](char c) { return c > 0x20 && c < 0x7F && c != '#'; };
  if (!std::all_of(target.begin(), target.end(), printable)) return std::nullopt;
  Target out;
  const auto mark = target.find('?');
  out.path = std::string(target.substr(0, mark));
  if (mark != std::string_view::npos && !parse_query(target.substr(mark + 1), out.query))
    return std::nullopt;
  std::string_view rest = std::string_view(out.path).substr(1);
  for (;;) {
    const auto slash = rest.find('/');
    auto segment = percent_decode(rest.substr(0, slash), false);
    if (!segment || *segment == "." || *segment == "..") return std::nullopt;
    out.segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) return out;
    rest = rest.substr(slash + 1);
  }
}

}  // namespace wald::net
