// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/schema.h"

#include <google/protobuf/descriptor.pb.h>

#include "codec/base/check.h"
#include "specs/proto/event.pb.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/schema_bytes.h"
#include "specs/proto/tx.pb.h"

namespace wald::reflect {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Words of DelegateStake, max_cost, FEE_LOW or delegate-stake, in lower case.
std::vector<std::string> words(std::string_view name) {
  std::vector<std::string> out;
  bool fresh = true;
  char before = '_';
  for (const char c : name) {
    if (c == '_' || c == '-') {
      fresh = true;
    } else {
      if (fresh || (is_upper(c) && !is_upper(before) && before != '_')) out.emplace_back();
      out.back() += lower(c);
      fresh = false;
    }
    before = c;
  }
  return out;
}

// The pool of the embedded descriptor set, which unlike the generated one has the comments.
const google::protobuf::DescriptorPool& commented() {
  static const google::protobuf::DescriptorPool* pool = [] {
    google::protobuf::FileDescriptorSet set;
    WALD_CHECK(set.ParseFromArray(spec::schema_bytes(), static_cast<int>(spec::schema_size())));
    auto* made = new google::protobuf::DescriptorPool();  // lives as long as the process
    for (const auto& file : set.file()) WALD_CHECK(made->BuildFile(file) != nullptr);
    return made;
  }();
  return *pool;
}

std::string joined(const google::protobuf::SourceLocation& at) {
  const std::string& text =
      at.leading_comments.empty() ? at.trailing_comments : at.leading_comments;
  std::string out;
  bool gap = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank && gap && !out.empty()) out += ' ';
    if (!blank) out += c;
    gap = blank;
  }
  return out;
}

std::vector<const FieldDescriptor*> members(const google::protobuf::OneofDescriptor& choice) {
  std::vector<const FieldDescriptor*> out;
  for (int i = 0; i < choice.field_count(); ++i) out.push_back(choice.field(i));
  return out;
}

// BURN_ of an enum whose first value is BURN_NONE; empty for enums without prefix.
std::string_view prefix_of(const google::protobuf::EnumDescriptor& type) {
  const std::string_view first = type.value(0)->name();
  const std::string_view none = "_NONE";
  if (first.size() <= none.size() || first.substr(first.size() - none.size()) != none) return {};
  return first.substr(0, first.size() - none.size() + 1);
}

}  // namespace

std::string kebab(std::string_view name) {
  std::string out;
  for (const std::string& word : words(name)) out += (out.empty() ? "" : "-") + word;
  return out;
}

std::string lower_camel(std::string_view name) {
  std::string out;
  for (std::string word : words(name)) {
    if (!out.empty()) word[0] = upper(word[0]);
    out += word;
  }
  return out;
}

std::string comment_of(const Descriptor& type) {
  const Descriptor* twin = commented().FindMessageTypeByName(type.full_name());
  google::protobuf::SourceLocation at;
  return twin != nullptr && twin->GetSourceLocation(&at) ? joined(at) : "";
}

std::string comment_of(const FieldDescriptor& field) {
  const Descriptor* twin = commented().FindMessageTypeByName(field.containing_type()->full_name());
  google::protobuf::SourceLocation at;
  if (twin == nullptr) return "";
  const FieldDescriptor* member = twin->FindFieldByNumber(field.number());
  return member != nullptr && member->GetSourceLocation(&at) ? joined(at) : "";
}

const std::vector<const FieldDescriptor*>& operations() {
  static const auto list = members(*spec::Operation::descriptor()->oneof_decl(0));
  return list;
}

const FieldDescriptor* operation_named(std::string_view name) {
  for (const FieldDescriptor* operation : operations())
    if (kebab(operation->message_type()->name()) == kebab(name)) return operation;
  return nullptr;
}

const spec::TxRule& tx_rule(const FieldDescriptor& operation) {
  return operation.message_type()->options().GetExtension(spec::tx);
}

const FieldDescriptor* chosen_operation(const Message& operation) {
  const auto& choice = *operation.GetDescriptor()->oneof_decl(0);
  return operation.GetReflection()->GetOneofFieldDescriptor(operation, &choice);
}

bool is_statement(const Message& operation) {
  const FieldDescriptor* field = chosen_operation(operation);
  return field != nullptr && tx_rule(*field).statement() != 0;
}

const std::vector<const FieldDescriptor*>& events() {
  static const auto list = members(*spec::EventRecord::descriptor()->oneof_decl(0));
  return list;
}

std::string event_type(const Descriptor& event) {
  const std::string_view name = event.name();
  std::size_t cut = 1;
  while (cut < name.size() && !is_upper(name[cut])) ++cut;
  WALD_CHECK(cut < name.size());  // a family and a word, see the tests
  return lower_camel(name.substr(0, cut)) + "." + lower_camel(name.substr(cut));
}

const FieldDescriptor* event_named(std::string_view type) {
  for (const FieldDescriptor* event : events())
    if (event_type(*event->message_type()) == type) return event;
  return nullptr;
}

std::string code_name(int number) {
  const auto* value = spec::Code_descriptor()->FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : value->name();
}

const spec::CodeRule& code_rule(spec::Code code) {
  const auto* value = spec::Code_descriptor()->FindValueByNumber(code);
  WALD_CHECK(value != nullptr);
  return value->options().GetExtension(spec::code);
}

std::string enum_word(const EnumValueDescriptor& value) {
  const std::string_view prefix = prefix_of(*value.type());
  if (prefix.empty()) return value.name();
  return lower_camel(std::string_view(value.name()).substr(prefix.size()));
}

const EnumValueDescriptor* enum_value(const google::protobuf::EnumDescriptor& type,
                                      std::string_view word) {
  for (int i = 0; i < type.value_count(); ++i)
    if (enum_word(*type.value(i)) == word) return type.value(i);
  return nullptr;
}

std::unique_ptr<Message> make(const Descriptor& type) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  WALD_CHECK(prototype != nullptr);
  return std::unique_ptr<Message>(prototype->New());
}

}  // namespace wald::reflect
