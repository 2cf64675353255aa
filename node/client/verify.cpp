// SPDX-License-Identifier: Apache-2.0
#include "node/client/verify.h"

#include <functional>

#include "codec/base/text.h"
#include "ledger/genesis.h"
#include "ledger/records.h"
#include "ledger/signing.h"
#include "ledger/state_proof.h"
#include "node/os/files.h"
#include "node/reflect/value.h"
#include "proofs/signature.h"

namespace wald::client {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostGenesis = 256u << 20;
constexpr int kTries = 8;  // a block between two reads is usual, eight times is not

base::Err<Failure> unproved(const std::string& what) {
  return fail(Exit::kProblem, "NOT_PROVED", "the answer is not proved: " + what,
              "ask another node, and check the genesis document");
}

Outcome<base::Bytes> base64_at(const json::value& object, std::string_view key) {
  TRY_ASSIGN(const std::string text, text_at(object, key));
  auto bytes = base::from_base64(text);
  if (!bytes) return unproved("\"" + std::string(key) + "\" is not base64");
  return *std::move(bytes);
}

// The header is of this chain and signed by its sequencer.
Outcome<ledger::BlockHeader> signed_header(const Trust& trust, const json::value& data) {
  TRY_ASSIGN(const base::Bytes bytes, base64_at(data, "header"));
  if (bytes.empty())
    return fail(Exit::kNotFound, "NO_BLOCK_YET", "there is no block yet, so nothing is signed");
  const auto header = ledger::parse_header(bytes);
  if (!header) return unproved("the header has another form");
  if (header->chain != trust.chain) return unproved("the header is of another chain");
  const auto* list = data.get_object().if_contains("signatures");
  if (list == nullptr || !list->is_array()) return unproved("no signatures");
  const auto preimage = ledger::block_preimage(ledger::header_hash(*header));
  for (const auto& entry : list->get_array()) {
    const auto text = text_at(entry, "signature");
    if (!text.ok() || !text->starts_with("0x")) continue;
    const auto signature = base::from_hex(text->substr(2));
    if (signature && proofs::verify_signature(trust.sequencer, preimage, *signature))
      return *header;
  }
  return unproved("the sequencer of the genesis document did not sign the header");
}

base::Bytes full_key(const std::string& table, base::ByteView parts) {
  base::Bytes out;
  std::apply(
      [&](const auto&... tables) {
        ((tables.name == table ? void(out.push_back(tables.prefix)) : void()), ...);
      },
      ledger::kTables);
  WALD_CHECK(out.size() == 1);  // the callers name tables that exist
  out.insert(out.end(), parts.begin(), parts.end());
  return out;
}

// Says what differs between a record and what was shown of it; empty: nothing.
using Compare =
    std::function<Outcome<std::string>(base::ByteView record, const json::value& shown)>;

Outcome<Reply> verified_read(Remote& remote, const Trust& trust, const std::string& path,
                             const std::string& table, base::ByteView key, const Compare& compare) {
  for (int i = 0; i < kTries; ++i) {
    auto shown = remote.get(path);
    if (!shown.ok() && shown.error().exit != Exit::kNotFound) return shown;
    TRY_ASSIGN(const Verified proved, verified_record(remote, trust, table, key));
    if (!shown.ok()) {
      if (!proved.value) return shown;  // proved absent
      continue;                         // it may just have come
    }
    TRY_ASSIGN(const std::uint64_t height, number_at(shown->at, "height"));
    if (height != proved.height) continue;
    if (!proved.value) return unproved("there is no such record");
    TRY_ASSIGN(const std::string differs, compare(*proved.value, shown->data));
    if (!differs.empty()) return unproved(differs + " is another in the record");
    return shown;
  }
  return unproved("no two answers were of one height");
}

}  // namespace

Outcome<Trust> trust_genesis(const std::string& path) {
  const auto bytes = os::read_file(path, kMostGenesis);
  if (!bytes.ok()) return usage(bytes.error().text, "--genesis names the genesis document");
  const auto built = ledger::build_genesis(*bytes);
  if (!built.ok()) return usage(path + ": " + built.error().field + ": " + built.error().message);
  if (!built->sequencer_key) return usage(path + " names no sequencer");
  return Trust{built->chain, *built->sequencer_key};
}

Outcome<Verified> verified_record(Remote& remote, const Trust& trust, const std::string& table,
                                  base::ByteView key_parts) {
  const base::Bytes key = full_key(table, key_parts);
  const std::string key_text = key_parts.empty() ? "-" : base::shown_hex(key_parts);
  TRY_ASSIGN(const Reply reply, remote.get("/v1/proofs/" + table + "/" + key_text));
  if (!reply.data.is_object()) return unproved("no object");
  TRY_ASSIGN(const ledger::BlockHeader header, signed_header(trust, reply.data));
  TRY_ASSIGN(const base::Bytes path, base64_at(reply.data, "proof"));
  const auto proof = ledger::parse_proof(path);
  if (!proof) return unproved("the path has another form");
  Verified out;
  out.height = header.height.value();
  std::optional<base::ByteView> value;
  if (reply.data.get_object().contains("value")) {
    TRY_ASSIGN(out.value, base64_at(reply.data, "value"));
    value = base::ByteView(*out.value);
  }
  if (ledger::verify(header.state_root, key, value, *proof) == ledger::Verdict::kInvalid)
    return unproved("the path does not lead to the root");
  return out;
}

Outcome<Reply> verified_account(Remote& remote, const Trust& trust, const base::AccountId& id) {
  return verified_read(remote, trust, "/v1/accounts/" + base::shown_hex(id.view()), "account",
                       id.view(),
                       [](base::ByteView bytes, const json::value& shown) -> Outcome<std::string> {
                         const auto record = ledger::decode_record<ledger::AccountRecord>(bytes);
                         if (!record) return std::string("the form");
                         TRY_ASSIGN(const std::uint64_t balance, number_at(shown, "balance"));
                         TRY_ASSIGN(const std::uint64_t nonce, number_at(shown, "nonce"));
                         if (balance != record->balance.amount().value())
                           return std::string("the balance");
                         return std::string(nonce != record->nonce ? "the nonce" : "");
                       });
}

Outcome<Reply> verified_stake(Remote& remote, const Trust& trust, const base::ObjectId& id) {
  return verified_read(
      remote, trust, "/v1/stakes/" + base::shown_hex(id.view()), "stake", id.view(),
      [](base::ByteView bytes, const json::value& shown) -> Outcome<std::string> {
        const auto record = ledger::decode_record<economics::Stake>(bytes);
        if (!record) return std::string("the form");
        TRY_ASSIGN(const std::string owner, text_at(shown, "owner"));
        TRY_ASSIGN(const std::string node, text_at(shown, "node"));
        TRY_ASSIGN(const std::uint64_t principal, number_at(shown, "principal"));
        if (owner != base::shown_hex(record->owner.view())) return std::string("the owner");
        if (node != base::shown_hex(record->node.view())) return std::string("the node");
        return std::string(principal != record->principal.value() ? "the principal" : "");
      });
}

Outcome<Reply> verified_node(Remote& remote, const Trust& trust, const base::NodeId& id) {
  return verified_read(
      remote, trust, "/v1/nodes/" + base::shown_hex(id.view()), "node", id.view(),
      [](base::ByteView bytes, const json::value& shown) -> Outcome<std::string> {
        const auto record = ledger::decode_record<ledger::NodeRecord>(bytes);
        if (!record) return std::string("the form");
        TRY_ASSIGN(const std::string name, text_at(shown, "name"));
        TRY_ASSIGN(const std::string address, text_at(shown, "address"));
        TRY_ASSIGN(const std::string owner, text_at(shown, "operator"));
        if (name != record->name) return std::string("the name");
        if (address != record->address) return std::string("the address");
        return std::string(
            owner != base::shown_hex(record->operator_account.view()) ? "the operator" : "");
      });
}

}  // namespace wald::client
