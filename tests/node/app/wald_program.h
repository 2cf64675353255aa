// SPDX-License-Identifier: Apache-2.0
// The program `wald` as a process: a node with a folder, configuration, key and port of its own,
// whose system calls can be made to fail while it runs (fault_calls.cpp).
#pragma once

#include <string>
#include <vector>

#include "node/os/process.h"
#include "node/os/sockets.h"
#include "specs/proto/block.pb.h"
#include "tests/node/temp_dir.h"

namespace wald::tests {

struct Said {
  int code = -1;  // 128 + signal
  std::string text;
};
// One call of an offline verb; stdout and stderr together.
Said wald(const std::vector<std::string>& args);

class WaldProgram {
 public:
  // upstream: of a follower; empty: a sequencer.
  explicit WaldProgram(const spec::Genesis& document, const std::string& upstream = "");

  // more: lines behind the configuration's.
  void configure(const std::string& more);
  void start();
  // Until /v1/livez answers; false: it ended before.
  bool wait_until_up();
  // Its end by itself, or nothing within 20 s.
  std::optional<int> wait_for_end();
  int stop();  // SIGTERM; the exit code
  void kill();

  // Lines `CALL PART` of what fails from now on; empty: nothing any more.
  void fail_calls(const std::string& orders) const;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
  std::string data() const { return dir_ / "data"; }
  std::string genesis() const { return dir_ / "genesis.bin"; }
  std::string config() const { return dir_ / "wald.toml"; }
  std::string log() const;  // what it has written so far

 private:
  TempDir dir_;
  os::Listener listener_;
  std::string base_config_;
  os::Child child_;
  std::optional<int> ended_;
};

}  // namespace wald::tests
