// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/openapi.h"
#include <algorithm>

#include "node/http/catalogue.h"
#include "specs/proto/query.pb.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using Schemas = std::map<std::string, json::object>;

json::object text_schema() { return json::object{{"type", "string"}}; }

json::object reference(const char* name) {
  return json::object{{"$ref", std::string("#/components/schemas/") + name}};
}

json::object parameter(const std::string& name, const char* where, bool required,
                       const std::string& help) {
  json::object out{{"name", name}, {"in", where}};
  if (required) out["required"] = true;
  if (!help.empty()) out["description"] = help;
  out["schema"] = text_schema();
  return out;
}

// {names} of a pattern.
json::array path_parameters(const std::string& pattern) {
  json::array out;
  for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1))
    out.push_back(
        parameter(pattern.substr(at + 1, pattern.find('}', at) - at - 1), "path", true, ""));
  return out;
}

json::object content_of(const char* type, json::object schema) {
  return json::object{{type, json::object{{"schema", std::move(schema)}}}};
}

json::object success(const RouteDoc& row) {
  json::object out{{"description", row.summary}};
  if (row.answer == Answer::kBytes) {
    out["content"] = content_of("application/octet-stream", text_schema());
    return out;
  }
  if (row.answer == Answer::kEvents) {
    out["content"] = content_of("text/event-stream", text_schema());
    return out;
  }
  json::object data{{"type", "object"}};
  if (row.type != nullptr) data = reflect::schema_reference(*row.type);
  if (row.answer == Answer::kJson) {
    out["content"] = content_of("application/json", std::move(data));
    return out;
  }
  if (row.answer == Answer::kList)
    data = json::object{{"type", "array"}, {"items", std::move(data)}};
  json::object properties{{"data", std::move(data)}, {"at", reference("At")}};
  json::array required{"data", "at"};
  if (row.proof) properties["proof"] = reflect::schema_reference(*spec::Proof::descriptor());
  if (row.answer == Answer::kList) {
    properties["page"] = reference("Page");
    required.emplace_back("page");
  }
  out["content"] =
      content_of("application/json", json::object{{"type", "object"},
                                                  {"properties", std::move(properties)},
                                                  {"required", std::move(required)}});
  if (row.answer == Answer::kList)
    out["content"].as_object()["text/csv"] = json::object{{"schema", text_schema()}};
  return out;
}

json::object operation(const RouteDoc& row) {
  json::object out{{"summary", row.summary}};
  json::array parameters = path_parameters(row.pattern);
  for (const Parameter& query : row.query)
    parameters.push_back(parameter(query.name, "query", query.required, query.help));
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!row.body.empty()) {
    json::object properties;
    json::array required;
    for (const Parameter& member : row.body) {
      json::object schema = text_schema();
      schema["description"] = member.help;
      properties[member.name] = std::move(schema);
      if (member.required) required.emplace_back(member.name);
    }
    out["requestBody"] = json::object{
        {"required", true},
        {"content",
         content_of("application/json", json::object{{"type", "object"},
                                                     {"properties", std::move(properties)},
                                                     {"required", std::move(required)},
                                                     {"additionalProperties", false}})}};
  }
  out["responses"] = json::object{
      {"200", success(row)},
      {"default", json::object{{"description", "the error object"},
                               {"content", content_of("application/json", reference("Error"))}}}};
  return out;
}

// What every answer shares and no message declares.
void add_frame(Schemas& schemas) {
  const auto object = [](json::object properties, json::array required) {
    return json::object{{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)}};
  };
  const json::object number{{"type", "string"}, {"pattern", "^[0-9]+$"}};
  const json::object whole{{"type", "integer"}, {"minimum", 0}};
  schemas["At"] = object({{"height", number},
                          {"epoch", whole},
                          {"time", json::object{{"type", "string"}, {"format", "date-time"}}}},
                         {"height", "epoch", "time"});
  schemas["Page"] = object({{"limit", whole},
                            {"next", json::object{{"type", json::array{"string", "null"}}}},
                            {"after", number}},
                           {"limit", "next"});
  const json::object words{{"type", "object"}, {"additionalProperties", text_schema()}};
  const json::object info = object({{"@type", text_schema()},
                                    {"reason", text_schema()},
                                    {"domain", text_schema()},
                                    {"metadata", words}},
                                   {"@type", "reason", "domain", "metadata"});
  const json::object details{{"type", "array"}, {"items", info}};
  const json::object error = object({{"status", text_schema()},
                                     {"code", whole},
                                     {"message", text_schema()},
                                     {"details", details}},
                                    {"status", "code", "message", "details"});
  schemas["Error"] = object({{"error", error}}, {"error"});
}

// An event as the log shows it: common fields, and a body of the form its type has (events.md).
void add_event(Schemas& schemas) {
  const json::object number{{"type", "string"}, {"pattern", "^[0-9]+$"}};
  const json::object whole{{"type", "integer"}, {"minimum", 0}};
  const json::object ids{{"type", "array"}, {"items", text_schema()}};
  schemas["EventRecord"] = json::object{
      {"type", "object"},
      {"properties",
       json::object{{"seq", number},
                    {"height", number},
                    {"index", whole},
                    {"time", json::object{{"type", "string"}, {"format", "date-time"}}},
                    {"epoch", whole},
                    {"txDigest", json::object{{"type", json::array{"string", "null"}}}},
                    {"type", text_schema()},
                    {"rule", text_schema()},
                    {"accounts", ids},
                    {"nodes", ids},
                    {"body", json::object{{"type", "object"}}}}},
      {"required", json::array{"seq", "height", "index", "time", "epoch", "txDigest"}}};
}

// Where an answer is more, or less, than its message.
void amend(Schemas& schemas) {
  schemas.at("Simulation").at("properties").as_object()["facts"] =
      json::object{{"type", "object"}, {"additionalProperties", text_schema()}};
  json::object& estimate = schemas.at("StakeEstimate");
  estimate.at("properties").as_object().erase("fee");  // by the length of the signed bytes
  json::array& required = estimate.at("required").as_array();
  required.erase(std::remove(required.begin(), required.end(), json::value("fee")), required.end());
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

json::object openapi(std::string_view version) {
  json::object paths;
  Schemas schemas;
  add_frame(schemas);
  add_event(schemas);
  for (const RouteDoc& row : ledger_routes()) {
    json::value& path = paths[row.pattern];
    if (!path.is_object()) path = json::object();
    path.get_object()[lower(net::method_name(row.method))] = operation(row);
    if (row.type != nullptr) reflect::add_schemas(*row.type, schemas);
  }
  amend(schemas);
  json::object components;
  for (auto& [name, schema] : schemas) components[name] = std::move(schema);
  return json::object{{"openapi", "3.1.0"},
                      {"info", json::object{{"title", "Wald ledger API"}, {"version", version}}},
                      {"paths", std::move(paths)},
                      {"components", json::object{{"schemas", std::move(components)}}}};
}

std::string openapi_text(std::string_view version) { return reflect::pretty(openapi(version)); }

}  // namespace wald::http
