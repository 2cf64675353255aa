// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "ledger/gov.h"
#include "ledger/operation.h"
#include "ledger/tx/all.h"

namespace wald::ledger {
namespace {

constexpr std::uint64_t kSignatureCost = 60;  // U-6
constexpr std::uint64_t kVrfCost = 1200;
constexpr std::uint64_t kRecordCost = 20;

template <class T>
class OperationOf final : public Operation {
  static_assert(TxType<T> != StatementType<T>, "a type is a transaction or a statement");

 public:
  explicit OperationOf(T value) : value_(std::move(value)) {}

  const spec::TxRule& rule() const override {
    return T::Message::descriptor()->options().GetExtension(spec::tx);
  }
  std::uint32_t signatures() const override {
    if constexpr (requires { value_.signatures(); }) return value_.signatures();
    return rule().signatures();
  }
  std::uint32_t bases() const override {
    if constexpr (requires { value_.bases(); }) return value_.bases();
    return 1;
  }
  std::uint64_t surcharge() const override {
    if constexpr (requires { value_.surcharge(); }) return value_.surcharge();
    return rule().surcharge();
  }
  bool fee_waits() const override {
    return requires { T::kFeeWaits; };
  }
  std::uint64_t cost() const override {
    if constexpr (requires { value_.cost(); }) return value_.cost();
    return kSignatureCost * signatures() + kVrfCost * rule().vrf_checks() + kRecordCost * records();
  }
  std::uint32_t groups() const override {
    if constexpr (requires { value_.groups(); })
      return value_.groups();
    else if constexpr (requires { T::kPauses; })
      return bit_of(T::kPauses);
    else
      return 0;
  }
  const std::vector<base::Bytes>& inside() const override {
    static const std::vector<base::Bytes> kNone;
    if constexpr (requires { value_.envelopes; })
      return value_.envelopes;
    else
      return kNone;
  }
  std::optional<base::NodeId> author() const override {
    if constexpr (StatementType<T>) return value_.raw.header.author;
    return std::nullopt;
  }
  base::Result<void, Dropped> check(const SignedBy& by) const override {
    if constexpr (requires { value_.check(by); }) return value_.check(by);
    return {};
  }
  base::Result<void, Dropped> admit(const Context& view) const override {
    if constexpr (StatementType<T>) return value_.admit(view);
    return {};
  }
  base::Result<void, Rejected> apply(Context& ctx) const override {
    if constexpr (StatementType<T>) {
      value_.apply(ctx);
      return {};
    } else {
      return value_.apply(ctx);
    }
  }

 private:
  std::uint64_t records() const {
    if constexpr (requires { value_.records(); }) return value_.records();
    return rule().records();
  }

  T value_;
};

using ParseFn = Parsed<OperationPtr> (*)(const google::protobuf::Message&);
struct Entry {
  const google::protobuf::FieldDescriptor* field;
  ParseFn parse;
};

template <class T>
Parsed<OperationPtr> parse_as(const google::protobuf::Message& message) {
  TRY_ASSIGN(T value, T::parse(static_cast<const typename T::Message&>(message)));
  return OperationPtr(std::make_shared<OperationOf<T>>(std::move(value)));
}

template <class T>
void enter(std::map<int, Entry>& entries, const google::protobuf::OneofDescriptor* oneof) {
  for (int i = 0; i < oneof->field_count(); ++i) {
    const auto* field = oneof->field(i);
    if (field->message_type() != T::Message::descriptor()) continue;
    // A statement's rule names its kind, a transaction's does not.
    WALD_CHECK((T::Message::descriptor()->options().GetExtension(spec::tx).statement() != 0) ==
               StatementType<T>);
    WALD_CHECK(entries.emplace(field->number(), Entry{field, &parse_as<T>}).second);
    return;
  }
  WALD_CHECK(false && "a type that tx.proto does not list");
}

std::map<int, Entry> make_entries() {
  const auto* oneof = spec::Operation::descriptor()->FindOneofByName("kind");
  WALD_CHECK(oneof != nullptr);
  std::map<int, Entry> entries;
  [&]<class... T>(std::type_identity<std::tuple<T...>>) {
    (enter<T>(entries, oneof), ...);
  }(std::type_identity<AllTypes>());
  WALD_CHECK(static_cast<int>(entries.size()) == oneof->field_count());
  return entries;
}

}  // namespace

Parsed<OperationPtr> parse_operation(const spec::Operation& operation) {
  static const std::map<int, Entry> kEntries = make_entries();
  const auto at = kEntries.find(static_cast<int>(operation.kind_case()));
  if (at == kEntries.end()) return base::Err{Dropped{{spec::MALFORMED, {{"field", "operation"}}}}};
  return at->second.parse(operation.GetReflection()->GetMessage(operation, at->second.field));
}

}  // namespace wald::ledger
