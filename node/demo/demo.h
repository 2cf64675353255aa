// SPDX-License-Identifier: Apache-2.0
// `wald demo`: a network in small, watched while it lives (architecture.md 17). It prints tables a
// person can follow and checks them itself; the last line is `demo: ok`, or names the expectation
// that failed. Exit: 0 ok, 1 an expectation or a step failed, 2 a file was refused beforehand, 130
// interrupted. Thread rule: main.
#pragma once

#include <string>
#include <vector>

namespace wald::demo {

struct DemoOptions {
  std::string dir = "build/demo";
  std::vector<std::string> files;
  bool keep = false;  // leave the network up until Ctrl-C
};
int run(const DemoOptions& options);

}  // namespace wald::demo
