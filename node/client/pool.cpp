// SPDX-License-Identifier: Apache-2.0
#include "node/client/pool.h"

#include <algorithm>

namespace wald::client {

Pool::Pool(std::size_t workers) {
  if (workers == 0) workers = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 1; i < workers; ++i) threads_.emplace_back([this] { loop(); });
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  begin_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::run(std::size_t units, const std::function<void(std::size_t)>& work) {
  if (threads_.empty() || units <= 1) {
    for (std::size_t i = 0; i < units; ++i) work(i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    units_ = units;
    next_ = 0;
    busy_ = threads_.size();
    ++round_;
  }
  begin_.notify_all();
  drain();
  std::unique_lock lock(mutex_);
  end_.wait(lock, [this] { return busy_ == 0; });
}

void Pool::drain() {
  for (std::size_t at = next_++; at < units_; at = next_++) (*work_)(at);
}

void Pool::loop() {
  std::uint64_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      begin_.wait(lock, [&] { return stop_ || round_ != seen; });
      if (stop_) return;
      seen = round_;
    }
    drain();
    const std::lock_guard lock(mutex_);
    if (--busy_ == 0) end_.notify_one();
  }
}

}  // namespace wald::client
