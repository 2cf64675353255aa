// SPDX-License-Identifier: Apache-2.0
// The writer: the canonical form of any message, by reflection.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "ledger/wire/canonical.h"
#include "ledger/wire/rules.h"
#include "specs/proto/common.pb.h"

namespace wald::wire {
namespace {

using base::Bytes;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct Varint {
  explicit Varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<std::uint8_t>(value | 0x80);
    bytes[size++] = static_cast<std::uint8_t>(value);
  }
  base::ByteView view() const { return {bytes.data(), size}; }
  std::array<std::uint8_t, 10> bytes{};
  std::size_t size = 0;
};

void put_varint(Bytes& out, std::uint64_t value) {
  const Varint form(value);
  out.insert(out.end(), form.view().begin(), form.view().end());
}

void put_text(Bytes& out, base::ByteView body) {
  put_varint(out, body.size());
  out.insert(out.end(), body.begin(), body.end());
}

constexpr std::uint64_t kNumber = 0;  // wire types
constexpr std::uint64_t kDelimited = 2;
std::uint64_t tag_of(int number, std::uint64_t wire_type) {
  return static_cast<std::uint64_t>(number) << 3 | wire_type;
}

void put_message(Bytes& out, const Message& message);

// Its length in front: known once it is written, and of one byte nearly always.
void put_nested(Bytes& out, const Message& message) {
  const std::size_t at = out.size();
  out.push_back(0);
  put_message(out, message);
  const Varint length(out.size() - at - 1);
  out[at] = length.bytes[0];
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(at) + 1, length.view().begin() + 1,
             length.view().end());
}

// What writing asks of a field, found out once: the library's own answers take locks.
struct FieldPlan {
  const FieldDescriptor* field = nullptr;
  FieldDescriptor::Type type = FieldDescriptor::TYPE_BOOL;
  Bytes tag;
  int number() const { return field->number(); }
  bool is_delimited() const {
    return type == FieldDescriptor::TYPE_MESSAGE || type == FieldDescriptor::TYPE_STRING ||
           type == FieldDescriptor::TYPE_BYTES;
  }
};

struct Plan {
  struct Choice {
    const google::protobuf::OneofDescriptor* oneof = nullptr;
    std::map<int, FieldPlan> members;  // by number
  };
  const google::protobuf::Descriptor* type = nullptr;
  std::vector<FieldPlan> fields;  // outside a oneof, ascending
  std::vector<Choice> choices;
};

FieldPlan plan_of(const FieldDescriptor& field) {
  WALD_CHECK(type_supported(field));
  WALD_CHECK(field.number() >= 1);
  FieldPlan out{&field, field.type(), {}};
  const bool packed = field.is_repeated();
  put_varint(out.tag, tag_of(field.number(), out.is_delimited() || packed ? kDelimited : kNumber));
  return out;
}

Plan plan_of(const google::protobuf::Descriptor& type) {
  Plan out;
  out.type = &type;
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->real_containing_oneof() == nullptr)
      out.fields.push_back(plan_of(*type.field(i)));
  std::sort(out.fields.begin(), out.fields.end(),
            [](const FieldPlan& a, const FieldPlan& b) { return a.number() < b.number(); });
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const auto* oneof = type.oneof_decl(i);
    Plan::Choice& choice = out.choices.emplace_back();
    choice.oneof = oneof;
    for (int k = 0; k < oneof->field_count(); ++k)
      choice.members.emplace(oneof->field(k)->number(), plan_of(*oneof->field(k)));
  }
  return out;
}

// A function of the type alone, kept by each thread for itself.
const Plan& plan_for(const google::protobuf::Descriptor& type) {
  thread_local std::map<std::string, Plan, std::less<>> known;
  using Row = decltype(known)::value_type;
  thread_local std::array<const Row*, 8> recent{};  // of `known`: a block has few types
  thread_local std::size_t turn = 0;
  // A type of the same place may have another name once its own is gone.
  for (const Row* row : recent)
    if (row != nullptr && row->second.type == &type && row->first == type.full_name())
      return row->second;
  auto at = known.find(type.full_name());
  if (at == known.end() || at->second.type != &type)
    at = known.insert_or_assign(type.full_name(), plan_of(type)).first;
  recent[turn++ % recent.size()] = &*at;
  return at->second;
}

std::uint64_t number_at(const Message& message, const FieldPlan& plan, int index) {
  const Reflection& r = *message.GetReflection();
  const auto* field = plan.field;
  const bool one = index < 0;
  switch (plan.type) {
    case FieldDescriptor::TYPE_BOOL:
      return one ? r.GetBool(message, field) : r.GetRepeatedBool(message, field, index);
    case FieldDescriptor::TYPE_UINT32:
      return one ? r.GetUInt32(message, field) : r.GetRepeatedUInt32(message, field, index);
    case FieldDescriptor::TYPE_UINT64:
      return one ? r.GetUInt64(message, field) : r.GetRepeatedUInt64(message, field, index);
    default: {
      WALD_CHECK(plan.type == FieldDescriptor::TYPE_ENUM);
      const int value =
          one ? r.GetEnumValue(message, field) : r.GetRepeatedEnumValue(message, field, index);
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    }
  }
}

void put_tag(Bytes& out, const FieldPlan& plan) {
  out.insert(out.end(), plan.tag.begin(), plan.tag.end());
}

void put_body(Bytes& out, const Message& message, const FieldPlan& plan, int index) {
  const Reflection& r = *message.GetReflection();
  const auto* field = plan.field;
  const bool one = index < 0;
  put_tag(out, plan);
  if (plan.type == FieldDescriptor::TYPE_MESSAGE) {
    return put_nested(
        out, one ? r.GetMessage(message, field) : r.GetRepeatedMessage(message, field, index));
  }
  std::string scratch;
  const std::string& text = one ? r.GetStringReference(message, field, &scratch)
                                : r.GetRepeatedStringReference(message, field, index, &scratch);
  put_text(out, base::as_bytes(text));
}

void put_repeated(Bytes& out, const Message& message, const FieldPlan& plan) {
  const int count = message.GetReflection()->FieldSize(message, plan.field);
  if (count == 0) return;
  if (plan.is_delimited()) {
    for (int i = 0; i < count; ++i) put_body(out, message, plan, i);
    return;
  }
  Bytes numbers;
  for (int i = 0; i < count; ++i) put_varint(numbers, number_at(message, plan, i));
  put_tag(out, plan);
  put_text(out, numbers);
}

void put_present(Bytes& out, const Message& message, const FieldPlan& plan) {
  if (plan.is_delimited()) return put_body(out, message, plan, -1);
  put_tag(out, plan);
  put_varint(out, number_at(message, plan, -1));
}

void put_number(Bytes& out, std::uint8_t tag, std::uint64_t value) {
  if (value == 0) return;
  out.push_back(tag);
  put_varint(out, value);
}

void put_bytes(Bytes& out, std::uint8_t tag, std::string_view value) {
  if (value.empty()) return;
  out.push_back(tag);
  put_text(out, base::as_bytes(value));
}

// Two thirds of what is ever hashed are postings: by name, not by reflection. The tests hold both
// ways against each other.
void put_posting(Bytes& out, const spec::Posting& posting) {
  static_assert(spec::Posting::kTableFieldNumber == 1 && spec::Posting::kKeyFieldNumber == 2 &&
                spec::Posting::kFieldFieldNumber == 3 && spec::Posting::kBeforeFieldNumber == 4 &&
                spec::Posting::kAfterFieldNumber == 5);
  put_number(out, 1 << 3, posting.table());
  put_bytes(out, 2 << 3 | 2, posting.key());
  put_bytes(out, 3 << 3 | 2, posting.field());
  put_number(out, 4 << 3, posting.before());
  put_number(out, 5 << 3, posting.after());
}

void put_message(Bytes& out, const Message& message) {
  // The reflection is of the generated class alone.
  static const Reflection* const kOfPosting = spec::Posting::default_instance().GetReflection();
  if (message.GetReflection() == kOfPosting)
    return put_posting(out, static_cast<const spec::Posting&>(message));
  const Plan& plan = plan_for(*message.GetDescriptor());
  const Reflection& r = *message.GetReflection();
  // One of each oneof; those that are left, ascending. No message has more than one oneof yet, and
  // std::sort() of so few makes g++ see it leave the array.
  std::array<const FieldPlan*, 4> chosen;
  WALD_CHECK(plan.choices.size() <= chosen.size());
  std::size_t count = 0;
  for (const Plan::Choice& choice : plan.choices) {
    const auto* field = r.GetOneofFieldDescriptor(message, choice.oneof);
    if (field == nullptr) continue;
    const FieldPlan* const made = &choice.members.at(field->number());
    std::size_t at = count++;
    for (; at > 0 && chosen[at - 1]->number() > made->number(); --at) chosen[at] = chosen[at - 1];
    chosen[at] = made;
  }
  std::size_t next = 0;
  for (const FieldPlan& field : plan.fields) {
    for (; next < count && chosen[next]->number() < field.number(); ++next)
      put_present(out, message, *chosen[next]);
    if (field.field->is_repeated()) {
      put_repeated(out, message, field);
    } else if (r.HasField(message, field.field)) {  // without presence: not its default
      put_present(out, message, field);
    }
  }
  for (; next < count; ++next) put_present(out, message, *chosen[next]);
}

}  // namespace

base::Bytes write_canonical(const Message& message) {
  Bytes out;
  out.reserve(256);
  put_message(out, message);
  return out;
}

void append_canonical(base::Bytes& out, const Message& message) { put_message(out, message); }

void append_delimited(base::Bytes& out, int field_number, base::ByteView element) {
  put_varint(out, tag_of(field_number, kDelimited));
  put_text(out, element);
}

}  // namespace wald::wire
