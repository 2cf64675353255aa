// SPDX-License-Identifier: Apache-2.0
// Routes that show ballots: tally, weight missing, votes, and who has not voted.
#include <catch2/catch.hpp>

#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/ballot_operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Genesis four_nodes() {
  spec::Genesis document = network({40'000, 30'000, 20'000, 15'000}, {{"ann", 100 * kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  set_param(document, "gov_deposit", kWal);
  return document;
}

void run(TestChain& chain, const std::string& from, const spec::Operation& operation) {
  REQUIRE(chain.submit(chain.sign(from, operation)).status == 202);
  chain.block();
}

std::uint64_t number_in(const boost::json::value& object, const char* name) {
  return std::stoull(std::string(object.at(name).as_string()));
}

}  // namespace

TEST_CASE("ballots: all of them, one with its tally, its votes and who is missing",
          "[http][rule:G-3][rule:G-4]") {
  TestChain chain(four_nodes());
  CHECK(chain.get("/v1/gov/proposals").json.at("data").as_array().empty());
  run(chain, "ann", propose_payment("treasury", "ann", 5 * kWal));
  run(chain, "ann", propose_text("words"));
  run(chain, "n1", vote_as("n1", 1, true));
  run(chain, "n2", vote_as("n2", 1, false));

  const Answer all = chain.get("/v1/gov/proposals");
  REQUIRE(all.status == 200);
  REQUIRE(all.json.at("data").as_array().size() == 2);
  const boost::json::value text = all.json.at("data").at(0);
  CHECK(text.at("title").as_string() == "words");
  CHECK(text.at("id").to_number<int>() == 2);
  CHECK(chain.get("/v1/gov/proposals?state=closed").json.at("data").as_array().empty());
  CHECK(chain.get("/v1/gov/proposals?state=open").json.at("data").as_array().size() == 2);
  CHECK(chain.get("/v1/gov/proposals?state=odd").reason() == "INVALID_PARAMETER");

  const Answer one = chain.get("/v1/gov/proposals/1");
  REQUIRE(one.status == 200);
  const boost::json::value row = one.json.at("data");
  CHECK(row == all.json.at("data").at(1));
  CHECK(row.at("treasury").at("fund").as_string() == "treasury");
  const std::uint64_t yes = number_in(row, "weightFor");
  CHECK(number_in(row, "quorum") == 24'333'334);  // of 36 shards
  CHECK(number_in(row, "missing") == 24'333'334 - yes);
  CHECK(number_in(row, "deposit") == kWal);
  const boost::json::array missing = row.at("notVoted").as_array();
  REQUIRE(missing.size() == 2);
  std::uint64_t rest = 0;
  for (const auto& member : missing) rest += number_in(member, "weight");
  CHECK(yes + number_in(row, "weightAgainst") + rest == 36'000'000);
  CHECK(chain.get("/v1/gov/proposals/1/not-voted").json.at("data") == row.at("notVoted"));
  const Answer votes = chain.get("/v1/gov/proposals/1/votes");
  REQUIRE(votes.json.at("data").as_array().size() == 2);
  CHECK(chain.get("/v1/gov/proposals/1?proof=true").json.as_object().contains("proof"));
  for (const char* part : {"", "/votes", "/not-voted"}) {
    CHECK(chain.get("/v1/gov/proposals/9" + std::string(part)).reason() == "PROPOSAL_NOT_FOUND");
    CHECK(chain.get("/v1/gov/proposals/01" + std::string(part)).status == 400);
  }
}
