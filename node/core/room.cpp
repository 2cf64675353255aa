// SPDX-License-Identifier: Apache-2.0
#include "node/core/room.h"

#include <algorithm>

namespace wald::core {

std::optional<std::string> Room::look(base::Height next, std::size_t record_bytes) {
  auto answer = judge(next, std::clamp<std::size_t>(record_bytes, 1, store::BlockLog::kMaxPayload));
  const std::lock_guard lock(mutex_);
  lacking_ = answer;
  return answer;
}

std::optional<std::string> Room::judge(base::Height next, std::size_t record_bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (percent_ >= options_.stop_percent)
      return "the map of the state is " + std::to_string(percent_) + " % full (stop at " +
             std::to_string(options_.stop_percent) + " %): raise store.mapSize and restart";
  }
  if (options_.min_free_bytes > 0) {
    const auto free = options_.free_bytes(dir_);
    // A disk that does not tell is judged by its writes.
    if (free.ok()) {
      const std::lock_guard lock(mutex_);
      free_ = *free;
      if (*free < options_.min_free_bytes)
        return "the disk of " + dir_ + " has " + std::to_string(*free >> 20) +
               " MiB left (stop below " + std::to_string(options_.min_free_bytes >> 20) +
               " MiB): free some";
    }
  }
  const auto made = log_.prepare(next, record_bytes);
  if (!made.ok()) return "no room for the block log: " + made.error().text + ": free some";
  return std::nullopt;
}

void Room::measure() {
  const std::uint32_t percent = store_.usage().percent();
  const std::lock_guard lock(mutex_);
  percent_ = percent;
}

std::optional<std::string> Room::lacking() const {
  const std::lock_guard lock(mutex_);
  return lacking_;
}

bool Room::warn() const {
  const std::lock_guard lock(mutex_);
  return percent_ >= options_.warn_percent;
}

std::string Room::standing() const {
  const std::lock_guard lock(mutex_);
  std::string out = "map " + std::to_string(percent_) + " % full";
  if (percent_ >= options_.warn_percent) out += ", raise store.mapSize soon";
  if (free_) out += ", " + std::to_string(*free_ >> 20) + " MiB of disk free";
  return out;
}

}  // namespace wald::core
