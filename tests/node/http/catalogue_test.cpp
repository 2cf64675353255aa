// SPDX-License-Identifier: Apache-2.0
// The catalogue against a running server: same rows, same query keys, answers of the declared form.
#include "node/http/catalogue.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/nodes.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace json = boost::json;

spec::Genesis three_nodes() {
  spec::Genesis document =
      network({50'000, 40'000, 30'000, 20'000}, {{"ann", 100 * kWal}, {"bob", kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  set_param(document, "gov_deposit", kWal);
  return document;
}

// Why a value is not of this schema; empty: it is. Members that no schema names are wrong too.
std::string misfit(const json::object& document, const json::object& schema,
                   const json::value& value, const std::string& where) {
  if (const auto* reference = schema.if_contains("$ref")) {
    const std::string name = std::string(reference->as_string()).substr(21);
    return misfit(document, document.at("components").at("schemas").at(name).as_object(), value,
                  where);
  }
  const auto* type = schema.if_contains("type");
  if (type == nullptr || type->is_array()) return "";
  const std::string kind(type->as_string());
  if (kind == "array") {
    if (!value.is_array()) return where + " is no list";
    for (const auto& item : value.get_array())
      if (auto why = misfit(document, schema.at("items").as_object(), item, where + "[]");
          !why.empty())
        return why;
    return "";
  }
  if (kind != "object") {
    const bool fits = kind == "string"    ? value.is_string()
                      : kind == "boolean" ? value.is_bool()
                                          : value.is_int64() || value.is_uint64();
    if (!fits) return where + " is no " + kind;
    if (const auto* words = schema.if_contains("enum")) {
      const auto& list = words->as_array();
      if (std::find(list.begin(), list.end(), value) == list.end()) return where + ": unknown word";
    }
    return "";
  }
  if (!value.is_object()) return where + " is no object";
  const auto* properties = schema.if_contains("properties");
  if (properties == nullptr) return "";
  if (const auto* required = schema.if_contains("required"))
    for (const auto& name : required->as_array())
      if (!value.get_object().contains(name.as_string()))
        return where + " lacks " + std::string(name.as_string());
  for (const auto& member : value.get_object()) {
    const std::string path = where + "." + std::string(member.key());
    const auto* inner = properties->as_object().if_contains(member.key());
    if (inner == nullptr) return path + " is not declared";
    if (auto why = misfit(document, inner->as_object(), member.value(), path); !why.empty())
      return why;
  }
  return "";
}

std::string filled(std::string pattern, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string hole = "{" + name + "}";
    if (const auto at = pattern.find(hole); at != std::string::npos)
      pattern.replace(at, hole.size(), value);
  }
  return pattern;
}

std::string list_of(const std::vector<http::Parameter>& parameters) {
  std::set<std::string> names;
  for (const auto& one : parameters) names.insert(one.name);
  std::string out;
  for (const auto& name : names) out += name + ",";
  return out;
}

std::string sorted_names(const std::string& text) {
  std::vector<http::Parameter> names;
  std::stringstream in(text == "none" ? "" : text);
  for (std::string name; std::getline(in, name, ',');)
    names.push_back({name.substr(name.find_first_not_of(' ')), "", false});
  return list_of(names);
}

}  // namespace

TEST_CASE("the catalogue has every row of the router, and no other", "[http][rule:IF-16]") {
  TestChain chain(chain_genesis({}));
  net::Router router;
  http::add_ledger_routes(router, http::LedgerApi{chain.core(), {}, {}, {}, {}, {}, {}, {}});
  std::set<std::string> served, told;
  for (const auto& route : router.routes())
    served.insert(std::string(net::method_name(route->method)) + " " + route->pattern);
  for (const auto& row : http::ledger_routes()) {
    CHECK(told.insert(std::string(net::method_name(row.method)) + " " + row.pattern).second);
    CHECK_FALSE(row.summary.empty());
  }
  CHECK(served == told);
}

TEST_CASE("every route takes the query keys that its row names, and answers in its form",
          "[http][rule:IF-16]") {
  TestChain chain(three_nodes());
  const std::string node = reflect::bytes_text(spec::KIND_NODE, node_of("n1").view());
  const std::string ann = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  const spec::Operation stake = delegate("n1", 2 * kWal);
  const Answer sent = chain.submit(chain.sign("ann", stake));
  REQUIRE(sent.status == 202);
  spec::Operation proposal;
  proposal.mutable_propose()->set_title("words");
  REQUIRE(chain.submit(chain.sign("ann", proposal)).status == 202);
  for (int i = 0; i < 400 && chain.core().head().epoch.value() < 3; ++i) chain.block(1'000);
  REQUIRE(chain.submit(chain.sign("ann", create_bucket(1'048'576, 4))).status == 202);
  chain.block();
  const Answer mine = chain.get("/v1/accounts/" + ann + "/stakes");
  const Answer buckets = chain.get("/v1/accounts/" + ann + "/buckets");
  const std::string bucket(buckets.json.at("data").at(0).at("id").as_string());
  const std::string nothing = reflect::bytes_text(spec::KIND_OBJECT, base::Hash().view());
  const std::map<std::string, std::string> values{
      {"epoch", "1"},
      {"node", node},
      {"account", ann},
      {"seq", "1"},
      {"proposal", "1"},
      {"height", "1"},
      {"table", "account"},
      {"key", ann},
      {"digest", std::string(sent.json.at("data").at("digest").as_string())},
      {"stake", std::string(mine.json.at("data").at(0).at("id").as_string())},
      {"resource", nothing},
      {"vesting", nothing},
      {"bucket", nothing},
      {"blob", nothing},
      {"blobId", reflect::bytes_text(spec::KIND_BLOB, base::Hash().view())}};
  const std::set<std::string> absent{"/v1/resources/{resource}",
                                     "/v1/buckets/{bucket}",
                                     "/v1/buckets/{bucket}/blobs",
                                     "/v1/gov/proposals/{proposal}",
                                     "/v1/gov/proposals/{proposal}/votes",
                                     "/v1/gov/proposals/{proposal}/not-voted",
                                     "/v1/gov/foundation",
                                     "/v1/explain/slash",
                                     "/v1/blob-objects/{blob}",
                                     "/v1/certificates/{blobId}",
                                     "/v1/vestings/{vesting}"};
  const json::object document = http::openapi("test");
  std::size_t seen = 0;
  for (const auto& row : http::ledger_routes()) {
    INFO(row.pattern);
    if (row.method != net::Method::kGet || row.pattern == "/v1/livez") continue;
    if (row.answer == http::Answer::kBytes) continue;
    std::string path = filled(row.pattern, values);
    const Answer odd = chain.get(path + "?nosuchkey=1");
    CHECK(odd.reason() == "UNKNOWN_PARAMETER");
    const auto& metadata = odd.json.at("error").at("details").at(0).at("metadata");
    CHECK(sorted_names(std::string(metadata.at("known").as_string())) == list_of(row.query));
    if (row.answer == http::Answer::kEvents) continue;  // without end
    if (row.proof) {
      const Answer proved = chain.get(path + "?proof=true");
      CHECK(proved.status == (absent.contains(row.pattern) ? 404 : 200));
      CHECK(proved.json.as_object().contains("proof"));
    }
    if (absent.contains(row.pattern)) continue;
    REQUIRE(path.find('{') == std::string::npos);
    for (const auto& parameter : row.query) {
      if (!parameter.required) continue;
      REQUIRE(chain.get(path).reason() == "MISSING_PARAMETER");
      path.append("?" + parameter.name + "=").append(values.at(parameter.name));
    }
    const Answer answer = chain.get(path);
    REQUIRE(answer.status == 200);
    if (row.answer == http::Answer::kJson) continue;
    const auto& schema = document.at("paths").at(row.pattern).at("get").at("responses").at("200");
    if (row.answer == http::Answer::kList) {
      const Answer csv = chain.get(path + "?format=csv");
      CHECK(csv.status == 200);
      CHECK(csv.raw.content_type.starts_with("text/csv"));
      CHECK(csv.raw.body.ends_with("\r\n"));
      CHECK(schema.at("content").as_object().contains("text/csv"));
      CHECK(chain.get(path + "?format=xml").reason() == "INVALID_PARAMETER");
    }
    CHECK(misfit(document, schema.at("content").at("application/json").at("schema").as_object(),
                 answer.json, "") == "");
    ++seen;
  }
  CHECK(seen > 20);
  const std::string body = base::to_base64(wire::write_canonical(chain.body_of("ann", stake)));
  const std::pair<const char*, std::string> kAsked[] = {
      {"/v1/estimate/stake", R"({"node":")" + node + R"(","amount":"2000000000"})"},
      {"/v1/estimate/rewards", R"({"node":")" + node + R"(","amount":"2000000000"})"},
      {"/v1/estimate/unstake", R"({"stake":")" + values.at("stake") + R"("})"},
      {"/v1/estimate/storage", R"({"size":"1048576","epochs":"2"})"},
      {"/v1/estimate/extension", R"({"bucket":")" + bucket + R"(","epochs":"2"})"},
      {"/v1/estimate/votes", R"({"node":")" + node + R"(","storagePrice":"1"})"},
      {"/v1/explain/fee", R"({"envelope":")" + base::to_base64(chain.sign("ann", stake)) + R"("})"},
      {"/v1/txs/explain", R"({"body":")" + body + R"("})"},
      {"/v1/txs/simulate", R"({"body":")" + body + R"("})"}};
  for (const auto& [path, asked] : kAsked) {
    INFO(path);
    const Answer answer = chain.post(path, asked);
    REQUIRE(answer.status == 200);
    const auto& schema = document.at("paths").at(path).at("post").at("responses").at("200");
    CHECK(misfit(document, schema.at("content").at("application/json").at("schema").as_object(),
                 answer.json, "") == "");
  }
}

// What the rows that know a past answer, by pattern; at a height, or now.
std::map<std::string, json::value> answers(TestChain& chain,
                                           const std::map<std::string, std::string>& values,
                                           const std::string& height) {
  std::map<std::string, json::value> out;
  for (const auto& row : http::ledger_routes()) {
    if (!row.past) continue;
    INFO(row.pattern << " at " << height);
    std::string path = filled(row.pattern, values);
    std::string joint = "?";
    const auto add = [&](const std::string& key, const std::string& value) {
      path.append(joint).append(key).append("=").append(value);
      joint = "&";
    };
    for (const auto& parameter : row.query)
      if (parameter.required) add(parameter.name, values.at(parameter.name));
    if (!height.empty()) add("height", height);
    json::object body;
    for (const auto& member : row.body)
      if (member.required) body[member.name] = values.at(member.name);
    Answer answer =
        row.method == net::Method::kGet ? chain.get(path) : chain.post(path, json::serialize(body));
    // A cursor names the list it belongs to, and so the height that was asked for.
    if (answer.json.as_object().contains("page")) answer.json.as_object().erase("page");
    CHECK((answer.json.as_object().contains("data") || answer.json.as_object().contains("error")));
    out[std::string(net::method_name(row.method)) + " " + row.pattern] = std::move(answer.json);
  }
  return out;
}

TEST_CASE("every route that shows the state shows it as it was at a height", "[http][rule:IF-20]") {
  TestChain chain(three_nodes());
  const std::string node = reflect::bytes_text(spec::KIND_NODE, node_of("n1").view());
  const std::string ann = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  const spec::Operation stake = delegate("n1", 2 * kWal);
  const std::string nothing = reflect::bytes_text(spec::KIND_OBJECT, base::Hash().view());
  std::map<std::string, std::string> values{
      {"node", node},
      {"account", ann},
      {"proposal", "1"},
      {"resource", nothing},
      {"vesting", nothing},
      {"bucket", nothing},
      {"blob", nothing},
      {"blobId", reflect::bytes_text(spec::KIND_BLOB, base::Hash().view())},
      {"amount", "2000000000"},
      {"size", "1048576"},
      {"epochs", "2"},
      {"storagePrice", "1"},
      {"envelope", base::to_base64(chain.sign("ann", stake))}};
  REQUIRE(chain.submit(chain.sign("ann", stake)).status == 202);
  chain.block();
  const Answer mine = chain.get("/v1/accounts/" + ann + "/stakes");
  values["stake"] = std::string(mine.json.at("data").at(0).at("id").as_string());

  std::map<std::uint64_t, std::map<std::string, json::value>> told;
  std::map<std::string, std::set<std::string>> seen;  // answers of a route, each once
  for (int i = 0; i < 400 && chain.core().head().epoch.value() < 3; ++i) {
    if (i == 5 || i == 30) REQUIRE(chain.submit(chain.sign("ann", stake)).status == 202);
    if (i == 15) {
      spec::Operation proposal;
      proposal.mutable_propose()->set_title("words");
      REQUIRE(chain.submit(chain.sign("ann", proposal)).status == 202);
    }
    chain.block(1'000);
    if (i % 13 == 0) REQUIRE(chain.core().checkpoint().ok());
    if (i % 5 != 0) continue;
    const std::uint64_t height = chain.core().head().height.value();
    told[height] = answers(chain, values, "");
    for (const auto& [route, answer] : told[height]) {
      const auto* data = answer.as_object().if_contains("data");
      seen[route].insert(data == nullptr ? "" : json::serialize(*data));
    }
  }
  REQUIRE(told.size() > 8);
  std::size_t moving = 0;
  for (const auto& [route, different] : seen) moving += different.size() > 1 ? 1u : 0u;
  CHECK(moving > 15);  // else equal answers would prove little
  chain.block();
  for (const bool written : {false, true}) {
    if (written) REQUIRE(chain.core().checkpoint().ok());
    for (const auto& [height, expected] : told) {
      const auto again = answers(chain, values, std::to_string(height));
      for (const auto& [route, answer] : expected) {
        INFO(route << " at " << height);
        CHECK(again.at(route) == answer);
      }
    }
  }
}

TEST_CASE("the document is served, and the committed one is that of the declarations",
          "[http][rule:IF-16]") {
  TestChain chain(chain_genesis({}));
  const Answer served = chain.get("/v1/openapi.json");
  REQUIRE(served.status == 200);
  CHECK(served.json.at("openapi").as_string() == "3.1.0");
  CHECK(served.json.at("paths").as_object().size() > 30);
  std::ifstream file("specs/generated/openapi.json");
  INFO("make specs/generated/openapi.json anew with `wald docs`");
  REQUIRE(file.good());
  std::stringstream committed;
  committed << file.rdbuf();
  const json::value parsed = json::parse(committed.str());
  const std::string version(parsed.at("info").at("version").as_string());
  CHECK(committed.str() == http::openapi_text(version));
}
