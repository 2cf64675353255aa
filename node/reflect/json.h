// SPDX-License-Identifier: Apache-2.0
// Messages of specs/proto <-> JSON, from their descriptors alone (interfaces.md rule 2 and 1).
//
// Keys are camelCase, 64-bit integers decimal strings, enums words, a oneof the key of its member.
// Every field is shown, but absent ones with presence, absent messages and absent ids. On input
// unknown keys, numbers where text is due (money is never a bare number), text outside its length
// and wrong ids are refused with a path. Foreign input never aborts. Thread rule: pure functions.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "node/reflect/schema.h"
#include "specs/proto/event.pb.h"

namespace wald::reflect {

struct JsonError {
  std::string path;     // `operation.transfer.amount`
  std::string message;  // what is wrong there, with a hint
};

boost::json::object to_json(const Message& message);

// Reads into an empty message.
base::Result<void, JsonError> from_json(const boost::json::value& json, Message& into);

// Text -> message: at most 32 levels deep.
base::Result<void, JsonError> from_json_text(std::string_view text, Message& into);

// What an event names: ids under which it is indexed, each once, in the order of its fields. They
// lie in the event.
struct EventNames {
  std::vector<std::string_view> accounts;  // 32 bytes each
  std::vector<std::string_view> nodes;
};
EventNames event_names(const Message& event_body);

// The message inside an EventRecord; null if there is none.
const Message* event_body(const spec::EventRecord& record);

// An event as the log shows it (interfaces.md 8): seq, height, index, time, epoch, txDigest (null
// for what happens by itself), type, rule, accounts, nodes and the fields of its type under `body`.
// Time and epoch are those of its block.
boost::json::object event_json(const spec::EventRecord& record, std::uint64_t time_ms,
                               std::uint32_t epoch);

}  // namespace wald::reflect
