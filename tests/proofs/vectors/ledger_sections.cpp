// SPDX-License-Identifier: Apache-2.0
// Ids, envelopes, headers, terms, receipts and the event chain of the ledger.
#include "ledger/receipts.h"
#include "ledger/signing.h"
#include "proofs/prove/signer.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

std::optional<ledger::Policy> policy_of(const Input& in) {
  if (in.num("threshold") > 0xFFFF) return std::nullopt;
  std::vector<ledger::PolicyKey> keys;
  for (const json::value& item : in.list("keys")) {
    const Input key(item.as_object());
    if (key.num("weight") > 0xFF) return std::nullopt;
    keys.push_back({key.id<base::PublicKey>("key"), key.num_as<std::uint8_t>("weight")});
  }
  return ledger::Policy::make(in.num_as<std::uint16_t>("threshold"), std::move(keys));
}

json::array signatures(const Input& in, base::ByteView preimage) {
  json::array out;
  for (const json::value& seed : in.list("seeds"))
    out.emplace_back(hex(prove::Signer(from_hex(seed)).sign(preimage)));
  return out;
}

json::object account_id(const Input& in) {
  const auto policy = policy_of(in);
  if (!policy) return {{"valid", false}};
  const base::Bytes bytes = policy->encode();
  if (ledger::Policy::parse(bytes) != policy) throw std::logic_error("no round trip");
  return {{"valid", true}, {"policy", hex(bytes)}, {"id", hex_id(policy->account_id())}};
}

json::object chain_id(const Input& in) {
  return {{"id", hex_id(ledger::chain_id(in.bytes("document")))}};
}

json::object object_id(const Input& in) {
  return {{"id",
           hex_id(ledger::object_id(in.id<base::TxId>("tx"), in.num_as<std::uint32_t>("index")))}};
}

json::object node_id(const Input& in) {
  return {{"id", hex_id(ledger::node_id(in.id<base::PublicKey>("key")))}};
}

json::object tx(const Input& in) {
  const base::TxId id = ledger::tx_id(in.bytes("body"));
  const auto preimage = ledger::tx_preimage(in.id<base::ChainId>("chain"), id);
  return {
      {"id", hex_id(id)}, {"preimage", hex(preimage)}, {"signatures", signatures(in, preimage)}};
}

json::object setkeys(const Input& in) {
  const auto policy = policy_of(in);
  if (!policy) throw std::logic_error("policy refused");
  const base::Hash digest = ledger::setkeys_digest(
      in.id<base::ChainId>("chain"), in.id<base::AccountId>("account"), in.num("nonce"), *policy);
  return {{"digest", hex_id(digest)}, {"signatures", signatures(in, digest.view())}};
}

json::object block_header(const Input& in) {
  ledger::BlockHeader header;
  header.version = in.num_as<std::uint16_t>("version");
  header.chain = in.id<base::ChainId>("chain");
  header.term = in.num_as<std::uint32_t>("term");
  header.height = base::Height(in.num("height"));
  header.time = base::TimeMs(in.num("time"));
  header.previous = in.id<base::Hash>("previous");
  header.input_hash = in.id<base::Hash>("input_hash");
  header.receipts_hash = in.id<base::Hash>("receipts_hash");
  header.event_head = in.id<base::Hash>("event_head");
  header.state_root = in.id<base::Hash>("state_root");
  const base::Hash hash = ledger::header_hash(header);
  const prove::Signer signer(in.bytes("seed"));
  return {{"header", hex(ledger::encode(header))},
          {"hash", hex_id(hash)},
          {"signature", hex(signer.sign(ledger::block_preimage(hash)))}};
}

json::object term(const Input& in) {
  ledger::TermCertificate certificate;
  certificate.chain = in.id<base::ChainId>("chain");
  certificate.term = in.num_as<std::uint32_t>("term");
  certificate.key = in.id<base::PublicKey>("key");
  certificate.first_height = base::Height(in.num("first_height"));
  certificate.root = in.id<base::Hash>("root");
  const auto preimage = ledger::term_preimage(certificate);
  return {{"certificate", hex(ledger::encode(certificate))},
          {"preimage", hex(preimage)},
          {"signature", hex(prove::Signer(in.bytes("seed")).sign(preimage))}};
}

json::object input_hash(const Input& in) {
  return {{"hash", hex_id(ledger::input_hash(in.bytes("bytes")))}};
}

json::object receipts_root(const Input& in) {
  std::vector<ledger::Receipt> receipts;
  for (const json::value& item : in.list("receipts")) {
    const Input receipt(item.as_object());
    receipts.push_back({receipt.id<base::TxId>("tx"), receipt.num_as<std::uint32_t>("code"),
                        receipt.num("fee"), receipt.num("first_seq"),
                        receipt.num_as<std::uint32_t>("events")});
  }
  return {{"root", hex_id(ledger::receipts_root(receipts))}};
}

json::object event_chain(const Input& in) {
  base::Hash head = in.id<base::Hash>("head");
  std::vector<base::Hash> heads;
  for (const json::value& event : in.list("events"))
    heads.push_back(head = ledger::next_event_head(head, from_hex(event)));
  return {{"heads", hex_list(heads)}};
}

}  // namespace

const Sections& ledger_sections() {
  static const Sections table = {{"account_id", account_id},
                                 {"chain_id", chain_id},
                                 {"object_id", object_id},
                                 {"node_id", node_id},
                                 {"tx", tx},
                                 {"setkeys", setkeys},
                                 {"block_header", block_header},
                                 {"term", term},
                                 {"input_hash", input_hash},
                                 {"receipts_root", receipts_root},
                                 {"event_chain", event_chain}};
  return table;
}

}  // namespace wald::vectors
