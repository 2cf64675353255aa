// SPDX-License-Identifier: Apache-2.0
// A few threads and a bounded queue. A full queue refuses (the caller answers 503); nothing grows.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wald::net {

class Workers {
 public:
  Workers(std::size_t threads, std::size_t max_queue);
  ~Workers();

  bool post(std::function<void()> task);  // false: full, or stopping
  void stop();                            // drops what is queued, waits for what runs
  std::size_t queued() const;

 private:
  void run();
  const std::size_t max_queue_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wald::net
