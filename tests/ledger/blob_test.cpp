// SPDX-License-Identifier: Apache-2.0
// What hangs on a blob beside its resource: attributes, a shared fund; certificates of many blobs;
// ids that were proved invalid, and the fee of those who say so.
#include <catch2/catch.hpp>

#include "economics/pricing.h"
#include "ledger/queries.h"
#include "ledger/rounds/index.h"
#include "ledger/wire/canonical.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};
const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

// Four members in epoch 1, prices of 100,000 and 20,000 FROST a unit; ann owns the blobs.
World blob_world() {
  return World(network({4000, 3000, 2000, 1000},
                       {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}, {"cat", 100 * kWal}}));
}

std::uint64_t fee(const World& world) { return world.last().receipts.at(0).fee; }
std::uint64_t encoded(std::uint64_t length) { return economics::encoded_size(length, 36).value(); }
ledger::BlobRecord blob_at(const World& world, const base::ObjectId& id) {
  return ledger::must_load(world.view(), ledger::kBlobs, id);
}
ledger::BlobIdRecord id_at(const World& world, const base::BlobId& id) {
  return ledger::must_load(world.view(), ledger::kBlobIds, id);
}
std::size_t rows(const World& world, std::uint8_t table) {
  std::size_t count = 0;
  for (const auto& [key, value] : world.view().records.rows)
    if (key[0] == table) ++count;
  return count;
}

// Registered by ann, its size exact, up to the end of epoch `end` - 1.
base::ObjectId written(World& world, const FileOf& file, bool deletable, std::uint32_t end = 4) {
  REQUIRE(world.run("ann", reserve(encoded(file.length), std::nullopt, end)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file, deletable)) == spec::OK);
  return made_blob(world);
}
void certified(World& world, const base::ObjectId& blob, const FileOf& file, bool deletable) {
  const auto object = deletable ? std::optional(blob) : std::nullopt;
  REQUIRE(world.run("bob", certify(blob, confirmation(world, kNodes, file.id, object))) ==
          spec::OK);
}
spec::Certificate no_file(const World& world, const base::BlobId& id,
                          const std::vector<std::string>& signers = {"n1"}) {
  return certificate_of(world, kNodes, {world.epoch(), proofs::InvalidBlob{id}}, signers);
}

}  // namespace

TEST_CASE("attributes: pairs are set, replaced and removed, and told in the order of their keys",
          "[ledger][tx][rule:L-11]") {
  World world = blob_world();
  const auto blob = written(world, file_of(1, 1000), true);
  REQUIRE(world.run("ann", set_attributes(blob, {{"type", "text"}, {"a", ""}})) == spec::OK);
  const auto told = events_of<spec::BlobAttributeChanged>(world.last());
  REQUIRE(told.size() == 2);
  REQUIRE(told[0].key() == "a");
  REQUIRE(told[0].has_value());
  REQUIRE(told[1].value() == "text");
  REQUIRE(world.run("ann", set_attributes(blob, {{"type", "image"}})) == spec::OK);
  REQUIRE(blob_at(world, blob).attributes == 2);
  REQUIRE(blob_at(world, blob).attribute_bytes == 1 + 4 + 5);
  const auto shown = ledger::queries::blob(world.view(), blob).value();
  REQUIRE(shown.attributes_size() == 2);
  REQUIRE(shown.attributes(0).key() == "a");
  REQUIRE(shown.attributes(1).value() == "image");
  REQUIRE_FALSE(shown.has_fund());

  REQUIRE(world.run("ann", remove_attributes(blob, {"type"})) == spec::OK);
  REQUIRE_FALSE(events_of<spec::BlobAttributeChanged>(world.last()).at(0).has_value());
  REQUIRE(blob_at(world, blob).attributes == 1);
  REQUIRE(world.run("ann", remove_all_attributes(blob)) == spec::OK);
  REQUIRE(blob_at(world, blob).attribute_bytes == 0);
  REQUIRE(rows(world, ledger::kAttributes.prefix) == 0);
  REQUIRE(conserved(world));
}

TEST_CASE("attributes: they go with the blob, deleted or at its end", "[ledger][tx][rule:L-11]") {
  World world = blob_world();
  const auto first = written(world, file_of(1, 1000), true, 2);
  const auto other = written(world, file_of(2, 1000), true, 2);
  for (const auto& blob : {first, other})
    REQUIRE(world.run("ann", set_attributes(blob, {{"k", "v"}, {"key", "value"}})) == spec::OK);
  REQUIRE(rows(world, ledger::kAttributes.prefix) == 4);
  REQUIRE(world.run("ann", delete_blob(first)) == spec::OK);
  REQUIRE(rows(world, ledger::kAttributes.prefix) == 2);
  turn_epoch(world);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kBlobs, other));
  REQUIRE(rows(world, ledger::kAttributes.prefix) == 0);
}

TEST_CASE("attributes: refusals", "[ledger][tx][rule:L-11]") {
  World world = blob_world();
  const auto blob = written(world, file_of(1, 1000), true);
  REQUIRE(world.run("ann", set_attributes(kNowhere, {{"k", "v"}})) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", set_attributes(blob, {{"k", "v"}})) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", set_attributes(blob, {{"", "v"}})) == spec::MALFORMED);
  REQUIRE(world.run("ann", set_attributes(blob, {{"k", "v"}, {"k", "w"}})) == spec::MALFORMED);
  REQUIRE(world.run("ann", set_attributes(blob, {})) == spec::MALFORMED);
  REQUIRE(world.run("ann", set_attributes(blob, {{std::string(65, 'k'), ""}})) == spec::LIMIT);
  REQUIRE(world.run("ann", set_attributes(blob, {{std::string(64, 'k'), ""}})) == spec::OK);
  REQUIRE(world.run("ann", set_attributes(blob, {{"k", std::string(1025, 'v')}})) == spec::LIMIT);
  REQUIRE(world.run("ann", set_attributes(blob, {{"k", std::string(1024, 'v')}})) == spec::OK);
  // 64 + 1,025 bytes are there: 62 more pairs, then one more, then none.
  std::vector<std::pair<std::string, std::string>> many;
  many.reserve(63);
  for (int i = 0; i < 63; ++i) many.emplace_back("key" + std::to_string(i), "");
  REQUIRE(world.run("ann", set_attributes(blob, many)) == spec::LIMIT);
  many.pop_back();
  REQUIRE(world.run("ann", set_attributes(blob, many)) == spec::OK);
  REQUIRE(blob_at(world, blob).attributes == 64);
  REQUIRE(world.run("ann", set_attributes(blob, {{"new", ""}})) == spec::LIMIT);
  REQUIRE(world.run("ann", remove_all_attributes(blob)) == spec::OK);
  // Eight times 1,024 in all, to the byte.
  std::vector<std::pair<std::string, std::string>> large;
  large.reserve(8);
  for (int i = 0; i < 8; ++i) large.emplace_back(std::to_string(i), std::string(1023, 'v'));
  REQUIRE(world.run("ann", set_attributes(blob, large)) == spec::OK);
  REQUIRE(world.run("ann", set_attributes(blob, {{"8", ""}})) == spec::LIMIT);
  REQUIRE(world.run("ann", set_attributes(blob, {{"7", ""}, {"8", ""}})) == spec::OK);

  REQUIRE(world.run("ann", remove_attributes(kNowhere, {"1"})) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", remove_attributes(blob, {"1"})) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", remove_attributes(blob, {})) == spec::MALFORMED);
  auto both = remove_attributes(blob, {"1"});
  both.mutable_remove_attributes()->set_all(true);
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  REQUIRE(world.run("ann", remove_attributes(blob, std::vector<std::string>(65, "1"))) ==
          spec::LIMIT);
  REQUIRE(world.run("ann", remove_attributes(blob, {std::string(65, 'k')})) == spec::LIMIT);
  REQUIRE(world.run("ann", remove_attributes(blob, {"1", "9"})) == spec::NO_ATTRIBUTE);
  REQUIRE(world.run("ann", remove_attributes(blob, {"1", "1"})) == spec::NO_ATTRIBUTE);
  REQUIRE(world.run("ann", remove_all_attributes(blob)) == spec::OK);
  REQUIRE(world.run("ann", remove_all_attributes(blob)) == spec::NO_ATTRIBUTE);
}

TEST_CASE("shared blobs: anybody pays in and prolongs, the rest comes back at the end",
          "[ledger][tx][rule:L-10]") {
  World world = blob_world();
  const FileOf file = file_of(1, 1000);
  const auto blob = written(world, file, true);
  certified(world, blob, file, true);
  REQUIRE(world.run("ann", share(blob, 100'000, "cat")) == spec::OK);
  const std::uint64_t before = world.balance("bob");
  REQUIRE(world.run("bob", fund(blob, 30 * kWal)) == spec::OK);
  REQUIRE(world.balance("bob") == before - 30 * kWal - fee(world));
  REQUIRE(events_of<spec::BlobFunded>(world.last()).at(0).amount() == 30 * kWal);
  const std::uint64_t cost = (encoded(1000) + kMiB - 1) / kMiB * 100'000 * 2;
  const std::uint64_t own = world.balance("cat");
  REQUIRE(world.run("cat", extend_from_fund(blob, 2, cost)) == spec::OK);
  REQUIRE(world.balance("cat") == own - fee(world));
  REQUIRE(events_of<spec::BlobExtended>(world.last()).at(0).from_fund());
  REQUIRE(blob_at(world, blob).end == base::Epoch(6));
  const auto shown = ledger::queries::blob(world.view(), blob).value();
  REQUIRE(shown.fund().amount() == 30 * kWal - cost);
  REQUIRE(shown.fund().price_limit() == 100'000);
  // The fund goes with the blob; its refund account stays.
  REQUIRE(world.run("ann", give(blob, "bob")) == spec::OK);
  const std::uint64_t waiting = world.balance("cat");
  REQUIRE(world.run("bob", delete_blob(blob)) == spec::OK);
  REQUIRE(world.balance("cat") == waiting + 30 * kWal - cost);
  REQUIRE(events_of<spec::BlobDeleted>(world.last()).at(0).refund() == 30 * kWal - cost);

  const auto ends = written(world, file_of(2, 1000), false, 2);
  REQUIRE(world.run("ann", share(ends, 1, "cat")) == spec::OK);
  REQUIRE(world.run("bob", fund(ends, 7)) == spec::OK);
  const auto& out = turn_epoch(world);
  std::uint64_t paid = 0;
  for (const auto& event : events_of<spec::BlobExpired>(out)) paid += event.refund();
  REQUIRE(paid == 7);
  REQUIRE(world.balance("cat") == waiting + 30 * kWal - cost + 7);
  REQUIRE(conserved(world));
}

TEST_CASE("shared blobs: refusals", "[ledger][tx][rule:L-10][rule:L-8]") {
  World world = blob_world();
  const FileOf file = file_of(1, 1000);
  const auto blob = written(world, file, false);
  REQUIRE(world.run("ann", share(kNowhere, 1, "ann")) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", share(blob, 1, "bob")) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", share(blob, 1, "nobody")) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(world.run("bob", fund(kNowhere, 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", fund(blob, 1)) == spec::SHARE_STATE);
  REQUIRE(world.run("bob", extend_from_fund(kNowhere, 1)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", extend_from_fund(blob, 1)) == spec::SHARE_STATE);
  REQUIRE(world.run("ann", share(blob, 99'999, "ann")) == spec::OK);
  REQUIRE(world.run("ann", share(blob, 1, "ann")) == spec::SHARE_STATE);
  REQUIRE(world.run("cat", fund(blob, 101 * kWal)) == spec::INSUFFICIENT);
  REQUIRE(world.run("bob", extend_from_fund(blob, 1)) == spec::NOT_CERTIFIED);
  certified(world, blob, file, false);
  REQUIRE(world.run("bob", extend_from_fund(blob, 1)) == spec::FUND_LIMIT);
  auto with = extend_with(blob, kNowhere);
  with.mutable_extend_blob()->set_from_fund(true);
  REQUIRE(world.run("ann", with) == spec::MALFORMED);
  // A price within the limit, then as far as the fund reaches.
  world.edit([](ledger::Overlay& state) {
    auto market = ledger::must_load(state, ledger::kMarket);
    market.storage_price = ledger::Noted(ledger::Amount::of(99'999));
    ledger::save(state, ledger::kMarket, market);
  });
  const std::uint64_t cost = (encoded(1000) + kMiB - 1) / kMiB * 99'999;
  REQUIRE(world.run("bob", fund(blob, cost - 1)) == spec::OK);
  REQUIRE(world.run("bob", extend_from_fund(blob, 0)) == spec::BAD_RANGE);
  REQUIRE(world.run("bob", extend_from_fund(blob, 1, cost - 1)) == spec::COST_ABOVE_LIMIT);
  REQUIRE(world.run("bob", extend_from_fund(blob, 1)) == spec::INSUFFICIENT);
  REQUIRE(world.run("bob", fund(blob, 1)) == spec::OK);
  REQUIRE(world.run("bob", extend_from_fund(blob, 1)) == spec::OK);
  REQUIRE(blob_at(world, blob).fund->money.is_zero());
  // What has ended and waits for the sweep is past sharing and paying.
  for (const bool shared : {true, false}) {
    world.edit([&](ledger::Overlay& state) {
      auto record = ledger::must_load(state, ledger::kBlobs, blob);
      record.end = world.epoch();
      if (!shared) record.fund.reset();
      ledger::save(state, ledger::kBlobs, record, blob);
    });
    REQUIRE(world.run("ann", shared ? fund(blob, 1) : share(blob, 1, "ann")) == spec::BLOB_ENDED);
  }
}

TEST_CASE("certify_batch: one certificate for many, each certified or refused alone",
          "[ledger][tx][rule:L-7]") {
  World world = blob_world();
  std::vector<BatchEntryOf> entries;
  for (std::uint64_t i = 0; i < 3; ++i) {
    const FileOf file = file_of(i, 1000);
    entries.push_back({written(world, file, i != 2), file.id, i != 2});
  }
  // A second object of the permanent blob is no second entry.
  entries.push_back({written(world, file_of(2, 1000), false), file_of(2, 1000).id, false});
  const auto all = batch_confirmation(world, kNodes, entries);
  certified(world, entries[1].blob, file_of(1, 1000), true);
  REQUIRE(world.run("bob", certify_batch(entries, all)) == spec::OK);
  REQUIRE(events_of<spec::BlobCertified>(world.last()).size() == 3);
  REQUIRE(id_at(world, entries[3].blob_id).permanent_certified == 2);
  REQUIRE(id_at(world, entries[0].blob_id).deletable_certified == 1);
  for (const auto& entry : entries) REQUIRE(blob_at(world, entry.blob).certified == base::Epoch(1));
  // Bitmap and signatures are kept once, while one of the three lives.
  const auto kept = ledger::must_load(world.view(), ledger::kCertificates, entries[0].blob);
  REQUIRE(kept.signatures.empty());
  const base::Hash key = base::blake2b(kept.message);
  const auto batch = ledger::must_load(world.view(), ledger::kBatches, key);
  REQUIRE(batch.objects == 3);
  REQUIRE(batch.entries.size() == 3);
  REQUIRE(batch.signatures.size() == 64 * 4);
  REQUIRE(world.run("bob", certify_batch(entries, all)) == spec::ALREADY_CERTIFIED);
  REQUIRE(world.run("ann", delete_blob(entries[0].blob)) == spec::OK);
  REQUIRE(ledger::must_load(world.view(), ledger::kBatches, key).objects == 2);
  while (world.epoch().value() < 4) turn_epoch(world);
  REQUIRE(rows(world, ledger::kBatches.prefix) == 0);
  REQUIRE(rows(world, ledger::kCertificates.prefix) == 0);
  REQUIRE(conserved(world));
}

TEST_CASE("certify_batch: refusals, of the whole and of its items",
          "[ledger][tx][rule:L-5][rule:L-7]") {
  World world = blob_world();
  const FileOf file = file_of(1, 1000);
  const std::vector<BatchEntryOf> good{{written(world, file, true), file.id, true}};
  const auto code = [&](const std::vector<BatchEntryOf>& entries,
                        const spec::Certificate& certificate) {
    return world.run("bob", certify_batch(entries, certificate));
  };
  const auto signed_by = [&](const std::vector<std::string>& signers) {
    return batch_confirmation(world, kNodes, good, signers);
  };
  REQUIRE(code({}, signed_by({})) == spec::MALFORMED);
  REQUIRE(code(good, confirmation(world, kNodes, file.id, good[0].blob)) == spec::CERT_MESSAGE);
  REQUIRE(code(good, signed_by({"n4"})) == spec::CERT_WEIGHT);
  auto garbled = signed_by({});
  garbled.set_bitmap(garbled.bitmap() + std::string(1, '\0'));
  REQUIRE(code(good, garbled) == spec::CERT_BITMAP);
  auto forged = signed_by({});
  forged.set_signatures(0, forged.signatures(1));
  REQUIRE(code(good, forged) == spec::CERT_SIGNATURE);
  // Other entries than those signed, or fewer.
  REQUIRE(code({{good[0].blob, file.id, false}}, signed_by({})) == spec::CERT_MESSAGE);
  const BatchEntryOf other{kNowhere, file_of(2, 5).id, false};
  REQUIRE(code({good[0], other}, signed_by({})) == spec::CERT_MESSAGE);
  const auto alone = [&](const BatchEntryOf& entry) {
    return code({entry}, batch_confirmation(world, kNodes, {entry}));
  };
  REQUIRE(alone(other) == spec::UNKNOWN_OBJECT);
  REQUIRE(alone({good[0].blob, file_of(2, 5).id, true}) == spec::CERT_MESSAGE);
  REQUIRE(alone({good[0].blob, file.id, false}) == spec::PERSISTENCE_MISMATCH);
  const auto yesterday = signed_by({});
  REQUIRE(code({good[0], other}, batch_confirmation(world, kNodes, {good[0], other})) == spec::OK);
  turn_epoch(world);
  REQUIRE(code(good, yesterday) == spec::CERT_EPOCH);

  const FileOf late = file_of(3, 1000);
  const BatchEntryOf last{written(world, late, false), late.id, false};
  world.edit([&](ledger::Overlay& state) {
    auto record = ledger::must_load(state, ledger::kBlobs, last.blob);
    record.end = world.epoch();
    ledger::save(state, ledger::kBlobs, record, last.blob);
  });
  REQUIRE(alone(last) == spec::BLOB_ENDED);
  const FileOf bad = file_of(4, 1000);
  const BatchEntryOf spoiled{written(world, bad, false), bad.id, false};
  REQUIRE(world.run("bob", invalidate({{bad.id, no_file(world, bad.id)}})) == spec::OK);
  REQUIRE(alone(spoiled) == spec::BLOB_INVALID);
}

TEST_CASE("invalidate_blob: the id is marked for ever and leaves the proof index",
          "[ledger][tx][rule:L-13][rule:L-15]") {
  World world = blob_world();
  const FileOf file = file_of(1, 1000);
  const auto permanent = written(world, file, false);
  const auto second = written(world, file, true);
  certified(world, permanent, file, false);
  REQUIRE(ledger::must_load(world.view(), ledger::kIndexTop).stored == encoded(1000));
  REQUIRE(world.run("cat", invalidate({{file.id, no_file(world, file.id)}})) == spec::OK);
  const auto told = events_of<spec::BlobInvalidated>(world.last()).at(0);
  REQUIRE(told.weight() >= 13);
  const auto record = id_at(world, file.id);
  REQUIRE(record.invalid);
  REQUIRE_FALSE(record.leaf.has_value());
  const auto& log = world.last().events;
  REQUIRE(std::any_of(log.begin(), log.end(), [&](const spec::EventRecord& event) {
    return event.has_blob_invalidated() && event.seq() == record.invalid_event;
  }));
  // Where a round awaits its draw the leaf leaves right after it.
  while (ledger::rounds::next_index_change(world.view())) world.block();
  REQUIRE(world.epoch() == base::Epoch(1));
  REQUIRE(ledger::must_load(world.view(), ledger::kIndexTop).stored == 0);
  REQUIRE(ledger::must_load(world.view(), ledger::kIndexTop).count == 0);
  REQUIRE(ledger::queries::blob(world.view(), permanent)->invalid());

  REQUIRE(world.run("ann", extend(permanent, 1)) == spec::BLOB_INVALID);
  REQUIRE(world.run("bob", certify(second, confirmation(world, kNodes, file.id, second))) ==
          spec::BLOB_INVALID);
  REQUIRE(world.run("ann", reserve(encoded(1000), std::nullopt, 3)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file)) == spec::BLOB_INVALID);
  // Permanent as it was, it may be deleted now.
  REQUIRE(world.run("ann", delete_blob(permanent)) == spec::OK);
  REQUIRE(world.run("ann", delete_blob(second)) == spec::OK);
  REQUIRE(id_at(world, file.id).invalid);
  // An id that nobody registered yet is marked as well.
  const auto unborn = file_of(9, 9).id;
  REQUIRE(world.run("cat", invalidate({{unborn, no_file(world, unborn)}})) == spec::OK);
  REQUIRE(id_at(world, unborn).invalid);
  REQUIRE(conserved(world));
}

TEST_CASE("invalidate_blob: what applies costs nothing, the rest of the fee stays",
          "[ledger][tx][rule:U-5][rule:L-13]") {
  World world = blob_world();
  std::vector<base::BlobId> ids;
  for (std::uint64_t i = 0; i < 4; ++i) ids.push_back(file_of(i, 10).id);
  const auto params = ledger::load_params(world.view());
  const auto whole = [&](const spec::Operation& op, std::uint64_t signatures) {
    return params.fee_base +
           params.fee_per_byte * world.sign("cat", op, world.nonce("cat")).size() +
           params.fee_per_signature * (1 + signatures);
  };
  const auto paid = [&](const spec::Operation& op, spec::Code code) {
    const std::uint64_t before = world.balance("cat");
    const std::uint64_t nonce = world.nonce("cat");
    REQUIRE(world.run("cat", op) == code);
    REQUIRE(world.balance("cat") == before - fee(world));
    REQUIRE(world.nonce("cat") == nonce + 1);
    const auto charged = events_of<spec::AccountFeeCharged>(world.last());
    REQUIRE(charged.size() == 1);
    REQUIRE(charged[0].fee() == fee(world));
    REQUIRE(charged[0].burned() == (fee(world) + 1) / 2);
    return fee(world);
  };
  // One of three is short of weight, one is right, one says the same again.
  const auto mixed = invalidate({{ids[0], no_file(world, ids[0], {"n4"})},
                                 {ids[1], no_file(world, ids[1])},
                                 {ids[1], no_file(world, ids[1])}});
  const std::uint64_t all = whole(mixed, 3);
  REQUIRE(paid(mixed, spec::OK) == all - all / 3);
  REQUIRE(paid(invalidate({{ids[2], no_file(world, ids[2])}}), spec::OK) == 0);
  const auto again = invalidate({{ids[2], no_file(world, ids[2])}});
  const std::uint64_t full = whole(again, 1);
  REQUIRE(paid(again, spec::ALREADY_INVALID) == full);
  // Inside a batch the fee is the batch's and nothing of it comes back.
  const auto inside = batch({invalidate({{ids[3], no_file(world, ids[3])}})}, true);
  const std::uint64_t wrapped = whole(inside, 1);
  REQUIRE(paid(inside, spec::OK) == wrapped);
  REQUIRE(conserved(world));
}

TEST_CASE("invalidate_blob: refusals", "[ledger][tx][rule:L-5][rule:L-13]") {
  World world = blob_world();
  const auto id = file_of(1, 10).id;
  const auto good = no_file(world, id);
  const auto code = [&](const spec::Certificate& certificate) {
    return world.run("cat", invalidate({{id, certificate}}));
  };
  REQUIRE(world.run("cat", invalidate({})) == spec::MALFORMED);
  auto bare = good;
  bare.clear_signatures();
  REQUIRE(world.run("cat", invalidate(std::vector(257, std::pair(id, bare)))) == spec::LIMIT);
  REQUIRE(code(no_file(world, file_of(2, 10).id)) == spec::CERT_MESSAGE);
  REQUIRE(code(confirmation(world, kNodes, id)) == spec::CERT_MESSAGE);
  REQUIRE(code(certificate_of(world, kNodes, {base::Epoch(2), proofs::InvalidBlob{id}})) ==
          spec::CERT_EPOCH);
  REQUIRE(code(bare) == spec::CERT_BITMAP);
  REQUIRE(code(no_file(world, id, {"n4"})) == spec::CERT_WEIGHT);
  auto forged = no_file(world, id, {"n1", "n2"});
  forged.set_signatures(0, forged.signatures(1));
  REQUIRE(code(forged) == spec::CERT_SIGNATURE);
  REQUIRE(code(good) == spec::OK);
  REQUIRE(code(good) == spec::ALREADY_INVALID);
  REQUIRE(conserved(world));
}
