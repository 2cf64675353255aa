// SPDX-License-Identifier: Apache-2.0
// A program beside us that is measured in turn with us: it answers each line with one,
// "<milliseconds> <64 hex digits>", and times itself, so that its start, pipes and file reads are
// not counted. Thread rule: main.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "node/os/process.h"

namespace wald::bench {

class Peer {
 public:
  struct Answer {
    double milliseconds = 0;
    std::string hash;
  };
  // argv[0] is a path, or is searched in PATH.
  explicit Peer(std::vector<std::string> argv);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // std::runtime_error where it ended or answers something else.
  Answer ask(const std::string& line);

 private:
  os::Child child_;
  int in_ = -1;
  std::FILE* out_ = nullptr;
};

}  // namespace wald::bench
