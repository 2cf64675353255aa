// SPDX-License-Identifier: Apache-2.0
// What more epochs of a blob and of a bucket are said to cost, held against what the transaction
// then takes and answers.
#include <catch2/catch.hpp>

#include "economics/pricing.h"
#include "ledger/queries.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace queries = ledger::queries;
using Quote = base::Result<spec::ExtensionEstimate, ledger::Refused>;

const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};
const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

// Of each purchase the subsidy fund bears a fifth, and adds a tenth.
spec::Genesis document() {
  auto out = network({4000, 3000, 2000, 1000}, {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}});
  out.clear_funds();
  auto& subsidy = *out.add_funds();
  subsidy.set_name("subsidy");
  subsidy.set_amount(1'000 * kWal);
  set_param(out, "buyer", 2'000);
  set_param(out, "system", 1'000);
  balance_treasury(out);
  return out;
}

std::uint64_t encoded(std::uint64_t length) { return economics::encoded_size(length, 36).value(); }

// Ann's, in a resource of this size.
base::ObjectId written(World& world, std::uint64_t number, std::uint64_t size) {
  const FileOf file = file_of(number, 1000);
  REQUIRE(world.run("ann", reserve(size, std::nullopt, 4)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file, true)) == spec::OK);
  return made_blob(world);
}
void certify_one(World& world, const base::ObjectId& blob, std::uint64_t number) {
  const auto sworn = confirmation(world, kNodes, file_of(number, 1000).id, blob);
  REQUIRE(world.run("bob", certify(blob, sworn)) == spec::OK);
}
base::ObjectId bucket_of(World& world, std::uint64_t size) {
  REQUIRE(world.run("ann", create_bucket(size, 3)) == spec::OK);
  return made_bucket(world);
}

// A blob object or a bucket, asked and prolonged.
struct Kind {
  bool bucket;
  base::ObjectId id;
  Quote quote(const World& world, std::uint32_t epochs) const {
    return bucket ? queries::estimate_bucket_extension(world.view(), id, epochs)
                  : queries::estimate_blob_extension(world.view(), id, epochs);
  }
  spec::Operation order(std::uint32_t epochs, std::uint64_t most) const {
    return bucket ? extend_bucket(id, epochs, most) : extend(id, epochs, most);
  }
};

// The quote refuses with this code, and so does the transaction.
bool both_refuse(World& world, const Kind& kind, std::uint32_t epochs, spec::Code code) {
  const Quote quote = kind.quote(world, epochs);
  REQUIRE_FALSE(quote.ok());
  CHECK(spec::Code_Name(quote.error().code) == spec::Code_Name(code));
  const spec::Code answered = world.run("ann", kind.order(epochs, 1'000 * kWal));
  CHECK(spec::Code_Name(answered) == spec::Code_Name(code));
  return quote.error().code == code && answered == code;
}

}  // namespace

TEST_CASE("extension: what a quote says is what the transaction takes, to the FROST",
          "[ledger][query][rule:Q-2][rule:L-8][rule:R-8]") {
  World world(document());
  const std::uint64_t size = encoded(1000) + 3 * (std::uint64_t{1} << 20) + 1;
  const auto blob = written(world, 1, size);
  certify_one(world, blob, 1);
  const auto bucket = bucket_of(world, 2 * size);
  for (const Kind& kind : {Kind{false, blob}, Kind{true, bucket}}) {
    INFO(kind.bucket);
    for (const std::uint32_t epochs : {1u, 2u, 7u}) {
      const auto quote = kind.quote(world, epochs).value();
      REQUIRE(quote.blob() == (kind.bucket ? "" : ledger::text_of(kind.id)));
      REQUIRE(quote.bucket() == (kind.bucket ? ledger::text_of(kind.id) : ""));
      REQUIRE(quote.size() == (kind.bucket ? 2 * size : size));
      REQUIRE(quote.units() == economics::units(quote.size()).value());
      REQUIRE(quote.per_epoch() == quote.units() * quote.storage_price());
      REQUIRE(quote.total() == quote.per_epoch() * epochs);
      REQUIRE(quote.end() == quote.start() + epochs);
      REQUIRE(quote.subsidy() == quote.total() / 5);
      REQUIRE(quote.cost() == quote.total() - quote.subsidy());
      // A limit is for the whole, whoever bears it.
      REQUIRE(world.run("ann", kind.order(epochs, quote.total() - 1)) == spec::COST_ABOVE_LIMIT);
      const std::uint64_t balance = world.balance("ann");
      REQUIRE(world.run("ann", kind.order(epochs, quote.total())) == spec::OK);
      REQUIRE(world.balance("ann") == balance - quote.cost() - world.last().receipts.at(0).fee);
      if (kind.bucket) {
        const auto told = events_of<spec::BucketChanged>(world.last()).at(0);
        REQUIRE((told.cost() == quote.cost() && told.end() == quote.end()));
        REQUIRE(told.end_before() == quote.start());
      } else {
        const auto told = events_of<spec::BlobExtended>(world.last()).at(0);
        REQUIRE((told.cost() == quote.cost() && told.end() == quote.end()));
        REQUIRE(told.before() == quote.start());
      }
    }
  }
  // A subsidy fund that is empty bears nothing.
  world.edit([](ledger::Overlay& state) {
    auto subsidy = ledger::must_load(state, ledger::kFunds, ledger::kFundSubsidy);
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    treasury.amount.put(subsidy.amount.take_all(state));
    ledger::save(state, ledger::kFunds, subsidy, ledger::kFundSubsidy);
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
  });
  const auto quote = Kind{false, blob}.quote(world, 3).value();
  REQUIRE(quote.subsidy() == 0);
  REQUIRE(quote.cost() == quote.total());
  REQUIRE(world.run("ann", extend(blob, 3, quote.cost())) == spec::OK);
}

TEST_CASE("extension: a quote refuses with the code of the transaction",
          "[ledger][query][rule:Q-2][rule:L-8]") {
  World world(document());
  for (const bool bucket : {false, true})
    REQUIRE(both_refuse(world, {bucket, kNowhere}, 1, spec::UNKNOWN_OBJECT));
  const Kind blob{false, written(world, 1, encoded(1000))};
  const Kind bucket{true, bucket_of(world, 2 * encoded(1000))};
  REQUIRE(both_refuse(world, blob, 1, spec::NOT_CERTIFIED));
  certify_one(world, blob.id, 1);
  REQUIRE(both_refuse(world, {false, bucket.id}, 1, spec::UNKNOWN_OBJECT));
  REQUIRE(both_refuse(world, {true, blob.id}, 1, spec::UNKNOWN_OBJECT));
  REQUIRE(world.run("ann", register_inside(bucket.id, file_of(2, 1000), true)) == spec::OK);
  REQUIRE(both_refuse(world, {false, made_blob(world)}, 1, spec::BAD_FIT));
  // Both end with epoch 3; 53 epochs from the running one on can be sold.
  for (const Kind& kind : {blob, bucket}) {
    REQUIRE(both_refuse(world, kind, 0, spec::BAD_RANGE));
    REQUIRE(both_refuse(world, kind, 51, spec::BAD_RANGE));
    REQUIRE(both_refuse(world, kind, UINT32_MAX, spec::BAD_RANGE));
    REQUIRE(kind.quote(world, 50).ok());
  }
  // Room is there up to the reserve: for what certified bytes fill by half, and for nothing else.
  const std::uint64_t capacity = ledger::must_load(world.view(), ledger::kMarket).capacity;
  REQUIRE(world.run("ann", reserve(capacity - capacity / 10, 4, 5)) == spec::OK);
  REQUIRE(both_refuse(world, bucket, 1, spec::CAPACITY));
  REQUIRE(bucket.quote(world, 1).error().facts.at("epoch") == "4");
  REQUIRE(blob.quote(world, 1).ok());
  const auto counted = [&](const std::function<void(ledger::BlobIdRecord&)>& change) {
    world.edit([&](ledger::Overlay& state) {
      const auto id = file_of(1, 1000).id;
      auto record = ledger::must_load(state, ledger::kBlobIds, id);
      change(record);
      ledger::save(state, ledger::kBlobIds, record, id);
    });
  };
  const auto sound = ledger::must_load(world.view(), ledger::kBlobIds, file_of(1, 1000).id);
  counted([](auto& record) { record.invalid = true; });
  REQUIRE(both_refuse(world, blob, 1, spec::BLOB_INVALID));
  counted([&](auto& record) { record = sound; });
  world.edit([&](ledger::Overlay& state) {
    auto record = ledger::must_load(state, ledger::kBlobs, blob.id);
    record.end = world.epoch();
    ledger::save(state, ledger::kBlobs, record, blob.id);
    auto other = ledger::must_load(state, ledger::kBuckets, bucket.id);
    other.end = world.epoch();
    ledger::save(state, ledger::kBuckets, other, bucket.id);
  });
  REQUIRE(both_refuse(world, blob, 1, spec::BLOB_ENDED));
  REQUIRE(both_refuse(world, bucket, 1, spec::BLOB_ENDED));
}
