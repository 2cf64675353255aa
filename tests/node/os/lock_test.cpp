// SPDX-License-Identifier: Apache-2.0
#include "node/os/lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/node/temp_dir.h"

using namespace wald;
using tests::TempDir;

TEST_CASE("lock: a second process is refused and told who holds the folder", "[node][os]") {
  const TempDir dir;
  const std::string path = dir / "LOCK";
  auto held = os::LockFile::acquire(path);
  REQUIRE(held.ok());
  const pid_t pid = ::fork();
  if (pid == 0) {
    const auto second = os::LockFile::acquire(path);
    const bool named =
        !second.ok() &&
        second.error().text.find("pid " + std::to_string(::getppid())) != std::string::npos;
    ::_exit(named ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
}

TEST_CASE("lock: it is free again once the holder is gone", "[node][os]") {
  const TempDir dir;
  const std::string path = dir / "LOCK";
  {
    const auto held = os::LockFile::acquire(path);
    REQUIRE(held.ok());
    REQUIRE_FALSE(os::LockFile::acquire(path).ok());  // another open of the same file, same process
  }
  REQUIRE(os::LockFile::acquire(path).ok());
}
