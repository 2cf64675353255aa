// SPDX-License-Identifier: Apache-2.0
#include "node/client/wallet.h"

#include <algorithm>

#include "node/client/transaction.h"
#include "node/os/clock.h"
#include "node/os/files.h"

namespace wald::client {
namespace {

constexpr std::string_view kEnding = ".json";

base::Err<Failure> key_failure(const os::IoError& error) {
  return fail(Exit::kKey, "KEY", error.text);
}

}  // namespace

bool good_key_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), good);
}

Outcome<std::string> Wallet::path_of(const std::string& name) const {
  if (!good_key_name(name))
    return usage("\"" + name + "\" is no name of a key",
                 "letters, digits, '.', '_' and '-', at most 64");
  return dir_ + "/" + name + std::string(kEnding);
}

Outcome<WalletKey> Wallet::find(const std::string& name) const {
  std::string path = name;  // with a / in it the path of a file, as of a node's own keys
  if (name.find('/') == std::string::npos) {
    TRY_ASSIGN(path, path_of(name));
  } else if (!os::exists(path)) {
    return fail(Exit::kKey, "NO_KEY", "no key file " + path);
  }
  if (!os::exists(path))
    return fail(Exit::kKey, "NO_KEY", "no key \"" + name + "\" in " + dir_,
                "wal keys list shows them, wal keys new makes one");
  const auto info = keys::inspect_key(path);
  if (!info.ok()) return key_failure(info.error());
  return WalletKey{name, path, *info, account_of(info->public_key)};
}

Outcome<std::vector<WalletKey>> Wallet::list() const {
  std::vector<WalletKey> out;
  if (!os::exists(dir_)) return out;
  const auto names = os::list_dir(dir_);
  if (!names.ok()) return key_failure(names.error());
  for (const std::string& file : *names) {
    if (!file.ends_with(kEnding)) continue;
    const std::string name = file.substr(0, file.size() - kEnding.size());
    if (!good_key_name(name)) continue;
    TRY_ASSIGN(WalletKey key, find(name));
    out.push_back(std::move(key));
  }
  return out;
}

Outcome<WalletKey> Wallet::make(const std::string& name, keys::Role role, bool sealed,
                                const Passphrase& passphrase) const {
  TRY_ASSIGN(const std::string path, path_of(name));
  if (os::exists(path))
    return fail(Exit::kKey, "KEY_EXISTS", path + " is there already",
                "nothing is overwritten; choose another name");
  std::string phrase;
  if (sealed) {
    TRY_ASSIGN(phrase, passphrase(name, true));
    if (phrase.empty())
      return fail(Exit::kKey, "NO_PASSPHRASE", "the passphrase is empty",
                  "--no-passphrase makes a key for test chains");
  }
  const auto made = os::make_dirs(dir_, 0700);
  if (!made.ok()) return key_failure(made.error());
  const auto saved =
      keys::save_key(path, role, name, keys::random_seed(), os::wall_time(),
                     sealed ? keys::Kdf() : keys::Kdf::none(), base::as_bytes(phrase));
  if (!saved.ok()) return key_failure(saved.error());
  return find(name);
}

Outcome<keys::Key> Wallet::open(const WalletKey& key, bool test_chain,
                                const Passphrase& passphrase) const {
  std::string phrase;
  if (key.info.kdf.argon2id) {
    TRY_ASSIGN(phrase, passphrase(key.name, false));
  }
  keys::OpenRules rules;
  rules.test_chain = test_chain;
  auto opened = keys::open_key(key.path, base::as_bytes(phrase), rules);
  if (!opened.ok()) return key_failure(opened.error());
  return std::move(opened).value();
}

}  // namespace wald::client
