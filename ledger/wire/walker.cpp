// SPDX-License-Identifier: Apache-2.0
// The walker: reads bytes beside the descriptor of a message and accepts the canonical form only.
#include <google/protobuf/descriptor.h>

#include <optional>

#include "codec/base/mutant.h"
#include "codec/base/utf8.h"
#include "ledger/wire/canonical.h"
#include "ledger/wire/rules.h"

namespace wald::wire {
namespace {

using base::ByteView;
using base::Err;
using base::Result;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::uint64_t kVarintType = 0;
constexpr std::uint64_t kBytesType = 2;
constexpr int kMaxFieldNumber = 536870911;  // 2^29 - 1, the format's own limit

bool is_varint(const FieldDescriptor& field) {
  const auto type = field.type();
  return type == FieldDescriptor::TYPE_BOOL || type == FieldDescriptor::TYPE_UINT32 ||
         type == FieldDescriptor::TYPE_UINT64 || type == FieldDescriptor::TYPE_ENUM;
}

// Walks one message. `base` is its offset in the whole input, for error places.
class Walker {
 public:
  Walker(const Descriptor& type, ByteView bytes, std::size_t base, int depth)
      : type_(type), bytes_(bytes), base_(base), depth_(depth) {
    WALD_CHECK(depth >= 1);
  }

  Result<void, WireError> run() {
    if (depth_ > kMaxDepth) return fail(Fault::kTooDeep);
    while (at_ < bytes_.size()) TRY(step());
    WALD_CHECK(at_ == bytes_.size());
    TRY(close_field());
    TRY(check_presence(kMaxFieldNumber + 1));
    return check_oneofs();
  }

 private:
  Err<WireError> fail(Fault fault, const FieldDescriptor* field = nullptr) const {
    return Err<WireError>{
        WireError{fault, base_ + at_, field ? field->full_name() : type_.full_name()}};
  }

  // One record: tag and value.
  Result<void, WireError> step() {
    TRY_ASSIGN(const std::uint64_t tag, varint(nullptr));
    const std::uint64_t number = tag >> 3;
    if (number == 0 || number > static_cast<std::uint64_t>(kMaxFieldNumber))
      return fail(Fault::kUnknownField);
    const FieldDescriptor* field = type_.FindFieldByNumber(static_cast<int>(number));
    if (field == nullptr) return fail(Fault::kUnknownField);
    WALD_CHECK(type_supported(*field));  // proved for the whole schema by a test
    TRY(enter(*field));
    if (field->is_repeated() && is_varint(*field)) return packed(*field, tag & 7);
    if (is_varint(*field)) {
      if ((tag & 7) != kVarintType) return fail(Fault::kWireType, field);
      TRY_ASSIGN(const std::uint64_t value, number_of(*field));
      if (value == 0 && !field->has_presence()) return fail(Fault::kDefault, field);
      return {};
    }
    if ((tag & 7) != kBytesType) return fail(Fault::kWireType, field);
    TRY_ASSIGN(const ByteView body, delimited(*field));
    return value_of(*field, body);
  }

  // Order, repetition, counts, oneofs.
  Result<void, WireError> enter(const FieldDescriptor& field) {
    if (current_ != nullptr && field.number() < current_->number())
      return fail(Fault::kOrder, &field);
    if (current_ == &field) {
      if (!field.is_repeated() || is_varint(field)) return fail(Fault::kOrder, &field);
    } else {
      TRY(close_field());
      TRY(check_presence(field.number()));
      current_ = &field;
      count_ = 0;
      if (field.real_containing_oneof() != nullptr) ++oneof_members_;
    }
    ++count_;
    const std::uint32_t most = rule_of(field).max_items();
    if (most != 0 && count_ > most) return fail(Fault::kCount, &field);
    return {};
  }

  // The current field is complete: enough elements?
  Result<void, WireError> close_field() {
    if (current_ == nullptr || !current_->is_repeated()) return {};
    if (count_ < rule_of(*current_).min_items()) return fail(Fault::kCount, current_);
    return {};
  }

  // Fields after the current one and before `number` are absent: may they be?
  Result<void, WireError> check_presence(int number) {
    for (int i = 0; i < type_.field_count(); ++i) {
      const FieldDescriptor* field = type_.field(i);
      if (field->number() < next_required_ || field->number() >= number) continue;
      if (must_be_present(*field)) return fail(Fault::kMissing, field);
      if (field->is_repeated() && rule_of(*field).min_items() > 0)
        return fail(Fault::kCount, field);
    }
    next_required_ = number + 1;
    return {};
  }

  // A oneof of one message: exactly one member in all.
  Result<void, WireError> check_oneofs() const {
    const int declared = type_.real_oneof_decl_count();
    WALD_CHECK(declared <= 1);  // proved for the whole schema by a test
    if (oneof_members_ != declared) return fail(Fault::kOneof);
    return {};
  }

  Result<std::uint64_t, WireError> varint(const FieldDescriptor* field) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ == bytes_.size()) return fail(Fault::kTruncated, field);
      const std::uint8_t byte = bytes_[at_];
      if (shift == 63 && byte > 1) return fail(Fault::kVarint, field);
      const bool longer = shift > 0 && byte == 0;  // a shorter form exists
      if (longer && !base::mutate("I31")) return fail(Fault::kVarint, field);
      ++at_;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return fail(Fault::kVarint, field);
  }

  // A varint that fits the declared type.
  Result<std::uint64_t, WireError> number_of(const FieldDescriptor& field) {
    TRY_ASSIGN(const std::uint64_t value, varint(&field));
    switch (field.type()) {
      case FieldDescriptor::TYPE_BOOL:
        if (value > 1) return fail(Fault::kBool, &field);
        break;
      case FieldDescriptor::TYPE_UINT32:
        if (value > UINT32_MAX) return fail(Fault::kVarint, &field);
        break;
      case FieldDescriptor::TYPE_ENUM:
        if (value > INT32_MAX ||
            field.enum_type()->FindValueByNumber(static_cast<int>(value)) == nullptr)
          return fail(Fault::kEnum, &field);
        break;
      default:
        WALD_CHECK(field.type() == FieldDescriptor::TYPE_UINT64);
    }
    return value;
  }

  Result<ByteView, WireError> delimited(const FieldDescriptor& field) {
    TRY_ASSIGN(const std::uint64_t length, varint(&field));
    if (length > bytes_.size() - at_) return fail(Fault::kTruncated, &field);
    const ByteView body = bytes_.subspan(at_, static_cast<std::size_t>(length));
    at_ += body.size();
    return body;
  }

  Result<void, WireError> packed(const FieldDescriptor& field, std::uint64_t wire_type) {
    if (wire_type != kBytesType) return fail(Fault::kWireType, &field);
    TRY_ASSIGN(const std::uint64_t length, varint(&field));
    if (length > bytes_.size() - at_) return fail(Fault::kTruncated, &field);
    if (length == 0) return fail(Fault::kDefault, &field);
    const std::size_t end = at_ + static_cast<std::size_t>(length);
    count_ = 0;
    while (at_ < end) {
      TRY(number_of(field));
      ++count_;
      const std::uint32_t most = rule_of(field).max_items();
      if (most != 0 && count_ > most) return fail(Fault::kCount, &field);
    }
    if (at_ != end) return fail(Fault::kTruncated, &field);  // the last number crosses the end
    return {};
  }

  // Bytes, text or a message.
  Result<void, WireError> value_of(const FieldDescriptor& field, ByteView body) {
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
      Walker inner(*field.message_type(), body, base_ + at_ - body.size(), depth_ + 1);
      return inner.run();
    }
    if (body.empty() && !field.has_presence() && !field.is_repeated())
      return fail(Fault::kDefault, &field);
    const Bounds bounds = length_bounds(field);
    if (body.size() < bounds.least) return fail(Fault::kLength, &field);
    if (bounds.most != 0 && body.size() > bounds.most) return fail(Fault::kLength, &field);
    if (field.type() == FieldDescriptor::TYPE_STRING && !base::is_utf8(body))
      return fail(Fault::kUtf8, &field);
    return {};
  }

  const Descriptor& type_;
  ByteView bytes_;
  std::size_t base_;
  int depth_;
  std::size_t at_ = 0;
  const FieldDescriptor* current_ = nullptr;
  std::size_t count_ = 0;
  int oneof_members_ = 0;
  int next_required_ = 1;  // fields below are decided
};

}  // namespace

base::Result<void, WireError> check_canonical(const Descriptor& type, ByteView bytes,
                                              std::size_t limit) {
  if (bytes.size() > limit) return Err{WireError{Fault::kTooLarge, bytes.size(), type.full_name()}};
  return Walker(type, bytes, 0, 1).run();
}

base::Result<void, WireError> parse_checked(google::protobuf::Message& into, ByteView bytes) {
  const bool fits = bytes.size() <= static_cast<std::size_t>(INT32_MAX);
  if (!fits || !into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return Err{WireError{Fault::kLibrary, 0, into.GetDescriptor()->full_name()}};
  return {};
}

const char* fault_name(Fault fault) {
  switch (fault) {
    case Fault::kTooLarge:
      return "too large";
    case Fault::kTooDeep:
      return "nested too deeply";
    case Fault::kTruncated:
      return "truncated";
    case Fault::kVarint:
      return "integer not in its shortest form or too wide";
    case Fault::kUnknownField:
      return "unknown field";
    case Fault::kWireType:
      return "wrong wire type";
    case Fault::kOrder:
      return "field out of order or twice";
    case Fault::kDefault:
      return "default written out";
    case Fault::kBool:
      return "neither true nor false";
    case Fault::kEnum:
      return "unknown enum value";
    case Fault::kUtf8:
      return "text is not UTF-8";
    case Fault::kLength:
      return "wrong length";
    case Fault::kCount:
      return "wrong number of elements";
    case Fault::kMissing:
      return "missing field";
    case Fault::kOneof:
      return "not exactly one member of a choice";
    case Fault::kLibrary:
      return "refused by the library";
  }
  base::check_failed("fault is listed", __FILE__, __LINE__);
}

}  // namespace wald::wire
