// SPDX-License-Identifier: Apache-2.0
// The program `wal` as a process, with a home of its own and what it wrote.
#pragma once

#include <boost/json.hpp>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "node/keys/keystore.h"
#include "node/os/process.h"
#include "tests/node/temp_dir.h"
#include "tests/support/world.h"

namespace wald::tests {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
  boost::json::value json() const { return boost::json::parse(out); }
  // What a refusal of the codec names.
  std::string reason() const {
    const auto error = boost::json::parse(err).at("error");
    return std::string(error.at("details").at(0).at("reason").as_string());
  }
};

// A `wal` that runs; killed when this ends first.
struct Running {
  os::Child child;
  std::string stem;

  // Waits until it has written `text` on stderr (or stdout); false: not within 20 s.
  bool shows(const std::string& text) const;
  void interrupt() const { child.signal(SIGINT); }
  Ran end();  // waits; code -1 where a signal ended it, 124 where it goes on for 20 s
};

class WalProgram {
 public:
  // url: the node that --url names in every call; empty: none is named.
  explicit WalProgram(std::string url = "") : url_(std::move(url)) {}

  Ran run(const std::vector<std::string>& args);
  Running start(const std::vector<std::string>& args) {
    return start_with(args, "2>\"$ERR\" </dev/null");
  }
  // `before`: shell commands that end in a semicolon.
  Running start_with(const std::vector<std::string>& args, const std::string& streams,
                     const std::string& before = "");
  // After shell commands, with redirections of one's own; `$ERR` is where stderr is looked for.
  Ran run_in_shell(const std::string& before, const std::vector<std::string>& args,
                   const std::string& streams = "2>\"$ERR\" </dev/null") {
    return run_with(args, streams, before);
  }
  // At a terminal where somebody types `keys`; `err` is what the terminal showed.
  Ran run_at_terminal(const std::vector<std::string>& args, const std::string& keys);
  // The key of a name (key_of_name) as a file; without a phrase it is unsealed.
  void add_key(const std::string& name, keys::Role role = keys::Role::kAccount,
               const std::string& phrase = "");
  std::string path(const std::string& name) const { return dir_ / name; }
  // Its folder and all below, without what start() writes there.
  std::set<std::string> files() const;
  void write(const std::string& name, const std::string& text) const;

 private:
  Ran run_with(const std::vector<std::string>& args, const std::string& streams,
               const std::string& before = "");

  TempDir dir_;
  std::string url_;
  int calls_ = 0;
};

}  // namespace wald::tests
