// SPDX-License-Identifier: Apache-2.0
// Versions of the state that lists in progress still show: at most kMost, each for kKeepMs after
// its last use. A view holds no read transaction open, only the values replaced since.
// Thread rule: any thread, one mutex.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "node/os/clock.h"
#include "node/store/view.h"

namespace wald::http {

class ViewShelf {
 public:
  static constexpr std::size_t kMost = 8;
  static constexpr std::uint64_t kKeepMs = 60'000;

  using ViewPtr = std::shared_ptr<const store::View>;

  void keep(const ViewPtr& view) {
    const std::lock_guard lock(mutex_);
    drop_old();
    if (rows_.size() >= kMost && !rows_.contains(view->tip().height.value())) {
      const auto oldest = std::min_element(
          rows_.begin(), rows_.end(),
          [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
      rows_.erase(oldest);
    }
    rows_.insert_or_assign(view->tip().height.value(), Row{view, os::monotonic_ms()});
  }

  ViewPtr find(std::uint64_t height) {
    const std::lock_guard lock(mutex_);
    drop_old();
    const auto at = rows_.find(height);
    if (at == rows_.end()) return nullptr;
    at->second.used = os::monotonic_ms();
    return at->second.view;
  }

 private:
  struct Row {
    ViewPtr view;
    std::uint64_t used = 0;
  };
  void drop_old() {
    const std::uint64_t now = os::monotonic_ms();
    std::erase_if(rows_, [&](const auto& row) { return row.second.used + kKeepMs < now; });
  }

  std::mutex mutex_;
  std::map<std::uint64_t, Row> rows_;
};

}  // namespace wald::http
