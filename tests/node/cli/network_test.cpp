// SPDX-License-Identifier: Apache-2.0
// `wal` against a real chain.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/client/registration.h"
#include "node/client/transaction.h"
#include "tests/node/cli/two_accounts.h"

using namespace wald;
using namespace wald::tests;

namespace {

struct Setup : TwoAccounts {
  Setup() {
    wal.add_key("ann");
    wal.add_key("bob");
  }
};

}  // namespace

TEST_CASE("wal account: send moves the money, and the numbers agree", "[cli]") {
  Setup s;
  const Ran before = s.wal.run({"account", "balance", "bob", "--json"});
  REQUIRE(before.code == 0);
  CHECK(before.json().at("data").at("balance").as_string() == std::to_string(10 * kWal));
  const Ran sent =
      s.wal.run({"account", "send", "bob", "1.5WAL", "--from", "ann", "--yes", "--json"});
  INFO(sent.err);
  REQUIRE(sent.code == 0);
  CHECK(sent.json().at("data").at("state").as_string() == "committed");
  CHECK(sent.err.find("1.5 WAL") != std::string::npos);
  CHECK(sent.err.find("Fee") != std::string::npos);
  const Ran after = s.wal.run({"account", "show", id_of("bob"), "--json"});
  CHECK(after.json().at("data").at("balance").as_string() ==
        std::to_string(10 * kWal + kWal + kWal / 2));
  const std::string digest(sent.json().at("data").at("digest").as_string());
  const Ran status = s.wal.run({"tx", "status", digest, "--json"});
  CHECK(status.json().at("data") == sent.json().at("data"));
  const Ran history = s.wal.run({"account", "history", "bob", "--output", "jsonl"});
  REQUIRE(history.code == 0);
  CHECK(boost::json::parse(history.out).at("change").as_string() == std::to_string(3 * kWal / 2));
  CHECK(s.wal.run({"account", "history", "bob", "--kind", "fee", "--output", "jsonl"}).out.empty());
  const Ran text = s.wal.run({"account", "balance", "bob"});
  CHECK(text.out.find("11.5 WAL") != std::string::npos);
}

TEST_CASE("wal: a dry run shows what would be and exits as the real thing would",
          "[cli][rule:IF-11]") {
  Setup s;
  const Ran good =
      s.wal.run({"account", "send", "bob", "1WAL", "--from", "ann", "--dry-run", "--json"});
  INFO(good.err);
  REQUIRE(good.code == 0);
  CHECK(good.json().at("data").at("code").as_string() == "OK");
  CHECK(good.json().at("data").at("events").as_array().size() == 1);
  CHECK_FALSE(good.json().at("data").at("preview").as_array().empty());
  const Ran poor =
      s.wal.run({"account", "send", "ann", "900WAL", "--from", "bob", "--dry-run", "--json"});
  CHECK(poor.code == 4);
  CHECK(poor.err.find("INSUFFICIENT") != std::string::npos);
  const Ran real = s.wal.run({"account", "send", "ann", "900WAL", "--from", "bob", "--yes"});
  CHECK(real.code == 4);
  CHECK(s.chain.core().head().height.value() == 0);  // nothing was sent
  const Ran limit = s.wal.run(
      {"account", "send", "bob", "1WAL", "--from", "ann", "--yes", "--max-fee", "1FROST"});
  CHECK(limit.code == 4);
}

TEST_CASE("wal: what is not there is 3, an id of another form 2", "[cli][rule:IF-10]") {
  Setup s;
  CHECK(s.wal.run({"account", "show", "0x" + std::string(64, '7')}).code == 3);
  CHECK(s.wal.run({"stake", "show", "0x12"}).code == 3);
  CHECK(s.wal.run({"stake", "show", "0xzz"}).code == 2);
  CHECK(s.wal.run({"node", "show", "nobody"}).code == 3);
  CHECK(s.wal.run({"tx", "status", base::to_base58(base::Bytes(32, 3))}).code == 3);
  CHECK(s.wal.run({"tx", "status", "0OIl"}).code == 2);
  CHECK(s.wal.run({"events", "list", "--type", "stake.eaten"}).code == 2);
}

TEST_CASE("wal --verify: balances and absences are proved against the genesis document",
          "[cli][rule:IF-12]") {
  Setup s;
  REQUIRE(s.wal.run({"account", "send", "bob", "1WAL", "--from", "ann", "--yes"}).code == 0);
  s.wal.write("genesis.bin", base::string_of(s.chain.genesis_bytes()));
  const auto verified = [&](const std::string& who, const std::string& genesis) {
    return s.wal.run({"account", "show", who, "--verify", "--genesis", s.wal.path(genesis)});
  };
  const Ran good = verified("bob", "genesis.bin");
  INFO(good.err);
  CHECK(good.code == 0);
  CHECK(verified("0x" + std::string(64, '7'), "genesis.bin").code == 3);
  CHECK(s.wal.run({"account", "show", "bob", "--verify"}).code == 2);
  spec::Genesis other = chain_genesis({{"ann", 5'000 * kWal}, {"bob", 11 * kWal}});
  s.wal.write("other.bin", base::string_of(wire::write_canonical(other)));
  const Ran wrong = verified("bob", "other.bin");
  CHECK(wrong.code == 10);
  CHECK(wrong.err.find("another chain") != std::string::npos);
  s.wal.write("broken.bin", "rubbish");
  CHECK(verified("bob", "broken.bin").code == 2);
}

TEST_CASE("wal operator and stake: register, vote, delegate, leave", "[cli]") {
  Setup s;
  s.wal.add_key("proto", keys::Role::kProtocol);
  s.wal.add_key("vrf", keys::Role::kVrf);
  const Ran wrong_role = s.wal.run({"operator",
                                    "register",
                                    "--name",
                                    "north",
                                    "--address",
                                    "127.0.0.1:9000",
                                    "--protocol-key",
                                    "ann",
                                    "--vrf-key",
                                    "vrf",
                                    "--commission",
                                    "6%",
                                    "--storage-price",
                                    "1000FROST",
                                    "--write-price",
                                    "100FROST",
                                    "--capacity",
                                    "1GiB",
                                    "--from",
                                    "ann",
                                    "--yes"});
  CHECK(wrong_role.code == 7);
  const Ran made = s.wal.run({"operator",        "register",
                              "--name",          "north",
                              "--address",       "127.0.0.1:9000",
                              "--protocol-key",  "proto",
                              "--vrf-key",       "vrf",
                              "--commission",    "6%",
                              "--storage-price", "1000FROST",
                              "--write-price",   "100FROST",
                              "--capacity",      "1GiB",
                              "--from",          "ann",
                              "--yes",           "--json"});
  INFO(made.err);
  REQUIRE(made.code == 0);
  const Ran status = s.wal.run({"operator", "status", "--from", "ann", "--json"});
  REQUIRE(status.code == 0);
  CHECK(status.json().at("data").at("commissionBps").to_number<int>() == 600);
  CHECK(status.json().at("data").at("name").as_string() == "north");
  CHECK(s.wal.run({"operator", "status", "--from", "bob"}).code == 2);
  const Ran price = s.wal.run(
      {"operator", "set-price", "--storage-price", "2000FROST", "--from", "ann", "--yes"});
  INFO(price.err);
  CHECK(price.code == 0);
  CHECK(s.wal.run({"operator", "set-price", "--from", "ann", "--yes"}).code == 2);
  CHECK(s.wal.run({"operator", "set-commission", "7%", "--from", "ann", "--yes"}).code == 0);
  CHECK(s.wal.run({"operator", "set-commission", "7", "--from", "ann", "--yes"}).code == 2);
  const Ran node = s.wal.run({"node", "show", "north", "--json"});
  CHECK(node.json().at("data").at("votes").at("storagePrice").as_string() == "2000");

  const Ran estimate =
      s.wal.run({"stake", "estimate", "--node", "north", "--amount", "2WAL", "--json"});
  INFO(estimate.err);
  CHECK(estimate.code == 0);
  const Ran staked = s.wal.run(
      {"stake", "add", "--node", "north", "--amount", "2WAL", "--from", "bob", "--yes", "--json"});
  INFO(staked.err);
  REQUIRE(staked.code == 0);
  CHECK(staked.err.find("2 WAL") != std::string::npos);
  CHECK(staked.err.find("node \"north\", candidate, commission 6.00 %") != std::string::npos);
  CHECK(staked.err.find("counts from epoch") != std::string::npos);
  const Ran list = s.wal.run({"stake", "list", "--owner", "bob", "--json"});
  REQUIRE(list.json().at("data").as_array().size() == 1);
  const std::string id(list.json().at("data").at(0).at("id").as_string());
  CHECK(s.wal.run({"stake", "show", id}).code == 0);
  CHECK(s.wal.run({"stake", "unstake", id, "--from", "ann", "--yes"}).code == 4);

  // Parts, wholes and gifts.
  const auto yes = [&](std::vector<std::string> arguments, const std::string& from) {
    arguments.insert(arguments.end(), {"--from", from, "--yes"});
    const Ran ran = s.wal.run(arguments);
    INFO(ran.err);
    return ran.code;
  };
  const auto stakes_of = [&](const std::string& owner) {
    std::vector<std::string> ids;
    const auto answer = s.wal.run({"stake", "list", "--owner", owner, "--json"}).json();
    for (const auto& row : answer.at("data").as_array()) ids.emplace_back(row.at("id").as_string());
    return ids;
  };
  CHECK(yes({"stake", "split", id, "--amount", "1WAL"}, "bob") == 0);
  auto parts = stakes_of("bob");
  REQUIRE(parts.size() == 2);
  const std::string other = parts[0] == id ? parts[1] : parts[0];
  CHECK(yes({"stake", "split", id, "--amount", "1WAL"}, "bob") == 4);  // under the least stake
  CHECK(yes({"stake", "transfer", other, "ann"}, "bob") == 0);
  CHECK(stakes_of("ann") == std::vector<std::string>{other});
  CHECK(yes({"stake", "transfer", other, "bob"}, "ann") == 0);
  CHECK(yes({"stake", "merge", id, id}, "bob") == 4);
  CHECK(yes({"stake", "merge", id, other}, "bob") == 0);
  CHECK(stakes_of("bob") == std::vector<std::string>{id});
  CHECK(yes({"stake", "move", id}, "bob") == 2);
  CHECK(yes({"stake", "move", id, "--to", "north"}, "bob") == 4);  // where it is

  // What the accounts behind the node may change.
  CHECK(yes({"operator", "set-metadata"}, "ann") == 2);
  CHECK(yes({"operator", "set-metadata", "--description", "fast disks"}, "ann") == 0);
  CHECK(yes({"operator", "set-address", "nowhere"}, "ann") == 4);
  CHECK(yes({"operator", "set-address", "127.0.0.1:9186"}, "ann") == 0);
  CHECK(yes({"operator", "set-commission-receiver", "bob"}, "ann") == 0);
  CHECK(yes({"operator", "set-governance", "bob"}, "ann") == 0);
  CHECK(yes({"operator", "leave"}, "ann") == 0);
  CHECK(yes({"operator", "leave"}, "ann") == 4);
  CHECK(yes({"operator", "return"}, "ann") == 0);
  CHECK(yes({"operator", "set-operator", "bob"}, "ann") == 0);
  const Ran described = s.wal.run({"operator", "status", "--from", "bob", "--json"});
  REQUIRE(described.code == 0);
  CHECK(described.json().at("data").at("address").as_string() == "127.0.0.1:9186");
  CHECK(described.json().at("data").at("governanceAccount") ==
        described.json().at("data").at("commissionAccount"));
  CHECK(s.wal.run({"stake", "withdraw", "--from", "bob", "--yes"}).code == 2);
  CHECK(s.wal.run({"stake", "withdraw", "--all-ready", "--from", "bob", "--yes"}).code == 0);
  const Ran part = s.wal.run({"stake", "withdraw", id, "0x12", "--from", "bob", "--yes", "--json"});
  INFO(part.err);
  CHECK(part.code == 9);  // pending stake may leave at once, the other is nobody's
  CHECK(part.json().at("data").at("code").as_string() == "OK");
  CHECK(part.err.find("1 of 2 stakes") != std::string::npos);
  CHECK(s.wal.run({"stake", "list", "--owner", "bob", "--json"})
            .json()
            .at("data")
            .as_array()
            .empty());
}

TEST_CASE("wal tx: a type from its declaration, unsigned, signed elsewhere, submitted",
          "[cli][rule:IF-14]") {
  Setup s;
  const std::string file = s.wal.path("burn.json");
  const Ran built =
      s.wal.run({"tx", "burn", "--amount", "1WAL", "--from", "ann", "--unsigned", file});
  INFO(built.err);
  REQUIRE(built.code == 0);
  CHECK(s.chain.core().head().height.value() == 0);
  const Ran decoded = s.wal.run({"tx", "decode", file});
  CHECK(decoded.code == 0);
  CHECK(decoded.out.find("1 WAL") != std::string::npos);
  const Ran explained = s.wal.run({"tx", "explain", file, "--json"});
  INFO(explained.err);
  REQUIRE(explained.code == 0);
  CHECK(explained.json().at("data").at("type").as_string() == "burn");
  CHECK(explained.json().at("data").at("rules").at(0).as_string() == "T-1");
  const std::string tx = s.wal.path("burn.tx");
  CHECK(s.wal.run({"tx", "sign", file, "--from", "bob", "--out", tx, "--test-chain"}).code == 7);
  CHECK(s.wal.run({"tx", "sign", file, "--from", "ann", "--out", tx}).code == 7);
  REQUIRE(s.wal.run({"tx", "sign", file, "--from", "ann", "--out", tx, "--test-chain"}).code == 0);
  CHECK(s.wal.run({"tx", "explain", tx, "--json"}).out == explained.out);
  const Ran sent = s.wal.run({"tx", "submit", tx, "--json"});
  INFO(sent.err);
  CHECK(sent.code == 0);
  CHECK(s.wal.run({"tx", "submit", tx, "--json"}).json() == sent.json());
  s.wal.write("rubbish", "rubbish!");
  CHECK(s.wal.run({"tx", "submit", s.wal.path("rubbish")}).code == 4);
  CHECK(s.wal.run({"tx", "decode", s.wal.path("rubbish")}).code == 4);
  CHECK(s.wal.run({"tx", "submit", s.wal.path("nothing")}).code == 2);
  CHECK(s.wal.run({"tx", "burn", "--from", "ann", "--yes"}).code == 2);
  CHECK(s.wal.run({"tx", "burn", "--amount", "5", "--from", "ann", "--yes"}).code == 2);
}

TEST_CASE("wal keys multisig, tx combine: an account of several keys, each signing for itself",
          "[cli][rule:IF-19]") {
  Setup s;
  for (const char* name : {"k1", "k2", "k3"}) s.wal.add_key(name);
  const std::vector<std::string> make{"keys", "multisig", "team", "--threshold", "3",  "--key",
                                      "k1:2", "--key",    "k2",   "--key",       "k3", "--json"};
  REQUIRE(s.wal.run(make).code == 0);
  CHECK(s.wal.run(make).code == 7);  // nothing is overwritten
  CHECK(s.wal.run({"keys", "multisig", "none", "--threshold", "5", "--key", "k1"}).code == 2);
  CHECK(s.wal.run({"keys", "multisig", "none", "--threshold", "1", "--key", "0x12"}).code == 2);
  CHECK(s.wal.run({"keys", "multisig", "k1", "--threshold", "1", "--key", "k2"}).code == 2);
  CHECK(s.wal.run({"keys", "multisig", "../up", "--threshold", "1", "--key", "k1"}).code == 2);
  CHECK(s.wal.run({"keys", "multisig", "none", "--threshold", "1", "--key", "k1:256"}).code == 2);
  CHECK(s.wal.run({"account", "send", "bob", "1WAL", "--from", "team", "--yes"}).code == 7);
  REQUIRE(s.wal.run({"account", "send", "team", "5WAL", "--from", "ann", "--yes"}).code == 0);
  const std::string file = s.wal.path("c.json"), tx = s.wal.path("c.tx");
  const Ran built =
      s.wal.run({"account", "send", "bob", "1WAL", "--from", "team", "--unsigned", file});
  INFO(built.err);
  REQUIRE(built.code == 0);
  std::vector<std::string> signatures;
  for (const char* name : {"k1", "k2", "k3"}) {
    signatures.push_back(s.wal.path(std::string(name) + ".sig"));
    REQUIRE(s.wal
                .run({"tx", "sign", file, "--from", name, "--policy", "team", "--out",
                      signatures.back(), "--test-chain"})
                .code == 0);
  }
  CHECK(s.wal
            .run({"tx", "sign", file, "--from", "bob", "--policy", "team", "--out", tx,
                  "--test-chain"})
            .code == 7);
  const auto combined = [&](const std::vector<std::string>& which) {
    std::vector<std::string> args{"tx", "combine", file};
    args.insert(args.end(), which.begin(), which.end());
    for (const std::string& arg :
         {std::string("--policy"), std::string("team"), std::string("--out"), tx})
      args.push_back(arg);
    return s.wal.run(args).code;
  };
  CHECK(combined({signatures[0]}) == 7);  // too little weight
  CHECK(combined({signatures[1], signatures[2]}) == 7);
  CHECK(combined({file}) == 2);
  REQUIRE(combined({signatures[2], signatures[0]}) == 0);
  const Ran sent = s.wal.run({"tx", "submit", tx, "--json"});
  INFO(sent.err);
  REQUIRE(sent.code == 0);

  // Ann's own account goes over to two of the keys; its id stays.
  REQUIRE(s.wal
              .run({"keys", "multisig", "next", "--threshold", "2", "--key", "k1", "--key", "k2",
                    "--account", "ann"})
              .code == 0);
  const Ran changed = s.wal.run({"account", "set-keys", "next", "--from", "ann", "--yes"});
  INFO(changed.err);
  REQUIRE(changed.code == 0);
  CHECK(s.wal.run({"account", "send", "bob", "1WAL", "--from", "ann", "--yes"}).code == 4);
  REQUIRE(
      s.wal.run({"account", "send", "bob", "1WAL", "--from", "next", "--unsigned", file}).code ==
      0);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
    REQUIRE(s.wal
                .run({"tx", "sign", file, "--from", i == 0 ? "k1" : "k2", "--policy", "next",
                      "--out", signatures[i], "--test-chain"})
                .code == 0);
  REQUIRE(s.wal
              .run({"tx", "combine", file, signatures[0], signatures[1], "--policy", "next",
                    "--out", tx})
              .code == 0);
  CHECK(s.wal.run({"tx", "submit", tx}).code == 0);
}

TEST_CASE("wal: a transaction that no block takes ends with 5 and its digest",
          "[cli][rule:IF-10]") {
  TestChain chain(chain_genesis({{"ann", 50 * kWal}}));  // nobody makes blocks
  WalProgram wal(chain.url());
  wal.add_key("ann");
  const Ran ran = wal.run(
      {"tx", "burn", "--amount", "1WAL", "--from", "ann", "--yes", "--timeout", "300ms", "--json"});
  CHECK(ran.code == 5);
  CHECK(ran.err.find("wal tx status ") != std::string::npos);
  CHECK(wal.run({"tx", "burn", "--amount", "1WAL", "--from", "ann", "--yes", "--wait", "accepted"})
            .code == 0);
}

TEST_CASE("wal events and storage: lists, following by number, reserving", "[cli]") {
  Setup s;
  REQUIRE(s.wal.run({"account", "send", "bob", "1WAL", "--from", "ann", "--yes"}).code == 0);
  const Ran list =
      s.wal.run({"events", "list", "--type", "account.transferred", "--output", "jsonl"});
  REQUIRE(list.code == 0);
  const auto event = boost::json::parse(list.out);
  CHECK(event.at("type").as_string() == "account.transferred");
  const Ran follow = s.wal.run({"events", "follow", "--count", "1", "--account", "bob", "--json"});
  CHECK(follow.code == 0);
  CHECK(boost::json::parse(follow.out) == event);
  CHECK(s.wal.run({"storage", "price"}).code == 0);
  const Ran price = s.wal.run({"storage", "price", "--size", "5MiB", "--epochs", "2", "--json"});
  INFO(price.err);
  if (price.code == 0)
    CHECK(price.json().at("data").at("units").as_string() == "5");
  else  // nobody offers capacity on this chain
    CHECK(price.err.find("CAPACITY") != std::string::npos);
  CHECK(s.wal.run({"storage", "price", "--size", "5MB", "--epochs", "2"}).code == 2);
  CHECK(s.wal.run({"storage", "price", "--size", "5MiB"}).code == 2);
  CHECK(s.wal.run({"storage", "price", "--epochs", "2"}).code == 2);
  CHECK(s.wal
            .run({"storage", "reserve", "--size", "5MiB", "--max-cost", "1WAL", "--from", "ann",
                  "--yes"})
            .code == 2);
  // Nothing can be bought on this chain: what the verbs say before, and what the ledger does.
  const std::string nothing = "0x" + std::string(64, '7');
  const auto code = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "storage");
    arguments.insert(arguments.end(), {"--from", "ann", "--yes"});
    return s.wal.run(arguments).code;
  };
  for (const std::string kind : {"--blob", "--bucket"}) {
    CHECK(s.wal.run({"storage", "price", kind, nothing}).code == 2);
    CHECK(s.wal.run({"storage", "price", kind, nothing, "--size", "1MiB", "--epochs", "1"}).code ==
          2);
    const Ran none = s.wal.run({"storage", "price", kind, nothing, "--epochs", "1", "--json"});
    CHECK(none.err.find("UNKNOWN_OBJECT") != std::string::npos);
    CHECK(none.code != 0);
  }
  CHECK(code({"split", nothing}) == 2);
  CHECK(code({"split", nothing, "--keep", "1MiB", "--at-epoch", "3"}) == 2);
  CHECK(code({"split", nothing, "--keep", "1MiB"}) == 4);
  CHECK(code({"merge", nothing, nothing}) == 4);
  CHECK(code({"release", nothing}) == 4);
  CHECK(code({"transfer", nothing, "bob"}) == 4);
  CHECK(code({"extend", nothing}) == 2);
  CHECK(code({"extend", nothing, "--resource", nothing, "--epochs", "1"}) == 2);
  CHECK(code({"extend", nothing, "--resource", nothing}) == 4);
  CHECK(code({"delete", nothing}) == 4);
  CHECK(code({"attribute", "add", nothing, "a=b"}) == 2);
  CHECK(code({"attribute", "set", nothing}) == 2);
  CHECK(code({"attribute", "set", nothing, "=b"}) == 2);
  CHECK(code({"attribute", "remove", nothing}) == 2);
  CHECK(code({"attribute", "remove", nothing, "a", "--all"}) == 2);
  const auto bucket = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bucket");
    arguments.insert(arguments.end(), {"--from", "ann", "--yes"});
    return s.wal.run(arguments).code;
  };
  CHECK(bucket({"create", "--size", "1MiB", "--epochs", "2"}) == 2);
  CHECK(bucket({"create", "--size", "1MiB", "--resource", nothing}) == 2);
  CHECK(bucket({"create", "--size", "1MiB", "--epochs", "2", "--max-cost", "1WAL"}) == 4);
  CHECK(bucket({"create", "--resource", nothing}) == 4);
  CHECK(bucket({"grow", nothing, "--size", "1MiB"}) == 2);
  CHECK(bucket({"grow", nothing, "--size", "1MiB", "--max-cost", "1WAL"}) == 4);
  CHECK(bucket({"grow", nothing, "--resource", nothing}) == 4);
  CHECK(bucket({"shrink", nothing}) == 2);
  CHECK(bucket({"shrink", nothing, "--percent", "101"}) == 2);
  CHECK(bucket({"shrink", nothing, "--percent", "50"}) == 4);
  CHECK(bucket({"shrink", nothing, "--size", "1MiB"}) == 4);
  CHECK(bucket({"extend", nothing, "--epochs", "1"}) == 2);
  CHECK(bucket({"extend", nothing, "--epochs", "1", "--max-cost", "1WAL"}) == 4);
  CHECK(bucket({"grant", nothing, "bob"}) == 2);
  CHECK(bucket({"grant", nothing, "bob", "fly"}) == 2);
  CHECK(bucket({"grant", nothing, "bob", "grow", "--none"}) == 2);
  CHECK(bucket({"grant", nothing, "bob", "grow", "delete"}) == 4);
  CHECK(bucket({"destroy", nothing}) == 4);
  CHECK(s.wal.run({"bucket", "show", nothing}).code == 3);
  CHECK(s.wal.run({"bucket", "blobs", nothing}).code == 3);
  CHECK(s.wal.run({"bucket", "list", "--owner", "ann"}).code == 0);
  for (const char* verb : {"show", "params", "supply"}) CHECK(s.wal.run({"epoch", verb}).code == 0);
  CHECK(s.wal.run({"storage", "list", "--owner", "ann", "--json"})
            .json()
            .at("data")
            .as_array()
            .empty());
}

TEST_CASE("wal: csv has a header, and an amount as two columns", "[cli][rule:IF-11]") {
  Setup s;
  const Ran balance = s.wal.run({"account", "balance", "bob", "--output", "csv"});
  REQUIRE(balance.code == 0);
  CHECK(balance.out == "id,balanceFrost,balanceWal\n" + id_of("bob") + ",10000000000,10\n");
  const Ran params = s.wal.run({"epoch", "params", "--output", "csv"});
  REQUIRE(params.code == 0);
  CHECK(params.out.find("name,value,least,most,pending,pendingEpoch\n") == 0);
  CHECK(params.out.find("\nshards,36,") != std::string::npos);
  CHECK(s.wal.run({"account", "show", "0x12", "--output", "csv"}).err.find("wal: ") == 0);
}

TEST_CASE("wal epoch and storage: tables, projections and estimates", "[cli]") {
  Setup s;
  const Ran params = s.wal.run({"epoch", "params"});
  CHECK(params.out.find("NAME") == 0);
  CHECK(params.out.find("params[0]") == std::string::npos);
  CHECK(s.wal.run({"epoch", "show", "0"}).code == 0);
  CHECK(s.wal.run({"epoch", "show", "7"}).code == 3);
  CHECK(s.wal.run({"epoch", "history"}).out.find("EPOCH") == 0);
  CHECK(s.wal.run({"epoch", "committee", "--which", "projected"}).code == 3);  // nobody has stake
  CHECK(s.wal.run({"epoch", "committee", "--which", "later"}).code == 2);
  CHECK(s.wal.run({"epoch", "shards", "--of", "current"}).code == 3);
  const Ran supply = s.wal.run({"epoch", "supply"});
  CHECK(supply.out.find("BURN_") == std::string::npos);
}

TEST_CASE("wal --watch: for verbs that read, with a time that can be", "[cli][rule:IF-10]") {
  Setup s;
  CHECK(s.wal.run({"account", "send", "bob", "1WAL", "--from", "ann", "--yes", "--watch"}).code ==
        2);
  CHECK(s.wal.run({"keys", "list", "--watch"}).code == 2);
  CHECK(s.wal.run({"epoch", "show", "--watch=soon"}).code == 2);
  CHECK(s.wal.run({"epoch", "show", "--watch=1ms"}).code == 2);
  // It goes on until something fails: here an account that is not there.
  CHECK(s.wal.run({"account", "show", "0x12", "--watch=100ms"}).code == 3);
}
