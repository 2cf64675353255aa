// SPDX-License-Identifier: Apache-2.0
// Child processes: those of the local network of `wald demo`, and programs that are asked
// something. A child inherits exactly the descriptors
// named (same numbers), writes its output to a file, and is killed by the kernel when the thread
// that made it ends, so a run leaves no process behind, also after a crash. Make children from a
// thread that lives as long as they should (the main one). Thread rule: one owner.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "node/os/error.h"

namespace wald::os {

struct SpawnOptions {
  std::vector<std::string> argv;  // argv[0] is a path, or is searched in PATH
  std::vector<int> inherit;       // descriptors kept open in the child
  std::string output;             // appended to by stdout and stderr; empty: inherited
  std::string working_dir;        // empty: the parent's
  int stdin_fd = -1;              // becomes its stdin; -1: inherited
  int stdout_fd = -1;             // becomes its stdout, whatever `output` says
};

struct Exit {
  bool signalled = false;
  int code = 0;  // exit code, or the signal
};

class Child {
 public:
  static IoResult<Child> spawn(const SpawnOptions& options);
  Child() = default;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();  // SIGKILL and reap, if it still runs

  pid_t pid() const { return pid_; }
  bool running() const { return pid_ > 0; }  // not yet reaped
  void signal(int number) const;
  Exit wait();
  std::optional<Exit> wait_for(int timeout_ms);  // nothing: it still runs
  std::optional<Exit> poll() { return wait_for(0); }

 private:
  void end() noexcept;
  pid_t pid_ = -1;
  int pidfd_ = -1;
};

// Starts a program without arguments (no shell), gives it `question` on stdin, and returns what it
// wrote to stdout by its end; its stderr is ours. An error if it cannot be started, does not end
// with code 0 within the time, when it is killed, or writes more than `most` bytes.
IoResult<std::string> ask_program(const std::string& path, const std::string& question,
                                  int timeout_ms, std::size_t most);

std::string own_executable();  // absolute path of the running program

}  // namespace wald::os
