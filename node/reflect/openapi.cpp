// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/openapi.h"

#include "ledger/wire/rules.h"

namespace wald::reflect {
namespace {

namespace json = boost::json;

json::object text_of(std::string_view pattern, std::string_view format = "") {
  json::object out{{"type", "string"}};
  if (!pattern.empty()) out["pattern"] = pattern;
  if (!format.empty()) out["format"] = format;
  return out;
}

json::object bytes_schema(spec::Kind kind) {
  switch (kind) {
    case spec::KIND_BLOB:
      return text_of("^[A-Za-z0-9_-]{43}$");
    case spec::KIND_TX:
      return text_of("^[1-9A-HJ-NP-Za-km-z]{32,44}$");
    case spec::KIND_BYTES:
      return json::object{{"type", "string"}, {"contentEncoding", "base64"}};
    case spec::KIND_SIGNATURE:
      return text_of("^0x[0-9a-f]{128}$");
    default:
      return text_of("^0x[0-9a-f]{64}$");
  }
}

json::object enum_schema(const google::protobuf::EnumDescriptor& type) {
  json::array words;
  for (int i = 0; i < type.value_count(); ++i) words.emplace_back(enum_word(*type.value(i)));
  return json::object{{"type", "string"}, {"enum", std::move(words)}};
}

json::object value_schema(const FieldDescriptor& field) {
  const spec::Kind kind = wire::rule_of(field).kind();
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return json::object{{"type", "boolean"}};
    case FieldDescriptor::TYPE_UINT32:
      return json::object{{"type", "integer"}, {"minimum", 0}, {"maximum", UINT32_MAX}};
    case FieldDescriptor::TYPE_UINT64:
      return kind == spec::KIND_TIME ? text_of("", "date-time") : text_of("^[0-9]+$");
    case FieldDescriptor::TYPE_ENUM:
      return enum_schema(*field.enum_type());
    case FieldDescriptor::TYPE_MESSAGE:
      return schema_reference(*field.message_type());
    case FieldDescriptor::TYPE_BYTES:
      return bytes_schema(kind);
    default:
      return json::object{{"type", "string"}};
  }
}

// What to_json always writes: lists and figures, but no message, no field with presence and no id.
bool always(const FieldDescriptor& field) {
  if (field.is_repeated()) return true;
  return !field.has_presence() && field.type() != FieldDescriptor::TYPE_BYTES;
}

void indent(std::string& out, std::size_t depth) { out.append(1, '\n').append(2 * depth, ' '); }

void write(std::string& out, const json::value& value, std::size_t depth) {
  const bool object = value.is_object() && !value.get_object().empty();
  const bool array = value.is_array() && !value.get_array().empty();
  if (!object && !array) {
    out += json::serialize(value);
    return;
  }
  out += object ? '{' : '[';
  bool first = true;
  const auto next = [&] {
    if (!first) out += ',';
    first = false;
    indent(out, depth + 1);
  };
  if (object) {
    for (const auto& pair : value.get_object()) {
      next();
      out += json::serialize(json::value(pair.key())) + ": ";
      write(out, pair.value(), depth + 1);
    }
  } else {
    for (const auto& item : value.get_array()) {
      next();
      write(out, item, depth + 1);
    }
  }
  indent(out, depth);
  out += object ? '}' : ']';
}

}  // namespace

json::object schema_reference(const Descriptor& type) {
  return json::object{{"$ref", "#/components/schemas/" + std::string(type.name())}};
}

void add_schemas(const Descriptor& type, std::map<std::string, json::object>& schemas) {
  const std::string name(type.name());
  if (schemas.contains(name)) return;
  json::object& out = schemas[name];  // before its parts: types may refer to each other; stays put
  if (const std::string comment = comment_of(type); !comment.empty()) out["description"] = comment;
  out["type"] = "object";
  json::object properties;
  json::array required;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) add_schemas(*field.message_type(), schemas);
    json::object schema = value_schema(field);
    if (field.is_repeated()) schema = json::object{{"type", "array"}, {"items", std::move(schema)}};
    if (const std::string comment = comment_of(field); !comment.empty())
      schema["description"] = comment;
    properties[field.json_name()] = std::move(schema);
    if (always(field)) required.emplace_back(field.json_name());
  }
  out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
}

std::string pretty(const json::value& value) {
  std::string out;
  write(out, value, 0);
  return out + "\n";
}

}  // namespace wald::reflect
