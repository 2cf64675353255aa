// SPDX-License-Identifier: Apache-2.0
// What the routes of ballots show of versions and deny lists.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "ledger/state/keys.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/ballot_operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Genesis with_foundation() {
  spec::Genesis document =
      network({40'000, 30'000, 20'000, 15'000}, {{"ann", 100 * kWal}, {"found", 100 * kWal}});
  document.set_sequencer_key(ledger::text_of(key_of_name("sequencer").key));
  document.mutable_foundation()->set_account(ledger::text_of(account_of("found")));
  document.mutable_foundation()->set_sunset_epoch(9);
  set_param(document, "gov_deposit", kWal);
  return document;
}

boost::json::value shown(TestChain& chain, const std::string& from,
                         const spec::Operation& operation, int number) {
  REQUIRE(chain.submit(chain.sign(from, operation)).status == 202);
  chain.block();
  const Answer answer = chain.get("/v1/gov/proposals/" + std::to_string(number));
  REQUIRE(answer.status == 200);
  return answer.json.at("data");
}

}  // namespace

TEST_CASE("ballots: versions and deny lists are shown as they were proposed",
          "[http][rule:G-2][rule:G-6]") {
  TestChain chain(with_foundation());
  UpgradeOf upgrade;
  upgrade.activation = 7;
  upgrade.programs = {"one", "two"};
  const auto version = shown(chain, "ann", propose_upgrade(upgrade), 1);
  CHECK(version.at("kind").as_string() == "upgrade");
  const boost::json::value& plan = version.at("upgrade");
  CHECK(plan.at("version").to_number<int>() == 2);
  CHECK(plan.at("activation").to_number<int>() == 7);
  CHECK_FALSE(plan.at("urgent").as_bool());
  REQUIRE(plan.at("binaries").as_array().size() == 2);
  CHECK(plan.at("binaries").at(1).as_string() ==
        base::shown_hex(base::blake2b(base::as_bytes(std::string("two"))).view()));

  upgrade = {};
  upgrade.urgent = true;
  const auto urgent = shown(chain, "found", propose_upgrade(upgrade), 2);
  CHECK(urgent.at("upgrade").at("urgent").as_bool());
  // Three days, where the others have their epochs of half a minute.
  const std::string closes(urgent.at("deadline").at("time").as_string());
  CHECK(closes > std::string(version.at("deadline").at("time").as_string()));
  const auto record = ledger::must_load(*chain.core().view(), ledger::kProposals, std::uint32_t{2});
  CHECK(record.closes->value() == record.opened_at.value() + 3 * 86'400'000ull);

  const DenyListOf list{"n2", 4, 12'345};
  const auto denied = shown(chain, "ann", propose_deny_list(list), 3);
  CHECK(denied.at("kind").as_string() == "denyList");
  const boost::json::value& entry = denied.at("denyList");
  CHECK(entry.at("node").as_string() == base::shown_hex(node_of("n2").view()));
  CHECK(entry.at("root").as_string() == base::shown_hex(list.root.view()));
  CHECK(entry.at("size").as_string() == "12345");
  CHECK(entry.at("sequence").as_string() == "4");
}
