// SPDX-License-Identifier: Apache-2.0
#include "node/client/config.h"

#include <algorithm>

#include "node/reflect/nearest.h"
#include "node/reflect/settings.h"

namespace wald::client {
namespace {

using reflect::Setting;

struct TextKey {
  const char* name;
  std::string ContextConfig::*field;
};
constexpr TextKey kContextKeys[] = {{"node", &ContextConfig::node},
                                    {"from", &ContextConfig::from},
                                    {"genesis", &ContextConfig::genesis},
                                    {"units", &ContextConfig::units},
                                    {"passphraseFile", &ContextConfig::passphrase_file},
                                    {"signer", &ContextConfig::signer}};

class ConfigReader {
 public:
  explicit ConfigReader(std::string file) : file_(std::move(file)) {}

  ClientConfig read(const std::vector<Setting>& settings) {
    ClientConfig out;
    reflect::Place chosen;  // where `context` stands
    for (const Setting& given : settings) {
      if (given.name.starts_with("contexts.")) {
        context(out, given);
      } else if (given.name == "contexts") {
        if (!given.is_table()) wrong(given.where, "contexts must be tables, as [contexts.main]");
      } else if (given.name == "context" || given.name == "keys") {
        if (given.name == "context") chosen = given.where;
        text(given, given.name == "context" ? out.context : out.keys);
      } else if (given.name.find('.') == std::string::npos) {
        unknown(given, given.name, {"context", "contexts", "keys"});
      }
    }
    if (!out.context.empty() && !out.contexts.contains(out.context)) {
      std::vector<std::string> names;
      for (const auto& [name, ignored] : out.contexts) names.push_back(name);
      wrong(chosen,
            "no context \"" + out.context + "\"" + reflect::nearest_hint(out.context, names));
    }
    return out;
  }
  std::vector<std::string> errors;

 private:
  void wrong(const reflect::Place& at, const std::string& text) {
    errors.push_back(reflect::describe(file_, {at, text}));
  }
  void unknown(const Setting& given, const std::string& name,
               const std::vector<std::string>& names) {
    wrong(given.key, "unknown key \"" + name + "\"" + reflect::nearest_hint(name, names));
  }
  void text(const Setting& given, std::string& into) {
    const auto* value = given.as<std::string>();
    if (value == nullptr) return wrong(given.where, given.name + " must be a text");
    into = *value;
  }
  // `contexts.NAME` or `contexts.NAME.KEY`; a name with dots in it is its own, so the longest
  // context that is known decides.
  void context(ClientConfig& out, const Setting& given) {
    const std::string rest = given.name.substr(std::string("contexts.").size());
    const auto dot = rest.rfind('.');
    if (dot == std::string::npos || !out.contexts.contains(rest.substr(0, dot))) {
      if (!given.is_table()) return wrong(given.where, "a context must be a table");
      out.contexts[rest];
      return;
    }
    const std::string key = rest.substr(dot + 1);
    ContextConfig& into = out.contexts[rest.substr(0, dot)];
    std::vector<std::string> names;
    for (const TextKey& known : kContextKeys) {
      if (key == known.name) {
        text(given, into.*known.field);
        if (key == "units" && !into.units.empty() && into.units != "wal" && into.units != "frost")
          wrong(given.where, "units must be \"wal\" or \"frost\"");
        return;
      }
      names.emplace_back(known.name);
    }
    unknown(given, key, names);
  }

  std::string file_;
};

}  // namespace

base::Result<ClientConfig, std::vector<std::string>> parse_client_config(const std::string& text,
                                                                         const std::string& file) {
  const auto settings = reflect::read_settings(text);
  if (!settings.ok())
    return base::Err{std::vector<std::string>{reflect::describe(file, settings.error())}};
  ConfigReader reader(file);
  ClientConfig config = reader.read(*settings);
  if (!reader.errors.empty()) return base::Err{std::move(reader.errors)};
  return config;
}

}  // namespace wald::client
