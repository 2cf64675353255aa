// SPDX-License-Identifier: Apache-2.0
// Facts about specs/proto on which the walker, reflection and the ledger rely.
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "ledger/wire/rules.h"
#include "specs/proto/block.pb.h"
#include "specs/proto/code.pb.h"
#include "specs/proto/event.pb.h"
#include "specs/proto/tx.pb.h"

namespace wald::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

void reach(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->type() == FieldDescriptor::TYPE_MESSAGE)
      reach(*type.field(i)->message_type(), seen);
}

// Every message that is ever hashed, signed or stored.
std::set<const Descriptor*> canonical_types() {
  std::set<const Descriptor*> seen;
  for (const Descriptor* root : {spec::Envelope::descriptor(), spec::Body::descriptor(),
                                 spec::EventRecord::descriptor(), spec::BlockInput::descriptor(),
                                 spec::BlockRecord::descriptor(), spec::Genesis::descriptor()})
    reach(*root, seen);
  return seen;
}

TEST_CASE("schema: only field types with one canonical form occur", "[wire][rule:A-23]") {
  const auto types = canonical_types();
  CHECK(types.size() > 80);
  for (const Descriptor* type : types) {
    INFO(type->full_name());
    CHECK(type->real_oneof_decl_count() <= 1);
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      INFO(field.name());
      CHECK(type_supported(field));
      if (field.is_repeated() && field.is_packable()) CHECK(field.is_packed());
      if (i > 0) CHECK(type->field(i - 1)->number() < field.number());
    }
  }
}

TEST_CASE("schema: bytes and text inside a transaction have a greatest length",
          "[wire][rule:A-23]") {
  std::set<const Descriptor*> types;
  reach(*spec::Envelope::descriptor(), types);
  reach(*spec::Body::descriptor(), types);
  for (const Descriptor* type : types)
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      INFO(field.full_name());
      if (field.type() == FieldDescriptor::TYPE_BYTES ||
          field.type() == FieldDescriptor::TYPE_STRING)
        CHECK(length_bounds(field).most > 0);
      if (field.is_repeated()) CHECK(rule_of(field).max_items() > 0);
    }
}

TEST_CASE("schema: every operation says what it is", "[wire][rule:A-18]") {
  const auto& operation = *spec::Operation::descriptor();
  CHECK(operation.field_count() >= 24);  // a new type edits no test
  std::set<std::uint32_t> statements;
  for (int i = 0; i < operation.field_count(); ++i) {
    const Descriptor& type = *operation.field(i)->message_type();
    INFO(type.full_name());
    REQUIRE(type.options().HasExtension(spec::tx));
    const spec::TxRule& rule = type.options().GetExtension(spec::tx);
    CHECK(rule.since() == 1);
    CHECK_FALSE(rule.sender().empty());
    CHECK_FALSE(rule.area().empty());
    // the protocol lane carries statements and nothing else (U-7)
    CHECK((rule.lane() == spec::LANE_PROTOCOL) == (rule.statement() != 0));
    if (rule.statement() == 0) continue;
    CHECK(statements.insert(rule.statement()).second);
    CHECK(type.field_count() == 1);
    CHECK(type.field(0)->name() == "statement");
  }
  CHECK(statements == std::set<std::uint32_t>{1, 2, 4, 7, 10, 11, 12, 13, 14});
}

TEST_CASE("schema: every event keeps field 15 for postings and has a family", "[wire][rule:A-17]") {
  const auto& record = *spec::EventRecord::descriptor();
  REQUIRE(record.real_oneof_decl_count() == 1);
  const auto& body = *record.oneof_decl(0);
  CHECK(body.field_count() == 112);
  for (int i = 0; i < body.field_count(); ++i) {
    const Descriptor& type = *body.field(i)->message_type();
    INFO(type.full_name());
    CHECK(type.options().HasExtension(spec::event));
    const FieldDescriptor* postings = type.FindFieldByNumber(15);
    REQUIRE(postings != nullptr);
    CHECK(postings->name() == "postings");
    CHECK(postings->message_type() == spec::Posting::descriptor());
  }
}

TEST_CASE("schema: every code has a sentence, an advice, a status and a stage",
          "[wire][rule:A-17]") {
  const auto& codes = *spec::Code_descriptor();
  CHECK(codes.value_count() == 108);
  for (int i = 0; i < codes.value_count(); ++i) {
    const spec::CodeRule& rule = codes.value(i)->options().GetExtension(spec::code);
    INFO(codes.value(i)->name());
    CHECK_FALSE(rule.sentence().empty());
    CHECK_FALSE(rule.advice().empty());
    CHECK((rule.http() >= 200 && rule.http() < 600));
    const int number = codes.value(i)->number();
    if (number == 0) continue;
    CHECK(rule.stage() != spec::STAGE_NONE);
    if (number < 30) CHECK(rule.stage() == spec::STAGE_BEFORE_FEE);
  }
  CHECK(static_cast<int>(spec::LOSS_STATE) == 511);
  CHECK(static_cast<int>(spec::DONE) == 612);
}

}  // namespace
}  // namespace wald::wire
