// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/client/config.h"
#include "node/client/transaction.h"
#include "node/client/wallet.h"
#include "node/reflect/show.h"
#include "specs/proto/query.pb.h"
#include "tests/node/temp_dir.h"
#include "tests/support/world.h"

using namespace wald;
using namespace wald::tests;
using client::Exit;

TEST_CASE("exit codes: a ledger code is 4 whatever its HTTP status", "[client][rule:IF-10]") {
  CHECK(client::exit_of(409, "NONCE") == Exit::kRejected);
  CHECK(client::exit_of(404, "NO_ACCOUNT") == Exit::kRejected);
  CHECK(client::exit_of(400, "MALFORMED") == Exit::kRejected);
  CHECK(client::exit_of(404, "STAKE_NOT_FOUND") == Exit::kNotFound);
  CHECK(client::exit_of(410, "CURSOR_EXPIRED") == Exit::kNotFound);
  CHECK(client::exit_of(400, "INVALID_PARAMETER") == Exit::kUsage);
  CHECK(client::exit_of(429, "POOL_FULL") == Exit::kUnreachable);
  CHECK(client::exit_of(503, "NOT_READY") == Exit::kUnreachable);
  CHECK(client::exit_of(500, "INTERNAL") == Exit::kUnexpected);
  CHECK(client::exit_of(400, "OK") == Exit::kUsage);
}

TEST_CASE("decode: an envelope or a body, nothing else", "[client]") {
  spec::Body body;
  body.set_chain(std::string(32, '\1'));
  body.set_version(1);
  body.set_sender(std::string(32, '\2'));
  body.set_max_fee(5);
  body.mutable_operation()->mutable_burn()->set_amount(kWal);
  const base::Bytes bytes = wire::write_canonical(body);
  const auto alone = client::decode(bytes);
  REQUIRE(alone.ok());
  CHECK(alone->id == client::body_id(bytes));
  CHECK(alone->envelope.body().empty());
  keys::Key key;
  const Key ann = key_of_name("ann");
  std::copy(ann.seed.begin(), ann.seed.end(), key.seed.span().begin());
  key.info.public_key = ann.key;
  const base::Bytes envelope = client::sign_body(base::ChainId(), bytes, key);
  const auto whole = client::decode(envelope);
  REQUIRE(whole.ok());
  CHECK(whole->id == alone->id);
  CHECK(whole->envelope.signatures_size() == 1);
  const ledger::StateMachine machine{base::ChainId()};
  CHECK(machine.check(envelope).error().code == spec::WRONG_CHAIN);  // the body names another
  base::Bytes cut = envelope;
  cut.pop_back();
  CHECK(client::decode(cut).error().exit == Exit::kRejected);
  CHECK_FALSE(client::decode({}).ok());
  const auto lines = reflect::describe(body.operation());
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].find("1 WAL") != std::string::npos);
}

TEST_CASE("config: contexts are read, and the nearest name is told", "[client][rule:IF-13]") {
  const auto good = client::parse_client_config(
      "context = \"a\"\n[contexts.a]\nnode = \"http://h:1\"\nfrom = \"ann\"\n"
      "passphraseFile = \"/p\"\n[contexts.b]\nunits = \"frost\"\n",
      "wal.toml");
  REQUIRE(good.ok());
  CHECK(good->contexts.at("a").node == "http://h:1");
  CHECK(good->contexts.at("a").passphrase_file == "/p");
  CHECK(good->contexts.at("b").units == "frost");
  const auto bad = client::parse_client_config(
      "context = \"c\"\n[contexts.a]\nnod = \"x\"\nfrom = 3\n", "wal.toml");
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().size() == 3);
  CHECK(bad.error()[0].find("wal.toml:3:1: unknown key \"nod\", did you mean \"node\"?") == 0);
  CHECK(bad.error()[1].find("wal.toml:4:8: contexts.a.from must be a text") == 0);
  CHECK(bad.error()[2].find("wal.toml:1:11: no context \"c\"") == 0);
  CHECK_FALSE(client::parse_client_config("contexts = 5\n", "f").ok());
}

TEST_CASE("wallet: names are file names, sealed keys ask, unsealed ones need a test chain",
          "[client]") {
  TempDir dir;
  const client::Wallet wallet(dir / "keys");
  CHECK(wallet.list()->empty());
  const auto never = [](const std::string&, bool) -> client::Outcome<std::string> {
    return client::fail(Exit::kKey, "ASKED", "asked");
  };
  for (const char* name : {"", ".x", "a/b", "-x", "a b"})
    CHECK(wallet.make(name, keys::Role::kAccount, false, never).error().exit == Exit::kUsage);
  REQUIRE(wallet.make("ann", keys::Role::kAccount, false, never).ok());
  CHECK(wallet.make("ann", keys::Role::kAccount, false, never).error().reason == "KEY_EXISTS");
  CHECK(wallet.make("bob", keys::Role::kAccount, true, never).error().reason == "ASKED");
  const auto key = wallet.find("ann").value();
  CHECK(wallet.open(key, false, never).error().exit == Exit::kKey);
  const auto opened = wallet.open(key, true, never);
  REQUIRE(opened.ok());
  CHECK(client::account_of(opened->info.public_key) == key.account);
  CHECK(wallet.list()->size() == 1);
  CHECK(wallet.find("cat").error().reason == "NO_KEY");
}
