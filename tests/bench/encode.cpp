// SPDX-License-Identifier: Apache-2.0
// B16: a file into slivers and its blob id at n = 1000 on two threads, against `encode` of the npm
// package @mysten/walrus-wasm in a node process beside us. Both get the same bytes and must give
// the same id. Both write slivers into the memory of the encode before.
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/encoder.h"
#include "node/client/pool.h"
#include "node/os/files.h"
#include "tests/bench/bench.h"
#include "tests/bench/peer.h"

namespace wald::bench {
namespace {

std::string missing(const Settings& settings) {
  if (::system("node --version >/dev/null 2>&1") != 0) return "node is not installed";
  if (!os::exists(settings.peers + "/node_modules/@mysten/walrus-wasm"))
    return "@mysten/walrus-wasm is not in " + settings.peers + " (tests/bench/peers puts it there)";
  return {};
}

void measure_size(Figure& figure, const Settings& settings, std::size_t bytes,
                  std::uint64_t shards) {
  const codec::Codec ours = codec::Codec::make(shards).value();
  client::Pool pool(2);
  Peer peer(
      {"node", settings.source_dir + "/wasm_encode.mjs", settings.peers, std::to_string(shards)});
  const base::Bytes blob = base::Prng(16).bytes(bytes);
  const std::string file = settings.scratch + "/b16.blob";
  os::write_file_atomic(file, blob).value();
  std::string id;
  codec::Encoded encoded = codec::encode(ours, blob, {0, &pool}).value();
  measure(
      figure, settings.pairs,
      [&] {
        const double time = seconds([&] {
          encoded = codec::encode(ours, blob, {0, &pool, &encoded}).value();
        });
        id = base::to_hex(encoded.metadata().blob_id.view());
        return static_cast<double>(bytes) / time / 1e6;
      },
      [&] {
        const Peer::Answer theirs = peer.ask(file);
        if (theirs.hash != id)
          throw std::runtime_error("B16: ids differ, " + id + " and " + theirs.hash);
        return static_cast<double>(bytes) / theirs.milliseconds / 1e3;
      });
}

}  // namespace

std::vector<Figure> encode_against_wasm(const Settings& settings) {
  struct Row {
    std::size_t mebibytes;
    double must, aim;
  };
  const std::size_t shards = settings.quick ? 50 : 1'000;
  for (const Row row : {Row{1, 18, 25}, Row{32, 22, 36}, Row{128, 28, 50}}) {
    Figure figure;
    figure.id = "B16";
    figure.part = std::to_string(row.mebibytes) + " MiB";
    figure.numerator = "codec::encode, 2 threads";
    figure.denominator = "encode of @mysten/walrus-wasm";
    figure.unit = "MB/s";
    figure.must = row.must;
    figure.aim = row.aim;
    figure.skipped = missing(settings);
    const std::size_t bytes = settings.quick ? row.mebibytes << 10 : row.mebibytes << 20;
    figure.data = std::to_string(bytes) + " bytes, " + std::to_string(shards) + " shards";
    if (figure.skipped.empty()) measure_size(figure, settings, bytes, shards);
    settings.tell(figure);
  }
  return {};
}

}  // namespace wald::bench
