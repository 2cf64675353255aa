// SPDX-License-Identifier: Apache-2.0
#include "ledger/nodes.h"

#include <algorithm>

#include "codec/base/text.h"
#include "economics/governance.h"
#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/wire/canonical.h"
#include "proofs/certificate.h"

namespace wald::ledger {
namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxAddress = 259;
constexpr std::size_t kMaxMetadata = 8192;

using Checked = base::Result<void, Refused>;

base::Err<Refused> refused(Code code, std::string field) {
  return base::Err<Refused>{Refused{code, {{"field", std::move(field)}}}};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text[0] == '0') return false;
  std::uint32_t port = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return port <= 65'535;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
    return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_digit(c) || is_letter(c) || c == '-'; });
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const auto inner = host.substr(1, host.size() - 2);
    return inner.size() <= 45 && inner.find(':') != std::string_view::npos &&
           std::all_of(inner.begin(), inner.end(),
                       [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  }
  if (host.size() > 253) return false;
  while (true) {
    const auto dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

// N-1, O-4, in the order protocol, VRF, consensus.
Checked check_possession(const Registration& given, const RegistrationTerms& terms) {
  const base::NodeId node = given.node();
  const base::Bytes message = proofs::encode_message(
      {terms.epoch, proofs::Possession{given.operator_account, given.protocol_key}});
  if (!proofs::is_prime_order_key(given.protocol_key) ||
      !proofs::verify_signature(given.protocol_key, proofs::message_preimage(terms.chain, message),
                                given.possession))
    return refused(spec::BAD_POSSESSION, "possession");
  const base::Hash alpha = proofs::vrf_pop_alpha(terms.chain, node, given.vrf_key, terms.vrf_first);
  if (given.vrf_key == given.protocol_key ||
      !proofs::vrf_verify(given.vrf_key, alpha.view(), given.vrf_proof))
    return refused(spec::BAD_POSSESSION, "vrf_proof");
  if (!given.consensus) return {};
  const ConsensusKeyProof& consensus = *given.consensus;
  const base::Hash digest =
      key_possession_digest(terms.chain, node, KeyRole::kConsensus, consensus.key, terms.epoch);
  if (consensus.key == given.protocol_key || consensus.key == given.vrf_key ||
      !proofs::is_prime_order_key(consensus.key) ||
      !proofs::verify_signature(consensus.key, digest.view(), consensus.possession))
    return refused(spec::BAD_POSSESSION, "consensus_key");
  return {};
}

template <std::size_t N>
bool copy_exact(const std::string& from, std::array<std::uint8_t, N>& to) {
  if (from.size() != N) return false;
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

}  // namespace

base::NodeId Registration::node() const { return node_id(protocol_key); }

bool is_host_port(std::string_view address) {
  if (address.size() > kMaxAddress) return false;
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return is_host(address.substr(0, colon)) && is_port(address.substr(colon + 1));
}

Parsed<Registration> parse_registration(const spec::RegisterNode& message,
                                        const base::AccountId& operator_account) {
  Registration out;
  out.name = message.name();
  out.address = message.address();
  if (message.has_metadata()) out.metadata = wire::write_canonical(message.metadata());
  TRY_ASSIGN(out.protocol_key,
             tx::id_field<base::PublicKey>(message.protocol_key(), "protocol_key"));
  TRY_ASSIGN(out.vrf_key, tx::id_field<base::PublicKey>(message.vrf_key(), "vrf_key"));
  if (!copy_exact(message.possession(), out.possession)) return tx::malformed("possession");
  if (!copy_exact(message.vrf_proof(), out.vrf_proof)) return tx::malformed("vrf_proof");
  if (message.has_consensus_key()) {
    ConsensusKeyProof& proof = out.consensus.emplace();
    TRY_ASSIGN(proof.key,
               tx::id_field<base::PublicKey>(message.consensus_key().key(), "consensus_key"));
    if (!copy_exact(message.consensus_key().possession(), proof.possession))
      return tx::malformed("consensus_key");
  }
  out.commission = message.commission();
  out.storage_price = message.storage_price();
  out.write_price = message.write_price();
  out.capacity = message.capacity();
  out.operator_account = operator_account;
  TRY_ASSIGN(out.commission_account,
             tx::id_field<base::AccountId>(message.commission_account(), "commission_account"));
  TRY_ASSIGN(out.governance_account,
             tx::id_field<base::AccountId>(message.governance_account(), "governance_account"));
  return out;
}

base::Result<void, Refused> check_registration(const Reader& state, const Params& params,
                                               const Registration& given,
                                               const RegistrationTerms& terms) {
  TRY(check_node_info({given.name, given.address, given.metadata}));
  TRY(check_possession(given, terms));
  if (exists(state, kKeys, given.protocol_key)) return refused(spec::KEY_TAKEN, "protocol_key");
  if (exists(state, kKeys, given.vrf_key)) return refused(spec::KEY_TAKEN, "vrf_key");
  if (given.consensus && exists(state, kKeys, given.consensus->key))
    return refused(spec::KEY_TAKEN, "consensus_key");
  if (given.commission > params.commission_max || given.commission > economics::kBps)
    return refused(spec::BAD_RATE, "commission");
  if (!economics::check_price_vote(given.storage_price).ok())
    return refused(spec::BAD_VOTE, "storage_price");
  if (!economics::check_price_vote(given.write_price).ok())
    return refused(spec::BAD_VOTE, "write_price");
  if (given.capacity > economics::kMaxAmount) return refused(spec::BAD_VOTE, "capacity");
  if (!exists(state, kAccounts, given.commission_account))
    return refused(spec::BELOW_ACCOUNT_MIN, "commission_account");
  if (!exists(state, kAccounts, given.governance_account))
    return refused(spec::BELOW_ACCOUNT_MIN, "governance_account");
  return {};
}

base::Result<void, Refused> check_node_info(const NodeInfo& info) {
  if (info.name.empty() || info.name.size() > kMaxName) return refused(spec::BAD_NODE_INFO, "name");
  if (!is_host_port(info.address)) return refused(spec::BAD_NODE_INFO, "address");
  if (info.metadata.size() > kMaxMetadata) return refused(spec::BAD_NODE_INFO, "metadata");
  return {};
}

base::Result<NodeRecord, Rejected> operated_node(Context& ctx, const base::NodeId& node) {
  auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  if (ctx.sender() != record->operator_account) return ctx.reject(spec::NOT_AUTHORITY);
  return *std::move(record);
}

base::Epoch next_selected(const Context& ctx) {
  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  return clock.selected ? clock.epoch.next().next() : clock.epoch.next();
}

base::NodeId install_node(Overlay& state, const Registration& given, Coin deposit,
                          base::Epoch running, base::Epoch vrf_first) {
  const base::NodeId id = given.node();
  WALD_CHECK(!exists(state, kNodes, id) && !exists(state, kPools, id));
  NodeRecord node;
  node.name = given.name;
  node.address = given.address;
  node.metadata = given.metadata;
  node.operator_account = given.operator_account;
  node.commission_account = given.commission_account;
  node.governance_account = given.governance_account;
  node.protocol_key = given.protocol_key;
  if (given.consensus) node.consensus_key = given.consensus->key;
  node.vrf_keys = {{given.vrf_key, vrf_first}};
  node.votes = {Noted(Amount::of(given.storage_price)), Noted(Amount::of(given.write_price)),
                given.capacity};
  node.registered = running;
  node.standing = economics::Ppm::of(economics::kPpm);
  node.deposit.put(std::move(deposit));
  save(state, kNodes, node, id);
  save(state, kRoll, RollRecord(), id);

  save(state, kKeys, KeyRecord{id, KeyUse::kProtocol, running}, given.protocol_key);
  save(state, kKeys, KeyRecord{id, KeyUse::kVrf, vrf_first}, given.vrf_key);
  if (given.consensus)
    save(state, kKeys, KeyRecord{id, KeyUse::kConsensus, running}, given.consensus->key);

  PoolRecord pool;
  pool.rate = economics::Bps::of(given.commission);
  pool.stepped = running;
  save(state, kPools, pool, id);
  return id;
}

std::map<base::NodeId, NodeRecord> on_roll(const Reader& state) {
  std::map<base::NodeId, NodeRecord> nodes;
  for_each<RollRecord>(state, kRoll, [&](base::ByteView key, const RollRecord&) {
    const auto id = base::NodeId::from(key);
    nodes.emplace(id, must_load(state, kNodes, id));
    return true;
  });
  return nodes;
}

}  // namespace wald::ledger
