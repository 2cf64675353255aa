// SPDX-License-Identifier: Apache-2.0
// init, keygen, genesis, config-check, docs, version: what works without a running node.
#include <cstdio>
#include <cstdlib>

#include "codec/base/text.h"
#include "ledger/state_machine.h"
#include "ledger/wire/canonical.h"
#include "node/app/commands.h"
#include "node/app/node.h"
#include "node/app/version.h"
#include "node/http/catalogue.h"
#include "node/keys/keystore.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "node/reflect/docs.h"
#include "node/reflect/json.h"
#include "proofs/accept_set.h"
#include "specs/proto/block.pb.h"

extern char** environ;

namespace wald::app {
namespace {

std::optional<base::Bytes> read_passphrase(const std::string& file) {
  if (file.empty()) return base::Bytes();
  auto read = os::read_private_file(file, 4096);
  if (!read.ok()) {
    complain("passphrase: " + read.error().text, 2);
    return std::nullopt;
  }
  base::Bytes out = std::move(read).value();
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

int make_key(keys::Role role, const std::string& path, const base::Bytes& passphrase, bool test) {
  if (!test && passphrase.empty())
    return complain("a passphrase is needed (--passphrase-file), or --test-keys on a test chain",
                    2);
  const keys::Secret32 seed = keys::random_seed();
  const auto saved =
      keys::save_key(path, role, std::string(keys::role_name(role)), seed, os::wall_time(),
                     test ? keys::Kdf::none() : keys::Kdf(), passphrase);
  if (!saved.ok()) return complain(saved.error().text, 2);
  std::printf("%s 0x%s\n", path.c_str(), base::to_hex(keys::public_key_of(seed).view()).c_str());
  return 0;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string config_text(const InitOptions& o) {
  const std::string keys_dir = o.data_dir + "/keys";
  std::string out = "# wald, network " + o.network + "; `wald config-check` explains every key\n";
  out += "[node]\ndataDir = " + quoted(o.data_dir) + "\ngenesis = " + quoted(o.genesis) +
         "\nmode = " + quoted(o.mode) + "\n";
  if (!o.upstream.empty()) out += "upstream = " + quoted(o.upstream) + "\n";
  out += "\n[storage]\npublicAddress = " + quoted(o.public_address) +
         "\ncapacity = " + quoted(o.capacity) + "\n";
  out += "\n[keys]\nprotocol = " + quoted(keys_dir + "/protocol.json") +
         "\nvrf = " + quoted(keys_dir + "/vrf.json") + "\n";
  if (o.mode == "sequencer") out += "sequencer = " + quoted(keys_dir + "/sequencer.json") + "\n";
  return out;
}

std::map<std::string, std::string> wald_environment() {
  std::map<std::string, std::string> out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string entry(*at);
    const auto equals = entry.find('=');
    if (entry.starts_with("WALD_") && equals != std::string::npos)
      out[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return out;
}

}  // namespace

int complain(const std::string& text, int code) {
  std::fprintf(stderr, "wald: %s\n", text.c_str());
  return code;
}

int init(const InitOptions& options) {
  const std::string config_path = options.data_dir + "/wald.toml";
  if (os::exists(config_path)) return complain(config_path + " exists; nothing was changed", 2);
  const std::string text = config_text(options);
  if (const auto parsed = parse_config(text, {}); !parsed.ok()) {
    for (const auto& error : parsed.error()) complain(error.text, 2);
    return 2;
  }
  const auto made = os::make_dirs(options.data_dir + "/keys", 0700);
  if (!made.ok()) return complain(made.error().text, 2);
  std::vector<keys::Role> roles{keys::Role::kProtocol, keys::Role::kVrf};
  if (options.mode == "sequencer") roles.push_back(keys::Role::kSequencer);
  for (const keys::Role role : roles) {
    const std::string path =
        options.data_dir + "/keys/" + std::string(keys::role_name(role)) + ".json";
    // Without a passphrase the files are for test chains; `wald keygen` makes sealed ones.
    if (const int code = make_key(role, path, {}, true); code != 0) return code;
  }
  const auto saved = os::write_file_atomic(config_path, base::as_bytes(text), 0600);
  if (!saved.ok()) return complain(saved.error().text, 1);
  std::printf("%s\n", config_path.c_str());
  return 0;
}

int keygen(const std::string& role, const std::string& out, const std::string& passphrase_file,
           bool test_keys) {
  const auto parsed = keys::parse_role(role);
  if (!parsed) return complain("no such role: " + role, 2);
  const auto passphrase = read_passphrase(passphrase_file);
  if (!passphrase) return 2;
  return make_key(*parsed, out, *passphrase, test_keys);
}

int genesis_new(const std::string& source, const std::string& out) {
  const auto text = os::read_file(source, 256u << 20);
  if (!text.ok()) return complain(text.error().text, 3);
  spec::Genesis document;
  const auto read = reflect::from_json_text(base::as_text(*text), document);
  if (!read.ok()) return complain(read.error().path + ": " + read.error().message, 2);
  const base::Bytes bytes = wire::write_canonical(document);
  const auto state = ledger::build_genesis(bytes);
  if (!state.ok()) return complain(state.error().field + ": " + state.error().message, 2);
  if (os::exists(out)) return complain(out + " exists; nothing was changed", 2);
  const auto saved = os::write_file_atomic(out, bytes);
  if (!saved.ok()) return complain(saved.error().text, 1);
  std::printf("0x%s\n", base::to_hex(state->chain.view()).c_str());
  return 0;
}

int genesis_check(const std::string& file) {
  const auto state = load_genesis(file);
  if (!state.ok()) return complain(state.error(), 10);
  std::printf("network %s%s\nchain 0x%s\nroot 0x%s\nrecords %zu\n", state->network.c_str(),
              state->test ? " (test)" : "", base::to_hex(state->chain.view()).c_str(),
              base::to_hex(state->tree.root().view()).c_str(), state->records.size());
  return 0;
}

int genesis_hash(const std::string& file) {
  const auto state = load_genesis(file);
  if (!state.ok()) return complain(state.error(), 10);
  std::printf("0x%s\n", base::to_hex(state->chain.view()).c_str());
  return 0;
}

base::Result<LoadedConfig, int> read_config(const std::string& file) {
  const auto text = os::read_file(file, 1u << 20);
  if (!text.ok()) return base::Err{complain(text.error().text, 2)};
  auto parsed = parse_config(base::string_of(*text), wald_environment());
  if (!parsed.ok()) {
    for (const auto& error : parsed.error())
      std::fprintf(stderr, "%s\n", reflect::describe(file, error).c_str());
    return base::Err{2};
  }
  return std::move(parsed).value();
}

int config_check(const std::string& file, const std::string& explain) {
  const auto loaded = read_config(file);
  if (!loaded.ok()) return loaded.error();
  bool found = explain.empty();
  for (const ConfigRow& row : loaded->rows) {
    if (!explain.empty() && row.key != explain) continue;
    found = true;
    std::printf("%-28s %-40s %s", row.key.c_str(), row.value.c_str(), row.source.c_str());
    std::printf("\n");
    if (!explain.empty()) std::printf("%s\n", row.help.c_str());
  }
  return found ? 0 : complain("no such key: " + explain, 2);
}

int docs(const std::string& dir) {
  const auto made = os::make_dirs(dir);
  if (!made.ok()) return complain(made.error().text, 1);
  auto pages = reflect::generate_docs();
  pages["openapi.json"] = http::openapi_text(kVersion);
  for (const auto& [name, text] : pages) {
    std::string path = dir;
    path.append("/").append(name);
    const auto saved = os::write_file_atomic(path, base::as_bytes(text));
    if (!saved.ok()) return complain(saved.error().text, 1);
    std::printf("%s\n", path.c_str());
  }
  return 0;
}

int version(bool json) {
  const std::string accept_set = base::shown_hex(proofs::accept_set_id().view());
  std::string known = "1";  // and all that came after it
  for (std::uint32_t v = 2; v <= ledger::kNewestVersion; ++v) known += "," + std::to_string(v);
  if (json)
    std::printf(
        "{\"data\":{\"version\":\"%s\",\"protocolVersions\":[%s],\"compiler\":\"%s\","
        "\"acceptSet\":\"%s\"}}\n",
        kVersion, known.c_str(), __VERSION__, accept_set.c_str());
  else
    std::printf("wald %s\nprotocol version %s\ncompiler %s\naccept set %s\n", kVersion,
                known.c_str(), __VERSION__, accept_set.c_str());
  return 0;
}

}  // namespace wald::app
