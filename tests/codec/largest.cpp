// SPDX-License-Identifier: Apache-2.0
// The largest shard count as a whole: minutes of work, so only when it is asked for, by `codec_test
// "[.largest]"` and in the nightly run.
#include <catch2/catch.hpp>
#include <thread>

#include "codec/field/line_code.h"
#include "codec/hash/trees.h"
#include "codec/stream_encoder.h"
#include "tests/codec/memory_storage.h"

using namespace wald;
using namespace wald::codec;

// A blob of one byte b has one symbol that is not zero, so that M[r][c] = b * g(r) * h(c) with the
// elements of K-9 for original 0, and every row and column can be written down without a transform.
TEST_CASE("encode: a blob of one byte over the largest shard count is what the matrix says",
          "[.largest][codec][rule:K-1][rule:K-9][rule:K-11][rule:K-29]") {
  const Codec codec = Codec::make(49'155).value();
  const Params& params = codec.params();
  const std::uint32_t n = params.n(), p = params.p(), s = params.s();
  const Bytes blob = {0xA7};
  ShuffledThreads threads(std::max(1U, std::thread::hardware_concurrency()));
  StreamOptions options;
  options.one_shot = false;
  options.memory = std::uint64_t{512} << 20;
  options.executor = &threads;
  REQUIRE(plan(params, 1, options).value().peak <= options.memory);
  MemorySource source(blob);
  MemoryStorage scratch;
  const Metadata metadata = describe(codec, source, &scratch, options).value();

  const auto factors = [](const LineCode& line) {
    std::vector<Word> out(line.k() + line.m(), 0);
    out[0] = 1;
    for (std::uint32_t i = 0; i < line.m(); ++i) out[line.k() + i] = line.generator(i, 0);
    return out;
  };
  const std::vector<Word> down = factors(codec.along(Axis::kSecondary));
  const std::vector<Word> right = factors(codec.along(Axis::kPrimary));
  REQUIRE((down.size() == n && right.size() == n));
  const auto root = [&](const std::vector<Word>& along, Word across) {
    Bytes symbols;
    std::vector<const std::uint8_t*> at;
    symbols.reserve(2 * n);
    at.reserve(n);
    for (const Word one : along) {
      const Word value = field().mul(field().mul(one, across), Word{0xA7});
      at.push_back(symbols.data() + symbols.size());
      symbols.push_back(static_cast<std::uint8_t>(value));
      symbols.push_back(static_cast<std::uint8_t>(value >> 8));
    }
    return base::merkle_root(leaf_hashes(at, 2));
  };
  base::Prng prng(49'155);
  for (int i = 0; i < 24; ++i) {
    const auto r = static_cast<std::uint32_t>(i == 0 ? 0 : i == 1 ? p : prng.below(n));
    const auto c = static_cast<std::uint32_t>(i == 0 ? 0 : i == 1 ? s : prng.below(n));
    CHECK(metadata.pairs[r].primary == root(right, down[r]));
    CHECK(metadata.pairs[n - 1 - c].secondary == root(down, right[c]));
  }
  CHECK(shape::verify_metadata(params, metadata).ok());
}
