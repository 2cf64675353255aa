// SPDX-License-Identifier: Apache-2.0
// wal keys: files on this machine, no network.
#include "codec/base/text.h"
#include "node/cli/interrupt.h"
#include "node/cli/session.h"

namespace wald::cli {
namespace {

namespace json = boost::json;

json::object shown(const client::WalletKey& key) {
  json::object out{{"name", key.name},
                   {"role", std::string(keys::role_name(key.info.role))},
                   {"account", id_text(key.account.view())},
                   {"publicKey", id_text(key.info.public_key.view())},
                   {"path", key.path}};
  if (key.info.created.empty()) return out;  // a signer's: how it keeps it is not known
  out["created"] = key.info.created;
  out["sealed"] = key.info.kdf.argon2id;
  return out;
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
  TRY_ASSIGN(const auto keys, session.keys());
  json::array rows;
  for (const auto& key : keys) rows.push_back(shown(key));
  session.show_list(*spec::Transfer::descriptor(), rows,
                    {{"name", "NAME"}, {"role", "ROLE"}, {"account", "ACCOUNT"}});
  return {};
}

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const client::WalletKey key, session.key(given.one("NAME")));
  session.show_local(shown(key));
  return {};
}

// A key by its public half, or one of those at hand.
Outcome<base::PublicKey> public_key(Session& session, const std::string& text) {
  if (!text.starts_with("0x")) {
    TRY_ASSIGN(const client::WalletKey key, session.key(text));
    return key.info.public_key;
  }
  const auto bytes = base::from_hex(std::string_view(text).substr(2));
  if (!bytes || bytes->size() != base::PublicKey::kSize ||
      !proofs::is_prime_order_key(base::PublicKey::from(*bytes)))
    return client::usage("--key " + text + ": no public key");
  return base::PublicKey::from(*bytes);
}

Outcome<ledger::Policy> policy_given(Session& session, const Given& given) {
  TRY_ASSIGN(const std::uint64_t threshold,
             whole_of("--threshold", given.one("threshold"), UINT16_MAX));
  std::map<base::PublicKey, std::uint8_t> weights;
  for (const std::string& text : given.all("key")) {
    const auto colon = text.rfind(':');
    std::uint64_t weight = 1;
    if (colon != std::string::npos) {
      TRY_ASSIGN(weight, whole_of("--key", text.substr(colon + 1), 255));
    }
    TRY_ASSIGN(const base::PublicKey key, public_key(session, text.substr(0, colon)));
    if (!weights.emplace(key, static_cast<std::uint8_t>(weight)).second)
      return client::usage("--key " + text + " is given twice");
  }
  std::vector<ledger::PolicyKey> keys;
  keys.reserve(weights.size());
  for (const auto& [key, weight] : weights) keys.push_back({key, weight});
  auto policy = ledger::Policy::make(static_cast<std::uint16_t>(threshold), std::move(keys));
  if (!policy)
    return client::usage("this is no policy",
                         "1 to 16 keys of weight 1 to 255, the threshold from 1 to their sum");
  return *std::move(policy);
}

Outcome<void> multisig(Session& session, const Given& given) {
  const std::string name = given.one("NAME");
  if (name.find('/') != std::string::npos) return client::usage("a policy's name has no / in it");
  TRY_ASSIGN(const ledger::Policy policy, policy_given(session, given));
  // Also keeps names to what a file may be called.
  const auto taken = session.wallet().find(name);
  if (taken.ok()) return client::usage("there is a key \"" + name + "\" already");
  if (taken.error().reason != "NO_KEY") return base::Err<Failure>{taken.error()};
  client::Multisig made{policy.account_id(), policy};
  if (given.has("account")) {
    TRY_ASSIGN(made.account, session.account(given.one("account")));
  }
  const Patient patient;
  TRY_ASSIGN(const std::string path, client::write_multisig(session.wallet().dir(), name, made));
  session.show_local({{"name", name},
                      {"account", id_text(made.account.view())},
                      {"threshold", static_cast<unsigned>(policy.threshold())},
                      {"keys", policy.keys().size()},
                      {"path", path}});
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
          {"keys",
           "multisig",
           "name an account of several keys; nothing is overwritten",
           {{"NAME", "name of the policy"}},
           {{"threshold", "N", "weight that is due", true},
            {"key", "KEY[:WEIGHT]", "0x public key or name of a key; weight 1 if none", true, true},
            {"account", "ACCOUNT", "whose keys these are; without it the policy's own"}},
           multisig},
          {"keys", "show", "one key", {{"NAME", "name of the key"}}, {}, show}};
}

}  // namespace wald::cli
