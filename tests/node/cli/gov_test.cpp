// SPDX-License-Identifier: Apache-2.0
// `wal gov` against a chain with storage nodes: a ballot from the proposal to its execution, and
// what is refused on the way.
#include <catch2/catch.hpp>

#include "codec/base/hash.h"
#include "codec/base/text.h"
#include "ledger/records.h"
#include "tests/node/cli/wal_program.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Genesis members() {
  spec::Genesis document =
      network({50'000, 40'000, 30'000, 20'000}, {{"ann", 200 * kWal}, {"bob", kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  set_param(document, "gov_deposit", 10 * kWal);
  set_param(document, "gov_delay", 2'000);
  return document;
}

// Blocks are made by hand, so that epochs pass when the test says so.
struct Setup {
  explicit Setup(const spec::Genesis& document = members()) : chain(document), wal(chain.url()) {
    for (const char* name : {"ann", "bob", "n1", "n2", "n3", "n4"}) wal.add_key(name);
    chain.block();
  }
  Ran as(const std::string& from, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--from", from, "--yes", "--wait", "accepted", "--json"});
    Ran ran = wal.run(arguments);
    chain.block();
    return ran;
  }
  std::string state_of(const std::string& ballot) {
    const Ran ran = wal.run({"gov", "show", ballot, "--json"});
    return std::string(ran.json().at("data").at("state").as_string());
  }
  TestChain chain;
  WalProgram wal;
};

std::string hash_text(const std::string& text) {
  return base::shown_hex(base::blake2b(base::as_bytes(text)).view());
}

}  // namespace

TEST_CASE("wal gov: a payment is proposed, voted, counted and executed",
          "[cli][rule:G-1][rule:G-4]") {
  Setup s;
  const Ran made = s.as("ann", {"gov", "propose", "treasury", "--title", "a grant", "--text", "why",
                                "--payee", "bob", "--amount", "5WAL"});
  INFO(made.err);
  REQUIRE(made.code == 0);
  CHECK(made.err.find("the deposit returns") != std::string::npos);
  const Ran list = s.wal.run({"gov", "list", "--json"});
  REQUIRE(list.json().at("data").as_array().size() == 1);
  CHECK(list.json().at("data").at(0).at("title").as_string() == "a grant");
  CHECK(s.wal.run({"gov", "list"}).out.find("a grant") != std::string::npos);
  CHECK(s.wal.run({"gov", "list", "--state", "closed", "--json"})
            .json()
            .at("data")
            .as_array()
            .empty());

  s.wal.write("reason.md", "because");
  REQUIRE(s.as("n1",
               {"gov", "vote", "1", "yes", "--as", "n1", "--reason-file", s.wal.path("reason.md")})
              .code == 0);
  REQUIRE(s.as("n2", {"gov", "vote", "1", "yes", "--as", "n2"}).code == 0);
  const Ran tally = s.wal.run({"gov", "tally", "1", "--json"});
  REQUIRE(tally.code == 0);
  CHECK(tally.json().at("data").at("notVoted").as_array().size() == 2);
  CHECK_FALSE(tally.json().at("data").as_object().contains("text"));
  CHECK(s.wal.run({"gov", "tally", "1"}).out.find("NOT VOTED") != std::string::npos);
  REQUIRE(s.as("n3", {"gov", "vote", "1", "yes", "--as", "n3"}).code == 0);
  const auto votes = s.wal.run({"gov", "votes", "1", "--json"}).json();
  REQUIRE(votes.at("data").as_array().size() == 3);
  bool reason = false;
  for (const auto& row : votes.at("data").as_array())
    if (const auto* given = row.as_object().if_contains("reason"))
      reason = reason || given->as_string() == hash_text("because");
  CHECK(reason);

  CHECK(s.as("ann", {"gov", "execute", "1"}).code == 4);  // not counted yet
  for (int i = 0; i < 400 && s.state_of("1") == "open"; ++i) s.chain.block(1'000);
  REQUIRE(s.state_of("1") == "passed");
  for (int i = 0; i < 3; ++i) s.chain.block(1'000);
  const Ran executed = s.as("bob", {"gov", "execute", "1"});
  INFO(executed.err);
  REQUIRE(executed.code == 0);
  CHECK(s.state_of("1") == "executed");
  CHECK(s.as("bob", {"gov", "execute", "1"}).code == 4);
  const Ran history = s.wal.run({"gov", "history", "--json"});
  CHECK(history.json().at("data").as_array().size() == 1);
}

TEST_CASE("wal gov: what is refused before a node is asked, and by the rules of the ledger",
          "[cli][rule:IF-10]") {
  Setup s;
  const auto code = [&](std::vector<std::string> arguments, const std::string& from = "ann") {
    arguments.insert(arguments.begin(), "gov");
    const Ran ran = s.as(from, std::move(arguments));
    INFO(ran.err);
    return ran.code;
  };
  CHECK(code({"propose", "upgrade", "--title", "t"}) == 2);
  CHECK(code({"propose", "nothing", "--title", "t"}) == 2);
  CHECK(code({"propose", "text"}) == 2);  // no title
  CHECK(code({"propose", "text", "--title", "t", "--amount", "5WAL"}) == 2);
  CHECK(code({"propose", "parameter", "--title", "t"}) == 2);
  CHECK(code({"propose", "parameter", "--title", "t", "--set", "price_step"}) == 2);
  CHECK(code({"propose", "parameter", "--title", "t", "--set", "price_step=5%"}) == 2);
  CHECK(code({"propose", "slash", "--title", "t"}) == 2);
  CHECK(code({"propose", "treasury", "--title", "t", "--payee", "bob"}) == 2);
  CHECK(code({"propose", "treasury", "--title", "t", "--payee", "bob", "--amount", "5"}) == 2);
  const std::vector<std::string> payment{"propose", "treasury", "--title", "t",        "--text",
                                         "w",       "--payee",  "bob",     "--amount", "5WAL"};
  const auto with = [&](const std::vector<std::string>& more) {
    auto all = payment;
    all.insert(all.end(), more.begin(), more.end());
    return code(all);
  };
  CHECK(with({"--vesting-steps", "4"}) == 2);
  const std::string now = "2024-01-01T00:00:00Z", then = "2025-01-01T00:00:00Z";
  CHECK(with({"--vesting-start", now, "--vesting-cliff", now, "--vesting-end", "soon",
              "--vesting-steps", "4"}) == 2);
  CHECK(with({"--vesting-start", then, "--vesting-cliff", now, "--vesting-end", now,
              "--vesting-steps", "4"}) == 4);  // no schedule (T-3)
  CHECK(code({"propose", "text", "--title", "t", "--link", "https://a.example/b"}) == 2);
  CHECK(code({"propose", "text", "--title", "t", "--text", "a", "--text-file", "b"}) == 2);
  CHECK(code({"propose", "text", "--title", "t", "--text-file", s.wal.path("none")}) == 2);
  CHECK(code({"propose", "parameter", "--title", "t", "--set", "no_such=1"}) == 4);
  CHECK(code({"propose", "parameter", "--title", "t", "--set", "price_step=99999"}) == 4);
  CHECK(code({"propose", "slash", "--title", "t", "--node", "n1"}) == 4);  // without a reason
  CHECK(code({"propose", "text", "--title", "t"}, "bob") == 4);            // the deposit
  CHECK(s.wal.run({"gov", "list", "--json"}).json().at("data").as_array().empty());

  REQUIRE(with({"--vesting-start", now, "--vesting-cliff", now, "--vesting-end", then,
                "--vesting-steps", "4"}) == 0);
  const auto paid = s.wal.run({"gov", "show", "1", "--json"}).json().at("data");
  CHECK(paid.at("treasury").at("vesting").at("steps").to_number<int>() == 4);
  CHECK(paid.at("treasury").at("vesting").at("end").as_string() == "2025-01-01T00:00:00.000Z");

  s.wal.write("why.md", "long words");
  REQUIRE(code({"propose", "parameter", "--title", "step", "--set", "price_step=1000", "--link",
                "https://a.example/b", "--text-file", s.wal.path("why.md")}) == 0);
  const auto shown = s.wal.run({"gov", "show", "2", "--json"}).json().at("data");
  CHECK(shown.at("textHash").as_string() == hash_text("long words"));
  CHECK(shown.at("parameter").at("values").at(0).at("name").as_string() == "price_step");
  const Ran digest = s.wal.run({"gov", "digest", s.wal.path("why.md"), "--json"});
  REQUIRE(digest.code == 0);
  CHECK(digest.json().at("data").at("hash") == shown.at("textHash"));
  CHECK(s.wal.run({"gov", "digest", s.wal.path("none")}).code == 2);

  CHECK(code({"vote", "2", "maybe", "--as", "n1"}, "n1") == 2);
  CHECK(code({"vote", "2", "yes"}, "n1") == 2);
  CHECK(code({"vote", "2", "yes", "--as", "n1", "--stake", "0x12"}, "n1") == 2);
  CHECK(code({"vote", "0", "yes", "--as", "n1"}, "n1") == 2);
  CHECK(code({"vote", "9", "yes", "--as", "n1"}, "n1") == 4);
  CHECK(code({"vote", "2", "yes", "--as", "n1"}, "ann") == 4);  // not its governance account
  CHECK(code({"vote", "2", "yes", "--stake", "0x12"}, "ann") == 4);
  CHECK(code({"vote", "2", "no", "--as", "n1"}, "n1") == 0);
  CHECK(code({"vote", "2", "yes", "--as", "n1"}, "n1") == 4);  // a vote is final
  CHECK(s.wal.run({"gov", "show", "9"}).code == 3);
  CHECK(s.wal.run({"gov", "show", "x"}).code == 2);
  CHECK(s.wal.run({"gov", "votes", "9"}).code == 3);
  const Ran alone = s.wal.run({"gov", "vote", "2", "yes", "--as", "n2", "--from", "n2"});
  CHECK(alone.code == 2);  // nobody to ask
}

TEST_CASE("wal gov propose: versions, urgent ones and deny lists", "[cli][rule:G-2][rule:G-8]") {
  Setup s;
  const auto propose = [&](std::vector<std::string> arguments, const std::string& from = "ann") {
    arguments.insert(arguments.begin(), {"gov", "propose"});
    arguments.insert(arguments.end(), {"--title", "t", "--text", "why"});
    const Ran ran = s.as(from, std::move(arguments));
    INFO(ran.err);
    return ran.code;
  };
  const std::string program = hash_text("a program");
  // By the program's own reading.
  CHECK(propose({"upgrade", "--program", program, "--activation", "9"}) == 2);
  CHECK(propose({"upgrade", "--protocol", "2", "--activation", "9"}) == 2);
  CHECK(propose({"upgrade", "--protocol", "2", "--program", program}) == 2);
  CHECK(propose({"upgrade", "--protocol", "2", "--program", "0x12", "--activation", "9"}) == 2);
  CHECK(propose({"upgrade", "--protocol", "x", "--program", program, "--activation", "9"}) == 2);
  CHECK(propose({"upgrade", "--protocol", "2", "--program", program, "--activation", "9",
                 "--urgent"}) == 2);
  CHECK(propose({"upgrade", "--node", "n1"}) == 2);
  CHECK(propose({"deny-list", "--root", program, "--size", "5MiB", "--sequence", "1"}) == 2);
  CHECK(propose({"deny-list", "--node", "n1", "--size", "5MiB", "--sequence", "1"}) == 2);
  CHECK(propose({"deny-list", "--node", "n1", "--root", program, "--sequence", "1"}) == 2);
  CHECK(propose({"deny-list", "--node", "n1", "--root", program, "--size", "5MiB"}) == 2);
  CHECK(propose({"deny-list", "--node", "n1", "--root", program, "--size", "5MiB", "--sequence",
                 "1", "--urgent"}) == 2);
  // By the rules of the ledger: the next version, the foundation alone, a number above 0.
  CHECK(propose({"upgrade", "--protocol", "3", "--program", program, "--activation", "9"}) == 4);
  CHECK(propose({"upgrade", "--protocol", "2", "--program", program, "--urgent"}) == 4);
  CHECK(propose({"deny-list", "--node", "n1", "--root", program, "--size", "5MiB", "--sequence",
                 "0"}) == 4);

  REQUIRE(propose({"upgrade", "--protocol", "2", "--program", program, "--program",
                   hash_text("another"), "--activation", "9"}) == 0);
  const auto upgrade = s.wal.run({"gov", "show", "1", "--json"}).json().at("data").at("upgrade");
  CHECK(upgrade.at("version").to_number<int>() == 2);
  CHECK(upgrade.at("activation").to_number<int>() == 9);
  CHECK(upgrade.at("binaries").as_array().size() == 2);
  CHECK(upgrade.at("binaries").at(0).as_string() == program);
  REQUIRE(propose({"deny-list", "--node", "n1", "--root", program, "--size", "5MiB", "--sequence",
                   "1"}) == 0);
  const auto list = s.wal.run({"gov", "show", "2", "--json"}).json().at("data").at("denyList");
  CHECK(list.at("root").as_string() == program);
  CHECK(list.at("size").as_string() == "5242880");
  CHECK(list.at("sequence").as_string() == "1");
}

TEST_CASE("wal gov propose: an urgent upgrade by the foundation", "[cli][rule:G-8]") {
  spec::Genesis document = members();
  document.mutable_foundation()->set_account(ledger::text_of(account_of("ann")));
  document.mutable_foundation()->set_sunset_epoch(9);
  Setup s(document);
  REQUIRE(s.as("ann", {"gov", "propose", "upgrade", "--title", "t", "--text", "why", "--protocol",
                       "2", "--program", hash_text("a program"), "--urgent"})
              .code == 0);
  const auto shown = s.wal.run({"gov", "show", "1", "--json"}).json().at("data").at("upgrade");
  CHECK(shown.at("urgent").as_bool());
}

TEST_CASE("wal epoch schedule, wal node votes and delegators", "[cli][rule:P-4][rule:Q-2]") {
  Setup s;
  const Ran before = s.wal.run({"epoch", "schedule", "--json"});
  INFO(before.err);
  REQUIRE(before.code == 0);
  const auto early = before.json().at("data");
  CHECK(early.at("stakeNowCountsFromEpoch").to_number<int>() == 2);
  CHECK(early.at("until") == early.at("selectsAt"));
  CHECK(early.at("thenFromEpoch").to_number<int>() == 3);
  for (int i = 0; i < 16; ++i) s.chain.block();
  const auto late = s.wal.run({"epoch", "schedule", "--json"}).json().at("data");
  CHECK(late.at("state").as_string() == "selected");
  CHECK(late.at("stakeNowCountsFromEpoch").to_number<int>() == 3);
  CHECK_FALSE(late.as_object().contains("until"));

  for (const char* what : {"storage-price", "write-price", "capacity"}) {
    const Ran votes = s.wal.run({"node", "votes", "--param", what, "--json"});
    REQUIRE(votes.code == 0);
    const auto rows = votes.json().at("data").at("votes").as_array();
    REQUIRE(rows.size() == 4);
    int decides = 0;
    for (const auto& row : rows) decides += row.at("decides").as_bool() ? 1 : 0;
    CHECK(decides == 1);
  }
  const std::string table = s.wal.run({"node", "votes"}).out;
  CHECK(table.find("DECIDES") != std::string::npos);
  CHECK(s.wal.run({"node", "votes", "--param", "price"}).code == 2);

  const Ran stakes = s.wal.run({"node", "delegators", "n1", "--json"});
  REQUIRE(stakes.code == 0);
  REQUIRE(stakes.json().at("data").as_array().size() == 1);
  CHECK(stakes.json().at("data").at(0).at("principal").as_string() ==
        std::to_string(50'000 * kWal));
  CHECK(s.wal.run({"node", "delegators", "n77"}).code != 0);
}

TEST_CASE("wal gov: votes on prices, parameters, pauses and the foundation", "[cli][rule:Q-2]") {
  Setup s;
  const Ran prices = s.wal.run({"gov", "prices", "--json"});
  REQUIRE(prices.code == 0);
  CHECK(prices.json().at("data").at("members").as_array().size() == 4);
  CHECK(s.wal.run({"gov", "prices"}).out.find("STORAGE PRICE") != std::string::npos);
  CHECK(s.wal.run({"gov", "params", "--json"}).json().at("data") ==
        s.wal.run({"epoch", "params", "--json"}).json().at("data"));
  CHECK(s.wal.run({"gov", "pauses", "--json"}).json().at("data").as_array().size() == 4);
  CHECK(s.wal.run({"gov", "foundation"}).code == 3);
  const Ran seat = s.wal.run({"operator", "next-seat", "--from", "n3", "--json"});
  INFO(seat.err);
  REQUIRE(seat.code == 0);
  CHECK(seat.json().at("data").at("stands").as_bool());
  const Ran duties = s.wal.run({"operator", "duties", "--from", "n3", "--json"});
  CHECK(duties.json().at("data").at("seated").as_bool());
  CHECK(s.wal.run({"operator", "duties", "--from", "ann"}).code == 2);
  const Ran history = s.wal.run({"node", "history", "n3", "--json"});
  CHECK(history.code == 0);
  const Ran has = s.wal.run({"account", "balances", "ann", "--json"});
  REQUIRE(has.code == 0);
  CHECK(has.json().at("data").at("total").as_string() == std::to_string(200 * kWal));
  const Ran usage = s.wal.run({"storage", "usage", "--json"});
  CHECK(usage.json().at("data").as_array().size() > 10);
}

TEST_CASE("wal stake unstake: the preview names the early-exit fee and when it is nothing",
          "[cli][rule:X-1]") {
  Setup s;
  REQUIRE(s.as("ann", {"stake", "add", "--node", "n1", "--amount", "100WAL"}).code == 0);
  const Ran mine = s.wal.run({"stake", "list", "--owner", "ann", "--json"});
  const std::string id(mine.json().at("data").at(0).at("id").as_string());
  const auto state = [&] {
    return std::string(
        s.wal.run({"stake", "show", id, "--json"}).json().at("data").at("state").as_string());
  };
  for (int i = 0; i < 200 && state() != "active"; ++i) s.chain.block(1'000);
  const Ran ran = s.wal.run({"stake", "unstake", id, "--from", "ann", "--dry-run"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const std::string all = ran.out + ran.err;
  CHECK(all.find("early-exit fee 0.") != std::string::npos);
  CHECK(all.find("of 100 WAL") != std::string::npos);
  CHECK(all.find("nothing for a stake that is out in epoch") != std::string::npos);
}

TEST_CASE("wal stake add: WAL that is locked in a vesting can be staked", "[cli][rule:T-3]") {
  Setup s;
  const std::string begins = "2023-11-14T22:13:20.000Z", ends = "2040-01-01T00:00:00.000Z";
  const std::string bob = base::shown_hex(account_of("bob").view());
  const Ran made =
      s.as("ann", {"tx", "create-vesting", "--beneficiary", bob, "--amount", "20WAL", "--start",
                   begins, "--cliff", begins, "--end", ends, "--steps", "10"});
  INFO(made.err);
  REQUIRE(made.code == 0);
  const auto list = s.chain.get("/v1/accounts/" + bob + "/vestings").json;
  REQUIRE(list.at("data").as_array().size() == 1);
  const std::string id(list.at("data").at(0).at("id").as_string());
  const Ran staked =
      s.as("bob", {"stake", "add", "--node", "n1", "--amount", "15WAL", "--vesting", id});
  INFO(staked.err);
  REQUIRE(staked.code == 0);
  const auto stakes = s.wal.run({"stake", "list", "--owner", "bob", "--json"}).json();
  CHECK(stakes.at("data").at(0).at("vesting").as_string() == id);
  CHECK(s.as("bob", {"stake", "add", "--node", "n1", "--amount", "15WAL", "--vesting", id}).code ==
        4);  // so much is not locked any more
}
