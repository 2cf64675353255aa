// SPDX-License-Identifier: Apache-2.0
#include "node/client/read_blob.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace wald::client {
namespace {

using codec::Axis;
using storage::PeerError;
using storage::SliverAt;

constexpr std::uint64_t kPauseMs = 500;
constexpr int kSilentRounds = 3;  // waits for nodes that do not answer; gates may take longer

class Read {
 public:
  Read(BlobLedger& ledger, storage::PeerClient& peers, const codec::Codec& codec,
       const base::BlobId& blob, const ReadOptions& options)
      : ledger_(ledger), peers_(peers), codec_(codec), blob_(blob), options_(options) {}

  Outcome<ReadBlob> run() {
    TRY(refresh());
    TRY_ASSIGN(const codec::Metadata metadata, metadata_of());
    for (;;) {
      for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
        gather(metadata, axis);
        if (cancelled()) return ended();
        if (have(axis) == codec_.params().needed(axis)) return decode(metadata, axis);
      }
      if (!wait()) return ended();
      TRY(refresh());
    }
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

  std::size_t have(Axis axis) const { return slivers_.at(axis).size(); }

  // Asks for slivers of this axis, data ones first, until enough came or all were asked.
  void gather(const codec::Metadata& metadata, Axis axis) {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < codec_.params().n(); ++i)
      if (!slivers_.at(axis).contains(i)) open.push_back(i);
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < std::max<std::size_t>(options_.parallel, 1); ++t)
      threads.emplace_back([&] {
        for (;;) {
          const std::size_t at = next++;
          if (at >= open.size() || cancelled() || enough(axis)) return;
          fetch(metadata, axis, open[at]);
        }
      });
    for (std::thread& thread : threads) thread.join();
  }

  bool enough(Axis axis) {
    const std::lock_guard lock(mutex_);
    return have(axis) >= codec_.params().needed(axis);
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
      auto& list = slivers_.at(axis);
      if (list.size() < codec_.params().needed(axis)) list.emplace(index, *std::move(data));
      if (options_.progress) options_.progress(list.size(), codec_.params().needed(axis));
      return;
    }
  }

  Outcome<ReadBlob> decode(const codec::Metadata& metadata, Axis axis) {
    auto decoder = codec::Decoder::make(codec_, axis, metadata);
    WALD_CHECK(decoder.ok());  // verified metadata
    for (const auto& [index, data] : slivers_.at(axis)) decoder->push(codec::view(axis, data));
    auto report = decoder->finish(options_.check);
    if (!report.ok())
      return fail(Exit::kProblem, "INVALID_BLOB", report.error().message(),
                  "its writer did not encode it right; other slivers may decode to other bytes");
    return ReadBlob{std::move(report->blob), axis, report->used, bad_, waited_ms_};
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
  std::map<base::ShardIndex, std::vector<std::string>> holders_;
  std::mutex mutex_;  // of all below, while threads fetch
  std::map<Axis, std::map<std::uint32_t, shape::SliverData>> slivers_{{Axis::kPrimary, {}},
                                                                      {Axis::kSecondary, {}}};
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
                            const ReadOptions& options) {
  return Read(ledger, peers, codec, blob, options).run();
}

}  // namespace wald::client
