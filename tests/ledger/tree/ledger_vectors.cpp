// SPDX-License-Identifier: Apache-2.0
#include "tests/ledger/tree/ledger_vectors.h"

#include <sodium.h>

#include <map>

#include "codec/base/text.h"
#include "ledger/receipts.h"
#include "ledger/signing.h"
#include "ledger/tree/state_tree.h"

namespace wald::ledger::vectors {
namespace {

namespace json = boost::json;
using base::Bytes;
using base::ByteView;
using base::Hash;

const json::value& field(const json::object& in, std::string_view name) {
  const json::value* found = in.if_contains(name);
  if (found == nullptr) throw BadEntry("no field " + std::string(name));
  return *found;
}

Bytes bytes_of(const json::value& value) {
  if (!value.is_string()) throw BadEntry("bytes are not a string");
  auto out = base::from_hex(std::string_view(value.get_string()));
  if (!out) throw BadEntry("not hex");
  return *std::move(out);
}

template <class Id>
Id id_of(const json::value& value) {
  const Bytes bytes = bytes_of(value);
  if (bytes.size() != Id::kSize) throw BadEntry("not 32 bytes");
  return Id::from(bytes);
}

// Integers are numbers or, above 2^53, decimal strings.
template <class T>
T integer_of(const json::value& value) {
  std::uint64_t out = 0;
  if (value.is_uint64()) {
    out = value.get_uint64();
  } else if (value.is_int64() && value.get_int64() >= 0) {
    out = static_cast<std::uint64_t>(value.get_int64());
  } else if (value.is_string() && !value.get_string().empty()) {
    for (const char c : value.get_string()) {
      if (c < '0' || c > '9') throw BadEntry("not a decimal");
      const auto digit = static_cast<std::uint64_t>(c - '0');
      if (out > (UINT64_MAX - digit) / 10) throw BadEntry("integer too large");
      out = 10 * out + digit;
    }
  } else {
    throw BadEntry("not an integer");
  }
  if (out > std::numeric_limits<T>::max()) throw BadEntry("integer too large");
  return static_cast<T>(out);
}

const json::array& list_of(const json::value& value) {
  if (!value.is_array()) throw BadEntry("not a list");
  return value.get_array();
}

const json::object& object_of(const json::value& value) {
  if (!value.is_object()) throw BadEntry("not an object");
  return value.get_object();
}

json::string hex(ByteView bytes) { return json::string(base::to_hex(bytes)); }

json::string sign(const json::value& seed_field, ByteView message) {
  const auto seed = id_of<Hash>(seed_field);
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_key;
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret_key;
  std::array<std::uint8_t, crypto_sign_BYTES> signature;
  crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.view().data());
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       secret_key.data());
  return hex(signature);
}

json::array sign_each(const json::value& seeds, ByteView message) {
  json::array out;
  for (const json::value& seed : list_of(seeds)) out.push_back(sign(seed, message));
  return out;
}

// The policy of an entry, or nothing where U-1 refuses it.
std::optional<Policy> policy_of(const json::object& in) {
  std::vector<PolicyKey> keys;
  for (const json::value& row : list_of(field(in, "keys"))) {
    const json::object& k = object_of(row);
    const auto weight = integer_of<std::uint64_t>(field(k, "weight"));
    if (weight > 255) return std::nullopt;
    keys.push_back({id_of<base::PublicKey>(field(k, "key")), static_cast<std::uint8_t>(weight)});
  }
  const auto threshold = integer_of<std::uint64_t>(field(in, "threshold"));
  if (threshold > 65535) return std::nullopt;
  return Policy::make(static_cast<std::uint16_t>(threshold), std::move(keys));
}

json::object run_account_id(const json::object& in) {
  const auto policy = policy_of(in);
  if (!policy) return {{"valid", false}};
  if (Policy::parse(policy->encode()) != policy) throw BadEntry("policy does not parse back");
  return {
      {"valid", true}, {"policy", hex(policy->encode())}, {"id", hex(policy->account_id().view())}};
}

json::object run_chain_id(const json::object& in) {
  return {{"id", hex(chain_id(bytes_of(field(in, "document"))).view())}};
}

json::object run_object_id(const json::object& in) {
  const auto tx = id_of<base::TxId>(field(in, "tx"));
  return {{"id", hex(object_id(tx, integer_of<std::uint32_t>(field(in, "index"))).view())}};
}

json::object run_node_id(const json::object& in) {
  return {{"id", hex(node_id(id_of<base::PublicKey>(field(in, "key"))).view())}};
}

json::object run_tx(const json::object& in) {
  const base::TxId id = tx_id(bytes_of(field(in, "body")));
  const auto signed_bytes = tx_preimage(id_of<base::ChainId>(field(in, "chain")), id);
  return {{"id", hex(id.view())},
          {"preimage", hex(signed_bytes)},
          {"signatures", sign_each(field(in, "seeds"), signed_bytes)}};
}

json::object run_setkeys(const json::object& in) {
  const auto policy = policy_of(in);
  if (!policy) throw BadEntry("the new policy is refused");
  const Hash digest = setkeys_digest(id_of<base::ChainId>(field(in, "chain")),
                                     id_of<base::AccountId>(field(in, "account")),
                                     integer_of<std::uint64_t>(field(in, "nonce")), *policy);
  return {{"digest", hex(digest.view())},
          {"signatures", sign_each(field(in, "seeds"), digest.view())}};
}

json::object run_block_header(const json::object& in) {
  BlockHeader h;
  h.version = integer_of<std::uint16_t>(field(in, "version"));
  h.chain = id_of<base::ChainId>(field(in, "chain"));
  h.term = integer_of<std::uint32_t>(field(in, "term"));
  h.height = base::Height(integer_of<std::uint64_t>(field(in, "height")));
  h.time = base::TimeMs(integer_of<std::uint64_t>(field(in, "time")));
  h.previous = id_of<Hash>(field(in, "previous"));
  h.input_hash = id_of<Hash>(field(in, "input_hash"));
  h.receipts_hash = id_of<Hash>(field(in, "receipts_hash"));
  h.event_head = id_of<Hash>(field(in, "event_head"));
  h.state_root = id_of<Hash>(field(in, "state_root"));
  const Hash hash = header_hash(h);
  return {{"header", hex(encode(h))},
          {"hash", hex(hash.view())},
          {"signature", sign(field(in, "seed"), block_preimage(hash))}};
}

json::object run_term(const json::object& in) {
  TermCertificate c;
  c.chain = id_of<base::ChainId>(field(in, "chain"));
  c.term = integer_of<std::uint32_t>(field(in, "term"));
  c.key = id_of<base::PublicKey>(field(in, "key"));
  c.first_height = base::Height(integer_of<std::uint64_t>(field(in, "first_height")));
  c.root = id_of<Hash>(field(in, "root"));
  const auto signed_bytes = term_preimage(c);
  return {{"certificate", hex(encode(c))},
          {"preimage", hex(signed_bytes)},
          {"signature", sign(field(in, "seed"), signed_bytes)}};
}

json::object run_input_hash(const json::object& in) {
  return {{"hash", hex(input_hash(bytes_of(field(in, "bytes"))).view())}};
}

json::object run_receipts_root(const json::object& in) {
  std::vector<Receipt> receipts;
  for (const json::value& row : list_of(field(in, "receipts"))) {
    const json::object& r = object_of(row);
    Receipt& out = receipts.emplace_back();
    out.tx = id_of<base::TxId>(field(r, "tx"));
    out.code = integer_of<std::uint32_t>(field(r, "code"));
    out.fee = integer_of<std::uint64_t>(field(r, "fee"));
    out.first_seq = integer_of<std::uint64_t>(field(r, "first_seq"));
    out.events = integer_of<std::uint32_t>(field(r, "events"));
  }
  return {{"root", hex(receipts_root(receipts).view())}};
}

json::object run_event_chain(const json::object& in) {
  Hash head = id_of<Hash>(field(in, "head"));
  json::array heads;
  for (const json::value& event : list_of(field(in, "events"))) {
    head = next_event_head(head, bytes_of(event));
    heads.push_back(hex(head.view()));
  }
  return {{"heads", heads}};
}

// Records in key order. A file may list them in any order, but a key may stand there once, and no
// two keys may agree in all bits (A-38: no key is a prefix of another).
using Records = std::map<Bytes, Hash>;

void check_key(const Bytes& key) {
  if (key.size() > tree::kMaxKeyBytes) throw BadEntry("key too long");
}

void check_apart(const Records& records) {
  for (auto at = records.begin(); at != records.end(); ++at) {
    const auto next = std::next(at);
    if (next == records.end()) break;
    if (tree::first_difference(at->first, next->first) == tree::kNoBit)
      throw BadEntry("a key is a prefix of another");
  }
}

Records records_of(const json::object& in) {
  Records out;
  for (const json::value& row : list_of(field(in, "records"))) {
    const json::array& pair = list_of(row);
    if (pair.size() != 2) throw BadEntry("a record is a key and a value");
    const Bytes key = bytes_of(pair[0]);
    check_key(key);
    if (!out.emplace(key, base::blake2b(bytes_of(pair[1]))).second) throw BadEntry("key twice");
  }
  check_apart(out);
  return out;
}

// Built in one go and by one batch on an empty tree: both must agree.
StateTree tree_of(const json::object& in) {
  const Records records = records_of(in);
  StateTree::Builder builder;
  std::vector<StateTree::Change> changes;
  for (const auto& [key, value_hash] : records) {
    builder.add(key, value_hash);
    changes.push_back({key, value_hash});
  }
  StateTree built = builder.finish();
  if (StateTree().apply(changes).root() != built.root()) throw BadEntry("builder and batch differ");
  return built;
}

json::object run_tree_root(const json::object& in) {
  return {{"root", hex(tree_of(in).root().view())}};
}

json::object run_tree_history(const json::object& in) {
  StateTree now;
  Records records;
  json::array roots;
  for (const json::value& row : list_of(field(in, "steps"))) {
    const json::array& step = list_of(row);
    if (step.size() < 2 || !step[0].is_string()) throw BadEntry("a step is put or erase");
    const bool put = step[0].get_string() == "put";
    if (!put && step[0].get_string() != "erase") throw BadEntry("a step is put or erase");
    if (step.size() != (put ? 3u : 2u)) throw BadEntry("arguments of a step");
    const Bytes key = bytes_of(step[1]);
    check_key(key);
    std::optional<Hash> value_hash;
    if (put) {
      value_hash = base::blake2b(bytes_of(step[2]));
      records[key] = *value_hash;
      check_apart(records);
    } else {
      records.erase(key);
    }
    const StateTree::Change change{key, value_hash};
    now = now.apply({&change, 1});
    roots.push_back(hex(now.root().view()));
  }
  return {{"roots", roots}};
}

json::object proof_object(const StateTree& tree, ByteView key) {
  const TreeProof proof = tree.prove(key);
  if (parse_proof(encode(proof)) != proof) throw BadEntry("proof does not parse back");
  json::array steps;
  for (const TreeStep& s : proof.steps) {
    json::array step;
    step.push_back(static_cast<std::int64_t>(s.bit));
    step.push_back(hex(s.sibling.view()));
    steps.push_back(step);
  }
  json::object out{{"leaf_key", nullptr}, {"value_hash", nullptr}, {"steps", steps}};
  if (proof.leaf) {
    out["leaf_key"] = hex(proof.leaf->key);
    out["value_hash"] = hex(proof.leaf->value_hash.view());
  }
  const Verdict verdict = verify(tree.root(), key, proof);
  out["result"] = verdict == Verdict::kPresent  ? "present"
                  : verdict == Verdict::kAbsent ? "absent"
                                                : "invalid";
  return out;
}

json::object run_tree_proof(const json::object& in) {
  const StateTree tree = tree_of(in);
  json::array proofs;
  for (const json::value& key : list_of(field(in, "keys")))
    proofs.push_back(proof_object(tree, bytes_of(key)));
  return {{"root", hex(tree.root().view())}, {"proofs", proofs}};
}

json::object run_tree_verify(const json::object& in) {
  TreeProof proof;
  const json::value& leaf_key = field(in, "leaf_key");
  const json::value& value_hash = field(in, "value_hash");
  if (leaf_key.is_null() != value_hash.is_null()) throw BadEntry("half a leaf");
  if (!leaf_key.is_null()) proof.leaf = TreeLeaf{bytes_of(leaf_key), id_of<Hash>(value_hash)};
  bool fits = true;  // a bit that the form of a proof cannot hold
  for (const json::value& row : list_of(field(in, "steps"))) {
    const json::array& step = list_of(row);
    if (step.size() != 2) throw BadEntry("a step is a bit and a sibling");
    const auto bit = integer_of<std::uint64_t>(step[0]);
    fits = fits && bit <= 0xFFFF;
    proof.steps.push_back({static_cast<std::uint16_t>(bit), id_of<Hash>(step[1])});
  }
  const auto verdict = verify(id_of<Hash>(field(in, "root")), bytes_of(field(in, "key")), proof);
  if (!fits || verdict == Verdict::kInvalid) return {{"result", "invalid"}};
  return {{"result", verdict == Verdict::kPresent ? "present" : "absent"}};
}

constexpr Section kSections[] = {
    {"account_id", run_account_id},
    {"chain_id", run_chain_id},
    {"object_id", run_object_id},
    {"node_id", run_node_id},
    {"tx", run_tx},
    {"setkeys", run_setkeys},
    {"block_header", run_block_header},
    {"term", run_term},
    {"input_hash", run_input_hash},
    {"receipts_root", run_receipts_root},
    {"event_chain", run_event_chain},
    {"tree_root", run_tree_root},
    {"tree_history", run_tree_history},
    {"tree_proof", run_tree_proof},
    {"tree_verify", run_tree_verify},
};

}  // namespace

std::span<const Section> sections() { return kSections; }

}  // namespace wald::ledger::vectors
