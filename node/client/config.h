// SPDX-License-Identifier: Apache-2.0
// The client's configuration: TOML with named contexts (interfaces.md 6).
//
//   context = "main"            which context is used without --context
//   keys = "/home/ann/keys"     folder of the key files
//   [contexts.main]
//   node = "http://127.0.0.1:9185"    from = "ann"         genesis = "/etc/wald/genesis.bin"
//   units = "wal"                     passphraseFile = ".."     signer = "exec:/opt/hsm"
//
// Unknown keys and wrong types are errors, all reported at once, with line, column and the nearest
// name. Thread rule: plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/base/result.h"

namespace wald::client {

struct ContextConfig {
  std::string node;
  std::string from;
  std::string genesis;
  std::string units;
  std::string passphrase_file;
  std::string signer;
};
struct ClientConfig {
  std::string context;
  std::string keys;
  std::map<std::string, ContextConfig> contexts;
};

// Each error as `file:line:column: text`.
base::Result<ClientConfig, std::vector<std::string>> parse_client_config(const std::string& text,
                                                                         const std::string& file);

}  // namespace wald::client
