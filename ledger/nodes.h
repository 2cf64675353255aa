// SPDX-License-Identifier: Apache-2.0
// What a node brings along when it registers, whether by RegisterNode or in the genesis document:
// one form, one check, one way into the state (N-1, T-2). The proofs inside name a chain and an
// epoch, which differ between the two: 32 zero bytes and epoch 0 in a genesis document.
// Errors: the codes of N-1 with the field at fault in the facts ("field"). Thread rule: plain
// values, functions over a state.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/money.h"
#include "ledger/operation.h"
#include "ledger/state/node.h"
#include "proofs/signature.h"
#include "proofs/vrf.h"

namespace wald::ledger {

struct ConsensusKeyProof {
  base::PublicKey key;
  proofs::Signature possession{};
};

struct Registration {
  std::string name;
  std::string address;   // host:port
  base::Bytes metadata;  // canonical bytes of NodeMetadata; empty: none
  base::PublicKey protocol_key;
  proofs::Signature possession{};
  base::PublicKey vrf_key;
  proofs::VrfProof vrf_proof{};
  std::optional<ConsensusKeyProof> consensus;
  std::uint32_t commission = 0;  // bps
  std::uint64_t storage_price = 0;
  std::uint64_t write_price = 0;
  std::uint64_t capacity = 0;  // bytes
  base::AccountId operator_account;
  base::AccountId commission_account;
  base::AccountId governance_account;

  base::NodeId node() const;  // follows from the protocol key
};

// MALFORMED where a field is no value at all; limits are check_registration's.
Parsed<Registration> parse_registration(const spec::RegisterNode& message,
                                        const base::AccountId& operator_account);

// What the proofs of a registration are made over.
struct RegistrationTerms {
  base::ChainId chain;    // zeros in genesis
  base::Epoch epoch;      // of the possessions: the running one; 0 in genesis
  base::Epoch vrf_first;  // first epoch of the VRF key: the running one + 1; 1 in genesis
};

// N-1 in its order: 201 name, address, metadata; 202 possession of each key; 203 keys never used
// before; 204 commission; 210 votes; 41 accounts. Deposit [34] and place [211] are the caller's.
base::Result<void, Refused> check_registration(const Reader& state, const Params& params,
                                               const Registration& given,
                                               const RegistrationTerms& terms);

// host:port as N-1 wants it: a DNS name, an IPv4 address or an IPv6 address in brackets, then a
// port of 1 to 65535 without leading zeros; at most 259 bytes.
bool is_host_port(std::string_view address);

struct NodeInfo {
  std::string_view name;
  std::string_view address;  // host:port
  base::ByteView metadata;   // canonical bytes of NodeMetadata
};
// The part of N-1 that speaks of these: BAD_NODE_INFO.
base::Result<void, Refused> check_node_info(const NodeInfo& info);

// A node whose operator is the sender: UNKNOWN_NODE, NOT_AUTHORITY.
base::Result<NodeRecord, Rejected> operated_node(Context& ctx, const base::NodeId& node);

// The first epoch whose committee is not chosen yet: what is announced now counts there first.
base::Epoch next_selected(const Context& ctx);

// Node, keys and an empty pool at the rate given, after check_registration accepted. No event.
base::NodeId install_node(Overlay& state, const Registration& given, Coin deposit,
                          base::Epoch running, base::Epoch vrf_first);

// The nodes that a change of epoch has to look at: all but those that have left, are paid and whose
// pool stands still (N-6).
std::map<base::NodeId, NodeRecord> on_roll(const Reader& state);

}  // namespace wald::ledger
