// SPDX-License-Identifier: Apache-2.0
#include "node/client/show.h"

#include <algorithm>

#include "ledger/wire/rules.h"
#include "node/reflect/units.h"

namespace wald::client {
namespace {

namespace json = boost::json;
using reflect::Descriptor;
using reflect::FieldDescriptor;

const FieldDescriptor* field_named(const Descriptor& type, std::string_view name) {
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->json_name() == name) return type.field(i);
  return nullptr;
}

// Digits of a decimal string or a number; else nothing.
std::optional<std::uint64_t> digits(const json::value& value) {
  if (value.is_int64() && value.get_int64() >= 0)
    return static_cast<std::uint64_t>(value.get_int64());
  if (value.is_uint64()) return value.get_uint64();
  if (!value.is_string()) return std::nullopt;
  const auto number = reflect::parse_whole(std::string_view(value.get_string()));
  if (!number.ok()) return std::nullopt;
  return *number;
}

std::string plain(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "-";
  return json::serialize(value);
}

std::string cell(const FieldDescriptor* field, const json::value& value,
                 const ShowOptions& options) {
  if (field == nullptr) return plain(value);
  const auto number = digits(value);
  switch (wire::rule_of(*field).kind()) {
    case spec::KIND_FROST:
      if (!number) break;
      return options.frost ? reflect::format_frost(*number) : reflect::format_wal(*number);
    case spec::KIND_SIZE:
      if (number) return reflect::format_size(*number);
      break;
    case spec::KIND_BPS:
      if (number && *number <= UINT32_MAX)
        return reflect::format_rate(static_cast<std::uint32_t>(*number));
      break;
    case spec::KIND_TIME: {
      const std::string text = plain(value);
      const auto time = reflect::parse_time(text);
      if (!time.ok() || options.now_ms == 0) return text;
      return text + " (" + distance(options.now_ms, *time) + ")";
    }
    default:
      break;
  }
  return plain(value);
}

// Terminal control characters of foreign text are shown, not obeyed.
std::string safe(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

void lines_of(const Descriptor* type, const json::object& object, const std::string& above,
              const ShowOptions& options, std::vector<std::pair<std::string, std::string>>& out);

void line_of(const FieldDescriptor* field, const std::string& name, const json::value& value,
             const ShowOptions& options, std::vector<std::pair<std::string, std::string>>& out) {
  const Descriptor* inner = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE
                                ? field->message_type()
                                : nullptr;
  if (value.is_object()) return lines_of(inner, value.get_object(), name + ".", options, out);
  if (!value.is_array()) {
    out.emplace_back(name, safe(cell(field, value, options)));
    return;
  }
  const json::array& list = value.get_array();
  const bool objects = std::any_of(list.begin(), list.end(),
                                   [](const json::value& item) { return item.is_object(); });
  if (objects) {
    for (std::size_t i = 0; i < list.size(); ++i)
      line_of(field, name + "[" + std::to_string(i) + "]", list[i], options, out);
    return;
  }
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : ", ") + cell(field, item, options);
  if (!text.empty()) out.emplace_back(name, safe(text));
}

void lines_of(const Descriptor* type, const json::object& object, const std::string& above,
              const ShowOptions& options, std::vector<std::pair<std::string, std::string>>& out) {
  for (const auto& pair : object) {
    const std::string key(pair.key());
    const FieldDescriptor* field = type == nullptr ? nullptr : field_named(*type, key);
    line_of(field, above + key, pair.value(), options, out);
  }
}

// Columns on the screen: bytes that begin a character.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t have = width_of(text);
  return have < width ? text + std::string(width - have, ' ') : text;
}

std::string at_path(const Descriptor& type, const json::value& row, std::string_view path,
                    const ShowOptions& options) {
  const Descriptor* here = &type;
  const json::value* value = &row;
  const FieldDescriptor* field = nullptr;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string_view part = path.substr(0, dot);
    if (!value->is_object()) return "-";
    value = value->get_object().if_contains(json::string_view(part.data(), part.size()));
    if (value == nullptr) return "-";
    field = here == nullptr ? nullptr : field_named(*here, part);
    here = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE
               ? field->message_type()
               : nullptr;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return safe(cell(field, *value, options));
}

}  // namespace

std::string distance(std::uint64_t from_ms, std::uint64_t to_ms) {
  const bool ahead = to_ms >= from_ms;
  const std::uint64_t seconds = (ahead ? to_ms - from_ms : from_ms - to_ms) / 1'000;
  const auto two = [](std::uint64_t a, const char* au, std::uint64_t b, const char* bu) {
    return std::to_string(a) + au + (b == 0 ? "" : " " + std::to_string(b) + bu);
  };
  std::string text;
  if (seconds < 60)
    text = std::to_string(seconds) + " s";
  else if (seconds < 3'600)
    text = two(seconds / 60, " min", seconds % 60, " s");
  else if (seconds < 86'400)
    text = two(seconds / 3'600, " h", seconds % 3'600 / 60, " min");
  else
    text = two(seconds / 86'400, " d", seconds % 86'400 / 3'600, " h");
  return ahead ? "in " + text : text + " ago";
}

std::vector<std::string> show_object(const Descriptor& type, const json::object& object,
                                     const ShowOptions& options) {
  std::vector<std::pair<std::string, std::string>> pairs;
  lines_of(&type, object, "", options, pairs);
  std::size_t width = 0;
  for (const auto& [name, value] : pairs) width = std::max(width, name.size());
  std::vector<std::string> out;
  for (const auto& [name, value] : pairs) out.push_back(padded(name, width + 2) + value);
  return out;
}

std::vector<std::string> show_table(const Descriptor& type, const json::array& rows,
                                    const std::vector<Column>& columns,
                                    const ShowOptions& options) {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> head;
  for (const Column& column : columns) head.push_back(column.heading);
  cells.push_back(head);
  for (const auto& row : rows) {
    std::vector<std::string> line;
    for (const Column& column : columns) line.push_back(at_path(type, row, column.path, options));
    cells.push_back(std::move(line));
  }
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const auto& line : cells)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));
  std::vector<std::string> out;
  for (const auto& line : cells) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i)
      text += i + 1 < line.size() ? padded(line[i], widths[i] + 2) : line[i];
    out.push_back(text);
  }
  return out;
}

}  // namespace wald::client
