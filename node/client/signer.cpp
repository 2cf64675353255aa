// SPDX-License-Identifier: Apache-2.0
#include "node/client/signer.h"

#include <algorithm>

#include "codec/base/text.h"
#include "node/client/remote.h"
#include "node/client/transaction.h"
#include "node/os/process.h"
#include "node/reflect/show.h"
#include "node/reflect/value.h"
#include "proofs/signature.h"

namespace wald::client {
namespace {

namespace json = boost::json;

constexpr int kPatienceMs = 60'000;
constexpr std::size_t kMostAnswer = 64 * 1024;
constexpr std::size_t kMostKeys = 256;

// Empty where there is no such text.
std::string text_in(const json::value& object, const char* name) {
  auto text = text_at(object, name);
  return text.ok() ? *std::move(text) : "";
}

}  // namespace

base::Err<Failure> SignerProgram::bad(const std::string& how) const {
  return fail(Exit::kKey, "SIGNER", "the signer " + path_ + " " + how);
}

Outcome<json::object> SignerProgram::ask(const json::object& question) const {
  const auto answer =
      os::ask_program(path_, json::serialize(question) + "\n", kPatienceMs, kMostAnswer);
  if (!answer.ok()) return fail(Exit::kKey, "SIGNER", "the signer: " + answer.error().text);
  boost::system::error_code failed;
  json::value value = json::parse(*answer, failed);
  if (failed || !value.is_object()) return bad("does not answer with one JSON object");
  if (const std::string error = text_in(value, "error"); !error.empty())
    return bad("says: " + reflect::safe(error));
  return std::move(value.get_object());
}

Outcome<std::vector<WalletKey>> SignerProgram::list() const {
  TRY_ASSIGN(const json::object answer, ask({{"op", "keys"}}));
  const auto* rows = answer.if_contains("keys");
  if (rows == nullptr || !rows->is_array() || rows->get_array().size() > kMostKeys)
    return bad("names no keys, or too many: {\"keys\":[{\"name\",\"publicKey\"}]} is due");
  std::vector<WalletKey> out;
  for (const auto& row : rows->get_array()) {
    const std::string name = text_in(row, "name");
    const auto bytes = reflect::parse_bytes(spec::KIND_KEY, text_in(row, "publicKey"));
    if (!good_key_name(name)) return bad("has a key whose name is none");
    if (!bytes.ok()) return bad("has a key \"" + name + "\" that is no public key");
    WalletKey key{name, path_, {}, {}};
    key.info.public_key = base::PublicKey::from(base::as_bytes(*bytes));
    if (!proofs::is_prime_order_key(key.info.public_key))
      return bad("has a key \"" + name + "\" that is no public key");
    key.account = account_of(key.info.public_key);
    out.push_back(std::move(key));
  }
  std::sort(out.begin(), out.end(),
            [](const WalletKey& a, const WalletKey& b) { return a.name < b.name; });
  const auto twice =
      std::adjacent_find(out.begin(), out.end(),
                         [](const WalletKey& a, const WalletKey& b) { return a.name == b.name; });
  if (twice != out.end()) return bad("has two keys of the name \"" + twice->name + "\"");
  return out;
}

Outcome<Signature> SignerProgram::sign(const WalletKey& key, const ToSign& what) const {
  json::array words;
  for (const std::string& line : what.preview) words.emplace_back(line);
  json::object question{
      {"op", "sign"},
      {"publicKey", reflect::bytes_text(spec::KIND_KEY, key.info.public_key.view())},
      {"bytes", base::to_base64(what.preimage)},
      {"preview", std::move(words)}};
  if (!what.body.empty()) question["body"] = base::to_base64(what.body);
  TRY_ASSIGN(const json::object answer, ask(question));
  const std::string text = text_in(answer, "signature");
  if (text.empty()) return bad("gives no signature: {\"signature\":\"0x..\"} is due");
  const auto bytes = reflect::parse_bytes(spec::KIND_SIGNATURE, text);
  if (!bytes.ok() ||
      !proofs::verify_signature(key.info.public_key, what.preimage, base::as_bytes(*bytes)))
    return bad("gives a signature that is not the key's over these bytes");
  Signature out;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

}  // namespace wald::client
