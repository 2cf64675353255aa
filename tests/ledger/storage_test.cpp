// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "economics/pricing.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};

// Four members, epoch 1, prices of 100,000 and 20,000 FROST a unit, 5,000 WAL for each of two.
World market_world() {
  auto document = network({4000, 3000, 2000, 1000},
                          {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}, {"low", kWal}});
  return World(document);
}

ledger::RingSlot slot(const World& world, std::uint32_t epoch) {
  return ledger::must_load(world.view(), ledger::kRing, base::Epoch(epoch));
}
std::uint64_t fee(const World& world) { return world.last().receipts.at(0).fee; }
const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

base::ObjectId bought(World& world, std::uint64_t size, std::uint32_t end) {
  REQUIRE(world.run("ann", reserve(size, std::nullopt, end)) == spec::OK);
  return made_resource(world);
}
base::ObjectId written(World& world, const FileOf& file, bool deletable,
                       std::uint64_t size = 64 * kMiB, std::uint32_t end = 4) {
  const auto resource = bought(world, size, end);
  REQUIRE(world.run("ann", register_blob(resource, file, deletable)) == spec::OK);
  return made_blob(world);
}
std::uint64_t encoded(std::uint64_t length) { return economics::encoded_size(length, 36).value(); }

}  // namespace

TEST_CASE("reserve_storage: every epoch of the range is paid, its slot holds money and bytes",
          "[ledger][tx][rule:L-2]") {
  World world = market_world();
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", reserve(3 * kMiB + 1, 2, 5)) == spec::OK);
  // Four units, three epochs.
  REQUIRE(world.balance("ann") == before - 4 * 100'000 * 3 - fee(world));
  REQUIRE(slot(world, 1).used == 0);
  for (const std::uint32_t epoch : {2u, 3u, 4u}) {
    REQUIRE(slot(world, epoch).used == 3 * kMiB + 1);
    REQUIRE(slot(world, epoch).sold.amount().value() == 400'000);
    REQUIRE(slot(world, epoch).money.amount().value() == 400'000);
  }
  REQUIRE(slot(world, 5).used == 0);
  const auto resource = ledger::must_load(world.view(), ledger::kResources, made_resource(world));
  REQUIRE(resource.start == base::Epoch(2));
  REQUIRE(resource.end == base::Epoch(5));
  REQUIRE(conserved(world));
}

TEST_CASE("reserve_storage: what cannot be bought is refused", "[ledger][tx][rule:L-2]") {
  World world = market_world();
  REQUIRE(world.run("ann", reserve(kMiB, 3, 3)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", reserve(kMiB, 5, 3)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", reserve(kMiB, std::nullopt, 1)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", reserve(kMiB, std::nullopt, 55)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", reserve(0, std::nullopt, 3)) == spec::BAD_SIZE);
  REQUIRE(world.run("ann", reserve(kMiB, std::nullopt, 3, 199'999)) == spec::COST_ABOVE_LIMIT);
  REQUIRE(world.run("ann", reserve(kMiB, std::nullopt, 3, 200'000)) == spec::OK);
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  const std::uint64_t room = capacity - capacity / 10;
  REQUIRE(world.run("ann", reserve(room, std::nullopt, 3)) == spec::CAPACITY);
  REQUIRE(world.run("low", reserve(10'000 * kMiB, std::nullopt, 3)) == spec::INSUFFICIENT);
  // A tenth stays for extensions, to the byte.
  REQUIRE(world.run("ann", reserve(room - kMiB + 1, std::nullopt, 3)) == spec::CAPACITY);
  REQUIRE(world.run("ann", reserve(room - kMiB, std::nullopt, 3)) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("register_blob: the resource goes in, the write fee goes to the running slot",
          "[ledger][tx][rule:L-4]") {
  World world = market_world();
  const auto resource = bought(world, 64 * kMiB, 4);
  const FileOf file = file_of(1, 1000);
  const std::uint64_t cost = (encoded(1000) + kMiB - 1) / kMiB * 20'000;
  const std::uint64_t before = world.balance("ann");
  const std::uint64_t sold = slot(world, 1).sold.amount().value();
  REQUIRE(world.run("ann", register_blob(resource, file)) == spec::OK);
  REQUIRE(world.balance("ann") == before - cost - fee(world));
  REQUIRE(slot(world, 1).sold.amount().value() == sold + cost);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kResources, resource));
  const auto counts = ledger::must_load(world.view(), ledger::kBlobIds, file.id);
  REQUIRE(counts.permanent == 1);
  REQUIRE(counts.permanent_certified == 0);
  REQUIRE(conserved(world));
}

TEST_CASE("register_blob: refusals", "[ledger][tx][rule:L-4]") {
  World world = market_world();
  const auto resource = bought(world, 64 * kMiB, 4);
  const FileOf file = file_of(1, 1000);
  REQUIRE(world.run("ann", register_blob(kNowhere, file)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", register_blob(resource, file)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", reserve(64 * kMiB, 3, 5)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file)) ==
          spec::RESOURCE_NOT_CURRENT);
  auto other = register_blob(resource, file);
  other.mutable_register_blob()->set_encoding(2);
  REQUIRE(world.run("ann", other) == spec::BAD_ENCODING);
  auto longest = register_blob(resource, file);
  longest.mutable_register_blob()->set_length(std::uint64_t{1} << 50);
  REQUIRE(world.run("ann", longest) == spec::BLOB_TOO_LARGE);
  REQUIRE(world.run("ann", register_blob(resource, file_of(2, 20 * kMiB))) ==
          spec::RESOURCE_TOO_SMALL);
  FileOf wrong = file;
  wrong.id = file_of(2, 1000).id;
  REQUIRE(world.run("ann", register_blob(resource, wrong)) == spec::BLOB_ID_MISMATCH);
  REQUIRE(world.run("ann", register_blob(resource, file, false, 1)) == spec::COST_ABOVE_LIMIT);
  world.edit([&](ledger::Overlay& state) {
    ledger::BlobIdRecord record;
    record.length = 7;
    record.invalid = true;
    ledger::save(state, ledger::kBlobIds, record, file_of(3, 7).id);
  });
  REQUIRE(world.run("ann", register_blob(resource, file_of(3, 7))) == spec::BLOB_INVALID);
  // Nearly all money spent: the fee of the transaction can be paid, the write fee cannot.
  REQUIRE(world.run("ann", transfer("bob", world.balance("ann") - 1'500'000)) == spec::OK);
  world.edit([](ledger::Overlay& state) {
    auto market = ledger::must_load(state, ledger::kMarket);
    market.write_price = ledger::Noted(ledger::Amount::of(kWal));
    ledger::save(state, ledger::kMarket, market);
  });
  REQUIRE(world.run("ann", register_blob(resource, file)) == spec::INSUFFICIENT);
}

TEST_CASE("certify_blob: a quorum's certificate is kept and counts once",
          "[ledger][tx][rule:L-6]") {
  World world = market_world();
  const FileOf file = file_of(1, 1000);
  const auto blob = written(world, file, true);
  REQUIRE(world.run("bob", certify(blob, confirmation(world, kNodes, file.id, blob))) == spec::OK);
  // The record names the event: its number in the log.
  const auto first = ledger::must_load(world.view(), ledger::kBlobIds, file.id);
  const auto& log = world.last().events;
  REQUIRE(std::any_of(log.begin(), log.end(), [&](const spec::EventRecord& event) {
    return event.has_blob_certified() && event.seq() == first.certified_event;
  }));
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobs, blob).certified == base::Epoch(1));
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobIds, file.id).deletable_certified == 1);
  REQUIRE(ledger::exists(world.view(), ledger::kCertificates, blob));
  REQUIRE(world.run("bob", certify(blob, confirmation(world, kNodes, file.id, blob))) ==
          spec::ALREADY_CERTIFIED);
  REQUIRE(conserved(world));
}

TEST_CASE("certify_blob: refusals", "[ledger][tx][rule:L-5][rule:L-6]") {
  World world = market_world();
  const FileOf file = file_of(1, 1000);
  const auto blob = written(world, file, true);
  const auto good = confirmation(world, kNodes, file.id, blob);
  const auto code = [&](const spec::Certificate& certificate) {
    return world.run("bob", certify(blob, certificate));
  };
  REQUIRE(world.run("bob", certify(kNowhere, good)) == spec::UNKNOWN_OBJECT);
  REQUIRE(code(confirmation(world, kNodes, file.id)) == spec::PERSISTENCE_MISMATCH);
  REQUIRE(code(confirmation(world, kNodes, file_of(2, 9).id, blob)) == spec::CERT_MESSAGE);
  auto garbled = good;
  (*garbled.mutable_message())[0] = 2;  // of another kind
  REQUIRE(code(garbled) == spec::CERT_MESSAGE);
  const proofs::StorageConfirmation body{file.id, blob};
  REQUIRE(code(certificate_of(world, kNodes, {base::Epoch(2), body})) == spec::CERT_EPOCH);
  auto longer = good;
  longer.set_bitmap(good.bitmap() + std::string(1, '\0'));
  REQUIRE(code(longer) == spec::CERT_BITMAP);
  REQUIRE(code(certificate_of(world, kNodes, {base::Epoch(1), body}, {"n4"})) == spec::CERT_WEIGHT);
  auto forged = good;
  forged.set_signatures(0, good.signatures(1));
  REQUIRE(code(forged) == spec::CERT_SIGNATURE);
  REQUIRE(code(good) == spec::OK);

  const FileOf late = file_of(3, 1000);
  const auto ended = written(world, late, false, 64 * kMiB, 2);
  turn_epoch(world);
  REQUIRE(world.run("bob", certify(ended, confirmation(world, kNodes, late.id))) ==
          spec::UNKNOWN_OBJECT);  // its epochs are over and it was swept at once
}

TEST_CASE("storage: of several faults the first of the rule is named",
          "[ledger][tx][rule:L-2][rule:L-6]") {
  World world = market_world();
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  REQUIRE(world.run("low", reserve(0, 3, 3, 0)) == spec::BAD_RANGE);
  REQUIRE(world.run("low", reserve(0, 2, 3, 0)) == spec::BAD_SIZE);
  REQUIRE(world.run("low", reserve(capacity, 2, 3, 0)) == spec::COST_ABOVE_LIMIT);
  REQUIRE(world.run("low", reserve(capacity, 2, 3)) == spec::CAPACITY);

  const FileOf file = file_of(1, 1000);
  const auto blob = written(world, file, true);
  auto other = confirmation(world, kNodes, file_of(2, 9).id);  // neither this id nor this object
  REQUIRE(world.run("bob", certify(blob, other)) == spec::CERT_MESSAGE);
  std::swap(*other.mutable_signatures(0), *other.mutable_signatures(1));
  REQUIRE(world.run("bob", certify(blob, other)) == spec::CERT_SIGNATURE);
  REQUIRE(world.run("bob", certify(blob, confirmation(world, kNodes, file.id, blob))) == spec::OK);
  REQUIRE(world.run("bob", certify(blob, other)) == spec::ALREADY_CERTIFIED);
}

TEST_CASE("extend_blob: the added epochs alone are paid, by money or by a resource that fits",
          "[ledger][tx][rule:L-8]") {
  World world = market_world();
  const FileOf file = file_of(1, 1000);
  const std::uint64_t size = encoded(1000);
  const auto blob = written(world, file, false, size, 3);
  REQUIRE(world.run("ann", extend(blob, 1)) == spec::NOT_CERTIFIED);
  REQUIRE(world.run("bob", certify(blob, confirmation(world, kNodes, file.id))) == spec::OK);
  REQUIRE(world.run("bob", extend(blob, 1)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", extend(kNowhere, 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", extend(blob, 0)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", extend(blob, 52)) == spec::BAD_RANGE);
  const std::uint64_t cost = (size + kMiB - 1) / kMiB * 100'000 * 2;
  REQUIRE(world.run("ann", extend(blob, 2, cost - 1)) == spec::COST_ABOVE_LIMIT);
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", extend(blob, 2, cost)) == spec::OK);
  REQUIRE(world.balance("ann") == before - cost - fee(world));
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobs, blob).end == base::Epoch(5));
  REQUIRE(slot(world, 4).used == size);

  const auto reserved = [&](std::uint64_t bytes, std::uint32_t start) {
    REQUIRE(world.run("ann", reserve(bytes, start, 8)) == spec::OK);
    return made_resource(world);
  };
  REQUIRE(world.run("ann", extend_with(blob, kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", extend_with(blob, reserved(size, 6))) == spec::BAD_FIT);
  REQUIRE(world.run("ann", extend_with(blob, reserved(size + 1, 5))) == spec::BAD_FIT);
  const auto fits = reserved(size, 5);
  REQUIRE(world.run("ann", extend_with(blob, fits)) == spec::OK);
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobs, blob).end == base::Epoch(8));
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kResources, fits));
  REQUIRE(conserved(world));
}

TEST_CASE("extend_blob: what is nearly empty does not reach into the reserve",
          "[ledger][tx][rule:L-8]") {
  World world = market_world();
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  const std::uint64_t room = capacity - capacity / 10;
  const FileOf full = file_of(1, 1000);
  const FileOf hollow = file_of(2, 1000);
  const auto tight = written(world, full, false, encoded(1000), 2);
  const auto loose = written(world, hollow, false, 200 * encoded(1000), 2);
  for (const auto& [blob, id] : {std::pair(tight, full.id), std::pair(loose, hollow.id)})
    REQUIRE(world.run("bob", certify(blob, confirmation(world, kNodes, id))) == spec::OK);
  REQUIRE(world.run("ann", reserve(room, 2, 3)) == spec::OK);
  REQUIRE(world.run("ann", extend(loose, 1)) == spec::CAPACITY);
  REQUIRE(world.run("ann", extend(tight, 1)) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("delete_blob: the resource comes back under its id with what is left of its epochs",
          "[ledger][tx][rule:L-9][rule:L-15]") {
  World world = market_world();
  const FileOf file = file_of(1, 1000);
  const auto resource = bought(world, 64 * kMiB, 4);
  REQUIRE(world.run("ann", register_blob(resource, file, true)) == spec::OK);
  const auto blob = made_blob(world);
  REQUIRE(world.run("ann", delete_blob(kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", delete_blob(blob)) == spec::NOT_OWNER);
  turn_epoch(world);
  REQUIRE(world.run("ann", delete_blob(blob)) == spec::OK);
  const auto back = ledger::must_load(world.view(), ledger::kResources, resource);
  REQUIRE(back.start == base::Epoch(2));
  REQUIRE(back.end == base::Epoch(4));
  REQUIRE(back.size == 64 * kMiB);
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobIds, file.id).deletable == 0);
  REQUIRE(world.run("ann", delete_blob(written(world, file_of(2, 9), false))) ==
          spec::NOT_DELETABLE);
  REQUIRE(conserved(world));
}
