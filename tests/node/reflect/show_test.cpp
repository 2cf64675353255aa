// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/show.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "specs/proto/query.pb.h"

namespace wald::reflect {
namespace {

TEST_CASE("show: values in the units of people, exact, and no control characters",
          "[node][reflect]") {
  const auto json = boost::json::parse(
      R"({"id":"0x01","name":"a\u001b[31m","stake":{"now":"1500000000","next":"1"},)"
      R"("commissionBps":600,"votes":{"capacity":"1073741824"}})");
  const auto lines = show_object(*spec::Node::descriptor(), json.as_object());
  const auto has = [&](const std::string& text) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  };
  CHECK(has("1.5 WAL"));
  CHECK(has("0.000000001 WAL"));
  CHECK(has("6.00 %"));
  CHECK(has("1 GiB"));
  CHECK_FALSE(has("\x1b"));
  ShowOptions frost;
  frost.frost = true;
  CHECK(show_object(*spec::Node::descriptor(), json.as_object(), frost)
            .at(2)
            .find("1500000000 FROST") != std::string::npos);
}

TEST_CASE("show: tables align and say where a value is missing", "[node][reflect]") {
  const auto rows =
      boost::json::parse(R"([{"name":"ä","stake":{"now":"1"}},{"name":"long name"}])").as_array();
  const auto lines =
      show_table(*spec::Node::descriptor(), rows, {{"name", "NAME"}, {"stake.now", "STAKE"}});
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "NAME       STAKE");
  CHECK(lines[1] == "ä          0.000000001 WAL");
  CHECK(lines[2] == "long name  -");
}

TEST_CASE("show: distances in two units", "[node][reflect]") {
  CHECK(distance(0, 5'000) == "in 5 s");
  CHECK(distance(90'000, 0) == "1 min 30 s ago");
  CHECK(distance(0, 3'600'000) == "in 1 h");
  CHECK(distance(0, 3 * 86'400'000ull + 4 * 3'600'000) == "in 3 d 4 h");
}

TEST_CASE("show: millionths and yearly rates are percent, exactly", "[node][reflect]") {
  const auto row = boost::json::parse(
      R"({"standing":1000000,"proofs":{"storePpm":6666},"apr":{"e1":"0.0841","e4":"-0.5000",)"
      R"("e12":"12.0000"},"name":""})");
  const auto lines = show_object(*spec::Node::descriptor(), row.as_object());
  const auto value_of = [&](const std::string& name) {
    for (const std::string& line : lines)
      if (line.starts_with(name + " "))
        return line.substr(line.find_first_not_of(' ', name.size()));
    return std::string("none");
  };
  CHECK(value_of("standing") == "100 %");
  CHECK(value_of("proofs.storePpm") == "0.6666 %");
  CHECK(value_of("apr.e1") == "8.41 %");
  CHECK(value_of("apr.e4") == "-50.00 %");
  CHECK(value_of("apr.e12") == "1200.00 %");
  CHECK(value_of("name") == "none");  // nothing to say
}

TEST_CASE("show: csv quotes what needs it and splits amounts", "[node][reflect][rule:IF-11]") {
  const auto rows =
      boost::json::parse(R"([{"name":"a,\"b\"","stake":{"now":"1500000000"}},{"name":"plain"}])");
  const auto lines = show_csv(*spec::Node::descriptor(), rows.as_array(),
                              {{"name", "NAME"}, {"stake.now", "STAKE"}});
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "name,stake.nowFrost,stake.nowWal");
  CHECK(lines[1] == "\"a,\"\"b\"\"\",1500000000,1.5");
  CHECK(lines[2] == "plain,,");
}

TEST_CASE("show: an operation in words, and no foreign control characters", "[node][reflect]") {
  spec::Operation operation;
  operation.mutable_burn()->set_amount(1'000'000'000);
  const auto lines = describe(operation);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "  amount  1 WAL");
  CHECK(describe(spec::Operation()).empty());
  CHECK(safe("a\x1b[2J\n") == "a?[2J?");
}

}  // namespace
}  // namespace wald::reflect
