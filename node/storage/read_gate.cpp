// SPDX-License-Identifier: Apache-2.0
#include "node/storage/read_gate.h"

#include <algorithm>

namespace wald::storage {

void ReadGate::open() {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::kOpen;
  drawn_.clear();
}

void ReadGate::freeze() {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::kFreeze;
  drawn_.clear();
}

void ReadGate::commit(std::set<base::BlobId> drawn) {
  const std::lock_guard lock(mutex_);
  mode_ = Mode::kCommit;
  drawn_ = std::move(drawn);
}

ReadGate::Mode ReadGate::mode() const {
  const std::lock_guard lock(mutex_);
  return mode_;
}

void ReadGate::refill(std::uint64_t now_ms) {
  const std::uint64_t passed = now_ms > refilled_at_ ? now_ms - refilled_at_ : 0;
  refilled_at_ = std::max(refilled_at_, now_ms);
  // A second fills it; an hour pays back whatever was overdrawn.
  const auto more = std::min<std::uint64_t>(passed, 3'600'000) * kFreezeBytesPerSecond / 1000;
  budget_ =
      std::min<std::int64_t>(kFreezeBytesPerSecond, budget_ + static_cast<std::int64_t>(more));
}

bool ReadGate::allows(const base::BlobId& blob, bool member, std::uint64_t now_ms) {
  const std::lock_guard lock(mutex_);
  switch (mode_) {
    case Mode::kOpen:
      return true;
    case Mode::kCommit:
      return !drawn_.contains(blob);
    case Mode::kFreeze:
      if (member) return false;
      refill(now_ms);
      return budget_ > 0;
  }
  return false;
}

void ReadGate::sent(std::uint64_t bytes, std::uint64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (mode_ != Mode::kFreeze) return;
  refill(now_ms);
  budget_ -= static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, 1u << 30));
}

}  // namespace wald::storage
