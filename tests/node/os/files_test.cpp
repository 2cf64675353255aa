// SPDX-License-Identifier: Apache-2.0
#include "node/os/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "node/os/filesystem.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using tests::TempDir;

TEST_CASE("files: an atomic write replaces the whole content and leaves no temp file",
          "[node][os]") {
  const TempDir dir;
  const std::string path = dir / "a";
  os::write_file_atomic(path, base::as_bytes("first, longer content")).value();
  os::write_file_atomic(path, base::as_bytes("second"), 0600).value();
  REQUIRE(base::as_text(os::read_file(path, 100).value()) == "second");
  REQUIRE(os::list_dir(dir.path()).value() == std::vector<std::string>{"a"});
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  REQUIRE((info.st_mode & 07777) == 0600);
}

TEST_CASE("files: a file over the cap is refused, one at the cap is read", "[node][os]") {
  const TempDir dir;
  os::write_file_atomic(dir / "a", base::Bytes(100, 7)).value();
  REQUIRE(os::read_file(dir / "a", 100).value().size() == 100);
  const auto refused = os::read_file(dir / "a", 99);
  REQUIRE_FALSE(refused.ok());
  REQUIRE(refused.error().code == EFBIG);
  REQUIRE(os::read_file("/proc/self/status", 65536).value().size() > 100);
  REQUIRE(os::read_file(dir / "missing", 10).error().code == ENOENT);
}

TEST_CASE("files: a private file must be plain, ours and 0600", "[node][os]") {
  const TempDir dir;
  const std::string path = dir / "key";
  os::write_file_atomic(path, base::as_bytes("k"), 0600).value();
  REQUIRE(os::read_private_file(path, 10).ok());
  REQUIRE(::symlink(path.c_str(), (dir / "link").c_str()) == 0);
  REQUIRE(os::read_private_file(dir / "link", 10).error().code == ELOOP);
  for (const mode_t mode : {0644u, 0640u, 0400u, 0700u, 04600u}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    REQUIRE_FALSE(os::read_private_file(path, 10).ok());
  }
  REQUIRE_FALSE(os::read_private_file(dir.path(), 10).ok());
  if (::geteuid() == 0) {
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    REQUIRE(::chown(path.c_str(), 1, 1) == 0);
    REQUIRE_FALSE(os::read_private_file(path, 10).ok());
  }
}

TEST_CASE("files: folders are made in depth, a file in the way is an error", "[node][os]") {
  const TempDir dir;
  os::make_dirs(dir / "x/y/z").value();
  os::make_dirs(dir / "x/y/z").value();
  REQUIRE(os::exists(dir / "x/y/z"));
  os::write_file_atomic(dir / "f", {}).value();
  REQUIRE_FALSE(os::make_dirs(dir / "f").ok());
  REQUIRE_FALSE(os::make_dirs(dir / "f/g").ok());
  os::remove_tree(dir / "x").value();
  REQUIRE_FALSE(os::exists(dir / "x"));
  os::remove_tree(dir / "x").value();
}

TEST_CASE("files: reading past the end says how much is missing", "[node][os]") {
  const TempDir dir;
  os::write_file_atomic(dir / "a", base::Bytes(10)).value();
  const auto file = os::File::open(dir / "a", os::Open::kRead).value();
  const auto result = file.read_exact(4, 10);
  REQUIRE_FALSE(result.ok());
  REQUIRE(result.error().text.find("4 bytes early at offset 10") != std::string::npos);
}

TEST_CASE("files: a pipe opens before it is written to, and what is open already has a second name",
          "[node][os]") {
  const TempDir dir;
  const std::string pipe = dir / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const os::File file = os::File::open(pipe, os::Open::kReadNoWait).value();
  char byte = 0;
  REQUIRE(::read(file.fd(), &byte, 1) == 0);  // nobody writes
  const os::File writer = os::File::open(pipe, os::Open::kReadWrite).value();
  REQUIRE(::read(file.fd(), &byte, 1) == -1);
  REQUIRE(errno == EAGAIN);
  REQUIRE(::write(writer.fd(), "x", 1) == 1);
  const os::File again = os::File::duplicate(file.fd(), "standard input").value();
  REQUIRE(again.fd() != file.fd());
  REQUIRE(again.path() == "standard input");
  REQUIRE(::read(again.fd(), &byte, 1) == 1);
  REQUIRE(byte == 'x');
  REQUIRE(os::File::duplicate(-1, "nothing").error().code == EBADF);
}

TEST_CASE("files: memory and unknown file systems are refused unless a test chain says otherwise",
          "[node][os]") {
  REQUIRE_FALSE(os::check_filesystem("/proc", true).ok());
  const auto name = os::filesystem_name("/dev/shm");
  if (name.ok() && *name == "tmpfs") {
    REQUIRE_FALSE(os::check_filesystem("/dev/shm", false).ok());
    REQUIRE(os::check_filesystem("/dev/shm", true).ok());
  }
  REQUIRE_FALSE(os::check_filesystem("/nowhere-at-all", true).ok());
  REQUIRE(os::free_bytes("/").value() > 0);
}
