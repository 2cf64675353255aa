// SPDX-License-Identifier: Apache-2.0
// The declarations of specs/proto as people see them: names, comments, lists of operations and
// events.
//
// One word per idea: DelegateStake is `delegate-stake` on the command line and `delegateStake` in
// JSON; the event RewardPaid is `reward.paid`, AccountFeeCharged `account.feeCharged`. Comments
// come from the embedded descriptor set. Unknown names answer null. Thread rule: constant after
// first use.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "specs/proto/code.pb.h"
#include "specs/proto/options.pb.h"

namespace wald::reflect {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string kebab(std::string_view name);  // DelegateStake, max_cost -> delegate-stake, max-cost
std::string lower_camel(std::string_view name);  // FEE_LOW, max_cost -> feeLow, maxCost

// Comment of a declaration, one paragraph, without a newline at the end; empty if there is none.
std::string comment_of(const Descriptor& type);
std::string comment_of(const FieldDescriptor& field);

// Operations in the order of their numbers, as the members of Operation.
const std::vector<const FieldDescriptor*>& operations();
// By `delegate-stake`, `delegateStake` or `DelegateStake`.
const FieldDescriptor* operation_named(std::string_view name);
const spec::TxRule& tx_rule(const FieldDescriptor& operation);
// What an Operation message holds, as a member of Operation; null: nothing.
const FieldDescriptor* chosen_operation(const Message& operation);
// A statement carries its own proof: no sender, no fee, no key (O-16).
bool is_statement(const Message& operation);

// Events in the order of their numbers, as the members of EventRecord.
const std::vector<const FieldDescriptor*>& events();
std::string event_type(const Descriptor& event);  // `reward.paid`
const FieldDescriptor* event_named(std::string_view type);

// Name of a code, as in the `reason` of an error; what it means and what to do.
std::string code_name(int number);  // a number that is no code: its digits
const spec::CodeRule& code_rule(spec::Code code);

// JSON word of an enum value: `dust` for BURN_DUST; values of an enum without prefix keep their
// name.
std::string enum_word(const EnumValueDescriptor& value);
const EnumValueDescriptor* enum_value(const google::protobuf::EnumDescriptor& type,
                                      std::string_view word);

// A new message of a type of specs/proto.
std::unique_ptr<Message> make(const Descriptor& type);

}  // namespace wald::reflect
