// SPDX-License-Identifier: Apache-2.0
// The program `wal` as a process, with a home of its own and what it wrote.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "node/keys/keystore.h"
#include "tests/node/temp_dir.h"
#include "tests/support/world.h"

namespace wald::tests {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
  boost::json::value json() const { return boost::json::parse(out); }
};

class WalProgram {
 public:
  // url: the node that --url names in every call; empty: none is named.
  explicit WalProgram(std::string url = "") : url_(std::move(url)) {}

  Ran run(const std::vector<std::string>& args);
  // At a terminal where somebody types `keys`; `err` is what the terminal showed.
  Ran run_at_terminal(const std::vector<std::string>& args, const std::string& keys);
  // The key of a name (key_of_name) as an unsealed file.
  void add_key(const std::string& name, keys::Role role = keys::Role::kAccount);
  std::string path(const std::string& name) const { return dir_ / name; }
  void write(const std::string& name, const std::string& text) const;

 private:
  Ran run_with(const std::vector<std::string>& args, const std::string& streams);

  TempDir dir_;
  std::string url_;
  int calls_ = 0;
};

}  // namespace wald::tests
