// SPDX-License-Identifier: Apache-2.0
// One running node: everything that a configuration asks for, wired by constructor arguments,
// started in order and stopped in reverse. Thread rule: start, stop and wait belong to main.
#pragma once

#include <memory>

#include "node/app/config.h"
#include "node/core/ledger_core.h"

namespace wald::app {

// A genesis document from its file, checked whole.
base::Result<ledger::GenesisState, std::string> load_genesis(const std::string& path);

class Node {
 public:
  static base::Result<std::unique_ptr<Node>, std::string> start(const Config& config);
  ~Node();

  // Until a signal asks for the end, an administrator does, or something fatal happened; the
  // process's exit code. The node is stopped when it returns.
  int wait();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace wald::app
