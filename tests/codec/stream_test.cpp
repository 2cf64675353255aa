// SPDX-License-Identifier: Apache-2.0
// Encoding and decoding by tiles gives what the codec in memory gives, for every cut, budget and
// number of workers, and stops cleanly where something fails.
#include <catch2/catch.hpp>

#include "codec/encoder.h"
#include "codec/stream_decoder.h"
#include "codec/stream_encoder.h"
#include "tests/codec/memory_storage.h"

using namespace wald;
using namespace wald::codec;

namespace {

// The least budget that plan() takes for this blob, in tiles.
std::uint64_t least_budget(const Params& params, std::uint64_t len, StreamOptions options) {
  options.memory = 1;
  return plan(params, len, options).error().numbers.at(0);
}

StreamOptions tiles(std::uint64_t memory = 0) {
  StreamOptions out;
  out.one_shot = false;
  out.memory = memory;
  return out;
}

struct Streamed {
  Metadata metadata;
  Bytes bodies[2];
};

Streamed stream(const Codec& codec, ByteView blob, const StreamOptions& options) {
  MemorySource source(blob);
  MemorySink sink(codec.params(), codec.params().symbol_size(blob.size()).value());
  MemoryStorage scratch;
  Streamed out{encode(codec, source, sink, &scratch, options).value(), {}};
  REQUIRE(sink.complete());
  for (int i = 0; i < 2; ++i) out.bodies[i] = std::move(sink.bodies[i]);
  return out;
}

void same(const Codec& codec, ByteView blob, const StreamOptions& options) {
  const Encoded want = encode(codec, blob).value();
  const Streamed got = stream(codec, blob, options);
  REQUIRE(got.metadata == want.metadata());
  REQUIRE(base::equal(got.bodies[0], want.bodies(Axis::kPrimary)));
  REQUIRE(base::equal(got.bodies[1], want.bodies(Axis::kSecondary)));
}

// Slivers in memory as a decoder of streams takes them.
struct Held {
  std::vector<std::unique_ptr<FusedSource>> sources;
  SliverSource add(const SliverView& view) {
    sources.push_back(std::make_unique<FusedSource>(view.body));
    return {view.axis, view.index, view.symbol_size, sources.back().get()};
  }
};

}  // namespace

TEST_CASE("streams: every shard count, length and budget gives the slivers of the codec in memory",
          "[codec][rule:K-29]") {
  base::Prng prng(29);
  for (const std::uint64_t n : {4U, 5U, 6U, 7U, 9U, 10U, 13U, 22U, 31U, 64U, 100U}) {
    const Codec codec = Codec::make(n).value();
    for (int round = 0; round < 8; ++round) {
      const std::uint64_t unit = std::uint64_t{codec.params().p()} * codec.params().s();
      const std::uint64_t len = prng.below(unit * (round < 4 ? 12 : 400));
      const Bytes blob = prng.bytes(len);
      const std::uint64_t least = least_budget(codec.params(), len, tiles());
      for (const std::uint64_t more : {std::uint64_t{0}, 3 * n * 64, prng.below(100'000)})
        same(codec, blob, tiles(least + more));
      same(codec, blob, tiles());
      same(codec, blob, StreamOptions{});
    }
  }
}

TEST_CASE("streams: no plan takes more than it may, leaf hashes of short symbols included",
          "[codec][rule:K-29]") {
  base::Prng prng(33);
  for (const std::uint64_t n : {4U, 10U, 1000U, 49'155U}) {
    const Params params = Params::make(n).value();
    for (int round = 0; round < 300; ++round) {
      const std::uint64_t z = 2 + 2 * prng.below(round < 150 ? 60 : 32'000);
      const std::uint64_t len = std::uint64_t{params.p()} * params.s() * z - prng.below(6);
      const std::uint64_t least = least_budget(params, len, tiles());
      const StreamOptions options = tiles(least + prng.below(round % 2 == 0 ? least : least << 6));
      const StreamPlan steps = plan(params, len, options).value();
      REQUIRE(steps.peak <= options.memory);
      REQUIRE(steps.peak >= 3 * n * steps.columns * steps.bytes);
      REQUIRE((steps.columns == 1 || steps.bytes == steps.symbol_size));
    }
  }
}

TEST_CASE("streams: steps are a multiple of four units of work where there are that many",
          "[codec][rule:K-29]") {
  const Params params = Params::make(1000).value();
  const auto lines = [&](std::uint64_t len) {
    const StreamPlan steps = plan(params, len, tiles()).value();
    CHECK(steps.rows == steps.columns);
    return steps.rows;
  };
  CHECK(lines(std::uint64_t{1} << 30) == 12);  // 64 MiB hold 13 lines of 1,000 x 4,820 bytes
  CHECK(lines(500'000'000) == 24);             // 29 of 2,246 bytes, three lines to a unit
  CHECK(lines(std::uint64_t{5} << 30) == 2);   // fewer than four are left as they are
}

TEST_CASE("streams: long symbols go in parts of 64 bytes and more, tails included",
          "[codec][rule:K-29]") {
  base::Prng prng(30);
  const Codec codec = Codec::make(7).value();
  for (const std::uint64_t z : {66U, 126U, 128U, 130U, 1000U, 4094U, 33'000U}) {
    const Bytes blob = prng.bytes(15 * z - 3);
    const std::uint64_t least = least_budget(codec.params(), blob.size(), tiles());
    for (const std::uint64_t parts : {1U, 2U, 5U}) {
      const StreamOptions options = tiles(least + (parts - 1) * 3 * 7 * 64);
      const StreamPlan steps = plan(codec.params(), blob.size(), options).value();
      REQUIRE(steps.bytes == std::min<std::uint64_t>(z, parts * 64));
      REQUIRE(steps.peak <= options.memory);
      same(codec, blob, options);
    }
  }
}

TEST_CASE("streams: the number of workers changes nothing", "[codec][rule:K-29]") {
  const Codec codec = Codec::make(31).value();
  const Bytes blob = base::Prng(31).bytes(500'000);
  const Streamed want = stream(codec, blob, tiles());
  for (const std::size_t workers : {1U, 2U, 3U, 8U}) {
    ShuffledThreads threads(workers);
    // In memory too, by the plan for small blobs and on its own.
    StreamOptions one_shot;
    one_shot.executor = &threads;
    REQUIRE(stream(codec, blob, one_shot).metadata == want.metadata);
    const Encoded whole = encode(codec, blob, {0, &threads}).value();
    REQUIRE(whole.metadata() == want.metadata);
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary})
      REQUIRE(base::equal(whole.bodies(axis), want.bodies[static_cast<std::size_t>(axis)]));
    REQUIRE(describe(codec, blob, {0, &threads}).value() == want.metadata);
    StreamOptions options = tiles();
    options.executor = &threads;
    const Streamed got = stream(codec, blob, options);
    REQUIRE(got.metadata == want.metadata);
    REQUIRE(got.bodies[0] == want.bodies[0]);
    REQUIRE(got.bodies[1] == want.bodies[1]);
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
      const Encoded encoded = encode(codec, blob).value();
      Held held;
      auto decoder = StreamDecoder::make(codec, axis, encoded.metadata(), options).value();
      for (std::uint32_t i = 31; !decoder.complete(); --i)
        decoder.push(held.add(encoded.sliver(axis, i - 1)));
      MemoryStorage output, scratch;
      REQUIRE(decoder.finish(output, &scratch, Check::kStrict).ok());
      REQUIRE(output.bytes == blob);
    }
  }
}

TEST_CASE("streams: decoding from any slivers, with bad ones among them, is that of the decoder",
          "[codec][rule:K-29]") {
  base::Prng prng(32);
  for (int round = 0; round < 60; ++round) {
    const Codec codec = Codec::make(4 + prng.below(40)).value();
    const Params& params = codec.params();
    const std::uint64_t unit = std::uint64_t{params.p()} * params.s();
    const Bytes blob = prng.bytes(prng.below(unit * 300));
    const Encoded encoded = encode(codec, blob).value();
    const Axis axis = round % 2 == 0 ? Axis::kPrimary : Axis::kSecondary;
    const std::uint64_t least = least_budget(params, blob.size(), tiles());
    auto streamed =
        StreamDecoder::make(codec, axis, encoded.metadata(), tiles(least + prng.below(200'000)))
            .value();
    auto plain = Decoder::make(codec, axis, encoded.metadata()).value();
    Held held;
    std::vector<Bytes> spoiled;
    spoiled.reserve(1000);
    std::vector<std::uint32_t> order(params.n());
    for (std::uint32_t i = 0; i < params.n(); ++i) order[i] = i;
    for (std::uint32_t i = params.n(); i > 1; --i) std::swap(order[i - 1], order[prng.below(i)]);
    const auto push = [&](const SliverView& view) {
      const Verdict a = streamed.push(held.add(view));
      const Verdict b = plain.push(view);
      REQUIRE(a.kind == b.kind);
      REQUIRE(a.reason.has_value() == b.reason.has_value());
      if (a.reason) REQUIRE(a.reason->code == b.reason->code);
      if (a.reason) REQUIRE(a.reason->numbers == b.reason->numbers);
    };
    for (const std::uint32_t i : order) {
      SliverView view = encoded.sliver(axis, i);
      if (prng.below(4) == 0) {  // too few slivers now and then, which is an answer too
        spoiled.emplace_back(view.body.begin(), view.body.end());
        const std::uint64_t how = prng.below(4);
        if (how == 0) spoiled.back()[prng.below(view.body.size())] ^= 1;
        if (how == 1) spoiled.back().push_back(0);
        if (how == 2) view.symbol_size += 2;
        if (how == 3) view.index += params.n();
        view.body = spoiled.back();
      }
      push(view);
      if (prng.below(9) == 0) push(view);
    }
    push(encoded.sliver(shape::other(axis), 0));
    const Check check = static_cast<Check>(prng.below(3));
    MemoryStorage output, scratch;
    const auto got = streamed.finish(output, &scratch, check);
    const auto want = plain.finish(check);
    REQUIRE(got.ok() == want.ok());
    if (!want.ok()) {
      REQUIRE(got.error().code == want.error().code);
      REQUIRE(got.error().numbers == want.error().numbers);
      REQUIRE(got.error().skipped.size() == want.error().skipped.size());
      continue;
    }
    REQUIRE(output.bytes == want->blob);
    REQUIRE(got->used == want->used);
    REQUIRE(got->surplus == want->surplus);
    REQUIRE(got->skipped.size() == want->skipped.size());
    REQUIRE(got->verified);
  }
}

TEST_CASE("streams: padding that is not zero and rows of another hash are an invalid blob",
          "[codec][rule:K-29]") {
  const Codec codec = Codec::make(10).value();
  base::Prng prng(33);
  Bytes padded = prng.bytes(28 * 66);
  const Encoded whole = encode(codec, padded).value();
  // The same slivers under a shorter length: what follows it is padding now.
  Metadata shorter = shape::make_metadata(28 * 66 - 40, whole.metadata().pairs);
  std::size_t at = padded.size() - 40;
  while (padded[at] == 0) ++at;
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary})
    for (const std::uint64_t more : {0U, 1'000'000U}) {
      auto decoder =
          StreamDecoder::make(codec, axis, shorter,
                              tiles(least_budget(codec.params(), shorter.len, tiles()) + more))
              .value();
      Held held;
      for (std::uint32_t i = 10; !decoder.complete(); --i)
        decoder.push(held.add(whole.sliver(axis, i - 1)));
      MemoryStorage output;
      const auto got = decoder.finish(output, nullptr, Check::kStandard);
      REQUIRE(got.error().code == CodecCode::kInvalidBlob);
      REQUIRE(got.error().numbers == std::vector<std::uint64_t>{1, at});
      REQUIRE(decoder.finish(output, nullptr, Check::kSkip).ok());
    }
  // Columns that are verified, rows that are not what was committed to.
  std::vector<shape::PairEntry> pairs = whole.metadata().pairs;
  pairs[2].primary = pairs[5].primary;
  const Metadata other = shape::make_metadata(padded.size(), pairs);
  auto decoder = StreamDecoder::make(codec, Axis::kSecondary, other, tiles()).value();
  Held held;
  for (std::uint32_t i = 0; !decoder.complete(); ++i)
    decoder.push(held.add(whole.sliver(Axis::kSecondary, i)));
  MemoryStorage output, scratch;
  const auto row = decoder.finish(output, &scratch, Check::kStandard);
  REQUIRE(row.error().numbers == std::vector<std::uint64_t>{0, 2});
  const auto id = decoder.finish(output, &scratch, Check::kStrict);
  REQUIRE(id.error().numbers == std::vector<std::uint64_t>{2, 0});
  auto unverified =
      StreamDecoder::unverified(codec, Axis::kSecondary, padded.size(), tiles()).value();
  for (std::uint32_t i = 0; i < 7; ++i)
    unverified.push(held.add(whole.sliver(Axis::kSecondary, i)));
  REQUIRE_FALSE(unverified.finish(output, nullptr, Check::kStrict).value().verified);
}

TEST_CASE("streams: budgets are kept, and what is beyond them or too long is refused unread",
          "[codec][rule:K-29]") {
  const Params params = Params::make(1000).value();
  StreamOptions options;
  for (const std::uint64_t len : {1ULL << 20, 1ULL << 30, 1ULL << 32, 14'599'533'452ULL}) {
    const StreamPlan steps = plan(params, len, options).value();
    CHECK(steps.peak <= (324U << 20));
    CHECK(steps.one_shot == (len < (8U << 20)));
  }
  for (const std::uint64_t n : {4U, 1000U, 20'000U, 49'155U}) {
    const Params of = Params::make(n).value();
    CHECK(plan(of, of.max_len(), options).value().peak <= (256U << 20) + n * n * 70);
  }
  options.memory = 1 << 20;
  const auto small = plan(params, 1U << 30, options);
  CHECK(small.error().code == CodecCode::kMemoryBudget);
  CHECK(small.error().numbers.at(1) == (1U << 20));
  options.memory = small.error().numbers.at(0);
  CHECK(plan(params, 1U << 30, options).ok());
  CHECK(plan(params, params.max_len() + 1, {}).error().code == CodecCode::kBlobTooLarge);
  const Codec codec = Codec::make(4).value();
  FusedSource source(ByteView{});
  source.reads.fail_at(0);
  MemoryStorage scratch;
  StreamOptions tiny = tiles(1000);
  CHECK(describe(codec, source, &scratch, tiny).error().code == CodecCode::kMemoryBudget);
  CHECK(source.reads.calls() == 0);
}

TEST_CASE("streams: a failing read or write, and a cancelled run, end the work with their error",
          "[codec][rule:K-29]") {
  const Codec codec = Codec::make(13).value();
  const Bytes blob = base::Prng(34).bytes(20'000);
  const Encoded encoded = encode(codec, blob).value();
  ShuffledThreads threads(3);
  StreamOptions options = tiles(least_budget(codec.params(), blob.size(), tiles()) + 9'000'000);
  options.executor = &threads;
  const auto run = [&](FusedSource& source, MemorySink& sink, MemoryStorage& scratch) {
    return encode(codec, source, sink, &scratch, options);
  };
  const auto is = [](const auto& result, IoRole role) {
    return result.error().code == CodecCode::kIo &&
           result.error().numbers.at(0) == static_cast<std::uint64_t>(role);
  };
  for (int which = 0; which < 4; ++which)
    for (const std::uint64_t call : {0U, 1U, 5U}) {
      FusedSource source(blob);
      MemorySink sink(codec.params(), encoded.symbol_size());
      MemoryStorage scratch;
      if (which == 0) source.reads.fail_at(call);
      if (which == 1) sink.writes.fail_at(call);
      if (which == 2) scratch.writes.fail_at(call % 4);
      if (which == 3) scratch.reads.fail_at(call % 2);
      const IoRole role = which == 0   ? IoRole::kInput
                          : which == 1 ? IoRole::kSliver
                                       : IoRole::kScratch;
      REQUIRE(is(run(source, sink, scratch), role));
    }
  std::uint64_t steps = 0;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    steps = total;
    REQUIRE(done <= total);
  };
  FusedSource source(blob);
  MemorySink sink(codec.params(), encoded.symbol_size());
  MemoryStorage scratch;
  REQUIRE(run(source, sink, scratch).ok());
  REQUIRE(steps > 2);
  for (std::uint64_t stop = 0; stop < steps; ++stop) {
    std::uint64_t asked = 0;
    options.cancelled = [&] { return asked++ == stop; };
    FusedSource again(blob);
    MemorySink unused(codec.params(), encoded.symbol_size());
    REQUIRE(run(again, unused, scratch).error().code == CodecCode::kCancelled);
  }
  options.cancelled = nullptr;
  options.progress = nullptr;
  // A sliver that cannot be read is skipped when it is pushed; later it is an error.
  auto decoder = StreamDecoder::make(codec, Axis::kPrimary, encoded.metadata(), options).value();
  Held held;
  const SliverSource broken = held.add(encoded.sliver(Axis::kPrimary, 0));
  held.sources.back()->reads.fail_at(0);
  REQUIRE(decoder.push(broken).reason->code == CodecCode::kIo);
  for (std::uint32_t i = 0; !decoder.complete(); ++i)
    decoder.push(held.add(encoded.sliver(Axis::kPrimary, i)));
  held.sources.back()->reads.fail_at(0);
  MemoryStorage output;
  REQUIRE(is(decoder.finish(output, nullptr, Check::kStandard), IoRole::kInput));
  held.sources.back()->reads.fail_at(UINT64_MAX);
  output.writes.fail_at(output.writes.calls() + 1);
  REQUIRE(is(decoder.finish(output, nullptr, Check::kStandard), IoRole::kScratch));
}
