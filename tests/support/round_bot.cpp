// SPDX-License-Identifier: Apache-2.0
#include "tests/support/round_bot.h"

#include <numeric>

#include "codec/shape/accounting.h"
#include "ledger/rounds/index.h"
#include "ledger/wire/canonical.h"
#include "proofs/attest.h"

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

// ---- SmallBlob ----

SmallBlob::SmallBlob(const shape::Params& params, std::uint64_t number, std::uint64_t length)
    : params_(params), number_(number), symbol_size_(params.symbol_size(length).value()) {
  std::vector<shape::PairEntry> pairs;
  for (std::uint32_t pair = 0; pair < params.n(); ++pair)
    pairs.push_back(
        {sliver(shape::Axis::kPrimary, pair).root(), sliver(shape::Axis::kSecondary, pair).root()});
  metadata_ = shape::make_metadata(length, std::move(pairs));
}

base::Bytes SmallBlob::symbol(shape::Axis axis, std::uint32_t pair, std::uint32_t index) const {
  const auto noise = base::tagged_hash(
      "test.symbol", {},
      base::Writer().le(number_).u8(static_cast<std::uint8_t>(axis)).le(pair).le(index).bytes());
  base::Bytes out(symbol_size_);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = noise.bytes()[i % 32];
  return out;
}

base::MerkleTree SmallBlob::sliver(shape::Axis axis, std::uint32_t pair) const {
  std::vector<base::Hash> leaves;
  for (std::uint32_t i = 0; i < params_.n(); ++i)
    leaves.push_back(base::merkle_leaf(symbol(axis, pair, i)));
  return base::MerkleTree(std::move(leaves));
}

std::vector<base::Hash> SmallBlob::symbol_path(shape::Axis axis, std::uint32_t pair,
                                               std::uint32_t index) const {
  return sliver(axis, pair).path(index);
}

std::vector<base::Hash> SmallBlob::entry_path(std::uint32_t pair) const {
  return shape::pairs_tree(metadata_.pairs).path(pair);
}

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
  std::vector<ledger::StateTree::Change> changes;
  for (const auto& [key, value] : overlay.changes())
    changes.push_back({key, value ? std::optional(base::blake2b(*value)) : std::nullopt});
  view_.state_tree = view_.state_tree.apply(changes);
  view_.records.merge(overlay.changes());
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
      ledger::rounds::index_certified(ctx, blob.id(),
                                      shape::encoded_length(params, blob.length()).value());
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

void RoundWorld::send(const spec::Operation& operation) {
  spec::Body body;
  body.set_chain(std::string(base::as_text(chain().view())));
  body.set_version(1);
  *body.mutable_operation() = operation;
  spec::Envelope envelope;
  const base::Bytes bytes = wire::write_canonical(body);
  envelope.set_body(std::string(base::as_text(bytes)));
  pending_.push_back(wire::write_canonical(envelope));
}

spec::Code RoundWorld::run(const spec::Operation& operation, std::uint64_t ms) {
  WALD_CHECK(pending_.empty());
  send(operation);
  return static_cast<spec::Code>(block(ms).receipts.at(0).code);
}

ledger::rounds::RoundView RoundWorld::round() const {
  const auto rounds = clock().rounds;
  const base::Round last(static_cast<std::uint16_t>(rounds.next.value() - 1));
  return ledger::rounds::find_round(view_, chain(), base::Epoch(1), last).value();
}

ledger::TallyRecord RoundWorld::tally(std::size_t i) const {
  return ledger::rounds::tally_of(view_, round(), node(i));
}

// ---- Statements ----

spec::Operation operation_of(proofs::Kind kind, base::ByteView statement) {
  const std::string text(base::as_text(statement));
  spec::Operation out;
  switch (kind) {
    case proofs::Kind::kBeaconReveal:
      out.mutable_beacon_reveal()->set_statement(text);
      break;
    case proofs::Kind::kResponseCommit:
      out.mutable_response_commit()->set_statement(text);
      break;
    case proofs::Kind::kRowReport:
      out.mutable_row_report()->set_statement(text);
      break;
    case proofs::Kind::kSelfProof:
      out.mutable_self_proof()->set_statement(text);
      break;
    case proofs::Kind::kDeclareLost:
      out.mutable_declare_lost()->set_statement(text);
      break;
    case proofs::Kind::kDeclareRestored:
      out.mutable_declare_restored()->set_statement(text);
      break;
    case proofs::Kind::kVrfKey:
      out.mutable_vrf_key()->set_statement(text);
      break;
    default:
      throw std::runtime_error("no such operation");
  }
  return out;
}

proofs::Header RoundWorld::header(std::size_t i, proofs::Kind kind) const {
  proofs::Header out;
  out.kind = kind;
  out.chain = chain();
  out.epoch = base::Epoch(1);
  out.author = node(i);
  if (kind >= proofs::Kind::kDeclareLost) {
    out.round = base::Round(proofs::kNoRound);
    return out;
  }
  const auto view = round();
  out.round = view.id.round;
  out.seed = kind == proofs::Kind::kBeaconReveal ? view.record.prev : view.record.seed;
  return out;
}

base::Bytes RoundWorld::statement(std::size_t i, proofs::Header header,
                                  const proofs::Body& body) const {
  return signer(i).statement(header, body);
}

spec::Operation RoundWorld::reveal(std::size_t i, const Edit& edit) const {
  const auto view = round();
  proofs::Header head = header(i, proofs::Kind::kBeaconReveal);
  if (edit) edit(head);
  const base::Hash alpha = proofs::reveal_alpha(view.record.prev, view.id);
  const proofs::BeaconReveal body{vrf(i).prove(alpha.view())};
  return operation_of(head.kind, statement(i, head, body));
}

std::vector<base::Bytes> RoundWorld::answers(std::size_t i, const Named& named) const {
  const auto view = round();
  const auto draw = ledger::rounds::draw_of(view_, view);
  const auto exam = ledger::rounds::exam_of(view, static_cast<std::uint16_t>(i));
  ledger::TallyRecord as;
  as.unavailable = named.unavailable;
  as.denied = named.denied;
  std::vector<base::Bytes> leaves;
  for (std::uint16_t t = 0; t < view.record.points; ++t) {
    const auto facts =
        ledger::rounds::facts_of(view, draw, static_cast<std::uint16_t>(i), exam.point(t), as);
    proofs::Leaf leaf;
    leaf.t = t;
    leaf.status = facts.status;
    if (leaf.status == proofs::LeafStatus::kOk) {
      const SmallBlob& blob = blob_of(facts.blob);
      leaf.symbol = blob.symbol(facts.axis, facts.pair.value(), facts.symbol.value());
      leaf.path = blob.symbol_path(facts.axis, facts.pair.value(), facts.symbol.value());
    }
    leaves.push_back(proofs::encode_leaf(leaf));
  }
  return leaves;
}

proofs::LedgerOpening RoundWorld::opening(std::size_t i, std::uint16_t t) const {
  const auto view = round();
  const auto mine = tally(i);
  const auto leaves = answers(i, {mine.unavailable, mine.denied});
  std::vector<base::Hash> hashes;
  for (const base::Bytes& leaf : leaves) hashes.push_back(base::merkle_leaf(leaf));
  const auto draw = ledger::rounds::draw_of(view_, view);
  const auto exam = ledger::rounds::exam_of(view, static_cast<std::uint16_t>(i));
  const auto facts =
      ledger::rounds::facts_of(view, draw, static_cast<std::uint16_t>(i), exam.point(t), mine);
  proofs::LedgerOpening out;
  out.opening.leaf = leaves.at(t);
  out.opening.path = base::MerkleTree(hashes).path(t);
  if (facts.status == proofs::LeafStatus::kDenied)
    out.opening.membership = lists_.at(i).prove(facts.blob).value_or(base::Bytes());
  const SmallBlob& blob = blob_of(facts.blob);
  out.pair_entry = blob.entry(facts.pair.value()).bytes();
  out.pair_path = blob.entry_path(facts.pair.value());
  return out;
}

spec::Operation RoundWorld::commit(std::size_t i, const std::vector<std::uint16_t>& unavailable,
                                   const Edit& edit) const {
  return commit_naming(i, {unavailable, {}}, edit);
}

spec::Operation RoundWorld::commit_naming(std::size_t i, const Named& named,
                                          const Edit& edit) const {
  proofs::Header head = header(i, proofs::Kind::kResponseCommit);
  if (edit) edit(head);
  proofs::ResponseCommit body;
  body.root = proofs::commit_root(answers(i, named));
  body.points = round().record.points;
  body.unavailable = named.unavailable;
  body.denied = named.denied;
  return operation_of(head.kind, statement(i, head, body));
}

proofs::RowReport RoundWorld::row_body(std::size_t i, const std::set<std::size_t>& verified) const {
  const auto view = round();
  proofs::RowReport body;
  body.pi2 = vrf(i).prove(proofs::row_alpha(view.record.seed, view.id).view());
  body.verified.resize(members());
  body.missing.resize(members());
  body.leaky.resize(members());
  std::vector<std::optional<base::Hash>> roots(members());
  for (std::size_t j = 0; j < members(); ++j) {
    body.verified[j] = verified.count(j) != 0;
    body.missing[j] = !body.verified[j] && j != i;
    if (tally(j).committed) roots[j] = tally(j).root;
  }
  body.rows_digest = proofs::expected_rows_digest(body.verified, roots).value_or(base::Hash());
  return body;
}

spec::Operation RoundWorld::row(std::size_t i, const std::set<std::size_t>& verified,
                                const Edit& edit) const {
  proofs::Header head = header(i, proofs::Kind::kRowReport);
  if (edit) edit(head);
  return operation_of(head.kind, statement(i, head, row_body(i, verified)));
}

spec::Operation RoundWorld::self_proof(std::size_t i, const std::vector<std::uint16_t>& leaves,
                                       const Edit& edit) const {
  proofs::Header head = header(i, proofs::Kind::kSelfProof);
  if (edit) edit(head);
  proofs::OpeningList body;
  body.prover = static_cast<std::uint16_t>(i);
  for (const std::uint16_t t : leaves) body.openings.push_back(opening(i, t));
  return operation_of(head.kind, statement(i, head, body));
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

}  // namespace wald::tests
