// SPDX-License-Identifier: Apache-2.0
#include "node/client/multisig.h"

#include <boost/json.hpp>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/client/remote.h"
#include "node/client/transaction.h"
#include "node/os/files.h"
#include "specs/proto/tx.pb.h"

namespace wald::client {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostFile = 16 * 1024;
constexpr std::string_view kSuffix = ".policy";

std::string path_of(const std::string& dir, const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  return (dir + "/" + name).append(kSuffix);
}

base::Err<Failure> no_policy(const std::string& path) {
  return fail(Exit::kKey, "NO_POLICY", path + " is no policy of several keys",
              "wal keys multisig makes one");
}

std::optional<base::Bytes> hex_of(const std::string& text) {
  if (!text.starts_with("0x")) return std::nullopt;
  return base::from_hex(std::string_view(text).substr(2));
}

}  // namespace

bool has_multisig(const std::string& dir, const std::string& name) {
  const std::string path = path_of(dir, name);
  return path.ends_with(kSuffix) && os::exists(path);
}

Outcome<Multisig> read_multisig(const std::string& dir, const std::string& name) {
  const std::string path = path_of(dir, name);
  const auto file = os::read_file(path, kMostFile);
  if (!file.ok()) return fail(Exit::kKey, "NO_POLICY", file.error().text);
  boost::system::error_code failed;
  const json::value value = json::parse(base::as_text(*file), failed);
  if (failed) return no_policy(path);
  TRY_ASSIGN(const std::string account, text_at(value, "account"));
  TRY_ASSIGN(const std::string policy, text_at(value, "policy"));
  const auto id = hex_of(account);
  const auto bytes = hex_of(policy);
  if (!id || id->size() != base::AccountId::kSize || !bytes) return no_policy(path);
  const auto parsed = ledger::Policy::parse(*bytes);
  if (!parsed) return no_policy(path);
  return Multisig{base::AccountId::from(*id), *parsed};
}

Outcome<std::string> write_multisig(const std::string& dir, const std::string& name,
                                    const Multisig& multisig) {
  const std::string path = path_of(dir, name);
  if (os::exists(path))
    return fail(Exit::kKey, "KEY_EXISTS", path + " is there already",
                "nothing is overwritten; choose another name");
  const auto made = os::make_dirs(dir, 0700);
  if (!made.ok()) return fail(Exit::kKey, "KEY", made.error().text);
  json::array keys;
  for (const ledger::PolicyKey& key : multisig.policy.keys())
    keys.push_back(json::object{{"publicKey", base::shown_hex(key.key.view())},
                                {"weight", static_cast<unsigned>(key.weight)}});
  const json::object file{{"account", base::shown_hex(multisig.account.view())},
                          {"threshold", static_cast<unsigned>(multisig.policy.threshold())},
                          {"keys", std::move(keys)},
                          {"policy", base::shown_hex(multisig.policy.encode())}};
  const auto written = os::write_file_atomic(path, base::as_bytes(json::serialize(file) + "\n"));
  if (!written.ok()) return fail(Exit::kKey, "KEY", written.error().text);
  return path;
}

Outcome<base::Bytes> combine(const base::ChainId& chain, base::ByteView body,
                             const ledger::Policy& policy,
                             const std::vector<CoSignature>& signatures) {
  const base::Bytes preimage = preimage_of(chain, body);
  spec::Envelope envelope;
  envelope.set_body(base::string_of(body));
  envelope.set_policy(base::string_of(policy.encode()));
  std::string bitmap((policy.keys().size() + 7) / 8, '\0');
  std::uint32_t weight = 0;
  std::vector<bool> used(signatures.size());
  for (std::size_t i = 0; i < policy.keys().size(); ++i) {
    const ledger::PolicyKey& entry = policy.keys()[i];
    bool signed_already = false;
    for (std::size_t k = 0; k < signatures.size(); ++k) {
      if (signatures[k].key != entry.key) continue;
      used[k] = true;
      if (!proofs::verify_signature(entry.key, preimage, signatures[k].signature))
        return fail(
            Exit::kKey, "BAD_SIGNATURE",
            "a signature of 0x" + base::to_hex(entry.key.view()) + " is not of this transaction");
      if (signed_already) continue;
      signed_already = true;
      weight += entry.weight;
      bitmap[i / 8] = static_cast<char>(bitmap[i / 8] | 1 << (i % 8));
      envelope.add_signatures(base::string_of(signatures[k].signature));
    }
  }
  for (std::size_t k = 0; k < signatures.size(); ++k)
    if (!used[k])
      return fail(Exit::kKey, "WRONG_KEY",
                  base::shown_hex(signatures[k].key.view()) + " is no key of this policy");
  if (weight < policy.threshold())
    return fail(Exit::kKey, "TOO_FEW_SIGNATURES",
                "the signatures weigh " + std::to_string(weight) + ", due is " +
                    std::to_string(policy.threshold()));
  envelope.set_bitmap(bitmap);
  return wire::write_canonical(envelope);
}

}  // namespace wald::client
