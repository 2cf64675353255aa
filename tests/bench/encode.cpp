// SPDX-License-Identifier: Apache-2.0
// B16: a file into slivers and its blob id at n = 1000 on two threads, against `encode` of the npm
// package
// @mysten/walrus-wasm in a node process beside us. Both get the same bytes and must give the same
// id. The peer times itself, so its start, pipes and file reads are not counted; ours includes the
// memory for the slivers, its writes them into buffers made before.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/encoder.h"
#include "node/client/pool.h"
#include "node/os/files.h"
#include "node/os/process.h"
#include "tests/bench/bench.h"

namespace wald::bench {
namespace {

// A process that answers each line with one.
class Peer {
 public:
  Peer(const std::string& script, const std::string& peers, std::size_t shards) {
    std::array<int, 2> to{}, from{};
    WALD_CHECK(::pipe2(to.data(), O_CLOEXEC) == 0 && ::pipe2(from.data(), O_CLOEXEC) == 0);
    os::SpawnOptions options;
    // The shell ties the two pipes to stdin and stdout, then becomes node.
    options.argv = {"sh",
                    "-c",
                    "exec node \"$0\" \"$1\" \"$2\" <&" + std::to_string(to[0]) + " >&" +
                        std::to_string(from[1]),
                    script,
                    peers,
                    std::to_string(shards)};
    options.inherit = {to[0], from[1]};
    child_ = os::Child::spawn(options).value();
    ::close(to[0]);
    ::close(from[1]);
    in_ = to[1];
    out_ = ::fdopen(from[0], "r");
    WALD_CHECK(out_ != nullptr);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    ::close(in_);
    std::fclose(out_);
    static_cast<void>(child_.wait_for(5'000));
  }

  std::string ask(const std::string& line) {
    const std::string sent = line + "\n";
    if (::write(in_, sent.data(), sent.size()) != static_cast<ssize_t>(sent.size()))
      throw std::runtime_error("B16: the peer does not listen");
    std::array<char, 256> answer{};
    if (std::fgets(answer.data(), static_cast<int>(answer.size()), out_) == nullptr)
      throw std::runtime_error("B16: the peer ended");
    return answer.data();
  }

 private:
  os::Child child_;
  int in_ = -1;
  std::FILE* out_ = nullptr;
};

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
  Peer peer(settings.source_dir + "/wasm_encode.mjs", settings.peers, shards);
  const base::Bytes blob = base::Prng(16).bytes(bytes);
  const std::string file = settings.scratch + "/b16.blob";
  os::write_file_atomic(file, blob).value();
  std::string id;
  measure(
      figure, settings.pairs,
      [&] {
        std::string made;
        const double time = seconds([&] {
          const auto encoded = codec::encode(ours, blob, {0, &pool}).value();
          made = base::to_hex(encoded.metadata().blob_id.view());
        });
        id = made;
        return static_cast<double>(bytes) / time / 1e6;
      },
      [&] {
        std::istringstream answer(peer.ask(file));
        double milliseconds = 0;
        std::string theirs;
        answer >> milliseconds >> theirs;
        if (theirs != id) throw std::runtime_error("B16: ids differ, " + id + " and " + theirs);
        return static_cast<double>(bytes) / milliseconds / 1e3;
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
