// SPDX-License-Identifier: Apache-2.0
#include "node/os/process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>

#include "node/os/clock.h"
#include "node/os/random.h"
#include "node/os/signals.h"
#include "node/os/sockets.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using tests::TempDir;

TEST_CASE("process: exit codes, output and signals come back", "[node][os]") {
  const TempDir dir;
  auto child = os::Child::spawn({.argv = {"sh", "-c", "pwd; echo err >&2; exit 7"},
                                 .inherit = {},
                                 .output = dir / "log",
                                 .working_dir = "/"});
  REQUIRE(child.ok());
  const os::Exit done = child->wait();
  REQUIRE_FALSE(done.signalled);
  REQUIRE(done.code == 7);
  REQUIRE(base::as_text(os::read_file(dir / "log", 100).value()) == "/\nerr\n");

  auto sleeper =
      os::Child::spawn({.argv = {"sleep", "1000"}, .inherit = {}, .output = "", .working_dir = ""});
  REQUIRE(sleeper.ok());
  REQUIRE_FALSE(sleeper->poll().has_value());
  sleeper->signal(SIGTERM);
  const os::Exit killed = sleeper->wait();
  REQUIRE(killed.signalled);
  REQUIRE(killed.code == SIGTERM);
}

TEST_CASE("process: a program that is not there is an error of the parent", "[node][os]") {
  const auto child = os::Child::spawn(
      {.argv = {"/nowhere/at/all"}, .inherit = {}, .output = "", .working_dir = ""});
  REQUIRE_FALSE(child.ok());
  REQUIRE(child.error().code == ENOENT);
}

TEST_CASE("process: named descriptors reach the child, others do not", "[node][os]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const std::string fd = std::to_string(ends[1]);
  auto with = os::Child::spawn({.argv = {"sh", "-c", "echo hi >&" + fd},
                                .inherit = {ends[1]},
                                .output = "/dev/null",
                                .working_dir = ""});
  REQUIRE(with.ok());
  REQUIRE(with->wait().code == 0);
  std::array<char, 8> text{};
  REQUIRE(::read(ends[0], text.data(), text.size()) == 3);
  auto without = os::Child::spawn({.argv = {"sh", "-c", "echo hi >&" + fd},
                                   .inherit = {},
                                   .output = "/dev/null",
                                   .working_dir = ""});
  REQUIRE(without.ok());
  REQUIRE(without->wait().code != 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("process: a program is asked by its stdin and answers by its stdout", "[node][os]") {
  const TempDir dir;
  const auto program = [&](const std::string& name, const std::string& does) {
    std::string path = dir / name;
    const std::string text = "#!/bin/sh\n" + does + "\n";
    os::write_file_atomic(path, base::as_bytes(text)).value();
    REQUIRE(::chmod(path.c_str(), 0700) == 0);
    return path;
  };
  const auto refusal = [&](const std::string& path, int ms = 20'000, std::size_t most = 1000) {
    const auto answer = os::ask_program(path, "what?\n", ms, most);
    REQUIRE_FALSE(answer.ok());
    return answer.error().text;
  };
  const std::string long_one(200'000, 'q');  // more than a pipe holds
  const std::string echo = program("echo", "cat");
  REQUIRE(os::ask_program(echo, long_one, 20'000, 200'000).value() == long_one);
  REQUIRE(os::ask_program(program("deaf", "echo yes"), long_one, 20'000, 10).value() == "yes\n");
  REQUIRE(refusal(echo, 20'000, 5).find("with too much") != std::string::npos);
  REQUIRE(refusal(program("fails", "echo no; exit 3")).find("code 3") != std::string::npos);
  REQUIRE(refusal(program("dies", "kill -9 $$")).find("signal 9") != std::string::npos);
  REQUIRE(refusal(program("hangs", "exec sleep 1000"), 50).find("in time") != std::string::npos);
  REQUIRE(refusal(program("lingers", "exec >&-; exec sleep 1000"), 50).find("end in time") !=
          std::string::npos);
  REQUIRE(refusal(dir / "none").find("none") != std::string::npos);
}

TEST_CASE("signals: a blocked signal is read, not handled", "[node][os]") {
  os::ignore_sigpipe();
  auto signals = os::Signals::catch_all({SIGUSR1});
  REQUIRE(signals.ok());
  REQUIRE_FALSE(signals->wait(0).has_value());
  REQUIRE(::kill(::getpid(), SIGUSR1) == 0);
  REQUIRE(signals->wait(1000) == SIGUSR1);
}

TEST_CASE("sockets: the forms of an address", "[node][os]") {
  const TempDir dir;
  auto any = os::Listener::open("127.0.0.1:0");
  REQUIRE(any.ok());
  REQUIRE(any->port() != 0);
  REQUIRE(any->family() == AF_INET);
  const std::string taken = "127.0.0.1:" + std::to_string(any->port());
  REQUIRE_FALSE(os::Listener::open(taken).ok());
  auto again = os::Listener::open("fd:" + std::to_string(any->fd()));
  REQUIRE(again.ok());
  REQUIRE(again->port() == any->port());
  again->release();
  auto local = os::Listener::open("unix:" + (dir / "s"));
  REQUIRE(local.ok());
  struct stat info {};
  REQUIRE(::stat((dir / "s").c_str(), &info) == 0);
  REQUIRE((info.st_mode & 0777) == 0600);
  REQUIRE(os::Listener::open("unix:" + (dir / "s")).ok());  // left over: replaced
  for (const char* bad : {"", "fd:", "fd:x", "fd:9999", "localhost:1", "127.0.0.1", "1.2.3.4:99999",
                          "[::1:5", "unix:", "127.0.0.1:-1"})
    REQUIRE_FALSE(os::Listener::open(bad).ok());
  REQUIRE_FALSE(os::Listener::open("unix:/" + std::string(120, 'x')).ok());
}

TEST_CASE("clock and random: they move", "[node][os]") {
  const auto a = os::monotonic_us();
  REQUIRE(os::monotonic_us() >= a);
  REQUIRE(os::wall_time().value() > 1'600'000'000'000u);
  REQUIRE(os::random_bytes<32>() != os::random_bytes<32>());
  REQUIRE(os::boot_id().size() >= 7);
}
