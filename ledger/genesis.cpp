// SPDX-License-Identifier: Apache-2.0
#include "ledger/genesis.h"

#include "ledger/epoch/first.h"
#include "ledger/signing.h"
#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"
#include "specs/proto/block.pb.h"

namespace wald::ledger {
namespace {

constexpr std::size_t kMaxDocument = 256 * 1024 * 1024;

class Empty final : public Reader {
 public:
  std::optional<base::Bytes> get(base::ByteView) const override { return std::nullopt; }
  void scan(base::ByteView, base::ByteView, const Visit&) const override {}
};

using Done = base::Result<void, GenesisError>;

base::Err<GenesisError> wrong(std::string field, std::string message) {
  return base::Err<GenesisError>{GenesisError{std::move(field), std::move(message)}};
}

base::Result<Params, GenesisError> read_params(const spec::Genesis& document) {
  Params params;
  std::string last;
  for (const auto& given : document.parameters()) {
    const ParamRule* rule = find_param(given.name());
    if (rule == nullptr) return wrong("parameters." + given.name(), "no such parameter");
    if (!last.empty() && given.name() <= last)
      return wrong("parameters." + given.name(), "names must ascend");
    last = given.name();
    const bool low = given.value() < rule->low && !document.test();
    if (low || given.value() > rule->high)
      return wrong("parameters." + given.name(), "must lie between " + std::to_string(rule->low) +
                                                     " and " + std::to_string(rule->high));
    rule->at(params) = given.value();
  }
  params.shards = document.shards();
  if (params.shards < 4 || params.shards > 49'155)
    return wrong("shards", "must lie between 4 and 49155");
  const std::string_view conflict = params_conflict(params);
  if (!conflict.empty()) return wrong("parameters", std::string(conflict));
  return params;
}

// Accounts and funds out of the one mint; what is left is for nodes and stakes.
Done place_money(Overlay& state, const spec::Genesis& document, Coin& money) {
  base::AccountId last;
  for (const auto& given : document.accounts()) {
    const auto id = base::AccountId::from(base::as_bytes(given.account()));
    if (id <= last && !last.is_zero()) return wrong("accounts", "ids must ascend");
    last = id;
    if (given.amount() > money.amount().value())
      return wrong("accounts", "the amounts exceed the supply");
    AccountRecord account;
    account.balance.put(money.split(Amount::of(given.amount())));
    save(state, kAccounts, account, id);
  }
  std::map<std::string, FundRecord> funds{
      {kFundSubsidy, {}}, {kFundRepair, {}}, {kFundBonus, {}}, {kFundTreasury, {}}};
  for (const auto& given : document.funds()) {
    const auto at = funds.find(given.name());
    if (at == funds.end()) return wrong("funds." + given.name(), "no such fund");
    if (!at->second.amount.is_zero()) return wrong("funds." + given.name(), "named twice");
    if (given.amount() > money.amount().value())
      return wrong("funds." + given.name(), "the amounts exceed the supply");
    at->second.amount.put(money.split(Amount::of(given.amount())));
  }
  for (const auto& [name, fund] : funds) save(state, kFunds, fund, name);
  return {};
}

// Who names the sequencers (engine.md 2): a document without a policy has nobody.
Done name_authority(Overlay& state, const spec::Genesis& document, GenesisState& out) {
  const auto given = base::as_bytes(document.sequencer_authority());
  out.sequencer_authority.assign(given.begin(), given.end());
  if (given.empty()) return {};
  if (!Policy::parse(given)) return wrong("sequencer_authority", "is no policy");
  save(state, kAuthority, AuthorityRecord{out.sequencer_authority});
  return {};
}

// G-7: who it is and until when; a document without one has none.
Done name_foundation(Overlay& state, const spec::Genesis& document) {
  if (!document.has_foundation()) return {};
  FoundationRecord record;
  record.account = base::AccountId::from(base::as_bytes(document.foundation().account()));
  record.sunset = base::Epoch(document.foundation().sunset_epoch());
  if (!exists(state, kAccounts, record.account))
    return wrong("foundation.account", "no such account");
  if (record.sunset.value() > 260) return wrong("foundation.sunset_epoch", "must not exceed 260");
  save(state, kFoundation, record);
  return {};
}

}  // namespace

base::Result<GenesisState, GenesisError> build_genesis(base::ByteView bytes) {
  const auto parsed = wire::parse_canonical<spec::Genesis>(bytes, kMaxDocument);
  if (!parsed.ok())
    return wrong(parsed.error().where,
                 std::string("not canonical: ") + wire::fault_name(parsed.error().fault));
  const spec::Genesis& document = *parsed;
  if (document.protocol_version() != 1) return wrong("protocol_version", "must be 1");
  TRY_ASSIGN(const Params params, read_params(document));

  GenesisState out;
  out.chain = chain_id(bytes);
  out.start = base::TimeMs(document.start_ms());
  out.network = document.network();
  out.test = document.test();
  if (!document.sequencer_key().empty())
    out.sequencer_key = base::PublicKey::from(base::as_bytes(document.sequencer_key()));

  Empty nothing;
  Overlay state(&nothing);
  save_params(state, params);
  ChainRecord chain;
  chain.time = out.start;
  chain.prev_seed = base::tagged_hash("wald.seed0", {}, out.chain.view());  // O-6
  save(state, kChain, chain);
  Coin money = Mint::genesis(state, economics::kGenesisSupply);
  auto placed = place_money(state, document, money);
  if (placed.ok()) placed = name_authority(state, document, out);
  if (placed.ok()) placed = name_foundation(state, document);
  if (placed.ok()) placed = epoch::first(state, out.chain, params, document, money);
  if (placed.ok() && !money.amount().is_zero())
    placed = wrong("accounts", "the amounts leave " + std::to_string(money.amount().value()) +
                                   " FROST of the supply without a place");
  if (!placed.ok()) {
    state.mark_failed();
    return base::Err{std::move(placed).error()};
  }
  out.records = state.changes();
  StateTree::Builder builder;
  for (const auto& [key, value] : out.records)
    if (value) builder.add(key, base::blake2b(*value));
  out.tree = builder.finish();
  return out;
}

}  // namespace wald::ledger
