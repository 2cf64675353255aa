// SPDX-License-Identifier: Apache-2.0
// B26: the strongest native peer known, on one thread. Parts of the kernel: our line code against
// the crate reed-solomon-simd, each on the same codewords, the recovery symbols written to a buffer
// made before. The rest: a blob in memory into slivers and its id at n = 1000 against the
// structure of the reference with that crate and blake2b_simd (tests/bench/native), on both sides
// in the memory of the encode before. Recovery symbols and ids must be equal.
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/encoder.h"
#include "codec/field/lines.h"
#include "codec/kernels.h"
#include "node/os/files.h"
#include "tests/bench/bench.h"
#include "tests/bench/peer.h"

namespace wald::bench {
namespace {

using base::Bytes;

std::string program(const Settings& settings) {
  return settings.peers + "/native/release/native_peer";
}

std::string missing(const Settings& settings) {
  if (!os::exists(program(settings)))
    return "no " + program(settings) + " (tests/bench/peers builds it where cargo is)";
  return codec::tiers().back() < codec::Tier::kGfni ? "the processor has no GFNI with AVX-512" : "";
}

// What both sides get: from a seed, and in a file for the peer.
Bytes data_in(const std::string& file, std::size_t bytes) {
  Bytes out = base::Prng(26).bytes(bytes);
  os::write_file_atomic(file, out).value();
  return out;
}

void compare(const std::string& ours, const std::string& theirs) {
  if (ours != theirs) throw std::runtime_error("B26: " + ours + " and " + theirs + " differ");
}

struct LinePart {
  std::uint32_t k, m;
  std::size_t symbol;
};

Figure line_code(const Settings& settings, const LinePart& part) {
  const std::uint32_t k = part.k, m = part.m;
  const std::size_t z = part.symbol;
  Figure out;
  out.id = "B26";
  out.part = "RS(" + std::to_string(k) + ", " + std::to_string(m) + ") at " + std::to_string(z);
  out.numerator = "codec::LineCode over a batch";
  out.denominator = "reed-solomon-simd";
  out.unit = "MB/s";
  if (z == 1'024) out.must = 2.3;
  out.aim = 2.8;
  const std::size_t word = k * z;
  const std::size_t count = std::max<std::size_t>((settings.quick ? 1 << 18 : 8 << 20) / word, 1);
  out.data = std::to_string(count) + " codewords, symbols of " + std::to_string(z) + " bytes";
  out.skipped = missing(settings);
  if (!out.skipped.empty()) return out;
  const std::string file = settings.scratch + "/b26.line";
  // In memory as the codec has its own.
  const Bytes read = data_in(file, count * word);
  const codec::RawBytes data(read.begin(), read.end());
  codec::RawBytes recovery(count * m * z);
  const codec::LineCode code(k, m);
  const auto in = codec::pointers(data.data(), k, z);
  const auto to = codec::pointers(recovery.data(), m, z);
  Peer peer({program(settings)});
  std::string theirs;
  measure(
      out, settings.pairs,
      [&] {
        std::size_t rounds = 0;
        double time = 0;
        do {
          time += seconds([&] { code.encode(in, to, codec::Batch{count, z, word, m * z}); });
          ++rounds;
        } while (!settings.quick && time < 0.2);
        return static_cast<double>(rounds * data.size()) / time / 1e6;
      },
      [&] {
        const Peer::Answer answer = peer.ask("line " + std::to_string(k) + " " + std::to_string(m) +
                                             " " + std::to_string(z) + " " + file);
        theirs = answer.hash;
        return static_cast<double>(data.size()) / answer.milliseconds / 1e3;
      });
  compare(base::to_hex(base::blake2b(recovery).view()), theirs);
  return out;
}

Figure whole_encode(const Settings& settings, std::size_t mebibytes) {
  const std::size_t shards = settings.quick ? 50 : 1'000;
  const std::size_t bytes = mebibytes << (settings.quick ? 10 : 20);
  Figure out;
  out.id = "B26";
  out.part = std::to_string(mebibytes) + " MiB";
  out.numerator = "codec::encode, 1 thread";
  out.denominator = "the reference's structure, reed-solomon-simd and blake2b_simd, 1 thread";
  out.unit = "MB/s";
  out.must = 1.8;
  out.aim = 2.5;
  out.data = std::to_string(bytes) + " bytes, " + std::to_string(shards) + " shards";
  out.skipped = missing(settings);
  if (!out.skipped.empty()) return out;
  const std::string file = settings.scratch + "/b26.blob";
  const Bytes blob = data_in(file, bytes);
  const codec::Codec ours = codec::Codec::make(shards).value();
  Peer peer({program(settings)});
  std::string id;
  codec::Encoded encoded = codec::encode(ours, blob).value();
  codec::EncodeOptions options;
  options.spent = &encoded;
  measure(
      out, settings.pairs,
      [&] {
        const double time = seconds([&] { encoded = codec::encode(ours, blob, options).value(); });
        id = base::to_hex(encoded.metadata().blob_id.view());
        return static_cast<double>(bytes) / time / 1e6;
      },
      [&] {
        const Peer::Answer answer = peer.ask("encode " + std::to_string(shards) + " " + file);
        compare(id, answer.hash);
        return static_cast<double>(bytes) / answer.milliseconds / 1e3;
      });
  return out;
}

}  // namespace

std::vector<Figure> encode_against_native(const Settings& settings) {
  for (const std::size_t z : {64U, 1'024U, 4'096U}) {
    settings.tell(line_code(settings, {334, 666, z}));
    settings.tell(line_code(settings, {667, 333, z}));
  }
  for (const std::size_t mebibytes : {1U, 16U, 100U})
    settings.tell(whole_encode(settings, mebibytes));
  return {};
}

}  // namespace wald::bench
