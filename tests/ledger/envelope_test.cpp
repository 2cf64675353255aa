// SPDX-License-Identifier: Apache-2.0
// What is refused before the fee: bytes that are no transaction, keys that are not the account's,
// and envelopes whose time, nonce, fee or budget does not fit. Nothing of it costs the sender.
#include <sodium.h>

#include <catch2/catch.hpp>

#include "ledger/state/keys.h"
#include "ledger/wire/canonical.h"
#include "proofs/signature.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

World two_accounts() { return World(small_genesis({{"ann", 10 * kWal}, {"bob", kWal}})); }

base::Bytes envelope_of(const World& world, const spec::Body& body) {
  return wire::write_canonical(world.seal("ann", wire::write_canonical(body)));
}

// A key with a part of order two: its holder can make signatures that verify (every other draw of
// r), but it is no point of prime order.
struct MixedKey {
  std::array<std::uint8_t, 32> secret{};  // scalar
  std::array<std::uint8_t, 32> key{};

  explicit MixedKey(std::uint8_t seed) {
    std::array<std::uint8_t, 64> wide{};
    wide.fill(seed);
    crypto_core_ed25519_scalar_reduce(secret.data(), wide.data());
    std::array<std::uint8_t, 32> plain{}, two{};
    WALD_CHECK(crypto_scalarmult_ed25519_base_noclamp(plain.data(), secret.data()) == 0);
    two.fill(0xff);  // y = -1
    two[0] = 0xec;
    two[31] = 0x7f;
    WALD_CHECK(crypto_core_ed25519_add(key.data(), plain.data(), two.data()) == 0);
  }

  proofs::Signature sign(base::ByteView message) const {
    proofs::Signature out{};
    for (std::uint8_t draw = 1; draw != 0; ++draw) {
      std::array<std::uint8_t, 64> wide{}, digest{};
      std::array<std::uint8_t, 32> r{}, h{}, product{};
      wide.fill(draw);
      crypto_core_ed25519_scalar_reduce(r.data(), wide.data());
      WALD_CHECK(crypto_scalarmult_ed25519_base_noclamp(out.data(), r.data()) == 0);
      base::Bytes hashed(out.begin(), out.begin() + 32);
      hashed.insert(hashed.end(), key.begin(), key.end());
      hashed.insert(hashed.end(), message.begin(), message.end());
      crypto_hash_sha512(digest.data(), hashed.data(), hashed.size());
      crypto_core_ed25519_scalar_reduce(h.data(), digest.data());
      if ((h[0] & 1) != 0) continue;  // the part of order two would not vanish
      crypto_core_ed25519_scalar_mul(product.data(), h.data(), secret.data());
      crypto_core_ed25519_scalar_add(out.data() + 32, product.data(), r.data());
      return out;
    }
    throw std::runtime_error("no draw did");
  }
};

}  // namespace

TEST_CASE("envelope: every truncation and every flipped byte is dropped, and nothing is charged",
          "[ledger][rule:U-3][rule:A-13]") {
  World world = two_accounts();
  const auto good = world.sign("ann", transfer("bob", 1), 0);
  const auto root = world.view().tree().root();
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE(world.machine().check({good.data(), length}).error().code == spec::MALFORMED);
  for (std::size_t at = 0; at < good.size(); ++at) {
    base::Bytes changed = good;
    changed[at] ^= 0x10;
    const auto verdict = world.machine().check(changed);
    if (verdict.ok()) REQUIRE_FALSE(world.machine().admit(world.view(), *verdict).ok());
    world.send_raw(std::move(changed));
  }
  for (const auto& receipt : world.block().receipts) {
    REQUIRE(receipt.code != spec::OK);
    REQUIRE(receipt.fee == 0);
    REQUIRE(receipt.events == 0);
  }
  REQUIRE(world.balance("ann") == 10 * kWal);
  REQUIRE(world.nonce("ann") == 0);
  REQUIRE(world.view().tree().root() != root);  // height and time alone
  REQUIRE(world.run_raw(good) == spec::OK);
}

TEST_CASE("envelope: a form that is not the canonical one is malformed though it is signed",
          "[ledger][rule:A-23]") {
  World world = two_accounts();
  const auto body = wire::write_canonical(world.body("ann", transfer("bob", 1), 0));
  const auto signed_as = [&](base::Bytes bytes) {
    return world.run_raw(wire::write_canonical(world.seal("ann", bytes)));
  };
  base::Bytes unknown = body;  // field 15
  unknown.insert(unknown.end(), {0x78, 0x01});
  REQUIRE(signed_as(unknown) == spec::MALFORMED);
  base::Bytes zero = body;  // the nonce 0, after chain, version and sender
  zero.insert(zero.begin() + 70, {0x20, 0x00});
  REQUIRE(signed_as(zero) == spec::MALFORMED);
  base::Bytes longer = body;  // the version in two bytes
  REQUIRE(longer.at(34) == 0x10);
  longer[35] = 0x81;
  longer.insert(longer.begin() + 36, 0x00);
  REQUIRE(signed_as(longer) == spec::MALFORMED);
  base::Bytes twice = body;
  twice.insert(twice.begin() + 36, {0x10, 0x01});
  REQUIRE(signed_as(twice) == spec::MALFORMED);
  spec::Body empty = world.body("ann", spec::Operation(), 0);
  REQUIRE(signed_as(wire::write_canonical(empty)) == spec::MALFORMED);
  REQUIRE(signed_as(body) == spec::OK);
}

TEST_CASE("envelope: over 64 KiB it is too large, whatever it says", "[ledger][rule:U-6]") {
  World world = two_accounts();
  auto op = certify(base::ObjectId(), spec::Certificate());
  auto& certificate = *op.mutable_certify_blob()->mutable_certificate();
  certificate.set_message(std::string(7, '\1'));
  certificate.set_bitmap(std::string(1, '\1'));
  for (int i = 0; i < 1000; ++i) certificate.add_signatures(std::string(64, '\2'));
  const auto bytes = world.sign("ann", op, 0);
  REQUIRE(bytes.size() > ledger::StateMachine::kMaxTx);
  REQUIRE(bytes.size() < ledger::StateMachine::kMaxOpenings);
  REQUIRE(world.run_raw(bytes) == spec::TOO_LARGE);
  REQUIRE(world.run_raw(base::Bytes(ledger::StateMachine::kMaxOpenings + 1, 1)) == spec::TOO_LARGE);
}

TEST_CASE("envelope: version, expiry and the fee's limit are the running chain's",
          "[ledger][rule:U-4][rule:U-5]") {
  auto document = small_genesis({{"ann", 10 * kWal}, {"bob", kWal}, {"low", 100'000}});
  set_param(document, "valid_max", 100);
  World world(document);
  const auto with = [&](const auto& edit) {
    spec::Body body = world.body("ann", transfer("bob", 1), world.nonce("ann"));
    edit(body);
    return world.run_raw(envelope_of(world, body));
  };
  REQUIRE(with([](auto& body) { body.set_version(2); }) == spec::WRONG_VERSION);
  REQUIRE(with([](auto& body) { body.set_version(0); }) == spec::WRONG_VERSION);
  const auto until = [&](std::uint64_t height) {
    return with([&](auto& body) { body.set_valid_until(height); });
  };
  REQUIRE(until(world.height().value()) == spec::EXPIRED);
  REQUIRE(until(world.height().value() + 102) == spec::EXPIRED);
  REQUIRE(until(world.height().value() + 101) == spec::OK);  // 100 past the block's own
  REQUIRE(until(world.height().value() + 1) == spec::OK);
  spec::Body body = world.body("ann", transfer("bob", 1), world.nonce("ann"));
  body.set_max_fee(200'000);
  const std::uint64_t fee = 100'000 + 500 * envelope_of(world, body).size() + 20'000;
  body.set_max_fee(fee - 1);
  REQUIRE(world.run_raw(envelope_of(world, body)) == spec::FEE_OVER_LIMIT);
  body.set_max_fee(fee);
  REQUIRE(world.run_raw(envelope_of(world, body)) == spec::OK);
  REQUIRE(world.run("low", transfer("bob", 1)) == spec::CANNOT_PAY_FEE);
  REQUIRE(world.balance("low") == 100'000);
  body.set_max_fee(economics::kMaxAmount + 1);
  REQUIRE(world.run_raw(envelope_of(world, body)) == spec::MALFORMED);
}

TEST_CASE("envelope: only the account's own policy, with enough of its weight, may act",
          "[ledger][rule:U-1][rule:U-3]") {
  World world = two_accounts();
  const auto bytes = [&](const spec::Envelope& envelope) {
    return wire::write_canonical(envelope);
  };
  const auto body = wire::write_canonical(world.body("ann", transfer("bob", 1), 0));
  // Before the first use the id decides, afterwards the record.
  REQUIRE(world.run_raw(bytes(world.seal("bob", body))) == spec::KEYS_NOT_AUTHORISED);
  REQUIRE(world.run_raw(bytes(world.seal("ann", body))) == spec::OK);
  const auto next = wire::write_canonical(world.body("ann", transfer("bob", 1), 1));
  REQUIRE(world.run_raw(bytes(world.seal("bob", next))) == spec::KEYS_NOT_AUTHORISED);

  const auto policy = ledger::Policy::make(2, [] {
    std::vector<ledger::PolicyKey> keys{{key_of_name("ann").key, 1}, {key_of_name("bob").key, 1}};
    if (keys[1].key < keys[0].key) std::swap(keys[0], keys[1]);
    return keys;
  }());
  const auto id = policy->account_id();
  spec::Operation gift;
  gift.mutable_transfer()->set_to(base::string_of(id.view()));
  gift.mutable_transfer()->set_amount(kWal);
  REQUIRE(world.run("ann", gift) == spec::OK);
  spec::Body shared = world.body("ann", transfer("bob", 1), 0);
  shared.set_sender(base::string_of(id.view()));
  const auto raw = wire::write_canonical(shared);
  const bool ann_first = policy->keys()[0].key == key_of_name("ann").key;
  spec::Envelope one = world.seal("ann", raw);
  one.set_policy(base::string_of(policy->encode()));
  one.set_bitmap(std::string(1, ann_first ? '\1' : '\2'));
  REQUIRE(world.run_raw(bytes(one)) == spec::KEYS_NOT_AUTHORISED);
  spec::Envelope both = one;
  both.set_bitmap("\3");
  REQUIRE(world.run_raw(bytes(both)) == spec::MALFORMED);  // a signature for each bit
  const auto theirs = world.seal("bob", raw).signatures(0);
  const auto own = one.signatures(0);
  both.clear_signatures();
  for (const bool ann : {!ann_first, ann_first}) both.add_signatures(ann ? own : theirs);
  REQUIRE(world.run_raw(bytes(both)) == spec::BAD_SIGNATURE);  // in the order of the keys
  both.clear_signatures();
  for (const bool ann : {ann_first, !ann_first}) both.add_signatures(ann ? own : theirs);
  spec::Envelope more = both;
  more.add_signatures(own);
  REQUIRE(world.run_raw(bytes(more)) == spec::MALFORMED);
  spec::Envelope past = both;
  past.set_bitmap("\7");
  REQUIRE(world.run_raw(bytes(past)) == spec::MALFORMED);
  spec::Envelope none = both;
  none.clear_policy();
  REQUIRE(world.run_raw(bytes(none)) == spec::MALFORMED);
  REQUIRE(world.run_raw(bytes(both)) == spec::OK);
}

TEST_CASE("envelope: a key that is no point of prime order opens no account",
          "[ledger][rule:U-2]") {
  World world = two_accounts();
  const MixedKey mixed(7);
  const base::PublicKey key(mixed.key);
  const auto policy = ledger::Policy::single(key);
  const auto id = policy.account_id();
  spec::Operation gift;
  gift.mutable_transfer()->set_to(base::string_of(id.view()));
  gift.mutable_transfer()->set_amount(kWal);
  REQUIRE(world.run("ann", gift) == spec::OK);
  spec::Body body = world.body("ann", transfer("bob", 1), 0);
  body.set_sender(base::string_of(id.view()));
  const auto raw = wire::write_canonical(body);
  spec::Envelope envelope = world.seal("ann", raw);
  envelope.set_policy(base::string_of(policy.encode()));
  const auto preimage = ledger::tx_preimage(world.chain(), ledger::tx_id(raw));
  const auto signature = mixed.sign(preimage);
  REQUIRE(proofs::verify_signature(key, preimage, signature));
  envelope.set_signatures(0, base::string_of(signature));
  REQUIRE(world.run_raw(wire::write_canonical(envelope)) == spec::BAD_POLICY);
  REQUIRE(ledger::must_load(world.view(), ledger::kAccounts, id).policy.empty());
}

TEST_CASE("block: what does not fit its budget of work or bytes is dropped and may come again",
          "[ledger][rule:U-6]") {
  const auto second = [](const char* param, std::uint64_t value) {
    auto document = network({4000, 3000, 2000, 1000}, {{"ann", 10 * kWal}});
    set_param(document, param, value);
    World world(document);
    for (int i = 0; i < 2; ++i) world.send("ann", transfer("n1", 1));
    const auto receipts = world.block().receipts;
    REQUIRE(receipts.at(0).code == spec::OK);
    REQUIRE((receipts.at(1).code == spec::OK || receipts.at(1).fee == 0));
    return static_cast<spec::Code>(receipts.at(1).code);
  };
  // A transfer: one signature at 60, two records at 20.
  REQUIRE(second("block_cost", 199) == spec::OVER_BUDGET);
  REQUIRE(second("block_cost", 200) == spec::OK);
  REQUIRE(second("block_bytes", 400) == spec::OVER_BUDGET);

  auto document = network({4000, 3000, 2000, 1000});
  set_param(document, "block_cost", 200);  // statements take at most half of it
  World world(document);
  const auto attested = [&](const char* node) {
    return world.bare(attest_sync(node, world.chain(), world.epoch()));
  };
  world.send_raw(attested("n1"));
  world.send_raw(attested("n2"));
  const auto receipts = world.block().receipts;
  REQUIRE(receipts.at(0).code == spec::OK);
  REQUIRE(receipts.at(1).code == spec::OVER_BUDGET);
  REQUIRE(world.run_raw(attested("n2")) == spec::OK);
}

TEST_CASE("statement: it travels bare, and a transaction does not",
          "[ledger][rule:O-16][rule:U-7]") {
  World world(network({4000, 3000, 2000, 1000}));
  const auto op = attest_sync("n1", world.chain(), world.epoch());
  REQUIRE(world.run("n1", op) == spec::MALFORMED);
  REQUIRE(world.run_raw(world.bare(transfer("n2", 1))) == spec::MALFORMED);
  spec::Body body;
  body.set_chain(base::string_of(world.chain().view()));
  body.set_version(2);
  *body.mutable_operation() = op;
  spec::Envelope envelope;
  envelope.set_body(base::string_of(wire::write_canonical(body)));
  REQUIRE(world.run_raw(wire::write_canonical(envelope)) == spec::WRONG_VERSION);
  body.set_chain(std::string(32, '\1'));
  body.set_version(1);
  envelope.set_body(base::string_of(wire::write_canonical(body)));
  REQUIRE(world.run_raw(wire::write_canonical(envelope)) == spec::WRONG_CHAIN);
  REQUIRE(world.run_raw(world.bare(op)) == spec::OK);
}

TEST_CASE("laws: a transaction that would break one is undone, pays its fee and says so",
          "[ledger][laws][rule:A-30]") {
  World world(network({4000, 3000, 2000, 1000}, {{"ann", 100 * kWal}}));
  world.edit([](ledger::Overlay& state) {  // a pool whose parts come to a FROST too much
    auto pool = ledger::must_load(state, ledger::kPools, node_of("n1"));
    pool.active = pool.active.plus(ledger::Amount::of(1)).value();
    ledger::save(state, ledger::kPools, pool, node_of("n1"));
  });
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", delegate("n1", 10 * kWal)) == spec::LAW_BROKEN);
  REQUIRE(world.balance("ann") == before - world.last().receipts.at(0).fee);
  REQUIRE(world.law_failures.size() == 1);
  REQUIRE(world.law_failures[0].find("I4") == 0);
}
