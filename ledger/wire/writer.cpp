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

void put_delimited(Bytes& out, base::ByteView body) {
  put_varint(out, body.size());
  out.insert(out.end(), body.begin(), body.end());
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

Bytes body_at(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return write_canonical(one ? r.GetMessage(message, &field)
                               : r.GetRepeatedMessage(message, &field, index));
  }
  std::string scratch;
  const std::string& text = one ? r.GetStringReference(message, &field, &scratch)
                                : r.GetRepeatedStringReference(message, &field, index, &scratch);
  const base::ByteView view = base::as_bytes(text);
  return Bytes(view.begin(), view.end());
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
      put_delimited(out, body_at(message, field, i));
    }
    return;
  }
  Bytes numbers;
  for (int i = 0; i < count; ++i) put_varint(numbers, number_at(message, field, i));
  put_tag(out, field, 2);
  put_delimited(out, numbers);
}

}  // namespace

base::Bytes write_canonical(const Message& message) {
  // ListFields answers the present fields (without presence: those that are not their default).
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  std::sort(fields.begin(), fields.end(), [](const FieldDescriptor* a, const FieldDescriptor* b) {
    return a->number() < b->number();
  });
  Bytes out;
  for (const FieldDescriptor* field : fields) {
    WALD_CHECK(type_supported(*field));
    if (field->is_repeated()) {
      put_repeated(out, message, *field);
    } else if (is_delimited(*field)) {
      put_tag(out, *field, 2);
      put_delimited(out, body_at(message, *field, -1));
    } else {
      put_tag(out, *field, 0);
      put_varint(out, number_at(message, *field, -1));
    }
  }
  return out;
}

}  // namespace wald::wire
