// SPDX-License-Identifier: Apache-2.0
// The codec's executor in a client program: a fixed number of threads that live as long as the
// pool, the caller's included. Thread rule: one run() at a time; units run on any of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "codec/io.h"

namespace wald::client {

class Pool : public codec::Executor {
 public:
  explicit Pool(std::size_t workers);  // 0: as many as the machine has processors
  ~Pool() override;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run(std::size_t units, const std::function<void(std::size_t)>& work) override;
  std::size_t workers() const override { return threads_.size() + 1; }

 private:
  void loop();
  void drain();

  std::mutex mutex_;
  std::condition_variable begin_, end_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::atomic<std::size_t> next_{0};
  std::size_t units_ = 0;
  std::size_t busy_ = 0;  // threads of this round that have not ended
  std::uint64_t round_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wald::client
