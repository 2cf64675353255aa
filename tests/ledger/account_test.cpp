// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"
#include "tests/support/canary.h"
#include "tests/support/world.h"

using namespace wald;
using tests::kWal;

namespace {

spec::Operation transfer(const std::string& to, std::uint64_t amount) {
  spec::Operation op;
  op.mutable_transfer()->set_to(base::string_of(tests::account_of(to).view()));
  op.mutable_transfer()->set_amount(amount);
  return op;
}

spec::Operation burn(std::uint64_t amount) {
  spec::Operation op;
  op.mutable_burn()->set_amount(amount);
  return op;
}

std::uint64_t held(const tests::World& world) {
  std::uint64_t sum = 0;
  for (const auto& [key, value] : world.view().records.rows)
    if (ledger::table_holds_money(key[0]))
      for (const auto& [field, amount] : ledger::held_money(key, value)) sum += amount.value();
  return sum;
}

std::uint64_t burned(const tests::World& world) {
  std::uint64_t sum = 0;
  for (const auto& amount : ledger::must_load(world.view(), ledger::kSupply).burned)
    sum += amount.amount().value();
  return sum;
}

// The same inputs give the same; or the first block that did not.
std::string root_breach() {
  const auto document = tests::small_genesis({{"ann", 10 * kWal}, {"bob", kWal}});
  tests::World first(document);
  tests::World second(document);
  std::uint64_t seq = 0;
  for (int i = 0; i < 5; ++i) {
    for (auto* world : {&first, &second}) {
      world->send("ann", transfer("bob", 7));
      world->send("ann", transfer("new" + std::to_string(i), kWal));
    }
    const auto& a = first.block();
    const auto& b = second.block();
    if (a.state_root != b.state_root || a.event_head != b.event_head ||
        a.receipts_hash != b.receipts_hash)
      return "block " + std::to_string(first.height().value()) + " has two outcomes";
    for (const auto& event : a.events) REQUIRE(event.seq() == ++seq);
  }
  return "";
}

}  // namespace

TEST_CASE("transfer: moves the amount and charges the table's fee, half of it burned",
          "[ledger][tx][rule:U-5]") {
  tests::World world(tests::small_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const auto envelope = world.sign("ann", transfer("bob", 3 * kWal), 0);
  const std::uint64_t fee = 100'000 + 500 * envelope.size() + 20'000;
  REQUIRE(world.run_raw(envelope) == spec::OK);
  REQUIRE(world.balance("bob") == 4 * kWal);
  REQUIRE(world.balance("ann") == 7 * kWal - fee);
  REQUIRE(world.last().receipts[0].fee == fee);
  REQUIRE(burned(world) == fee - fee / 2);
  REQUIRE(held(world) + burned(world) == economics::kGenesisSupply.value());
  REQUIRE(world.nonce("ann") == 1);
  REQUIRE(world.law_failures.empty());
}

TEST_CASE("transfer: a first credit makes the account and burns the creation fee",
          "[ledger][tx][rule:U-9]") {
  tests::World world(tests::small_genesis({{"ann", 10 * kWal}}));
  REQUIRE(world.run("ann", transfer("new", 999'999)) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(world.run("ann", transfer("new", 1'000'000)) == spec::OK);
  REQUIRE(world.balance("new") == 1'000'000);
  bool created = false;
  for (const auto& event : world.last().events) created |= event.has_account_created();
  REQUIRE(created);
  REQUIRE(held(world) + burned(world) == economics::kGenesisSupply.value());
}

TEST_CASE("transfer: refusals are charged and change nothing else", "[ledger][tx][rule:A-13]") {
  tests::World world(tests::small_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  REQUIRE(world.run("ann", transfer("bob", 0)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", transfer("ann", 5)) == spec::SAME_TARGET);
  REQUIRE(world.run("ann", transfer("bob", 100 * kWal)) == spec::INSUFFICIENT);
  REQUIRE(world.balance("bob") == kWal);
  REQUIRE(world.nonce("ann") == 3);
  REQUIRE(world.last().receipts[0].fee > 0);
  REQUIRE(world.run("ann", burn(0)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", burn(100 * kWal)) == spec::INSUFFICIENT);
  REQUIRE(world.run("ann", burn(kWal)) == spec::OK);
  REQUIRE(held(world) + burned(world) == economics::kGenesisSupply.value());
}

TEST_CASE("envelope: what fails before the fee costs nothing", "[ledger][rule:U-3][rule:U-4]") {
  tests::World world(tests::small_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const auto good = world.sign("ann", transfer("bob", 1), 0);
  auto code = [&](base::Bytes bytes) { return world.run_raw(std::move(bytes)); };
  REQUIRE(code(world.sign("ann", transfer("bob", 1), 1)) == spec::NONCE);
  REQUIRE(code(world.sign("nobody", transfer("bob", 1), 0)) == spec::NO_ACCOUNT);
  auto flipped = good;
  flipped.back() ^= 1;
  REQUIRE(code(flipped) == spec::BAD_SIGNATURE);
  auto longer = good;
  longer.push_back(0);
  REQUIRE(code(longer) == spec::MALFORMED);
  auto shorter = good;
  shorter.pop_back();
  REQUIRE(code(shorter) == spec::MALFORMED);
  REQUIRE(code({}) == spec::MALFORMED);
  REQUIRE(code(base::Bytes(80'000, 1)) == spec::TOO_LARGE);
  REQUIRE(world.balance("ann") == 10 * kWal);
  REQUIRE(world.nonce("ann") == 0);
  tests::World other(tests::small_genesis({{"ann", 11 * kWal}}));
  REQUIRE(code(other.sign("ann", transfer("bob", 1), 0)) == spec::WRONG_CHAIN);
  REQUIRE(code(good) == spec::OK);
  REQUIRE(code(good) == spec::NONCE);
}

TEST_CASE("batch: atomic undoes all, otherwise each operation stands for itself",
          "[ledger][tx][rule:U-8]") {
  tests::World world(tests::small_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  spec::Operation batch;
  *batch.mutable_batch()->add_operations() = transfer("bob", kWal);
  *batch.mutable_batch()->add_operations() = transfer("bob", 100 * kWal);
  batch.mutable_batch()->set_atomic(true);
  REQUIRE(world.run("ann", batch) == spec::BATCH_FAILED);
  REQUIRE(world.balance("bob") == kWal);
  batch.mutable_batch()->set_atomic(false);
  REQUIRE(world.run("ann", batch) == spec::OK);
  REQUIRE(world.balance("bob") == 2 * kWal);
  spec::Operation nested;
  *nested.mutable_batch()->add_operations() = batch;
  REQUIRE(world.run("ann", nested) == spec::MALFORMED);
  REQUIRE(held(world) + burned(world) == economics::kGenesisSupply.value());
}

TEST_CASE("blocks: the same inputs give the same roots, and events are numbered without gaps",
          "[ledger][rule:A-7][rule:I33]") {
  CHECK(root_breach() == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: a block knows what ran before beside its state",
          "[ledger][canary][rule:A-32][rule:I33]") {
  tests::check_canary("I33", root_breach);
}
#endif
