// SPDX-License-Identifier: Apache-2.0
// Blobs of a gigabyte, which go through the codec's streams: B18 two threads over one, B21 repair
// of a sliver, B22 memory of the program. Inputs, scratch space and the few slivers that are used
// later lie in memory, the other slivers are dropped as they come, so that no disk is measured. One
// encode takes longer than the slice of W-1; there is none smaller.
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <map>
#include <thread>

#include "codec/base/prng.h"
#include "codec/encoder.h"
#include "codec/recovery.h"
#include "codec/stream_decoder.h"
#include "codec/stream_encoder.h"
#include "node/client/pool.h"
#include "node/os/files.h"
#include "node/os/process.h"
#include "tests/bench/codec.h"

namespace wald::bench {
namespace {

using base::Bytes;
using codec::Axis;
using codec::ByteView;
using codec::Codec;

constexpr std::size_t kGiB = std::size_t{1} << 30;

// Of a size known before, so that workers may write side by side.
class Memory : public codec::Storage {
 public:
  explicit Memory(std::size_t bytes) : bytes_(bytes) {}
  codec::Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    demand(offset + bytes.size() <= bytes_.size(), "scratch: written beyond its end");
    std::memcpy(bytes_.data() + offset, bytes.data(), bytes.size());
    return {};
  }
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    demand(offset + out.size() <= bytes_.size(), "scratch: read beyond its end");
    std::memcpy(out.data(), bytes_.data() + offset, out.size());
    return {};
  }
  ByteView view() const { return bytes_; }

 private:
  codec::RawBytes bytes_;
};

// What encode() needs of it.
Memory scratch_for(const codec::Params& params, std::uint64_t len) {
  return Memory((params.n() - params.s()) * params.p() *
                std::size_t{params.symbol_size(len).value()});
}

// Keeps the slivers that are named beforehand.
class Keep : public codec::SliverSink {
 public:
  void want(Axis axis, std::uint32_t index, std::size_t bytes) {
    kept_[{axis, index}] = Bytes(bytes);
  }
  codec::Result<void> write_at(Axis axis, std::uint32_t index, std::uint64_t offset,
                               ByteView bytes) override {
    const auto at = kept_.find({axis, index});
    if (at != kept_.end()) std::memcpy(at->second.data() + offset, bytes.data(), bytes.size());
    return {};
  }
  const Bytes& body(Axis axis, std::uint32_t index) const { return kept_.at({axis, index}); }
  void drop(Axis axis, std::uint32_t index) { kept_.erase({axis, index}); }

 private:
  std::map<std::pair<Axis, std::uint32_t>, Bytes> kept_;
};

codec::Metadata stream(const Codec& codec, ByteView blob, codec::SliverSink& sink, Memory& scratch,
                       codec::Executor* executor) {
  codec::MemorySource source(blob);
  codec::StreamOptions options;
  options.executor = executor;
  return codec::encode(codec, source, sink, &scratch, options).value();
}

Figure two_threads(const Settings& settings, std::size_t bytes, const char* part) {
  Figure out = figure_of("B18", part, "encode on 2 threads", "encode on 1 thread", "MB/s");
  out.must = 1.75;
  out.aim = 1.9;
  if (std::thread::hardware_concurrency() < 2) out.skipped = "there is one processor";
  const Codec codec = Codec::make(shards(settings)).value();
  const bool large = bytes == kGiB;
  const Bytes blob = base::Prng(18).bytes(settings.quick ? bytes >> 10 : bytes);
  out.data = std::to_string(blob.size()) + " bytes, " + std::to_string(shards(settings)) +
             (large ? " shards, streamed" : " shards, in memory");
  if (!out.skipped.empty()) return out;
  client::Pool pool(2);
  Memory scratch = scratch_for(codec.params(), blob.size());
  Keep nothing;
  base::BlobId ids[2];
  const auto side = [&](codec::Executor* executor, base::BlobId& id) {
    const double time = seconds([&] {
      id = large ? stream(codec, blob, nothing, scratch, executor).blob_id
                 : codec::encode(codec, blob, {0, executor}).value().metadata().blob_id;
    });
    return static_cast<double>(blob.size()) / time / 1e6;
  };
  measure(
      out, settings.pairs, [&] { return side(&pool, ids[0]); },
      [&] { return side(nullptr, ids[1]); });
  demand(ids[0] == ids[1], "B18: ids differ");
  return out;
}

}  // namespace

std::vector<Figure> threads_over_one(const Settings& settings) {
  settings.tell(two_threads(settings, 32 << 20, "32 MiB"));
  return {two_threads(settings, kGiB, "1 GiB")};
}

Figure large_sliver_over_blob(const Settings& settings) {
  Figure out = repair_figure("1 GiB");
  const Codec codec = Codec::make(shards(settings)).value();
  const codec::Params& params = codec.params();
  const Bytes blob = base::Prng(22).bytes(settings.quick ? kGiB >> 12 : kGiB);
  const std::uint32_t z = params.symbol_size(blob.size()).value();
  out.data = std::to_string(blob.size()) + " bytes, " + std::to_string(shards(settings)) +
             " shards, streamed, 1 thread";
  const codec::Target target = repair_target(params);
  const std::vector<std::uint32_t> rows = recovery_indices(params, Axis::kPrimary);
  Memory scratch = scratch_for(params, blob.size());
  Keep kept;
  for (const std::uint32_t i : rows) kept.want(Axis::kPrimary, i, std::size_t{z} * params.s());
  for (const std::uint32_t i : repair_sources(params))
    kept.want(Axis::kSecondary, i, std::size_t{z} * params.p());
  const codec::Metadata metadata = stream(codec, blob, kept, scratch, nullptr);
  std::vector<codec::RecoverySymbol> symbols;
  for (const std::uint32_t i : repair_sources(params)) {
    symbols.push_back(codec::recovery_symbol(
                          codec,
                          codec::SliverView{Axis::kSecondary, i, z, kept.body(Axis::kSecondary, i)},
                          target.index)
                          .value());
    kept.drop(Axis::kSecondary, i);
  }
  auto decoder = codec::StreamDecoder::unverified(codec, Axis::kPrimary, blob.size(), {}).value();
  std::vector<codec::MemorySource> bodies;
  bodies.reserve(rows.size());
  for (const std::uint32_t i : rows) {
    bodies.emplace_back(kept.body(Axis::kPrimary, i));
    demand(!decoder.push({Axis::kPrimary, i, z, &bodies.back()}).reason,
           "B21: a sliver is refused");
  }
  Memory back(blob.size());
  Keep nothing;
  measure(
      out, settings.pairs, [&] { return repair_time(codec, metadata, target, symbols); },
      [&] {
        return 1e3 * seconds([&] {
                 demand(decoder.finish(back, nullptr, codec::Check::kSkip).ok(), "B21: no blob");
                 demand(stream(codec, back.view(), nothing, scratch, nullptr).blob_id ==
                            metadata.blob_id,
                        "B21: another blob");
               });
      });
  return out;
}

namespace {

// The most memory that a process has held so far, in MiB; 0 where it has ended.
double peak_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; in >> word;)
    if (double kibibytes = 0; word == "VmHWM:" && in >> kibibytes) return kibibytes / 1'024;
  return 0;
}

// `wal codec encode` of `input` to files in `scratch`: the most memory it held, in MiB. It is asked
// until it ends: what it gains within the last hundredth of a second is not seen.
double encode_peak(const Settings& settings, const std::string& wal, const std::string& input) {
  const std::string folder = settings.scratch + "/b22.out", said = settings.scratch + "/b22.said";
  os::remove_tree(folder).value();
  os::SpawnOptions options;
  options.argv = {wal,  "codec", "encode",    input, "--shards",  std::to_string(shards(settings)),
                  "-o", folder,  "--threads", "2",   "--scratch", settings.scratch};
  options.output = said;
  os::Child child = os::Child::spawn(options).value();
  double peak = 0;
  std::optional<os::Exit> end;
  while (!end) {
    peak = std::max(peak, peak_of(child.pid()));
    end = child.wait_for(10);
  }
  demand(!end->signalled && end->code == 0, "B22: wal codec encode failed");
  demand(peak > 0, "B22: it ended unseen");
  os::remove_tree(folder).value();
  return peak;
}

// So many random bytes, a few at a time: the programs to be measured come out of this one.
void write_input(const std::string& file, std::size_t bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  base::Prng prng(22);
  const std::size_t part = 1 << 18;
  demand(bytes % part == 0, "B22: an odd length");
  for (std::size_t at = 0; at < bytes; at += part) {
    const Bytes some = prng.bytes(part);
    out.write(base::as_text(some).data(), static_cast<std::streamsize>(part));
  }
  out.close();
  demand(out.good(), "B22: the input cannot be written");
}

Figure memory_figure(const char* part, const char* denominator, double must, double aim) {
  Figure out =
      figure_of("B22", part, "peak memory of `wal codec encode` to files", denominator, "MiB");
  out.better = Better::kLess;
  out.must = must;
  out.aim = aim;
  return out;
}

}  // namespace

std::vector<Figure> encode_memory(const Settings& settings) {
  Figure one = memory_figure("1 GiB", "what is promised", 1, 0.5);
  Figure four = memory_figure("4 GiB, sparse", "that of 1 GiB", 1.1, 1.02);
  const std::string own = os::own_executable();
  const std::string wal = own.substr(0, own.rfind('/')) + "/wal";
  const std::size_t bytes = settings.quick ? kGiB >> 12 : kGiB;
  one.data = std::to_string(bytes) + " random bytes, " + std::to_string(shards(settings)) +
             " shards, 2 threads";
  four.data = "a file of " + std::to_string(4 * bytes) + " bytes without content";
  if (!os::exists(wal)) {
    one.skipped = four.skipped = wal + " is not built";
    return {one, four};
  }
  const std::string input = settings.scratch + "/b22.blob";
  write_input(input, bytes);
  one.numerators = {encode_peak(settings, wal, input)};
  one.denominators = {324};
  settings.tell(one);
  write_input(input, 0);
  demand(::truncate(input.c_str(), static_cast<off_t>(4 * bytes)) == 0, "B22: truncate");
  four.numerators = {encode_peak(settings, wal, input)};
  four.denominators = one.numerators;
  os::remove_file(input).value();
  return {four};
}

}  // namespace wald::bench
