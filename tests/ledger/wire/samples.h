// SPDX-License-Identifier: Apache-2.0
// Random messages that keep to the rules of their fields, for property tests. Thread rule: none.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string>
#include <vector>

#include "codec/base/prng.h"
#include "ledger/wire/rules.h"
#include "specs/proto/block.pb.h"
#include "specs/proto/event.pb.h"
#include "specs/proto/tx.pb.h"

namespace wald::wire::sample {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

inline std::string text_of(base::Prng& prng, const FieldDescriptor& field) {
  const Bounds bounds = length_bounds(field);
  const std::size_t span =
      bounds.most == 0 ? 40 : std::min<std::size_t>(bounds.most - bounds.least, 40);
  const std::size_t length = bounds.least + prng.below(span + 1);
  std::string out(length, 'a');
  for (char& c : out) {
    c = field.type() == FieldDescriptor::TYPE_STRING
            ? static_cast<char>(' ' + prng.below(95))
            : static_cast<char>(static_cast<std::uint8_t>(prng.below(256)));
  }
  return out;
}

// Small, large and edge values alike.
inline std::uint64_t number(base::Prng& prng, std::uint64_t most) {
  const std::uint64_t shift = prng.below(64);
  const std::uint64_t value = prng.next() >> shift;
  return prng.below(16) == 0 ? most : (most == UINT64_MAX ? value : value % (most + 1));
}

inline void fill(base::Prng& prng, Message& message, int depth);

inline void set_one(base::Prng& prng, Message& message, const FieldDescriptor& field, int depth) {
  const auto& r = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL: {
      const bool value = prng.below(2) == 1;
      many ? r.AddBool(&message, &field, value) : r.SetBool(&message, &field, value);
      break;
    }
    case FieldDescriptor::TYPE_UINT32: {
      const auto value = static_cast<std::uint32_t>(number(prng, UINT32_MAX));
      many ? r.AddUInt32(&message, &field, value) : r.SetUInt32(&message, &field, value);
      break;
    }
    case FieldDescriptor::TYPE_UINT64: {
      const std::uint64_t value = number(prng, UINT64_MAX);
      many ? r.AddUInt64(&message, &field, value) : r.SetUInt64(&message, &field, value);
      break;
    }
    case FieldDescriptor::TYPE_ENUM: {
      const auto& type = *field.enum_type();
      const auto count = static_cast<std::uint64_t>(type.value_count());
      const std::uint64_t first = must_be_present(field) ? 1 : 0;  // 0 is absent
      const auto* value = type.value(static_cast<int>(first + prng.below(count - first)));
      many ? r.AddEnum(&message, &field, value) : r.SetEnum(&message, &field, value);
      break;
    }
    case FieldDescriptor::TYPE_MESSAGE:
      fill(prng, many ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field),
           depth + 1);
      break;
    default:
      many ? r.AddString(&message, &field, text_of(prng, field))
           : r.SetString(&message, &field, text_of(prng, field));
  }
}

inline bool leads_too_deep(const FieldDescriptor& field, int depth) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE && depth >= 3 && !must_be_present(field);
}

inline void fill(base::Prng& prng, Message& message, int depth = 0) {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.real_containing_oneof() != nullptr) continue;
    if (field.is_repeated()) {
      if (leads_too_deep(field, depth) && rule_of(field).min_items() == 0) continue;
      const std::uint32_t most = rule_of(field).max_items();
      const std::uint64_t least = rule_of(field).min_items();
      const std::uint64_t span = most == 0 ? 3 : std::min<std::uint64_t>(most - least, 3);
      for (std::uint64_t n = least + prng.below(span + 1); n > 0; --n)
        set_one(prng, message, field, depth);
    } else if (must_be_present(field) || (prng.below(3) != 0 && !leads_too_deep(field, depth))) {
      set_one(prng, message, field, depth);
    }
  }
  if (type.real_oneof_decl_count() == 1) {
    const auto& choice = *type.oneof_decl(0);
    const FieldDescriptor* pick = nullptr;
    do {
      pick = choice.field(
          static_cast<int>(prng.below(static_cast<std::uint64_t>(choice.field_count()))));
    } while (depth >= 2 && pick->name() == "batch");
    set_one(prng, message, *pick, depth);
  }
}

// A plain transfer, every field of its body set.
inline spec::Body transfer_body() {
  spec::Body body;
  body.set_chain(std::string(32, '\x11'));
  body.set_version(1);
  body.set_sender(std::string(32, '\x22'));
  body.set_nonce(7);
  body.set_valid_until(1000);
  body.set_max_fee(300000);
  auto& transfer = *body.mutable_operation()->mutable_transfer();
  transfer.set_to(std::string(32, '\x33'));
  transfer.set_amount(1'500'000'000);
  return body;
}

}  // namespace wald::wire::sample
