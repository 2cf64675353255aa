// SPDX-License-Identifier: Apache-2.0
#include "tests/support/spoil.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace wald::tests {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

constexpr std::size_t kIds = 400;

// The messages inside, from the outermost; the oneof of an operation is not for changing.
void for_each_message(pb::Message& message, const std::function<void(pb::Message&)>& visit) {
  const auto& reflection = *message.GetReflection();
  std::vector<const Field*> fields;
  reflection.ListFields(message, &fields);
  if (message.GetDescriptor() != spec::Operation::descriptor()) visit(message);
  for (const Field* field : fields) {
    if (field->cpp_type() != Field::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      for_each_message(*reflection.MutableMessage(&message, field), visit);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      for_each_message(*reflection.MutableRepeatedMessage(&message, field, i), visit);
  }
}

std::uint64_t limit_near(base::Prng& prng, std::uint64_t value, std::uint64_t most) {
  switch (prng.below(9)) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return most;
    case 3:
      return most / 2;
    case 4:
      return value + 1;
    case 5:
      return value - 1;
    case 6:
      return value * 2;
    case 7:
      return value * 1'000;
    default:
      return prng.below(1'000'000);
  }
}

std::string text_near(base::Prng& prng, std::string value, const std::deque<std::string>& ids) {
  if (value.size() == 32 && !ids.empty() && prng.below(4) != 0) return ids[prng.below(ids.size())];
  switch (prng.below(5)) {
    case 0:
      return {};
    case 1:
      value += 'x';
      return value;
    case 2:
      return std::string(value.size(), '\0');
    case 3:
      return std::string(1 + prng.below(5'000), 'y');
    default:
      if (value.empty()) return "z";
      value[prng.below(value.size())] ^= 1;
      return value;
  }
}

void change_number(base::Prng& prng, const Place& at) {
  auto& m = *at.message;
  const auto& reflection = *m.GetReflection();
  if (at.field->cpp_type() == Field::CPPTYPE_UINT32) {
    const auto value = limit_near(prng, reflection.GetUInt32(m, at.field), UINT32_MAX);
    return reflection.SetUInt32(&m, at.field, static_cast<std::uint32_t>(value));
  }
  reflection.SetUInt64(&m, at.field,
                       limit_near(prng, reflection.GetUInt64(m, at.field), UINT64_MAX));
}

void change_list(base::Prng& prng, const Place& at, const std::deque<std::string>& ids) {
  auto& m = *at.message;
  const auto& reflection = *m.GetReflection();
  const int size = reflection.FieldSize(m, at.field);
  if (size == 0) return;
  const bool texts = at.field->cpp_type() == Field::CPPTYPE_STRING;
  const int some = static_cast<int>(prng.below(static_cast<std::uint64_t>(size)));
  switch (prng.below(texts ? 4 : 3)) {
    case 0:
      return reflection.RemoveLast(&m, at.field);
    case 1:
      return reflection.SwapElements(&m, at.field, 0, size - 1);
    case 2:  // said twice
      if (texts) {
        reflection.AddString(&m, at.field, reflection.GetRepeatedString(m, at.field, some));
      } else if (at.field->cpp_type() == Field::CPPTYPE_MESSAGE) {
        pb::Message* added = reflection.AddMessage(&m, at.field);
        added->CopyFrom(reflection.GetRepeatedMessage(m, at.field, some));
      } else {
        reflection.ClearField(&m, at.field);
      }
      return;
    default: {
      const std::string value = reflection.GetRepeatedString(m, at.field, some);
      return reflection.SetRepeatedString(&m, at.field, some, text_near(prng, value, ids));
    }
  }
}

void change(base::Prng& prng, const Place& at, const std::deque<std::string>& ids) {
  auto& m = *at.message;
  const auto& reflection = *m.GetReflection();
  if (at.field->is_repeated()) return change_list(prng, at, ids);
  switch (at.field->cpp_type()) {
    case Field::CPPTYPE_UINT32:
    case Field::CPPTYPE_UINT64:
      return change_number(prng, at);
    case Field::CPPTYPE_STRING: {
      const std::string value = reflection.GetString(m, at.field);
      return reflection.SetString(&m, at.field, text_near(prng, value, ids));
    }
    case Field::CPPTYPE_BOOL:
      return reflection.SetBool(&m, at.field, !reflection.GetBool(m, at.field));
    case Field::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&m, at.field, static_cast<int>(prng.below(9)));
    default:
      return reflection.ClearField(&m, at.field);
  }
}

}  // namespace

std::vector<Place> places(spec::Operation& operation,
                          const std::function<bool(const pb::Message&, const Field&)>& wanted) {
  std::vector<Place> out;
  for_each_message(operation, [&](pb::Message& message) {
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const Field* field = message.GetDescriptor()->field(i);
      if (wanted(message, *field)) out.push_back({&message, field});
    }
  });
  return out;
}

void remember_ids(const spec::Operation& operation, std::deque<std::string>& ids) {
  spec::Operation copy = operation;
  for_each_message(copy, [&](pb::Message& message) {
    const auto& reflection = *message.GetReflection();
    std::vector<const Field*> fields;
    reflection.ListFields(message, &fields);
    for (const Field* field : fields) {
      if (field->is_repeated() || field->cpp_type() != Field::CPPTYPE_STRING) continue;
      std::string value = reflection.GetString(message, field);
      if (value.size() == 32) ids.push_back(std::move(value));
    }
  });
  while (ids.size() > kIds) ids.pop_front();
}

void spoil(base::Prng& prng, spec::Operation& operation, const std::deque<std::string>& ids) {
  std::vector<Place> set, unset;
  for (const Place& at : places(operation, [](const auto&, const auto&) { return true; })) {
    const auto& reflection = *at.message->GetReflection();
    const bool here = at.field->is_repeated() ? reflection.FieldSize(*at.message, at.field) > 0
                                              : reflection.HasField(*at.message, at.field);
    (here ? set : unset).push_back(at);
  }
  const bool add = set.empty() || (!unset.empty() && prng.below(6) == 0);
  const auto& places = add ? unset : set;
  if (!places.empty()) change(prng, places[prng.below(places.size())], ids);
}

}  // namespace wald::tests
