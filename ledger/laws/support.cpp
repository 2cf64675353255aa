// SPDX-License-Identifier: Apache-2.0
#include "ledger/laws/support.h"

#include "codec/base/text.h"

namespace wald::ledger::laws {

std::string shown(Sum value) {
  const bool negative = value < 0;
  std::string out;
  // From the smallest digit on, without ever negating the least value.
  do {
    const int digit = static_cast<int>(value % 10);
    out.insert(out.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
    value /= 10;
  } while (value != 0);
  return negative ? "-" + out : out;
}

std::string shown(base::ByteView id) {
  return "0x" + base::to_hex(id.first(std::min<std::size_t>(id.size(), 8)));
}

base::Epoch epoch_at(base::ByteView key, std::size_t offset) {
  const auto number = base::Reader(key.subspan(offset, 4)).be<std::uint32_t>();
  WALD_CHECK(number.has_value());
  return base::Epoch(*number);
}

std::vector<std::reference_wrapper<const spec::Posting>> postings_in(
    const spec::EventRecord& event) {
  static const auto& kBody = *spec::EventRecord::descriptor()->FindOneofByName("body");
  const auto* reflection = event.GetReflection();
  const auto* field = reflection->GetOneofFieldDescriptor(event, &kBody);
  std::vector<std::reference_wrapper<const spec::Posting>> out;
  if (field == nullptr) return out;
  const auto& body = reflection->GetMessage(event, field);
  const auto* list = body.GetDescriptor()->FindFieldByNumber(15);
  WALD_CHECK(list != nullptr && list->name() == "postings");
  const int count = body.GetReflection()->FieldSize(body, list);
  for (int i = 0; i < count; ++i) {
    const auto& posting = body.GetReflection()->GetRepeatedMessage(body, list, i);
    WALD_CHECK(posting.GetDescriptor() == spec::Posting::descriptor());
    out.emplace_back(static_cast<const spec::Posting&>(posting));  // of the generated pool
  }
  return out;
}

}  // namespace wald::ledger::laws
