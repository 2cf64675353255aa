// SPDX-License-Identifier: Apache-2.0
#include "tests/support/round_bot.h"

#include <numeric>

#include "ledger/duties.h"
#include "ledger/rounds/index.h"
#include "ledger/wire/canonical.h"

namespace wald::tests {
namespace {

constexpr std::uint64_t kEpochLength = 144'000'000;  // 40 h, so that halts fit in

shape::Params shape_of(std::uint64_t shards) { return shape::Params::make(shards).value(); }

ledger::GenesisState genesis_of(const RoundSetup& setup, std::uint16_t shards) {
  spec::Genesis document = small_genesis({});
  document.set_shards(shards);
  set_param(document, "epoch_length", kEpochLength);
  for (const auto& [name, value] : setup.params) set_param(document, name, value);
  auto built = ledger::build_genesis(wire::write_canonical(document));
  if (!built.ok()) throw std::runtime_error(built.error().field + ": " + built.error().message);
  return std::move(built).value();
}

std::uint16_t sum_of(const std::vector<std::uint16_t>& weights) {
  return static_cast<std::uint16_t>(std::accumulate(weights.begin(), weights.end(), 0));
}

}  // namespace

// ---- RoundWorld ----

RoundWorld::RoundWorld(const RoundSetup& setup)
    : genesis_(genesis_of(setup, sum_of(setup.weights))),
      machine_(genesis_.chain),
      time_(genesis_.start) {
  view_.records.merge(genesis_.records);
  view_.state_tree = genesis_.tree;
  found(setup, sum_of(setup.weights));
  origin_.records = view_.records;
  origin_.state_tree = view_.state_tree;
}

void RoundWorld::absorb(const ledger::Overlay& overlay) {
  const ledger::Changes written = overlay.changes();
  std::vector<ledger::StateTree::Change> changes;
  for (const auto& [key, value] : written)
    changes.push_back({key, value ? std::optional(base::blake2b(*value)) : std::nullopt});
  view_.state_tree = view_.state_tree.apply(changes);
  view_.records.merge(written);
}

void RoundWorld::change(const std::function<void(ledger::Context&)>& write) {
  ledger::Overlay overlay(&view_);
  const ledger::BlockFacts facts{chain(), height_, time_, view_.state_tree.root(),
                                 ledger::load_params(view_)};
  ledger::Context ctx(overlay, facts, base::AccountId(), base::TxId());
  write(ctx);
  absorb(overlay);
}

void RoundWorld::found(const RoundSetup& setup, std::uint16_t shards) {
  std::map<base::NodeId, std::string> names;
  for (std::size_t i = 0; i < setup.weights.size(); ++i) {
    const std::string name = "node" + std::to_string(i);
    names[base::NodeId(base::tagged_hash("test.node", {}, base::as_bytes(name)).bytes())] = name;
  }
  ledger::CommitteeRecord committee;
  std::uint16_t shard = 0;
  for (const auto& [id, name] : names) {
    nodes_.push_back(id);
    signers_.emplace_back(key_of_name(name).seed);
    vrfs_.emplace_back(key_of_name(name + ".vrf").seed);
    ledger::CommitteeMember& member = committee.members.emplace_back();
    member.node = id;
    member.protocol_key = signers_.back().public_key();
    member.vrf_key = vrfs_.back().public_key();
    for (std::uint16_t k = 0; k < setup.weights[nodes_.size() - 1]; ++k)
      member.shards.push_back(base::ShardIndex(shard++));
  }
  change([&](ledger::Context& ctx) {
    ledger::Overlay& state = ctx.state();
    ledger::ChainRecord record = ledger::must_load(state, ledger::kChain);
    record.clock.epoch = base::Epoch(1);
    record.clock.length = record.clock.next_length = kEpochLength;
    record.clock.synced = record.clock.sync_closed = record.clock.selected = true;
    ledger::save(state, ledger::kChain, record);
    ledger::save(state, ledger::kCommittees, committee, base::Epoch(1));
    for (const ledger::CommitteeMember& member : committee.members) {
      ledger::NodeRecord node;
      node.operator_account = base::AccountId(member.node.bytes());
      node.protocol_key = member.protocol_key;
      node.vrf_keys.push_back({member.vrf_key, base::Epoch(1)});
      node.standing = economics::Ppm::of(economics::kPpm);
      ledger::save(state, ledger::kNodes, node, member.node);
      using ledger::KeyUse;
      ledger::save(state, ledger::kKeys,
                   ledger::KeyRecord{member.node, KeyUse::kProtocol, base::Epoch(1)},
                   member.protocol_key);
      ledger::save(state, ledger::kKeys,
                   ledger::KeyRecord{member.node, KeyUse::kVrf, base::Epoch(1)}, member.vrf_key);
    }
    const shape::Params params = shape_of(shards);
    for (std::size_t k = 0; k < setup.blobs; ++k) {
      const SmallBlob& blob = blobs_.emplace_back(params, k, 100 + 37 * k);
      ledger::BlobIdRecord entry;
      entry.length = blob.length();
      entry.permanent = entry.permanent_certified = 1;
      entry.permanent_end = base::Epoch(100);
      ledger::save(state, ledger::kBlobIds, entry, blob.id());
      ledger::rounds::index_certified(ctx, blob.id(), blob.encoded_length());
    }
  });
}

void RoundWorld::end_blob(std::size_t k) {
  change([&](ledger::Context& ctx) { ledger::rounds::index_ended(ctx, blob(k).id()); });
}

const SmallBlob& RoundWorld::blob_of(const base::BlobId& id) const {
  for (const SmallBlob& blob : blobs_)
    if (blob.id() == id) return blob;
  throw std::runtime_error("an unknown blob");
}

const ledger::BlockOutput& RoundWorld::block(std::uint64_t ms) {
  ledger::BlockInput input;
  input.height = height_.next();
  input.time = base::TimeMs(time_.value() + ms);
  input.transactions = std::exchange(pending_, {});
  last_ = machine_.apply_block(view_, input);
  view_.records.merge(last_.changes);
  view_.state_tree = last_.tree;
  height_ = input.height;
  time_ = input.time;
  inputs_.push_back(std::move(input));
  roots_.push_back(last_.state_root);
  return last_;
}

base::Bytes RoundWorld::bare(const spec::Operation& operation) const {
  spec::Body body;
  body.set_chain(base::string_of(chain().view()));
  body.set_version(1);
  *body.mutable_operation() = operation;
  spec::Envelope envelope;
  const base::Bytes bytes = wire::write_canonical(body);
  envelope.set_body(base::string_of(bytes));
  return wire::write_canonical(envelope);
}

void RoundWorld::send(const spec::Operation& operation) { pending_.push_back(bare(operation)); }

spec::Code RoundWorld::run(const spec::Operation& operation, std::uint64_t ms) {
  WALD_CHECK(pending_.empty());
  send(operation);
  return static_cast<spec::Code>(block(ms).receipts.at(0).code);
}

ledger::BlockOutput RoundWorld::tried(const std::optional<spec::Operation>& operation) const {
  ledger::BlockInput input;
  input.height = height_.next();
  input.time = base::TimeMs(time_.value() + 10);
  if (operation) input.transactions.push_back(bare(*operation));
  return machine_.apply_block(view_, input);
}

ledger::rounds::RoundView RoundWorld::round() const {
  const auto rounds = clock().rounds;
  const base::Round last(static_cast<std::uint16_t>(rounds.next.value() - 1));
  return ledger::rounds::find_round(view_, chain(), base::Epoch(1), last).value();
}

ledger::TallyRecord RoundWorld::tally(std::size_t i) const { return desk().tally(i); }

// ---- Statements ----

RoundDesk RoundWorld::desk() const {
  return {view_, round(),
          [this](const base::BlobId& id) -> const SmallBlob& { return blob_of(id); },
          [this](std::size_t place, const base::BlobId& id) {
            return lists_.at(place).prove(id).value_or(base::Bytes());
          }};
}

proofs::Header RoundWorld::header(std::size_t i, proofs::Kind kind) const {
  if (kind < proofs::Kind::kDeclareLost) return desk().header(i, kind);
  return {kind, chain(), base::Epoch(1), base::Round(proofs::kNoRound), base::Hash(), node(i)};
}

base::Bytes RoundWorld::statement(std::size_t i, proofs::Header header,
                                  const proofs::Body& body) const {
  return signer(i).statement(header, body);
}

spec::Operation RoundWorld::reveal(std::size_t i, const Edit& edit) const {
  return desk().reveal(seat(i), edit);
}

std::vector<base::Bytes> RoundWorld::answers(std::size_t i, const Named& named) const {
  return desk().answers(i, named);
}

proofs::LedgerOpening RoundWorld::opening(std::size_t i, std::uint16_t t) const {
  return desk().openings(i, {t}).at(0);
}

spec::Operation RoundWorld::commit(std::size_t i, const std::vector<std::uint16_t>& unavailable,
                                   const Edit& edit) const {
  return commit_naming(i, {unavailable, {}}, edit);
}

spec::Operation RoundWorld::commit_naming(std::size_t i, const Named& named,
                                          const Edit& edit) const {
  return desk().commit(seat(i), named, edit);
}

proofs::RowReport RoundWorld::row_body(std::size_t i, const std::set<std::size_t>& verified) const {
  return desk().row_body(seat(i), verified);
}

spec::Operation RoundWorld::row(std::size_t i, const std::set<std::size_t>& verified,
                                const Edit& edit) const {
  return desk().row(seat(i), verified, edit);
}

spec::Operation RoundWorld::self_proof(std::size_t i, const std::vector<std::uint16_t>& leaves,
                                       const Edit& edit) const {
  return desk().self_proof(seat(i), leaves, edit);
}

// ---- Phases ----

void RoundWorld::open() {
  if (!clock().rounds.start) block(1);
  const std::uint64_t start = clock().rounds.start.value().value();
  block(start > time_.value() ? start - time_.value() : 0);
}

void RoundWorld::reach_commit(const std::set<std::size_t>& silent) {
  for (std::size_t i = 0; i < members(); ++i)
    if (silent.count(i) == 0) send(reveal(i));
  block(100);
  block(300);
}

void RoundWorld::reach_verify(const std::set<std::size_t>& silent) {
  for (std::size_t i = 0; i < members(); ++i)
    if (silent.count(i) == 0) send(commit(i));
  block(100);
  block(1000);
}

void RoundWorld::rows(const std::set<std::size_t>& silent, const std::set<std::size_t>& unseen) {
  for (std::size_t i = 0; i < members(); ++i) {
    if (silent.count(i) != 0) continue;
    std::set<std::size_t> verified;
    for (std::size_t j = 0; j < members(); ++j)
      if (j != i && unseen.count(j) == 0 && tally(j).committed) verified.insert(j);
    send(row(i, verified));
  }
  block(100);
}

void RoundWorld::play(const std::set<std::size_t>& silent, const std::set<std::size_t>& unseen) {
  open();
  reach_commit(silent);
  reach_verify(silent);
  rows(silent, unseen);
  reach_inspect();
  reach_end();
}

proofs::DenyList list_over(const RoundWorld& world, const std::vector<std::size_t>& blobs,
                           std::uint64_t more) {
  std::vector<proofs::DenyEntry> entries;
  entries.reserve(blobs.size());
  for (const std::size_t k : blobs)
    entries.push_back({world.blob(k).id(), world.blob(k).encoded_length() + more});
  return proofs::DenyList::make(entries).value();
}

void put_in_force(RoundWorld& world, std::size_t i, const ledger::DenyListed& list) {
  world.change([&](ledger::Context& ctx) {
    ledger::DutyRecord duties = ledger::duties_of(ctx.state(), world.node(i));
    duties.deny_list = list;
    ledger::save(ctx.state(), ledger::kDuties, duties, world.node(i));
  });
}

void deny(RoundWorld& world, std::size_t i, proofs::DenyList list) {
  put_in_force(world, i, {list.root(), list.size(), 1});
  world.denies(i, std::move(list));
}

Leaves leaves_about(const RoundWorld& world, std::size_t i, std::size_t k) {
  const auto view = world.round();
  const auto draw = ledger::rounds::draw_of(world.view(), view);
  const auto exam = ledger::rounds::exam_of(view, static_cast<std::uint16_t>(i));
  Leaves out;
  for (const proofs::Point& point : exam.points(view.record.points))
    if (draw.blobs.at(point.blob).blob_id == world.blob(k).id()) out.push_back(point.t);
  if (out.empty()) throw std::runtime_error("no leaf asks for that blob");
  return out;
}

}  // namespace wald::tests
