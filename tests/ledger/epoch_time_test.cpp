// SPDX-License-Identifier: Apache-2.0
// The timetable, the hand-over of shards, sweeps, and epoch 0.
#include <catch2/catch.hpp>

#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

const std::vector<std::uint64_t> kEqual{25'000, 25'000, 25'000, 25'000};

const ledger::EpochClock clock_of(const World& world) {
  return ledger::must_load(world.view(), ledger::kChain).clock;
}

}  // namespace

TEST_CASE("epoch: each phase runs in the first block at or past its time, one a block",
          "[ledger][epoch][rule:H-1][rule:H-2]") {
  World world(network(kEqual));
  REQUIRE(world.epoch() == base::Epoch(1));
  std::map<std::uint64_t, std::string> phases;
  for (std::uint64_t second = 1; second <= 60; ++second) {
    const auto& out = world.block(1000);
    if (!events_of<spec::EpochSyncTimedOut>(out).empty()) phases[second] += "deadline";
    if (!events_of<spec::EpochCommitteeChosen>(out).empty()) phases[second] += "selection";
    if (!events_of<spec::EpochStarted>(out).empty()) phases[second] += "change";
    REQUIRE(conserved(world));
  }
  const std::map<std::uint64_t, std::string> expected{
      {5, "deadline"}, {15, "selection"}, {30, "change"}, {45, "selection"}, {60, "change"}};
  REQUIRE(phases == expected);  // in epoch 2 nobody gained a shard, so nobody is missing
  REQUIRE(world.epoch() == base::Epoch(3));
}

TEST_CASE("epoch: the timetable gives the times, so blocks that come late shift nothing",
          "[ledger][epoch][rule:H-1]") {
  World world(network(kEqual));
  for (std::uint32_t epoch = 2; epoch < 12; ++epoch) {
    turn_epoch(world, 1700);
    REQUIRE(clock_of(world).start == base::TimeMs(kStart + (epoch - 1) * 30'000u));
    REQUIRE(clock_of(world).first_height == world.height());
  }
}

TEST_CASE("epoch: after a halt the phases follow one another and the timetable begins anew",
          "[ledger][epoch][rule:H-1]") {
  World world(network(kEqual));
  world.block(1000);
  REQUIRE(events_of<spec::EpochSyncTimedOut>(world.block(36'000'000)).size() == 1);
  REQUIRE(events_of<spec::EpochCommitteeChosen>(world.block(10)).size() == 1);
  REQUIRE(world.epoch() == base::Epoch(1));
  REQUIRE(events_of<spec::EpochClosed>(world.block(10)).size() == 1);
  REQUIRE(world.epoch() == base::Epoch(2));
  REQUIRE(clock_of(world).start == world.time());
  turn_epoch(world);
  REQUIRE(clock_of(world).start.value() == kStart + 36'001'020 + 30'000);
}

TEST_CASE("epoch: a short halt does not move the timetable, and the minimum of blocks is kept",
          "[ledger][epoch][rule:H-1]") {
  World world(network(kEqual));
  world.block(20'000);  // deadline
  world.block(1);       // selection
  world.block(17'000);  // 7,001 ms late, under D/4: the third block, so it may change
  REQUIRE(world.epoch() == base::Epoch(2));
  REQUIRE(clock_of(world).start == base::TimeMs(kStart + 30'000));
  world.block(30'000);
  REQUIRE(world.epoch() == base::Epoch(2));
  world.block(1);
  world.block(1);
  REQUIRE(world.epoch() == base::Epoch(3));
}

TEST_CASE("attest sync: members report once, in their epoch, under the committee's key",
          "[ledger][tx][rule:H-5][rule:N-4]") {
  World world(network(kEqual));
  World other(network(kEqual, {{"zoe", kWal}}));
  const base::Epoch now(1);
  const auto send = [&](const spec::Operation& op) { return world.run_raw(world.bare(op)); };
  REQUIRE(send(attest_sync("n1", other.chain(), now)) == spec::WRONG_CHAIN);
  REQUIRE(send(attest_sync("n1", world.chain(), base::Epoch(2))) == spec::WRONG_EPOCH);
  REQUIRE(send(attest_sync("stranger", world.chain(), now)) == spec::NOT_MEMBER);
  auto forged = attest_sync("n1", world.chain(), now);
  forged.mutable_attest_sync()->mutable_statement()->back() ^= 1;
  REQUIRE(send(forged) == spec::BAD_SIGNATURE);
  auto other_kind = attest_sync("n1", world.chain(), now);
  (*other_kind.mutable_attest_sync()->mutable_statement())[0] = 14;
  REQUIRE(send(other_kind) == spec::MALFORMED);

  REQUIRE(send(attest_sync("n1", world.chain(), now)) == spec::OK);
  REQUIRE(events_of<spec::EpochSyncAttested>(world.last()).at(0).weight() == 9);
  REQUIRE(send(attest_sync("n1", world.chain(), now)) == spec::ALREADY_ATTESTED);
  REQUIRE(send(attest_sync("n2", world.chain(), now)) == spec::OK);
  REQUIRE(events_of<spec::EpochSyncDone>(world.last()).empty());
  REQUIRE(send(attest_sync("n3", world.chain(), now)) == spec::OK);  // past the deadline
  REQUIRE(events_of<spec::EpochSyncDone>(world.last()).at(0).weight() == 27);
  REQUIRE(send(attest_sync("n4", world.chain(), now)) == spec::OK);
  REQUIRE(events_of<spec::EpochSyncDone>(world.last()).empty());
  REQUIRE(world.law_failures.empty());
}

TEST_CASE("sync: the deadline names who is missing, and who gained nothing counts at the change",
          "[ledger][epoch][rule:H-5]") {
  World world(network(kEqual));
  world.send_raw(world.bare(attest_sync("n2", world.chain(), base::Epoch(1))));
  world.block(1000);
  world.block(4000);
  const auto late = events_of<spec::EpochSyncTimedOut>(world.last());
  REQUIRE(late.size() == 1);
  REQUIRE(late[0].missing_size() == 3);
  REQUIRE(late[0].weight() == 9);
  turn_epoch(world);
  REQUIRE(events_of<spec::EpochSyncDone>(world.last()).at(0).weight() == 36);
}

TEST_CASE("epoch: without anybody to sit in a committee epoch 0 begins again",
          "[ledger][epoch][rule:H-7]") {
  World world(small_genesis({{"ann", kWal}}));
  REQUIRE(world.epoch() == base::Epoch(0));
  int begun = 0;
  for (int i = 0; i < 130; ++i) {
    world.block(1000);
    for (const auto& started : events_of<spec::EpochStarted>(world.last()))
      if (started.epoch() == 0) ++begun;
    REQUIRE(conserved(world));
  }
  REQUIRE(begun == 2);
  REQUIRE(world.epoch() == base::Epoch(0));
  REQUIRE(clock_of(world).start == base::TimeMs(kStart + 120'000));
}

TEST_CASE("sweep: what has ended vanishes, a thousand objects a block",
          "[ledger][epoch][rule:L-9][rule:H-3]") {
  World world(network(kEqual, {{"ann", kWal}}));
  const auto ann = account_of("ann");
  world.edit([&](ledger::Overlay& state) {
    for (std::uint32_t i = 0; i < 1500; ++i) {
      const auto id = ledger::object_id(base::TxId(), i);
      ledger::save(state, ledger::kResources,
                   ledger::ResourceRecord{ann, base::Epoch(1), base::Epoch(2), 1}, id);
      ledger::save(state, ledger::kOwned, ledger::OwnedRecord(), ann, id);
      ledger::save(state, ledger::kExpiry, ledger::ExpiryRecord(), base::Epoch(2), id);
    }
    const auto later = ledger::object_id(base::TxId(), 9999);
    ledger::save(state, ledger::kExpiry, ledger::ExpiryRecord(), base::Epoch(3), later);
    ledger::BlobRecord blob;
    blob.owner = ann;
    blob.certified = base::Epoch(1);
    blob.end = base::Epoch(3);
    ledger::save(state, ledger::kBlobs, blob, later);
    ledger::BlobIdRecord counts;
    counts.permanent = counts.permanent_certified = 1;
    ledger::save(state, ledger::kBlobIds, counts, blob.blob_id);
  });
  turn_epoch(world);
  REQUIRE(events_of<spec::StorageExpired>(world.last()).size() == 1000);
  world.block();
  REQUIRE(events_of<spec::StorageExpired>(world.last()).size() == 500);
  world.block();
  REQUIRE(events_of<spec::StorageExpired>(world.last()).empty());
  REQUIRE_FALSE(
      ledger::exists(world.view(), ledger::kResources, ledger::object_id(base::TxId(), 7)));
  turn_epoch(world);
  REQUIRE(events_of<spec::BlobExpired>(world.last()).size() == 1);
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobIds, base::BlobId()).permanent == 0);
}

TEST_CASE("epoch: a hundred idle epochs keep every pool in step and the supply whole",
          "[ledger][epoch][rule:H-4]") {
  World world(network({20'000, 25'000, 30'000, 35'000, 40'000}));
  for (std::uint32_t epoch = 2; epoch <= 101; ++epoch) {
    turn_epoch(world, 5'000);
    for (int i = 1; i <= 5; ++i) {
      const auto pool =
          ledger::must_load(world.view(), ledger::kPools, node_of("n" + std::to_string(i)));
      REQUIRE(pool.stepped == base::Epoch(epoch));
    }
  }
  REQUIRE(world.epoch() == base::Epoch(101));
}

TEST_CASE("epoch: the block that begins one already counts by its parameters",
          "[ledger][epoch][rule:G-5][rule:H-2]") {
  constexpr std::uint64_t kFee = 77'000'000;
  World world(network(kEqual, {{"ann", 100 * kWal}}));
  world.edit([&](ledger::Overlay& state) {
    auto record = ledger::must_load(state, ledger::kParams, "fee_base");
    record.pending = kFee;
    record.pending_epoch = base::Epoch(2);
    ledger::save(state, ledger::kParams, record, "fee_base");
  });
  while (world.epoch() == base::Epoch(1)) {
    world.send("ann", transfer("bob", kWal));
    const auto& receipt = world.block(1'000).receipts.at(0);
    REQUIRE(receipt.code == spec::OK);
    REQUIRE((receipt.fee >= kFee) == (world.epoch() == base::Epoch(2)));
  }
}
