// SPDX-License-Identifier: Apache-2.0
// `wald`: the node daemon and its offline tools.
#include <csignal>
#include <cstdio>

#include "node/app/commands.h"
#include "node/app/node.h"
#include "node/cli/usage.h"
#include "node/demo/demo.h"
#include "node/os/signals.h"
#include "node/reflect/units.h"

namespace {

int run(const std::string& config_file) {
  wald::os::forbid_core_files();
  auto loaded = wald::app::read_config(config_file);
  if (!loaded.ok()) return loaded.error();
  auto node = wald::app::Node::start(loaded->config);
  if (!node.ok()) {
    std::fprintf(stderr, "wald: %s\n", node.error().c_str());
    return 1;
  }
  return node.value()->wait();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"wald: a node of a decentralised storage network", "wald"};
  app.formatter(wald::cli::plain_help());
  app.footer("wald VERB --help shows the flags of a verb.");
  app.require_subcommand(1);
  int code = 0;

  std::string config = "/etc/wald/wald.toml";
  auto* run_verb = app.add_subcommand("run", "run the node");
  run_verb->add_option("--config", config, "configuration file")->capture_default_str();
  run_verb->callback([&] { code = run(config); });

  wald::app::InitOptions init;
  auto* init_verb = app.add_subcommand("init", "write configuration, keys and directories");
  init_verb->add_option("--network", init.network, "name of the network")->required();
  init_verb->add_option("--data-dir", init.data_dir, "where the node lives")->required();
  init_verb->add_option("--public-address", init.public_address, "host:port for others")
      ->required();
  init_verb->add_option("--capacity", init.capacity, "bytes to offer, for example 20TiB")
      ->required();
  init_verb->add_option("--genesis", init.genesis, "path of the genesis document")->required();
  init_verb->add_option("--mode", init.mode, "sequencer or follower")->capture_default_str();
  init_verb->add_option("--upstream", init.upstream, "URL a follower reads from");
  init_verb->callback([&] { code = wald::app::init(init); });

  std::string role, out, passphrase_file;
  bool test_keys = false;
  auto* keygen = app.add_subcommand("keygen", "make a key file");
  keygen->add_option("--role", role, "account, operator, protocol, vrf, sequencer ..")->required();
  keygen->add_option("--out", out, "file to make")->required();
  keygen->add_option("--passphrase-file", passphrase_file, "file with the passphrase");
  keygen->add_flag("--test-keys", test_keys, "no passphrase; accepted on test chains only");
  keygen->callback([&] { code = wald::app::keygen(role, out, passphrase_file, test_keys); });

  std::string file;
  auto* genesis = app.add_subcommand("genesis", "build and validate a genesis document");
  genesis->require_subcommand(1);
  auto* genesis_new = genesis->add_subcommand("new", "canonical document from its JSON source");
  genesis_new->add_option("source", file, "JSON file")->required();
  genesis_new->add_option("-o,--out", out, "file to make")->required();
  genesis_new->callback([&] { code = wald::app::genesis_new(file, out); });
  auto* genesis_check = genesis->add_subcommand("check", "check a document and say what it makes");
  genesis_check->add_option("file", file, "document")->required();
  genesis_check->callback([&] { code = wald::app::genesis_check(file); });
  auto* genesis_hash = genesis->add_subcommand("hash", "chain id of a document");
  genesis_hash->add_option("file", file, "document")->required();
  genesis_hash->callback([&] { code = wald::app::genesis_hash(file); });

  wald::app::ReplayOptions replay;
  auto* replay_verb = app.add_subcommand("replay", "execute the block log again from genesis");
  replay_verb->add_option("--genesis", replay.genesis, "genesis document")->required();
  replay_verb->add_option("--data-dir", replay.data_dir, "folder of the node")->required();
  replay_verb->add_option("--to", replay.to, "last height; 0: all");
  replay_verb->add_flag("--roots", replay.print_roots, "print the root of every height");
  replay_verb->callback([&] { code = wald::app::replay(replay); });

  std::string audit_genesis, audit_dir;
  auto* audit =
      app.add_subcommand("audit", "replay from genesis, judge every law, fold the events");
  audit->add_option("--genesis", audit_genesis, "genesis document")->required();
  audit->add_option("--data-dir", audit_dir, "folder of the node")->required();
  audit->callback([&] { code = wald::app::audit(audit_genesis, audit_dir); });

  std::string explain;
  auto* check = app.add_subcommand("config-check", "parse and show the configuration");
  check->add_option("--config", config, "configuration file")->capture_default_str();
  check->add_option("--explain", explain, "one key");
  check->callback([&] { code = wald::app::config_check(config, explain); });

  std::string socket = "/run/wald/admin.sock";
  auto* admin = app.add_subcommand("admin", "ask the running node over its Unix socket");
  admin->require_subcommand(1)->fallthrough();
  admin->add_option("--socket", socket, "admin socket")->capture_default_str()->type_name("PATH");
  for (const auto& one : wald::app::admin_verbs()) {
    auto* row = admin->add_subcommand(one.name, one.help)->fallthrough();
    row->callback([&code, &socket, name = one.name] { code = wald::app::admin(socket, name); });
  }

  std::string url = "http://127.0.0.1:9185";
  bool ready = false;
  std::string wait = "0ms";
  auto* health = app.add_subcommand("healthcheck", "exit 0 if the node answers, else 10");
  health->add_option("--node", url, "URL of the node")->capture_default_str();
  health->add_flag("--ready", ready, "ask for readiness, not just for life");
  health->add_option("--wait", wait, "ask again for so long, as 10s")->type_name("TIME");
  health->callback([&] {
    const auto ms = wald::reflect::parse_duration(wait);
    if (!ms.ok()) {
      std::fprintf(stderr, "wald: --wait: %s; write %s\n", ms.error().message.c_str(),
                   ms.error().hint.c_str());
      code = 2;
      return;
    }
    code = wald::app::healthcheck(url, ready, *ms);
  });

  std::string dir = "specs/generated";
  auto* docs = app.add_subcommand("docs", "write the generated reference pages");
  docs->add_option("--dir", dir, "folder")->capture_default_str();
  docs->callback([&] { code = wald::app::docs(dir); });

  wald::demo::DemoOptions demo;
  auto* demo_verb = app.add_subcommand("demo", "a whole network in small, on loopback");
  demo_verb->add_option("--dir", demo.dir, "where its files go")->capture_default_str();
  demo_verb->add_option("files", demo.files, "files to store and read back, beside its own");
  demo_verb->add_flag("--keep", demo.keep, "leave the network up until Ctrl-C");
  demo_verb->callback([&] { code = wald::demo::run(demo); });

  bool json = false;
  auto* version = app.add_subcommand("version", "version, compiler, accept set");
  version->add_flag("--json", json, "one JSON document");
  version->callback([&] { code = wald::app::version(json); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    if (argc < 2) {
      std::fputs(app.help().c_str(), stderr);
      return 2;
    }
    const auto fault = wald::cli::usage_fault(app, error, argc, argv);
    std::fprintf(stderr, "%s\n      %s\n", fault.message.c_str(), fault.hint.c_str());
    return 2;
  }
  return code;
}
