// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <set>

#include "node/reflect/schema.h"
#include "specs/proto/event.pb.h"
#include "specs/proto/tx.pb.h"

namespace wald::reflect {
namespace {

TEST_CASE("names: one word in every spelling", "[reflect]") {
  CHECK(kebab("DelegateStake") == "delegate-stake");
  CHECK(kebab("max_cost") == "max-cost");
  CHECK(kebab("delegateStake") == "delegate-stake");
  CHECK(kebab("delegate-stake") == "delegate-stake");
  CHECK(lower_camel("SELF_PROVEN") == "selfProven");
  CHECK(lower_camel("max_cost") == "maxCost");
  CHECK(event_type(*spec::RewardPaid::descriptor()) == "reward.paid");
  CHECK(event_type(*spec::AccountFeeCharged::descriptor()) == "account.feeCharged");
  CHECK(event_type(*spec::ShardsCapsWidened::descriptor()) == "shards.capsWidened");
}

TEST_CASE("names: operations and events are found by theirs and by no other", "[reflect]") {
  CHECK(operation_named("delegate-stake")->message_type() == spec::DelegateStake::descriptor());
  CHECK(operation_named("DelegateStake") == operation_named("delegateStake"));
  CHECK(operation_named("memo") == nullptr);
  CHECK(operation_named("") == nullptr);
  CHECK(event_named("reward.paid")->message_type() == spec::RewardPaid::descriptor());
  CHECK(event_named("reward.Paid") == nullptr);
  std::set<std::string> types;
  for (const FieldDescriptor* event : events()) {
    const std::string type = event_type(*event->message_type());
    CHECK(types.insert(type).second);
    CHECK(event_named(type) == event);
  }
}

TEST_CASE("names: an oneof member is called like its message", "[reflect][rule:A-17]") {
  for (const FieldDescriptor* operation : operations())
    CHECK(kebab(operation->name()) == kebab(operation->message_type()->name()));
  for (const FieldDescriptor* event : events())
    CHECK(kebab(event->name()) == kebab(event->message_type()->name()));
}

TEST_CASE("comments: every operation, event and flag explains itself", "[reflect]") {
  CHECK(comment_of(*spec::DelegateStake::descriptor()) == "Put stake behind a storage node.");
  CHECK(comment_of(*spec::TokenBurned::descriptor()->FindFieldByName("cause")) == "Why.");
  for (const FieldDescriptor* operation : operations()) {
    const Descriptor& type = *operation->message_type();
    INFO(type.name());
    CHECK_FALSE(comment_of(type).empty());
    for (int i = 0; i < type.field_count(); ++i) CHECK_FALSE(comment_of(*type.field(i)).empty());
  }
  for (const FieldDescriptor* event : events()) {
    const Descriptor& type = *event->message_type();
    INFO(type.name());
    CHECK_FALSE(comment_of(type).empty());
    for (int i = 0; i < type.field_count(); ++i)
      if (type.field(i)->number() != 15) CHECK_FALSE(comment_of(*type.field(i)).empty());
  }
}

TEST_CASE("codes: name, sentence and advice by number", "[reflect]") {
  CHECK(code_name(105) == "STAKE_NOT_MATURE");
  CHECK(code_name(0) == "OK");
  CHECK(code_name(9999) == "9999");
  CHECK(code_rule(spec::NONCE).sentence() == "not the account's next nonce");
  CHECK(code_rule(spec::NONCE).stage() == spec::STAGE_BEFORE_FEE);
}

TEST_CASE("words: enum values without their prefix, codes as they are", "[reflect]") {
  const auto& cause = *spec::BurnCause_descriptor();
  CHECK(enum_word(*cause.FindValueByName("BURN_UNSPENT")) == "unspent");
  CHECK(enum_value(cause, "dust")->number() == spec::BURN_DUST);
  CHECK(enum_value(cause, "BURN_DUST") == nullptr);
  CHECK(enum_word(*spec::Code_descriptor()->FindValueByNumber(1)) == "MALFORMED");
  CHECK(enum_word(*spec::Outcome_descriptor()->FindValueByNumber(spec::OUTCOME_SELF_PROVEN)) ==
        "selfProven");
}

}  // namespace
}  // namespace wald::reflect
