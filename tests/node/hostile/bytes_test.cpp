// SPDX-License-Identifier: Apache-2.0
// Thousands of mutated messages of every form that reaches a node from outside. Each is refused or
// means exactly what its bytes say; none stops the process, hangs it or makes it take memory for
// what a length claims.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "node/sequencer/frames.h"
#include "node/store/block_log.h"
#include "proofs/exchange.h"
#include "proofs/request_auth.h"
#include "proofs/statements.h"
#include "tests/node/core/core_rig.h"
#include "tests/node/hostile/memory.h"
#include "tests/node/storage/rig.h"
#include "tests/support/mutate.h"

using namespace wald;
using tests::kWal;

namespace {

constexpr std::uint64_t kMemory = 64u << 20;  // above what was held before

spec::Operation delegate(const std::string& node, std::uint64_t amount) {
  spec::Operation operation;
  operation.mutable_delegate_stake()->set_node(base::string_of(tests::account_of(node).view()));
  operation.mutable_delegate_stake()->set_amount(amount);
  return operation;
}

std::vector<base::Bytes> envelopes(const tests::CoreRig& rig) {
  const tests::World signer(rig.document);
  std::vector<base::Bytes> out;
  for (std::uint64_t nonce = 0; nonce < 3; ++nonce) {
    out.push_back(signer.sign("ann", tests::transfer("bob", nonce + 1), nonce));
    out.push_back(signer.sign("bob", delegate("n1", kWal), nonce));
  }
  return out;
}

template <class Judge>
void for_mutations(std::uint64_t seed, const std::vector<base::Bytes>& good, int cases,
                   const Judge& judge) {
  base::Prng prng(seed);
  for (int i = 0; i < cases; ++i) {
    const base::Bytes& from = good.at(prng.below(good.size()));
    judge(tests::mutate(prng, from, good.at(prng.below(good.size()))));
  }
}

proofs::Opening opening(base::Prng& prng) {
  proofs::Leaf leaf;
  leaf.t = 3;
  leaf.symbol = prng.bytes(34);
  leaf.path = {base::blake2b(prng.bytes(3)), base::blake2b(prng.bytes(3))};
  return {proofs::encode_leaf(leaf), {base::blake2b(prng.bytes(4))}, {}};
}

}  // namespace

TEST_CASE("hostile: a mutated transaction is refused, or has the right of no account",
          "[node][rule:A-23]") {
  tests::CoreRig rig;
  const auto core = rig.open();
  const auto good = envelopes(rig);
  const std::uint64_t before = tests::peak_memory();
  int refused = 0;
  for_mutations(1, good, 3'000, [&](const base::Bytes& bytes) {
    const auto found = core->check(bytes);
    const ledger::TxVerdict& verdict = *found;
    if (!verdict.ok()) {
      ++refused;
    } else if (std::find(good.begin(), good.end(), bytes) == good.end()) {
      // The body is signed as it stands; another policy beside it is not the account's.
      INFO(base::to_hex(bytes));
      const auto admitted = core->admit(*verdict);
      REQUIRE_FALSE(admitted.ok());
    }
  });
  REQUIRE(refused > 2'000);
  REQUIRE(tests::peak_memory() - before < kMemory);
}

TEST_CASE("hostile: any bytes in a decided block get a code, and the block is committed",
          "[node][rule:EN-2]") {
  tests::CoreRig rig;
  const auto core = rig.open();
  std::vector<base::Bytes> batch;
  const auto good = envelopes(rig);
  for_mutations(2, good, 400, [&](const base::Bytes& bytes) { batch.push_back(bytes); });
  const auto input = rig.input(*core, batch);
  core::Staged staged = core->execute(input);
  REQUIRE(staged.output.receipts.size() == batch.size());
  REQUIRE(staged.output.law_failures.empty());
  const auto signature = rig.sign(staged.header);
  const auto committed = core->commit(std::move(staged), signature);
  REQUIRE(committed.ok());
}

TEST_CASE("hostile: a mutated block record is refused by form, signature or order",
          "[node][rule:EN-5]") {
  tests::CoreRig rig;
  tests::CoreRig twin;
  const auto core = rig.open();
  const auto maker = twin.open();
  std::vector<base::Bytes> good;
  for (std::uint64_t i = 0; i < 3; ++i) {
    REQUIRE(twin.block(*maker, {twin.envelope(i)}).ok());
    good.push_back(maker->block(base::Height(i + 1)).value());
  }
  const std::uint64_t before = tests::peak_memory();
  int parsed = 0;
  for_mutations(3, good, 3'000, [&](const base::Bytes& bytes) {
    const auto record = core::parse_block_record(bytes);
    if (!record) return;
    ++parsed;
    core::Staged same{record->input, record->input_bytes, record->header, {}};
    REQUIRE(core::encode_block_record(same, record->signature) == bytes);
    const auto verified = core->verify(*record);
    REQUIRE((!verified.ok() || bytes == good.at(0)));
  });
  REQUIRE(parsed > 50);
  REQUIRE(tests::peak_memory() - before < kMemory);
}

TEST_CASE("hostile: a mutated block stream gives whole frames or an end, in pieces of any size",
          "[node][rule:EN-5]") {
  base::Prng prng(4);
  std::vector<base::Bytes> good;
  for (int i = 0; i < 4; ++i) {
    base::Writer out;
    for (int frame = 0; frame < 4; ++frame) {
      if (frame == i) out.le(std::uint32_t{0}).le(std::uint64_t{77});
      const base::Bytes record = prng.bytes(1 + prng.below(300));
      out.le(static_cast<std::uint32_t>(record.size())).raw(record);
    }
    good.push_back(std::move(out).bytes());
  }
  const std::uint64_t before = tests::peak_memory();
  const auto take = [&](const base::Bytes& bytes, bool in_pieces) {
    sequencer::Frames frames;
    std::vector<base::Bytes> out;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t piece =
          in_pieces ? std::min(bytes.size() - at, 1 + prng.below(100)) : bytes.size();
      frames.add(base::as_text(base::ByteView(bytes).subspan(at, piece)));
      at += piece;
      for (;;) {
        const auto frame = frames.next();
        if (!frame.ok()) return out;
        if (!frame->has_value()) break;
        const auto& record = (*frame)->record;
        REQUIRE(record.size() <= store::BlockLog::kMaxPayload);
        out.emplace_back(record.begin(), record.end());
      }
      REQUIRE(frames.kept() <= bytes.size());
    }
    return out;
  };
  for_mutations(5, good, 2'000, [&](const base::Bytes& bytes) {
    REQUIRE(take(bytes, true) == take(bytes, false));
  });
  REQUIRE(tests::peak_memory() - before < kMemory);
}

TEST_CASE("hostile: mutated slivers, metadata and symbols mean what they say or are refused",
          "[node][rule:K-19]") {
  const codec::Codec codec = codec::Codec::make(7).value();
  const auto blob = codec::encode(codec, tests::random_bytes(3, 2'000)).value();
  std::vector<base::Bytes> slivers;
  for (std::uint32_t pair = 0; pair < 3; ++pair) {
    slivers.push_back(shape::bcs::to_bytes(blob.pair(pair).primary));
    slivers.push_back(shape::bcs::to_bytes(blob.pair(pair).secondary));
  }
  const std::vector<base::Bytes> metadata{shape::bcs::without_id(blob.metadata())};
  const std::uint64_t before = tests::peak_memory();
  for_mutations(6, slivers, 3'000, [&](const base::Bytes& bytes) {
    const auto data = shape::bcs::from_bytes<shape::SliverData>(bytes);
    if (!data.ok()) return;
    REQUIRE(shape::bcs::to_bytes(*data) == bytes);
    const bool known = std::find(slivers.begin(), slivers.end(), bytes) != slivers.end();
    for (const auto axis : {codec::Axis::kPrimary, codec::Axis::kSecondary})
      REQUIRE(
          (known || !codec::verify_sliver(codec, blob.metadata(), codec::view(axis, *data)).ok()));
  });
  for_mutations(7, metadata, 2'000, [&](const base::Bytes& bytes) {
    const auto data = shape::bcs::from_bytes<shape::BlobMetadata>(bytes);
    if (!data.ok()) return;
    const shape::Metadata named{blob.metadata().blob_id, data->len, data->pairs};
    REQUIRE(shape::bcs::without_id(named) == bytes);
    REQUIRE((bytes == metadata[0] || !shape::verify_metadata(codec.params(), named).ok()));
  });
  REQUIRE(tests::peak_memory() - before < kMemory);
}

TEST_CASE("hostile: mutated exchange messages, statements and signed headers are refused or equal",
          "[node][rule:O-38]") {
  base::Prng prng(8);
  const std::uint64_t before = tests::peak_memory();
  const std::vector<base::Bytes> requests{
      proofs::encode_openings_request({base::Epoch(1), base::Round(2), {}, {1, 5, 9}}),
      proofs::encode_openings_request({base::Epoch(9), base::Round(1), {}, {0}})};
  for_mutations(9, requests, 2'000, [&](const base::Bytes& bytes) {
    const auto request = proofs::parse_openings_request(bytes);
    if (request) REQUIRE(proofs::encode_openings_request(*request) == bytes);
  });
  const std::vector<base::Bytes> answers{proofs::encode_openings_answer(
      {base::blake2b({}), {opening(prng), std::nullopt, opening(prng)}})};
  for_mutations(10, answers, 2'000, [&](const base::Bytes& bytes) {
    const auto answer = proofs::parse_openings_answer(bytes, 3);
    if (!answer) return;
    REQUIRE(proofs::encode_openings_answer(*answer) == bytes);
    for (const auto& one : answer->openings) {
      if (!one) continue;
      const auto leaf = proofs::parse_leaf(one->leaf);
      if (leaf) REQUIRE(proofs::encode_leaf(*leaf) == one->leaf);
    }
  });
  proofs::RequestAuth auth;
  auth.time = base::TimeMs(5);
  const std::string value = proofs::authorization_value(auth);
  const base::Bytes header(value.begin(), value.end());
  for_mutations(11, {header}, 2'000, [&](const base::Bytes& bytes) {
    const auto parsed = proofs::parse_authorization(base::as_text(bytes));
    if (parsed) REQUIRE(proofs::authorization_value(*parsed) == base::as_text(bytes));
  });
  std::vector<base::Bytes> statements;
  for (const int kind : {1, 2, 4, 7, 10, 11, 12})
    statements.push_back(
        base::Writer().u8(1).u8(static_cast<std::uint8_t>(kind)).raw(prng.bytes(150)).bytes());
  for_mutations(12, statements, 3'000, [&](const base::Bytes& bytes) {
    const auto parsed = proofs::parse_statement(bytes, 5);
    if (parsed.ok()) REQUIRE(proofs::encode_statement(*parsed) == bytes);
  });
  REQUIRE(tests::peak_memory() - before < kMemory);
}

TEST_CASE("hostile: a mutated genesis is refused with the field, or is another whole chain",
          "[node][rule:A-23]") {
  tests::CoreRig rig;
  const std::vector<base::Bytes> good{wire::write_canonical(rig.document)};
  const std::uint64_t before = tests::peak_memory();
  int refused = 0;
  for_mutations(13, good, 1'500, [&](const base::Bytes& bytes) {
    const auto state = ledger::build_genesis(bytes);
    if (state.ok()) {
      REQUIRE((bytes == good[0] || state->chain != rig.genesis.chain));
      return;
    }
    ++refused;
    REQUIRE_FALSE(state.error().message.empty());
  });
  REQUIRE(refused > 1'000);
  REQUIRE(tests::peak_memory() - before < kMemory);
}
