// SPDX-License-Identifier: Apache-2.0
// wal keys: files on this machine, no network.
#include "node/cli/interrupt.h"
#include "node/cli/session.h"

namespace wald::cli {
namespace {

namespace json = boost::json;

json::object shown(const client::WalletKey& key) {
  return {{"name", key.name},
          {"role", std::string(keys::role_name(key.info.role))},
          {"account", id_text(key.account.view())},
          {"publicKey", id_text(key.info.public_key.view())},
          {"created", key.info.created},
          {"sealed", key.info.kdf.argon2id},
          {"path", key.path}};
}

Outcome<void> make(Session& session, const Given& given) {
  const auto role = keys::parse_role(given.has("role") ? given.one("role") : "account");
  if (!role)
    return client::usage("--role " + given.one("role") + ": no such role",
                         "account, operator, commission, governance, protocol, vrf or sequencer");
  const Patient patient;  // Ctrl-C leaves the whole key file or none
  TRY_ASSIGN(const client::WalletKey key,
             session.wallet().make(given.one("NAME"), *role, !given.has("no-passphrase"),
                                   session.passphrase()));
  if (!key.info.kdf.argon2id)
    session.say("This key has no passphrase: test chains alone accept it.");
  session.show_local(shown(key));
  return {};
}

Outcome<void> list(Session& session, const Given&) {
  TRY_ASSIGN(const auto keys, session.wallet().list());
  json::array rows;
  for (const auto& key : keys) rows.push_back(shown(key));
  session.show_list(*spec::Transfer::descriptor(), rows,
                    {{"name", "NAME"}, {"role", "ROLE"}, {"account", "ACCOUNT"}});
  return {};
}

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const client::WalletKey key, session.wallet().find(given.one("NAME")));
  session.show_local(shown(key));
  return {};
}

}  // namespace

Verbs key_verbs() {
  return {{"keys",
           "new",
           "make a key file; nothing is overwritten",
           {{"NAME", "name of the key"}},
           {{"role", "ROLE", "account (default), operator, commission, governance, protocol, vrf"},
            {"no-passphrase", "", "leave it unsealed; accepted on test chains alone"}},
           make},
          {"keys", "list", "all keys of the folder", {}, {}, list},
          {"keys", "show", "one key", {{"NAME", "name of the key"}}, {}, show}};
}

}  // namespace wald::cli
