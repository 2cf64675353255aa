// SPDX-License-Identifier: Apache-2.0
// JSON -> message.
#include "codec/base/check.h"
#include "ledger/wire/rules.h"
#include "node/reflect/json.h"
#include "node/reflect/value.h"

namespace wald::reflect {
namespace {

namespace json = boost::json;
using base::Err;
using base::Result;
using google::protobuf::Reflection;

Err<JsonError> bad(const std::string& path, std::string why, const std::string& hint = "") {
  if (!hint.empty()) why += " (" + hint + ")";
  return Err<JsonError>{JsonError{path, std::move(why)}};
}

template <class T>
Result<T, JsonError> at_path(const std::string& path, Parsed<T> parsed) {
  if (!parsed.ok()) return bad(path, parsed.error().message, parsed.error().hint);
  return std::move(parsed).value();
}

Result<std::uint64_t, JsonError> read_u64(const std::string& path, const FieldDescriptor& f,
                                          const json::value& v) {
  if (!v.is_string()) return bad(path, "64-bit numbers are written as text", "\"250\"");
  const std::string_view text(v.get_string().data(), v.get_string().size());
  if (wire::rule_of(f).kind() == spec::KIND_TIME) return at_path(path, parse_time(text));
  return at_path(path, parse_whole(text));
}

Result<std::uint32_t, JsonError> read_u32(const std::string& path, const json::value& v) {
  std::uint64_t number = 0;
  if (v.is_int64() && v.get_int64() >= 0)
    number = static_cast<std::uint64_t>(v.get_int64());
  else if (v.is_uint64())
    number = v.get_uint64();
  else
    return bad(path, "a whole number is due");
  if (number > UINT32_MAX) return bad(path, "larger than 4294967295");
  return static_cast<std::uint32_t>(number);
}

Result<std::string, JsonError> read_text(const std::string& path, const FieldDescriptor& f,
                                         const json::value& v) {
  if (!v.is_string()) return bad(path, "text is due");
  std::string text(v.get_string().data(), v.get_string().size());
  if (f.type() == FieldDescriptor::TYPE_BYTES) {
    TRY_ASSIGN(text, at_path(path, parse_bytes(wire::rule_of(f).kind(), std::string(text))));
  }
  const wire::Bounds bounds = wire::length_bounds(f);
  const bool absent = text.empty() && !f.has_presence() && !f.is_repeated();
  if (!absent && text.size() < bounds.least) return bad(path, "too short");
  if (bounds.most != 0 && text.size() > bounds.most)
    return bad(path, "longer than " + std::to_string(bounds.most) + " bytes");
  return text;
}

Result<void, JsonError> read_object(const std::string& path, const json::value& v, Message& into);

Result<void, JsonError> read_value(const std::string& path, const json::value& v, Message& m,
                                   const FieldDescriptor& f) {
  const Reflection& r = *m.GetReflection();
  const bool many = f.is_repeated();
  switch (f.type()) {
    case FieldDescriptor::TYPE_BOOL:
      if (!v.is_bool()) return bad(path, "true or false is due");
      many ? r.AddBool(&m, &f, v.get_bool()) : r.SetBool(&m, &f, v.get_bool());
      return {};
    case FieldDescriptor::TYPE_UINT32: {
      TRY_ASSIGN(const std::uint32_t number, read_u32(path, v));
      many ? r.AddUInt32(&m, &f, number) : r.SetUInt32(&m, &f, number);
      return {};
    }
    case FieldDescriptor::TYPE_UINT64: {
      TRY_ASSIGN(const std::uint64_t number, read_u64(path, f, v));
      many ? r.AddUInt64(&m, &f, number) : r.SetUInt64(&m, &f, number);
      return {};
    }
    case FieldDescriptor::TYPE_ENUM: {
      if (!v.is_string()) return bad(path, "a word is due");
      const auto* value = enum_value(*f.enum_type(), std::string(v.get_string().c_str()));
      if (value == nullptr) return bad(path, "unknown word " + json::serialize(v));
      many ? r.AddEnum(&m, &f, value) : r.SetEnum(&m, &f, value);
      return {};
    }
    case FieldDescriptor::TYPE_MESSAGE:
      return read_object(path, v, many ? *r.AddMessage(&m, &f) : *r.MutableMessage(&m, &f));
    default: {
      WALD_CHECK(wire::type_supported(f));
      TRY_ASSIGN(std::string text, read_text(path, f, v));
      many ? r.AddString(&m, &f, std::move(text)) : r.SetString(&m, &f, std::move(text));
      return {};
    }
  }
}

const FieldDescriptor* field_named(const Descriptor& type, std::string_view key) {
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->json_name() == key) return type.field(i);
  return nullptr;
}

std::string known_keys(const Descriptor& type) {
  std::string out = "known:";
  for (int i = 0; i < type.field_count(); ++i) out += " " + type.field(i)->json_name();
  return out;
}

Result<void, JsonError> read_list(const std::string& path, const json::value& v, Message& into,
                                  const FieldDescriptor& f) {
  if (!v.is_array()) return bad(path, "a list is due");
  const std::uint32_t most = wire::rule_of(f).max_items();
  if (most != 0 && v.get_array().size() > most)
    return bad(path, "more than " + std::to_string(most) + " elements");
  std::size_t i = 0;
  for (const json::value& element : v.get_array())
    TRY(read_value(path + "[" + std::to_string(i++) + "]", element, into, f));
  return {};
}

Result<void, JsonError> read_object(const std::string& path, const json::value& v, Message& into) {
  if (!v.is_object()) return bad(path, "an object is due");
  const Descriptor& type = *into.GetDescriptor();
  for (const auto& [raw_key, element] : v.get_object()) {
    const std::string key(raw_key.data(), raw_key.size());
    const std::string here = path.empty() ? key : path + "." + key;
    const FieldDescriptor* f = field_named(type, key);
    if (f == nullptr) return bad(here, "unknown key", known_keys(type));
    const auto* choice = f->real_containing_oneof();
    if (choice != nullptr && into.GetReflection()->HasOneof(into, choice))
      return bad(here, "only one of its kind is allowed");
    if (f->is_repeated())
      TRY(read_list(here, element, into, *f));
    else
      TRY(read_value(here, element, into, *f));
  }
  return {};
}

}  // namespace

Result<void, JsonError> from_json(const json::value& value, Message& into) {
  return read_object("", value, into);
}

Result<void, JsonError> from_json_text(std::string_view text, Message& into) {
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return bad("", "not JSON: " + error.message());
  return from_json(value, into);
}

}  // namespace wald::reflect
