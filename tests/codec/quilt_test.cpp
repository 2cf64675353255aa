// SPDX-License-Identifier: Apache-2.0
// Quilts: what is written is read back, and every bad input of K-27 has its answer. The reference's
// own quilts are replayed by codec_vectors.
#include "codec/quilt.h"

#include <sys/resource.h>
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/encoder.h"
#include "tests/codec/quilts.h"

using namespace wald;
using namespace wald::codec;
using quilt::Kind;

namespace {

struct Made {
  quilt::Plan plan;
  Bytes blob;
  std::vector<Bytes> data;
};

Made make(const Params& params, std::vector<quilt::Entry> entries, std::uint64_t seed) {
  base::Prng prng(seed);
  Made out;
  out.plan = quilt::plan(params, entries).value();
  for (const auto& entry : entries)
    out.data.push_back(prng.bytes(static_cast<std::size_t>(entry.length)));
  out.blob = quilt::written(params, out.plan, out.data);
  return out;
}

bool is(const CodecError& error, Kind kind, std::uint64_t patch) {
  return error.code == CodecCode::kQuilt &&
         error.numbers == std::vector<std::uint64_t>{static_cast<std::uint64_t>(kind), patch};
}
CodecError refused(const Params& params, const std::vector<quilt::Entry>& entries) {
  return quilt::plan(params, entries).error();
}

std::string many(std::size_t count, char c = 'x') { return std::string(count, c); }

}  // namespace

TEST_CASE("quilt: random files of random names come back by index and by patch id",
          "[codec][rule:K-27]") {
  base::Prng prng(27);
  for (int round = 0; round < 60; ++round) {
    const Params params = Params::make(4 + prng.below(60)).value();
    std::vector<quilt::Entry> entries;
    const std::uint64_t count = prng.below(params.s());
    for (std::uint64_t i = 0; i < count; ++i) {
      quilt::Entry entry{std::to_string(prng.below(1000)) + "-" + std::to_string(i), {}, 0};
      entry.length = prng.below(4) == 0 ? prng.below(2000) : prng.below(20);
      for (std::uint64_t t = prng.below(3); t-- > 0;)
        entry.tags[many(1 + prng.below(200), 'k')] = many(prng.below(9), 'v');
      entries.push_back(std::move(entry));
    }
    const Made made = make(params, entries, prng.next());
    const std::uint32_t z = made.plan.symbol_size;
    REQUIRE(made.blob.size() == std::size_t{params.p()} * params.s() * z);
    const auto first = quilt::columns(params, z, made.blob, 0, 1);
    const auto wide = quilt::index_columns(params, z, first);
    REQUIRE(wide.value() == made.plan.index_columns);
    const auto index = quilt::read_index(params, z, quilt::columns(params, z, made.blob, 0, *wide));
    REQUIRE(index.value() == made.plan.patches);
    for (std::size_t i = 0; i < index->size(); ++i) {
      const quilt::Patch& row = (*index)[i];
      if (i != 0) REQUIRE((*index)[i - 1].identifier < row.identifier);
      const Bytes held = quilt::columns(params, z, made.blob, row.start, row.end);
      const auto content = quilt::patch_of(held, row).value();
      REQUIRE(base::equal(quilt::data_of(held, content), made.data[made.plan.source[i]]));
    }
  }
}

TEST_CASE("quilt: every buffer gives the same bytes, and a source or output that fails ends it",
          "[codec][rule:K-27][rule:K-29]") {
  const Params params = Params::make(22).value();
  const Made made = make(params, {{"a", {{"k", "v"}}, 900}, {"b", {}, 0}, {"c", {}, 77}}, 8);
  FusedSource a(made.data[0]), b(made.data[1]), c(made.data[2]);
  const std::vector<Source*> data = {&a, &b, &c};
  const auto write = [&](MemoryStorage& out, std::size_t buffer) {
    return quilt::write(params, made.plan, data, out, buffer);
  };
  std::uint64_t most = 0;
  for (const std::size_t buffer : {1U, 50U, 300U, 2'000U, 1U << 20}) {
    MemoryStorage out;
    REQUIRE(write(out, buffer).ok());
    REQUIRE(out.bytes == made.blob);
    most = std::max(most, out.writes.calls());
  }
  REQUIRE(most == std::uint64_t{params.p()} * params.s());  // symbol by symbol
  MemoryStorage full;
  full.writes.fail_at(1);
  REQUIRE(write(full, 300).error().numbers.at(0) == static_cast<std::uint64_t>(IoRole::kScratch));
  c.reads.fail_at(0);
  MemoryStorage out;
  REQUIRE(write(out, 300).error().numbers.at(0) == static_cast<std::uint64_t>(IoRole::kInput));
}

namespace {

class Zeros : public Source {
 public:
  explicit Zeros(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t, std::span<std::uint8_t> out) override {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    return {};
  }

 private:
  std::uint64_t size_;
};

class Counted : public Storage {
 public:
  std::uint64_t bytes = 0;
  Result<void> write_at(std::uint64_t, ByteView in) override {
    bytes += in.size();
    return {};
  }
  Result<void> read_at(std::uint64_t, std::span<std::uint8_t>) override {
    return io_error(IoRole::kScratch, 0);
  }
};

std::uint64_t peak_bytes() {
  struct rusage usage {};
  REQUIRE(::getrusage(RUSAGE_SELF, &usage) == 0);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1'024;
}

}  // namespace

TEST_CASE("quilt: one of 300 MB is written within a few megabytes", "[codec][rule:K-29]") {
  const Params params = Params::make(1'000).value();
  Zeros first(200'000'000), second(100'000'000);
  const std::vector<Source*> data = {&first, &second};
  const auto plan =
      quilt::plan(params, std::vector<quilt::Entry>{{"a", {}, 200'000'000}, {"b", {}, 100'000'000}})
          .value();
  const std::uint64_t before = peak_bytes();
  REQUIRE(before < plan.length / 2);
  Counted out;
  REQUIRE(quilt::write(params, plan, data, out).ok());
  REQUIRE(out.bytes == plan.length);
  REQUIRE(peak_bytes() - before < 32 << 20);
}

TEST_CASE("quilt: column c is secondary sliver c, and no smaller symbol would do",
          "[codec][rule:K-27]") {
  const Codec codec = Codec::make(13).value();
  const Params& params = codec.params();
  const std::vector<quilt::Entry> entries = {{"b", {}, 700}, {"a", {{"t", "1"}}, 0}, {"c", {}, 90}};
  const Made made = make(params, entries, 1);
  const auto encoded = encode(codec, made.blob).value();
  for (std::uint32_t c = 0; c < params.s(); ++c)
    REQUIRE(base::equal(encoded.sliver(Axis::kSecondary, c).body,
                        quilt::columns(params, made.plan.symbol_size, made.blob, c, c + 1)));
  // Index 25, patches 17 + 0, 10 + 700, 10 + 90, in columns of 5 z bytes, nine of them.
  const auto fits = [](std::uint64_t z) {
    std::uint64_t used = 0;
    for (const std::uint64_t size : {25U, 17U, 710U, 100U}) used += (size + 5 * z - 1) / (5 * z);
    return used <= 9;
  };
  REQUIRE(fits(made.plan.symbol_size));
  REQUIRE_FALSE(fits(made.plan.symbol_size - 2));
}

TEST_CASE("quilt: a writer's bad files are refused by number and kind", "[codec][rule:K-27]") {
  const Params params = Params::make(7).value();  // s = 5
  const std::vector<quilt::Entry> four(4, quilt::Entry{"x", {}, 1});
  CHECK(is(refused(params, four), Kind::kDuplicate, 1));
  CHECK(is(refused(params, std::vector<quilt::Entry>(5)), Kind::kTooManyPatches, 5));
  const auto second = [&](quilt::Entry entry) {
    return refused(params, {{"x", {}, 1}, std::move(entry)});
  };
  for (const std::string& name :
       {std::string(), std::string("a "), std::string("a\n"), std::string("a\x7F"),
        std::string("a\xC2\x85"), std::string("a\xC2\xA0"), std::string("a\xE3\x80\x80"),
        std::string("\xFF"), std::string("\xED\xA0\x80"), std::string("a\0b", 3), many(65'533),
        many(65'536)})
    CHECK(is(second({name, {}, 1}), Kind::kIdentifier, 1));
  CHECK(is(second({"y", {{"\xC0", ""}}, 1}), Kind::kTags, 1));
  CHECK(is(second({"y", {{"k", "\xC0"}}, 1}), Kind::kTags, 1));
  CHECK(is(second({"y", {{"k", many(65'530)}}, 1}), Kind::kTags, 1));
  CHECK(is(second({"y", {}, 0xFFFF'FFFF}), Kind::kTooLong, 1));
  CHECK(is(second({"y", {}, UINT64_MAX}), Kind::kTooLong, 1));
  const CodecError large = second({"y", {}, 2'000'000});
  CHECK(large.code == CodecCode::kBlobTooLarge);
  CHECK(large.numbers.at(1) == params.max_len());
  CHECK(quilt::plan(params, std::vector<quilt::Entry>{{many(65'532), {}, 0}}).ok());
  CHECK(quilt::plan(params, std::vector<quilt::Entry>{{" a b\xC3\xA9", {}, 0}}).ok());
  CHECK(quilt::plan(params, {}).value().length == 30);  // an index of one byte
}

namespace {

// A quilt of two files over 7 shards: p = 3, s = 5.
struct Bad {
  Params params = Params::make(7).value();
  Made made = make(params, {{"one", {{"k", "v"}}, 40}, {"two", {}, 3}}, 3);
  std::uint32_t z = made.plan.symbol_size;
  Bytes index = quilt::columns(params, z, made.blob, 0, made.plan.index_columns);
  Bytes patch =
      quilt::columns(params, z, made.blob, made.plan.patches[0].start, made.plan.patches[0].end);

  CodecError read(std::size_t at, std::uint8_t byte) const {
    Bytes bytes = index;
    bytes.at(at) = byte;
    return quilt::read_index(params, z, bytes).error();
  }
  CodecError open(std::size_t at, std::uint8_t byte) const {
    Bytes bytes = patch;
    bytes.at(at) = byte;
    return quilt::patch_of(bytes, made.plan.patches[0], 4U).error();
  }
};

}  // namespace

TEST_CASE("quilt: a reader refuses every index that breaks the format", "[codec][rule:K-27]") {
  const Bad q;
  // 01, length u32, count, end u16, 03 one, 01 01 k 01 v, end u16, 03 two, 00
  CHECK(is(q.read(0, 2), Kind::kVersion, 0));
  CHECK(is(q.read(3, 1), Kind::kIndexLength, 0));
  CHECK(is(q.read(5, 5), Kind::kTooManyPatches, 5));
  CHECK(is(q.read(6, 0), Kind::kRange, 0));
  CHECK(is(q.read(7, 1), Kind::kRange, 0));
  CHECK(is(q.read(17, static_cast<std::uint8_t>(q.made.plan.patches[0].end)), Kind::kRange, 1));
  CHECK(is(q.read(9, 7), Kind::kIdentifier, 0));
  CHECK(is(q.read(14, 0xFF), Kind::kTags, 0));
  CHECK(q.read(5, 3).code == CodecCode::kBcs);  // truncated
  CHECK(q.read(5, 1).code == CodecCode::kBcs);  // trailing
  CHECK(q.read(19, 0x83).code == CodecCode::kBcs);
  Bytes twin = q.index;
  std::copy_n(twin.begin() + 9, 3, twin.begin() + 20);
  CHECK(is(quilt::read_index(q.params, q.z, twin).error(), Kind::kDuplicate, 1));
  for (std::size_t n = 0; n < quilt::kIndexPrefix; ++n)
    CHECK(is(quilt::index_columns(q.params, q.z, ByteView(q.index).first(n)).error(),
             Kind::kIndexLength, 0));
  CHECK(is(quilt::read_index(q.params, q.z, ByteView(q.index).first(12)).error(),
           Kind::kIndexLength, 0));
  CHECK(is(quilt::read_index(q.params, 0, q.index).error(), Kind::kIndexLength, 0));
  // More than ten columns, though all are at hand.
  const Params wide = Params::make(40).value();
  Bytes large(27 * 2 * wide.p());
  large[0] = 1;
  large[1] = static_cast<std::uint8_t>(10 * 2 * wide.p() - 4);
  large[2] = static_cast<std::uint8_t>((10 * 2 * wide.p() - 4) >> 8);
  CHECK(is(quilt::read_index(wide, 2, large).error(), Kind::kIndexLength, 0));
}

TEST_CASE("quilt: a reader refuses every patch that breaks the format", "[codec][rule:K-27]") {
  const Bad q;
  // 01, length u32, 01, 04 00 03 one, 05 00 01 01 k 01 v, data
  CHECK(is(q.open(0, 0), Kind::kVersion, 4));
  CHECK(is(q.open(4, 1), Kind::kHeader, 4));    // longer than its columns
  CHECK(is(q.open(5, 3), Kind::kHeader, 4));    // unknown mask
  CHECK(is(q.open(7, 1), Kind::kHeader, 4));    // an identifier beyond the data
  CHECK(is(q.open(6, 5), Kind::kHeader, 4));    // longer than its string
  CHECK(is(q.open(9, 'O'), Kind::kHeader, 4));  // another file than the index names
  CHECK(is(q.open(9, 1), Kind::kIdentifier, 4));
  CHECK(is(q.open(13, 1), Kind::kHeader, 4));
  CHECK(is(q.open(18, 'w'), Kind::kHeader, 4));
  CHECK(is(q.open(18, 0xFF), Kind::kTags, 4));
  CHECK(q.open(8, 4).code == CodecCode::kBcs);
  for (std::size_t n = 0; n < q.patch.size(); ++n) {
    const auto cut = quilt::patch_of(ByteView(q.patch).first(n));
    if (n < 19 + 40) CHECK_FALSE(cut.ok());
  }
  // Keys out of order: b before a.
  const std::string_view tags(
      "\x02\x01"
      "b\x00\x01"
      "a\x00",
      7);
  base::Writer out;
  out.u8(1).le(std::uint32_t{2 + 2 + 2 + 7}).u8(1).le(std::uint16_t{2}).text("\x01x");
  out.le(std::uint16_t{7}).text(tags);
  CHECK(quilt::patch_of(out.bytes()).error().code == CodecCode::kBcs);
}

TEST_CASE("quilt: a patch id has one text of 50 characters", "[codec][rule:K-27]") {
  base::Prng prng(5);
  const quilt::PatchId id{base::BlobId::from(prng.bytes(32)), 3, 700};
  const std::string text = quilt::to_text(id);
  CHECK(text.size() == 50);
  CHECK(quilt::parse_patch_id(text) == id);
  CHECK_FALSE(quilt::parse_patch_id(text.substr(1)).has_value());
  CHECK_FALSE(quilt::parse_patch_id(text + "A").has_value());
  CHECK_FALSE(quilt::parse_patch_id(quilt::to_text({id.quilt, 7, 7})).has_value());
  std::string other = text;
  other[43] = 'D';  // low bits of the version
  CHECK_FALSE(quilt::parse_patch_id(other).has_value());
}

TEST_CASE("quilt: mutated bytes are read or refused, never more", "[codec][rule:K-27]") {
  const Bad q;
  base::Prng prng(99);
  std::size_t good = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes index = q.index, patch = q.patch;
    for (Bytes* bytes : {&index, &patch})
      for (std::uint64_t k = prng.below(3); k-- > 0;)
        (*bytes)[prng.below(bytes->size())] = static_cast<std::uint8_t>(prng.next());
    index.resize(index.size() - prng.below(4));
    const auto rows = quilt::read_index(q.params, q.z, index);
    if (rows.ok()) {
      ++good;
      for (const auto& row : *rows) REQUIRE(row.end <= q.params.s());
    }
    const auto content = quilt::patch_of(patch);
    if (content.ok()) REQUIRE(content->offset + content->length <= patch.size());
  }
  CHECK(good > 0);
  CHECK(good < 20'000);
}
