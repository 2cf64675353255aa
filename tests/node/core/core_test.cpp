// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "node/core/audit.h"
#include "node/core/replay.h"
#include "tests/node/core/core_rig.h"

using namespace wald;
using tests::kWal;
using Rig = tests::CoreRig;

namespace {

spec::Operation bundle_of(const std::vector<base::Bytes>& envelopes) {
  spec::Operation op;
  for (const auto& envelope : envelopes)
    op.mutable_bundle()->add_envelopes(std::string(envelope.begin(), envelope.end()));
  return op;
}

ssize_t full_disk(int, const void*, std::size_t, off_t) {
  errno = ENOSPC;
  return -1;
}

}  // namespace

TEST_CASE("core: a restart from the log gives the head, events and transactions of before",
          "[node][core][rule:EN-3]") {
  Rig rig;
  core::Head want;
  base::TxId id;
  {
    const auto core = rig.open();
    REQUIRE(core->head().height == base::Height(0));
    for (std::uint64_t i = 0; i < 4; ++i) {
      const auto envelope = rig.envelope(i);
      id = (*core->check(envelope))->id;
      REQUIRE(rig.block(*core, {envelope}).ok());
    }
    want = core->head();
  }
  for (const bool checkpoint : {false, true}) {
    const auto core = rig.open();
    const core::Head got = core->head();
    REQUIRE(got.height == want.height);
    REQUIRE(got.root == want.root);
    REQUIRE(got.header == want.header);
    REQUIRE(got.event_head == want.event_head);
    const auto place = core->transaction(id);
    REQUIRE(place.has_value());
    REQUIRE(place->height == base::Height(4));
    REQUIRE(place->receipt.code == 0);
    const auto events = core->events(0, 100);
    REQUIRE(events.size() == got.events);
    REQUIRE(core->events_of(tests::account_of("bob"), 0, 100).size() == 4);
    REQUIRE(core->event(1)->record.seq() == 1);
    REQUIRE_FALSE(core->event(got.events + 1).has_value());
    if (checkpoint) REQUIRE(core->checkpoint().ok());
  }
  // From the checkpoint alone, and on from there.
  const auto core = rig.open();
  REQUIRE(core->head().root == want.root);
  REQUIRE(rig.block(*core, {rig.envelope(4)}).ok());
  const auto replayed =
      core::replay_log(rig.genesis, rig.dir / "log", base::Height(0), [](auto, const auto&) {});
  REQUIRE(replayed.ok());
  REQUIRE(replayed->root == core->head().root);
  REQUIRE(replayed->transactions == 5);

  // The audit over the same log: every law saw it whole, and the events give the money.
  const auto audited = core::audit_log(rig.genesis, rig.dir / "log");
  REQUIRE(audited.ok());
  REQUIRE(audited->root == core->head().root);
  REQUIRE(audited->events == core->head().events);
  REQUIRE(audited->laws.size() == 24);
  for (const auto& report : audited->laws) {
    INFO(report.law << ": " << report.breach.value_or(""));
    REQUIRE_FALSE(report.breach);
  }
}

TEST_CASE("core: a block that carries a forged signature is the same block after a restart",
          "[node][core][rule:EN-2][rule:EN-3]") {
  Rig rig;
  base::Bytes forged = rig.envelope(1);
  forged.back() ^= 1;
  core::Head want;
  {
    const auto core = rig.open();
    REQUIRE(rig.block(*core, {rig.envelope(0)}).ok());
    REQUIRE(rig.block(*core, {forged, rig.envelope(1)}).ok());
    want = core->head();
  }
  const auto core = rig.open();
  REQUIRE(core->head().height == want.height);
  REQUIRE(core->head().root == want.root);
}

TEST_CASE("core: what a bundle carried is found by its id, what it dropped hides nothing",
          "[node][core][rule:U-8]") {
  Rig rig;
  const auto id_of = [](const core::LedgerCore& core, const base::Bytes& envelope) {
    return (*core.check(envelope))->id;
  };
  const auto first = rig.envelope(0), second = rig.envelope(1), early = rig.envelope(9);
  base::Bytes forged = rig.envelope(2);
  forged.back() ^= 1;
  const auto bundle = rig.signer.sign("bob", bundle_of({first, second, early, forged, second}), 0);
  core::Head want;
  {
    const auto core = rig.open();
    REQUIRE(rig.block(*core, {first}).ok());
    REQUIRE(rig.block(*core, {bundle}).ok());
    want = core->head();
  }
  // Also after a restart, which takes the log's own signatures as known.
  const auto core = rig.open();
  REQUIRE(core->head().header == want.header);
  const auto before = core->transaction(id_of(*core, first));
  REQUIRE((before->height == base::Height(1) && before->receipt.code == spec::OK));
  const auto carried = core->transaction(id_of(*core, second));
  REQUIRE((carried->height == base::Height(2) && carried->receipt.code == spec::OK));
  REQUIRE(carried->index == 0);  // with the bundle, the only transaction of its block
  REQUIRE(core->transaction(id_of(*core, bundle))->receipt.fee > 0);
  REQUIRE_FALSE(core->transaction(id_of(*core, early)).has_value());
  const auto replayed =
      core::replay_log(rig.genesis, rig.dir / "log", base::Height(0), [](auto, const auto&) {});
  REQUIRE(replayed->root == want.root);
}

TEST_CASE("audit: events that do not lead to the money of a state are told",
          "[node][core][rule:A-33]") {
  Rig rig;
  std::map<base::Bytes, base::Bytes> records;
  for (const auto& [key, value] : rig.genesis.records)
    if (value)
      records[base::Bytes(key.begin(), key.end())] = base::Bytes(value->begin(), value->end());
  REQUIRE_FALSE(core::EventFold(rig.genesis.records).compare(records));

  const auto core = rig.open();
  REQUIRE(rig.block(*core, {rig.envelope(0)}).ok());
  const auto event = core->event(1)->record;
  core::EventFold moved(rig.genesis.records);
  moved.add(ledger::Events::of(std::vector{event}));
  REQUIRE(moved.compare(records));  // the state does not know of it
  core::EventFold twice(rig.genesis.records);
  twice.add(ledger::Events::of(std::vector{event, event}));
  REQUIRE(twice.compare(records)->find("stands where 2 belongs") != std::string::npos);
}

TEST_CASE("core: a record that is not the next block of this chain is named for what it is",
          "[node][core][rule:EN-5]") {
  using Kind = core::RecordError::Kind;
  Rig rig;
  Rig other;
  const auto core = rig.open();
  const auto twin = other.open();
  core::Staged staged = twin->execute(other.input(*twin, {rig.envelope(0)}));
  const auto signature = other.sign(staged.header);
  const base::Bytes bytes = core::encode_block_record(staged, signature);
  const auto good = core::parse_block_record(bytes);
  REQUIRE(good.has_value());
  const auto kind_of = [&](core::BlockRecord record, bool sign_again) {
    if (sign_again) record.signature = rig.sign(record.header);
    const auto verified = core->verify(record);
    REQUIRE_FALSE(verified.ok());
    return verified.error().kind;
  };
  core::BlockRecord record = *good;
  record.signature[3] ^= 1;
  REQUIRE(kind_of(record, false) == Kind::kSignature);
  record = *good;
  record.header.state_root = base::Hash();
  REQUIRE(kind_of(record, true) == Kind::kDiverged);
  record = *good;
  record.header.receipts_hash = base::blake2b({});
  REQUIRE(kind_of(record, true) == Kind::kDiverged);
  record = *good;
  record.header.previous = base::Hash();
  REQUIRE(kind_of(record, true) == Kind::kPrevious);
  record = *good;
  record.header.term = 2;
  REQUIRE(kind_of(record, true) == Kind::kTerm);
  record = *good;
  record.header.input_hash = base::Hash();
  REQUIRE(kind_of(record, true) == Kind::kInput);
  record = *good;
  record.header.height = base::Height(9);
  REQUIRE(kind_of(record, true) == Kind::kHeight);
  record = *good;
  record.header.time = base::TimeMs(1);
  REQUIRE(kind_of(record, true) == Kind::kTime);
  record = *good;
  record.header.chain = base::ChainId();
  REQUIRE(kind_of(record, true) == Kind::kChain);
  base::Bytes cut = bytes;
  cut.pop_back();
  REQUIRE_FALSE(core::parse_block_record(cut).has_value());
  REQUIRE(core->verify(*good).ok());
}

TEST_CASE("core: a failing write ends commits, and a restart has what was acknowledged",
          "[node][core][rule:EN-3]") {
  static os::FileOps ops;
  ops = os::real_file_ops();
  Rig rig(ops);
  base::Hash root;
  {
    const auto core = rig.open();
    REQUIRE(rig.block(*core, {rig.envelope(0)}).ok());
    root = core->head().root;
    ops.pwrite = full_disk;
    REQUIRE_FALSE(rig.block(*core, {rig.envelope(1)}).ok());
    REQUIRE(core->head().height == base::Height(1));
    ops = os::real_file_ops();
    // Outcome unknown is final for this run, also once the disk is well again.
    REQUIRE_FALSE(rig.block(*core, {rig.envelope(1)}).ok());
  }
  const auto core = rig.open();
  REQUIRE(core->head().root == root);
  REQUIRE(rig.block(*core, {rig.envelope(1)}).ok());
}

TEST_CASE("core: a damaged log and a folder of another chain refuse the start with a sentence",
          "[node][core][rule:EN-3]") {
  Rig rig;
  {
    const auto core = rig.open();
    for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
  }
  SECTION("another genesis") {
    const auto other =
        ledger::build_genesis(wire::write_canonical(tests::chain_genesis({{"eve", kWal}})));
    const auto opened = core::LedgerCore::open(rig.options, *other);
    REQUIRE_FALSE(opened.ok());
    REQUIRE_FALSE(opened.error().empty());
  }
  SECTION("a flipped byte in the first record") {
    const auto files = os::list_dir(rig.dir / "log").value();
    tests::flip_byte(rig.dir / ("log/" + files.at(0)), 200);
    const auto opened = core::LedgerCore::open(rig.options, rig.genesis);
    REQUIRE_FALSE(opened.ok());
    REQUIRE(opened.error().find("log") != std::string::npos);
  }
}
