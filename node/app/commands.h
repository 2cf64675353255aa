// SPDX-License-Identifier: Apache-2.0
// The verbs of `wald` beside `run` and `demo` (interfaces.md 4). Each answers an exit code of
// interfaces.md 2: 0 done, 1 unexpected, 2 usage or configuration, 6 not reachable, 10 a check
// found a problem. Data goes to stdout, words to stderr. Thread rule: main.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/app/config.h"

namespace wald::app {

// Says it on stderr and gives the code back.
int complain(const std::string& text, int code);

struct InitOptions {
  std::string network;
  std::string data_dir;
  std::string public_address;
  std::string capacity;
  std::string mode = "sequencer";
  std::string upstream;
  std::string genesis;
  bool test_keys = false;  // key files without a passphrase, for test chains
};
// Directories, keys and a configuration file; never overwrites anything.
int init(const InitOptions& options);

int keygen(const std::string& role, const std::string& out, const std::string& passphrase_file,
           bool test_keys);

int genesis_new(const std::string& source, const std::string& out);
int genesis_check(const std::string& file);
int genesis_hash(const std::string& file);

struct ReplayOptions {
  std::string genesis;
  std::string data_dir;
  std::uint64_t to = 0;  // 0: all
  bool print_roots = false;
};
// Executes the block log again from genesis and compares every header.
int replay(const ReplayOptions& options);

// Replays with every law judging, and folds the events into the state they led to; a line for each
// law. 10: a law is broken, or the log does not give its own headers.
int audit(const std::string& genesis_file, const std::string& data_dir);

// The configuration of `run`, or the exit code after its errors were printed.
base::Result<LoadedConfig, int> read_config(const std::string& file);
int config_check(const std::string& file, const std::string& explain);
// Verbs over the admin socket, those that this node can honour.
struct AdminVerb {
  std::string name;
  std::string help;
  bool changes = false;
};
const std::vector<AdminVerb>& admin_verbs();
int admin(const std::string& socket, const std::string& verb);
// Asks again for up to `wait_ms` while the node does not answer as it should.
int healthcheck(const std::string& url, bool ready, std::uint64_t wait_ms = 0);
int docs(const std::string& dir);
int version(bool json);

}  // namespace wald::app
