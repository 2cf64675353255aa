// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/show.h"

#include <algorithm>

#include "ledger/wire/rules.h"
#include "node/reflect/json.h"
#include "node/reflect/units.h"
#include "specs/proto/query.pb.h"

namespace wald::reflect {
namespace {

namespace json = boost::json;

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
  const auto number = parse_whole(std::string_view(value.get_string()));
  if (!number.ok()) return std::nullopt;
  return *number;
}

std::string plain(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "-";
  return json::serialize(value);
}

// Millionths as percent, exact: `100 %`, `0.6666 %`.
std::string ppm_text(std::uint64_t ppm) {
  std::string rest = std::to_string(ppm % 10'000 + 10'000).substr(1);
  while (!rest.empty() && rest.back() == '0') rest.pop_back();
  return std::to_string(ppm / 10'000) + (rest.empty() ? "" : "." + rest) + " %";
}

// A yearly rate as JSON has it, `-0.0841`, in percent: the point two digits to the right.
std::string percent_of(const std::string& rate) {
  const auto point = rate.find('.');
  if (point == std::string::npos || point + 3 > rate.size()) return rate;
  std::string whole = rate.substr(0, point) + rate.substr(point + 1, 2);
  const std::size_t sign = whole.starts_with('-') ? 1 : 0;
  while (whole.size() > sign + 1 && whole[sign] == '0') whole.erase(sign, 1);
  const std::string rest = rate.substr(point + 3);
  return whole + (rest.empty() ? "" : "." + rest) + " %";
}

std::string cell(const FieldDescriptor* field, const json::value& value,
                 const ShowOptions& options) {
  if (field == nullptr) return plain(value);
  if (field->containing_type() == spec::Apr::descriptor()) return percent_of(plain(value));
  const auto number = digits(value);
  switch (wire::rule_of(*field).kind()) {
    case spec::KIND_FROST:
      if (!number) break;
      return options.frost ? format_frost(*number) : format_wal(*number);
    case spec::KIND_SIZE:
      if (number) return format_size(*number);
      break;
    case spec::KIND_BPS:
      if (number && *number <= UINT32_MAX) return format_rate(static_cast<std::uint32_t>(*number));
      break;
    case spec::KIND_PPM:
      if (number) return ppm_text(*number);
      break;
    case spec::KIND_TIME:
      return show_time(plain(value), options);
    default:
      break;
  }
  return plain(value);
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
    const std::string text = safe(cell(field, value, options));
    if (!text.empty()) out.emplace_back(name, text);
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

// What stands at a path like `stake.now`, and the field that declares it.
struct Found {
  const FieldDescriptor* field = nullptr;
  const json::value* value = nullptr;
};
Found find_at(const Descriptor& type, const json::value& row, std::string_view path) {
  const Descriptor* here = &type;
  Found out;
  out.value = &row;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string_view part = path.substr(0, dot);
    out.field = here == nullptr ? nullptr : field_named(*here, part);
    here = out.field != nullptr && out.field->type() == FieldDescriptor::TYPE_MESSAGE
               ? out.field->message_type()
               : nullptr;
    if (out.value != nullptr)
      out.value =
          out.value->is_object()
              ? out.value->get_object().if_contains(json::string_view(part.data(), part.size()))
              : nullptr;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return out;
}

std::string at_path(const Descriptor& type, const json::value& row, std::string_view path,
                    const ShowOptions& options) {
  const Found found = find_at(type, row, path);
  if (found.value == nullptr) return "-";
  const std::string text = safe(cell(found.field, *found.value, options));
  return text.empty() ? "-" : text;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

bool is_amount(const FieldDescriptor* field) {
  return field != nullptr && wire::rule_of(*field).kind() == spec::KIND_FROST;
}

// An amount without its unit, as a spreadsheet reads it.
std::string bare_wal(const json::value& value) {
  const auto number = digits(value);
  if (!number) return "";
  const std::string text = format_wal(*number);
  return text.substr(0, text.find(' '));
}

}  // namespace

std::vector<Column> all_columns(const Descriptor& type) {
  std::vector<Column> out;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string name(field.json_name());
    if (field.type() != FieldDescriptor::TYPE_MESSAGE || field.is_repeated()) {
      out.push_back({name, name});
      continue;
    }
    for (Column& inner : all_columns(*field.message_type()))
      out.push_back({name + "." + inner.path, name + "." + inner.heading});
  }
  return out;
}

std::vector<std::string> show_csv(const Descriptor& type, const json::array& rows,
                                  const std::vector<Column>& columns) {
  const json::value nothing;
  std::string head;
  for (const Column& column : columns) {
    const std::string comma = head.empty() ? "" : ",";
    if (is_amount(find_at(type, nothing, column.path).field))
      head += comma + csv_field(column.path + "Frost") + "," + csv_field(column.path + "Wal");
    else
      head += comma + csv_field(column.path);
  }
  std::vector<std::string> out{head};
  for (const auto& row : rows) {
    std::string line;
    bool first = true;
    for (const Column& column : columns) {
      const Found found = find_at(type, row, column.path);
      const std::string text = found.value == nullptr ? "" : plain(*found.value);
      line += (first ? "" : ",") + csv_field(text);
      first = false;
      if (is_amount(found.field))
        line += "," + (found.value == nullptr ? std::string() : bare_wal(*found.value));
    }
    out.push_back(line);
  }
  return out;
}

std::string show_time(const std::string& text, const ShowOptions& options) {
  const auto time = parse_time(text);
  if (!time.ok()) return text;
  std::string shown = options.zone ? format_local(*time, options.zone(*time)) : text;
  if (options.now_ms == 0) return shown;
  return shown + " (" + distance(options.now_ms, *time) + ")";
}

std::string safe(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

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
  out.reserve(pairs.size());
  for (const auto& [name, value] : pairs) out.push_back(padded(name, width + 2) + value);
  return out;
}

std::vector<std::string> show_table(const Descriptor& type, const json::array& rows,
                                    const std::vector<Column>& columns,
                                    const ShowOptions& options) {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> head;
  head.reserve(columns.size());
  for (const Column& column : columns) head.push_back(column.heading);
  cells.reserve(rows.size() + 1);
  cells.push_back(head);
  for (const auto& row : rows) {
    std::vector<std::string> line;
    line.reserve(columns.size());
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

std::vector<std::string> describe(const spec::Operation& operation) {
  const auto* field = chosen_operation(operation);
  if (field == nullptr) return {};
  const auto& message = operation.GetReflection()->GetMessage(operation, field);
  const std::string comment = comment_of(*field->message_type());
  std::vector<std::string> out{comment.substr(0, comment.find(". "))};
  for (const auto& line : show_object(*field->message_type(), to_json(message)))
    out.push_back("  " + line);
  return out;
}

}  // namespace wald::reflect
