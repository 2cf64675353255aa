// SPDX-License-Identifier: Apache-2.0
// Ctrl-C: the exit is 130, and neither a file nor a changed terminal stays behind.
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>

#include "tests/node/cli/blob_rig.h"
#include "tests/node/net/raw_client.h"

using namespace wald;
using namespace wald::tests;

namespace {

// Takes requests and answers none before it is let go.
class Mute {
 public:
  std::string address() const { return server_.url("").substr(7); }
  bool was_asked() const { return asked_; }
  void let_go() {
    const std::lock_guard lock(mutex_);
    free_ = true;
    changed_.notify_all();
  }
  ~Mute() { let_go(); }

 private:
  void hold() {
    asked_ = true;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_; });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool free_ = false;
  std::atomic<bool> asked_{false};
  RawServer server_{[this](RawSocket&) { hold(); }};
};

bool wait_for(const std::function<bool()>& what) {
  for (int i = 0; i < 4'000 && !what(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return what();
}

}  // namespace

TEST_CASE("wal: Ctrl-C ends what runs without end with 130, after a whole last record",
          "[cli][rule:IF-10]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", kWal}}));
  chain.submit(chain.sign("ann", transfer("bob", 7)));
  chain.block();
  WalProgram wal(chain.url());
  for (const auto& args :
       std::vector<std::vector<std::string>>{{"events", "follow", "--output", "jsonl"},
                                             {"epoch", "show", "--watch=100ms", "--json"}}) {
    Running running = wal.start(args);
    REQUIRE(running.shows("epoch"));
    running.interrupt();
    const Ran ran = running.end();
    INFO(args.front() << ": " << ran.err);
    REQUIRE(ran.code == 130);
    REQUIRE(ran.out.ends_with("}\n"));
    REQUIRE(ran.err.empty());
  }
}

TEST_CASE("wal: Ctrl-C at a hidden question puts the echo back, makes no key and sends nothing",
          "[cli][rule:IF-10]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", kWal}}));
  chain.keep_going();
  WalProgram wal(chain.url());
  wal.add_key("bob");
  wal.add_key("ann", keys::Role::kAccount, "correct horse");
  const auto there = wal.files();
  const int desk = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE((desk >= 0 && ::grantpt(desk) == 0 && ::unlockpt(desk) == 0));
  const std::string terminal = ::ptsname(desk);
  const int held = ::open(terminal.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  const auto echoes = [&] {
    termios now{};
    return ::tcgetattr(held, &now) == 0 && (now.c_lflag & ECHO) != 0;
  };
  REQUIRE(echoes());
  const std::string redirect = "2>" + terminal + " <" + terminal;
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"keys", "new", "k"}, {"account", "send", "bob", "1WAL", "--from", "ann", "--yes"}}) {
    Running running = wal.start_with(args, redirect);
    REQUIRE(wait_for([&] { return !echoes(); }));
    running.interrupt();
    INFO(args.front());
    REQUIRE(running.end().code == 130);
    REQUIRE(echoes());
    REQUIRE(wal.files() == there);
  }
  REQUIRE(chain.core().head().height == base::Height(0));
  ::close(held);
  ::close(desk);
}

TEST_CASE("wal blob store: Ctrl-C says what is durable; the next run takes it up",
          "[cli][rule:IF-10]") {
  Mute mute;
  BlobRig s([&](spec::Genesis& document) {
    document.mutable_nodes(3)->mutable_registration()->set_address(mute.address());
  });
  const std::string in = s.file("in", random_bytes(3, 2'000));
  const auto before = s.wal->files();
  Running running = s.wal->start(BlobRig::storing({in}));
  REQUIRE(running.shows("registered"));
  REQUIRE(wait_for([&] { return mute.was_asked(); }));
  running.interrupt();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  mute.let_go();
  const Ran ran = running.end();
  INFO(ran.err);
  REQUIRE(ran.code == 130);
  REQUIRE(ran.out.empty());
  const std::string last = ran.err.substr(ran.err.rfind('\n', ran.err.size() - 2) + 1);
  const auto error = boost::json::parse(last);
  REQUIRE(error.at("exitCode") == 130);
  REQUIRE(error.at("error").at("message").as_string().find("registration") !=
          boost::json::string::npos);
  REQUIRE(s.wal->files() == before);
  const Ran resumed = s.store({in});
  INFO(resumed.err);
  REQUIRE(resumed.code == 0);
  REQUIRE(resumed.json().at("data").at("resumed") == true);
}

TEST_CASE("wal blob store: a second Ctrl-C waits for nobody", "[cli][rule:IF-10]") {
  Mute mute;
  BlobRig s([&](spec::Genesis& document) {
    document.mutable_nodes(3)->mutable_registration()->set_address(mute.address());
  });
  const std::string in = s.file("in", random_bytes(4, 2'000));
  Running running = s.wal->start(BlobRig::storing({in}));
  REQUIRE(wait_for([&] { return mute.was_asked(); }));
  running.interrupt();
  REQUIRE_FALSE(running.child.wait_for(200));  // it waits for the member that is asked
  running.interrupt();
  REQUIRE(running.end().code == 130);
}

TEST_CASE("wal blob read: Ctrl-C while slivers are awaited writes no file", "[cli][rule:IF-10]") {
  BlobRig s;
  const Ran stored = s.store({s.file("in", random_bytes(5, 2'000))});
  REQUIRE(stored.code == 0);
  const std::string id(stored.json().at("data").at("blobId").as_string());
  const auto before = s.wal->files();
  // The gate of a round answers 503 with a pause: the client waits.
  const auto drawn = base::BlobId::from(*base::from_base64url(id));
  for (auto& node : s.nodes) node->gate().commit({drawn});
  Running running = s.wal->start(
      {"blob", "read", "-o", s.wal->path("out"), "--timeout", "30s", "--blob-id=" + id});
  REQUIRE_FALSE(running.child.wait_for(500));
  running.interrupt();
  const Ran ran = running.end();
  INFO(ran.err);
  REQUIRE(ran.code == 130);
  REQUIRE(s.wal->files() == before);
}
