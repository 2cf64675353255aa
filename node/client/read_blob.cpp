// SPDX-License-Identifier: Apache-2.0
#include "node/client/read_blob.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "codec/quilt.h"
#include "codec/stream_decoder.h"
#include "node/client/encoded_blob.h"

namespace wald::client {
namespace {

using codec::Axis;
using storage::PeerError;
using storage::SliverAt;

constexpr std::uint64_t kPauseMs = 500;
constexpr int kSilentRounds = 3;  // waits for nodes that do not answer; gates may take longer

// Bodies of one length, one after the other.
class Joined : public codec::Source {
 public:
  explicit Joined(std::vector<codec::Source*> parts) : parts_(std::move(parts)) {}
  std::uint64_t size() const override {
    return parts_.empty() ? 0 : parts_.size() * parts_[0]->size();
  }
  codec::Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    WALD_CHECK(offset <= size() && out.size() <= size() - offset);
    while (!out.empty()) {
      const std::uint64_t each = parts_[0]->size(), at = offset % each;
      const auto now =
          out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), each - at)));
      TRY(parts_[static_cast<std::size_t>(offset / each)]->read_at(at, now));
      out = out.subspan(now.size());
      offset += now.size();
    }
    return {};
  }

 private:
  std::vector<codec::Source*> parts_;
};

class Read {
 public:
  Read(BlobLedger& ledger, storage::PeerClient& peers, const codec::Codec& codec,
       const base::BlobId& blob, const ReadOptions& options, ReadTo to)
      : ledger_(ledger),
        peers_(peers),
        codec_(codec),
        blob_(blob),
        options_(options),
        to_(std::move(to)) {}

  Outcome<codec::Metadata> open() {
    TRY(refresh());
    TRY_ASSIGN(codec::Metadata metadata, metadata_of());
    const auto steps = codec::plan(codec_.params(), metadata.len, to_.stream);
    if (!steps.ok()) return fail(Exit::kUsage, "MEMORY", steps.error().message());
    one_shot_ = steps->one_shot;
    slivers_.emplace(codec_.params(), steps->symbol_size,
                     one_shot_ ? std::string() : to_.scratch_dir, trouble_);
    return metadata;
  }

  Outcome<ReadBlob> run(const codec::Metadata& metadata) {
    for (;;) {
      for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
        gather(metadata, axis);
        if (cancelled()) return ended();
        if (disk_) return base::Err<Failure>{*disk_};
        if (have(axis) == codec_.params().needed(axis)) return decode(metadata, axis);
      }
      if (!wait()) return ended();
      TRY(refresh());
    }
  }

  // Secondary slivers [start, end), if all of them can be had now.
  std::unique_ptr<codec::Source> columns(const codec::Metadata& metadata, std::uint32_t start,
                                         std::uint32_t end) {
    gather(metadata, Axis::kSecondary, start, end);
    std::vector<codec::Source*> parts;
    for (std::uint32_t i = start; i < end; ++i) {
      if (!slivers_->contains(Axis::kSecondary, i)) return nullptr;
      parts.push_back(&slivers_->source(Axis::kSecondary, i));
    }
    return std::make_unique<Joined>(std::move(parts));
  }

 private:
  bool cancelled() const { return options_.cancel != nullptr && options_.cancel->load(); }

  // Where each shard is, or was.
  Outcome<void> refresh() {
    holders_.clear();
    TRY_ASSIGN(const CommitteeView now, ledger_.committee());
    if (now.shards != codec_.params().n())
      return fail(Exit::kUsage, "SHARD_COUNT", "this chain has another number of shards");
    TRY_ASSIGN(const CommitteeView before, ledger_.previous_committee());
    for (const CommitteeView* committee : {&now, &before})
      for (const CommitteeView::Member& member : committee->members)
        for (const base::ShardIndex shard : member.shards) {
          auto& list = holders_[shard];
          if (!member.address.empty() &&
              std::find(list.begin(), list.end(), member.address) == list.end())
            list.push_back(member.address);
        }
    silent_.clear();
    busy_ = false;
    return {};
  }

  Outcome<codec::Metadata> metadata_of() {
    for (;;) {
      std::map<std::string, bool> says_no;  // by address asked
      std::uint32_t weight = 0;             // of shards whose holder says no
      for (const auto& [shard, addresses] : holders_)
        for (const std::string& address : addresses) {
          if (cancelled()) return ended();
          if (!says_no.contains(address)) {
            auto metadata = peers_.metadata(address, blob_);
            if (metadata.ok()) return *std::move(metadata);
            says_no[address] = metadata.error().status == 404;
            note(address, metadata.error());
          }
          if (address == addresses.front() && says_no[address]) ++weight;
        }
      // A certified blob has metadata on at least f + 1 honest shards.
      if (weight >= codec_.params().n() - codec_.params().f())
        return fail(Exit::kNotFound, "BLOB_NOT_FOUND", "no node knows this blob");
      if (!wait()) return ended();
      TRY(refresh());
    }
  }

  void note(const std::string& address, const PeerError& error) {
    const std::lock_guard lock(mutex_);
    last_ = address + ": " + error.reason;
    if (error.unreachable()) silent_.insert(address);
    if (error.reason == "BAD_ANSWER") ++bad_;
    busy_ = busy_ || error.busy();
    retry_after_ms_ = std::max(retry_after_ms_, error.retry_after_s * 1000);
  }

  std::size_t have(Axis axis) const { return slivers_->count(axis); }

  // Asks for slivers of this axis, data ones first, until enough came or all were asked.
  void gather(const codec::Metadata& metadata, Axis axis) {
    gather(metadata, axis, 0, codec_.params().n());
  }
  void gather(const codec::Metadata& metadata, Axis axis, std::uint32_t start, std::uint32_t end) {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = start; i < end; ++i)
      if (!slivers_->contains(axis, i)) open.push_back(i);
    need_ = std::min(end - start, codec_.params().needed(axis));
    have_ = end - start - open.size();
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < std::max<std::size_t>(options_.parallel, 1); ++t)
      threads.emplace_back([&] {
        for (;;) {
          const std::size_t at = next++;
          if (at >= open.size() || cancelled() || done(axis)) return;
          fetch(metadata, axis, open[at]);
        }
      });
    for (std::thread& thread : threads) thread.join();
  }

  bool done(Axis axis) {
    const std::lock_guard lock(mutex_);
    return disk_ || have(axis) >= codec_.params().needed(axis);
  }

  void fetch(const codec::Metadata& metadata, Axis axis, std::uint32_t index) {
    const base::SliverIndex sliver(static_cast<std::uint16_t>(index));
    const auto shard = shape::shard_of_sliver(codec_.params(), blob_, axis, sliver);
    const auto holders = holders_.find(shard);
    if (holders == holders_.end()) return;
    for (const std::string& address : holders->second) {
      {
        const std::lock_guard lock(mutex_);
        if (silent_.contains(address)) continue;
      }
      auto data = peers_.sliver(
          address, metadata, SliverAt{axis, shape::pair_of_sliver(codec_.params(), axis, sliver)});
      if (!data.ok()) {
        note(address, data.error());
        continue;
      }
      const std::lock_guard lock(mutex_);
      if (have(axis) < codec_.params().needed(axis)) {
        auto kept = slivers_->put(axis, *std::move(data));
        if (!kept.ok()) disk_ = kept.error();
      }
      const std::uint64_t body = data_bytes(metadata, axis);
      if (++have_ <= need_ && options_.progress) options_.progress(have_ * body, need_ * body);
      return;
    }
  }

  Outcome<ReadBlob> decode(const codec::Metadata& metadata, Axis axis) {
    codec::StreamOptions stream = to_.stream;
    auto decoder = codec::StreamDecoder::make(codec_, axis, metadata, stream);
    WALD_CHECK(decoder.ok());  // verified metadata, and its plan was made before
    for (const std::uint32_t index : slivers_->indices(axis))
      decoder->push({axis, index, symbol_size(metadata), &slivers_->source(axis, index)});
    std::unique_ptr<TempFile> scratch;
    if (options_.check == codec::Check::kStrict && !one_shot_) {
      TRY_ASSIGN(scratch, TempFile::make(to_.scratch_dir, trouble_));
    }
    TRY_ASSIGN(codec::Storage * output, to_.open(metadata.len));
    auto report = decoder->finish(*output, scratch.get(), options_.check);
    if (report.ok()) return ReadBlob{axis, report->used, bad_, waited_ms_};
    const shape::CodecCode code = report.error().code;
    if (code == shape::CodecCode::kCancelled)
      return fail(Exit::kInterrupted, "INTERRUPTED", "stopped");
    if (code == shape::CodecCode::kIo) return base::Err{trouble_.failure(report.error())};
    return fail(Exit::kProblem, "INVALID_BLOB", report.error().message(),
                "its writer did not encode it right; other slivers may decode to other bytes");
  }

  std::uint32_t symbol_size(const codec::Metadata& metadata) const {
    return codec_.params().symbol_size(metadata.len).value();
  }
  std::uint64_t data_bytes(const codec::Metadata& metadata, Axis axis) const {
    return std::uint64_t{symbol_size(metadata)} * codec_.params().symbols(axis);
  }

  // A gate opens after a while; a node that does not answer, or lacks a sliver, may in a moment.
  bool wait() {
    if (!busy_ && ++silent_rounds_ > kSilentRounds) return false;
    const std::uint64_t ms = std::max(kPauseMs, std::exchange(retry_after_ms_, 0));
    if (waited_ms_ + ms > options_.timeout_ms || cancelled()) return false;
    waited_ms_ += ms;
    if (options_.pause)
      options_.pause(ms);
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    return true;
  }

  // Interrupted, or nobody left to ask.
  base::Err<Failure> ended() const {
    if (cancelled()) return fail(Exit::kInterrupted, "INTERRUPTED", "stopped; nothing was written");
    auto failure = fail(Exit::kUnreachable, "BLOB_UNAVAILABLE",
                        "too few nodes answer with slivers of it now" +
                            (last_.empty() ? std::string() : "; last refusal: " + last_),
                        "try again later");
    failure.error.status = "UNAVAILABLE";
    failure.error.code = 503;
    return failure;
  }

  BlobLedger& ledger_;
  storage::PeerClient& peers_;
  const codec::Codec& codec_;
  const base::BlobId blob_;
  const ReadOptions& options_;
  const ReadTo to_;
  Trouble trouble_;
  bool one_shot_ = false;
  std::map<base::ShardIndex, std::vector<std::string>> holders_;
  std::mutex mutex_;  // of all below, while threads fetch
  std::optional<FetchedSlivers> slivers_;
  std::optional<Failure> disk_;        // that broke while slivers came in
  std::uint64_t have_ = 0, need_ = 0;  // slivers of the round
  std::set<std::string> silent_;
  std::string last_;
  bool busy_ = false;  // somebody in this round would answer later
  int silent_rounds_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t retry_after_ms_ = 0;
  std::uint64_t waited_ms_ = 0;
};

}  // namespace

Outcome<ReadBlob> read_blob(BlobLedger& ledger, storage::PeerClient& peers,
                            const codec::Codec& codec, const base::BlobId& blob,
                            const ReadOptions& options, const ReadTo& to) {
  Read read(ledger, peers, codec, blob, options, to);
  TRY_ASSIGN(const codec::Metadata metadata, read.open());
  return read.run(metadata);
}

struct ColumnReader::Impl {
  Impl(BlobLedger& ledger, storage::PeerClient& peers, const codec::Codec& of,
       const base::BlobId& blob, const ReadOptions& given, const ReadTo& to)
      : codec(of), options(given), read(ledger, peers, codec, blob, options, whole_to(to)) {
    options.check = codec::Check::kStrict;
  }
  ReadTo whole_to(ReadTo to) {
    to.open = [this, dir = to.scratch_dir](std::uint64_t) -> Outcome<codec::Storage*> {
      TRY_ASSIGN(file, TempFile::make(dir, trouble));
      return file.get();
    };
    return to;
  }
  const codec::Codec& codec;
  ReadOptions options;
  Trouble trouble;
  std::unique_ptr<TempFile> file;
  Read read;
  codec::Metadata metadata;
  std::uint32_t z = 0;
  std::optional<codec::StorageSource> whole;
};

ColumnReader::ColumnReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ColumnReader::ColumnReader(ColumnReader&&) noexcept = default;
ColumnReader& ColumnReader::operator=(ColumnReader&&) noexcept = default;
ColumnReader::~ColumnReader() = default;

Outcome<ColumnReader> ColumnReader::open(BlobLedger& ledger, storage::PeerClient& peers,
                                         const codec::Codec& codec, const base::BlobId& blob,
                                         const ReadOptions& options, const ReadTo& to) {
  auto impl = std::make_unique<Impl>(ledger, peers, codec, blob, options, to);
  TRY_ASSIGN(impl->metadata, impl->read.open());
  const auto z = codec.params().symbol_size(impl->metadata.len);
  WALD_CHECK(z.ok());  // verified metadata
  impl->z = *z;
  if (impl->metadata.len != codec.params().s() * codec::quilt::column_bytes(codec.params(), *z))
    return fail(Exit::kProblem, "Quilt", "this blob is no quilt: its length is not p*s*z");
  return ColumnReader(std::move(impl));
}

std::uint64_t ColumnReader::length() const { return impl_->metadata.len; }
std::uint32_t ColumnReader::symbol_size() const { return impl_->z; }

Outcome<std::unique_ptr<codec::Source>> ColumnReader::columns(std::uint32_t start,
                                                              std::uint32_t end) {
  const shape::Params& params = impl_->codec.params();
  WALD_CHECK(start <= end && end <= params.s());
  if (!impl_->whole) {
    if (auto held = impl_->read.columns(impl_->metadata, start, end)) return held;
    TRY_ASSIGN(const ReadBlob blob, impl_->read.run(impl_->metadata));
    WALD_CHECK(blob.used != 0);
    impl_->whole.emplace(*impl_->file, length(), 0, length());
  }
  return std::unique_ptr<codec::Source>(
      std::make_unique<codec::quilt::Columns>(params, impl_->z, *impl_->whole, start, end));
}

}  // namespace wald::client
