// SPDX-License-Identifier: Apache-2.0
// Where data may live. Only local file systems whose sync is known to hold are accepted: ext2/3/4,
// xfs, btrfs, zfs, f2fs, overlay; tmpfs only when the caller says `unsafe_fs` (test chains).
// Network file systems lie about locks, memory ones about durability. Reliability.md 7.6.
#pragma once

#include <cstdint>
#include <string>

#include "node/os/error.h"

namespace wald::os {

IoResult<std::string> filesystem_name(const std::string& path);  // "ext4", "0x..." if unknown
IoResult<void> check_filesystem(const std::string& path, bool unsafe_fs);
IoResult<std::uint64_t> free_bytes(const std::string& path);  // available to this user

}  // namespace wald::os
