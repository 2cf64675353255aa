// SPDX-License-Identifier: Apache-2.0
// Buckets: made, grown, shrunk, prolonged, granted, given, destroyed, ended; and the blobs inside.
#include <catch2/catch.hpp>

#include "economics/pricing.h"
#include "ledger/buckets.h"
#include "ledger/queries.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};
const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

World bucket_world() {
  return World(network(
      {4000, 3000, 2000, 1000},
      {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}, {"cat", 5000 * kWal}, {"low", kWal / 100}}));
}

std::uint64_t fee(const World& world) { return world.last().receipts.at(0).fee; }
std::uint64_t encoded(std::uint64_t length) { return economics::encoded_size(length, 36).value(); }
std::uint64_t used(const World& world, std::uint32_t epoch) {
  return ledger::must_load(world.view(), ledger::kRing, base::Epoch(epoch)).used;
}
ledger::BucketRecord bucket_at(const World& world, const base::ObjectId& id) {
  return ledger::must_load(world.view(), ledger::kBuckets, id);
}
std::size_t rows(const World& world, std::uint8_t table) {
  std::size_t count = 0;
  for (const auto& [key, value] : world.view().records.rows)
    if (key[0] == table) ++count;
  return count;
}
// Room for `blobs` blobs of 1,000 bytes up to the end of epoch `epochs`; ann's.
base::ObjectId made(World& world, std::uint64_t blobs, std::uint32_t epochs = 3) {
  REQUIRE(world.run("ann", create_bucket(blobs * encoded(1000), epochs)) == spec::OK);
  return made_bucket(world);
}
base::ObjectId put(World& world, const base::ObjectId& bucket, std::uint64_t number, bool deletable,
                   const std::string& who = "ann") {
  REQUIRE(world.run(who, register_inside(bucket, file_of(number, 1000), deletable)) == spec::OK);
  return made_blob(world);
}
base::ObjectId bought(World& world, const std::string& who, std::uint64_t size, std::uint32_t start,
                      std::uint32_t end) {
  REQUIRE(world.run(who, reserve(size, start, end)) == spec::OK);
  return made_resource(world);
}
void certified(World& world, const base::ObjectId& blob, std::uint64_t number, bool deletable) {
  const auto object = deletable ? std::optional(blob) : std::nullopt;
  const auto id = file_of(number, 1000).id;
  REQUIRE(world.run("cat", certify(blob, confirmation(world, kNodes, id, object))) == spec::OK);
}

}  // namespace

TEST_CASE("create_bucket: bought, or of a resource, which keeps its id and comes back under it",
          "[ledger][tx][rule:L-12]") {
  World world = bucket_world();
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", create_bucket(3 * kMiB + 1, 2)) == spec::OK);
  REQUIRE(world.balance("ann") == before - 4 * 100'000 * 2 - fee(world));
  const auto first = made_bucket(world);
  REQUIRE(used(world, 1) == 3 * kMiB + 1);
  REQUIRE(used(world, 2) == 3 * kMiB + 1);
  REQUIRE(used(world, 3) == 0);
  REQUIRE(bucket_at(world, first).end == base::Epoch(3));

  const auto resource = bought(world, "bob", 5 * kMiB, 1, 4);
  REQUIRE(world.run("bob", create_bucket_of(resource)) == spec::OK);
  const auto second = made_bucket(world);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kResources, resource));
  REQUIRE(bucket_at(world, second).resource_id == resource);
  REQUIRE(ledger::queries::buckets_of(world.view(), account_of("bob")).size() == 1);
  turn_epoch(world);
  REQUIRE(world.run("bob", destroy_bucket(second)) == spec::OK);
  const auto back = ledger::must_load(world.view(), ledger::kResources, resource);
  REQUIRE(back.start == base::Epoch(2));
  REQUIRE(back.end == base::Epoch(4));
  REQUIRE(back.size == 5 * kMiB);
  REQUIRE(conserved(world));
}

TEST_CASE("create_bucket: refusals", "[ledger][tx][rule:L-12][rule:L-2]") {
  World world = bucket_world();
  REQUIRE(world.run("ann", create_bucket(kMiB, 0)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", create_bucket(kMiB, 54)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", create_bucket(0, 1)) == spec::BAD_SIZE);
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  REQUIRE(world.run("ann", create_bucket(capacity - capacity / 10 + 1, 1)) == spec::CAPACITY);
  REQUIRE(world.run("ann", create_bucket(kMiB, 2, 199'999)) == spec::COST_ABOVE_LIMIT);
  REQUIRE(world.run("low", create_bucket(500 * kMiB, 1)) == spec::INSUFFICIENT);
  REQUIRE(world.run("ann", create_bucket_of(kNowhere)) == spec::UNKNOWN_OBJECT);
  const auto later = bought(world, "ann", kMiB, 2, 4);
  REQUIRE(world.run("bob", create_bucket_of(later)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", create_bucket_of(later)) == spec::RESOURCE_NOT_CURRENT);
  auto both = create_bucket_of(later);
  both.mutable_create_bucket()->set_size(1);
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  auto neither = create_bucket_of(later);
  neither.mutable_create_bucket()->clear_resource();
  REQUIRE(world.run("ann", neither) == spec::MALFORMED);
}

TEST_CASE("blobs in a bucket: bytes are counted in and out, an id is there once",
          "[ledger][tx][rule:L-12][rule:L-4][rule:L-9]") {
  World world = bucket_world();
  const auto bucket = made(world, 2);
  const std::uint64_t in_use = used(world, 1);
  const auto one = put(world, bucket, 1, true);
  REQUIRE(used(world, 1) == in_use);
  REQUIRE(bucket_at(world, bucket).used == encoded(1000));
  REQUIRE(world.run("ann", register_inside(bucket, file_of(1, 1000))) == spec::IN_BUCKET);
  const auto two = put(world, bucket, 2, false);
  REQUIRE(world.run("ann", register_inside(bucket, file_of(3, 1000))) == spec::BUCKET_FULL);
  certified(world, one, 1, true);
  certified(world, two, 2, false);
  REQUIRE(bucket_at(world, bucket).certified == 2 * encoded(1000));
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobIds, file_of(2, 1000).id).bucketed == 1);
  const auto shown = ledger::queries::blob(world.view(), one).value();
  REQUIRE(shown.end() == 4);
  REQUIRE(shown.owner() == base::string_of(account_of("ann").view()));
  REQUIRE(shown.bucket() == base::string_of(bucket.view()));

  // It has no owner of its own.
  REQUIRE(world.run("ann", give(one, "bob")) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", share(one, 1, "ann")) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", extend(one, 1)) == spec::BAD_FIT);
  REQUIRE(world.run("ann", set_attributes(one, {{"k", "v"}})) == spec::OK);
  REQUIRE(world.run("ann", destroy_bucket(bucket)) == spec::BUCKET_NOT_EMPTY);
  REQUIRE(world.run("ann", delete_blob(two)) == spec::NOT_DELETABLE);
  REQUIRE(world.run("ann", delete_blob(one)) == spec::OK);
  REQUIRE(events_of<spec::BlobDeleted>(world.last()).at(0).resource().empty());
  REQUIRE(bucket_at(world, bucket).used == encoded(1000));
  REQUIRE(bucket_at(world, bucket).certified == encoded(1000));
  REQUIRE(used(world, 1) == in_use);
  REQUIRE(rows(world, ledger::kAttributes.prefix) == 0);
  put(world, bucket, 1, true);  // the id may come again
  REQUIRE(conserved(world));
}

TEST_CASE("register_blob into a bucket: refusals", "[ledger][tx][rule:L-12][rule:L-4]") {
  World world = bucket_world();
  const auto bucket = made(world, 2);
  const FileOf file = file_of(1, 1000);
  REQUIRE(world.run("ann", register_inside(kNowhere, file)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", register_inside(bucket, file)) == spec::BUCKET_RIGHT);
  auto both = register_inside(bucket, file);
  both.mutable_register_blob()->set_resource(both.register_blob().bucket());
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  auto neither = both;
  neither.mutable_register_blob()->clear_resource();
  neither.mutable_register_blob()->clear_bucket();
  REQUIRE(world.run("ann", neither) == spec::MALFORMED);
  auto other = register_inside(bucket, file);
  other.mutable_register_blob()->set_encoding(2);
  REQUIRE(world.run("ann", other) == spec::BAD_ENCODING);
  FileOf wrong = file;
  wrong.id = file_of(2, 1000).id;
  REQUIRE(world.run("ann", register_inside(bucket, wrong)) == spec::BLOB_ID_MISMATCH);
  auto dear = register_inside(bucket, file);
  dear.mutable_register_blob()->set_max_cost(1);
  REQUIRE(world.run("ann", dear) == spec::COST_ABOVE_LIMIT);
  world.edit([&](ledger::Overlay& state) {
    auto record = ledger::must_load(state, ledger::kBuckets, bucket);
    record.end = world.epoch();
    ledger::save(state, ledger::kBuckets, record, bucket);
  });
  REQUIRE(world.run("ann", register_inside(bucket, file)) == spec::RESOURCE_NOT_CURRENT);
}

TEST_CASE("grow_bucket, shrink_bucket: bytes for what is left of its epochs, and unused ones back",
          "[ledger][tx][rule:L-12]") {
  World world = bucket_world();
  REQUIRE(world.run("ann", create_bucket(4 * kMiB, 3)) == spec::OK);
  const auto bucket = made_bucket(world);
  turn_epoch(world);
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", grow_bucket(bucket, 2 * kMiB)) == spec::OK);
  REQUIRE(world.balance("ann") == before - 2 * 100'000 * 2 - fee(world));
  REQUIRE(used(world, 2) == 6 * kMiB);
  REQUIRE(used(world, 3) == 6 * kMiB);
  const auto part = bought(world, "ann", kMiB, 2, 4);
  REQUIRE(world.run("ann", grow_bucket_with(bucket, part)) == spec::OK);
  REQUIRE(bucket_at(world, bucket).size == 7 * kMiB);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kResources, part));

  put(world, bucket, 1, true);
  const std::uint64_t unused = 7 * kMiB - encoded(1000);
  REQUIRE(world.run("ann", shrink_bucket(bucket, kMiB)) == spec::OK);
  REQUIRE(bucket_at(world, bucket).size == 6 * kMiB);
  const auto given = events_of<spec::BucketChanged>(world.last()).at(0).resource();
  const auto back = ledger::must_load(world.view(), ledger::kResources,
                                      base::ObjectId::from(base::as_bytes(given)));
  REQUIRE(back.size == kMiB);
  REQUIRE(back.start == base::Epoch(2));
  REQUIRE(back.end == base::Epoch(4));
  REQUIRE(world.run("ann", shrink_bucket_percent(bucket, 50)) == spec::OK);
  REQUIRE(bucket_at(world, bucket).size == 6 * kMiB - (unused - kMiB) / 2);
  REQUIRE(world.run("ann", shrink_bucket_percent(bucket, 100)) == spec::OK);
  REQUIRE(bucket_at(world, bucket).size == encoded(1000));
  REQUIRE(used(world, 2) == 7 * kMiB);
  REQUIRE(conserved(world));
}

TEST_CASE("grow_bucket, shrink_bucket: refusals", "[ledger][tx][rule:L-12]") {
  World world = bucket_world();
  const auto bucket = made(world, 2);
  const std::uint64_t size = 2 * encoded(1000);
  REQUIRE(world.run("ann", grow_bucket(kNowhere, 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", grow_bucket(bucket, 1)) == spec::BUCKET_RIGHT);
  REQUIRE(world.run("ann", grow_bucket(bucket, 0)) == spec::BAD_SIZE);
  REQUIRE(world.run("ann", grow_bucket(bucket, 1, 299'999)) == spec::COST_ABOVE_LIMIT);
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  REQUIRE(world.run("ann", grow_bucket(bucket, capacity)) == spec::CAPACITY);
  REQUIRE(world.run("ann", grow_bucket_with(bucket, kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", grow_bucket_with(bucket, bought(world, "bob", kMiB, 1, 4))) ==
          spec::NOT_OWNER);
  REQUIRE(world.run("ann", grow_bucket_with(bucket, bought(world, "ann", kMiB, 1, 3))) ==
          spec::BAD_FIT);
  REQUIRE(world.run("ann", grow_bucket_with(bucket, bought(world, "ann", kMiB, 2, 4))) ==
          spec::BAD_FIT);
  auto both = grow_bucket(bucket, 1);
  both.mutable_grow_bucket()->set_resource(std::string(32, 'r'));
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  auto neither = grow_bucket(bucket, 1);
  neither.mutable_grow_bucket()->clear_size();
  REQUIRE(world.run("ann", neither) == spec::MALFORMED);

  REQUIRE(world.run("ann", shrink_bucket(kNowhere, 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", shrink_bucket(bucket, 1)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", shrink_bucket(bucket, 0)) == spec::BAD_SIZE);
  put(world, bucket, 1, true);
  REQUIRE(world.run("ann", shrink_bucket(bucket, encoded(1000) + 1)) == spec::BUCKET_FULL);
  REQUIRE(world.run("ann", shrink_bucket_percent(bucket, 101)) == spec::BAD_FIT);
  REQUIRE(world.run("ann", shrink_bucket_percent(bucket, 0)) == spec::BAD_FIT);
  auto two = shrink_bucket(bucket, 1);
  two.mutable_shrink_bucket()->set_percent(1);
  REQUIRE(world.run("ann", two) == spec::MALFORMED);
  const auto empty = made(world, 2);
  REQUIRE(world.run("ann", shrink_bucket(empty, size)) == spec::BAD_FIT);  // nothing would stay
  world.edit([&](ledger::Overlay& state) {
    auto record = ledger::must_load(state, ledger::kBuckets, empty);
    record.end = world.epoch();
    ledger::save(state, ledger::kBuckets, record, empty);
  });
  for (const auto& op : {grow_bucket(empty, 1), shrink_bucket(empty, 1), extend_bucket(empty, 1)})
    REQUIRE(world.run("ann", op) == spec::BLOB_ENDED);
}

TEST_CASE("extend_bucket: all inside lives longer; a bucket nearly empty leaves the reserve",
          "[ledger][tx][rule:L-12][rule:L-8]") {
  World world = bucket_world();
  const auto full = made(world, 2, 1);
  const auto empty = made(world, 2, 1);
  const auto blob = put(world, full, 1, false);
  certified(world, blob, 1, false);
  REQUIRE(world.run("ann", extend_bucket(kNowhere, 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", extend_bucket(full, 1)) == spec::BUCKET_RIGHT);
  REQUIRE(world.run("ann", extend_bucket(full, 0)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", extend_bucket(full, 53)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", extend_bucket(full, 2, 1)) == spec::COST_ABOVE_LIMIT);
  const std::uint64_t cost = (2 * encoded(1000) + kMiB - 1) / kMiB * 100'000 * 2;
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", extend_bucket(full, 2, cost)) == spec::OK);
  REQUIRE(world.balance("ann") == before - cost - fee(world));
  REQUIRE(ledger::queries::blob(world.view(), blob)->end() == 4);
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  REQUIRE(world.run("ann", reserve(capacity - capacity / 10 - 2 * encoded(1000), 2, 3)) ==
          spec::OK);
  REQUIRE(world.run("ann", extend_bucket(empty, 1)) == spec::CAPACITY);
  const auto second = put(world, empty, 2, true);
  certified(world, second, 2, true);
  REQUIRE(world.run("ann", extend_bucket(empty, 1)) == spec::OK);
  turn_epoch(world);
  REQUIRE(ledger::exists(world.view(), ledger::kBlobs, blob));
  REQUIRE(ledger::exists(world.view(), ledger::kBlobs, second));
  REQUIRE(conserved(world));
}

TEST_CASE("grant_bucket: each right opens what it names and nothing else",
          "[ledger][tx][rule:L-12]") {
  World world = bucket_world();
  const auto bucket = made(world, 8);
  const auto own = put(world, bucket, 1, true);
  const std::vector<std::pair<ledger::BucketRight, spec::Operation>> all{
      {ledger::BucketRight::kRegister, register_inside(bucket, file_of(2, 1000), true)},
      {ledger::BucketRight::kExtend, extend_bucket(bucket, 1)},
      {ledger::BucketRight::kGrow, grow_bucket(bucket, 5)},
      {ledger::BucketRight::kDescribe, set_attributes(own, {{"k", "v"}})},
      {ledger::BucketRight::kDelete, delete_blob(own)}};
  for (const auto& [right, op] : all) REQUIRE(world.run("bob", op) == spec::BUCKET_RIGHT);
  for (const auto& [right, op] : all) {
    const auto others = static_cast<std::uint8_t>(31 - static_cast<unsigned>(right));
    REQUIRE(world.run("ann", grant_bucket(bucket, "bob", others)) == spec::OK);
    REQUIRE(world.run("bob", op) == spec::BUCKET_RIGHT);
    REQUIRE(world.run("ann", grant_bucket(bucket, "bob", static_cast<std::uint8_t>(right))) ==
            spec::OK);
    REQUIRE(world.run("bob", op) == spec::OK);
  }
  REQUIRE(world.run("ann", grant_bucket(bucket, "bob", 0)) == spec::OK);
  REQUIRE(bucket_at(world, bucket).rights.empty());
  REQUIRE(world.run("bob", register_inside(bucket, file_of(3, 1000))) == spec::BUCKET_RIGHT);

  REQUIRE(world.run("ann", grant_bucket(kNowhere, "bob", 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", grant_bucket(bucket, "bob", 31)) == spec::NOT_OWNER);
  for (int i = 0; i < 16; ++i)
    REQUIRE(world.run("ann", grant_bucket(bucket, "friend" + std::to_string(i), 1)) == spec::OK);
  REQUIRE(world.run("ann", grant_bucket(bucket, "bob", 1)) == spec::LIMIT);
  REQUIRE(world.run("ann", grant_bucket(bucket, "friend3", 2)) ==
          spec::OK);  // in place of what was
  const auto shown = ledger::queries::bucket(world.view(), bucket).value();
  REQUIRE(shown.grants_size() == 16);
  REQUIRE(conserved(world));
}

TEST_CASE("buckets: given away with all inside; destroyed by their owner alone",
          "[ledger][tx][rule:L-12][rule:U-9]") {
  World world = bucket_world();
  const auto bucket = made(world, 2);
  const auto blob = put(world, bucket, 1, true);
  REQUIRE(world.run("bob", give(bucket, "bob")) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", give(bucket, "ann")) == spec::SAME_TARGET);
  REQUIRE(world.run("ann", give(bucket, "nobody")) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(world.run("ann", give(bucket, "bob")) == spec::OK);
  REQUIRE(world.run("ann", delete_blob(blob)) == spec::BUCKET_RIGHT);
  REQUIRE(world.run("bob", delete_blob(blob)) == spec::OK);
  REQUIRE(world.run("ann", destroy_bucket(bucket)) == spec::NOT_OWNER);
  REQUIRE(world.run("bob", destroy_bucket(kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", destroy_bucket(bucket)) == spec::OK);
  REQUIRE(ledger::queries::resources_of(world.view(), account_of("bob")).size() == 1);
  REQUIRE(conserved(world));
}

TEST_CASE("buckets: at the end they go with what is inside, a thousand objects a block",
          "[ledger][tx][rule:L-12][rule:L-9][rule:H-3]") {
  World world = bucket_world();
  const auto bucket = made(world, 1200, 1);
  for (std::uint64_t i = 0; i < 1100; ++i) {
    world.send("ann", register_inside(bucket, file_of(i, 1000), true));
    if (i % 100 == 99) world.block(10);
  }
  REQUIRE(bucket_at(world, bucket).count == 1100);
  const auto blob = put(world, bucket, 5000, false);
  certified(world, blob, 5000, false);
  turn_epoch(world);
  REQUIRE(bucket_at(world, bucket).count == 101);
  REQUIRE(world.run("ann", register_inside(bucket, file_of(7000, 1000))) == spec::UNKNOWN_OBJECT);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kBuckets, bucket));
  REQUIRE(rows(world, ledger::kBlobs.prefix) == 0);
  REQUIRE(rows(world, ledger::kInside.prefix) == 0);
  REQUIRE(rows(world, ledger::kCertificates.prefix) == 0);
  REQUIRE(events_of<spec::BucketDestroyed>(world.last()).at(0).resource().empty());
  const auto counts = ledger::must_load(world.view(), ledger::kBlobIds, file_of(5000, 1000).id);
  REQUIRE(counts.permanent == 0);
  REQUIRE(counts.bucketed == 0);
  REQUIRE_FALSE(counts.leaf.has_value());
  REQUIRE(conserved(world));
}
