// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/json.h"

#include <algorithm>

#include "codec/base/check.h"
#include "ledger/wire/rules.h"
#include "node/reflect/value.h"

namespace wald::reflect {
namespace {

namespace json = boost::json;
using google::protobuf::Reflection;

// Where it lies: the messages are all of generated classes (CHECK).
const std::string& text_at(const Message& m, const FieldDescriptor& f, int i) {
  std::string scratch;
  const Reflection& r = *m.GetReflection();
  const std::string& text = i < 0 ? r.GetStringReference(m, &f, &scratch)
                                  : r.GetRepeatedStringReference(m, &f, i, &scratch);
  WALD_CHECK(&text != &scratch);
  return text;
}

json::value value_at(const Message& m, const FieldDescriptor& f, int i) {
  const Reflection& r = *m.GetReflection();
  const bool one = i < 0;
  const spec::Kind kind = wire::rule_of(f).kind();
  switch (f.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return json::value(one ? r.GetBool(m, &f) : r.GetRepeatedBool(m, &f, i));
    case FieldDescriptor::TYPE_UINT32:
      return json::value(one ? r.GetUInt32(m, &f) : r.GetRepeatedUInt32(m, &f, i));
    case FieldDescriptor::TYPE_UINT64: {
      const std::uint64_t number = one ? r.GetUInt64(m, &f) : r.GetRepeatedUInt64(m, &f, i);
      const bool time = kind == spec::KIND_TIME;
      return json::value(time ? format_time(number) : std::to_string(number));
    }
    case FieldDescriptor::TYPE_ENUM: {
      const int number = one ? r.GetEnumValue(m, &f) : r.GetRepeatedEnumValue(m, &f, i);
      const auto* value = f.enum_type()->FindValueByNumber(number);
      if (value == nullptr) return json::value(number);
      return json::value(enum_word(*value));
    }
    case FieldDescriptor::TYPE_MESSAGE:
      return to_json(one ? r.GetMessage(m, &f) : r.GetRepeatedMessage(m, &f, i));
    case FieldDescriptor::TYPE_BYTES:
      return json::value(bytes_text(kind, base::as_bytes(text_at(m, f, i))));
    default:
      WALD_CHECK(f.type() == FieldDescriptor::TYPE_STRING);
      return json::value(text_at(m, f, i));
  }
}

bool shown(const Message& m, const FieldDescriptor& f) {
  if (f.has_presence()) return m.GetReflection()->HasField(m, &f);
  const bool id =
      f.type() == FieldDescriptor::TYPE_BYTES && wire::fixed_length(wire::rule_of(f).kind()) != 0;
  return !id || !text_at(m, f, -1).empty();
}

void collect(const Message& m, EventNames& names) {
  const auto& type = *m.GetDescriptor();
  const auto add = [](std::vector<std::string_view>& list, std::string_view id) {
    if (!id.empty() && std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
  };
  for (int k = 0; k < type.field_count(); ++k) {
    const FieldDescriptor& f = *type.field(k);
    const spec::Kind kind = wire::rule_of(f).kind();
    if (kind != spec::KIND_ACCOUNT && kind != spec::KIND_NODE) continue;
    auto& list = kind == spec::KIND_ACCOUNT ? names.accounts : names.nodes;
    if (!f.is_repeated()) {
      add(list, text_at(m, f, -1));
      continue;
    }
    for (int i = 0; i < m.GetReflection()->FieldSize(m, &f); ++i) add(list, text_at(m, f, i));
  }
}

json::array id_list(spec::Kind kind, const std::vector<std::string_view>& ids) {
  json::array out;
  for (const std::string_view id : ids) out.emplace_back(bytes_text(kind, base::as_bytes(id)));
  return out;
}

}  // namespace

json::object to_json(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& r = *message.GetReflection();
  json::object out;
  for (int k = 0; k < type.field_count(); ++k) {
    const FieldDescriptor& f = *type.field(k);
    if (!f.is_repeated()) {
      if (shown(message, f)) out[f.json_name()] = value_at(message, f, -1);
      continue;
    }
    json::array list;
    for (int i = 0; i < r.FieldSize(message, &f); ++i) list.push_back(value_at(message, f, i));
    out[f.json_name()] = std::move(list);
  }
  return out;
}

const Message* event_body(const spec::EventRecord& record) {
  const auto& choice = *spec::EventRecord::descriptor()->oneof_decl(0);
  const auto* f = record.GetReflection()->GetOneofFieldDescriptor(record, &choice);
  return f == nullptr ? nullptr : &record.GetReflection()->GetMessage(record, f);
}

EventNames event_names(const Message& body) {
  EventNames names;
  collect(body, names);
  return names;
}

json::object event_json(const spec::EventRecord& record, std::uint64_t time_ms,
                        std::uint32_t epoch) {
  json::object out;
  out["seq"] = std::to_string(record.seq());
  out["height"] = std::to_string(record.height());
  out["index"] = record.index();
  out["time"] = format_time(time_ms);
  out["epoch"] = epoch;
  const bool by_itself = record.tx().find_first_not_of('\0') == std::string::npos;
  out["txDigest"] = by_itself ? json::value(nullptr)
                              : json::value(bytes_text(spec::KIND_TX, base::as_bytes(record.tx())));
  const Message* body = event_body(record);
  if (body == nullptr) return out;
  out["type"] = event_type(*body->GetDescriptor());
  out["rule"] = body->GetDescriptor()->options().GetExtension(spec::event).rules();
  const EventNames names = event_names(*body);
  out["accounts"] = id_list(spec::KIND_ACCOUNT, names.accounts);
  out["nodes"] = id_list(spec::KIND_NODE, names.nodes);
  out["body"] = to_json(*body);
  return out;
}

}  // namespace wald::reflect
