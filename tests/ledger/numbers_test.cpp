// SPDX-License-Identifier: Apache-2.0
// Every specimen goes through; and every number in it, at its limits, ends in a code and keeps the
// laws. The messages are walked by reflection, so a new type needs its specimen alone.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <catch2/catch.hpp>
#include <set>

#include "ledger/wire/rules.h"
#include "tests/ledger/specimens.h"
#include "tests/support/spoil.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

bool is_number(const Field& field) {
  return field.cpp_type() == Field::CPPTYPE_UINT32 || field.cpp_type() == Field::CPPTYPE_UINT64;
}

std::vector<Place> numbers(spec::Operation& operation) {
  return places(operation, [](const pb::Message&, const Field& field) { return is_number(field); });
}

void set_number(const Place& at, std::uint64_t value) {
  const auto& reflection = *at.message->GetReflection();
  const auto small = static_cast<std::uint32_t>(value);
  const bool wide = at.field->cpp_type() == Field::CPPTYPE_UINT64;
  if (at.field->is_repeated() && reflection.FieldSize(*at.message, at.field) == 0) {
    if (wide) return reflection.AddUInt64(at.message, at.field, value);
    return reflection.AddUInt32(at.message, at.field, small);
  }
  if (at.field->is_repeated()) {
    if (wide) return reflection.SetRepeatedUInt64(at.message, at.field, 0, value);
    return reflection.SetRepeatedUInt32(at.message, at.field, 0, small);
  }
  if (wide) return reflection.SetUInt64(at.message, at.field, value);
  reflection.SetUInt32(at.message, at.field, small);
}

std::uint64_t most_of(const Field& field) {
  return field.cpp_type() == Field::CPPTYPE_UINT64 ? UINT64_MAX : UINT32_MAX;
}
// The greatest value that the kind of a field knows; of other kinds the type decides.
std::uint64_t bound_of(const Field& field) {
  switch (wire::rule_of(field).kind()) {
    case spec::KIND_FROST:
      return economics::kMaxAmount;
    case spec::KIND_BPS:
      return economics::kBps;
    default:
      return most_of(field);
  }
}

// What a value beyond its bound answers: no Amount is MALFORMED where no rule comes first.
spec::Code code_beyond(const Field& field) {
  static const std::map<std::string, spec::Code> kRules{
      {"wald.spec.RegisterNode.storage_price", spec::BAD_VOTE},
      {"wald.spec.RegisterNode.write_price", spec::BAD_VOTE},
      {"wald.spec.SetSubsidyRates.per_shard", spec::OUT_OF_BOUNDS},
      {"wald.spec.RegisterNode.commission", spec::BAD_RATE},
      {"wald.spec.SetCommission.commission", spec::BAD_RATE}};
  const auto at = kRules.find(field.full_name());
  return at == kRules.end() ? spec::MALFORMED : at->second;
}

void collect_numbers(const pb::Descriptor& type, std::set<const pb::Descriptor*>& seen,
                     std::set<std::string>& out) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    if (is_number(*type.field(i))) out.insert(type.field(i)->full_name());
    if (type.field(i)->message_type() != nullptr)
      collect_numbers(*type.field(i)->message_type(), seen, out);
  }
}

}  // namespace

TEST_CASE("specimens: every type is here, and goes through", "[ledger][tx][rule:A-13]") {
  std::set<int> here{// Those of a round: round_statement_test.cpp.
                     spec::Operation::kBeaconReveal, spec::Operation::kResponseCommit,
                     spec::Operation::kRowReport, spec::Operation::kSelfProof};
  for (const Specimen& one : specimens()) {
    INFO(one.name);
    const Scene scene(one);
    const std::string type = one.name.substr(0, one.name.find('.'));
    REQUIRE(scene.operation.kind_case() ==
            spec::Operation::descriptor()->FindFieldByName(type)->number());
    CHECK(outcome(scene, one.sender, scene.operation) == spec::OK);
    here.insert(scene.operation.kind_case());
  }
  const auto* oneof = spec::Operation::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < oneof->field_count(); ++i) {
    INFO(oneof->field(i)->name());
    CHECK(here.count(oneof->field(i)->number()) == 1);
  }
}

TEST_CASE("numbers: every numeric field at 0, 1, its bound, beyond it and at the type's end",
          "[ledger][tx][rule:A-13][rule:M-3]") {
  std::set<std::string> looked_at;
  for (const Specimen& one : specimens()) {
    const Scene scene(one);
    spec::Operation counted = scene.operation;
    const std::size_t count = numbers(counted).size();
    for (std::size_t i = 0; i < count; ++i) {
      const Field& field = *numbers(counted)[i].field;
      looked_at.insert(field.full_name());
      const std::uint64_t bound = bound_of(field);
      const std::uint64_t most = most_of(field);
      std::set<std::uint64_t> values{0, 1, bound, most};
      if (bound < most) values.insert(bound + 1);
      for (const std::uint64_t value : values) {
        INFO(one.name << ": " << field.full_name() << " = " << value);
        spec::Operation changed = scene.operation;
        set_number(numbers(changed)[i], value);
        const spec::Code code = outcome(scene, one.sender, changed);
        if (value > bound) CHECK(spec::Code_Name(code) == spec::Code_Name(code_beyond(field)));
      }
    }
  }
  std::set<std::string> all;
  std::set<const pb::Descriptor*> seen;
  collect_numbers(*spec::Operation::descriptor(), seen, all);
  CHECK(looked_at == all);
}
