// SPDX-License-Identifier: Apache-2.0
// The key files of one person: NAME.json in one folder (interfaces.md 7). Listing opens no key;
// opening asks for the passphrase only where one is due. Thread rule: one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "node/client/failure.h"
#include "node/keys/keystore.h"

namespace wald::client {

struct WalletKey {
  std::string name;
  std::string path;
  keys::KeyInfo info;
  base::AccountId account;  // of this key alone
};

// Letters, digits, `.`, `_` and `-`, at most 64, beginning with neither a dot nor a dash.
bool good_key_name(std::string_view name);

// Asked when a sealed key is opened or made; `again` when it is chosen.
using Passphrase = std::function<Outcome<std::string>(const std::string& name, bool again)>;

class Wallet {
 public:
  explicit Wallet(std::string dir) : dir_(std::move(dir)) {}

  const std::string& dir() const { return dir_; }
  Outcome<std::vector<WalletKey>> list() const;  // by name; files of another form are refused
  Outcome<WalletKey> find(const std::string& name) const;
  // A key with a passphrase, or with `kdf none` (test chains alone accept it).
  Outcome<WalletKey> make(const std::string& name, keys::Role role, bool sealed,
                          const Passphrase& passphrase) const;
  Outcome<keys::Key> open(const WalletKey& key, bool test_chain,
                          const Passphrase& passphrase) const;

 private:
  Outcome<std::string> path_of(const std::string& name) const;
  std::string dir_;
};

}  // namespace wald::client
