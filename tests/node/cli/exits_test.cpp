// SPDX-License-Identifier: Apache-2.0
// Exit codes of `wal` that need a person or a strange partner.
#include <catch2/catch.hpp>

#include "tests/node/cli/wal_program.h"
#include "tests/node/http/test_chain.h"
#include "tests/node/net/raw_client.h"

using namespace wald;
using namespace wald::tests;

TEST_CASE("wal: who says no at the prompt sends nothing and gets 8, who says yes 0",
          "[cli][rule:IF-11]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", kWal}}));
  chain.keep_going();
  WalProgram wal(chain.url());
  wal.add_key("ann");
  wal.add_key("bob");
  const std::vector<std::string> send{"account", "send", "bob", "1WAL", "--from", "ann"};
  for (const std::string answer : {"n\n", "\n", "yep\n", "\x04"}) {
    const Ran no = wal.run_at_terminal(send, answer);
    INFO(no.err);
    REQUIRE(no.code == 8);
    REQUIRE(no.err.find("Sign and send? [y/N]") != std::string::npos);
    REQUIRE(no.err.find("declined; nothing was sent") != std::string::npos);
    REQUIRE(no.out.empty());
  }
  REQUIRE(chain.core().head().height == base::Height(0));
  const Ran yes = wal.run_at_terminal(send, "y\n");
  INFO(yes.err);
  REQUIRE(yes.code == 0);
  REQUIRE(chain.core().head().height == base::Height(1));
}

TEST_CASE("wal: an answer that is none of a node's is 1, a node that hangs up is 6",
          "[cli][rule:IF-10]") {
  for (const std::string body : {"", "nonsense", "[1,2", "{\"data\":"}) {
    const RawServer server([&](RawSocket& socket) {
      socket.read_until("\r\n\r\n");
      socket.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
    });
    const std::string url = server.url("");
    WalProgram wal(url);
    for (const auto& verb : std::vector<std::vector<std::string>>{
             {"epoch", "show"}, {"node", "list"}, {"account", "balance", "0x1"}}) {
      const Ran ran = wal.run(verb);
      INFO(verb.at(0) << " on " << body << ": " << ran.code << " " << ran.err);
      REQUIRE(ran.code == 1);
    }
  }
  const RawServer mute([](RawSocket& socket) { socket.read_until("\r\n"); });
  WalProgram wal(mute.url(""));
  const Ran ran = wal.run({"epoch", "show"});
  INFO(ran.err);
  REQUIRE(ran.code == 6);
}
