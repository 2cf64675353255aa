// SPDX-License-Identifier: Apache-2.0
// Requests that wait for a commit, without a worker each: one thread looks at all of them after
// every commit and when a time is over. How many there may be is the server's cap on held requests
// (reliability.md 9); beyond kMost they are answered at once. A wake-up that comes while a request
// is being added is not missed: what is added is looked at again at once.
// Thread rule: add and wake may be called from any thread; wake is quick.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "node/net/responder.h"

namespace wald::http {

class Waiting {
 public:
  static constexpr std::size_t kMost = 1'024;

  // The answer, or nothing yet; with `over` an answer is due in any case.
  using Try = std::function<std::optional<net::Response>(bool over)>;

  Waiting();
  ~Waiting();  // answers whoever still waits
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  void add(net::Responder responder, Try attempt, std::uint64_t wait_ms);
  void wake();
  std::size_t size() const;

 private:
  struct Entry {
    net::Responder responder;
    Try attempt;
    std::uint64_t deadline_ms;
  };
  void run();
  static std::vector<Entry> look(std::vector<Entry> entries, bool stopping);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> fresh_;
  std::size_t held_ = 0;  // with the thread
  bool dirty_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wald::http
