// SPDX-License-Identifier: Apache-2.0
#include "node/sequencer/sequencer.h"

#include <catch2/catch.hpp>

#include "node/sequencer/follower.h"
#include "tests/node/core/core_rig.h"
#include "tests/node/http/fake_upstream.h"
#include "tests/node/http/test_chain.h"

using namespace wald;
using sequencer::Mempool;
using tests::kWal;

namespace {

// A core that is open from the start.
struct Replica : tests::CoreRig {
  explicit Replica(const spec::Genesis& from) : CoreRig(from), core(open()) {}
  std::unique_ptr<core::LedgerCore> core;
};

spec::Operation bundle_of(const std::vector<base::Bytes>& envelopes) {
  spec::Operation op;
  for (const auto& envelope : envelopes)
    op.mutable_bundle()->add_envelopes(std::string(envelope.begin(), envelope.end()));
  return op;
}

spec::Genesis two_accounts() {
  return tests::chain_genesis({{"ann", 1'000 * kWal}, {"bob", 1'000 * kWal}});
}

}  // namespace

TEST_CASE("mempool: nonces queue up in order, gaps and doubles are refused",
          "[node][sequencer][rule:U-4]") {
  const auto document = two_accounts();
  Replica replica(document);
  Mempool pool(*replica.core);
  const tests::World signer(document);
  const auto tx = [&](std::uint64_t nonce) {
    return signer.sign("ann", tests::transfer("bob", 1), nonce);
  };
  REQUIRE(pool.add(tx(1)).error().dropped.code == spec::NONCE);
  const auto first = pool.add(tx(0));
  REQUIRE(first.ok());
  REQUIRE(pool.add(tx(0)).value() == first.value());
  REQUIRE(pool.add(tx(1)).ok());
  REQUIRE(pool.add(tx(3)).error().dropped.code == spec::NONCE);
  REQUIRE(pool.add(signer.sign("ann", tests::transfer("bob", 2), 1)).error().dropped.code ==
          spec::NONCE);
  base::Bytes broken = tx(2);
  broken.back() ^= 1;
  REQUIRE(pool.add(broken).error().dropped.code == spec::BAD_SIGNATURE);
  REQUIRE(pool.choose(10).envelopes == std::vector<base::Bytes>{tx(0), tx(1)});
  REQUIRE(pool.choose(1).envelopes.size() == 1);
  for (std::uint64_t i = 2; i < Mempool::kMostPerAccount; ++i) REQUIRE(pool.add(tx(i)).ok());
  REQUIRE(pool.add(tx(Mempool::kMostPerAccount)).error().full);
  REQUIRE(pool.add(signer.sign("bob", tests::transfer("ann", 1), 0)).ok());
}

TEST_CASE("mempool: what a bundle has carried waits no longer, what it dropped goes on waiting",
          "[node][sequencer][rule:U-8]") {
  const auto document = two_accounts();
  Replica replica(document);
  Mempool pool(*replica.core);
  const tests::World signer(document);
  const auto tx = [&](std::uint64_t nonce) {
    return signer.sign("ann", tests::transfer("bob", 1), nonce);
  };
  for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(pool.add(tx(i)).ok());
  const auto bundle = signer.sign("bob", bundle_of({tx(0), tx(2)}), 0);
  REQUIRE(pool.add(bundle).ok());
  const std::vector<core::SharedVerdict> verdicts{replica.core->check(bundle)};
  REQUIRE(replica.block(*replica.core, {bundle}).ok());
  pool.settle(base::Height(1), verdicts);
  REQUIRE(pool.choose(10).envelopes == std::vector<base::Bytes>{tx(1), tx(2)});
}

TEST_CASE("sequencer: what is accepted is committed, and a follower has the same roots",
          "[node][sequencer][rule:EN-1]") {
  const auto document = two_accounts();
  tests::TestChain chain(document);
  Replica replica(document);
  sequencer::Follower follower(*replica.core, chain.url());
  std::string fatal;
  follower.start([&](const std::string& why) { fatal = why; });
  for (int i = 0; i < 5; ++i) {
    REQUIRE(chain.submit(chain.sign("ann", tests::transfer("bob", 7))).status < 300);
    chain.block();
  }
  const core::Head want = chain.core().head();
  base::Height seen(0);
  for (int i = 0; i < 100 && seen < want.height; ++i) seen = replica.core->wait_above(seen, 1'000);
  REQUIRE(replica.core->head().height == want.height);
  REQUIRE(replica.core->head().root == want.root);
  REQUIRE(replica.core->head().header == want.header);
  REQUIRE(follower.diverged().empty());
  REQUIRE(fatal.empty());
  follower.stop();
}

namespace {

// What a follower of `document` says of a stream with this one record.
struct Heard {
  std::string diverged;
  std::string error;
  std::string reported;
  base::Height height;
};
Heard follow(const spec::Genesis& document, const core::Staged& staged,
             bool good_signature = true) {
  auto signature = tests::key_of_name(good_signature ? "sequencer" : "ann")
                       .sign(ledger::block_preimage(ledger::header_hash(staged.header)));
  const tests::FakeUpstream upstream(core::encode_block_record(staged, signature));
  Replica replica(document);
  sequencer::Follower follower(*replica.core, upstream.url());
  Heard heard;
  follower.start([](const std::string&) {},
                 [&](const std::string& text) { heard.reported = text; });
  // It ends, or asks again and again.
  for (int i = 0; i < 200 && follower.diverged().empty() && upstream.asked() < 3; ++i)
    replica.core->wait_above(base::Height(0), 100);
  follower.stop();
  heard.diverged = follower.diverged();
  heard.error = follower.last_error();
  heard.height = replica.core->head().height;
  return heard;
}

}  // namespace

TEST_CASE("follower: a signed block with a wrong root stops it for good, at the last good height",
          "[node][sequencer][rule:EN-5]") {
  const auto document = two_accounts();
  Replica liar(document);
  ledger::BlockInput input;
  input.height = base::Height(1);
  input.time = base::TimeMs(tests::kStart + 1);
  const core::Staged good = liar.core->execute(input);
  const auto heard_of = [&](const std::function<void(ledger::BlockHeader&)>& change) {
    core::Staged staged{good.input, good.input_bytes, good.header, {}};
    change(staged.header);
    const Heard heard = follow(document, staged);
    REQUIRE(heard.height == base::Height(0));
    REQUIRE(heard.diverged.find("height 1: ") == 0);
    REQUIRE(heard.reported.find("wald audit") != std::string::npos);
    return heard.diverged;
  };
  REQUIRE(heard_of([](auto& h) {
            h.state_root = base::blake2b({});
          }).find("our state root is 0x") != std::string::npos);
  REQUIRE(heard_of([](auto& h) { h.event_head = base::blake2b({}); }).find("receipts or events") !=
          std::string::npos);
  // Another history, or a time that the rule does not give: signed, so nobody else's mistake.
  REQUIRE(heard_of([](auto& h) { h.previous = base::blake2b({}); }).find("another history") !=
          std::string::npos);
  REQUIRE(heard_of([](auto& h) { h.time = base::TimeMs(5); }).find("time") != std::string::npos);
}

TEST_CASE("follower: what the sequencer did not sign is asked for again, never taken, never fatal",
          "[node][sequencer][rule:EN-5]") {
  const auto document = two_accounts();
  Replica other(document);
  ledger::BlockInput input;
  input.height = base::Height(1);
  input.time = base::TimeMs(tests::kStart + 1);
  const Heard forged = follow(document, other.core->execute(input), false);
  REQUIRE(forged.diverged.empty());
  REQUIRE(forged.error.find("signature does not verify") != std::string::npos);
  REQUIRE(forged.height == base::Height(0));
  // Signed, but its input was changed on the way.
  core::Staged staged = other.core->execute(input);
  staged.input.time = base::TimeMs(tests::kStart + 2);
  staged.input_bytes = ledger::encode(staged.input);
  const Heard changed = follow(document, staged);
  REQUIRE(changed.diverged.empty());
  REQUIRE(changed.error.find("names another input") != std::string::npos);
  REQUIRE(changed.height == base::Height(0));
}

TEST_CASE("sequencer: it makes blocks by itself and at once when a transaction comes",
          "[node][sequencer][rule:EN-2]") {
  const auto document = two_accounts();
  Replica replica(document);
  Mempool pool(*replica.core);
  keys::Secret32 seed;
  const auto key = tests::key_of_name("sequencer");
  std::copy(key.seed.begin(), key.seed.end(), seed.span().begin());
  sequencer::SequencerOptions options;
  options.idle_ms = 50;
  sequencer::Sequencer sequencer(*replica.core, pool, seed, options);
  std::string fatal;
  sequencer.start([&](const std::string& why) { fatal = why; });
  base::Height height(0);
  for (int i = 0; i < 50 && height < base::Height(3); ++i)
    height = replica.core->wait_above(height, 1'000);
  REQUIRE(height >= base::Height(3));
  const tests::World signer(document);
  const auto envelope = signer.sign("ann", tests::transfer("bob", 9), 0);
  const auto id = pool.add(envelope);
  REQUIRE(id.ok());
  sequencer.wake();
  for (int i = 0; i < 50 && !replica.core->transaction(*id); ++i)
    height = replica.core->wait_above(height, 1'000);
  const auto place = replica.core->transaction(*id);
  REQUIRE(place.has_value());
  REQUIRE(place->receipt.code == 0);
  sequencer.stop();
  REQUIRE(fatal.empty());
  REQUIRE(pool.empty());
}
