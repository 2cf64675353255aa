// SPDX-License-Identifier: Apache-2.0
// Entries of `recovery` and `messages`.
#include <stdexcept>

#include "codec/recovery.h"
#include "proofs/certificate.h"
#include "tests/codec/vectors/form.h"

namespace wald::vectors {
namespace {

using codec::Axis;

void check_symbol(Entry& entry, const json::object& item, const codec::RecoverySymbol& symbol,
                  const codec::Target& target) {
  const base::Bytes& bytes = symbol.symbol.symbol;
  if (item.contains("symbol") || bytes.size() <= 200) entry.hex_field(item, "symbol", bytes);
  entry.hash_field(item, "symbol_blake2b256", bytes);
  std::string want, got;
  for (const json::value& node : item.at("proof_path").as_array())
    want += std::string(node.as_string()) + " ";
  for (const shape::Node& node : symbol.proof)
    got += (node.empty ? "Empty" : base::to_hex(node.digest.view())) + " ";
  entry.equal("proof_path", want, got);
  const auto general = codec::general_symbol(target, symbol);
  const base::Bytes plain_bcs = shape::bcs::to_bytes(symbol);
  const base::Bytes general_bcs = shape::bcs::to_bytes(general);
  entry.hash_field(item, "decoding_symbol_bcs_blake2b256", shape::bcs::to_bytes(symbol.symbol));
  entry.hash_field(item, "recovery_symbol_bcs_blake2b256", plain_bcs);
  entry.hash_field(item, "general_recovery_symbol_bcs_blake2b256", general_bcs);
  if (item.contains("recovery_symbol_bcs") || bytes.size() <= 16)
    entry.hex_field(item, "recovery_symbol_bcs", plain_bcs);
  if (item.contains("general_recovery_symbol_bcs") || bytes.size() <= 16)
    entry.hex_field(item, "general_recovery_symbol_bcs", general_bcs);
  const auto back = shape::bcs::from_bytes<shape::GeneralRecoverySymbol>(general_bcs);
  entry.truth("general symbol read back", back.ok() && *back == general);
}

proofs::MessageBody body_of(const std::string& name, const base::BlobId& id, base::Epoch epoch,
                            base::ByteView key) {
  if (name == "storage_confirmation_permanent")
    return proofs::StorageConfirmation{id, std::nullopt};
  if (name == "storage_confirmation_deletable")
    return proofs::StorageConfirmation{id, base::ObjectId::from(base::Bytes(32, 0x2A))};
  if (name == "invalid_blob_id") return proofs::InvalidBlob{id};
  if (name == "proof_of_possession_key1")
    return proofs::Possession{base::AccountId::from(base::Bytes(32, 0x11)),
                              base::PublicKey::from(key.first(32))};
  if (name == "sync_shard") return proofs::SyncShard{base::ShardIndex(5), true, id, 100, epoch};
  if (name == "deny_list_blob_deleted") return proofs::DenyListedBlobDeleted{id};
  if (name == "protocol_version") return proofs::ProtocolVersion{epoch.next(), 3};
  throw std::invalid_argument("unknown message " + name);
}

}  // namespace

void replay_recovery(Entry& entry, const json::object& of, const json::object& item) {
  const codec::Codec& codec = codec_of(number(of, "n_shards"));
  const codec::Params& params = codec.params();
  const auto encoded = codec::encode(codec, input_bytes(of.at("input").as_object()));
  if (!encoded.ok()) return entry.equal("encode", "done", encoded.error().message());
  const codec::Metadata& metadata = encoded->metadata();
  entry.field(of, "symbol_size", encoded->symbol_size());
  entry.field(of, "blob_id", base::to_base64url(metadata.blob_id.view()));

  const std::string axis_name = text(item, "target_axis");
  if (axis_name != "primary" && axis_name != "secondary")
    throw std::invalid_argument("unknown axis " + axis_name);
  const Axis axis = axis_name == "primary" ? Axis::kPrimary : Axis::kSecondary;
  const auto pair = [&](std::string_view key) {
    const std::uint64_t at = number(item, key);
    if (at >= params.n()) throw std::invalid_argument("pair beyond the shards");
    return base::PairIndex(static_cast<std::uint16_t>(at));
  };
  const auto source = shape::sliver_of_pair(params, shape::other(axis), pair("source_pair_index"));
  const auto at = shape::sliver_of_pair(params, axis, pair("target_pair_index"));
  entry.field(item, "source_sliver_index", source.value());
  entry.field(item, "target_sliver_index", at.value());
  entry.field(item, "leaf_index", at.value());

  const codec::SliverView sliver = encoded->sliver(shape::other(axis), source.value());
  const auto tree = codec::SliverTree::build(codec, sliver);
  entry.hex_field(item, "source_sliver_hash", tree.root().view());
  const codec::Target target{axis, at.value()};
  const auto made = codec::recovery_symbol(codec, sliver, tree, at.value());
  if (!made.ok()) return entry.equal("symbol", "made", made.error().message());
  const codec::RecoverySymbol& symbol = *made;
  check_symbol(entry, item, symbol, target);
  entry.truth("accepted", codec::verify_recovery_symbol(codec, metadata, target, symbol).ok());
  entry.truth(
      "accepted (general)",
      codec::verify_general_symbol(codec, metadata, target, codec::general_symbol(target, symbol))
          .ok());
}

void replay_message(Entry& entry, const json::object& section, const json::object& item) {
  const std::string name = text(item, "name");
  const base::Epoch epoch(static_cast<std::uint32_t>(number(section, "epoch")));
  const auto id = base::from_base64url(text(section, "blob_id"));
  if (!id || id->size() != 32) throw std::invalid_argument("blob_id");
  const base::Bytes key =
      unhex(std::string_view(section.at("public_keys").as_array().at(0).as_string()));
  if (key.size() != 48) throw std::invalid_argument("public_keys");
  const proofs::Message message{epoch, body_of(name, base::BlobId::from(*id), epoch, key)};
  base::Bytes bytes = proofs::encode_message(message);
  entry.truth("read back", proofs::decode_message(bytes) == message);
  // A BLS key is 16 bytes longer than ours; it stands at the end of its message.
  if (message.type() == proofs::MessageType::kPossession)
    bytes.insert(bytes.end(), key.begin() + 32, key.end());
  entry.hex_field(item, "message", bytes);
}

}  // namespace wald::vectors
