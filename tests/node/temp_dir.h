// SPDX-License-Identifier: Apache-2.0
// A folder of its own for one test case, under the build's temporary folder; removed at the end.
#pragma once

#include <cstdlib>
#include <string>

#include "codec/base/check.h"
#include "node/os/files.h"

namespace wald::tests {

class TempDir {
 public:
  TempDir() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base != nullptr ? base : "/tmp") + "/wald-test-XXXXXX";
    WALD_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { static_cast<void>(os::remove_tree(path_).ok()); }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Flips one bit of a file in place.
inline void flip_byte(const std::string& path, std::uint64_t offset) {
  auto file = os::File::open(path, os::Open::kReadWrite).value();
  base::Bytes byte = file.read_exact(offset, 1).value();
  byte[0] ^= 0x01;
  file.write_at(offset, byte).value();
}

}  // namespace wald::tests
