// SPDX-License-Identifier: Apache-2.0
// Flags and help of `wal tx TYPE`, from the declaration of the type (interfaces.md 2 and 3).
//
// A field is a flag in kebab-case, a field of an inner message carries its name in front
// (`--metadata-description`), elements of a list are given one per flag or separated by commas,
// inner messages of a list as JSON. Amounts, sizes and rates need their unit. Required is what has
// no default that could be meant. Errors are sentences for people. Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "node/reflect/schema.h"
#include "node/reflect/units.h"

namespace wald::reflect {

struct Flag {
  std::string name;        // `max-cost`, without dashes
  std::string value_name;  // `AMOUNT`; empty: a switch
  std::string help;        // the field's comment
  bool required = false;
  bool repeated = false;
  std::vector<const FieldDescriptor*> path;  // from the operation down to the field
};

std::vector<Flag> flags_of(const Descriptor& type);

// Puts the text of one flag into the message; of a switch `true` or `false`.
Parsed<void> set_flag(Message& into, const Flag& flag, std::string_view text);

// All flags of an operation: `--name value`, `--name=value`, `--switch`. Missing required flags,
// unknown ones and those given twice are refused, and so is what has no canonical form.
Parsed<std::unique_ptr<Message>> parse_flags(const Descriptor& type,
                                             const std::vector<std::string>& args);

// Help of `wal tx TYPE`, at most 100 columns wide.
std::string help_of(const FieldDescriptor& operation);

// The list of types for `wal tx --help`.
std::string help_of_all();

}  // namespace wald::reflect
