// SPDX-License-Identifier: Apache-2.0
#include "node/demo/network.h"

#include <algorithm>
#include <csignal>
#include <map>

#include "economics/amount.h"
#include "ledger/genesis.h"
#include "ledger/signing.h"
#include "ledger/wire/canonical.h"
#include "node/client/registration.h"
#include "node/client/transaction.h"
#include "node/os/clock.h"
#include "node/os/files.h"

namespace wald::demo {
namespace {

constexpr std::uint64_t kBond = 100'000 * kWal;
constexpr std::uint64_t kCapacity = std::uint64_t{10} << 30;

os::IoResult<keys::Key> make_key(const std::string& path, keys::Role role,
                                 const std::string& label) {
  const keys::Secret32 seed = keys::random_seed();
  TRY(keys::save_key(path, role, label, seed, os::wall_time(), keys::Kdf::none(), {}));
  keys::OpenRules rules;
  rules.test_chain = true;
  rules.role = role;
  return keys::open_key(path, {}, rules);
}

os::IoResult<Person> make_person(const std::string& dir, const std::string& name) {
  TRY_ASSIGN(keys::Key key, make_key(dir + "/" + name + ".json", keys::Role::kAccount, name));
  const base::AccountId account = client::account_of(key.info.public_key);
  return Person{name, std::move(key), account};
}

// The genesis that keeps time on two cores (architecture.md 17).
const std::map<std::string, std::uint64_t>& parameters() {
  static const std::map<std::string, std::uint64_t> kParameters{{"beacon_blocks", 1},
                                                                {"beacon_grace", 300},
                                                                {"blobs", 64},
                                                                {"commit_blocks", 1},
                                                                {"commit_max", 3'500},
                                                                {"commit_min", 700},
                                                                {"epoch_length", kEpochMs},
                                                                {"epoch_min_blocks", 10},
                                                                {"fund_cap", 1'000'000'000'000},
                                                                {"grace", 1'000},
                                                                {"handover", 5'000},
                                                                {"inspect", 1'500},
                                                                {"inspect_blocks", 1},
                                                                {"k_spot", 1},
                                                                {"new_blob_grace", 0},
                                                                {"points", 64},
                                                                {"rounds", 2},
                                                                {"slack", 1'000},
                                                                {"slash_delay", 0},
                                                                {"tick", 250},
                                                                {"verifiers", 4},
                                                                {"verify", 3'000},
                                                                {"verify_blocks", 1},
                                                                {"void_blocks", 1},
                                                                {"void_max", 2'500}};
  return kParameters;
}

}  // namespace

os::IoResult<void> Network::make_people(const std::string& dir) {
  TRY(os::make_dirs(dir, 0700));
  for (std::size_t i = 0; i <= kOperators; ++i) {
    Member member;
    member.name = "operator-" + std::to_string(i + 1);
    TRY_ASSIGN(member.owner, make_person(dir, member.name));
    member.dir = dir_ + "/" + member.name;
    TRY(os::make_dirs(member.dir + "/keys", 0700));
    TRY_ASSIGN(member.protocol,
               make_key(member.dir + "/keys/protocol.json", keys::Role::kProtocol, member.name));
    TRY_ASSIGN(member.vrf, make_key(member.dir + "/keys/vrf.json", keys::Role::kVrf, member.name));
    member.node = ledger::node_id(member.protocol.info.public_key);
    TRY_ASSIGN(member.listener, os::Listener::open("127.0.0.1:0"));
    member.address = "127.0.0.1:" + std::to_string(member.listener.port());
    member.url = "http://" + member.address;
    if (i == kSequencer) {
      TRY_ASSIGN(keys::Key key, make_key(member.dir + "/keys/sequencer.json",
                                         keys::Role::kSequencer, member.name));
      sequencer_key_.emplace(std::move(key));
    }
    members_.push_back(std::move(member));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    TRY_ASSIGN(Person person, make_person(dir, "delegator-" + std::to_string(i + 1)));
    delegators_.push_back(std::move(person));
  }
  TRY_ASSIGN(Person donor, make_person(dir, "donor"));
  donor_.emplace(std::move(donor));
  TRY_ASSIGN(Person buyer, make_person(dir, "client"));
  client_.emplace(std::move(buyer));
  return {};
}

spec::Genesis Network::document() {
  spec::Genesis out;
  out.set_network("demo");
  out.set_test(true);
  out.set_start_ms(start_ms_);
  out.set_protocol_version(1);
  out.set_shards(36);
  for (const auto& [name, value] : parameters()) {
    auto& parameter = *out.add_parameters();
    parameter.set_name(name);
    parameter.set_value(value);
  }
  std::map<base::AccountId, std::uint64_t> money;
  for (const Member& member : members_) money[member.owner.account] = 1'000 * kWal;
  for (std::size_t i = 0; i < delegators_.size(); ++i)
    money[delegators_[i].account] = (i == 3 ? 61'000 : 21'000) * kWal;
  money[donor_->account] = 103'000 * kWal;
  money[client_->account] = 10'000 * kWal;
  std::uint64_t used = 0;
  for (const auto& [account, amount] : money) {
    auto& entry = *out.add_accounts();
    entry.set_account(base::string_of(account.view()));
    entry.set_amount(amount);
    used += amount;
  }
  for (std::size_t i = 0; i < kOperators; ++i) {
    const Member& member = members_[i];
    auto& node = *out.add_nodes();
    node.set_operator_(base::string_of(member.owner.account.view()));
    auto& registration = *node.mutable_registration();
    registration.set_name(member.name);
    registration.set_address(member.address);
    registration.set_commission(1'000);
    registration.set_storage_price(10'000'000);
    registration.set_write_price(2'000'000);
    registration.set_capacity(kCapacity);
    registration.set_commission_account(base::string_of(member.owner.account.view()));
    registration.set_governance_account(base::string_of(member.owner.account.view()));
    client::prove_possession(
        registration, {base::ChainId(), member.owner.account, base::Epoch(0), base::Epoch(1)},
        member.protocol.seed, member.vrf.seed);
    node.set_deposit(100 * kWal);
    auto& stake = *node.add_stakes();
    stake.set_owner(base::string_of(member.owner.account.view()));
    stake.set_amount(i + 1 == kOperators ? kBond - 1'000 * kWal : kBond);
    stake.set_bond(true);
    used += node.deposit() + stake.amount();
  }
  auto& treasury = *out.add_funds();
  treasury.set_name("treasury");
  treasury.set_amount(economics::kGenesisSupply.value() - used);
  out.set_sequencer_key(base::string_of(sequencer_key_->info.public_key.view()));
  return out;
}

os::IoResult<void> Network::write_genesis() {
  start_ms_ = os::wall_time().value() + 5'000;
  const base::Bytes bytes = wire::write_canonical(document());
  const auto state = ledger::build_genesis(bytes);
  if (!state.ok())
    return os::content_error("genesis: " + state.error().field + ": " + state.error().message);
  chain_ = state->chain;
  genesis_path_ = dir_ + "/genesis.bin";
  return os::write_file_atomic(genesis_path_, bytes);
}

os::IoResult<void> Network::write_config(const Member& member) const {
  const bool orders = &member == &members_[kSequencer];
  std::string out = "[node]\ndataDir = \"" + member.dir + "\"\ngenesis = \"" + genesis_path_ +
                    "\"\nmode = \"" + (orders ? "sequencer" : "follower") + "\"\n";
  if (!orders) out += "upstream = \"" + members_[kSequencer].url + "\"\n";
  out += "\n[sequencer]\nidle = \"250ms\"\nbatchDelay = \"50ms\"\n";
  out += "\n[api]\nlisten = [\"fd:" + std::to_string(member.listener.fd()) +
         "\"]\nreadsPerSecond = 15000\nsubmitsPerSecond = 5000\nconnectionsPerAddress = 1024\n";
  out += "\n[storage]\npublicAddress = \"" + member.address +
         "\"\ncapacity = \"10GiB\"\nallowPrivatePeers = true\n";
  out += "\n[keys]\nprotocol = \"" + member.dir + "/keys/protocol.json\"\nvrf = \"" + member.dir +
         "/keys/vrf.json\"\n";
  if (orders) out += "sequencer = \"" + member.dir + "/keys/sequencer.json\"\n";
  out += "\n[store]\nmapSize = \"1GiB\"\nsegmentSize = \"16MiB\"\nunsafeFs = true\n";
  return os::write_file_atomic(member.dir + "/wald.toml", base::as_bytes(out), 0600);
}

os::IoResult<Network> Network::create(const std::string& dir) {
  Network network;
  TRY(os::remove_tree(dir));
  TRY(os::make_dirs(dir, 0700));
  network.dir_ = dir;
  TRY(network.make_people(network.people_dir()));
  TRY(network.write_genesis());
  for (const Member& member : network.members_) TRY(network.write_config(member));
  return network;
}

os::IoResult<void> Network::start(Member& member) {
  os::SpawnOptions options;
  options.argv = {os::own_executable(), "run", "--config", member.dir + "/wald.toml"};
  options.inherit = {member.listener.fd()};
  options.output = member.dir + "/log.txt";
  TRY_ASSIGN(member.child, os::Child::spawn(options));
  return {};
}

void Network::stop_all() {
  for (Member& member : members_)
    if (member.child.running()) member.child.signal(SIGTERM);
  for (Member& member : members_)
    if (member.child.running() && !member.child.wait_for(10'000)) member.child.signal(SIGKILL);
}

std::optional<std::string> Network::fallen() {
  for (Member& member : members_)
    if (!member.killed && member.child.running() && member.child.poll()) return member.name;
  return std::nullopt;
}

}  // namespace wald::demo
