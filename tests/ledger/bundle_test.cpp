// SPDX-License-Identifier: Apache-2.0
// Bundles: whole envelopes of others, each with its own nonce, fee and receipt, and a gateway that
// pays for those that are dropped. With what an adversary packs into one.
#include <catch2/catch.hpp>

#include "ledger/wire/canonical.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/duties.h"

using namespace wald;
using namespace wald::tests;

namespace {

World gateway_world(std::uint64_t gateway = 10 * kWal) {
  return World(small_genesis(
      {{"gate", gateway}, {"ann", 100 * kWal}, {"bob", 10 * kWal}, {"poor", 150'000}}));
}

std::vector<spec::Code> codes(const World& world) {
  std::vector<spec::Code> out;
  for (const auto& receipt : world.last().receipts)
    out.push_back(static_cast<spec::Code>(receipt.code));
  return out;
}
// The fee table of the test chain (U-5): base, bytes.
std::uint64_t carriage_of(const std::vector<base::Bytes>& dropped) {
  std::uint64_t sum = 0;
  for (const auto& envelope : dropped) sum += 100'000 + 500 * envelope.size();
  return sum;
}
base::Bytes with_limit(const World& world, const spec::Operation& op, std::uint64_t max_fee) {
  spec::Body body = world.body("gate", op, world.nonce("gate"));
  body.set_max_fee(max_fee);
  return wire::write_canonical(world.seal("gate", wire::write_canonical(body)));
}
// No envelope at all.
base::Bytes junk(std::uint8_t with, std::size_t size = 20) { return base::Bytes(size, with); }

}  // namespace

TEST_CASE(
    "bundle: each envelope has its own nonce, fee and receipt, the bundle none of its own fee",
    "[ledger][tx][rule:U-8]") {
  World world = gateway_world();
  const auto one = world.next("ann", transfer("bob", kWal));
  const auto two = world.next("bob", burn(5));
  const auto three = world.next("ann", transfer("bob", 1000 * kWal));  // refused after its fee
  world.send("gate", bundle({one, two, three}));
  world.send("bob", burn(7));  // behind what the bundle carried of bob
  const auto& out = world.block();
  REQUIRE(codes(world) ==
          std::vector<spec::Code>{spec::OK, spec::OK, spec::OK, spec::INSUFFICIENT, spec::OK});
  REQUIRE(out.places == std::vector<std::uint32_t>{0, 0, 0, 0, 1});
  REQUIRE(out.receipts_hash == ledger::receipts_root(out.receipts));
  REQUIRE(out.receipts[0].fee == 0);
  REQUIRE(world.balance("gate") == 10 * kWal);
  for (std::size_t i = 1; i < 4; ++i) REQUIRE(out.receipts[i].fee > 120'000);
  REQUIRE((world.nonce("gate") == 1 && world.nonce("ann") == 2 && world.nonce("bob") == 2));
  // Every event belongs to exactly one receipt; the bundle's own come after those inside.
  std::uint64_t events = 0;
  for (const auto& receipt : out.receipts) events += receipt.events;
  REQUIRE(events == out.events.size());
  REQUIRE(out.receipts[0].first_seq == out.receipts[3].first_seq + out.receipts[3].events);
  REQUIRE(out.receipts[0].events == 1);
  const auto verdict = world.machine().check(one);
  REQUIRE(out.receipts[1].tx == verdict->id);
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: what is dropped costs the gateway base and bytes, and its sender nothing",
          "[ledger][tx][rule:U-8]") {
  World world = gateway_world();
  const auto good = world.sign("ann", burn(1), 0);
  const auto early = world.sign("bob", burn(1), 1);
  const auto cannot_pay = world.sign("poor", burn(1), 0);
  base::Bytes forged = world.sign("bob", burn(1), 0);
  forged.back() ^= 1;
  const auto stranger = world.sign("nobody", burn(1), 0);
  const std::vector<base::Bytes> dropped{good, early, cannot_pay, forged, stranger, junk(3)};
  std::vector<base::Bytes> all{good};
  all.insert(all.end(), dropped.begin(), dropped.end());
  REQUIRE(world.run("gate", bundle(all)) == spec::OK);
  REQUIRE(codes(world) == std::vector<spec::Code>{spec::OK, spec::OK, spec::NONCE, spec::NONCE,
                                                  spec::CANNOT_PAY_FEE, spec::BAD_SIGNATURE,
                                                  spec::NO_ACCOUNT, spec::MALFORMED});
  REQUIRE(world.last().receipts[0].fee == carriage_of(dropped));
  REQUIRE(world.balance("gate") == 10 * kWal - carriage_of(dropped));
  REQUIRE((world.balance("bob") == 10 * kWal && world.balance("poor") == 150'000));
  REQUIRE((world.nonce("bob") == 0 && world.nonce("poor") == 0));
  for (std::size_t i = 2; i < 8; ++i) {
    REQUIRE(world.last().receipts[i].fee == 0);
    REQUIRE(world.last().receipts[i].events == 0);
  }
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: no bundle, no statement and nothing of the gateway's own inside",
          "[ledger][tx][rule:U-8]") {
  World world(network({4000, 3000, 2000, 1500}, {{"gate", 10 * kWal}, {"ann", 10 * kWal}}));
  const auto nested = world.sign("ann", bundle({world.sign("ann", burn(1), 0)}), 0);
  const auto statement = world.bare(attest_sync("n1", world.chain(), world.epoch()));
  const auto own = world.sign("gate", burn(1), 1);
  REQUIRE(world.run("gate", bundle({nested, statement, own})) == spec::OK);
  REQUIRE(codes(world) ==
          std::vector<spec::Code>{spec::OK, spec::MALFORMED, spec::MALFORMED, spec::MALFORMED});
  REQUIRE(world.nonce("gate") == 1);
  REQUIRE(world.last().receipts[0].fee == carriage_of({nested, statement, own}));
  // Nor inside a batch.
  REQUIRE(world.run("gate", batch({bundle({junk(1)}), burn(1)}, false)) == spec::MALFORMED);
  spec::Operation empty;
  empty.mutable_bundle();
  REQUIRE(world.run("gate", empty) == spec::MALFORMED);
  // But a batch travels like anything else.
  const auto inside = world.sign("ann", batch({burn(1), burn(2)}, true), 0);
  REQUIRE(world.run("gate", bundle({inside})) == spec::OK);
  REQUIRE(codes(world) == std::vector<spec::Code>{spec::OK, spec::OK});
  REQUIRE(conserved(world));
}

TEST_CASE(
    "bundle: a gateway that could not pay for everything it carries is dropped with all of it",
    "[ledger][tx][rule:U-8][rule:U-5]") {
  World world = gateway_world(700'000);
  const auto inside = world.sign("ann", burn(1), 0);
  const std::vector<base::Bytes> four{inside, inside, inside, inside};
  REQUIRE(carriage_of(four) > 700'000);
  REQUIRE(world.run("gate", bundle(four)) == spec::CANNOT_PAY_FEE);
  REQUIRE(codes(world).size() == 1);
  REQUIRE((world.nonce("gate") == 0 && world.nonce("ann") == 0));
  // The limit of its fee is for the worst that can come as well.
  const std::vector<base::Bytes> two{inside, inside};
  const std::uint64_t most = carriage_of(two);
  REQUIRE(world.run_raw(with_limit(world, bundle(two), most - 1)) == spec::FEE_OVER_LIMIT);
  REQUIRE(world.run_raw(with_limit(world, bundle(two), most)) == spec::OK);
  REQUIRE(world.last().receipts[0].fee == most / 2);
  // Its own nonce and time are judged as any other's.
  REQUIRE(world.run_raw(world.sign("gate", bundle({junk(1)}), 7)) == spec::NONCE);
  REQUIRE(codes(world).size() == 1);
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: a gateway may spend its last for those it carries, and be paid by them",
          "[ledger][tx][rule:U-8]") {
  const auto payment = [](const World& world) {
    return world.sign("ann", transfer("gate", kWal), 0);
  };
  const std::uint64_t least = carriage_of({payment(gateway_world()), junk(1)});
  World less = gateway_world(least - 1);
  REQUIRE(less.run("gate", bundle({payment(less), junk(1)})) == spec::CANNOT_PAY_FEE);
  World world = gateway_world(least);
  REQUIRE(world.run("gate", bundle({payment(world), junk(1)})) == spec::OK);
  REQUIRE(world.balance("gate") == least + kWal - carriage_of({junk(1)}));
  World silent = gateway_world(carriage_of({junk(1)}));
  REQUIRE(silent.run("gate", bundle({junk(1)})) == spec::OK);
  REQUIRE(silent.balance("gate") == 0);
  REQUIRE((conserved(world) && conserved(silent)));
}

TEST_CASE("bundle: 256 envelopes of one sender in order are 256 transactions; backwards one",
          "[ledger][tx][rule:U-8]") {
  auto document = small_genesis({{"gate", 1000 * kWal}, {"ann", 1000 * kWal}});
  set_param(document, "fee_base", 1000);
  set_param(document, "fee_per_byte", 1);
  World world(document);
  std::vector<base::Bytes> some;
  for (std::uint64_t i = 0; i < 256; ++i) some.push_back(world.sign("ann", burn(1), i));
  const auto bytes = world.sign("gate", bundle(some), 0);
  REQUIRE(bytes.size() <= ledger::StateMachine::kMaxTx);
  REQUIRE(world.run_raw(bytes) == spec::OK);
  REQUIRE(world.nonce("ann") == 256);
  REQUIRE(world.last().receipts[0].fee == 0);
  std::vector<base::Bytes> backwards;
  for (std::uint64_t i = 0; i < 100; ++i) backwards.push_back(world.sign("ann", burn(1), 355 - i));
  REQUIRE(world.run("gate", bundle(backwards)) == spec::OK);
  REQUIRE(world.nonce("ann") == 257);
  REQUIRE(codes(world).back() == spec::OK);
  REQUIRE(std::count(world.last().receipts.begin() + 1, world.last().receipts.end(),
                     world.last().receipts.back()) == 1);
  REQUIRE(world.last().receipts[0].fee == 99 * (1000 + backwards[0].size()));
  // As many that are none.
  const std::vector<base::Bytes> most(256, junk(9));
  REQUIRE(world.run("gate", bundle(most)) == spec::OK);
  REQUIRE(codes(world).size() == 257);
  REQUIRE(world.last().receipts[0].fee == 256 * 1020);
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: over 256 envelopes it is refused whole and pays for all of them",
          "[ledger][tx][rule:U-8]") {
  World world = gateway_world(100 * kWal);
  std::vector<base::Bytes> many(256, junk(9));
  many.push_back(world.sign("ann", burn(1), 0));
  REQUIRE(world.run("gate", bundle(many)) == spec::LIMIT);
  REQUIRE(codes(world).size() == 1);
  REQUIRE(world.last().receipts[0].fee == carriage_of(many));
  REQUIRE((world.nonce("gate") == 1 && world.nonce("ann") == 0));
  REQUIRE(world.run("gate", bundle(std::vector<base::Bytes>(1025, junk(1, 1)))) == spec::MALFORMED);
  // What is longer than an envelope may be does not fit into one either.
  REQUIRE(world.run("gate", bundle({junk(1, 64 * 1024)})) == spec::TOO_LARGE);
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: the same envelope inside and outside counts once, whichever comes first",
          "[ledger][tx][rule:U-8][rule:U-4]") {
  World world = gateway_world();
  const auto same = world.sign("ann", burn(1), 0);
  world.send_raw(same);
  world.send("gate", bundle({same, same}));
  world.block();
  REQUIRE(codes(world) == std::vector<spec::Code>{spec::OK, spec::OK, spec::NONCE, spec::NONCE});
  REQUIRE(world.nonce("ann") == 1);
  const auto later = world.sign("ann", burn(1), 1);
  world.send("gate", bundle({later, later}));
  world.send_raw(later);
  world.block();
  REQUIRE(codes(world) == std::vector<spec::Code>{spec::OK, spec::OK, spec::NONCE, spec::NONCE});
  REQUIRE(world.nonce("ann") == 2);
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: its signatures and work count for the block's budget, its bytes once",
          "[ledger][tx][rule:U-8][rule:U-6]") {
  World world = gateway_world();
  const auto inside = world.sign("ann", burn(1), 0);
  const auto alone = world.machine().check(inside);
  const auto packed =
      world.machine().check(world.sign("gate", bundle({inside, inside, junk(1)}), 0));
  const auto bare = world.machine().check(world.sign("gate", bundle({junk(1)}), 0));
  REQUIRE(ledger::cost_of(*packed) == ledger::cost_of(*bare) + 2 * ledger::cost_of(*alone));
  REQUIRE(ledger::cost_of(*bare) == 60 + 40 + 60);  // its signature, its records, one look inside
  REQUIRE(packed->inside->verdicts.size() == 3);
  // A block without room for all of it takes nothing of it.
  auto document = small_genesis({{"gate", 100 * kWal}, {"ann", 100 * kWal}});
  set_param(document, "block_cost", 1000);
  World narrow(document);
  std::vector<base::Bytes> ten;
  ten.reserve(10);
  for (int i = 0; i < 10; ++i) ten.push_back(narrow.next("ann", burn(1)));
  REQUIRE(narrow.run("gate", bundle(ten)) == spec::OVER_BUDGET);
  REQUIRE(codes(narrow).size() == 1);
  REQUIRE(narrow.nonce("gate") == 0);
}

TEST_CASE("bundle: pauses suspend what is inside alone; a simulation shows the most it may cost",
          "[ledger][tx][rule:U-8][rule:G-8]") {
  spec::Genesis document =
      network({4000, 3000, 2000, 1500}, {{"gate", 10 * kWal}, {"ann", 50 * kWal}});
  document.mutable_foundation()->set_account(ledger::text_of(account_of("gate")));
  document.mutable_foundation()->set_sunset_epoch(5);
  World world(document);
  REQUIRE(world.run("gate", pause("d", world.time().value() + 6'000)) == spec::OK);
  const auto stopped = world.sign("ann", delegate("n1", 5 * kWal), 0);
  const auto goes_on = world.sign("ann", burn(1), 0);
  const auto op = bundle({stopped, goes_on});
  REQUIRE(world.run("gate", op) == spec::OK);
  REQUIRE(codes(world) == std::vector<spec::Code>{spec::OK, spec::PAUSED, spec::OK});
  const auto seen = world.machine().simulate(world.view(), account_of("gate"), op, 1000);
  REQUIRE(seen.code == spec::OK);
  REQUIRE(seen.fee.value() == carriage_of({stopped, goes_on}));
  REQUIRE(conserved(world));
}

TEST_CASE("bundle: that its own signature is known says nothing about those inside",
          "[ledger][rule:U-8][rule:U-3]") {
  World world = gateway_world();
  base::Bytes forged = world.sign("bob", burn(1), 0);
  forged.back() ^= 1;
  const auto bytes = world.sign("gate", bundle({forged}), 0);
  for (const auto known : {ledger::Signatures::kUnknown, ledger::Signatures::kKnown}) {
    const auto verdict = world.machine().check(bytes, known);
    REQUIRE(verdict->inside->verdicts.at(0).error().code == spec::BAD_SIGNATURE);
  }
}
