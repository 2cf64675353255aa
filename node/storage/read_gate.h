// SPDX-License-Identifier: Apache-2.0
// ReadGate: which reads a node answers while a challenge round asks for its data (O-36). Whoever
// can read a blob needs to store nothing, so
//   FREEZE  members get no sliver, symbol or recovery answer; others share 1 MiB/s;
//   COMMIT  none of the drawn blobs goes to anyone;
//   open    everything.
// A gate begins in FREEZE: a node that starts is gated until it has caught up and its round driver
// says what holds. Uploads, metadata and a node's own reads do not pass here. Time is handed in
// (monotonic milliseconds). Thread rule: any thread; one mutex inside, each change whole.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>

#include "codec/base/ids.h"

namespace wald::storage {

class ReadGate {
 public:
  enum class Mode { kOpen, kFreeze, kCommit };
  static constexpr std::uint64_t kFreezeBytesPerSecond = 1u << 20;

  void open();
  void freeze();
  void commit(std::set<base::BlobId> drawn);
  Mode mode() const;

  // May an answer about `blob` go out? Asked before it is made; `member`: to a node of a committee.
  bool allows(const base::BlobId& blob, bool member, std::uint64_t now_ms);
  // An answer of this many bytes went to somebody who is no member; counts during FREEZE.
  void sent(std::uint64_t bytes, std::uint64_t now_ms);

 private:
  void refill(std::uint64_t now_ms);

  mutable std::mutex mutex_;
  Mode mode_ = Mode::kFreeze;
  std::set<base::BlobId> drawn_;
  // What may still go out, in bytes; below zero after a large answer, until time pays it back.
  std::int64_t budget_ = kFreezeBytesPerSecond;
  std::uint64_t refilled_at_ = 0;
};

}  // namespace wald::storage
