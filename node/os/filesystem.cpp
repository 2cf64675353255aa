// SPDX-License-Identifier: Apache-2.0
#include "node/os/filesystem.h"

#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace wald::os {
namespace {

struct Known {
  std::uint64_t magic;
  const char* name;
  bool durable;
};
constexpr std::array kKnown{
    Known{0xEF53, "ext4", true},       Known{0x58465342, "xfs", true},
    Known{0x9123683E, "btrfs", true},  Known{0x2FC12FC1, "zfs", true},
    Known{0xF2F52010, "f2fs", true},   Known{0x794C7630, "overlay", true},
    Known{0x01021994, "tmpfs", false}, Known{0x858458F6, "ramfs", false},
    Known{0x6969, "nfs", false},       Known{0xFF534D42, "cifs", false},
    Known{0xFE534D42, "smb2", false},  Known{0x65735546, "fuse", false},
    Known{0x01021997, "9p", false},    Known{0x00C36400, "ceph", false},
};

IoResult<struct statfs> ask(const std::string& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0)
    return base::Err{system_error(errno, "file system of " + path)};
  return info;
}

// f_type is signed on some platforms; magic numbers are 32 bits wide.
std::uint64_t magic_of(const struct statfs& info) {
  return static_cast<std::uint64_t>(info.f_type) & 0xFFFFFFFFu;
}

}  // namespace

IoResult<std::string> filesystem_name(const std::string& path) {
  TRY_ASSIGN(const struct statfs info, ask(path));
  for (const Known& known : kKnown)
    if (known.magic == magic_of(info)) return std::string(known.name);
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx",
                static_cast<unsigned long long>(magic_of(info)));
  return std::string(text.data());
}

IoResult<void> check_filesystem(const std::string& path, bool unsafe_fs) {
  TRY_ASSIGN(const std::string name, filesystem_name(path));
  for (const Known& known : kKnown)
    if (name == known.name && known.durable) return {};
  if (name == "tmpfs" && unsafe_fs) return {};
  return content_error(path + " lies on " + name +
                       ": data needs a local ext4, xfs, btrfs, zfs, f2fs or overlay file system" +
                       (name == "tmpfs" ? " (a test chain may use --unsafe-fs)" : ""));
}

IoResult<std::uint64_t> free_bytes(const std::string& path) {
  TRY_ASSIGN(const struct statfs info, ask(path));
  return static_cast<std::uint64_t>(info.f_bavail) * static_cast<std::uint64_t>(info.f_bsize);
}

}  // namespace wald::os
