// SPDX-License-Identifier: Apache-2.0
// LockFile: at most one process writes a data folder. An exclusive advisory lock (flock) that the
// kernel drops with the process; the file's text "boot <id> pid <n>" names the holder, so that a
// second start can say who is in the way. Thread rule: a plain owner. Engine.md 2 "At most one
// writer".
#pragma once

#include <string>

#include "node/os/files.h"

namespace wald::os {

class LockFile {
 public:
  // Refusal text: "<path> is held by boot <id> pid <n>: .." and what to do.
  static IoResult<LockFile> acquire(const std::string& path);
  const std::string& path() const { return file_.path(); }

 private:
  explicit LockFile(File file) : file_(std::move(file)) {}
  File file_;
};

}  // namespace wald::os
