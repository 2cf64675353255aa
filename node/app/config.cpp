// SPDX-License-Identifier: Apache-2.0
#include "node/app/config.h"

#include <algorithm>
#include <functional>
#include <sstream>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "node/reflect/units.h"

namespace wald::app {
namespace {

using Problem = std::optional<std::string>;

// One key: how its value is read into the Config, from TOML or from the text of a variable.
struct Key {
  std::string name;  // section.key
  std::string help;
  std::function<Problem(Config&, const toml::node&)> read;
  std::function<Problem(Config&, const std::string&)> read_text;
  std::function<std::string(const Config&)> show;
};

Key text_key(std::string name, std::string Config::*field, std::string help) {
  return {std::move(name), std::move(help),
          [field](Config& c, const toml::node& n) -> Problem {
            const auto v = n.value_exact<std::string>();
            if (!v) return "must be a text";
            c.*field = *v;
            return std::nullopt;
          },
          [field](Config& c, const std::string& t) -> Problem {
            c.*field = t;
            return std::nullopt;
          },
          [field](const Config& c) { return c.*field; }};
}

Key bool_key(std::string name, bool Config::*field, std::string help) {
  return {std::move(name), std::move(help),
          [field](Config& c, const toml::node& n) -> Problem {
            const auto v = n.value_exact<bool>();
            if (!v) return "must be true or false";
            c.*field = *v;
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
          [field](Config& c, const toml::node& n) -> Problem {
            const auto* array = n.as_array();
            if (array == nullptr) return "must be a list of texts";
            std::vector<std::string> out;
            for (const auto& item : *array) {
              const auto v = item.value_exact<std::string>();
              if (!v) return "must be a list of texts";
              out.push_back(*v);
            }
            c.*field = std::move(out);
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

// A number with a unit of its own: text is turned into it by `parse`.
Key number_key(std::string name, std::uint64_t Config::*field, std::uint64_t low,
               std::uint64_t high,
               base::Result<std::uint64_t, std::string> (*parse)(const std::string&),
               std::string help) {
  const auto set = [=](Config& c, std::uint64_t v) -> Problem {
    if (v < low || v > high)
      return "must lie between " + std::to_string(low) + " and " + std::to_string(high);
    c.*field = v;
    return std::nullopt;
  };
  const auto from_text = [=](Config& c, const std::string& t) -> Problem {
    const auto parsed = parse(t);
    if (!parsed.ok()) return parsed.error();
    return set(c, parsed.value());
  };
  return {std::move(name), std::move(help),
          [=](Config& c, const toml::node& n) -> Problem {
            if (const auto text = n.value_exact<std::string>()) return from_text(c, *text);
            const auto v = n.value_exact<std::int64_t>();
            if (!v || *v < 0) return "must be a whole number";
            // A bare number has no unit: fine for counts alone.
            return from_text(c, std::to_string(*v));
          },
          from_text, [field](const Config& c) { return std::to_string(c.*field); }};
}

base::Result<std::uint64_t, std::string> count(const std::string& text) {
  const auto parsed = reflect::parse_whole(text);
  if (!parsed.ok()) return base::Err{std::string("must be a whole number")};
  return parsed.value();
}

base::Result<std::uint64_t, std::string> size(const std::string& text) {
  const auto parsed = reflect::parse_size(text);
  if (!parsed.ok()) return base::Err{parsed.error().message + "; write for example 5GiB"};
  return parsed.value();
}

base::Result<std::uint64_t, std::string> duration(const std::string& text) {
  static const std::vector<std::pair<std::string, std::uint64_t>> kUnits{
      {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
  for (const auto& [unit, ms] : kUnits) {
    if (text.size() <= unit.size() || !text.ends_with(unit)) continue;
    const auto digits = reflect::parse_whole(text.substr(0, text.size() - unit.size()));
    if (digits.ok() && digits.value() <= UINT32_MAX) return digits.value() * ms;
  }
  return base::Err{std::string("needs a unit: 250ms, 5s, 10m or 24h")};
}

Key mode_key() {
  const auto set = [](Config& c, const std::string& text) -> Problem {
    if (text == "sequencer")
      c.mode = Mode::kSequencer;
    else if (text == "follower")
      c.mode = Mode::kFollower;
    else
      return "must be sequencer or follower";
    return std::nullopt;
  };
  return {"node.mode", "who orders the blocks: this node, or the upstream one",
          [set](Config& c, const toml::node& n) -> Problem {
            const auto v = n.value_exact<std::string>();
            return v ? set(c, *v) : Problem("must be a text");
          },
          set, [](const Config& c) { return std::string(mode_name(c.mode)); }};
}

Key role_key(const std::string& role) {
  const auto set = [role](Config& c, const std::string& path) -> Problem {
    c.keys[role] = path;
    return std::nullopt;
  };
  return {"keys." + role, "path of the " + role + " key file",
          [set](Config& c, const toml::node& n) -> Problem {
            const auto v = n.value_exact<std::string>();
            return v ? set(c, *v) : Problem("must be a path");
          },
          set,
          [role](const Config& c) {
            const auto at = c.keys.find(role);
            return at == c.keys.end() ? std::string() : at->second;
          }};
}

const std::vector<Key>& all_keys() {
  static const std::vector<Key> kKeys{
      text_key("node.dataDir", &Config::data_dir, "where block log and state live"),
      text_key("node.genesis", &Config::genesis, "path of the genesis document"),
      mode_key(),
      text_key("node.upstream", &Config::upstream, "URL of the node a follower reads from"),
      number_key("sequencer.idle", &Config::idle_ms, 50, 60'000, duration,
                 "a block at least this often"),
      number_key("sequencer.batchDelay", &Config::batch_delay_ms, 1, 10'000, duration,
                 "how long a block waits for more transactions"),
      number_key("sequencer.batchTxs", &Config::batch_txs, 1, 10'000, count,
                 "most transactions in a block"),
      list_key("api.listen", &Config::listen, "addresses; fd:N is an inherited socket"),
      list_key("api.corsOrigins", &Config::cors_origins, "origins of web pages"),
      list_key("api.hostNames", &Config::host_names, "accepted Host values; empty: any"),
      number_key("api.readsPerSecond", &Config::reads_per_second, 1, 1'000'000, count,
                 "point reads per address"),
      number_key("api.submitsPerSecond", &Config::submits_per_second, 1, 1'000'000, count,
                 "submissions per address"),
      number_key("api.connectionsPerAddress", &Config::connections_per_address, 1, 1'024, count,
                 "open connections per address"),
      text_key("storage.dir", &Config::storage_dir, "slivers; empty: dataDir/storage"),
      number_key("storage.capacity", &Config::capacity, 0, UINT64_MAX >> 1, size,
                 "bytes this node offers"),
      text_key("storage.publicAddress", &Config::public_address, "host:port as registered"),
      bool_key("storage.allowPrivatePeers", &Config::allow_private_peers,
               "peers may have private or loopback addresses"),
      role_key("protocol"),
      role_key("vrf"),
      role_key("sequencer"),
      text_key("keys.passphraseFile", &Config::passphrase_file, "file with the passphrase"),
      number_key("store.mapSize", &Config::map_bytes, 16u << 20, std::uint64_t{1} << 46, size,
                 "largest size of the state on disk"),
      number_key("store.segmentSize", &Config::segment_bytes, 1u << 20, 1u << 30, size,
                 "size of a segment of the block log"),
      bool_key("store.unsafeFs", &Config::unsafe_fs, "allow tmpfs on a test chain"),
      text_key("admin.socket", &Config::admin_socket, "Unix socket, relative to dataDir"),
  };
  return kKeys;
}

std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t best =
          std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = std::exchange(row[j], best);
    }
  }
  return row[b.size()];
}

std::string unknown(const std::string& name) {
  const Key* best = nullptr;
  std::size_t least = 4;
  for (const Key& key : all_keys()) {
    const std::size_t d = distance(name, key.name);
    if (d < least) {
      least = d;
      best = &key;
    }
  }
  return "unknown key \"" + name + "\"" +
         (best != nullptr ? ", did you mean \"" + best->name + "\"?" : "");
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

class Reading {
 public:
  LoadedConfig loaded;
  std::vector<ConfigError> errors;
  std::map<std::string, std::string> sources;

  void table(const toml::table& top) {
    for (const auto& [section, node] : top) {
      const std::string name(section.str());
      const auto* inner = node.as_table();
      if (inner == nullptr) {
        problem(node, unknown(name));
        continue;
      }
      for (const auto& [key, value] : *inner) entry(name + "." + std::string(key.str()), value);
    }
  }

  void environment(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, text] : variables) {
      const auto at = std::find_if(all_keys().begin(), all_keys().end(),
                                   [&](const Key& k) { return variable_of(k.name) == name; });
      if (at == all_keys().end()) continue;  // WALD_LOG and others have owners of their own
      if (const Problem p = at->read_text(loaded.config, text))
        errors.push_back({0, 0, name + " " + *p});
      sources[at->name] = "environment";
    }
  }

 private:
  void problem(const toml::node& node, std::string text) {
    errors.push_back({node.source().begin.line, node.source().begin.column, std::move(text)});
  }
  void entry(const std::string& name, const toml::node& value) {
    const auto at = std::find_if(all_keys().begin(), all_keys().end(),
                                 [&](const Key& k) { return k.name == name; });
    if (at == all_keys().end()) return problem(value, unknown(name));
    if (const Problem p = at->read(loaded.config, value)) problem(value, name + " " + *p);
    sources[name] = "file";
  }
};

}  // namespace

std::string_view mode_name(Mode mode) {
  return mode == Mode::kSequencer ? "sequencer" : "follower";
}

base::Result<LoadedConfig, std::vector<ConfigError>> parse_config(
    const std::string& text, const std::map<std::string, std::string>& environment) {
  Reading reading;
  try {
    reading.table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return base::Err{
        std::vector<ConfigError>{{at.line, at.column, std::string(error.description())}}};
  }
  reading.environment(environment);
  Config& config = reading.loaded.config;
  if (config.mode == Mode::kFollower && config.upstream.empty())
    reading.errors.push_back({0, 0, "node.upstream must be set for a follower"});
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

std::string describe(const std::string& file, const ConfigError& error) {
  if (error.line == 0) return file + ": " + error.text;
  return file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " +
         error.text;
}

}  // namespace wald::app
