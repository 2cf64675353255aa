// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/flags.h"

#include <algorithm>

#include "codec/base/check.h"
#include "ledger/wire/canonical.h"
#include "ledger/wire/rules.h"
#include "node/reflect/json.h"
#include "node/reflect/value.h"

namespace wald::reflect {
namespace {

using base::Err;
using google::protobuf::Reflection;

Err<UnitError> fail(std::string message, std::string hint = "") {
  return Err<UnitError>{UnitError{std::move(message), std::move(hint)}};
}

std::string value_name(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_BOOL && !field.is_repeated()) return "";
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) return "JSON";
  if (field.type() == FieldDescriptor::TYPE_ENUM) return "WORD";
  switch (wire::rule_of(field).kind()) {
    case spec::KIND_NODE:
      return "NODE";
    case spec::KIND_ACCOUNT:
      return "ACCOUNT";
    case spec::KIND_ID32:
    case spec::KIND_OBJECT:
      return "ID";
    case spec::KIND_BLOB:
      return "BLOB_ID";
    case spec::KIND_TX:
      return "DIGEST";
    case spec::KIND_KEY:
      return "KEY";
    case spec::KIND_HASH:
      return "HASH";
    case spec::KIND_SIGNATURE:
      return "SIGNATURE";
    case spec::KIND_BYTES:
      return "BASE64";
    case spec::KIND_TEXT:
      return "TEXT";
    case spec::KIND_FROST:
      return "AMOUNT";
    case spec::KIND_EPOCH:
      return "EPOCH";
    case spec::KIND_BPS:
      return "RATE";
    case spec::KIND_SIZE:
      return "SIZE";
    case spec::KIND_TIME:
      return "TIME";
    case spec::KIND_HEIGHT:
      return "HEIGHT";
    default:
      return "N";
  }
}

// A number without presence that is not marked optional has no default that could be meant.
bool needed(const FieldDescriptor& field) {
  if (wire::must_be_present(field)) return true;
  if (field.is_repeated()) return wire::rule_of(field).min_items() > 0;
  if (field.has_presence() || wire::rule_of(field).optional()) return false;
  return field.type() == FieldDescriptor::TYPE_UINT32 ||
         field.type() == FieldDescriptor::TYPE_UINT64;
}

void collect(const Descriptor& type, const Flag& above, std::vector<Flag>& out) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    Flag flag;
    flag.name = (above.name.empty() ? "" : above.name + "-") + kebab(field.name());
    flag.path = above.path;
    flag.path.push_back(&field);
    flag.required = above.required && needed(field);
    if (field.type() == FieldDescriptor::TYPE_MESSAGE && !field.is_repeated()) {
      collect(*field.message_type(), flag, out);
      continue;
    }
    flag.value_name = value_name(field);
    flag.help = comment_of(field);
    flag.repeated = field.is_repeated();
    out.push_back(std::move(flag));
  }
}

// A number of any kind; 32 bits are checked by the caller's field.
Parsed<std::uint64_t> parse_number(const FieldDescriptor& field, std::string_view text) {
  switch (wire::rule_of(field).kind()) {
    case spec::KIND_FROST:
      return parse_amount(text);
    case spec::KIND_SIZE:
      return parse_size(text);
    case spec::KIND_TIME:
      return parse_time(text);
    case spec::KIND_BPS: {
      TRY_ASSIGN(const std::uint32_t bps, parse_rate(text));
      return std::uint64_t{bps};
    }
    default:
      break;
  }
  TRY_ASSIGN(const std::uint64_t number, parse_whole(text));
  if (field.type() == FieldDescriptor::TYPE_UINT32 && number > UINT32_MAX)
    return fail("\"" + std::string(text) + "\": too large", "the greatest is 4294967295");
  return number;
}

Parsed<std::string> parse_text(const FieldDescriptor& field, std::string_view text) {
  std::string value(text);
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    TRY_ASSIGN(value, parse_bytes(wire::rule_of(field).kind(), text));
  }
  const wire::Bounds bounds = wire::length_bounds(field);
  if (value.size() < bounds.least) return fail("\"" + std::string(text) + "\": too short");
  if (bounds.most != 0 && value.size() > bounds.most)
    return fail("\"" + std::string(text) + "\": longer than " + std::to_string(bounds.most) +
                " bytes");
  return value;
}

Parsed<void> set_value(Message& m, const FieldDescriptor& f, std::string_view text) {
  const Reflection& r = *m.GetReflection();
  const bool many = f.is_repeated();
  switch (f.type()) {
    case FieldDescriptor::TYPE_BOOL:
      if (text != "true" && text != "false") return fail("true or false is due");
      many ? r.AddBool(&m, &f, text == "true") : r.SetBool(&m, &f, text == "true");
      return {};
    case FieldDescriptor::TYPE_UINT32: {
      TRY_ASSIGN(const std::uint64_t wide, parse_number(f, text));
      const auto number = static_cast<std::uint32_t>(wide);  // within, as parse_number tested
      many ? r.AddUInt32(&m, &f, number) : r.SetUInt32(&m, &f, number);
      return {};
    }
    case FieldDescriptor::TYPE_UINT64: {
      TRY_ASSIGN(const std::uint64_t number, parse_number(f, text));
      many ? r.AddUInt64(&m, &f, number) : r.SetUInt64(&m, &f, number);
      return {};
    }
    case FieldDescriptor::TYPE_ENUM: {
      const auto* value = enum_value(*f.enum_type(), text);
      if (value == nullptr) return fail("\"" + std::string(text) + "\": unknown word");
      many ? r.AddEnum(&m, &f, value) : r.SetEnum(&m, &f, value);
      return {};
    }
    case FieldDescriptor::TYPE_MESSAGE: {
      WALD_CHECK(many);  // others are taken apart into flags of their own
      const auto read = from_json_text(text, *r.AddMessage(&m, &f));
      if (!read.ok()) return fail(read.error().path + ": " + read.error().message);
      return {};
    }
    default: {
      TRY_ASSIGN(std::string value, parse_text(f, text));
      many ? r.AddString(&m, &f, std::move(value)) : r.SetString(&m, &f, std::move(value));
      return {};
    }
  }
}

bool comma_list(const FieldDescriptor& field) {
  return field.is_repeated() && field.type() != FieldDescriptor::TYPE_MESSAGE &&
         field.type() != FieldDescriptor::TYPE_STRING;
}

// One argument pair read from the command line.
struct Given {
  const Flag* flag = nullptr;
  std::string text;
};

Parsed<std::vector<Given>> read_args(const std::vector<Flag>& flags,
                                     const std::vector<std::string>& args) {
  std::vector<Given> out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    if (arg.substr(0, 2) != "--") return fail("\"" + arg + "\": a flag is due", "--name value");
    const std::size_t equals = arg.find('=');
    const std::string name = arg.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto found = std::find_if(flags.begin(), flags.end(),
                                    [&](const Flag& flag) { return flag.name == name; });
    if (found == flags.end()) return fail("--" + name + ": no such flag", "see --help");
    const bool again = std::any_of(out.begin(), out.end(),
                                   [&](const Given& given) { return given.flag == &*found; });
    if (again && !found->repeated) return fail("--" + name + ": given twice");
    if (equals != std::string::npos) {
      out.push_back({&*found, arg.substr(equals + 1)});
    } else if (found->value_name.empty()) {
      out.push_back({&*found, "true"});
    } else if (i + 1 < args.size() && args[i + 1].substr(0, 2) != "--") {
      out.push_back({&*found, args[++i]});
    } else {
      return fail("--" + name + ": a value is due", "--" + name + " " + found->value_name);
    }
  }
  return out;
}

// Words wrapped at 100 columns, every line indented.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out(indent, ' ');
  std::size_t column = indent;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > 100) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out + "\n";
}

}  // namespace

std::vector<Flag> flags_of(const Descriptor& type) {
  std::vector<Flag> out;
  Flag top;
  top.required = true;
  collect(type, top, out);
  return out;
}

Parsed<void> set_flag(Message& into, const Flag& flag, std::string_view text) {
  WALD_CHECK(!flag.path.empty());
  Message* at = &into;
  for (std::size_t i = 0; i + 1 < flag.path.size(); ++i)
    at = at->GetReflection()->MutableMessage(at, flag.path[i]);
  const FieldDescriptor& field = *flag.path.back();
  std::size_t from = 0;
  for (;;) {  // the elements of a list, or the whole text
    std::size_t end = comma_list(field) ? text.find(',', from) : std::string_view::npos;
    end = std::min(end, text.size());
    const auto set = set_value(*at, field, text.substr(from, end - from));
    if (!set.ok()) return fail("--" + flag.name + " " + set.error().message, set.error().hint);
    if (end == text.size()) return {};
    from = end + 1;
  }
}

Parsed<std::unique_ptr<Message>> parse_flags(const Descriptor& type,
                                             const std::vector<std::string>& args) {
  const std::vector<Flag> flags = flags_of(type);
  TRY_ASSIGN(const std::vector<Given> given, read_args(flags, args));
  std::unique_ptr<Message> message = make(type);
  for (const Given& one : given) TRY(set_flag(*message, *one.flag, one.text));
  for (const Flag& flag : flags) {
    const bool there = std::any_of(given.begin(), given.end(),
                                   [&](const Given& one) { return one.flag == &flag; });
    if (flag.required && !there)
      return fail("--" + flag.name + " is missing", "--" + flag.name + " " + flag.value_name);
  }
  const base::Bytes bytes = wire::write_canonical(*message);
  const auto canonical = wire::check_canonical(type, bytes, bytes.size());
  if (!canonical.ok())
    return fail(canonical.error().where + ": " + wire::fault_name(canonical.error().fault));
  return message;
}

std::string help_of(const FieldDescriptor& operation) {
  const Descriptor& type = *operation.message_type();
  const spec::TxRule& rule = tx_rule(operation);
  const std::vector<Flag> flags = flags_of(type);
  std::string out = "wal tx " + kebab(type.name()) + " [FLAGS]\n\n";
  out += wrapped(comment_of(type), 0);
  out += "\nSender: " + rule.sender() + (rule.rules().empty() ? "" : ". Rules: " + rule.rules());
  out += "\n\n";
  for (const Flag& flag : flags) {
    out += "  --" + flag.name + (flag.value_name.empty() ? "" : " " + flag.value_name);
    out += flag.required ? "  (required)" : "";
    out += flag.repeated ? "  (may be repeated)\n" : "\n";
    if (!flag.help.empty()) out += wrapped(flag.help, 6);
  }
  return out;
}

std::string help_of_all() {
  std::size_t width = 0;
  for (const FieldDescriptor* operation : operations())
    width = std::max(width, kebab(operation->message_type()->name()).size());
  std::string out;
  for (const FieldDescriptor* operation : operations()) {
    const std::string name = kebab(operation->message_type()->name());
    const std::string text = comment_of(*operation->message_type());
    out += "  " + name + std::string(width - name.size() + 2, ' ');
    out += text.substr(0, std::min(text.find(". "), text.find_last_of('.'))) + ".\n";
  }
  return out;
}

}  // namespace wald::reflect
