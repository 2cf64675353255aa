// SPDX-License-Identifier: Apache-2.0
// Every operation on itself: the same id wherever a message has two of one kind, the sender where
// it names an account, and an entry of a list a second time.
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

bool is_id(const Field& field) { return wire::fixed_length(wire::rule_of(field).kind()) == 32; }
std::string text_at(const Place& at) {
  return at.message->GetReflection()->GetString(*at.message, at.field);
}
void put(const Place& at, const std::string& value) {
  at.message->GetReflection()->SetString(at.message, at.field, value);
}

// All ways to say the same thing twice in an operation, by what they are called.
std::map<std::string, spec::Operation> said_twice(const spec::Operation& given,
                                                  const std::string& sender) {
  std::map<std::string, spec::Operation> out;
  spec::Operation work = given;
  const auto singles = [](spec::Operation& op) {
    return places(op, [](const pb::Message&, const Field& field) {
      return is_id(field) && !field.is_repeated();
    });
  };
  const auto lists = [](spec::Operation& op) {
    return places(op, [](const pb::Message& message, const Field& field) {
      return field.is_repeated() && message.GetReflection()->FieldSize(message, &field) > 0;
    });
  };
  const auto known = singles(work);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto kind = wire::rule_of(*known[i].field).kind();
    if (kind == spec::KIND_ACCOUNT && !sender.empty()) {
      spec::Operation& op = out[known[i].field->name() + "=sender"] = given;
      put(singles(op)[i], ledger::text_of(account_of(sender)));
    }
    for (std::size_t j = 0; j < known.size(); ++j) {
      if (i == j || known[i].message != known[j].message || text_at(known[j]).empty() ||
          wire::rule_of(*known[j].field).kind() != kind)
        continue;
      spec::Operation& op = out[known[i].field->name() + "=" + known[j].field->name()] = given;
      put(singles(op)[i], text_at(known[j]));
    }
  }
  const auto many = lists(work);
  for (std::size_t i = 0; i < many.size(); ++i) {
    spec::Operation& op = out[many[i].field->name() + " twice"] = given;
    const Place at = lists(op)[i];
    const auto& reflection = *at.message->GetReflection();
    if (at.field->cpp_type() == Field::CPPTYPE_MESSAGE)
      reflection.AddMessage(at.message, at.field)
          ->CopyFrom(reflection.GetRepeatedMessage(*at.message, at.field, 0));
    else if (at.field->cpp_type() == Field::CPPTYPE_STRING)
      reflection.AddString(at.message, at.field,
                           reflection.GetRepeatedString(*at.message, at.field, 0));
    else
      reflection.AddUInt64(at.message, at.field,
                           reflection.GetRepeatedUInt64(*at.message, at.field, 0));
  }
  return out;
}

struct Twice {
  const char* what;
  spec::Code code;
};
// What becomes of each; all others go through.
constexpr Twice kTwice[] = {
    {"batch to=sender", spec::BATCH_FAILED},
    {"transfer to=sender", spec::SAME_TARGET},
    {"transfer_object to=sender", spec::SAME_TARGET},
    {"transfer_object.blob to=sender", spec::SAME_TARGET},
    {"set_keys proofs twice", spec::BAD_SIGNATURE},
    {"merge_stakes other=stake", spec::SAME_TARGET},
    {"merge_stakes stake=other", spec::SAME_TARGET},
    {"register_node protocol_key=vrf_key", spec::BAD_POSSESSION},
    {"register_node vrf_key=protocol_key", spec::BAD_POSSESSION},
    {"update_deny_list signatures twice", spec::CERT_BITMAP},
    {"register_blob bucket=resource", spec::MALFORMED},
    {"certify_blob signatures twice", spec::CERT_BITMAP},
    {"extend_blob resource=blob", spec::MALFORMED},
    {"extend_blob.resource blob=resource", spec::UNKNOWN_OBJECT},
    {"extend_blob.resource resource=blob", spec::UNKNOWN_OBJECT},
    {"extend_blob.fund resource=blob", spec::MALFORMED},
    {"merge_storage other=resource", spec::SAME_TARGET},
    {"merge_storage resource=other", spec::SAME_TARGET},
    {"set_attributes pairs twice", spec::MALFORMED},
    {"remove_attributes keys twice", spec::NO_ATTRIBUTE},
    {"certify_batch signatures twice", spec::CERT_BITMAP},
    {"invalidate_blob signatures twice", spec::CERT_BITMAP},
    {"deny_list_blob_deleted signatures twice", spec::CERT_BITMAP},
    {"register_blob.bucket resource=bucket", spec::MALFORMED},
    {"set_attributes.bucket pairs twice", spec::MALFORMED},
    {"grow_bucket resource=bucket", spec::MALFORMED},
    {"grow_bucket.resource bucket=resource", spec::UNKNOWN_OBJECT},
    {"grow_bucket.resource resource=bucket", spec::UNKNOWN_OBJECT},
    {"propose.parameter values twice", spec::BAD_SUBJECT},
    {"vote.stakes stakes twice", spec::ALREADY_VOTED},
};

}  // namespace

TEST_CASE("twice: the same thing named twice, and oneself", "[ledger][tx][rule:A-13]") {
  std::map<std::string, spec::Code> expected, found;
  for (const Twice& one : kTwice) expected[one.what] = one.code;
  for (const Specimen& one : specimens()) {
    const Scene scene(one);
    for (const auto& [what, operation] : said_twice(scene.operation, one.sender)) {
      const std::string name = one.name + " " + what;
      INFO(name);
      found[name] = outcome(scene, one.sender, operation);
      const auto at = expected.find(name);
      const spec::Code code = at == expected.end() ? spec::OK : at->second;
      CHECK(spec::Code_Name(found[name]) == spec::Code_Name(code));
    }
  }
  for (const auto& [name, code] : expected) {
    INFO(name);
    CHECK(found.count(name) == 1);
  }
}
