// SPDX-License-Identifier: Apache-2.0
// wal account: what somebody has, what happened to it, and transfers.
#include <algorithm>

#include "codec/base/text.h"
#include "node/cli/change.h"
#include "node/cli/session.h"
#include "node/reflect/units.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_history.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;

Outcome<client::Reply> read_account(Session& session, const base::AccountId& id) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  if (!session.globals().verify) return remote->get("/v1/accounts/" + id_text(id.view()));
  TRY_ASSIGN(const client::Trust trust, session.trust());
  return client::verified_account(*remote, trust, id);
}

Outcome<void> show(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId id, session.account(given.one("ACCOUNT")));
  TRY_ASSIGN(const client::Reply reply, read_account(session, id));
  session.show(*spec::Account::descriptor(), reply);
  return {};
}

Outcome<void> balances(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId id, session.account(given.one("ACCOUNT")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply,
             remote->get("/v1/accounts/" + id_text(id.view()) + "/balances"));
  session.show(*spec::Balances::descriptor(), reply);
  return {};
}

Outcome<void> balance(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId id, session.account(given.one("ACCOUNT")));
  TRY_ASSIGN(client::Reply reply, read_account(session, id));
  TRY_ASSIGN(const std::string frost, client::text_at(reply.data, "balance"));
  reply.data = json::object{{"id", id_text(id.view())}, {"balance", frost}};
  session.show(*spec::Account::descriptor(), reply);
  return {};
}

Outcome<void> history(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId id, session.account(given.one("ACCOUNT")));
  std::string query;
  const auto add = [&](const std::string& key, const std::string& value) {
    query += (query.empty() ? "?" : "&") + key + "=" + net::percent_encode(value);
  };
  if (given.has("kind")) add("kind", given.one("kind"));
  if (given.has("from-epoch")) add("fromEpoch", given.one("from-epoch"));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(json::array rows,
             remote->list("/v1/accounts/" + id_text(id.view()) + "/history" + query));
  if (!session.json_mode())
    for (auto& row : rows)  // money by hand: a change has a sign, which no declared amount has
      for (const char* key : {"change", "after"})
        if (auto* value = row.get_object().if_contains(key); value && value->is_string()) {
          std::string text(value->get_string());
          const bool minus = text.starts_with("-");
          const auto frost = reflect::parse_whole(text.substr(minus ? 1 : 0));
          if (!frost.ok()) continue;
          *value = (minus ? "-" : "") + session.money(*frost);
        }
  session.show_list(*spec::Account::descriptor(), rows,
                    {{"seq", "SEQ"},
                     {"epoch", "EPOCH"},
                     {"time", "TIME"},
                     {"kind", "KIND"},
                     {"type", "TYPE"},
                     {"change", "CHANGE"},
                     {"after", "BALANCE"}});
  return {};
}

Outcome<void> send(Session& session, const Given& given) {
  TRY_ASSIGN(const base::AccountId to, session.account(given.one("TO")));
  TRY_ASSIGN(const std::uint64_t amount, amount_of("AMOUNT", given.one("AMOUNT")));
  Change one;
  one.operation.mutable_transfer()->set_to(base::string_of(to.view()));
  one.operation.mutable_transfer()->set_amount(amount);
  return change(session, one);
}

Outcome<base::Bytes> hash_of(const std::string& text) {
  auto bytes = base::from_hex(text.substr(std::min<std::size_t>(2, text.size())));
  if (!bytes || bytes->size() != 32)
    return client::fail(client::Exit::kUnexpected, "STRANGE_ANSWER", "the chain id is no hash");
  return *std::move(bytes);
}

// Every new key agrees here and now: all of them must be at hand.
Outcome<void> set_keys(Session& session, const Given& given) {
  TRY(may_change(session));
  TRY_ASSIGN(const client::Multisig next,
             client::read_multisig(session.wallet().dir(), given.one("POLICY")));
  TRY_ASSIGN(const base::AccountId sender, session.account(""));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply status, remote->get("/v1/status"));
  TRY_ASSIGN(const std::string chain_text, client::text_at(status.data, "chain"));
  TRY_ASSIGN(const base::Bytes chain, hash_of(chain_text));
  const auto* test = status.data.get_object().if_contains("test");
  const bool test_chain = test != nullptr && test->is_bool() && test->get_bool();
  TRY_ASSIGN(const client::Reply account, remote->get("/v1/accounts/" + id_text(sender.view())));
  TRY_ASSIGN(const std::uint64_t nonce, client::number_at(account.data, "nonce"));
  const auto digest =
      ledger::setkeys_digest(base::ChainId::from(chain), sender, nonce, next.policy);
  Change one;
  auto& keys = *one.operation.mutable_set_keys();
  keys.set_policy(base::string_of(next.policy.encode()));
  TRY_ASSIGN(const auto mine, session.keys());
  for (const ledger::PolicyKey& entry : next.policy.keys()) {
    const auto at = std::find_if(mine.begin(), mine.end(), [&](const client::WalletKey& key) {
      return key.info.public_key == entry.key;
    });
    if (at == mine.end())
      return client::fail(
          client::Exit::kKey, "NO_KEY",
          "no key 0x" + base::to_hex(entry.key.view()) + " among those that wal keys list shows",
          "each new key signs that it agrees");
    const client::ToSign agreement{base::Bytes(digest.view().begin(), digest.view().end()),
                                   {},
                                   {"Agree to be a key of account " + id_text(sender.view())}};
    TRY_ASSIGN(const client::Signature signature, session.sign(*at, test_chain, agreement));
    keys.add_proofs(base::string_of(signature));
  }
  one.notes.push_back("the keys of now sign no more after this transaction; the id stays");
  return change(session, one);
}

}  // namespace

Verbs account_verbs() {
  const Argument whose{"ACCOUNT", "0x.. or the name of a key; without it that of --from", false};
  return {
      {"account", "show", "balance, nonce and what it owns", {whose}, {}, show},
      {"account", "balance", "the balance alone", {whose}, {}, balance},
      {"account", "balances", "all it has: free, staked, leaving, locked", {whose}, {}, balances},
      {"account",
       "history",
       "every change of the balance",
       {whose},
       {{"kind", "KINDS", "fee, transfer, burn, stake, reward, commission, storage, node, other"},
        {"from-epoch", "EPOCH", "leave out what was before"}},
       history},
      {"account",
       "set-keys",
       "replace the keys of the account by those of a policy",
       {{"POLICY", "as named by wal keys multisig; all its keys are in the folder"}},
       {},
       set_keys},
      {"account",
       "send",
       "move WAL to another account",
       {{"TO", "0x.. or the name of a key"}, {"AMOUNT", "as 1.5WAL or 250FROST"}},
       {},
       send}};
}

}  // namespace wald::cli
