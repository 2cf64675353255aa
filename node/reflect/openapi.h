// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of declared messages, as OpenAPI 3.1 wants them: the same mapping that to_json
// follows (64-bit integers as decimal strings, times RFC 3339, ids in their own text, enums as
// words). Inner messages are references to `#/components/schemas/NAME`. Thread rule: pure.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>

#include "node/reflect/schema.h"

namespace wald::reflect {

boost::json::object schema_reference(const Descriptor& type);
// Adds the schema of `type` and of all it refers to, by name.
void add_schemas(const Descriptor& type, std::map<std::string, boost::json::object>& schemas);

// A document indented by two, members in their order.
std::string pretty(const boost::json::value& value);

}  // namespace wald::reflect
