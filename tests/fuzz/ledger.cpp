// SPDX-License-Identifier: Apache-2.0
// Targets for what strangers send to the ledger: envelopes, blocks, certificates, documents of
// genesis; and for orders of operations, under all laws.
#include <sodium.h>

#include "ledger/wire/canonical.h"
#include "proofs/certificate.h"
#include "tests/fuzz/sequence.h"
#include "tests/fuzz/targets_impl.h"

namespace wald::fuzz {
namespace {

using tests::kWal;

// Four members, a few accounts, a blob that waits for its certificate, and somebody's stake.
struct Stage {
  tests::World world{
      tests::network({4000, 3000, 2000, 1500}, {{"ann", 5'000 * kWal}, {"bob", 5'000 * kWal}})};
  tests::FileOf file = tests::file_of(1, 1'000);
  base::ObjectId blob;
  base::ObjectId stake;

  Stage() {
    while (world.epoch() < base::Epoch(1)) world.block(5'000);
    WALD_CHECK(world.run("ann", tests::reserve(64 << 20, std::nullopt, 9)) == spec::OK);
    const auto resource = tests::made_resource(world);
    WALD_CHECK(world.run("ann", tests::register_blob(resource, file)) == spec::OK);
    blob = tests::made_blob(world);
    WALD_CHECK(world.run("bob", tests::delegate("n1", 50 * kWal)) == spec::OK);
    stake = tests::made_stake(world);
  }
};

const Stage& stage() {
  static const Stage kStage;
  return kStage;
}

const std::vector<std::string>& voters() {
  static const std::vector<std::string> kNames{"n1", "n2", "n3", "n4"};
  return kNames;
}

// What the block after the last one of the stage becomes with these transactions; nothing is kept.
ledger::BlockOutput apply(std::vector<base::Bytes> transactions) {
  const tests::World& world = stage().world;
  ledger::BlockInput input;
  input.height = world.height().next();
  input.time = base::TimeMs(world.time().value() + 500);
  input.transactions = std::move(transactions);
  auto out = world.machine().apply_block(world.view(), input);
  WALD_CHECK(out.law_failures.empty());
  WALD_CHECK(out.receipts.size() >= input.transactions.size());
  return out;
}

std::vector<base::Bytes> some_envelopes() {
  const tests::World& world = stage().world;
  const auto vote = tests::attest_sync("n2", world.chain(), world.epoch());
  return {world.sign("ann", tests::transfer("bob", kWal), world.nonce("ann")),
          world.sign("bob", tests::request_exit(stage().stake), world.nonce("bob")),
          world.sign("ann", tests::batch({tests::burn(1), tests::transfer("new", 5'000'000)}, true),
                     world.nonce("ann")),
          world.sign("n1", tests::set_votes("n1", {1, 2, 3}), world.nonce("n1")), world.bare(vote)};
}

// Message, bitmap and signatures of a certificate as the spec's message carries them: is each of
// them what it claims, and enough? Judged by libsodium alone.
bool stands(const spec::Certificate& given) {
  const tests::World& world = stage().world;
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  const proofs::Message wanted{world.epoch(),
                               proofs::StorageConfirmation{stage().file.id, std::nullopt}};
  if (!base::equal(base::as_bytes(given.message()), proofs::encode_message(wanted))) return false;
  const base::Bytes signed_bytes =
      proofs::message_preimage(world.chain(), base::as_bytes(given.message()));
  std::uint64_t weight = 0;
  int next = 0;
  for (std::size_t place = 0; place < committee.members.size(); ++place) {
    if (given.bitmap().size() <= place / 8) return false;
    if (((given.bitmap()[place / 8] >> (place % 8)) & 1) == 0) continue;
    if (next >= given.signatures_size() || given.signatures(next).size() != 64) return false;
    const auto signature = base::as_bytes(given.signatures(next++));
    if (crypto_sign_verify_detached(signature.data(), signed_bytes.data(), signed_bytes.size(),
                                    committee.members[place].protocol_key.view().data()) != 0)
      return false;
    weight += committee.members[place].shards.size();
  }
  std::uint64_t shards = 0;
  for (const auto& member : committee.members) shards += member.shards.size();
  return next == given.signatures_size() && 3 * weight >= 2 * shards + 1;
}

}  // namespace

// What check() accepts is the one form of what it read, and a block takes it without a law broken.
void fuzz_transaction(base::ByteView input) {
  const auto& machine = stage().world.machine();
  const auto checked = machine.check(input);
  if (checked.ok()) {
    const auto envelope =
        wire::parse_canonical<spec::Envelope>(input, ledger::StateMachine::kMaxOpenings);
    WALD_CHECK(envelope.ok());
    WALD_CHECK(base::equal(wire::write_canonical(*envelope), input));
    static_cast<void>(machine.admit(stage().world.view(), *checked).ok());
  }
  apply({base::Bytes(input.begin(), input.end())});
}

// A block input that parses is the one form of what it says, and any may be executed.
void fuzz_block(base::ByteView input) {
  auto parsed = ledger::parse_block_input(input);
  if (!parsed) return;
  WALD_CHECK(base::equal(ledger::encode(*parsed), input));
  const tests::World& world = stage().world;
  parsed->height = world.height().next();
  parsed->time = std::max(parsed->time, world.time());
  if (parsed->time.value() > world.time().value() + 1'000'000'000) return;
  const auto out = world.machine().apply_block(world.view(), *parsed);
  WALD_CHECK(out.law_failures.empty());
}

namespace {

bool certifies(const spec::Certificate& given) {
  const tests::World& world = stage().world;
  const auto out =
      apply({world.sign("bob", tests::certify(stage().blob, given), world.nonce("bob"))});
  return out.receipts.at(0).code == spec::OK;
}

}  // namespace

// A blob is certified by what a quorum of members signed, and by nothing else.
void fuzz_certificate(base::ByteView input) {
  static const bool kTrueOneDoes =
      certifies(tests::confirmation(stage().world, voters(), stage().file.id));
  WALD_CHECK(kTrueOneDoes);
  spec::Certificate given;
  if (!given.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  WALD_CHECK(!certifies(given) || stands(given));
}

// A document is refused with the field that is wrong, or every law holds in what it makes.
void fuzz_genesis(base::ByteView input) {
  const auto built = ledger::build_genesis(input);
  if (!built.ok()) {
    WALD_CHECK(!built.error().message.empty());
    return;
  }
  tests::MapView view;
  view.records.merge(built->records);
  for (const auto& report : ledger::recount(view)) WALD_CHECK(!report.breach);
}

// Whatever is sent, in whatever order, no law breaks.
void fuzz_sequence(base::ByteView input) { Sequence(input).play(); }

std::vector<base::Bytes> seeds_transaction() { return some_envelopes(); }

std::vector<base::Bytes> seeds_block() {
  const tests::World& world = stage().world;
  ledger::BlockInput input;
  input.height = world.height().next();
  input.time = base::TimeMs(world.time().value() + 1'000);
  std::vector<base::Bytes> out{ledger::encode(input)};
  input.transactions = some_envelopes();
  input.absent = {tests::node_of("n1")};
  input.proposer = tests::node_of("n2");
  out.push_back(ledger::encode(input));
  input.time = base::TimeMs(world.time().value() + 60'000);  // into the next epoch
  input.evidence.push_back({tests::node_of("n3"), world.height(), world.time(), 1});
  out.push_back(ledger::encode(input));
  return out;
}

std::vector<base::Bytes> seeds_certificate() {
  const auto bytes = [](const spec::Certificate& certificate) {
    const std::string text = certificate.SerializeAsString();
    return base::Bytes(text.begin(), text.end());
  };
  const tests::World& world = stage().world;
  const proofs::Message message{world.epoch(),
                                proofs::StorageConfirmation{stage().file.id, std::nullopt}};
  return {bytes(tests::confirmation(world, voters(), stage().file.id)),
          bytes(tests::certificate_of(world, voters(), message, {"n1", "n2", "n3"})),
          bytes(tests::certificate_of(world, voters(), message, {"n4"}))};
}

std::vector<base::Bytes> seeds_genesis() {
  const auto whole = tests::network({4000, 3000, 2000, 1500}, {{"ann", 5'000 * kWal}});
  return {wire::write_canonical(tests::small_genesis({{"ann", kWal}})),
          wire::write_canonical(whole)};
}

// Chosen so that each type of operation is accepted in one of them (SM-9), the rare ones in two.
std::vector<base::Bytes> seeds_sequence() {
  std::vector<base::Bytes> out;
  out.reserve(8);
  for (const std::uint64_t seed : {27U, 28U, 34U, 45U, 46U}) out.push_back(dense_sequence(seed));
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    base::Bytes random = base::Prng(seed).bytes(kStep * (1 + kSteps));
    random[0] = static_cast<std::uint8_t>(seed == 3 ? random[0] | 1 : random[0] & 0xFE);
    random[1] %= 16;
    out.push_back(std::move(random));
  }
  return out;
}

}  // namespace wald::fuzz
