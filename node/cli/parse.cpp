// SPDX-License-Identifier: Apache-2.0
// The command line of `wal`: verbs.h as CLI11 wants it.
#include "node/cli/run.h"
#include "node/cli/usage.h"

namespace wald::cli {
namespace {

// Where CLI11 puts what it finds for one verb.
struct Slots {
  CLI::App* app = nullptr;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists;
  std::map<std::string, bool> switches;
};

void add_globals(CLI::App& app, Globals& g) {
  app.add_option("--config", g.config, "configuration file; else $WAL_CONFIG")->type_name("FILE");
  app.add_option("--context", g.context, "context of the configuration")->type_name("NAME");
  app.add_option("--node,--url", g.url, "node to ask, http://host:port")->type_name("URL");
  app.add_option("--from", g.from, "key that signs")->type_name("KEY");
  app.add_option("--signer", g.signer, "file, or exec:PROGRAM that holds the keys")
      ->type_name("WHO");
  app.add_option("--keys", g.keys, "folder of the key files")->type_name("DIR");
  app.add_option("--passphrase-file", g.passphrase_file, "file of mode 0600")->type_name("FILE");
  app.add_option("--output", g.output, "text, json, jsonl or csv")->type_name("FORM");
  app.add_flag("--json", g.json, "--output json");
  app.add_option("--units", g.units, "wal or frost")->type_name("UNIT");
  app.add_option("--at-height", g.at_height, "what the state was behind this block")
      ->type_name("HEIGHT");
  app.add_option("--at-epoch", g.at_epoch, "what the state was when this epoch began")
      ->type_name("EPOCH");
  app.add_flag("--verify", g.verify, "check the answer by a state proof");
  app.add_option("--genesis", g.genesis, "genesis document, for --verify")->type_name("FILE");
  app.add_option("--wait", g.wait, "none, accepted or committed")->type_name("WORD");
  app.add_option("--timeout", g.timeout, "how long to wait, as 30s")->type_name("TIME");
  app.add_flag("--dry-run", g.dry_run, "show what would happen; opens no key");
  app.add_option("--unsigned", g.unsigned_file, "write the bytes, do not sign")->type_name("FILE");
  app.add_option("--max-fee", g.max_fee, "the most the fee may be")->type_name("AMOUNT");
  app.add_option("--valid-for", g.valid_for, "blocks until it expires")->type_name("BLOCKS");
  app.add_option("--watch", g.watch, "read again every 5s, or TIME with --watch=TIME")
      ->type_name("[TIME]")
      ->expected(0, 1)
      ->default_str("5s");
  app.add_option("--progress", g.progress, "auto, json or none")->type_name("WORD");
  app.add_flag("--yes", g.yes, "do not ask");
  app.add_flag("--quiet", g.quiet, "no words on stderr but errors");
}

void add_verb(CLI::App& group, const Verb& verb, Slots& slots) {
  slots.app = group.add_subcommand(verb.name, verb.help)->fallthrough();
  slots.app->footer("Flags of every verb: wal --help");
  for (const Argument& argument : verb.arguments) {
    const std::string& name = argument.name;
    auto* option = argument.repeated
                       ? slots.app->add_option(name, slots.lists[name], argument.help)
                       : slots.app->add_option(name, slots.texts[name], argument.help);
    option->type_name("")->required(argument.required);
  }
  for (const Option& given : verb.options) {
    const std::string flag = (given.name == "out" ? "-o,--" : "--") + given.name;
    if (given.value.empty()) {
      slots.app->add_flag(flag, slots.switches[given.name], given.help);
      continue;
    }
    auto* option = given.repeated
                       ? slots.app->add_option(flag, slots.lists[given.name], given.help)
                       : slots.app->add_option(flag, slots.texts[given.name], given.help);
    option->type_name(given.value)->required(given.required);
    if (given.repeated) option->allow_extra_args(false);
  }
}

// `--node` of a verb may also name the node to ask: an address has "://".
void take_addresses(Given& given, Globals& globals) {
  const auto at = given.values.find("node");
  if (at == given.values.end()) return;
  auto& list = at->second;
  for (auto i = list.begin(); i != list.end();) {
    if (i->find("://") == std::string::npos) {
      ++i;
      continue;
    }
    globals.url = *i;
    i = list.erase(i);
  }
}

// Usage errors keep to the modes too; the flags themselves may be what is wrong.
bool wants_json(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view next = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--json" || word == "--output=json" || word == "--output=jsonl") return true;
    if (word == "--output" && (next == "json" || next == "jsonl")) return true;
  }
  return false;
}

Given given_of(const Slots& slots) {
  Given out;
  for (const auto& [name, text] : slots.texts)
    if (!text.empty()) out.values[name] = {text};
  for (const auto& [name, list] : slots.lists)
    if (!list.empty()) out.values[name] = list;
  for (const auto& [name, on] : slots.switches)
    if (on) out.values[name] = {"true"};
  return out;
}

}  // namespace

ParsedLine parse_line(int argc, const char* const* argv, const Verbs& verbs) {
  ParsedLine out;
  CLI::App app{"wal: accounts, stake, votes and storage on a Wald network", "wal"};
  app.require_subcommand(1);
  app.formatter(plain_help());
  app.footer("wal GROUP --help shows its verbs, wal GROUP VERB --help their flags.");
  app.set_version_flag("--version", WALD_VERSION);
  add_globals(app, out.globals);
  std::map<std::string, CLI::App*> apps;
  for (const auto& [name, help] : groups()) {
    apps[name] = app.add_subcommand(name, help)->require_subcommand(1)->fallthrough();
    apps[name]->footer("Flags of every verb (--from, --json, --dry-run ..): wal --help");
  }
  std::vector<Slots> slots(verbs.size());
  for (std::size_t i = 0; i < verbs.size(); ++i)
    add_verb(*apps.at(verbs[i].group), verbs[i], slots[i]);
  // What the scripts of `wal completion` ask: the words so far, of which the last is not complete.
  if (argc > 3 && argv[1] == std::string_view("completion") &&
      argv[2] == std::string_view("next")) {
    for (const NextWord& next : next_words(app, {argv + 3, argv + argc}))
      std::printf("%s\t%s\n", next.word.c_str(), next.help.c_str());
    return out;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help or version was asked for
      out.exit = app.exit(error);
      return out;
    }
    out.exit = static_cast<int>(Exit::kUsage);
    if (argc < 2) {
      std::fputs(app.help().c_str(), stderr);
      return out;
    }
    const UsageFault fault = usage_fault(app, error, argc, argv);
    print_failure(client::usage(fault.message, fault.hint).error, wants_json(argc, argv));
    return out;
  }
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    if (!slots[i].app->parsed()) continue;
    out.verb = &verbs[i];
    out.given = given_of(slots[i]);
    take_addresses(out.given, out.globals);
  }
  return out;
}

}  // namespace wald::cli
