// SPDX-License-Identifier: Apache-2.0
#include "ledger/wire/rules.h"

#include "codec/base/check.h"

namespace wald::wire {

using google::protobuf::FieldDescriptor;

const spec::FieldRule& rule_of(const FieldDescriptor& field) {
  return field.options().GetExtension(spec::field);
}

std::size_t fixed_length(spec::Kind kind) {
  switch (kind) {
    case spec::KIND_ID32:
    case spec::KIND_NODE:
    case spec::KIND_ACCOUNT:
    case spec::KIND_OBJECT:
    case spec::KIND_BLOB:
    case spec::KIND_TX:
    case spec::KIND_KEY:
    case spec::KIND_HASH:
      return 32;
    case spec::KIND_SIGNATURE:
      return 64;
    default:
      return 0;
  }
}

Bounds length_bounds(const FieldDescriptor& field) {
  const spec::FieldRule& rule = rule_of(field);
  const std::size_t fixed = fixed_length(rule.kind());
  if (fixed != 0) {
    WALD_CHECK(rule.min() == 0 && rule.max() == 0);  // the kind says it all
    return {fixed, fixed};
  }
  WALD_CHECK(rule.max() == 0 || rule.min() <= rule.max());
  return {rule.min(), rule.max()};
}

bool must_be_present(const FieldDescriptor& field) {
  const spec::FieldRule& rule = rule_of(field);
  if (rule.required()) {
    WALD_CHECK(!field.is_repeated() && !rule.optional());
    return true;
  }
  if (field.is_repeated() || rule.optional() || field.has_presence()) return false;
  return fixed_length(rule.kind()) != 0;
}

bool type_supported(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return !field.is_map();
    default:
      return false;
  }
}

}  // namespace wald::wire
