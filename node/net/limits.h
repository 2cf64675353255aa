// SPDX-License-Identifier: Apache-2.0
// Who may ask how much (reliability.md 9). Token buckets per class, per address and in all; slots
// for what is held open (connections, long polls, streams). Addresses count as a whole in IPv4 and
// as a /64 in IPv6. All tables are bounded: at the cap the least recently used address is
// forgotten. Time is handed in (monotonic milliseconds). Thread rule: any thread, one mutex inside
// each.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace wald::net {

enum class LimitClass { kFree, kPoint, kList, kStream, kSubmit, kUpload, kHeavy };
inline constexpr std::size_t kLimitClasses = 7;

struct Rate {
  std::uint32_t per_second = 0;  // 0: no limit
  std::uint32_t burst = 0;
};

struct LimitOptions {
  struct PerClass {
    Rate address;
    Rate all;
  };
  // In the order of LimitClass. kFree (health) is never limited.
  std::array<PerClass, kLimitClasses> classes{{
      {},
      {{200, 400}, {15'000, 15'000}},
      {{50, 100}, {2'000, 2'000}},
      {{10, 20}, {500, 500}},
      {{50, 100}, {5'000, 5'000}},
      {{200, 400}, {2'000, 2'000}},
      {{1, 2}, {4, 4}},
  }};
  std::size_t max_addresses = 16'384;
};

// "4:<4 bytes>" or "6:<8 bytes>" in hex, "local" for a Unix socket.
std::string address_key(const std::string& address_text);

class Limiter {
 public:
  explicit Limiter(const LimitOptions& options) : options_(options) {}

  struct Verdict {
    bool allowed = true;
    std::uint64_t retry_after_s = 0;
    std::uint32_t limit = 0;      // of the address; 0: none
    std::uint32_t remaining = 0;  // whole requests left in the bucket
  };
  Verdict take(LimitClass limit, const std::string& key, std::uint64_t now_ms);
  std::size_t addresses() const;

 private:
  struct Bucket {
    std::uint64_t milli_tokens = 0;
    std::uint64_t filled_at_ms = 0;
    bool fresh = true;
  };
  struct Entry {
    std::array<Bucket, kLimitClasses> buckets;
    std::list<std::string>::iterator age;
  };
  static void refill(Bucket& bucket, const Rate& rate, std::uint64_t now_ms);
  Entry& entry(const std::string& key);

  LimitOptions options_;
  mutable std::mutex mutex_;
  std::array<Bucket, kLimitClasses> all_;
  std::map<std::string, Entry> entries_;
  std::list<std::string> ages_;  // most recent first
};

// Counts what is open now, per address and in all.
class Slots {
 public:
  Slots(std::size_t all, std::size_t per_address) : max_all_(all), max_address_(per_address) {}
  bool take(const std::string& key);
  void release(const std::string& key);
  std::size_t in_use() const;

 private:
  const std::size_t max_all_;
  const std::size_t max_address_;
  mutable std::mutex mutex_;
  std::size_t all_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

}  // namespace wald::net
