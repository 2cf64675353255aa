// SPDX-License-Identifier: Apache-2.0
#include "node/app/config.h"

#include <algorithm>
#include <functional>
#include <sstream>

#include "node/reflect/nearest.h"
#include "node/reflect/units.h"

namespace wald::app {
namespace {

using Problem = std::optional<std::string>;
using reflect::Setting;

// One key: how its value is read into the Config, from the file or from the text of a variable.
struct Key {
  std::string name;  // section.key
  std::string help;
  std::function<Problem(Config&, const Setting&)> read;
  std::function<Problem(Config&, const std::string&)> read_text;
  std::function<std::string(const Config&)> show;
};

using FromText = std::function<Problem(Config&, const std::string&)>;

// A key whose value is a text in the file too.
Key from_text(std::string name, std::string help, FromText set,
              std::function<std::string(const Config&)> show) {
  return {std::move(name), std::move(help),
          [set](Config& c, const Setting& given) -> Problem {
            const auto* text = given.as<std::string>();
            return text == nullptr ? Problem("must be a text") : set(c, *text);
          },
          std::move(set), std::move(show)};
}

Key text_key(std::string name, std::string Config::*field, std::string help) {
  return from_text(
      std::move(name), std::move(help),
      [field](Config& c, const std::string& text) -> Problem {
        c.*field = text;
        return std::nullopt;
      },
      [field](const Config& c) { return c.*field; });
}

Key bool_key(std::string name, bool Config::*field, std::string help) {
  return {std::move(name), std::move(help),
          [field](Config& c, const Setting& given) -> Problem {
            const auto* truth = given.as<bool>();
            if (truth == nullptr) return "must be true or false";
            c.*field = *truth;
            return std::nullopt;
          },
          [field](Config& c, const std::string& t) -> Problem {
            if (t != "true" && t != "false") return "must be true or false";
            c.*field = t == "true";
            return std::nullopt;
          },
          [field](const Config& c) { return std::string(c.*field ? "true" : "false"); }};
}

Key list_key(std::string name, std::vector<std::string> Config::*field, std::string help) {
  return {std::move(name), std::move(help),
          [field](Config& c, const Setting& given) -> Problem {
            const auto* list = given.as<std::vector<std::string>>();
            if (list == nullptr) return "must be a list of texts";
            c.*field = *list;
            return std::nullopt;
          },
          [field](Config& c, const std::string& t) -> Problem {
            std::vector<std::string> out;
            std::istringstream in(t);
            for (std::string item; std::getline(in, item, ',');) out.push_back(item);
            c.*field = std::move(out);
            return std::nullopt;
          },
          [field](const Config& c) {
            std::string out;
            for (const auto& item : c.*field) out += (out.empty() ? "" : ",") + item;
            return out;
          }};
}

// How a number is written: read from a text, in words of its limits, and shown again.
struct Measure {
  base::Result<std::uint64_t, std::string> (*parse)(const std::string&);
  std::string (*show)(std::uint64_t);
};

Key number_key(std::string name, std::uint64_t Config::*field, std::uint64_t low,
               std::uint64_t high, const Measure& measure, std::string help) {
  const FromText set = [=](Config& c, const std::string& t) -> Problem {
    const auto parsed = measure.parse(t);
    if (!parsed.ok()) return parsed.error();
    if (*parsed < low || *parsed > high)
      return "must lie between " + measure.show(low) + " and " + measure.show(high);
    c.*field = *parsed;
    return std::nullopt;
  };
  return {std::move(name), std::move(help),
          [set](Config& c, const Setting& given) -> Problem {
            if (const auto* text = given.as<std::string>()) return set(c, *text);
            const auto* number = given.as<std::int64_t>();
            if (number == nullptr || *number < 0) return "must be a whole number";
            // A bare number has no unit: fine for counts alone.
            return set(c, std::to_string(*number));
          },
          set, [field, measure](const Config& c) { return measure.show(c.*field); }};
}

constexpr Measure kCount{[](const std::string& text) -> base::Result<std::uint64_t, std::string> {
                           const auto parsed = reflect::parse_whole(text);
                           if (!parsed.ok())
                             return base::Err{std::string("must be a whole number")};
                           return *parsed;
                         },
                         [](std::uint64_t value) { return std::to_string(value); }};

constexpr Measure kSize{[](const std::string& text) -> base::Result<std::uint64_t, std::string> {
                          const auto parsed = reflect::parse_size(text);
                          if (!parsed.ok())
                            return base::Err{parsed.error().message + "; write for example 5GiB"};
                          return *parsed;
                        },
                        [](std::uint64_t value) { return reflect::format_size(value); }};

constexpr Measure kTime{[](const std::string& text) -> base::Result<std::uint64_t, std::string> {
                          const auto parsed = reflect::parse_duration(text);
                          if (!parsed.ok())
                            return base::Err{"needs a unit: " + parsed.error().hint};
                          return *parsed;
                        },
                        [](std::uint64_t value) { return reflect::format_duration(value); }};

Key mode_key() {
  return from_text(
      "node.mode", "who orders the blocks: sequencer (this node) or follower (the upstream one)",
      [](Config& c, const std::string& text) -> Problem {
        if (text != "sequencer" && text != "follower") return "must be sequencer or follower";
        c.mode = text == "sequencer" ? Mode::kSequencer : Mode::kFollower;
        return std::nullopt;
      },
      [](const Config& c) { return std::string(mode_name(c.mode)); });
}

Key role_key(const std::string& role) {
  return from_text(
      "keys." + role, "path of the " + role + " key file",
      [role](Config& c, const std::string& path) -> Problem {
        c.keys[role] = path;
        return std::nullopt;
      },
      [role](const Config& c) {
        const auto at = c.keys.find(role);
        return at == c.keys.end() ? std::string() : at->second;
      });
}

const std::vector<Key>& all_keys() {
  static const std::vector<Key> kKeys{
      text_key("node.dataDir", &Config::data_dir, "where block log and state live"),
      text_key("node.genesis", &Config::genesis, "path of the genesis document"),
      mode_key(),
      text_key("node.upstream", &Config::upstream, "URL of the node a follower reads from"),
      number_key("sequencer.idle", &Config::idle_ms, 50, 60'000, kTime,
                 "a block at least this often"),
      number_key("sequencer.batchDelay", &Config::batch_delay_ms, 1, 10'000, kTime,
                 "how long a block waits for more transactions"),
      number_key("sequencer.batchTxs", &Config::batch_txs, 1, 10'000, kCount,
                 "most transactions in a block"),
      list_key("api.listen", &Config::listen, "addresses; fd:N is an inherited socket"),
      list_key("api.corsOrigins", &Config::cors_origins, "origins of web pages"),
      list_key("api.hostNames", &Config::host_names, "accepted Host values; empty: any"),
      number_key("api.readsPerSecond", &Config::reads_per_second, 1, 1'000'000, kCount,
                 "point reads per address"),
      number_key("api.submitsPerSecond", &Config::submits_per_second, 1, 1'000'000, kCount,
                 "submissions per address"),
      number_key("api.connectionsPerAddress", &Config::connections_per_address, 1, 1'024, kCount,
                 "open connections per address"),
      text_key("storage.dir", &Config::storage_dir, "slivers; empty: dataDir/storage"),
      number_key("storage.capacity", &Config::capacity, 0, UINT64_MAX >> 1, kSize,
                 "bytes this node offers"),
      text_key("storage.publicAddress", &Config::public_address, "host:port as registered"),
      bool_key("storage.allowPrivatePeers", &Config::allow_private_peers,
               "peers may have private or loopback addresses"),
      role_key("protocol"),
      role_key("vrf"),
      role_key("sequencer"),
      text_key("keys.passphraseFile", &Config::passphrase_file, "file with the passphrase"),
      number_key("store.mapSize", &Config::map_bytes, 16u << 20, std::uint64_t{1} << 46, kSize,
                 "largest size of the state on disk"),
      number_key("store.segmentSize", &Config::segment_bytes, 1u << 20, 1u << 30, kSize,
                 "size of a segment of the block log"),
      number_key("store.historyBlocks", &Config::history_blocks, 0, 100'000'000, kCount,
                 "how many blocks back past states can be read; 0: only the newest"),
      number_key("store.warnPercent", &Config::warn_percent, 1, 100, kCount,
                 "share of the map in use that readyz tells"),
      number_key("store.stopPercent", &Config::stop_percent, 1, 100, kCount,
                 "share of the map in use from which no block is made and writes are 503"),
      number_key("store.minFree", &Config::min_free_bytes, 0, std::uint64_t{1} << 46, kSize,
                 "free bytes of the disk below which no block is made and writes are 503"),
      bool_key("store.unsafeFs", &Config::unsafe_fs, "allow tmpfs on a test chain"),
      text_key("admin.socket", &Config::admin_socket, "Unix socket, relative to dataDir"),
  };
  return kKeys;
}

const Key* key_named(const std::string& name) {
  const auto at = std::find_if(all_keys().begin(), all_keys().end(),
                               [&](const Key& key) { return key.name == name; });
  return at == all_keys().end() ? nullptr : &*at;
}

bool is_section(const std::string& name) {
  return std::any_of(all_keys().begin(), all_keys().end(),
                     [&](const Key& key) { return key.name.starts_with(name + "."); });
}

std::string unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) names.push_back(key.name);
  return "unknown key \"" + name + "\"" + reflect::nearest_hint(name, names);
}

std::string unknown_section(const std::string& name) {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) names.push_back(key.name.substr(0, key.name.find('.')));
  return "unknown section \"" + name + "\"" + reflect::nearest_hint(name, names);
}

std::string variable_of(const std::string& key) {
  std::string out = "WALD_";
  for (const char c : key) {
    if (c == '.')
      out += "__";
    else
      out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

// Keys in the environment lose their capitals, so the nearest one is looked for among variables.
std::string unknown_variable(const std::string& name) {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) names.push_back(variable_of(key.name));
  return "unknown variable \"" + name + "\"" + reflect::nearest_hint(name, names);
}

class Reading {
 public:
  LoadedConfig loaded;
  std::vector<ConfigError> errors;
  std::map<std::string, std::string> sources;

  void file(const std::vector<Setting>& settings) {
    std::string lost;  // an unknown section is told once, not for each of its keys
    for (const Setting& given : settings) {
      if (!lost.empty() && given.name.starts_with(lost)) continue;
      const Key* key = key_named(given.name);
      if (given.is_table() && is_section(given.name)) continue;
      if (given.is_table() && key == nullptr && given.name.find('.') == std::string::npos) {
        lost = given.name + ".";
        errors.push_back({given.where, unknown_section(given.name)});
      } else if (key == nullptr) {
        errors.push_back({given.key, unknown(given.name)});
      } else if (const Problem p = key->read(loaded.config, given)) {
        errors.push_back({given.where, given.name + " " + *p});
      } else {
        sources[given.name] = "file";
      }
    }
  }

  void environment(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, text] : variables) {
      const auto at =
          std::find_if(all_keys().begin(), all_keys().end(),
                       [&, &name = name](const Key& k) { return variable_of(k.name) == name; });
      if (at == all_keys().end()) {
        // WALD_LOG and others without a section have owners of their own.
        if (name.find("__") != std::string::npos) errors.push_back({{}, unknown_variable(name)});
        continue;
      }
      if (const Problem p = at->read_text(loaded.config, text))
        errors.push_back({{}, name + " " + *p});
      sources[at->name] = "environment";
    }
  }
};

}  // namespace

std::string_view mode_name(Mode mode) {
  return mode == Mode::kSequencer ? "sequencer" : "follower";
}

base::Result<LoadedConfig, std::vector<ConfigError>> parse_config(
    const std::string& text, const std::map<std::string, std::string>& environment) {
  Reading reading;
  const auto settings = reflect::read_settings(text);
  if (!settings.ok()) return base::Err{std::vector<ConfigError>{settings.error()}};
  reading.file(*settings);
  reading.environment(environment);
  Config& config = reading.loaded.config;
  if (config.mode == Mode::kFollower && config.upstream.empty())
    reading.errors.push_back({{}, "node.upstream must be set for a follower"});
  if (config.warn_percent > config.stop_percent)
    reading.errors.push_back({{}, "store.warnPercent must not be above store.stopPercent"});
  if (!reading.errors.empty()) return base::Err{std::move(reading.errors)};
  if (config.storage_dir.empty()) config.storage_dir = config.data_dir + "/storage";
  if (!config.admin_socket.starts_with('/'))
    config.admin_socket = config.data_dir + "/" + config.admin_socket;
  for (const Key& key : all_keys()) {
    const auto source = reading.sources.find(key.name);
    reading.loaded.rows.push_back({key.name, key.show(config),
                                   source == reading.sources.end() ? "default" : source->second,
                                   key.help});
  }
  return std::move(reading.loaded);
}

}  // namespace wald::app
