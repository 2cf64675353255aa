// SPDX-License-Identifier: Apache-2.0
// Configuration of the daemon (interfaces.md 6): TOML, one table of keys with types, defaults and
// help. Unknown keys, wrong types and values out of range are errors, all reported at once with
// line, column and the nearest name. WALD_SECTION__KEY in the environment overrides a key. Thread
// rule: plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "node/reflect/settings.h"

namespace wald::app {

enum class Mode { kSequencer, kFollower };
std::string_view mode_name(Mode mode);

struct Config {
  std::string data_dir = "/var/lib/wald";
  std::string genesis;  // path of the document
  Mode mode = Mode::kSequencer;
  std::string upstream;  // of a follower: http://host:port
  std::uint64_t idle_ms = 5'000;
  std::uint64_t batch_delay_ms = 5;
  std::uint64_t batch_txs = 1'000;
  std::vector<std::string> listen{"127.0.0.1:9185"};
  std::vector<std::string> cors_origins;
  std::vector<std::string> host_names;
  std::uint64_t reads_per_second = 200;   // per address
  std::uint64_t submits_per_second = 50;  // per address
  std::uint64_t connections_per_address = 32;
  std::string storage_dir;     // empty: dataDir/storage
  std::uint64_t capacity = 0;  // bytes
  std::string public_address;  // host:port as registered
  bool allow_private_peers = false;
  std::map<std::string, std::string> keys;  // role -> path of the key file
  std::string passphrase_file;
  std::uint64_t map_bytes = std::uint64_t{64} << 30;
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  std::uint64_t history_blocks = 10'000;
  std::uint64_t warn_percent = 70;  // of the map
  std::uint64_t stop_percent = 80;
  std::uint64_t min_free_bytes = std::uint64_t{256} << 20;  // of the disk
  bool unsafe_fs = false;
  std::string admin_socket = "admin.sock";  // relative to dataDir
};

using ConfigError = reflect::SettingError;  // without a place: the environment

// Where each value came from, for `config-check`.
struct ConfigRow {
  std::string key;
  std::string value;
  std::string source;  // default, file, environment
  std::string help;
};
struct LoadedConfig {
  Config config;
  std::vector<ConfigRow> rows;
};

// Text of a file named `name`; `environment` holds the overrides, by variable name.
base::Result<LoadedConfig, std::vector<ConfigError>> parse_config(
    const std::string& text, const std::map<std::string, std::string>& environment);

}  // namespace wald::app
