// SPDX-License-Identifier: Apache-2.0
// Whether there is room for one more block (EN-4), asked before it is executed, so that what is
// lacking shows while nothing has happened yet: the log's segment is made ahead, the map of the
// checkpoints is below its stop mark, the disk has free bytes left for the next checkpoint. While
// something is lacking no block is made and nothing new is accepted; as soon as there is room
// again, it goes on. Nothing here is final.
//
// Units: bytes; percent of the map in use, free pages not counted. Errors are sentences that say
// what to do. Thread rule: look() and measure() belong to the state thread and the one that writes
// checkpoints; the rest may be called from any.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "node/os/filesystem.h"
#include "node/store/block_log.h"
#include "node/store/state_store.h"

namespace wald::core {

struct RoomOptions {
  std::uint32_t warn_percent = 70;   // of the map: told, no more
  std::uint32_t stop_percent = 80;   // of the map: no block from here on
  std::uint64_t min_free_bytes = 0;  // of the disk; 0: not asked
  std::function<os::IoResult<std::uint64_t>(const std::string&)> free_bytes = os::free_bytes;
};

class Room {
 public:
  Room(RoomOptions options, std::string dir, store::BlockLog& log, const store::StateStore& store)
      : options_(std::move(options)), dir_(std::move(dir)), log_(log), store_(store) {
    measure();
  }

  // Nothing: a record of so many bytes can be written. Otherwise why not.
  std::optional<std::string> look(base::Height next, std::size_t record_bytes);
  // After a checkpoint: how full the map is now.
  void measure();

  // The last answer of look().
  std::optional<std::string> lacking() const;
  // For the operator: map and disk, in words; `warn` where the map has passed its first mark.
  std::string standing() const;
  bool warn() const;

 private:
  std::optional<std::string> judge(base::Height next, std::size_t record_bytes);

  const RoomOptions options_;
  const std::string dir_;
  store::BlockLog& log_;
  const store::StateStore& store_;
  mutable std::mutex mutex_;
  std::uint32_t percent_ = 0;
  std::optional<std::uint64_t> free_;
  std::optional<std::string> lacking_;
};

}  // namespace wald::core
