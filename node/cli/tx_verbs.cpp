// SPDX-License-Identifier: Apache-2.0
// wal tx: every transaction type from its declaration, and what can be done with any of them.
#include <algorithm>

#include "codec/base/text.h"
#include "node/cli/change.h"
#include "node/cli/interrupt.h"
#include "node/cli/session.h"
#include "node/os/files.h"
#include "node/reflect/flags.h"
#include "node/reflect/json.h"
#include "node/reflect/value.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_explain.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;
using client::fail;
using client::usage;

constexpr std::size_t kMostFile = 1u << 20;

Outcome<std::string> digest_of(const std::string& text) {
  const auto id = reflect::parse_bytes(spec::KIND_TX, text);
  if (!id.ok()) return usage(id.error().message, id.error().hint);
  return reflect::bytes_text(spec::KIND_TX, base::as_bytes(*id));
}

Outcome<void> status(Session& session, const Given& given) {
  TRY_ASSIGN(const std::string digest, digest_of(given.one("DIGEST")));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/txs/" + digest));
  session.show(*spec::TxResult::descriptor(), reply);
  return {};
}

// A file with the bytes themselves, base64 of them, or JSON with `envelope` or `body`.
Outcome<base::Bytes> read_tx(const std::string& path) {
  const auto file = os::read_file(path, kMostFile);
  if (!file.ok()) return usage(file.error().text);
  std::string text(base::as_text(*file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.starts_with("{")) {
    boost::system::error_code failed;
    const json::value value = json::parse(text, failed);
    for (const char* key : {"envelope", "body"}) {
      const auto found = failed ? client::text_at(json::value(), key) : client::text_at(value, key);
      if (!found.ok()) continue;
      auto bytes = base::from_base64(*found);
      if (bytes) return *std::move(bytes);
    }
    return usage(path + ": neither \"envelope\" nor \"body\" in base64 is there");
  }
  if (auto bytes = base::from_base64(text)) return *std::move(bytes);
  return *file;
}

Outcome<void> decode(Session& session, const Given& given) {
  TRY_ASSIGN(const base::Bytes bytes, read_tx(given.one("FILE")));
  TRY_ASSIGN(const client::Decoded decoded, client::decode(bytes));
  json::object out{{"digest", reflect::bytes_text(spec::KIND_TX, decoded.id.view())},
                   {"signatures", decoded.envelope.signatures_size()},
                   {"body", reflect::to_json(decoded.body)}};
  if (session.json_mode()) {
    session.show_local(out);
    return {};
  }
  for (const auto& line : reflect::describe(decoded.body.operation())) print_line(line);
  out.erase("body");
  session.show_local(out);
  client::Reply rest;
  json::object body = reflect::to_json(decoded.body);
  body.erase("operation");
  rest.data = std::move(body);
  session.show(*spec::Body::descriptor(), rest);
  return {};
}

// What a node of this chain says of the bytes, with the rules that they go by.
Outcome<void> explain(Session& session, const Given& given) {
  TRY_ASSIGN(const base::Bytes bytes, read_tx(given.one("FILE")));
  TRY_ASSIGN(const client::Decoded decoded, client::decode(bytes));
  const std::string& inner = decoded.envelope.body();
  const std::string body =
      inner.empty() ? base::to_base64(bytes) : base::to_base64(base::as_bytes(inner));
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->post("/v1/txs/explain", {{"body", body}}));
  session.show(*spec::ExplainTx::descriptor(), reply);
  return {};
}

Outcome<void> submit(Session& session, const Given& given) {
  TRY_ASSIGN(const base::Bytes bytes, read_tx(given.one("FILE")));
  std::optional<client::Sent> sent;
  return send_and_show(session, bytes, sent);
}

Outcome<void> write_json(Session& session, const std::string& path, const json::object& object,
                         const std::string& what) {
  const Patient patient;
  const auto written = os::write_file_atomic(path, base::as_bytes(json::serialize(object) + "\n"));
  if (!written.ok()) return usage(written.error().text);
  session.say(what + " in " + path);
  return {};
}

// One of several signatures: whose account it is, the policy's file says.
struct ToSign {
  const client::Decoded& decoded;
  const client::WalletKey& key;
  const base::Bytes& body;
};
Outcome<void> co_sign(Session& session, const Given& given, const ToSign& to) {
  TRY_ASSIGN(const client::Multisig multisig,
             client::read_multisig(session.wallet().dir(), given.one("policy")));
  const auto& keys = multisig.policy.keys();
  const bool named = std::any_of(keys.begin(), keys.end(), [&](const ledger::PolicyKey& entry) {
    return entry.key == to.key.info.public_key;
  });
  if (to.decoded.body.sender() != base::as_text(multisig.account.view()) || !named)
    return fail(Exit::kKey, "WRONG_KEY",
                named ? "the transaction is of another account than this policy's"
                      : "this key is not in the policy",
                "its sender is " + id_text(base::as_bytes(to.decoded.body.sender())));
  const std::vector<std::string> lines = reflect::describe(to.decoded.body.operation());
  for (const auto& line : lines) session.say(line);
  const auto chain = base::ChainId::from(base::as_bytes(to.decoded.body.chain()));
  TRY_ASSIGN(const client::Signature signature,
             session.sign(to.key, given.has("test-chain"),
                          {client::preimage_of(chain, to.body), to.body, lines}));
  const json::object out{{"digest", reflect::bytes_text(spec::KIND_TX, to.decoded.id.view())},
                         {"publicKey", id_text(to.key.info.public_key.view())},
                         {"signature", id_text(signature)}};
  return write_json(session, given.one("out"), out, "signature");
}

Outcome<client::CoSignature> read_co_signature(const std::string& path) {
  const auto file = os::read_file(path, kMostFile);
  if (!file.ok()) return usage(file.error().text);
  boost::system::error_code failed;
  const json::value value = json::parse(base::as_text(*file), failed);
  client::CoSignature out;
  const auto key =
      failed ? client::text_at(json::value(), "publicKey") : client::text_at(value, "publicKey");
  const auto signature =
      failed ? client::text_at(json::value(), "signature") : client::text_at(value, "signature");
  if (key.ok() && signature.ok()) {
    const auto k = reflect::parse_bytes(spec::KIND_KEY, *key);
    const auto s = reflect::parse_bytes(spec::KIND_SIGNATURE, *signature);
    if (k.ok() && s.ok()) {
      out.key = base::PublicKey::from(base::as_bytes(*k));
      std::copy(s->begin(), s->end(), out.signature.begin());
      return out;
    }
  }
  return usage(path + " is no signature of wal tx sign --policy");
}

Outcome<void> combine(Session& session, const Given& given) {
  TRY_ASSIGN(const base::Bytes bytes, read_tx(given.one("FILE")));
  TRY_ASSIGN(const client::Decoded decoded, client::decode(bytes));
  if (!decoded.envelope.body().empty()) return usage("this transaction is signed already");
  TRY_ASSIGN(const client::Multisig multisig,
             client::read_multisig(session.wallet().dir(), given.one("policy")));
  std::vector<client::CoSignature> signatures;
  signatures.reserve(given.all("SIGNATURE").size());
  for (const std::string& path : given.all("SIGNATURE")) {
    TRY_ASSIGN(const client::CoSignature one, read_co_signature(path));
    signatures.push_back(one);
  }
  const auto chain = base::ChainId::from(base::as_bytes(decoded.body.chain()));
  TRY_ASSIGN(const base::Bytes envelope,
             client::combine(chain, bytes, multisig.policy, signatures));
  const json::object out{{"envelope", base::to_base64(envelope)},
                         {"digest", reflect::bytes_text(spec::KIND_TX, decoded.id.view())}};
  return write_json(session, given.one("out"), out, "signed transaction");
}

// Decodes the bytes itself and never trusts the text of the file.
Outcome<void> sign(Session& session, const Given& given) {
  TRY_ASSIGN(const base::Bytes bytes, read_tx(given.one("FILE")));
  TRY_ASSIGN(const client::Decoded decoded, client::decode(bytes));
  if (!decoded.envelope.body().empty()) return usage("this transaction is signed already");
  TRY_ASSIGN(const client::WalletKey key, session.sender());
  if (given.has("policy")) return co_sign(session, given, {decoded, key, bytes});
  if (decoded.body.sender() != base::as_text(key.account.view()))
    return fail(Exit::kKey, "WRONG_KEY", "the transaction is of another account than this key's",
                "its sender is " + id_text(base::as_bytes(decoded.body.sender())));
  const std::vector<std::string> lines = reflect::describe(decoded.body.operation());
  for (const auto& line : lines) session.say(line);
  const auto chain = base::ChainId::from(base::as_bytes(decoded.body.chain()));
  TRY_ASSIGN(const base::Bytes envelope,
             session.seal(key, given.has("test-chain"), chain, bytes, lines));
  const json::object out{{"envelope", base::to_base64(envelope)},
                         {"digest", reflect::bytes_text(spec::KIND_TX, decoded.id.view())}};
  return write_json(session, given.one("out"), out, "signed transaction");
}

// The verb of one type: its flags are its fields.
Verb type_verb(const reflect::FieldDescriptor& operation) {
  const auto& type = *operation.message_type();
  Verb out;
  out.group = "tx";
  out.name = reflect::kebab(type.name());
  out.help = reflect::comment_of(type);
  for (const auto& flag : reflect::flags_of(type))
    out.options.push_back({flag.name, flag.value_name, flag.help, false, true});
  out.run = [&operation, &type](Session& session, const Given& given) -> Outcome<void> {
    TRY(may_change(session));
    std::vector<std::string> args;
    for (const auto& flag : reflect::flags_of(type))
      for (const auto& value : given.all(flag.name)) args.push_back("--" + flag.name + "=" + value);
    const auto message = reflect::parse_flags(type, args);
    if (!message.ok()) return usage(message.error().message, message.error().hint);
    Change one;
    one.operation.GetReflection()->MutableMessage(&one.operation, &operation)->CopyFrom(**message);
    return change(session, one);
  };
  return out;
}

}  // namespace

Verbs tx_verbs() {
  Verbs out{{"tx",
             "status",
             "what became of a transaction",
             {{"DIGEST", "base58 or 0x hex"}},
             {},
             status},
            {"tx",
             "decode",
             "say what the bytes do; no network",
             {{"FILE", "bytes, base64, or JSON with envelope or body"}},
             {},
             decode},
            {"tx",
             "explain",
             "say in words what the bytes do, and by which rules",
             {{"FILE", "bytes, base64, or JSON with envelope or body"}},
             {},
             explain},
            {"tx",
             "sign",
             "sign the body of --unsigned; no network",
             {{"FILE", "as written by --unsigned"}},
             {{"out", "FILE", "where the envelope goes, with --policy the signature", true},
              {"policy", "NAME", "sign as one of the keys of wal keys multisig"},
              {"test-chain", "", "accept a key without passphrase"}},
             sign},
            {"tx",
             "combine",
             "make an envelope of a body and its signatures; no network",
             {{"FILE", "as written by --unsigned"},
              {"SIGNATURE", "as written by wal tx sign --policy", true, true}},
             {{"policy", "NAME", "policy that they signed for", true},
              {"out", "FILE", "where the envelope goes", true}},
             combine},
            {"tx",
             "submit",
             "hand in a signed transaction",
             {{"FILE", "bytes, base64, or JSON with envelope"}},
             {},
             submit}};
  for (const auto* operation : reflect::operations()) out.push_back(type_verb(*operation));
  return out;
}

}  // namespace wald::cli
