// SPDX-License-Identifier: Apache-2.0
// `wal --signer exec:PROGRAM`: keys that `wal` cannot read.
#include <catch2/catch.hpp>
#include <sstream>

#include "node/client/transaction.h"
#include "tests/node/cli/two_accounts.h"

using namespace wald;
using namespace wald::tests;

namespace {

struct Setup : TwoAccounts {
  Ran run(std::vector<std::string> args, const std::string& does = "well") {
    args.insert(args.end(), {"--signer", std::string("exec:") + SIGNER_BINARY});
    return wal.run_in_shell(
        "export SIGNER_DOES='" + does + "' SIGNER_LOG='" + wal.path("log") + "';", args);
  }
  // The questions so far, oldest first.
  std::vector<boost::json::object> questions() const {
    std::vector<boost::json::object> out;
    const auto text = base::string_of(os::read_file(wal.path("log"), 1u << 20).value());
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      out.push_back(boost::json::parse(line).as_object());
    return out;
  }
  std::uint64_t height() { return chain.core().head().height.value(); }
};

std::string public_key(const std::string& name) {
  return base::shown_hex(key_of_name(name).key.view());
}

}  // namespace

TEST_CASE("wal --signer: a program signs, told what and in which words", "[cli][rule:IF-21]") {
  Setup s;
  const Ran list = s.run({"keys", "list", "--output", "jsonl"});
  INFO(list.err);
  REQUIRE(list.code == 0);
  const auto first = boost::json::parse(list.out.substr(0, list.out.find('\n')));
  CHECK(first.at("name").as_string() == "ann");
  CHECK(first.at("account").as_string() == id_of("ann"));
  const Ran sent = s.run({"account", "send", "bob", "1.5WAL", "--from", "ann", "--yes", "--json"});
  INFO(sent.err);
  REQUIRE(sent.code == 0);
  CHECK(sent.json().at("data").at("state").as_string() == "committed");
  CHECK(sent.err.find("Waiting for the signer") != std::string::npos);
  const auto asked = s.questions();
  REQUIRE(asked.size() == 3);  // which keys, twice for two runs; and to sign
  CHECK(asked[1] == boost::json::object{{"op", "keys"}});
  CHECK(asked[2].at("op").as_string() == "sign");
  CHECK(asked[2].at("publicKey").as_string() == public_key("ann"));
  CHECK(boost::json::serialize(asked[2].at("preview")).find("1.5 WAL") != std::string::npos);
  // Whoever signs can tell from the body alone what is to be signed.
  const auto body = base::from_base64(std::string(asked[2].at("body").as_string())).value();
  const auto decoded = client::decode(body);
  REQUIRE(decoded.ok());
  CHECK(decoded->body.operation().transfer().amount() == kWal + kWal / 2);
  const auto chain = base::ChainId::from(base::as_bytes(decoded->body.chain()));
  CHECK(std::string(asked[2].at("bytes").as_string()) ==
        base::to_base64(client::preimage_of(chain, body)));
}

TEST_CASE("wal --signer: signs what was built elsewhere, as one of several, and new keys",
          "[cli][rule:IF-21][rule:IF-19]") {
  Setup s;
  const std::string file = s.wal.path("c.json"), tx = s.wal.path("c.tx");
  REQUIRE(s.run({"account", "send", "bob", "1WAL", "--from", "ann", "--unsigned", file}).code == 0);
  CHECK(s.run({"tx", "sign", file, "--from", "bob", "--out", tx}).code == 7);  // another's
  REQUIRE(s.run({"tx", "sign", file, "--from", "ann", "--out", tx}).code == 0);
  REQUIRE(s.wal.run({"tx", "submit", tx}).code == 0);

  CHECK(s.run({"keys", "show", "ann"}).out.find(public_key("ann")) != std::string::npos);
  REQUIRE(s.run({"keys", "multisig", "both", "--threshold", "2", "--key", "ann", "--key", "bob",
                 "--account", "ann"})
              .code == 0);
  const Ran changed = s.run({"account", "set-keys", "both", "--from", "ann", "--yes"});
  INFO(changed.err);
  REQUIRE(changed.code == 0);
  REQUIRE(s.run({"account", "send", "bob", "1WAL", "--from", "both", "--unsigned", file}).code ==
          0);
  std::vector<std::string> combine{"tx", "combine", file};
  for (const char* name : {"ann", "bob"}) {
    combine.push_back(s.wal.path(std::string(name) + ".sig"));
    REQUIRE(s.run({"tx", "sign", file, "--from", name, "--policy", "both", "--out", combine.back()})
                .code == 0);
  }
  combine.insert(combine.end(), {"--policy", "both", "--out", tx});
  REQUIRE(s.wal.run(combine).code == 0);
  CHECK(s.wal.run({"tx", "submit", tx}).code == 0);
}

TEST_CASE("wal --signer: what it answers is judged, and nothing is sent by a wrong answer",
          "[cli][rule:IF-21]") {
  Setup s;
  const struct {
    const char* does;
    const char* words;
  } refused[] = {{"no keys", "names no keys"},
                 {"a bad name", "whose name is none"},
                 {"no name", "whose name is none"},
                 {"a bad key", "no public key"},
                 {"one name twice", "two keys of the name"},
                 {"words", "one JSON object"},
                 {"an exit", "ended with code 3"},
                 {"no signature", "gives no signature"},
                 {"another key", "not the key's over these bytes"},
                 {"a decline", "says: declined at the device"}};
  for (const auto& one : refused) {
    INFO(one.does);
    const Ran ran =
        s.run({"account", "send", "bob", "1WAL", "--from", "ann", "--yes", "--json"}, one.does);
    INFO(ran.err);
    CHECK(ran.code == 7);
    const auto error = boost::json::parse(ran.err.substr(ran.err.find("{\"error\"")));
    CHECK(error.at("error").at("details").at(0).at("reason").as_string() == "SIGNER");
    CHECK(std::string(error.at("error").at("message").as_string()).find(one.words) !=
          std::string::npos);
  }
  CHECK(s.run({"account", "send", "bob", "1WAL", "--from", "eve", "--yes"}).code == 7);
  CHECK(s.height() == 0);
  const auto with = [&](const std::string& signer) {
    return s.wal.run(
        {"account", "send", "bob", "1WAL", "--from", "ann", "--yes", "--signer", signer});
  };
  CHECK(with("exec:/nowhere/at/all").code == 7);
  CHECK(with("exec:").code == 2);
  CHECK(with("usb").code == 2);
}

TEST_CASE("wal --signer: a context can name it, and a flag goes before", "[cli][rule:IF-21]") {
  Setup s;
  s.wal.write("wal.toml", "context = \"main\"\n[contexts.main]\nfrom = \"ann\"\nsigner = \"exec:" +
                              std::string(SIGNER_BINARY) + "\"\n");
  std::vector<std::string> args{"account", "balance", "--config", s.wal.path("wal.toml")};
  CHECK(s.wal.run(args).code == 0);
  args.insert(args.end(), {"--signer", "file"});
  CHECK(s.wal.run(args).code == 7);  // there is no such file
}
