// SPDX-License-Identifier: Apache-2.0
// What `wal` does without a node.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "node/cli/run.h"
#include "node/os/files.h"
#include "node/reflect/schema.h"
#include "tests/node/cli/wal_program.h"

using namespace wald;
using namespace wald::tests;

TEST_CASE("wal: usage errors exit 2 and help exits 0", "[cli][rule:IF-10]") {
  WalProgram wal;
  CHECK(wal.run({}).code == 2);
  CHECK(wal.run({"stake"}).code == 2);
  CHECK(wal.run({"stake", "eat"}).code == 2);
  CHECK(wal.run({"stake", "add", "--frob"}).code == 2);
  const Ran help = wal.run({"stake", "add", "--help"});
  CHECK(help.code == 0);
  CHECK(help.out.find("--amount") != std::string::npos);
  CHECK(wal.run({"--version"}).code == 0);
}

TEST_CASE("wal: a misspelt verb or flag is named with the nearest one, and where to read on",
          "[cli][rule:IF-10]") {
  WalProgram wal;
  const Ran group = wal.run({"stke"});
  CHECK(group.code == 2);
  CHECK(group.err.find("wal: no verb \"stke\", did you mean \"stake\"?") == 0);
  const Ran verb = wal.run({"--units", "frost", "stake", "ad", "--node", "x"});
  CHECK(verb.err.find("wal stake: no verb \"ad\", did you mean \"add\"?") == 0);
  CHECK(verb.err.find("wal stake --help") != std::string::npos);
  const Ran flag = wal.run({"stake", "add", "--amout", "5WAL"});
  CHECK(flag.err.find("wal stake add: no flag \"--amout\", did you mean \"--amount\"?") == 0);
  CHECK(wal.run({"stake", "add", "--fron", "x"}).err.find("\"--from\"") != std::string::npos);
  const Ran missing = wal.run({"stake", "add", "--node", "x"});
  CHECK(missing.code == 2);
  CHECK(missing.err.find("--amount is missing") != std::string::npos);
  CHECK(wal.run({"stake"}).err.find("a verb is missing") != std::string::npos);
  CHECK(wal.run({}).err.find("keys") != std::string::npos);  // the help
  const Ran json = wal.run({"stke", "--json"});
  CHECK(json.code == 2);
  CHECK(boost::json::parse(json.err).at("exitCode").to_number<int>() == 2);
  const Ran help = wal.run({"tx", "delegate-stake", "--help"});
  CHECK(help.code == 0);
  CHECK(help.out.find("...") == std::string::npos);
}

TEST_CASE("wal: every verb has a sentence, and every type a verb", "[cli][rule:IF-14]") {
  std::set<std::string> names;
  for (const auto& verb : cli::all_verbs()) {
    INFO(verb.group << " " << verb.name);
    CHECK(names.insert(verb.group + " " + verb.name).second);
    CHECK_FALSE(verb.help.empty());
    CHECK(verb.run != nullptr);
  }
  for (const auto* operation : reflect::operations())
    CHECK(names.contains("tx " + reflect::kebab(operation->message_type()->name())));
}

TEST_CASE("wal completion: what may come next, of verbs, flags and values", "[cli][rule:IF-22]") {
  WalProgram wal;
  const auto next = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"completion", "next"});
    const Ran ran = wal.run(words);
    CHECK(ran.code == 0);
    CHECK(ran.err.empty());
    std::vector<std::string> out;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);)
      out.push_back(line.substr(0, line.find('\t')));
    return out;
  };
  using Words = std::vector<std::string>;
  CHECK(next({"sta"}) == Words{"stake"});
  CHECK(next({""}).size() == cli::groups().size());
  CHECK(next({"--units", "frost", "stake", "ad"}) == Words{"add"});
  CHECK(next({"stake", "add", "--am"}) == Words{"--amount"});
  CHECK(next({"stake", "add", "--unit"}) == Words{"--units"});  // of every verb
  CHECK(next({"--output", "j"}) == Words{"json", "jsonl"});
  CHECK(next({"codec", "decode", "--check", ""}) == Words{"skip", "default", "strict"});
  for (const std::string flag : {"--output", "--units", "--wait", "--progress"})
    for (const std::string& value : next({flag, ""}))
      CHECK(wal.run({"keys", "list", flag, value}).code == 0);
  CHECK(next({"blob", "store", "fi"}).empty());  // a file: the shell's own
  CHECK(next({"stake", "add", "--node", "sta"}).empty());
  CHECK(next({"nothing", "like", "--this"}).empty());
  CHECK(wal.run({"completion", "tcsh"}).code == 2);
}

TEST_CASE("wal completion: the scripts do what their shells expect", "[cli][rule:IF-22]") {
  WalProgram wal;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    INFO(shell);
    const Ran script = wal.run({"completion", shell});
    REQUIRE(script.code == 0);
    wal.write(shell, script.out);
    if (std::system(("command -v " + shell + " >/dev/null").c_str()) != 0) {
      std::printf("skipped the script for %s: there is no such shell\n", shell.c_str());
      continue;
    }
    CHECK(std::system((shell + " -n " + wal.path(shell)).c_str()) == 0);
  }
  const std::string answer = wal.path("answer");
  const std::string ask = "PATH=${0%/*}:$PATH; bash -c 'source " + wal.path("bash") +
                          "; COMP_WORDS=(wal --units frost stake ad); COMP_CWORD=4; _wal; "
                          "echo \"${COMPREPLY[*]}\"' >" +
                          answer + "; ";
  REQUIRE(wal.run_in_shell(ask, {"--version"}).code == 0);
  CHECK(base::as_text(os::read_file(answer, 1000).value()) == "add\n");
}

TEST_CASE("wal keys: made once, listed, shown, never overwritten, private", "[cli]") {
  WalProgram wal;
  const Ran made = wal.run({"keys", "new", "ann", "--no-passphrase", "--json"});
  REQUIRE(made.code == 0);
  const auto key = made.json().at("data");
  CHECK(key.at("role").as_string() == "account");
  CHECK(key.at("account").as_string().size() == 66);
  CHECK(made.err.find("test chains") != std::string::npos);
  const Ran again = wal.run({"keys", "new", "ann", "--no-passphrase"});
  CHECK(again.code == 7);
  CHECK(again.err.find("there already") != std::string::npos);
  CHECK(wal.run({"keys", "new", "op", "--role", "operator", "--no-passphrase"}).code == 0);
  const Ran list = wal.run({"keys", "list", "--output", "jsonl"});
  CHECK(std::count(list.out.begin(), list.out.end(), '\n') == 2);
  CHECK(wal.run({"keys", "show", "ann", "--json"}).json().at("data") == key);
  CHECK(wal.run({"keys", "show", "bob"}).code == 7);
  CHECK(wal.run({"keys", "new", "../x", "--no-passphrase"}).code == 2);
  CHECK(wal.run({"keys", "new", "x", "--role", "king", "--no-passphrase"}).code == 2);
  const Ran asked = wal.run({"keys", "new", "sealed"});
  CHECK(asked.code == 7);
  CHECK(asked.err.find("--passphrase-file") != std::string::npos);
}

TEST_CASE("wal: a wrong configuration names line, column and nearest name, all at once",
          "[cli][rule:IF-13]") {
  WalProgram wal;
  wal.write("wal.toml",
            "contxt = \"main\"\nkeys = 5\n[contexts.main]\nnode = \"http://127.0.0.1:1\"\n"
            "frm = \"ann\"\nunits = \"gold\"\n");
  const Ran ran = wal.run({"keys", "list", "--config", wal.path("wal.toml")});
  CHECK(ran.code == 2);
  CHECK(ran.err.find("wal.toml:1:1: unknown key \"contxt\", did you mean \"context\"?") !=
        std::string::npos);
  CHECK(ran.err.find(":2:") != std::string::npos);
  CHECK(ran.err.find(":5:1: unknown key \"frm\", did you mean \"from\"?") != std::string::npos);
  CHECK(ran.err.find("units must be") != std::string::npos);
  CHECK(wal.run({"keys", "list", "--config", wal.path("none.toml")}).code == 2);
  wal.write("bad.toml", "a = [\n");
  CHECK(wal.run({"keys", "list", "--config", wal.path("bad.toml")}).code == 2);
  wal.write("good.toml", "keys = \"" + wal.path("k") + "\"\n[contexts.main]\nfrom = \"ann\"\n");
  CHECK(wal.run({"keys", "list", "--config", wal.path("good.toml")}).code == 0);
  const Ran context =
      wal.run({"keys", "list", "--config", wal.path("good.toml"), "--context", "mian"});
  CHECK(context.code == 2);
}

TEST_CASE("wal: amounts need a unit, and without --yes nobody is asked in vain",
          "[cli][rule:IF-11]") {
  WalProgram wal("http://127.0.0.1:1");
  wal.add_key("ann");
  const std::string to = "0x" + std::string(64, '7');
  const auto send = [&](const std::string& amount) {
    return wal.run({"account", "send", to, amount, "--from", "ann", "--yes"});
  };
  for (const char* wrong : {"5", "5wal", "1.0000000001WAL", "1e3WAL", "1,000WAL", "-1WAL", "WAL"}) {
    INFO(wrong);
    CHECK(send(wrong).code == 2);
  }
  CHECK(send("5WAL").code == 6);  // only now is a node asked, and none is there
  const Ran alone = wal.run({"account", "send", to, "5WAL", "--from", "ann"});
  CHECK(alone.code == 2);
  CHECK(alone.err.find("--yes") != std::string::npos);
  CHECK(wal.run({"account", "send", to, "5WAL", "--yes"}).code == 2);  // no --from
  CHECK(wal.run({"account", "send", to, "5WAL", "--yes", "--from", "bob"}).code == 7);
}

TEST_CASE("wal: in the JSON modes an error is one object on stderr and stdout stays empty",
          "[cli][rule:IF-10]") {
  WalProgram wal("http://127.0.0.1:1");
  const Ran ran = wal.run({"epoch", "show", "--json"});
  CHECK(ran.code == 6);
  CHECK(ran.out.empty());
  const auto error = boost::json::parse(ran.err);
  CHECK(error.at("exitCode").to_number<int>() == 6);
  CHECK(error.at("retryable").as_bool());
  CHECK(error.at("error").at("details").at(0).at("reason").as_string() == "NODE_UNREACHABLE");
  CHECK(wal.run({"epoch", "show", "--output", "xml"}).code == 2);
  CHECK(wal.run({"epoch", "show", "--timeout", "5"}).code == 2);
}
