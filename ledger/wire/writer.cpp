// SPDX-License-Identifier: Apache-2.0
// The writer: the canonical form of any message, by reflection.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <vector>

#include "ledger/wire/canonical.h"
#include "ledger/wire/rules.h"

namespace wald::wire {
namespace {

using base::Bytes;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void put_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_tag(Bytes& out, const FieldDescriptor& field, std::uint64_t wire_type) {
  WALD_CHECK(field.number() >= 1);
  put_varint(out, (static_cast<std::uint64_t>(field.number()) << 3) | wire_type);
}

void put_text(Bytes& out, base::ByteView body) {
  put_varint(out, body.size());
  out.insert(out.end(), body.begin(), body.end());
}

void put_message(Bytes& out, const Message& message);

// Its length in front: known once it is written, and of one byte nearly always.
void put_nested(Bytes& out, const Message& message) {
  const std::size_t at = out.size();
  out.push_back(0);
  put_message(out, message);
  const std::size_t length = out.size() - at - 1;
  if (length < 0x80) {
    out[at] = static_cast<std::uint8_t>(length);
    return;
  }
  Bytes prefix;
  put_varint(prefix, length);
  out[at] = prefix[0];
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(at) + 1, prefix.begin() + 1, prefix.end());
}

std::uint64_t number_at(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::TYPE_UINT32:
      return one ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::TYPE_UINT64:
      return one ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, index);
    default: {
      WALD_CHECK(field.type() == FieldDescriptor::TYPE_ENUM);
      const int value =
          one ? r.GetEnumValue(message, &field) : r.GetRepeatedEnumValue(message, &field, index);
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    }
  }
}

void put_body(Bytes& out, const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return put_nested(
        out, one ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, index));
  }
  std::string scratch;
  const std::string& text = one ? r.GetStringReference(message, &field, &scratch)
                                : r.GetRepeatedStringReference(message, &field, index, &scratch);
  put_text(out, base::as_bytes(text));
}

bool is_delimited(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE ||
         field.type() == FieldDescriptor::TYPE_STRING ||
         field.type() == FieldDescriptor::TYPE_BYTES;
}

void put_repeated(Bytes& out, const Message& message, const FieldDescriptor& field) {
  const int count = message.GetReflection()->FieldSize(message, &field);
  WALD_CHECK(count > 0);
  if (is_delimited(field)) {
    for (int i = 0; i < count; ++i) {
      put_tag(out, field, 2);
      put_body(out, message, field, i);
    }
    return;
  }
  Bytes numbers;
  for (int i = 0; i < count; ++i) put_varint(numbers, number_at(message, field, i));
  put_tag(out, field, 2);
  put_text(out, numbers);
}

// Of a field outside a oneof.
bool is_present(const Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  // Without presence: not its default.
  return field.is_repeated() ? r.FieldSize(message, &field) > 0 : r.HasField(message, &field);
}

void put_field(Bytes& out, const Message& message, const FieldDescriptor& field) {
  WALD_CHECK(type_supported(field));
  if (field.is_repeated()) return put_repeated(out, message, field);
  if (is_delimited(field)) {
    put_tag(out, field, 2);
    return put_body(out, message, field, -1);
  }
  put_tag(out, field, 0);
  put_varint(out, number_at(message, field, -1));
}

// The library lists present fields too, but asks each member of a oneof; events have many.
void put_message(Bytes& out, const Message& message) {
  const auto& type = *message.GetDescriptor();
  const Reflection& r = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  fields.reserve(16);
  for (int i = 0; i < type.real_oneof_decl_count(); ++i)
    if (const auto* field = r.GetOneofFieldDescriptor(message, type.oneof_decl(i)))
      fields.push_back(field);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.real_containing_oneof() == nullptr && is_present(message, field))
      fields.push_back(&field);
  }
  std::sort(fields.begin(), fields.end(), [](const FieldDescriptor* a, const FieldDescriptor* b) {
    return a->number() < b->number();
  });
  for (const FieldDescriptor* field : fields) put_field(out, message, *field);
}

}  // namespace

base::Bytes write_canonical(const Message& message) {
  Bytes out;
  put_message(out, message);
  return out;
}

}  // namespace wald::wire
