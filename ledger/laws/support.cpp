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
  return base::shown_hex(id.first(std::min<std::size_t>(id.size(), 8)));
}

base::Epoch epoch_at(base::ByteView key, std::size_t offset) {
  const auto number = base::Reader(key.subspan(offset, 4)).be<std::uint32_t>();
  WALD_CHECK(number.has_value());
  return base::Epoch(*number);
}

namespace {

using google::protobuf::FieldDescriptor;

// Where the body of an event lies, and its postings in it, by the number of the body's field.
struct Place {
  const FieldDescriptor* body = nullptr;
  const FieldDescriptor* postings = nullptr;
};

std::vector<Place> places() {
  const auto& oneof = *spec::EventRecord::descriptor()->FindOneofByName("body");
  std::vector<Place> out;
  for (int i = 0; i < oneof.field_count(); ++i) {
    const auto* body = oneof.field(i);
    const auto* list = body->message_type()->FindFieldByNumber(15);
    WALD_CHECK(list != nullptr && list->message_type() == spec::Posting::descriptor());
    const auto number = static_cast<std::size_t>(body->number());
    if (out.size() <= number) out.resize(number + 1);
    out[number] = {body, list};
  }
  return out;
}

}  // namespace

const google::protobuf::RepeatedPtrField<spec::Posting>& postings_of(
    const spec::EventRecord& event) {
  static const std::vector<Place> kPlaces = places();
  static const google::protobuf::RepeatedPtrField<spec::Posting> kNone;
  if (event.body_case() == spec::EventRecord::BODY_NOT_SET) return kNone;
  const Place& place = kPlaces.at(static_cast<std::size_t>(event.body_case()));
  const auto& body = event.GetReflection()->GetMessage(event, place.body);
  // The list is one of postings: places() has seen to it. What the library offers in its place
  // makes a message for every walk.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  return body.GetReflection()->GetRepeatedPtrField<spec::Posting>(body, place.postings);
#pragma GCC diagnostic pop
}

Ends ends_of(Law::Value supply) {
  Ends out;
  if (!supply) return out;
  base::Reader in(*supply);
  const auto number = [&] {
    const auto got = in.be<std::uint64_t>();
    WALD_CHECK(got && *got <= economics::kMaxAmount);
    return Sum{*got};
  };
  out.minted = number();
  const auto causes = in.be<std::uint32_t>();
  WALD_CHECK(causes.has_value());
  for (std::uint32_t i = 0; i < *causes; ++i) out.burned += number();
  WALD_CHECK(in.done());
  return out;
}

std::optional<AccountView> account_in(Law::Value account) {
  if (!account) return std::nullopt;
  base::Reader in(*account);
  const auto balance = in.be<std::uint64_t>();
  const auto nonce = in.be<std::uint64_t>();
  const auto size = in.be<std::uint32_t>();
  WALD_CHECK(balance && nonce && size);
  const auto policy = in.raw(*size);
  WALD_CHECK(policy && in.done());
  return AccountView{*nonce, *policy};
}

}  // namespace wald::ledger::laws
