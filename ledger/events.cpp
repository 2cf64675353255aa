// SPDX-License-Identifier: Apache-2.0
#include "ledger/events.h"

#include <algorithm>

namespace wald::ledger {

spec::EventRecord& Events::add() {
  if (!arena_) {
    google::protobuf::ArenaOptions options;
    options.start_block_size = 4 * 1024;
    options.max_block_size = 1024 * 1024;
    arena_ = std::make_shared<google::protobuf::Arena>(options);
  }
  return *all_.emplace_back(
      google::protobuf::Arena::CreateMessage<spec::EventRecord>(arena_.get()));
}

void Events::move_last_to(std::size_t place) {
  WALD_CHECK(place < all_.size());
  std::rotate(all_.begin() + static_cast<std::ptrdiff_t>(place), all_.end() - 1, all_.end());
}

}  // namespace wald::ledger
