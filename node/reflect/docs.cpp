// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/docs.h"

#include "ledger/wire/rules.h"
#include "node/reflect/flags.h"
#include "node/reflect/schema.h"

namespace wald::reflect {
namespace {

constexpr const char* kHead =
    "<!-- Made by `wald docs` from specs/proto; edit the declarations. -->\n\n";

std::string lane_word(spec::Lane lane) {
  switch (lane) {
    case spec::LANE_RIGHTS:
      return "rights";
    case spec::LANE_PROTOCOL:
      return "protocol (free)";
    default:
      return "ordinary";
  }
}

std::string kind_word(spec::Kind kind) {
  switch (kind) {
    case spec::KIND_ID32:
      return "id";
    case spec::KIND_NODE:
      return "node id";
    case spec::KIND_ACCOUNT:
      return "account id";
    case spec::KIND_OBJECT:
      return "object id";
    case spec::KIND_BLOB:
      return "blob id";
    case spec::KIND_TX:
      return "transaction id";
    case spec::KIND_KEY:
      return "public key";
    case spec::KIND_HASH:
      return "hash";
    case spec::KIND_SIGNATURE:
      return "signature";
    case spec::KIND_BYTES:
      return "bytes";
    case spec::KIND_TEXT:
      return "text";
    case spec::KIND_FROST:
      return "amount";
    case spec::KIND_SHARES:
      return "shares";
    case spec::KIND_EPOCH:
      return "epoch";
    case spec::KIND_BPS:
      return "basis points";
    case spec::KIND_PPM:
      return "millionths";
    case spec::KIND_SIZE:
      return "bytes (count)";
    case spec::KIND_TIME:
      return "time";
    case spec::KIND_HEIGHT:
      return "height";
    default:
      return "";
  }
}

std::string words_of(const google::protobuf::EnumDescriptor& type) {
  std::string out;
  for (int i = 1; i < type.value_count(); ++i)
    out += (out.empty() ? "" : ", ") + enum_word(*type.value(i));
  return out;
}

std::string type_word(const FieldDescriptor& field) {
  const spec::FieldRule& rule = wire::rule_of(field);
  std::string out = kind_word(rule.kind());
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    out = field.message_type()->name();
  } else if (field.type() == FieldDescriptor::TYPE_ENUM) {
    out = "one of " + words_of(*field.enum_type());
  } else if (out.empty()) {
    out = field.type() == FieldDescriptor::TYPE_BOOL ? "true or false" : field.type_name();
  }
  const bool sized =
      field.type() == FieldDescriptor::TYPE_BYTES || field.type() == FieldDescriptor::TYPE_STRING;
  if (sized && wire::fixed_length(rule.kind()) == 0 && rule.max() > 0) {
    const std::string most = std::to_string(rule.max());
    out += rule.min() == rule.max() ? ", length " + most
                                    : ", length " + std::to_string(rule.min()) + " to " + most;
  }
  if (field.is_repeated())
    out = "list of " + out +
          (rule.max_items() > 0 ? ", at most " + std::to_string(rule.max_items()) : "");
  if (field.has_optional_keyword()) out += ", optional";
  return out;
}

std::string field_rows(const Descriptor& type, bool postings) {
  std::string out = "| no. | field | type | meaning |\n|---|---|---|---|\n";
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!postings && field.name() == "postings") continue;
    out += "| " + std::to_string(field.number()) + " | `" + field.json_name() + "` | " +
           type_word(field) + " | " + comment_of(field) + " |\n";
  }
  return out;
}

std::string transactions() {
  std::string out = kHead;
  out += "# Transactions\n\n| type | sender | lane | area | rules |\n|---|---|---|---|---|\n";
  for (const FieldDescriptor* operation : operations()) {
    const spec::TxRule& rule = tx_rule(*operation);
    out += "| [" + operation->message_type()->name() + "](#" +
           kebab(operation->message_type()->name()) + ") | " + rule.sender() + " | " +
           lane_word(rule.lane()) + " | " + rule.area() + " | " + rule.rules() + " |\n";
  }
  for (const FieldDescriptor* operation : operations()) {
    const Descriptor& type = *operation->message_type();
    out += "\n## " + kebab(type.name()) + "\n\n" + comment_of(type) + "\n\n`Operation` member `" +
           operation->json_name() + "`, number " + std::to_string(operation->number());
    if (tx_rule(*operation).statement() != 0)
      out += "; carries the statement of kind " + std::to_string(tx_rule(*operation).statement());
    out += ".\n\n" + field_rows(type, true) + "\n```\nwal tx " + kebab(type.name());
    for (const Flag& flag : flags_of(type)) {
      const std::string text =
          "--" + flag.name + (flag.value_name.empty() ? "" : " " + flag.value_name);
      out += flag.required ? " " + text : " [" + text + "]";
    }
    out += "\n```\n";
  }
  return out;
}

std::string events_page() {
  std::string out = kHead;
  out +=
      "# Events\n\nCommon fields: `seq`, `height`, `index`, `time`, `epoch`, `txDigest`, `type`, "
      "`rule`, `accounts`, `nodes`. An event is indexed under its sender and under every account "
      "and node it names. Each also has `postings`: the balances it moved, with before and "
      "after.\n";
  std::string family;
  for (const FieldDescriptor* event : events()) {
    const Descriptor& type = *event->message_type();
    const std::string name = event_type(type);
    if (name.substr(0, name.find('.')) != family) {
      family = name.substr(0, name.find('.'));
      out += "\n## " + family + "\n";
    }
    const std::string& rules = type.options().GetExtension(spec::event).rules();
    out += "\n### " + name + "\n\n" + comment_of(type) +
           (rules.empty() ? "" : " Rules: " + rules + ".") + "\n\n" + field_rows(type, false);
  }
  return out;
}

std::string codes_page() {
  std::string out = kHead;
  out +=
      "# Codes\n\nBefore the fee: the transaction is dropped and costs nothing. After it: it is "
      "rejected and the fee is gone. Statements of the protocol lane are dropped always.\n\n"
      "| no. | name | when | HTTP | what is wrong | what to do |\n|---|---|---|---|---|---|\n";
  const auto& codes = *spec::Code_descriptor();
  for (int i = 0; i < codes.value_count(); ++i) {
    const spec::CodeRule& rule = code_rule(static_cast<spec::Code>(codes.value(i)->number()));
    const std::string when = rule.stage() == spec::STAGE_BEFORE_FEE  ? "before the fee"
                             : rule.stage() == spec::STAGE_AFTER_FEE ? "after the fee"
                                                                     : "";
    out += "| " + std::to_string(codes.value(i)->number()) + " | `" + codes.value(i)->name() +
           "` | " + when + " | " + std::to_string(rule.http()) + " | " + rule.sentence() + " | " +
           rule.advice() + " |\n";
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> generate_docs() {
  return {{"transactions.md", transactions()},
          {"events.md", events_page()},
          {"codes.md", codes_page()}};
}

}  // namespace wald::reflect
