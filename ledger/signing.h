// SPDX-License-Identifier: Apache-2.0
// What is hashed to name a thing and what is signed to authorise one: policies and account ids
// (U-1), the setkeys digest (U-2), transaction ids and preimages (U-3, A-16), chain, object and
// node ids (T-2, U-9, N-1), block headers and term certificates (specs/engine.md). Layouts:
// specs/state.md; integers little-endian. No secret is ever held here: callers sign and
// verify. Errors: foreign bytes that do not parse answer nothing. Thread rule: plain values, free
// functions.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "codec/base/hash.h"

namespace wald::ledger {

struct PolicyKey {
  base::PublicKey key;
  std::uint8_t weight = 0;  // 1 to 255
  friend bool operator==(const PolicyKey&, const PolicyKey&) = default;
};

// Who may act for an account. Invariant (U-1): 1 to 16 keys, strictly ascending, weights >= 1,
// 1 <= threshold <= sum of weights. That a key is of prime order is the caller's check.
class Policy {
 public:
  static constexpr std::size_t kMaxKeys = 16;

  static std::optional<Policy> make(std::uint16_t threshold, std::vector<PolicyKey> keys);
  static std::optional<Policy> parse(base::ByteView bytes);  // exactly one policy, nothing after it
  static Policy single(const base::PublicKey& key);          // (1, {key: 1})

  std::uint16_t threshold() const { return threshold_; }
  const std::vector<PolicyKey>& keys() const { return keys_; }
  base::Bytes encode() const;  // threshold u16 | count u8 | (key 32 | weight u8) ascending by key
  base::AccountId account_id() const;

  // Sum of the weights whose bits are set (bit j of byte i is key 8i+j). Nothing, if the bitmap is
  // not exactly ceil(keys/8) bytes or has a bit past the last key.
  std::optional<std::uint32_t> weight_of(base::ByteView bitmap) const;

  friend bool operator==(const Policy&, const Policy&) = default;

 private:
  Policy(std::uint16_t threshold, std::vector<PolicyKey> keys);
  std::uint16_t threshold_;
  std::vector<PolicyKey> keys_;
};

base::ChainId chain_id(base::ByteView genesis_document);
base::ObjectId object_id(const base::TxId& tx, std::uint32_t index);
base::NodeId node_id(const base::PublicKey& first_protocol_key);
base::TxId tx_id(base::ByteView body);

// `wald-tx-v1` padded to 16 | chain 32 | transaction id 32.
std::array<std::uint8_t, 80> tx_preimage(const base::ChainId& chain, const base::TxId& tx);

// Each key of the new policy signs these 32 bytes.
base::Hash setkeys_digest(const base::ChainId& chain, const base::AccountId& account,
                          std::uint64_t nonce, const Policy& policy);

enum class KeyRole : std::uint8_t { kProtocol = 0, kConsensus = 1 };

// A consensus key proves possession by signing these 32 bytes (N-1).
base::Hash key_possession_digest(const base::ChainId& chain, const base::NodeId& node, KeyRole role,
                                 const base::PublicKey& key, base::Epoch epoch);

struct BlockHeader {
  static constexpr std::size_t kSize = 214;
  static constexpr std::uint16_t kVersion = 1;
  std::uint16_t version = kVersion;
  base::ChainId chain;
  std::uint32_t term = 0;
  base::Height height;
  base::TimeMs time;
  base::Hash previous;  // header hash; of the first header the chain id
  base::Hash input_hash;
  base::Hash receipts_hash;
  base::Hash event_head;
  base::Hash state_root;
  friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
};
base::Bytes encode(const BlockHeader& header);
// Exactly kSize bytes of the version known here.
std::optional<BlockHeader> parse_header(base::ByteView bytes);
base::Hash header_hash(const BlockHeader& header);
base::Hash input_hash(base::ByteView canonical_input);
// `wald-block-v1` padded to 16 | header hash: what the sequencer signs.
std::array<std::uint8_t, 48> block_preimage(const base::Hash& hash_of_header);

// Who may sequence from which height on; signed by the authority's policy.
struct TermCertificate {
  static constexpr std::size_t kSize = 108;
  base::ChainId chain;
  std::uint32_t term = 0;
  base::PublicKey key;  // of the sequencer
  base::Height first_height;
  base::Hash root;  // state root before first_height
  friend bool operator==(const TermCertificate&, const TermCertificate&) = default;
};
base::Bytes encode(const TermCertificate& certificate);
std::optional<TermCertificate> parse_term(base::ByteView bytes);  // exactly kSize bytes
// `wald-term-v1` padded to 16 | B("wald.term", -, certificate).
std::array<std::uint8_t, 48> term_preimage(const TermCertificate& certificate);

}  // namespace wald::ledger
