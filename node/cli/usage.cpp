// SPDX-License-Identifier: Apache-2.0
#include "node/cli/usage.h"

#include <algorithm>

#include "node/reflect/nearest.h"

namespace wald::cli {
namespace {

// Flags that are legal at `app`: its own and those of all above it.
std::vector<const CLI::Option*> flags_at(const CLI::App& app) {
  std::vector<const CLI::Option*> out;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent())
    for (const CLI::Option* option : at->get_options())
      if (!option->get_positional()) out.push_back(option);
  return out;
}

// Of flags with a few values.
const std::vector<std::pair<std::string, std::vector<const char*>>> kValues{
    {"--output", {"text", "json", "jsonl", "csv"}},
    {"--units", {"wal", "frost"}},
    {"--wait", {"none", "accepted", "committed"}},
    {"--progress", {"auto", "json", "none"}},
    {"--signer", {"file", "exec:"}},
    {"--axis", {"primary", "secondary"}},
    {"--check", {"skip", "default", "strict"}}};

// `--node` of `--node=x`; empty for what is no flag.
std::string flag_of(const std::string& word) {
  if (word.size() < 2 || word[0] != '-') return "";
  return word.substr(0, word.find('='));
}

const CLI::Option* known_flag(const CLI::App& app, const std::string& flag) {
  for (const CLI::Option* option : flags_at(app))
    if (option->check_name(flag)) return option;
  return nullptr;
}

const CLI::App* child_of(const CLI::App& app, const std::string& name) {
  for (const CLI::App* child : app.get_subcommands({}))
    if (child->check_name(name)) return child;
  return nullptr;
}

std::string path_of(const CLI::App& app) {
  const CLI::App* above = app.get_parent();
  return above == nullptr ? app.get_name() : path_of(*above) + " " + app.get_name();
}

UsageFault unknown_verb(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  std::string all;
  for (const CLI::App* child : app.get_subcommands({})) {
    names.push_back(child->get_name());
    if (names.size() <= 12) all += (all.empty() ? "" : ", ") + child->get_name();
  }
  if (names.size() > 12) all += " and more";
  return {path_of(app) + ": no verb \"" + word + "\"" + reflect::nearest_hint(word, names),
          "there are " + all + "; see " + path_of(app) + " --help"};
}

UsageFault unknown_flag(const CLI::App& app, const std::string& flag) {
  std::vector<std::string> names;
  for (const CLI::Option* option : flags_at(app))
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return {path_of(app) + ": no flag \"" + flag + "\"" + reflect::nearest_hint(flag, names),
          "see " + path_of(app) + " --help"};
}

// The sentences of CLI11 say little of the place.
UsageFault other_fault(const CLI::App& app, const CLI::Error& error) {
  std::string text = error.what();
  const std::string required = " is required";
  if (text.ends_with(required))
    text = text.substr(0, text.size() - required.size()) + " is missing";
  std::replace(text.begin(), text.end(), '\n', ' ');
  return {path_of(app) + ": " + text, "see " + path_of(app) + " --help"};
}

class PlainHelp : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string out = CLI::Formatter::make_option_opts(option);
    if (option->get_positional()) return out;
    if (const auto dots = out.find(" ..."); dots != std::string::npos) out.erase(dots, 4);
    return out;
  }
};

}  // namespace

UsageFault usage_fault(const CLI::App& app, const CLI::Error& error, int argc,
                       const char* const* argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") break;
    if (const std::string flag = flag_of(word); !flag.empty()) {
      const CLI::Option* known = known_flag(*at, flag);
      if (known == nullptr) return unknown_flag(*at, flag);
      if (known->get_expected_min() > 0 && word.find('=') == std::string::npos) ++i;  // its value
      continue;
    }
    if (at->get_subcommands({}).empty()) continue;  // arguments of a verb
    const CLI::App* child = child_of(*at, word);
    if (child == nullptr) return unknown_verb(*at, word);
    at = child;
  }
  if (!at->get_subcommands({}).empty())
    return {path_of(*at) + ": a verb is missing", "see " + path_of(*at) + " --help"};
  return other_fault(*at, error);
}

std::vector<NextWord> next_words(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const CLI::App* at = &app;
  const CLI::Option* waits = nullptr;  // for its value
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string flag = flag_of(words[i]);
    if (waits != nullptr) {
      waits = nullptr;
    } else if (!flag.empty()) {
      const CLI::Option* option = known_flag(*at, flag);
      if (option != nullptr && flag == words[i] && option->get_items_expected_min() > 0)
        waits = option;
    } else if (const CLI::App* child = child_of(*at, words[i]); child != nullptr) {
      at = child;
    }
  }
  std::vector<NextWord> out;
  const auto offer = [&](const std::string& word, const std::string& help) {
    if (word.starts_with(words.back())) out.push_back({word, help});
  };
  if (waits != nullptr) {
    for (const auto& [flag, values] : kValues)
      if (waits->check_name(flag))
        for (const char* value : values) offer(value, "");
  } else if (words.back().starts_with("-")) {
    for (const CLI::Option* option : flags_at(*at))
      for (const std::string& name : option->get_lnames())
        offer("--" + name, option->get_description());
  } else {
    for (const CLI::App* child : at->get_subcommands({}))
      offer(child->get_name(), child->get_description());
  }
  return out;
}

std::shared_ptr<CLI::Formatter> plain_help() { return std::make_shared<PlainHelp>(); }

}  // namespace wald::cli
