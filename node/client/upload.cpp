// SPDX-License-Identifier: Apache-2.0
#include "node/client/upload.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "codec/base/bitmap.h"
#include "proofs/signature.h"

namespace wald::client {
namespace {

using storage::PeerError;
using storage::PeerResult;
using storage::SliverAt;

constexpr int kTriesUnreachable = 2;
constexpr std::uint64_t kPauseMs = 250;
constexpr std::uint64_t kBehindMs = 10'000;  // for a member to see the newest blocks

class Upload {
 public:
  Upload(storage::PeerClient& peers, const codec::Codec& codec, const EncodedBlob& blob,
         const base::ChainId& chain, const CommitteeView& committee,
         const std::optional<base::ObjectId>& deletable, bool resumed, const StoreOptions& options)
      : peers_(peers),
        codec_(codec),
        blob_(blob),
        chain_(chain),
        committee_(committee),
        deletable_(deletable),
        resumed_(resumed),
        options_(options),
        message_(proofs::encode_message(
            {committee.epoch, proofs::StorageConfirmation{blob.metadata().blob_id, deletable}})),
        signatures_(committee.members.size()) {}

  UploadResult run() {
    std::vector<std::thread> threads;
    const std::size_t count = std::min(std::max<std::size_t>(options_.parallel, 1),
                                       std::max<std::size_t>(committee_.members.size(), 1));
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([this] {
        for (;;) {
          const std::size_t at = next_++;
          if (at >= committee_.members.size() || cancelled()) return;
          serve(at);
        }
      });
    for (std::thread& thread : threads) thread.join();
    return result();
  }

 private:
  void serve(std::size_t at) {
    const CommitteeView::Member& member = committee_.members[at];
    const PeerResult<void> sent = send_all(member);
    if (!sent.ok()) return failed(member, sent.error());
    const auto answer = again(
        [&] { return peers_.confirmation(member.address, blob_.metadata().blob_id, deletable_); });
    if (!answer.ok()) return failed(member, answer.error());
    if (answer->message != message_)
      return failed(member, {200, "OTHER_MESSAGE", "it confirmed something else", 0});
    if (!proofs::verify_signature(member.key, proofs::message_preimage(chain_, message_),
                                  answer->signature))
      return failed(member, {200, "BAD_SIGNATURE", "its confirmation does not verify", 0});
    const std::lock_guard lock(mutex_);
    signatures_[at] = answer->signature;
    weight_ += static_cast<std::uint32_t>(member.shards.size());
    tell(StoreProgress::Step::kConfirmed, weight_, committee_.shards);
  }

  PeerResult<void> send_all(const CommitteeView::Member& member) {
    TRY(again([&] { return peers_.put_metadata(member.address, blob_.metadata()); }));
    const auto& id = blob_.metadata().blob_id;
    for (const base::ShardIndex shard : member.shards) {
      const base::PairIndex pair = shape::pair_of_shard(codec_.params(), id, shard);
      const auto slivers = blob_.pair(pair.value());
      if (!slivers.ok()) return base::Err{PeerError{200, "IO", slivers.error().message, 0}};
      for (const codec::Axis axis : {codec::Axis::kPrimary, codec::Axis::kSecondary}) {
        if (cancelled()) return base::Err{PeerError{0, "INTERRUPTED", "stopped", 0}};
        const SliverAt place{axis, pair};
        bool there = false;
        if (resumed_) {
          TRY_ASSIGN(there, again([&] { return peers_.has_sliver(member.address, id, place); }));
        }
        const shape::SliverData& sliver =
            axis == codec::Axis::kPrimary ? slivers->primary : slivers->secondary;
        if (!there)
          TRY(again([&] { return peers_.put_sliver(member.address, id, place, sliver); }));
        const std::lock_guard lock(mutex_);
        if (!there) sent_bytes_ += sliver.body.size();
        tell(StoreProgress::Step::kUploading, ++sent_, std::uint64_t{2} * committee_.shards);
      }
    }
    return {};
  }

  // Until it succeeds, or there is no sense or time in asking on. A member that has not seen the
  // registration yet, or is in another epoch, may only be behind.
  template <class Call>
  auto again(Call call) -> decltype(call()) {
    std::uint64_t waited = 0;
    for (int silent = 0;;) {
      auto answer = call();
      if (answer.ok() || cancelled()) return answer;
      const PeerError& error = answer.error();
      const bool behind = error.reason == "NOT_REGISTERED" || error.reason == "SHARD_NOT_ASSIGNED";
      if (error.unreachable() && ++silent >= kTriesUnreachable) return answer;
      if (!error.unreachable() && !error.busy() && !behind) return answer;
      const std::uint64_t ms = std::max(kPauseMs, error.retry_after_s * 1000);
      const std::uint64_t most =
          behind ? std::min(kBehindMs, options_.timeout_ms) : options_.timeout_ms;
      if (waited + ms > most) return answer;
      waited += ms;
      pause(ms);
    }
  }

  void pause(std::uint64_t ms) const {
    if (options_.pause)
      options_.pause(ms);
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  }
  bool cancelled() const { return options_.cancel != nullptr && options_.cancel->load(); }

  void failed(const CommitteeView::Member& member, const PeerError& error) {
    const std::lock_guard lock(mutex_);
    failed_.push_back(member.address + ": " + error.reason +
                      (error.text.empty() ? "" : " (" + error.text + ")"));
  }
  // Called with mutex_ held.
  void tell(StoreProgress::Step step, std::uint64_t done, std::uint64_t total) const {
    if (options_.progress)
      options_.progress(
          {step, done, total, (2 * std::uint64_t{committee_.shards} + 3) / 3, sent_bytes_});
  }

  UploadResult result() const {
    UploadResult out{
        {message_, base::Bytes(base::bitmap_size(signatures_.size())), {}}, weight_, failed_};
    for (std::size_t i = 0; i < signatures_.size(); ++i) {
      if (!signatures_[i]) continue;
      base::set_bit(out.certificate.bitmap, i);
      out.certificate.signatures.push_back(*signatures_[i]);
    }
    return out;
  }

  storage::PeerClient& peers_;
  const codec::Codec& codec_;
  const EncodedBlob& blob_;
  const base::ChainId chain_;
  const CommitteeView& committee_;
  const std::optional<base::ObjectId> deletable_;
  const bool resumed_;
  const StoreOptions& options_;
  const base::Bytes message_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;  // of all below
  std::vector<std::optional<proofs::Signature>> signatures_;
  std::uint32_t weight_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t sent_bytes_ = 0;
  std::vector<std::string> failed_;
};

}  // namespace

UploadResult upload(storage::PeerClient& peers, const codec::Codec& codec, const EncodedBlob& blob,
                    const base::ChainId& chain, const CommitteeView& committee,
                    const std::optional<base::ObjectId>& deletable, bool resumed,
                    const StoreOptions& options) {
  return Upload(peers, codec, blob, chain, committee, deletable, resumed, options).run();
}

}  // namespace wald::client
