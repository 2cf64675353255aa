// SPDX-License-Identifier: Apache-2.0
// The codec against itself and against libsodium, on one thread at n = 1000: B9 hashing in lanes,
// B17 all kernels over shuffles and one hash at a time, and over the structure of the reference,
// B19 decoding over encoding without hashes, B20 a symbol with its proof over expanding the sliver,
// B21 repair of a sliver over that of a blob.
#include "tests/bench/codec.h"

#include "codec/base/prng.h"
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/field/lines.h"
#include "codec/hash/kernel.h"
#include "codec/kernels.h"
#include "tests/bench/baseline.h"

namespace wald::bench {
namespace {

using base::Bytes;
using codec::Axis;
using codec::Codec;
using codec::Encoded;
using codec::Tier;

std::string lacks_avx512() {
  return codec::tiers().back() < Tier::kAvx512 ? "the processor has no AVX-512" : "";
}

// Repeats `work` on `bytes` for some time; MB/s.
double rate(const Settings& settings, std::size_t bytes, const std::function<void()>& work) {
  std::size_t done = 0;
  double time = 0;
  do {
    time += seconds(work);
    done += bytes;
  } while (!settings.quick && time < 0.2);
  return static_cast<double>(done) / time / 1e6;
}

// Messages of one length, one after the other: in lanes and one by one. 65 bytes are a node.
Figure hashes(const Settings& settings, std::size_t length, double must, double aim) {
  Figure out = figure_of("B9", length == 65 ? "65 bytes" : "1 KiB", "codec, hashing in lanes",
                         "libsodium, one by one", "MB/s");
  out.must = must;
  out.aim = aim;
  out.skipped = lacks_avx512();
  const std::size_t count = settings.quick ? 64 : 4'096;
  out.data = std::to_string(count) + " messages";
  if (!out.skipped.empty()) return out;
  const bool nodes = length == 65;
  const Bytes data = base::Prng(9).bytes(count * length);
  std::vector<base::Hash> children;
  std::vector<const std::uint8_t*> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* at = data.data() + i * length + 1;  // what follows the prefix
    leaves.push_back(at);
    if (!nodes) continue;
    children.push_back(base::Hash::from({at, 32}));
    children.push_back(base::Hash::from({at + 32, 32}));
  }
  Bytes prefixed = data;
  for (std::size_t i = 0; i < count; ++i) prefixed[i * length] = nodes ? 1 : 0;
  std::vector<base::Hash> ours(count), theirs(count);
  const auto in_lanes = [&] {
    if (nodes) {
      codec::node_hashes(children.data(), children.data() + 1, 2, ours.data(), count);
      return;
    }
    const codec::HashKernels& use = codec::hash_kernels();
    std::array<std::uint8_t, 32 * codec::kMaxLanes> out_lanes;
    for (std::size_t i = 0; i < count; i += use.lanes) {
      use.leaves(leaves.data() + i, length - 1, out_lanes.data());
      for (std::size_t k = 0; k < use.lanes; ++k)
        ours[i + k] = base::Hash::from({out_lanes.data() + 32 * k, 32});
    }
  };
  const auto one_by_one = [&] {
    for (std::size_t i = 0; i < count; ++i)
      theirs[i] = base::blake2b({prefixed.data() + i * length, length});
  };
  measure(
      out, settings.pairs, [&] { return rate(settings, data.size(), in_lanes); },
      [&] { return rate(settings, data.size(), one_by_one); });
  demand(ours == theirs, "B9: hashes differ");
  return out;
}

base::BlobId encoded_id(const Codec& codec, const Bytes& blob) {
  return codec::encode(codec, blob).value().metadata().blob_id;
}

// On one thread, by the best tier and by what the other side does with AVX2 shuffles and libsodium.
void measure_encode(Figure& out, const Settings& settings, std::size_t mebibytes,
                    base::BlobId (*other)(const Codec&, const Bytes&)) {
  out.skipped = lacks_avx512();
  const Codec codec = Codec::make(shards(settings)).value();
  const Bytes blob = base::Prng(17).bytes(mebibytes << (settings.quick ? 10 : 20));
  out.data = std::to_string(blob.size()) + " bytes, " + std::to_string(shards(settings)) +
             " shards, 1 thread";
  if (!out.skipped.empty()) return;
  base::BlobId ids[2];
  const auto side = [&](Tier field, Tier hash, auto encode, base::BlobId& id) {
    demand(codec::force_tiers(field, hash), "B17: a tier is gone");
    const double time = seconds([&] { id = encode(codec, blob); });
    return static_cast<double>(blob.size()) / time / 1e6;
  };
  const Tier best = codec::tiers().back();
  measure(
      out, settings.pairs, [&] { return side(best, best, encoded_id, ids[0]); },
      [&] { return side(Tier::kAvx2, Tier::kScalar, other, ids[1]); });
  demand(codec::force_tier(best), "B17: a tier is gone");
  demand(ids[0] == ids[1], "B17: ids differ");
}

Figure encode_kernels(const Settings& settings, std::size_t mebibytes) {
  Figure out = figure_of("B17", std::to_string(mebibytes) + " MiB", "codec::encode",
                         "the same with AVX2 shuffles and hashes of libsodium", "MB/s");
  if (mebibytes == 32) out.must = 2.2;
  out.aim = 3;
  measure_encode(out, settings, mebibytes, encoded_id);
  return out;
}

Figure encode_structure(const Settings& settings, std::size_t mebibytes) {
  Figure out = figure_of("B17", std::to_string(mebibytes) + " MiB, baseline", "codec::encode",
                         "the structure of the reference (tests/bench/baseline.h)", "MB/s");
  out.must = 3.5;
  measure_encode(out, settings, mebibytes, baseline_encode);
  return out;
}

// Rows, then columns, into memory that is there already.
void encode_unhashed(const Codec& codec, const Encoded& e, Bytes& rows, Bytes& columns) {
  const auto& params = codec.params();
  const std::size_t n = params.n(), p = params.p(), s = params.s(), z = e.symbol_size();
  rows.resize((n - s) * p * z);
  columns.resize((n - p) * n * z);
  codec.along(Axis::kPrimary)
      .encode(codec::pointers(e.bodies(Axis::kPrimary).data(), s, z),
              codec::pointers(rows.data(), n - s, p * z), codec::Batch{p, z, s * z, z});
  codec.along(Axis::kSecondary)
      .encode(codec::pointers(e.bodies(Axis::kSecondary).data(), p, z),
              codec::pointers(columns.data(), n - p, n * z), codec::Batch{n, z, p * z, z});
}

}  // namespace

Figure figure_of(const char* id, std::string part, const char* numerator, const char* denominator,
                 const char* unit) {
  Figure out;
  out.id = id;
  out.part = std::move(part);
  out.numerator = numerator;
  out.denominator = denominator;
  out.unit = unit;
  return out;
}

std::vector<std::uint32_t> recovery_indices(const codec::Params& params, Axis axis) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = params.needed(axis); i < params.n(); ++i) out.push_back(i);
  base::Prng prng(19);
  for (std::size_t i = 0; i < params.needed(axis); ++i)
    std::swap(out[i], out[i + prng.below(out.size() - i)]);
  out.resize(params.needed(axis));
  return out;
}

std::vector<Figure> hashing(const Settings& settings) {
  settings.tell(hashes(settings, 65, 3.7, 4.4));
  return {hashes(settings, 1'024, 3.4, 3.8)};
}

std::vector<Figure> kernels_over_shuffles(const Settings& settings) {
  settings.tell(encode_kernels(settings, 1));
  settings.tell(encode_kernels(settings, 32));
  settings.tell(encode_structure(settings, 16));
  return {encode_structure(settings, 100)};
}

std::vector<Figure> decode_over_encode(const Settings& settings) {
  Figure out =
      figure_of("B19", "", "decode from recovery primaries", "encode without hashing", "MB/s");
  out.must = 0.5;
  out.aim = 0.8;
  const Codec codec = Codec::make(shards(settings)).value();
  const Bytes blob = base::Prng(19).bytes(settings.quick ? 32 << 10 : 32 << 20);
  const Encoded e = codec::encode(codec, blob).value();
  out.data = std::to_string(blob.size()) + " bytes, " + std::to_string(shards(settings)) +
             " shards, 1 thread";
  codec::Decoder decoder = codec::Decoder::unverified(codec, Axis::kPrimary, blob.size()).value();
  for (const std::uint32_t i : recovery_indices(codec.params(), Axis::kPrimary))
    demand(!decoder.push(e.sliver(Axis::kPrimary, i)).reason, "B19: a sliver is refused");
  Bytes rows, columns;
  const auto mega = static_cast<double>(blob.size()) / 1e6;
  measure(
      out, settings.pairs,
      [&] {
        Bytes back;
        const double time =
            seconds([&] { back = decoder.finish(codec::Check::kSkip).value().blob; });
        demand(back == blob, "B19: another blob");
        return mega / time;
      },
      [&] { return mega / seconds([&] { encode_unhashed(codec, e, rows, columns); }); });
  return {out};
}

std::vector<Figure> symbol_over_expansion(const Settings& settings) {
  std::vector<Figure> out;
  const Codec codec = Codec::make(shards(settings)).value();
  const std::size_t cells = std::size_t{codec.params().p()} * codec.params().s();
  const Encoded e = codec::encode(codec, base::Prng(20).bytes(cells * 1'024)).value();
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    Figure& figure = out.emplace_back(
        figure_of("B20", axis == Axis::kPrimary ? "of a primary sliver" : "of a secondary sliver",
                  "one recovery symbol with its proof", "expanding the sliver", "us"));
    figure.better = Better::kLess;
    figure.must = 1.0 / 12;
    figure.aim = 1.0 / 30;
    figure.data = "symbols of 1,024 bytes, " + std::to_string(shards(settings)) +
                  " shards, tree at hand, 1 thread";
    const codec::SliverView sliver = e.sliver(axis, 7);
    const auto tree = codec::SliverTree::build(codec, sliver);
    const int times = settings.quick ? 1 : 300;
    const std::uint32_t n = codec.params().n();
    const auto average = [&](const std::function<void(std::uint32_t)>& work) {
      return 1e6 / times * seconds([&] {
               for (int i = 0; i < times; ++i)
                 work(n - 1 - static_cast<std::uint32_t>(i) % (n / 4));
             });
    };
    measure(
        figure, settings.pairs,
        [&] {
          return average([&](std::uint32_t target) {
            demand(codec::recovery_symbol(codec, sliver, tree, target).ok(), "B20: no symbol");
          });
        },
        [&] { return average([&](std::uint32_t) { static_cast<void>(expand(codec, sliver)); }); });
  }
  return out;
}

Figure repair_figure(const char* part) {
  Figure out = figure_of("B21", part, "repair of a primary sliver, all symbols verified",
                         "decoding and encoding the blob", "ms");
  out.better = Better::kLess;
  out.must = 1.0 / 200;
  out.aim = 1.0 / 500;
  return out;
}

codec::Target repair_target(const codec::Params& params) {
  return {Axis::kPrimary, params.n() - 3};
}

std::vector<std::uint32_t> repair_sources(const codec::Params& params) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < params.s(); ++i) out.push_back(i + params.f());
  return out;
}

double repair_time(const Codec& codec, const codec::Metadata& metadata, const codec::Target& target,
                   const std::vector<codec::RecoverySymbol>& symbols) {
  return 1e3 * seconds([&] {
           const auto back = codec::recover_sliver(codec, metadata, target, symbols).value();
           demand(std::holds_alternative<shape::Sliver>(back.result), "B21: not recovered");
         });
}

std::vector<Figure> sliver_over_blob(const Settings& settings) {
  Figure out = repair_figure("32 MiB");
  const Codec codec = Codec::make(shards(settings)).value();
  const codec::Params& params = codec.params();
  const Bytes blob = base::Prng(21).bytes(settings.quick ? 32 << 10 : 32 << 20);
  out.data = std::to_string(blob.size()) + " bytes, " + std::to_string(shards(settings)) +
             " shards, 1 thread";
  const Encoded e = codec::encode(codec, blob).value();
  const codec::Target target = repair_target(params);
  std::vector<codec::RecoverySymbol> symbols;
  for (const std::uint32_t i : repair_sources(params))
    symbols.push_back(
        codec::recovery_symbol(codec, e.sliver(Axis::kSecondary, i), target.index).value());
  codec::Decoder decoder = codec::Decoder::unverified(codec, Axis::kPrimary, blob.size()).value();
  for (const std::uint32_t i : recovery_indices(params, Axis::kPrimary))
    demand(!decoder.push(e.sliver(Axis::kPrimary, i)).reason, "B21: a sliver is refused");
  measure(
      out, settings.pairs, [&] { return repair_time(codec, e.metadata(), target, symbols); },
      [&] {
        return 1e3 * seconds([&] {
                 const Bytes back = decoder.finish(codec::Check::kSkip).value().blob;
                 const Encoded again = codec::encode(codec, back).value();
                 demand(again.metadata().blob_id == e.metadata().blob_id, "B21: another blob");
               });
      });
  settings.tell(out);
  return {large_sliver_over_blob(settings)};
}

}  // namespace wald::bench
