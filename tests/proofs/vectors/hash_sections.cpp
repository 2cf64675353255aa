// SPDX-License-Identifier: Apache-2.0
// Sections that need only the floor: tagged hashes, words, Merkle trees; and the VRF.
#include <sodium.h>

#include "codec/base/merkle.h"
#include "proofs/prove/reveal.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

// No rule uses these lengths; the library is asked the way codec/base asks it.
base::Bytes other_length(std::size_t length, const std::string& tag, const base::Bytes& key,
                         const base::Bytes& data) {
  base::Bytes out(length), salt(16), personal(tag.begin(), tag.end());
  personal.resize(16);
  if (crypto_generichash_blake2b_salt_personal(out.data(), length, data.data(), data.size(),
                                               key.data(), key.size(), salt.data(),
                                               personal.data()) != 0)
    throw std::invalid_argument("length or key");
  return out;
}

json::object hash(const Input& in) {
  const std::string tag = in.text("tag");
  const base::Bytes key = in.bytes("key"), data = in.bytes("data");
  if (in.num("length") == 32) return {{"digest", hex_id(base::tagged_hash(tag, key, data))}};
  if (in.num("length") == 64) return {{"digest", hex(base::tagged_hash64(tag, key, data))}};
  return {{"digest", hex(other_length(in.num("length"), tag, key, data))}};
}

json::object words(const Input& in) {
  const std::string tag = in.text("tag");
  proofs::Words stream(tag, in.bytes("key"), in.round_id(), in.bytes("ctx"));
  std::vector<std::uint64_t> out;
  for (int i = 0; i < 16; ++i) out.push_back(stream.next());
  return {{"words", num_list(out)}};
}

json::object uniform(const Input& in) {
  const std::string tag = in.text("tag");
  proofs::Words stream(tag, in.bytes("key"), in.round_id(), in.bytes("ctx"));
  std::vector<std::uint64_t> out;
  for (const std::uint64_t m : in.nums("m")) out.push_back(stream.uniform(m));
  return {{"answers", num_list(out)}, {"used", stream.used()}};
}

std::vector<base::Hash> leaf_hashes(const json::array& leaves) {
  std::vector<base::Hash> out;
  for (const json::value& leaf : leaves) out.push_back(base::merkle_leaf(from_hex(leaf)));
  return out;
}

json::object merkle(const Input& in) {
  const base::MerkleTree tree(leaf_hashes(in.list("leaves")));
  base::MerkleFrontier frontier;
  for (const base::Hash& leaf : leaf_hashes(in.list("leaves"))) frontier.push(leaf);
  if (frontier.root() != tree.root()) throw std::logic_error("streaming root differs");
  json::array paths;
  for (const std::uint64_t place : in.nums("places"))
    paths.push_back(json::array{place, hex_list(tree.path(place))});
  return {{"root", hex_id(tree.root())}, {"paths", paths}};
}

json::object merkle_verify(const Input& in) {
  const auto path = hashes(in.list("path"));
  return {
      {"valid", base::merkle_verify(in.id<base::Hash>("root"), in.num("count"),
                                    base::merkle_leaf(in.bytes("leaf")), in.num("index"), path)}};
}

json::object vrf_prove(const Input& in) {
  const prove::VrfSecret secret(in.bytes("seed"));
  const base::Bytes alpha = in.bytes("alpha");
  const proofs::VrfProof proof = secret.prove(alpha);
  const auto output = proofs::vrf_verify(secret.public_key(), alpha, proof);
  if (!output) throw std::logic_error("own proof refused");
  return {
      {"public_key", hex_id(secret.public_key())}, {"proof", hex(proof)}, {"output", hex(*output)}};
}

json::object vrf_verify(const Input& in) {
  const auto output = proofs::vrf_verify(in.id<base::PublicKey>("public_key"), in.bytes("alpha"),
                                         in.bytes("proof"));
  json::object out{{"valid", output.has_value()}};
  if (output) out["output"] = hex(*output);
  return out;
}

json::object vrf_pop(const Input& in) {
  const prove::VrfSecret secret(in.bytes("seed"));
  const base::Hash alpha = proofs::vrf_pop_alpha(
      in.id<base::ChainId>("chain"), in.id<base::NodeId>("node"), secret.public_key(),
      base::Epoch(in.num_as<std::uint32_t>("first_epoch")));
  return {{"alpha", hex_id(alpha)}, {"proof", hex(secret.prove(alpha.view()))}};
}

}  // namespace

const Sections& hash_sections() {
  static const Sections table = {{"hash", hash},           {"words", words},
                                 {"uniform", uniform},     {"merkle", merkle},
                                 {"vrf_prove", vrf_prove}, {"merkle_verify", merkle_verify},
                                 {"vrf_pop", vrf_pop},     {"vrf_verify", vrf_verify}};
  return table;
}

}  // namespace wald::vectors
