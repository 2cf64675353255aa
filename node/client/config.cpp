// SPDX-License-Identifier: Apache-2.0
#include "node/client/config.h"

#include <algorithm>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace wald::client {
namespace {

struct TextKey {
  std::string name;
  std::string* value;
};

class ConfigReader {
 public:
  explicit ConfigReader(std::string file) : file_(std::move(file)) {}

  ClientConfig read(const toml::table& top) {
    ClientConfig out;
    texts(top, {{"context", &out.context}, {"keys", &out.keys}}, {"contexts"});
    if (const auto* contexts = top.get("contexts"); contexts != nullptr) {
      const auto* list = contexts->as_table();
      if (list == nullptr) {
        wrong(contexts->source(), "contexts must be tables, as [contexts.main]");
      } else {
        for (const auto& [name, node] : *list) context(out, std::string(name), node);
      }
    }
    if (!out.context.empty() && !out.contexts.contains(out.context)) {
      std::vector<std::string> names;
      for (const auto& [name, ignored] : out.contexts) names.push_back(name);
      wrong(top.get("context")->source(),
            "no context \"" + out.context + "\"" + guess(out.context, names));
    }
    return out;
  }
  std::vector<std::string> errors;

 private:
  void wrong(const toml::source_region& at, const std::string& text) {
    errors.push_back(file_ + ":" + std::to_string(at.begin.line) + ":" +
                     std::to_string(at.begin.column) + ": " + text);
  }
  static std::string guess(const std::string& given, const std::vector<std::string>& names) {
    const std::string near = nearest_name(given, names);
    return near.empty() ? "" : ", did you mean \"" + near + "\"?";
  }
  void context(ClientConfig& out, const std::string& name, const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr) return wrong(node.source(), "a context must be a table");
    ContextConfig& into = out.contexts[name];
    texts(*table,
          {{"node", &into.node},
           {"from", &into.from},
           {"genesis", &into.genesis},
           {"units", &into.units},
           {"passphraseFile", &into.passphrase_file}},
          {});
    if (!into.units.empty() && into.units != "wal" && into.units != "frost")
      wrong(table->get("units")->source(), "units must be \"wal\" or \"frost\"");
  }
  void texts(const toml::table& table, const std::vector<TextKey>& keys,
             std::vector<std::string> others) {
    std::vector<std::string> names = std::move(others);
    const std::size_t tables = names.size();
    for (const TextKey& key : keys) names.push_back(key.name);
    for (const auto& [name, node] : table) {
      const std::string given(name);
      const auto known = std::find(names.begin(), names.end(), given);
      if (known == names.end()) {
        wrong(name.source(), "unknown key \"" + given + "\"" + guess(given, names));
        continue;
      }
      const auto index = static_cast<std::size_t>(known - names.begin());
      if (index < tables) continue;
      const auto text = node.value_exact<std::string>();
      if (!text)
        wrong(node.source(), given + " must be a text");
      else
        *keys[index - tables].value = *text;
    }
  }

  std::string file_;
};

std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t above = row[k];
      row[k] = std::min({above + 1, row[k - 1] + 1, diagonal + (a[i - 1] == b[k - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(const std::string& given, const std::vector<std::string>& names) {
  std::string best;
  std::size_t least = std::max<std::size_t>(given.size() / 3, 1) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = edits(given, name);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

base::Result<ClientConfig, std::vector<std::string>> parse_client_config(const std::string& text,
                                                                         const std::string& file) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const auto& at = parsed.error().source().begin;
    return base::Err{std::vector<std::string>{file + ":" + std::to_string(at.line) + ":" +
                                              std::to_string(at.column) + ": " +
                                              std::string(parsed.error().description())}};
  }
  ConfigReader reader(file);
  ClientConfig config = reader.read(parsed.table());
  if (!reader.errors.empty()) return base::Err{std::move(reader.errors)};
  return config;
}

}  // namespace wald::client
