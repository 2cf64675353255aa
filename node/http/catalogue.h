// SPDX-License-Identifier: Apache-2.0
// The ledger's routes as people and programs read of them: one row each, with its query keys, the
// members of its body and the message its answer is made from. OpenAPI, the documentation and the
// rows of the router take their words from here; tests hold the list against a running server.
// Thread rule: constant after first use.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "node/net/http.h"
#include "node/reflect/schema.h"

namespace wald::http {

struct Parameter {
  std::string name;
  std::string help;
  bool required = false;
};
enum class Answer {
  kOne,     // {"data": message, "at"}
  kList,    // {"data": [message], "at", "page"}
  kPlain,   // {"data", "at"} with members that no message declares
  kBytes,   // an octet stream
  kEvents,  // server-sent events
  kJson,    // a document without the envelope
};
struct RouteDoc {
  net::Method method = net::Method::kGet;
  std::string pattern;
  std::string summary;
  std::vector<Parameter> query;
  std::vector<Parameter> body;  // of a JSON object
  Answer answer = Answer::kOne;
  const reflect::Descriptor* type = nullptr;
  bool proof = false;  // ?proof=true adds "proof"
  bool past = false;   // ?height= asks for a past state; it and ?epoch= are among `query`
};

const std::vector<RouteDoc>& ledger_routes();
const RouteDoc& route_doc(net::Method method, std::string_view pattern);  // must exist (CHECK)

// OpenAPI 3.1 of these rows; schemas from the declarations.
boost::json::object openapi(std::string_view version);
// Indented, keys in the order given, with a newline at the end.
std::string openapi_text(std::string_view version);

}  // namespace wald::http
